//! Calls of operations, and their responses.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::Url;

use super::{
    builder::{Client, field, parts},
    conditional::{HttpDate, retry_after},
    error::{Error, ErrorKind, RawResponse, ResponseError},
    retry::RetryPolicy,
    send::{self, ReceivedResponse},
};
use crate::{
    Code,
    runtime::{
        codec::{body::Body, error::EncodeError},
        message::{
            ResponseKey, match_response_key,
            operation::{Operation, Response},
        },
    },
};

/// A call to an operation, not yet sent.
#[derive(Clone, Debug)]
#[must_use = "a call is not sent until `send()`, `success()` or `.await`"]
pub struct Call<'a, O> {
    pub(crate) client: &'a Client,
    pub(crate) request: O,
    /// Boxed because few calls have options and calls are moved often.
    pub(crate) options: Option<Box<Options>>,
}

/// Settings of a single call, which override those of its client.
#[allow(
    clippy::option_option,
    reason = "`None` keeps the setting of the client, `Some(None)` turns it off"
)]
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// `None` keeps the client's timeout, `Some(None)` removes it.
    pub(crate) timeout: Option<Option<Duration>>,
    pub(crate) read_timeout: Option<Option<Duration>>,
    pub(crate) retry: Option<Option<RetryPolicy>>,
    /// The last error of a header field, reported when the call is sent.
    pub(crate) invalid_header: Option<EncodeError>,
}

// A call also has a method for each optional parameter. Therefore, the methods here are few, and have names
// that parameters rarely have.

impl<'a, O: Operation> Call<'a, O> {
    pub(crate) fn new(client: &'a Client, request: O) -> Self {
        Self {
            client,
            request,
            options: None,
        }
    }

    fn options(&mut self) -> &mut Options {
        self.options.get_or_insert_default()
    }

    /// Sets a header field, which replaces any other with the same name.
    ///
    /// An invalid name or value is an error of the call when it is sent.
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match field(name.as_ref(), value.as_ref()) {
            Ok(field) => self.options().headers.push(field),
            Err(message) => self.options().invalid_header = Some(EncodeError::new(message)),
        }
        self
    }

    /// Sets the timeout of an attempt, in place of the client's; `None` for no timeout.
    ///
    /// See [`ClientBuilder::timeout`](super::builder::ClientBuilder::timeout).
    pub fn with_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options().timeout = Some(timeout.into());
        self
    }

    /// Sets how long the server may be silent, in place of the client's setting; `None` for no limit.
    ///
    /// See [`ClientBuilder::read_timeout`](super::builder::ClientBuilder::read_timeout).
    pub fn with_read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options().read_timeout = Some(timeout.into());
        self
    }

    /// Sets the retry policy, in place of the client's; `None` for no retries.
    pub fn with_retry(mut self, policy: impl Into<Option<RetryPolicy>>) -> Self {
        self.options().retry = Some(policy.into());
        self
    }

    /// Sends the request. Every response that the document declares is a value, errors included.
    ///
    /// # Errors
    /// If the request cannot be sent, or if no complete response is received that matches the document. If a
    /// response was received, the error has its status code, header fields and content.
    pub async fn send(self) -> Result<O::Response, Error> {
        let received = send::buffered(&self).await?;
        Ok(FullResponse::new::<O>(received)?.response)
    }

    /// Sends the request, and returns the response together with its URL, its content and all of its header
    /// fields, undeclared ones included.
    ///
    /// # Errors
    /// The same as for [`send`](Self::send).
    pub async fn send_full(self) -> Result<FullResponse<O::Response>, Error> {
        FullResponse::new::<O>(send::buffered(&self).await?)
    }

    /// Sends the request, and returns the value of a success (2xx). Any other response is an error, even a 3xx,
    /// which `raise_for_status` in Python's `requests` accepts.
    ///
    /// # Errors
    /// The same as for [`send`](Self::send), and for each declared response that is not a success.
    pub async fn success(
        self,
    ) -> Result<<O::Response as Response>::Success, ResponseError<O::Response>> {
        let received = send::buffered(&self).await.map_err(ResponseError::Error)?;
        let full = FullResponse::new::<O>(received).map_err(ResponseError::Error)?;
        full.success()
    }
}

impl<'a, O: Operation> IntoFuture for Call<'a, O> {
    type Output = Result<O::Response, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    /// Sends the request, like [`send`](Self::send).
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Creates an error of the operation that a response belongs to.
type Fail = fn(Option<&Url>, ErrorKind) -> Error;

/// A declared response, together with what was received: header fields, content and URL.
#[derive(Clone)]
#[non_exhaustive]
pub struct FullResponse<R> {
    /// The response, decoded.
    pub response: R,
    raw: RawResponse,
    url: Url,
    attempts: u32,
    fail: Fail,
}

impl<R: Response> FullResponse<R> {
    fn new<O: Operation<Response = R>>(received: ReceivedResponse) -> Result<Self, Error> {
        let ReceivedResponse {
            raw, url, attempts, ..
        } = received;
        match send::decode::<O>(&raw) {
            Ok(response) => Ok(Self {
                response,
                raw,
                url,
                attempts,
                fail: Error::for_operation::<O>,
            }),
            Err(error) => {
                let kind = ErrorKind::DecodeError(error, raw);
                Err(Error::for_operation::<O>(Some(&url), kind).with_attempts(attempts))
            }
        }
    }

    /// Returns the status code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.raw.code
    }

    /// Returns all header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// Returns the content as received, decompressed if the feature `gzip` is enabled.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// Returns how long `Retry-After` requests to wait before the next request (RFC 9110, section 10.2.3).
    ///
    /// `None` if the field is missing or invalid; zero if its date is in the past.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.raw.headers)
    }

    /// Returns the URL that the response came from, after any redirects. It may contain credentials in its query.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Returns how many times the request was sent; redirects are not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the value of a success (2xx), like [`Call::success`].
    ///
    /// # Errors
    /// If the response is not a success.
    pub fn success(self) -> Result<R::Success, ResponseError<R>> {
        let Self {
            response,
            raw,
            url,
            attempts,
            fail,
        } = self;
        response.success().map_err(|response| {
            let error = fail(Some(&url), ErrorKind::Unsuccessful(raw)).with_attempts(attempts);
            ResponseError::Declared(response, error)
        })
    }
}

/// Omits header fields, content and URL, which may contain secrets.
impl<R: fmt::Debug> fmt::Debug for FullResponse<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FullResponse")
            .field("response", &self.response)
            .field("code", &self.raw.code)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// An operation with a binary success response, whose content can be streamed.
pub trait BinaryResponse: Operation {
    /// The keys of the successes with binary content.
    #[doc(hidden)]
    const STREAMED: &'static [ResponseKey];
}

impl<O: BinaryResponse> Call<'_, O> {
    /// Sends the request, and returns a success whose content is read in chunks, without a limit on its size.
    ///
    /// The timeout of an attempt covers only the head of such a response. Its content may take any time, as
    /// long as the server is never silent for longer than the
    /// [`read_timeout`](super::builder::ClientBuilder::read_timeout).
    ///
    /// # Errors
    /// The same as for [`success`](Self::success), and for a declared success without binary content, which
    /// [`send`](Self::send) returns.
    pub async fn send_streaming(self) -> Result<StreamingResponse, ResponseError<O::Response>> {
        let streamed = |code: Code| {
            let keys = O::Response::KEYS;
            let key = match_response_key(keys, code.get()).and_then(|index| keys.get(index));
            code.is_success() && key.is_some_and(|key| O::STREAMED.contains(key))
        };
        let received = send::streaming(&self, streamed).await;
        let mut received = received.map_err(ResponseError::Error)?;
        if let Some(response) = received.unread.take() {
            let options = self.options.as_deref();
            let read_timeout = options.and_then(|options| options.read_timeout);
            return Ok(StreamingResponse {
                response: *response,
                raw: received.raw,
                url: received.url,
                attempts: received.attempts,
                fail: Error::for_operation::<O>,
                read_timeout: read_timeout.unwrap_or(parts(self.client).settings.read_timeout),
            });
        }
        let full = FullResponse::new::<O>(received).map_err(ResponseError::Error)?;
        let kind = if full.code().is_success() {
            ErrorKind::NotBinary(full.raw)
        } else {
            ErrorKind::Unsuccessful(full.raw)
        };
        let error = (full.fail)(Some(&full.url), kind).with_attempts(full.attempts);
        Err(ResponseError::Declared(full.response, error))
    }
}

/// A success whose binary content has not been read yet.
pub struct StreamingResponse {
    response: reqwest::Response,
    /// The response without its content.
    raw: RawResponse,
    url: Url,
    attempts: u32,
    fail: Fail,
    /// Maximum time between two chunks.
    read_timeout: Option<Duration>,
}

/// Omits header fields and URL, which may contain secrets.
impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingResponse")
            .field("code", &self.raw.code)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl StreamingResponse {
    /// Returns the status code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.raw.code
    }

    /// Returns all header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// Returns the URL that the response came from, after any redirects. It includes credentials in its
    /// query.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Reads the next chunk of the content; `None` at its end.
    ///
    /// # Errors
    /// If the connection breaks, or if the server is silent for longer than the read timeout.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = match self.read_timeout {
            None => Ok(self.response.chunk().await),
            Some(read_timeout) => tokio::time::timeout(read_timeout, self.response.chunk()).await,
        };
        let raw = || Some(self.raw.clone());
        let kind = match chunk {
            Ok(Ok(chunk)) => return Ok(chunk),
            Ok(Err(error)) => ErrorKind::Transport(error, raw()),
            Err(_) => ErrorKind::Timeout(raw()),
        };
        Err((self.fail)(Some(&self.url), kind).with_attempts(self.attempts))
    }

    /// Returns the content that has not been read yet, for example to send it elsewhere. Its chunks have no read
    /// timeout.
    #[must_use]
    pub fn into_body(self) -> Body {
        Body::from_http_body(reqwest::Body::from(self.response))
    }

    /// Returns the underlying response, for example for its `bytes_stream`.
    #[must_use]
    pub fn into_inner(mut self) -> reqwest::Response {
        *self.response.headers_mut() = self.raw.headers;
        self.response
    }
}

/// An operation that may return 304 (Not Modified), so its calls accept an entity tag.
///
/// Not implemented for an operation that has a parameter with the method's name.
pub trait IfNoneMatch: Operation {}

impl<O: IfNoneMatch> Call<'_, O> {
    /// Requests the content only if its entity tag has changed; otherwise the response is 304.
    ///
    /// The tag is a value of `ETag`, including its quotes (RFC 9110, section 13.1.2).
    pub fn if_none_match(self, etag: impl AsRef<str>) -> Self {
        self.with_header(header::IF_NONE_MATCH, etag)
    }
}

/// An operation that may return 304 (Not Modified), so its calls accept a date.
///
/// Not implemented for an operation that has a parameter with the method's name.
pub trait IfModifiedSince: Operation {}

impl<O: IfModifiedSince> Call<'_, O> {
    /// Requests the content only if it has changed since a date; otherwise the response is 304.
    ///
    /// The date is a point in time or the value of a `Last-Modified` field (RFC 9110, section 13.1.3).
    pub fn if_modified_since(self, date: impl Into<HttpDate>) -> Self {
        self.with_header(header::IF_MODIFIED_SINCE, date.into().as_str())
    }
}
