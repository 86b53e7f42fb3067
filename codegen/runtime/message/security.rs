//! Security schemes, and the credentials in requests.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, header};

use super::{
    built_in::BuiltInResponse, rejection::Rejection, request_decoder::RequestDecoder,
    request_encoder::RequestEncoder,
};
use crate::runtime::codec::{
    error::{EncodeError, header_value},
    param::{Location, Param},
};

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
    /// Creates a scheme `apiKey`.
    pub(crate) const fn api_key(id: &'static str, param: Param) -> Self {
        Self {
            id,
            kind: SchemeKind::ApiKey(param),
        }
    }

    /// Creates a scheme `http` with Basic authentication.
    pub(crate) const fn basic(id: &'static str) -> Self {
        Self {
            id,
            kind: SchemeKind::Basic,
        }
    }

    /// Creates a scheme with bearer tokens: `http` with `bearer`, `oauth2` or `openIdConnect`.
    pub(crate) const fn bearer(id: &'static str) -> Self {
        Self {
            id,
            kind: SchemeKind::Bearer,
        }
    }

    /// Creates a scheme `http` with another authentication scheme.
    pub(crate) const fn other(id: &'static str, scheme: &'static str) -> Self {
        Self {
            id,
            kind: SchemeKind::Other(scheme),
        }
    }

    /// Returns the name of the scheme in the document.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the name of the parameter that contains the API key, if it is in this location.
    #[cfg(feature = "client-base")]
    pub(crate) fn name_in(&self, location: Location) -> Option<&'static str> {
        match self.kind {
            SchemeKind::ApiKey(param) if param.location == location => Some(param.name),
            _ => None,
        }
    }

    /// Returns the value of `WWW-Authenticate` for the scheme.
    pub(crate) fn challenge(&self) -> HeaderValue {
        // `Basic` requires a realm, and `Bearer` a parameter (RFC 7617, section 2; RFC 6750, section 3).
        let text = match self.kind {
            // Not registered, but common.
            SchemeKind::ApiKey(_) => "ApiKey realm=\"api\"".to_owned(),
            SchemeKind::Basic => "Basic realm=\"api\", charset=\"UTF-8\"".to_owned(),
            SchemeKind::Bearer => "Bearer realm=\"api\"".to_owned(),
            SchemeKind::Other(scheme) => format!("{scheme} realm=\"api\""),
        };
        // A scheme is a token, as lowering validates.
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer realm=\"api\""))
    }
}

/// The credential of a scheme `apiKey`: the value of a query parameter, header field or cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// A bearer token (RFC 6750), such as one issued by OAuth 2.0 or OpenID Connect.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(String);

/// The credentials of any other scheme of `Authorization`: the text after the name of the scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(String);

/// A username and a password (RFC 7617).
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    /// The username, which cannot contain a colon.
    pub username: String,
    /// The password.
    pub password: String,
}

macro_rules! secrets {
    ($($secret:ident,)*) => {
        $(impl $secret {
            /// Creates a credential from the secret.
            #[must_use]
            pub fn new(secret: impl Into<String>) -> Self {
                Self(secret.into())
            }

            /// Returns the secret, as sent in a request.
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

        impl AsRef<str> for $secret {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        /// Omits the secret, so that it is not logged.
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
    /// Creates it from a username and a password.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
        }
    }
}

/// From a username and a password.
impl<U: Into<String>, P: Into<String>> From<(U, P)> for Basic {
    fn from((username, password): (U, P)) -> Self {
        Self::new(username, password)
    }
}

/// Omits the password, so that it is not logged.
impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// The credential of a client for a scheme.
#[derive(Clone, Debug)]
pub enum Secret {
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
    /// Adds the credential to a request.
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
            // Unreachable: the methods of the builder accept only the type of the scheme.
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

/// The credential of a request for one scheme.
pub(crate) trait Credential: Sized {
    /// Reads the credential; `None` if it is missing or malformed.
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

/// Returns the text after the scheme in `Authorization`. The name of the scheme is case-insensitive.
fn authorization<'a>(request: &'a RequestDecoder, scheme: &str) -> Option<&'a str> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (actual, value) = value.split_once(' ')?;
    let value = value.trim();
    (actual.eq_ignore_ascii_case(scheme) && !value.is_empty()).then_some(value)
}

/// The credentials of a request for an operation.
pub trait Credentials: Sized + Send + Sync + 'static {
    /// The schemes of all alternatives.
    const SCHEMES: &'static [SecurityScheme];

    /// Reads the credentials of an alternative; `None` if the request does not satisfy any.
    fn read(request: &RequestDecoder) -> Option<Self>;
}

/// The credentials of an operation that does not require any.
impl Credentials for () {
    const SCHEMES: &'static [SecurityScheme] = &[];

    fn read(_: &RequestDecoder) -> Option<Self> {
        Some(())
    }
}

/// Creates the rejection of a request without the credentials of an operation: 401, or 403 if the document
/// does not declare any scheme of the operation.
pub(crate) fn unauthorized(schemes: &[SecurityScheme]) -> Rejection {
    // A 401 requires a challenge (RFC 9110, section 15.5.2).
    if schemes.is_empty() {
        let detail =
            "the document does not declare the security schemes that this operation requires";
        return Rejection::new(BuiltInResponse::FORBIDDEN, detail);
    }
    let detail = "the request does not have the credentials that this operation requires";
    schemes.iter().fold(
        Rejection::new(BuiltInResponse::UNAUTHORIZED, detail),
        |rejection, scheme| rejection.with_header(header::WWW_AUTHENTICATE, scheme.challenge()),
    )
}
