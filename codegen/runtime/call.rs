//! A call of an operation: how it is sent, and what it gives.

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
    client_builder::{Client, field, parts},
    client_error::{Error, ErrorKind, RawResponse, ResponseError},
    codec_error::EncodeError,
    conditional::{HttpDate, retry_after},
    operation::{Operation, Response},
    response_key::{ResponseKey, match_response_key},
    retry::RetryPolicy,
    send::{self, ReceivedResponse},
};
use crate::Code;

/// A request that waits to be sent.
#[derive(Clone, Debug)]
#[must_use = "a call is not sent before `send()`, `success()` or `.await`"]
pub struct Call<'a, O> {
    pub(crate) client: &'a Client,
    pub(crate) request: O,
    /// In a box, for few calls have any, and each is carried about.
    pub(crate) options: Option<Box<Options>>,
}

/// What is said of a single call, beside what its client does.
#[allow(
    clippy::option_option,
    reason = "`None` keeps the setting of the client, `Some(None)` turns it off"
)]
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// `None` where nothing is said, and within it no end.
    pub(crate) timeout: Option<Option<Duration>>,
    pub(crate) read_timeout: Option<Option<Duration>>,
    pub(crate) retry: Option<Option<RetryPolicy>>,
    /// What is wrong with a header field.
    pub(crate) wrong: Option<EncodeError>,
}

// A call has a method for each parameter that may be absent, too; so the others are few, and have names
// that are seldom those of parameters.

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

    /// Sends a header field, in the place of any other of its name.
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match field(name.as_ref(), value.as_ref()) {
            Ok(field) => self.options().headers.push(field),
            Err(why) => self.options().wrong = Some(EncodeError::because(why)),
        }
        self
    }

    /// How long an attempt may take, in place of what the client says; no end for `None`.
    pub fn with_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options().timeout = Some(timeout.into());
        self
    }

    /// How long the server may send nothing, in place of what the client says; no end for `None`.
    pub fn with_read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options().read_timeout = Some(timeout.into());
        self
    }

    /// Whether and when the request is sent again, in place of what the client says; never for `None`.
    pub fn with_retry(mut self, policy: impl Into<Option<RetryPolicy>>) -> Self {
        self.options().retry = Some(policy.into());
        self
    }

    /// Sends the request; every answer that the document declares is a value.
    ///
    /// # Errors
    /// If there is no answer, or one that the document does not declare. The latter holds the
    /// status, the header fields and the content.
    pub async fn send(self) -> Result<O::Response, Error> {
        let arrival = send::buffered(&self).await?;
        Ok(FullResponse::of::<O>(arrival)?.answer)
    }

    /// Sends the request, and gives with the answer what came with it: the header fields that the
    /// document does not declare, and the URL that it came from.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_full(self) -> Result<FullResponse<O::Response>, Error> {
        FullResponse::of::<O>(send::buffered(&self).await?)
    }

    /// Sends the request; only a success (2xx) is a value, as with Python's `raise_for_status`.
    ///
    /// # Errors
    /// As [`send`](Self::send), and for each declared answer that is no success.
    pub async fn success(
        self,
    ) -> Result<<O::Response as Response>::Success, ResponseError<O::Response>> {
        let arrival = send::buffered(&self).await.map_err(ResponseError::Error)?;
        let answer = FullResponse::of::<O>(arrival).map_err(ResponseError::Error)?;
        answer.success()
    }
}

impl<'a, O: Operation> IntoFuture for Call<'a, O> {
    type Output = Result<O::Response, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    /// As [`send`](Self::send).
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Makes a failure an error of an operation.
type Fail = fn(Option<&Url>, ErrorKind) -> Error;

/// A declared answer, with what came with it.
#[derive(Clone)]
#[non_exhaustive]
pub struct FullResponse<R> {
    /// The answer.
    pub answer: R,
    raw: RawResponse,
    url: Url,
    attempts: u32,
    fail: Fail,
}

impl<R: Response> FullResponse<R> {
    fn of<O: Operation<Response = R>>(arrival: ReceivedResponse) -> Result<Self, Error> {
        let ReceivedResponse {
            raw, url, attempts, ..
        } = arrival;
        match send::decode::<O>(&raw) {
            Ok(answer) => Ok(Self {
                answer,
                raw,
                url,
                attempts,
                fail: Error::of::<O>,
            }),
            Err(why) => {
                Err(Error::of::<O>(Some(&url), ErrorKind::DecodeError(why, raw)).after(attempts))
            }
        }
    }

    /// The status.
    #[must_use]
    pub fn code(&self) -> Code {
        self.raw.code
    }

    /// All header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// The content as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// How long the answer asks to wait before the next request, in `Retry-After`; zero for a date that is
    /// past.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.raw.headers)
    }

    /// Where the answer came from: where the request went, or was led to by redirects. A credential in its
    /// query is there, too.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// How often the request was sent, redirects aside.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The success (2xx), as with [`Call::success`].
    ///
    /// # Errors
    /// If the answer is no success.
    pub fn success(self) -> Result<R::Success, ResponseError<R>> {
        let Self {
            answer,
            raw,
            url,
            attempts,
            fail,
        } = self;
        answer.success().map_err(|answer| {
            let error = fail(Some(&url), ErrorKind::Unsuccessful(raw)).after(attempts);
            ResponseError::Declared(answer, error)
        })
    }
}

/// Without what came with the answer, of which some is not for logs.
impl<R: fmt::Debug> fmt::Debug for FullResponse<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FullResponse")
            .field("answer", &self.answer)
            .field("code", &self.raw.code)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// An operation that may answer with bytes, however many.
pub trait BinaryResponse: Operation {
    /// The keys of the successes that are bytes.
    #[doc(hidden)]
    const STREAMED: &'static [ResponseKey];
}

/// An operation whose request may have bytes for its content.
pub trait BinaryRequest: Operation {}

impl<O: BinaryResponse> Call<'_, O> {
    /// Sends the request; the bytes of a success are given as they come, however many.
    ///
    /// The time-out of an attempt ends with the header then. What comes later may take as long as it likes, as
    /// far as the server is never silent for longer than the
    /// [`read_timeout`](super::client_builder::ClientBuilder::read_timeout).
    ///
    /// # Errors
    /// As [`success`](Self::success); and for a success that the document declares without bytes, which
    /// [`send`](Self::send) gives.
    pub async fn send_streaming(self) -> Result<StreamingResponse, ResponseError<O::Response>> {
        let streamed = |code: Code| {
            let keys = O::Response::KEYS;
            let key = match_response_key(keys, code.get()).and_then(|index| keys.get(index));
            code.is_success() && key.is_some_and(|key| O::STREAMED.contains(key))
        };
        let arrival = send::streaming(&self, streamed).await;
        let mut arrival = arrival.map_err(ResponseError::Error)?;
        if let Some(response) = arrival.rest.take() {
            let options = self.options.as_deref();
            let silence = options.and_then(|options| options.read_timeout);
            return Ok(StreamingResponse {
                response: *response,
                raw: arrival.raw,
                url: arrival.url,
                attempts: arrival.attempts,
                fail: Error::of::<O>,
                silence: silence.unwrap_or(parts(self.client).settings.read_timeout),
            });
        }
        let full = FullResponse::of::<O>(arrival).map_err(ResponseError::Error)?;
        let kind = if full.code().is_success() {
            ErrorKind::Unstreamed(full.raw)
        } else {
            ErrorKind::Unsuccessful(full.raw)
        };
        let error = (full.fail)(Some(&full.url), kind).after(full.attempts);
        Err(ResponseError::Declared(full.answer, error))
    }
}

/// An answer whose bytes are still to come.
pub struct StreamingResponse {
    response: reqwest::Response,
    /// Without content.
    raw: RawResponse,
    url: Url,
    attempts: u32,
    fail: Fail,
    /// How long the server may be silent.
    silence: Option<Duration>,
}

/// Without what came with the answer, of which some is not for logs.
impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingResponse")
            .field("code", &self.raw.code)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl StreamingResponse {
    /// The status.
    #[must_use]
    pub fn code(&self) -> Code {
        self.raw.code
    }

    /// All header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// Where the answer comes from. A credential in its query is there, too.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The next bytes; `None` when all have come.
    ///
    /// # Errors
    /// If the answer breaks off, or its server falls silent.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = match self.silence {
            None => Ok(self.response.chunk().await),
            Some(silence) => tokio::time::timeout(silence, self.response.chunk()).await,
        };
        let raw = || Some(self.raw.clone());
        let kind = match chunk {
            Ok(Ok(chunk)) => return Ok(chunk),
            Ok(Err(error)) => ErrorKind::Transport(error, raw()),
            Err(_) => ErrorKind::Timeout(raw()),
        };
        Err((self.fail)(Some(&self.url), kind).after(self.attempts))
    }

    /// The response as reqwest has it, such as for its `bytes_stream`.
    #[must_use]
    pub fn into_inner(mut self) -> reqwest::Response {
        *self.response.headers_mut() = self.raw.headers;
        self.response
    }
}

impl<'a, O: BinaryRequest> Call<'a, O> {
    /// Sends this content, and not the one of the request: a file or a stream, as reqwest takes it.
    ///
    /// What is read as it is sent is there but once; such a request is not sent again.
    pub fn with_content(self, content: impl Into<reqwest::Body>) -> StreamingCall<'a, O> {
        StreamingCall {
            call: self,
            content: content.into(),
        }
    }
}

/// A request that waits to be sent, with content that may be there but once.
#[derive(Debug)]
#[must_use = "a call is not sent before `send()` or `success()`"]
pub struct StreamingCall<'a, O> {
    call: Call<'a, O>,
    content: reqwest::Body,
}

impl<O: Operation> StreamingCall<'_, O> {
    /// Sends the request, as [`Call::send`] does.
    ///
    /// # Errors
    /// As [`Call::send`].
    pub async fn send(self) -> Result<O::Response, Error> {
        Ok(self.send_full().await?.answer)
    }

    /// Sends the request, as [`Call::send_full`] does.
    ///
    /// # Errors
    /// As [`Call::send`].
    pub async fn send_full(self) -> Result<FullResponse<O::Response>, Error> {
        FullResponse::of::<O>(send::with_content(&self.call, self.content).await?)
    }

    /// Sends the request, as [`Call::success`] does.
    ///
    /// # Errors
    /// As [`Call::success`].
    pub async fn success(
        self,
    ) -> Result<<O::Response as Response>::Success, ResponseError<O::Response>> {
        self.send_full()
            .await
            .map_err(ResponseError::Error)?
            .success()
    }
}

/// An operation that may return 304 (Not Modified), so that its call takes an entity tag.
///
/// An operation with a parameter of the method's name does not implement it.
pub trait IfNoneMatch: Operation {}

impl<O: IfNoneMatch> Call<'_, O> {
    /// Requests the content only if its entity tag has changed; otherwise the response is 304.
    ///
    /// The tag is a value of `ETag`, including its quotes (RFC 9110, section 13.1.2).
    pub fn if_none_match(self, etag: impl AsRef<str>) -> Self {
        self.with_header(header::IF_NONE_MATCH, etag)
    }
}

/// An operation that may return 304 (Not Modified), so that its call takes a date.
///
/// An operation with a parameter of the method's name does not implement it.
pub trait IfModifiedSince: Operation {}

impl<O: IfModifiedSince> Call<'_, O> {
    /// Requests the content only if it has changed since a date; otherwise the response is 304.
    ///
    /// The date is a time, or a value of `Last-Modified` (RFC 9110, section 13.1.3).
    pub fn if_modified_since(self, date: impl Into<HttpDate>) -> Self {
        self.with_header(header::IF_MODIFIED_SINCE, date.into().as_str())
    }
}
