//! Sends a request, with retries and redirects, until there is a final response.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, header};
use reqwest::Url;
use tokio::time::timeout_at;

use super::{
    builder::{ClientParts, Settings, parse_base_url, parts},
    call::Call,
    credential::SecretSource,
    error::{BoxError, Error, ErrorKind, RawResponse},
    hook::HookResponse,
    redirect::{LIMIT, Redirect},
    retry::{RequestState, RetryState},
    span::ClientSpan,
};
use crate::{
    Code,
    runtime::{
        codec::error::{DecodeError, EncodeError},
        message::{
            operation::{Operation, Response},
            request_encoder::RequestEncoder,
            response_decoder::ResponseDecoder,
            security::{Secret, SecurityScheme},
        },
    },
};

/// A header field that makes a request of any method safe to repeat
/// (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Maximum size of a redirect's content that is read, so that the connection can be reused.
const MAX_DRAINED: u64 = 16 * 1024;

/// The response to a call, not decoded.
pub(crate) struct ReceivedResponse {
    /// The response; its content is empty if it is still unread.
    pub(crate) raw: RawResponse,
    /// The URL of the response, after any redirects.
    pub(crate) url: Url,
    /// The number of times the request was sent, without redirects.
    pub(crate) attempts: u32,
    /// The response with content that has not been read; boxed because this struct is moved often.
    pub(crate) unread: Option<Box<reqwest::Response>>,
}

/// Decodes a response.
pub(crate) fn decode<O: Operation>(raw: &RawResponse) -> Result<O::Response, DecodeError> {
    O::Response::decode(&mut ResponseDecoder::new(
        raw.code,
        &raw.headers,
        raw.body.clone(),
    ))
}

/// Sends a call, and reads the whole response.
pub(crate) async fn buffered<O: Operation>(call: &Call<'_, O>) -> Result<ReceivedResponse, Error> {
    Sender::new(call).run().await
}

/// Sends a call. The content of a response is left unread if `is_streamed` returns true for its status code
/// and its header fields are as declared.
pub(crate) async fn streaming<O: Operation>(
    call: &Call<'_, O>,
    is_streamed: fn(Code) -> bool,
) -> Result<ReceivedResponse, Error> {
    let mut sender = Sender::new(call);
    sender.is_streamed = Some(is_streamed);
    sender.run().await
}

/// A call in progress.
struct Sender<'c, O> {
    call: &'c Call<'c, O>,
    parts: ClientParts<'c>,
    /// Selects the status codes whose content is left unread.
    is_streamed: Option<fn(Code) -> bool>,
    /// Whether the request is safe to repeat, by its method or its `Idempotency-Key`.
    idempotent: bool,
    /// Whether the content can be sent again, as a stream cannot.
    is_replayable: bool,
    /// Number of requests sent, redirects included.
    sent: u32,
    /// Whether the current attempt has received a response, such as a redirect.
    has_response: bool,
    /// The longest time without data from the server.
    read_timeout: Option<Duration>,
}

/// The next step after a response.
enum Step {
    Done(ReceivedResponse),
    Follow(Redirect),
}

impl<'c, O: Operation> Sender<'c, O> {
    fn new(call: &'c Call<'_, O>) -> Self {
        let parts = parts(call.client);
        let options = call.options.as_deref();
        let read_timeout = options.and_then(|options| options.read_timeout);
        Self {
            call,
            is_replayable: true,
            is_streamed: None,
            idempotent: O::METHOD.is_idempotent(),
            sent: 0,
            has_response: false,
            read_timeout: read_timeout.unwrap_or(parts.settings.read_timeout),
            parts,
        }
    }

    /// Sends the request, and retries it as the policy allows.
    async fn run(&mut self) -> Result<ReceivedResponse, Error> {
        let options = self.call.options.as_deref();
        let timeout = options.and_then(|options| options.timeout);
        let timeout = timeout.unwrap_or(self.parts.settings.timeout);
        let policy = options.and_then(|options| options.retry.as_ref());
        let policy = policy.unwrap_or(&self.parts.settings.retry);
        let Some(policy) = policy else {
            let outcome = self.attempt(timeout).await;
            return outcome.map_err(|error| error.with_attempts(self.sent.min(1)));
        };
        let mut attempts = RetryState::new(policy, O::ID);
        let mut last = None;
        loop {
            let remaining = attempts.remaining();
            let is_cut = remaining
                .is_some_and(|remaining| timeout.is_none_or(|timeout| remaining < timeout));
            let outcome = self.attempt(if is_cut { remaining } else { timeout }).await;
            let number = attempts.number();
            let request = RequestState {
                is_idempotent: self.idempotent,
                // An external client may have sent a request before it failed to connect, such as one that
                // was redirected.
                is_unsent: !self.has_response && !self.parts.is_external,
                is_replayable: self.is_replayable,
            };
            if attempts.next(&outcome, request).await {
                last = Some(outcome);
                continue;
            }
            let is_timeout = |outcome: &Result<_, Error>| {
                let error = outcome.as_ref().err();
                error.is_some_and(|error| error.is_timeout() && error.code().is_none())
            };
            let outcome = match last {
                // The previous outcome is more informative than an expired deadline.
                Some(last) if is_cut && is_timeout(&outcome) => last,
                _ => outcome,
            };
            return match outcome {
                Ok(received) => Ok(ReceivedResponse {
                    attempts: number,
                    ..received
                }),
                Err(error) => Err(error.with_attempts(number.min(self.sent))),
            };
        }
    }

    /// Sends the request, and follows redirects.
    async fn attempt(&mut self, timeout: Option<Duration>) -> Result<ReceivedResponse, Error> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.has_response = false;
        let mut redirect: Option<Redirect> = None;
        loop {
            let request = match deadline {
                None => self.prepare(redirect.as_ref()).await,
                Some(deadline) => {
                    let prepared = timeout_at(deadline.into(), self.prepare(redirect.as_ref()));
                    let expired =
                        |_| Err(Error::for_operation::<O>(None, ErrorKind::Timeout(None)));
                    prepared.await.unwrap_or_else(expired)
                }
            }?;
            let span = ClientSpan::new::<O>(&request, redirect.is_some(), self.sent);
            self.sent += 1;
            let outcome = span
                .watch(self.send_once(request, deadline, redirect.take()))
                .await;
            span.end(&outcome);
            match outcome.1? {
                Step::Done(received) => return Ok(received),
                Step::Follow(next) => redirect = Some(next),
            }
        }
    }

    /// Builds the request with its credentials, and passes it to the hooks.
    async fn prepare(&mut self, redirect: Option<&Redirect>) -> Result<reqwest::Request, Error> {
        let failed = |kind| Error::for_operation::<O>(None, kind);
        let secrets = if redirect.is_none_or(|redirect| !redirect.is_cross_origin) {
            secrets::<O>(self.parts.settings).await
        } else {
            Ok(Vec::new())
        };
        let secrets = secrets.map_err(|error| failed(ErrorKind::User(error, None)))?;
        let request = self.request(redirect, &secrets);
        let mut request = request.map_err(|error| failed(ErrorKind::Request(error)))?;
        let hooks = &self.parts.settings.hooks;
        match hooks.on_request(O::ID, &mut request).await {
            Ok(()) => Ok(request),
            Err(error) => {
                let kind = ErrorKind::User(error, None);
                Err(Error::for_operation::<O>(Some(request.url()), kind))
            }
        }
    }

    /// Passes a response to the hooks.
    async fn observe(&self, raw: &RawResponse, url: &Url, has_body: bool) -> Result<(), Error> {
        let response = HookResponse::new(raw, url, has_body);
        let hooks = &self.parts.settings.hooks;
        hooks.on_response(O::ID, &response).await.map_err(|error| {
            let kind = ErrorKind::User(error, Some(raw.clone()));
            Error::for_operation::<O>(Some(url), kind)
        })
    }

    /// Builds the request, to the operation's URL or to the target of a redirect.
    fn request(
        &mut self,
        redirect: Option<&Redirect>,
        secrets: &[(&SecurityScheme, Secret)],
    ) -> Result<reqwest::Request, EncodeError> {
        let options = self.call.options.as_deref();
        if let Some(error) = options.and_then(|options| options.invalid_header.as_ref()) {
            return Err(error.clone());
        }
        let settings = self.parts.settings;
        let mut encoder = RequestEncoder::default();
        self.call.request.encode(&mut encoder)?;
        for (scheme, secret) in secrets {
            secret.write(scheme, &mut encoder)?;
        }
        let (method, url) = match redirect {
            Some(redirect) => (redirect.method.clone(), redirect.url.clone()),
            None => (O::METHOD, request_url::<O>(&self.parts, &encoder)?),
        };
        let cookie = encoder.cookie()?;
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        *headers = encoder.headers;
        if let Some(cookie) = cookie {
            headers.insert(header::COOKIE, cookie);
        }
        for (name, value) in &settings.headers {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        for (name, value) in options.iter().flat_map(|options| &options.headers) {
            headers.insert(name, value.clone());
        }
        self.idempotent |= headers.contains_key(IDEMPOTENCY_KEY);
        if let Some(redirect) = redirect {
            redirect.strip::<O>(headers);
        }
        if O::HAS_BODY && redirect.is_none_or(|redirect| redirect.content) {
            *request.body_mut() = Some(if let Some(bytes) = encoder.body.as_bytes() {
                bytes.clone().into()
            } else {
                self.is_replayable = false;
                reqwest::Body::wrap(encoder.body)
            });
        }
        Ok(request)
    }

    /// Sends one request, and reads the response; also returns its status code and HTTP version.
    async fn send_once(
        &mut self,
        mut request: reqwest::Request,
        deadline: Option<Instant>,
        redirect: Option<Redirect>,
    ) -> (Option<ResponseHead>, Result<Step, Error>) {
        // Overrides the timeout of an external client.
        *request.timeout_mut() = self.parts.timeout_override;
        let method = request.method().clone();
        // The server may be silent while it receives content.
        let read_timeout = self.read_timeout.filter(|_| request.body().is_none());
        let url = request.url().clone();
        // No helper function takes these futures: a future passed as an argument is stored twice.
        let response = match earliest(deadline, read_timeout) {
            None => Ok(self.parts.http.execute(request).await),
            Some(deadline) => timeout_at(deadline.into(), self.parts.http.execute(request)).await,
        };
        let response = match response {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let url = error.url().cloned().unwrap_or(url);
                let kind = ErrorKind::Transport(error, None);
                return (None, Err(Error::for_operation::<O>(Some(&url), kind)));
            }
            Err(_) => {
                let kind = ErrorKind::Timeout(None);
                return (None, Err(Error::for_operation::<O>(Some(&url), kind)));
            }
        };
        self.has_response = true;
        let head = ResponseHead {
            code: response.status().into(),
            version: response.version(),
        };
        (
            Some(head),
            self.read(response, deadline, &method, redirect).await,
        )
    }

    /// Reads a response, unless its content is to be streamed or it is a redirect to follow.
    async fn read(
        &self,
        mut response: reqwest::Response,
        deadline: Option<Instant>,
        method: &http::Method,
        redirect: Option<Redirect>,
    ) -> Result<Step, Error> {
        let url = response.url().clone();
        let mut raw = RawResponse {
            code: response.status().into(),
            headers: std::mem::take(response.headers_mut()),
            body: Bytes::new(),
        };
        let settings = self.parts.settings;
        let follows = settings.redirects.follows::<O>(raw.code);
        let next = follows.then(|| Redirect::next(redirect.as_ref(), &url, method, &raw));
        let next = next
            .flatten()
            .filter(|next| self.is_replayable || !next.content);
        let is_one_too_many = next.as_ref().is_some_and(|next| next.count > LIMIT);
        if let Some(next) = next.filter(|_| !is_one_too_many) {
            if response
                .content_length()
                .is_some_and(|length| length <= MAX_DRAINED)
            {
                // The content is not used, so errors while reading it are ignored.
                let drain = async { while let Ok(Some(_)) = response.chunk().await {} };
                if let Some(deadline) = earliest(deadline, self.read_timeout) {
                    let _ = timeout_at(deadline.into(), drain).await;
                }
            }
            self.observe(&raw, &url, false).await?;
            return Ok(Step::Follow(next));
        }
        let is_streamed = self
            .is_streamed
            .is_some_and(|is_streamed| is_streamed(raw.code));
        if is_streamed && decode::<O>(&raw).is_ok() {
            self.observe(&raw, &url, false).await?;
            return Ok(Step::Done(ReceivedResponse {
                raw,
                url,
                attempts: 1,
                unread: Some(Box::new(response)),
            }));
        }
        let mut body = BytesMut::new();
        let failure = loop {
            let chunk = match earliest(deadline, self.read_timeout) {
                None => response.chunk().await,
                Some(deadline) => match timeout_at(deadline.into(), response.chunk()).await {
                    Ok(chunk) => chunk,
                    Err(_) => break Some(ReadFailure::Timeout),
                },
            };
            match chunk {
                Ok(None) => break None,
                Ok(Some(chunk)) => {
                    let room = settings.body_limit.saturating_sub(body.len());
                    body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if chunk.len() > room {
                        break Some(ReadFailure::TooLarge);
                    }
                }
                Err(error) => break Some(ReadFailure::Transport(error)),
            }
        };
        raw.body = body.freeze();
        let kind = match failure {
            None if is_one_too_many => ErrorKind::DecodeError(DecodeError::TooManyRedirects, raw),
            None => {
                self.observe(&raw, &url, true).await?;
                return Ok(Step::Done(ReceivedResponse {
                    raw,
                    url,
                    attempts: 1,
                    unread: None,
                }));
            }
            Some(ReadFailure::TooLarge) => ErrorKind::DecodeError(DecodeError::TooLarge, raw),
            Some(ReadFailure::Transport(error)) => ErrorKind::Transport(error, Some(raw)),
            Some(ReadFailure::Timeout) => ErrorKind::Timeout(Some(raw)),
        };
        Err(Error::for_operation::<O>(Some(&url), kind))
    }
}

/// The parts of a response's head that a span records.
pub(crate) struct ResponseHead {
    pub(crate) code: Code,
    pub(crate) version: http::Version,
}

/// The reason why the content of a response was not read completely.
enum ReadFailure {
    TooLarge,
    Transport(reqwest::Error),
    Timeout,
}

/// Returns the deadline, or the end of the read timeout from now on, whichever is earlier.
fn earliest(deadline: Option<Instant>, read_timeout: Option<Duration>) -> Option<Instant> {
    let read_deadline = read_timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    match (deadline, read_deadline) {
        (Some(deadline), Some(read_deadline)) => Some(deadline.min(read_deadline)),
        (deadline, read_deadline) => deadline.or(read_deadline),
    }
}

/// Returns the URL of an encoded request.
fn request_url<O: Operation>(
    parts: &ClientParts<'_>,
    encoder: &RequestEncoder,
) -> Result<Url, EncodeError> {
    let mut url = match O::BASE_URL.filter(|_| !parts.is_base_chosen) {
        None => parts.base.clone(),
        // The URL may be relative to that of the document's server.
        Some(own) => {
            let url = parts.base.join(own).map_err(|error| error.to_string());
            let url = url.and_then(|url| parse_base_url(url.as_str()));
            url.map_err(|reason| EncodeError::new(format!("invalid server URL: {reason}")))?
        }
    };
    let (path, query) = encoder.target(url.path(), O::PATH);
    url.set_path(&path);
    url.set_query(query.as_deref());
    Ok(url)
}

/// Returns the credentials of the first alternative for which the client has all.
///
/// # Errors
/// That of a function that provides a credential.
async fn secrets<O: Operation>(
    settings: &Settings,
) -> Result<Vec<(&'static SecurityScheme, Secret)>, BoxError> {
    let mut secrets = Vec::new();
    for (scheme, source) in sources::<O>(settings) {
        secrets.push((scheme, source.secret().await?));
    }
    Ok(secrets)
}

/// Returns the sources of the credentials of the first alternative for which the client has all.
fn sources<O: Operation>(settings: &Settings) -> Vec<(&'static SecurityScheme, &SecretSource)> {
    let source = |scheme: &'static SecurityScheme| {
        let mut secrets = settings.secrets.iter();
        let (_, source) = secrets.find(|(id, _)| *id == scheme.id())?;
        Some((scheme, source))
    };
    let mut alternatives = O::SECURITY.iter();
    let complete = alternatives.find_map(|schemes| schemes.iter().map(source).collect());
    complete.unwrap_or_default()
}
