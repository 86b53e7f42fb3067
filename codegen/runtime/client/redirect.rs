//! Redirects: which of them are followed, and what the next request contains.

use http::{HeaderMap, Method, header};
use reqwest::Url;

use super::{error::RawResponse, redact::is_secret};
use crate::{
    Code,
    runtime::{
        codec::param::Location,
        message::{
            ResponseKey, match_response_key,
            operation::{Operation, Response},
        },
    },
};

/// Maximum number of redirects in a row, the same as reqwest's default.
pub(crate) const LIMIT: u32 = 10;

/// Which redirects are followed: responses with 301, 302, 303, 307 or 308 and a `Location`.
///
/// At most 10 redirects are followed in a row; one more is an error. 301 and 302 turn a POST into a GET, and
/// 303 turns every method except HEAD into a GET, as in reqwest.
///
/// A request to another origin (scheme, host and port) is sent without credentials: those that the document
/// declares, `Authorization`, cookies, and header fields whose names suggest a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Redirects {
    /// Follows none. A declared redirect is returned as a response; an undeclared one is an error.
    None,
    /// Follows redirects that the operation declares neither exactly nor as `3XX`. Declared ones are returned as
    /// responses.
    #[default]
    Undeclared,
    /// All.
    All,
}

impl Redirects {
    /// Returns whether a response with this status code is followed.
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

/// The target of a request after one or more redirects.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    pub(crate) url: Url,
    pub(crate) method: Method,
    /// Whether the content is sent.
    pub(crate) content: bool,
    /// Whether a redirect has led to another origin. Later requests then have no credentials either.
    pub(crate) is_cross_origin: bool,
    /// Number of redirects so far.
    pub(crate) count: u32,
}

impl Redirect {
    /// Returns the target of a response; `None` if `Location` is missing or not an `http` or `https` URL.
    pub(crate) fn next(
        from: Option<&Self>,
        url: &Url,
        method: &Method,
        raw: &RawResponse,
    ) -> Option<Self> {
        let (code, headers) = (raw.code, &raw.headers);
        // Some servers send UTF-8 here.
        let location = std::str::from_utf8(headers.get(header::LOCATION)?.as_bytes()).ok()?;
        let mut next = url.join(location).ok()?;
        if !matches!(next.scheme(), "http" | "https") {
            return None;
        }
        // Credentials in a `Location` are not sent.
        next.set_username("").ok()?;
        next.set_password(None).ok()?;
        // RFC 9110, sections 15.4.2 to 15.4.4, in the way that browsers do it.
        let becomes_get = match code.get() {
            301 | 302 => *method == Method::POST,
            303 => *method != Method::HEAD,
            _ => false,
        };
        Some(Self {
            is_cross_origin: from.is_some_and(|from| from.is_cross_origin)
                || next.origin() != url.origin(),
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

    /// Removes header fields that the next request must not have.
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
        if self.is_cross_origin {
            // The user may have set a field by hand that a security scheme of the document uses.
            let schemes = O::SECURITY.iter().copied().flatten();
            let declared: Vec<_> = schemes
                .filter_map(|scheme| scheme.name_in(Location::Header))
                .collect();
            let is_declared = |name: &str| {
                declared
                    .iter()
                    .any(|header| header.eq_ignore_ascii_case(name))
            };
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
