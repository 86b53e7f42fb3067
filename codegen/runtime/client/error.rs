//! Errors of the client.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, header};
use reqwest::Url;

use super::{conditional::retry_after, redact::redact_url};
use crate::{
    Code, Status,
    runtime::{
        codec::{
            error::{DecodeError, EncodeError},
            media::{PROBLEM, select},
        },
        message::operation::Operation,
    },
};

/// An error of user code, such as a [`Hook`](super::hook::Hook); `?` converts any error to it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a call.
///
/// If a response was received, [`code`](Self::code), [`headers`](Self::headers) and [`body`](Self::body)
/// return its parts. `Display` names the operation, its method and its URL without secrets, and explains the
/// status.
pub struct Error(Box<ErrorInner>);

struct ErrorInner {
    sent: Option<RequestSummary>,
    /// The number of times the request was sent, without redirects.
    attempts: u32,
    kind: ErrorKind,
}

/// The request that an error belongs to.
#[derive(Clone, Debug)]
pub(crate) struct RequestSummary {
    /// The operation's id.
    id: &'static str,
    method: http::Method,
    /// The path as the document declares it, with parameters in braces.
    path: &'static str,
    /// The URL without secrets; `None` if the error occurred before it was known.
    url: Option<Url>,
}

impl RequestSummary {
    pub(crate) fn new<O: Operation>(url: Option<&Url>) -> Self {
        Self {
            id: O::ID,
            method: O::METHOD,
            path: O::PATH,
            url: url.map(redact_url::<O>),
        }
    }
}

/// For example `getPet (GET https://example.com/pets/1)`.
impl fmt::Display for RequestSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            method,
            path,
            url,
        } = self;
        let place = url.as_ref().map_or(*path, Url::as_str);
        // An operation without an id has its method and path as `ID`.
        let is_named = id
            .strip_prefix(method.as_str())
            .and_then(|rest| rest.strip_prefix(' '))
            != Some(path);
        if is_named {
            write!(f, "{id} ({method} {place})")
        } else {
            write!(f, "{method} {place}")
        }
    }
}

pub(crate) enum ErrorKind {
    /// An invalid setting of the client.
    Settings(String),
    Request(EncodeError),
    /// An error of user code: of a hook, or of the function that provides a credential.
    User(BoxError, Option<RawResponse>),
    Transport(reqwest::Error, Option<RawResponse>),
    /// A timeout that this crate enforces, with the part of the response that was received.
    Timeout(Option<RawResponse>),
    DecodeError(DecodeError, RawResponse),
    /// A declared response that is not a success.
    Unsuccessful(RawResponse),
    /// A success without binary content, where such content was to be streamed.
    NotBinary(RawResponse),
}

/// A response as received, not decoded.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(crate) code: Code,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl RawResponse {
    /// Returns the `detail` of a problem (RFC 9457), or else its `title`.
    fn problem_message(&self) -> Option<String> {
        let media = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        select(&[PROBLEM], Some(media))?;
        let problem: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let message = problem.get("detail").or_else(|| problem.get("title"))?;
        message.as_str().map(str::to_owned)
    }
}

impl Error {
    /// Creates an error of a setting of the client.
    pub(crate) fn settings(message: impl Into<String>) -> Self {
        Self(Box::new(ErrorInner {
            sent: None,
            attempts: 0,
            kind: ErrorKind::Settings(message.into()),
        }))
    }

    /// Creates the error of a client that reqwest cannot build.
    pub(crate) fn build(error: reqwest::Error) -> Self {
        Self(Box::new(ErrorInner {
            sent: None,
            attempts: 0,
            kind: ErrorKind::Transport(error.without_url(), None),
        }))
    }

    /// Creates the error of a call, with its URL if that is known.
    pub(crate) fn for_operation<O: Operation>(url: Option<&Url>, kind: ErrorKind) -> Self {
        let kind = match kind {
            // While a request is sent, a builder error means that hyper does not accept its URL.
            ErrorKind::Transport(error, None) if error.is_builder() => {
                let source = StdError::source(&error).map(ToString::to_string);
                let reason = source.unwrap_or_else(|| "its URL is not valid".to_owned());
                ErrorKind::Request(EncodeError::new(reason))
            }
            // The URL may contain a secret. `RequestSummary` shows it redacted.
            ErrorKind::Transport(error, raw) => ErrorKind::Transport(error.without_url(), raw),
            kind => kind,
        };
        Self(Box::new(ErrorInner {
            sent: Some(RequestSummary::new::<O>(url)),
            attempts: 0,
            kind,
        }))
    }

    /// Sets the number of attempts.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Returns whether the transport failed or timed out, so that another attempt may succeed.
    pub(crate) fn is_transport(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Transport(error, _) => {
                // reqwest reports content that ends early as a decoding error, so that kind is not excluded.
                !(error.is_builder() || error.is_redirect())
            }
            ErrorKind::Timeout(_) => true,
            _ => false,
        }
    }

    fn raw(&self) -> Option<&RawResponse> {
        match &self.0.kind {
            ErrorKind::Transport(_, raw) | ErrorKind::Timeout(raw) | ErrorKind::User(_, raw) => {
                raw.as_ref()
            }
            ErrorKind::DecodeError(_, raw)
            | ErrorKind::Unsuccessful(raw)
            | ErrorKind::NotBinary(raw) => Some(raw),
            ErrorKind::Settings(_) | ErrorKind::Request(_) => None,
        }
    }

    /// Returns the status code; `None` if no response was received.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.raw().map(|raw| raw.code)
    }

    /// Returns the header fields; `None` if no response was received.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(|raw| &raw.headers)
    }

    /// Returns the content; `None` if no response was received.
    ///
    /// It may be incomplete: if the connection broke or timed out, or if the content exceeds the client's
    /// limit.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.raw().map(|raw| &raw.body)
    }

    /// Returns how long `Retry-After` requests to wait before the next request (RFC 9110, section 10.2.3).
    ///
    /// `None` if the field is missing or invalid; zero if its date is in the past.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?)
    }

    /// Returns the URL of the request, after any redirects. Values that look like secrets are replaced.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        self.0.sent.as_ref()?.url.as_ref()
    }

    /// Returns how many times the request was sent; redirects are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the difference between the response and the document, if that is the error.
    #[must_use]
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match &self.0.kind {
            ErrorKind::DecodeError(error, _) => Some(error),
            _ => None,
        }
    }

    /// Returns whether a timeout of the client or of a call expired.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Transport(error, _) => error.is_timeout(),
            ErrorKind::Timeout(_) => true,
            _ => false,
        }
    }

    /// Returns whether the connection to the server, or to the target of a redirect, failed.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(&self.0.kind, ErrorKind::Transport(error, _) if error.is_connect())
    }

    /// Returns the name of the error's kind, for the span attribute `error.type`.
    pub(crate) fn kind_name(&self) -> &'static str {
        match &self.0.kind {
            ErrorKind::Settings(_) => "settings",
            ErrorKind::Request(_) => "request",
            ErrorKind::User(..) => "user",
            ErrorKind::Timeout(_) => "timeout",
            ErrorKind::Transport(..) if self.is_timeout() => "timeout",
            ErrorKind::Transport(..) if self.is_connect() => "connect",
            ErrorKind::Transport(..) => "transport",
            ErrorKind::DecodeError(..) => "decode",
            ErrorKind::Unsuccessful(_) | ErrorKind::NotBinary(_) => "status",
        }
    }
}

/// Returns the summary of a status; `None` for an unknown status code.
fn summary(code: Code) -> Option<&'static str> {
    let summary = code.status().map(Status::summary)?;
    (!summary.is_empty()).then_some(summary)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sent) = &self.0.sent {
            write!(f, "{sent}: ")?;
        }
        match &self.0.kind {
            ErrorKind::Settings(message) => {
                f.write_str(message)?;
            }
            ErrorKind::Request(error) => {
                write!(f, "the request cannot be sent: {error}")?;
            }
            ErrorKind::User(error, None) => {
                write!(f, "the request was not sent: {error}")?;
            }
            ErrorKind::User(error, Some(raw)) => {
                write!(
                    f,
                    "the response {} was rejected by a hook: {error}",
                    raw.code
                )?;
            }
            ErrorKind::Transport(error, _) if error.is_builder() => {
                f.write_str("the client cannot be built")?;
            }
            ErrorKind::Transport(error, None) if error.is_connect() && error.is_timeout() => {
                f.write_str("no connection within the timeout")?;
            }
            ErrorKind::Transport(error, None) if error.is_connect() => {
                f.write_str("the connection failed")?;
            }
            ErrorKind::Transport(_, None) | ErrorKind::Timeout(None) if self.is_timeout() => {
                f.write_str("no response within the timeout")?;
            }
            ErrorKind::Transport(_, None) | ErrorKind::Timeout(None) => {
                f.write_str("no response was received")?;
            }
            ErrorKind::Timeout(Some(raw)) => {
                write!(f, "response {} did not finish within the timeout", raw.code)?;
            }
            ErrorKind::Transport(_, Some(raw)) if self.is_timeout() => {
                write!(f, "response {} did not finish within the timeout", raw.code)?;
            }
            ErrorKind::Transport(_, Some(raw)) => {
                write!(f, "response {} ended early", raw.code)?;
            }
            ErrorKind::DecodeError(error, raw) => {
                write!(f, "the response was {}: {error}", raw.code)?;
                // The summary of a success does not explain the error.
                if !raw.code.is_success()
                    && let Some(summary) = summary(raw.code)
                {
                    write!(f, "; the status means: {summary}")?;
                }
            }
            ErrorKind::NotBinary(raw) => {
                write!(
                    f,
                    "the response was {}, which has no binary content to stream",
                    raw.code
                )?;
            }
            ErrorKind::Unsuccessful(raw) => {
                write!(f, "the response was {}", raw.code)?;
                if raw.code.is_success() {
                    f.write_str(", which the document does not declare as a success")?;
                } else if let Some(summary) = summary(raw.code) {
                    write!(f, ": {summary}")?;
                }
            }
        }
        if let Some(message) = self.raw().and_then(RawResponse::problem_message) {
            write!(f, "; the server reports: {}", message.escape_debug())?;
        }
        match self.0.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " (after {attempts} attempts)"),
        }
    }
}

/// Like [`Display`](fmt::Display), followed by the sources of the error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut source = self.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorKind::Transport(error, _) => Some(error),
            ErrorKind::User(error, _) => Some(&**error),
            // `Display` of the other kinds includes their source.
            _ => None,
        }
    }
}

/// The error of a call that must succeed: a declared response that is not a success, or any other error.
///
/// `?` converts it to an [`Error`].
#[derive(Debug)]
pub enum ResponseError<R> {
    /// A declared response that is not a success, together with the same response as an error, which has its
    /// header fields and content.
    Declared(R, Error),
    /// Any other error, such as a failed connection or an undeclared response.
    Error(Error),
}

impl<R> ResponseError<R> {
    /// Returns the status code; `None` if no response was received.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.error().code()
    }

    /// Returns the error of either variant.
    #[must_use]
    pub fn error(&self) -> &Error {
        match self {
            Self::Declared(_, error) | Self::Error(error) => error,
        }
    }
}

impl<R> From<ResponseError<R>> for Error {
    fn from(error: ResponseError<R>) -> Self {
        match error {
            ResponseError::Declared(_, error) | ResponseError::Error(error) => error,
        }
    }
}

impl<R> fmt::Display for ResponseError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.error(), f)
    }
}

impl<R: fmt::Debug> StdError for ResponseError<R> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error().source()
    }
}
