//! Credentials: who asks.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, header};

use super::{
    codec_error::{EncodeError, header_value},
    param::{Location, Param},
    request_decoder::{Rejection, RequestDecoder},
    request_encoder::RequestEncoder,
};
use crate::Code;

/// A security scheme of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    id: &'static str,
    kind: SchemeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SchemeKind {
    ApiKey(Param),
    Basic,
    Bearer,
    Other(&'static str),
}

impl SecurityScheme {
    /// A secret in a parameter.
    pub(crate) const fn api_key(id: &'static str, param: Param) -> Self {
        Self {
            id,
            kind: SchemeKind::ApiKey(param),
        }
    }

    /// A name and a password.
    pub(crate) const fn basic(id: &'static str) -> Self {
        Self {
            id,
            kind: SchemeKind::Basic,
        }
    }

    /// A token.
    pub(crate) const fn bearer(id: &'static str) -> Self {
        Self {
            id,
            kind: SchemeKind::Bearer,
        }
    }

    /// Another scheme of `Authorization`.
    pub(crate) const fn other(id: &'static str, scheme: &'static str) -> Self {
        Self {
            id,
            kind: SchemeKind::Other(scheme),
        }
    }

    /// The name in the document.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The name of the query parameter or header field that it is sent in, if it is sent there.
    #[cfg(feature = "client-base")]
    pub(crate) fn name_in(&self, location: Location) -> Option<&'static str> {
        match self.kind {
            SchemeKind::ApiKey(param) if param.location == location => Some(param.name),
            _ => None,
        }
    }

    /// What a server says in `WWW-Authenticate` that it takes.
    pub(crate) fn challenge(&self) -> HeaderValue {
        // `Basic` and `Bearer` need a realm at least (RFC 7617, section 2; RFC 6750, section 3).
        let text = match self.kind {
            // Not registered, but how servers say it.
            SchemeKind::ApiKey(_) => "ApiKey realm=\"api\"".to_owned(),
            SchemeKind::Basic => "Basic realm=\"api\", charset=\"UTF-8\"".to_owned(),
            SchemeKind::Bearer => "Bearer realm=\"api\"".to_owned(),
            SchemeKind::Other(scheme) => format!("{scheme} realm=\"api\""),
        };
        // A scheme is a token; lowering takes no other.
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer realm=\"api\""))
    }
}

/// A secret that stands in a parameter.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// A token that whoever bears it may use (RFC 6750), as OAuth 2.0 and OpenID Connect give out.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(String);

/// What stands behind the scheme in `Authorization`, for schemes that have no type of their own.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(String);

/// A name and a password (RFC 7617).
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    /// The name, without a colon.
    pub username: String,
    /// The password.
    pub password: String,
}

macro_rules! secrets {
    ($($secret:ident,)*) => {
        $(impl $secret {
            /// The secret.
            #[must_use]
            pub fn new(secret: impl Into<String>) -> Self {
                Self(secret.into())
            }

            /// The secret as it stands in a request.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $secret {
            fn from(secret: T) -> Self {
                Self::new(secret)
            }
        }

        /// Without the secret, which is not for logs.
        impl fmt::Debug for $secret {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($secret), "(..)"))
            }
        })*
    };
}

secrets! {
    ApiKey,
    Authorization,
    Bearer,
}

impl Basic {
    /// A name and a password.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
        }
    }
}

/// Without the password, which is not for logs.
impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// What a client has for a scheme.
#[derive(Clone, Debug)]
pub(crate) enum Secret {
    ApiKey(ApiKey),
    Authorization(Authorization),
    Basic(Basic),
    Bearer(Bearer),
}

macro_rules! into_secret {
    ($($secret:ident,)*) => {
        $(impl From<$secret> for Secret {
            fn from(secret: $secret) -> Self {
                Self::$secret(secret)
            }
        })*
    };
}

into_secret! {
    ApiKey,
    Authorization,
    Basic,
    Bearer,
}

impl Secret {
    /// Puts it into a request.
    pub(crate) fn write(
        &self,
        scheme: &SecurityScheme,
        request: &mut RequestEncoder,
    ) -> Result<(), EncodeError> {
        match (self, scheme.kind) {
            (Self::ApiKey(key), SchemeKind::ApiKey(param))
                if param.location == Location::Header =>
            {
                param.append(key.as_str(), &mut request.headers)?;
                request
                    .headers
                    .iter_mut()
                    .filter(|(name, _)| name.as_str().eq_ignore_ascii_case(param.name))
                    .for_each(|(_, value)| value.set_sensitive(true));
                Ok(())
            }
            (Self::ApiKey(key), SchemeKind::ApiKey(param)) => request.required(param, key.as_str()),
            (Self::Basic(basic), _) if basic.username.contains(':') => Err(EncodeError::username()),
            (Self::Basic(basic), _) => {
                let pair = format!("{}:{}", basic.username, basic.password);
                authorize(&mut request.headers, "Basic", &BASE64_STANDARD.encode(pair))
            }
            (Self::Bearer(token), _) => authorize(&mut request.headers, "Bearer", &token.0),
            (Self::Authorization(value), SchemeKind::Other(scheme)) => {
                authorize(&mut request.headers, scheme, &value.0)
            }
            // The methods of the builder give each scheme a secret of its kind.
            (Self::ApiKey(_) | Self::Authorization(_), _) => Ok(()),
        }
    }
}

fn authorize(headers: &mut HeaderMap, scheme: &str, value: &str) -> Result<(), EncodeError> {
    let mut value = header_value("Authorization", format!("{scheme} {value}"))?;
    value.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, value);
    Ok(())
}

/// A credential that a server finds in a request.
pub(crate) trait Credential: Sized {
    fn read(scheme: &SecurityScheme, request: &RequestDecoder) -> Option<Self>;
}

impl Credential for ApiKey {
    fn read(scheme: &SecurityScheme, request: &RequestDecoder) -> Option<Self> {
        let SchemeKind::ApiKey(param) = scheme.kind else {
            return None;
        };
        let key: String = request.optional(param).ok()??;
        (!key.is_empty()).then_some(Self(key))
    }
}

impl Credential for Basic {
    fn read(_: &SecurityScheme, request: &RequestDecoder) -> Option<Self> {
        let bytes = BASE64_STANDARD
            .decode(authorization(request, "Basic")?)
            .ok()?;
        let pair = String::from_utf8(bytes).ok()?;
        let (username, password) = pair.split_once(':')?;
        Some(Self::new(username, password))
    }
}

impl Credential for Bearer {
    fn read(_: &SecurityScheme, request: &RequestDecoder) -> Option<Self> {
        authorization(request, "Bearer").map(Self::new)
    }
}

impl Credential for Authorization {
    fn read(scheme: &SecurityScheme, request: &RequestDecoder) -> Option<Self> {
        let SchemeKind::Other(scheme) = scheme.kind else {
            return None;
        };
        authorization(request, scheme).map(Self::new)
    }
}

/// What stands behind a scheme in `Authorization`, whose name knows no case.
fn authorization<'a>(request: &'a RequestDecoder, scheme: &str) -> Option<&'a str> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (found, value) = value.split_once(' ')?;
    let value = value.trim();
    (found.eq_ignore_ascii_case(scheme) && !value.is_empty()).then_some(value)
}

/// The credentials that an operation asks for, as a server finds them in a request.
pub(crate) trait Credentials: Sized + Send {
    /// The schemes that it takes.
    const SCHEMES: &'static [SecurityScheme];

    /// What satisfies the operation; `None` if nothing in the request does.
    fn read(request: &RequestDecoder) -> Option<Self>;
}

/// The refusal of a request that has no credentials for any of the schemes that would do.
pub(crate) fn unauthorized(schemes: &[SecurityScheme]) -> Rejection {
    // A 401 has to name a scheme (RFC 9110, section 15.5.2).
    if schemes.is_empty() {
        let detail = "the document does not declare the credentials that this operation takes";
        return Rejection::new(Code::FORBIDDEN, detail);
    }
    let detail = "the request has no credentials that this operation takes";
    schemes.iter().fold(
        Rejection::new(Code::UNAUTHORIZED, detail),
        |rejection, scheme| rejection.header(header::WWW_AUTHENTICATE, scheme.challenge()),
    )
}
