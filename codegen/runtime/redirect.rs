//! Redirects: which are followed, and what goes along.

use http::{HeaderMap, Method, header};
use reqwest::Url;

use super::{
    client_error::RawResponse,
    operation::{Operation, Response},
    param::Location,
    redact::is_secret,
    response_key::{ResponseKey, match_response_key},
};
use crate::Code;

/// The most redirects that are followed in a row, as with reqwest.
pub(crate) const LIMIT: u32 = 10;

/// Which redirects are followed: answers with 301, 302, 303, 307 or 308 and a `Location`.
///
/// A request that goes on to another origin (scheme, host and port) leaves its credentials behind: those
/// of the document, `Authorization`, cookies, and header fields whose names say that they are secrets. At
/// most 10 are followed in a row, and 301, 302 and 303 turn a request into a GET as reqwest does it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Redirects {
    /// None: every redirect is an answer.
    None,
    /// Those that the operation does not declare by their code or as `3XX`; what it declares is an answer.
    #[default]
    Undeclared,
    /// All.
    All,
}

impl Redirects {
    /// Whether an answer with a status is followed.
    pub(crate) fn follows<O: Operation>(self, code: Code) -> bool {
        if !matches!(code.get(), 301 | 302 | 303 | 307 | 308) {
            return false;
        }
        match self {
            Self::None => false,
            Self::All => true,
            Self::Undeclared => {
                let keys = O::Response::KEYS;
                let key = match_response_key(keys, code.get()).and_then(|index| keys.get(index));
                !matches!(key, Some(ResponseKey::Exact(_) | ResponseKey::Range(_)))
            }
        }
    }
}

/// Where a request goes, after some redirects.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    pub(crate) url: Url,
    pub(crate) method: Method,
    /// Whether the content goes along.
    pub(crate) content: bool,
    /// Whether it has left the origin, and stays without credentials from then on.
    pub(crate) foreign: bool,
    /// How many redirects led here.
    pub(crate) count: u32,
}

impl Redirect {
    /// Where an answer leads; `None` if that is no place for a request.
    pub(crate) fn next(
        from: Option<&Self>,
        url: &Url,
        method: &Method,
        raw: &RawResponse,
    ) -> Option<Self> {
        let (code, headers) = (raw.code, &raw.headers);
        // Some servers write UTF-8 in it.
        let location = std::str::from_utf8(headers.get(header::LOCATION)?.as_bytes()).ok()?;
        let mut next = url.join(location).ok()?;
        if !matches!(next.scheme(), "http" | "https") {
            return None;
        }
        // A redirect does not say who asks.
        next.set_username("").ok()?;
        next.set_password(None).ok()?;
        // RFC 9110, section 15.4.2 to 15.4.4, and as browsers do it.
        let becomes_get = match code.get() {
            301 | 302 => *method == Method::POST,
            303 => *method != Method::HEAD,
            _ => false,
        };
        Some(Self {
            foreign: from.is_some_and(|from| from.foreign) || next.origin() != url.origin(),
            url: next,
            method: if becomes_get {
                Method::GET
            } else {
                method.clone()
            },
            content: !becomes_get && from.is_none_or(|from| from.content),
            count: from.map_or(0, |from| from.count) + 1,
        })
    }

    /// Takes from the header fields what does not go along.
    pub(crate) fn strip<O: Operation>(&self, headers: &mut HeaderMap) {
        if !self.content {
            for name in [
                header::CONTENT_TYPE,
                header::CONTENT_LENGTH,
                header::CONTENT_ENCODING,
                header::CONTENT_LANGUAGE,
                header::CONTENT_LOCATION,
            ] {
                headers.remove(name);
            }
        }
        if self.foreign {
            // Where a scheme of the document puts its secret, somebody may have put one by hand.
            let schemes = O::SECURITY.iter().copied().flatten();
            let declared: Vec<_> = schemes
                .filter_map(|scheme| scheme.name_in(Location::Header))
                .collect();
            let is_declared =
                |name: &str| declared.iter().any(|one| one.eq_ignore_ascii_case(name));
            let secret: Vec<_> = headers
                .iter()
                .filter(|(name, value)| {
                    let name = name.as_str();
                    value.is_sensitive() || is_secret(name) || is_declared(name)
                })
                .map(|(name, _)| name.clone())
                .collect();
            for name in secret {
                headers.remove(name);
            }
        }
    }
}
