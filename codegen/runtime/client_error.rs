//! What a call gives when it gives no answer that the document declares.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, header};
use reqwest::Url;

use super::{
    codec_error::{DecodeError, EncodeError},
    conditional::retry_after,
    media::{PROBLEM, select},
    operation::Operation,
    redact::redacted,
};
use crate::{Code, Status};

/// Why a call has not given a declared answer, or no success.
///
/// An answer that came is never lost: its [`code`](Self::code), [`headers`](Self::headers) and
/// [`body`](Self::body) are here. As a text it names the operation, its method and the URL, without what
/// is secret there, and says what the status means.
pub struct Error(Box<ErrorInner>);

struct ErrorInner {
    sent: Option<RequestSummary>,
    /// How often the request was sent.
    attempts: u32,
    kind: ErrorKind,
}

/// What was sent where, when something was to be sent at all.
#[derive(Clone, Debug)]
pub(crate) struct RequestSummary {
    /// The operation's id.
    id: &'static str,
    method: http::Method,
    /// The path as the document has it.
    path: &'static str,
    /// Where it went, without secrets; `None` before that is known.
    url: Option<Url>,
}

impl RequestSummary {
    pub(crate) fn of<O: Operation>(url: Option<&Url>) -> Self {
        Self {
            id: O::ID,
            method: O::METHOD,
            path: O::PATH,
            url: url.map(redacted::<O>),
        }
    }
}

/// `getPet (GET https://example.com/pets/1)`
impl fmt::Display for RequestSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            method,
            path,
            url,
        } = self;
        let place = url.as_ref().map_or(*path, Url::as_str);
        // An operation without an id is called by its method and path.
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
    /// Something that the client is built with.
    Settings(String),
    Request(EncodeError),
    Transport(reqwest::Error, Option<RawResponse>),
    /// Not in the time that the caller gave.
    Timeout(Option<RawResponse>),
    DecodeError(DecodeError, RawResponse),
    /// Declared, and no success.
    Unsuccessful(RawResponse),
    /// A success without bytes, where bytes were to be streamed.
    Unstreamed(RawResponse),
}

/// An answer as it came.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(crate) code: Code,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl RawResponse {
    /// What an answer says that is a problem of RFC 9457.
    fn problem(&self) -> Option<String> {
        let media = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        select(&[PROBLEM], Some(media))?;
        let problem: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let said = problem.get("detail").or_else(|| problem.get("title"))?;
        said.as_str().map(str::to_owned)
    }
}

impl Error {
    /// Of what the client is built with.
    pub(crate) fn settings(why: impl Into<String>) -> Self {
        Self(Box::new(ErrorInner {
            sent: None,
            attempts: 0,
            kind: ErrorKind::Settings(why.into()),
        }))
    }

    /// Of a client that reqwest cannot build.
    pub(crate) fn build(error: reqwest::Error) -> Self {
        Self(Box::new(ErrorInner {
            sent: None,
            attempts: 0,
            kind: ErrorKind::Transport(error.without_url(), None),
        }))
    }

    /// Of a request on its way to a place, if that is known.
    pub(crate) fn of<O: Operation>(url: Option<&Url>, kind: ErrorKind) -> Self {
        let kind = match kind {
            // It is no client that is built here, but a URL that is none for hyper.
            ErrorKind::Transport(error, None) if error.is_builder() => {
                let source = StdError::source(&error).map(ToString::to_string);
                let why = source.unwrap_or_else(|| "its URL cannot be sent".to_owned());
                ErrorKind::Request(EncodeError::because(why))
            }
            // The URL may have a secret in it; it is said without.
            ErrorKind::Transport(error, raw) => ErrorKind::Transport(error.without_url(), raw),
            kind => kind,
        };
        Self(Box::new(ErrorInner {
            sent: Some(RequestSummary::of::<O>(url)),
            attempts: 0,
            kind,
        }))
    }

    /// After some attempts.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Whether something happened on the way, so that another attempt may fare better.
    pub(crate) fn is_transport(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Transport(error, _) => {
                // What breaks off is an error of decoding to reqwest.
                !(error.is_builder() || error.is_redirect())
            }
            ErrorKind::Timeout(_) => true,
            _ => false,
        }
    }

    fn raw(&self) -> Option<&RawResponse> {
        match &self.0.kind {
            ErrorKind::Transport(_, raw) | ErrorKind::Timeout(raw) => raw.as_ref(),
            ErrorKind::DecodeError(_, raw)
            | ErrorKind::Unsuccessful(raw)
            | ErrorKind::Unstreamed(raw) => Some(raw),
            ErrorKind::Settings(_) | ErrorKind::Request(_) => None,
        }
    }

    /// The status, if an answer came.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.raw().map(|raw| raw.code)
    }

    /// The header fields, if an answer came.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(|raw| &raw.headers)
    }

    /// The content, as far as it came and the client takes it, if an answer came.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.raw().map(|raw| &raw.body)
    }

    /// How long the answer asks to wait before the next request, in `Retry-After`; zero for a date that is
    /// past.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?)
    }

    /// Where the request went, or was led to by redirects; what looks like a secret is replaced in it.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        self.0.sent.as_ref()?.url.as_ref()
    }

    /// How often the request was sent, redirects aside.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Why an answer is none of those that the document declares.
    #[must_use]
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match &self.0.kind {
            ErrorKind::DecodeError(why, _) => Some(why),
            _ => None,
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Transport(error, _) => error.is_timeout(),
            ErrorKind::Timeout(_) => true,
            _ => false,
        }
    }

    /// Whether there was no connection, to where the request was to go or to where a redirect led.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(&self.0.kind, ErrorKind::Transport(error, _) if error.is_connect())
    }

    /// The one word for what went wrong, where there is no status to say it.
    pub(crate) fn word(&self) -> &'static str {
        match &self.0.kind {
            ErrorKind::Settings(_) => "settings",
            ErrorKind::Request(_) => "request",
            ErrorKind::Timeout(_) => "timeout",
            ErrorKind::Transport(..) if self.is_timeout() => "timeout",
            ErrorKind::Transport(..) if self.is_connect() => "connect",
            ErrorKind::Transport(..) => "transport",
            ErrorKind::DecodeError(..) => "mismatch",
            ErrorKind::Unsuccessful(_) | ErrorKind::Unstreamed(_) => "status",
        }
    }
}

/// What a status means, in a line.
fn meaning(code: Code) -> Option<&'static str> {
    let summary = code.status().map(Status::summary)?;
    (!summary.is_empty()).then_some(summary)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sent) = &self.0.sent {
            write!(f, "{sent}: ")?;
        }
        match &self.0.kind {
            ErrorKind::Settings(why) => {
                f.write_str(why)?;
            }
            ErrorKind::Request(error) => {
                write!(f, "the request cannot be sent: {error}")?;
            }
            ErrorKind::Transport(error, _) if error.is_builder() => {
                f.write_str("the client cannot be built")?;
            }
            ErrorKind::Transport(error, None) if error.is_connect() && error.is_timeout() => {
                f.write_str("there was no connection in time")?;
            }
            ErrorKind::Transport(error, None) if error.is_connect() => {
                f.write_str("there is no connection")?;
            }
            ErrorKind::Transport(_, None) | ErrorKind::Timeout(None) if self.is_timeout() => {
                f.write_str("no answer came in time")?;
            }
            ErrorKind::Transport(_, None) | ErrorKind::Timeout(None) => {
                f.write_str("no answer came")?;
            }
            ErrorKind::Timeout(Some(raw)) => {
                write!(f, "the answer {} did not end in time", raw.code)?;
            }
            ErrorKind::Transport(_, Some(raw)) if self.is_timeout() => {
                write!(f, "the answer {} did not end in time", raw.code)?;
            }
            ErrorKind::Transport(_, Some(raw)) => {
                write!(f, "the answer {} broke off", raw.code)?;
            }
            ErrorKind::DecodeError(why, raw) => {
                write!(f, "the answer was {}: {why}", raw.code)?;
                // What a success means says nothing here.
                if !raw.code.is_success()
                    && let Some(meaning) = meaning(raw.code)
                {
                    write!(f, "; the status means: {meaning}")?;
                }
            }
            ErrorKind::Unstreamed(raw) => {
                write!(
                    f,
                    "the answer was {}, which has no bytes to be streamed",
                    raw.code
                )?;
            }
            ErrorKind::Unsuccessful(raw) => {
                write!(f, "the answer was {}", raw.code)?;
                if raw.code.is_success() {
                    f.write_str(", which the document does not declare as a success")?;
                } else if let Some(meaning) = meaning(raw.code) {
                    write!(f, ": {meaning}")?;
                }
            }
        }
        if let Some(said) = self.raw().and_then(RawResponse::problem) {
            write!(f, "; the server says: {}", said.escape_debug())?;
        }
        match self.0.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " (after {attempts} attempts)"),
        }
    }
}

/// As [`Display`](fmt::Display), and what is behind it.
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
            // What the others stand on is part of their text.
            _ => None,
        }
    }
}

/// Why a call was no success: an answer that the document declares, or no such answer.
///
/// Either has the [`Error`] that it is for those who want to know no more: `?` makes it one.
#[derive(Debug)]
pub enum ResponseError<R> {
    /// A declared answer, which is no success; and the same as an error, with the header fields and the
    /// content as they came.
    Declared(R, Error),
    /// No declared answer.
    Error(Error),
}

impl<R> ResponseError<R> {
    /// The status, if an answer came.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.error().code()
    }

    /// The failure as an error, whatever it is.
    #[must_use]
    pub fn error(&self) -> &Error {
        match self {
            Self::Declared(_, error) | Self::Error(error) => error,
        }
    }
}

impl<R> From<ResponseError<R>> for Error {
    fn from(failure: ResponseError<R>) -> Self {
        match failure {
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
