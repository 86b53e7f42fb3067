//! Sending a request until there is an answer that is worth no other attempt.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, header};
use reqwest::Url;
use tokio::time::timeout_at;

use super::{
    call::Call,
    client_builder::{ClientParts, Settings, parts},
    client_error::{Error, ErrorKind, RawResponse},
    client_tracing::ClientSpan,
    codec_error::{DecodeError, EncodeError},
    operation::{Operation, Response},
    redirect::{LIMIT, Redirect},
    request_encoder::RequestEncoder,
    response_decoder::ResponseDecoder,
    retry::{RequestState, RetryState},
    security::SecurityScheme,
};
use crate::Code;

/// What makes a request of any method safe to repeat (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The most content of a redirect that is read, so that its connection can be used again.
const DRAINED: u64 = 16 * 1024;

/// What came of a call.
pub(crate) struct ReceivedResponse {
    /// The answer; without content as long as that is still to come.
    pub(crate) raw: RawResponse,
    /// Where it came from.
    pub(crate) url: Url,
    /// How often the request was sent, redirects aside.
    pub(crate) attempts: u32,
    /// The content that is still to come; in a box, for an arrival is handed on often.
    pub(crate) rest: Option<Box<reqwest::Response>>,
}

/// The answer in its type.
pub(crate) fn decode<O: Operation>(raw: &RawResponse) -> Result<O::Response, DecodeError> {
    O::Response::decode(&mut ResponseDecoder::new(
        raw.code,
        &raw.headers,
        raw.body.clone(),
    ))
}

/// Sends a call, and reads the answer to its end.
pub(crate) async fn buffered<O: Operation>(call: &Call<'_, O>) -> Result<ReceivedResponse, Error> {
    Sender::new(call).run().await
}

/// Sends a call with other content than its request has.
pub(crate) async fn with_content<O: Operation>(
    call: &Call<'_, O>,
    content: reqwest::Body,
) -> Result<ReceivedResponse, Error> {
    let mut trip = Sender::new(call);
    trip.content = RequestContent::Given(Some(content));
    trip.run().await
}

/// Sends a call, and leaves the content of an answer to come if its status is one of those, and what has come
/// of it is as declared.
pub(crate) async fn streaming<O: Operation>(
    call: &Call<'_, O>,
    streamed: fn(Code) -> bool,
) -> Result<ReceivedResponse, Error> {
    let mut trip = Sender::new(call);
    trip.streamed = Some(streamed);
    trip.run().await
}

/// The content that is sent.
enum RequestContent {
    /// What the request holds.
    OfRequest,
    /// Another; nothing once it is gone.
    Given(Option<reqwest::Body>),
}

/// A call on its way.
struct Sender<'c, O> {
    call: &'c Call<'c, O>,
    parts: ClientParts<'c>,
    content: RequestContent,
    /// The statuses whose content is left to come, if there may be any.
    streamed: Option<fn(Code) -> bool>,
    /// Whether the request can be sent twice and do no harm, as far as it says.
    idempotent: bool,
    /// How many requests have been sent, redirects included.
    sent: u32,
    /// Whether a server has answered this attempt.
    answered: bool,
    /// How long a server may be silent.
    silence: Option<Duration>,
}

/// What follows from an answer.
enum Step {
    Arrived(ReceivedResponse),
    Follow(Redirect),
}

impl<'c, O: Operation> Sender<'c, O> {
    fn new(call: &'c Call<'_, O>) -> Self {
        let parts = parts(call.client);
        let options = call.options.as_deref();
        let silence = options.and_then(|options| options.read_timeout);
        Self {
            call,
            content: RequestContent::OfRequest,
            streamed: None,
            idempotent: O::METHOD.is_idempotent(),
            sent: 0,
            answered: false,
            silence: silence.unwrap_or(parts.settings.read_timeout),
            parts,
        }
    }

    /// Sends the request as often as the policy has it.
    async fn run(&mut self) -> Result<ReceivedResponse, Error> {
        let options = self.call.options.as_deref();
        let timeout = options.and_then(|options| options.timeout);
        let timeout = timeout.unwrap_or(self.parts.settings.timeout);
        let policy = options.and_then(|options| options.retry.as_ref());
        let policy = policy.unwrap_or(&self.parts.settings.retry);
        let Some(policy) = policy else {
            let outcome = self.attempt(timeout).await;
            return outcome.map_err(|error| error.after(self.sent.min(1)));
        };
        let mut attempts = RetryState::new(policy, O::ID);
        let mut last = None;
        loop {
            let left = attempts.left();
            let is_cut = left.is_some_and(|left| timeout.is_none_or(|timeout| left < timeout));
            let outcome = self.attempt(if is_cut { left } else { timeout }).await;
            let number = attempts.number();
            let request = RequestState {
                is_idempotent: self.idempotent,
                // What another client does before it fails to connect is not known.
                is_unsent: !self.answered && !self.parts.is_foreign,
                is_replayable: self.is_replayable(),
            };
            if attempts.next(&outcome, request).await {
                last = Some(outcome);
                continue;
            }
            let is_late = |outcome: &Result<_, Error>| {
                let error = outcome.as_ref().err();
                error.is_some_and(|error| error.is_timeout() && error.code().is_none())
            };
            let outcome = match last {
                // An answer says more than that the time was up.
                Some(last) if is_cut && is_late(&outcome) => last,
                _ => outcome,
            };
            return match outcome {
                Ok(arrival) => Ok(ReceivedResponse {
                    attempts: number,
                    ..arrival
                }),
                Err(error) => Err(error.after(number.min(self.sent))),
            };
        }
    }

    /// Sends the request, and follows where redirects lead.
    async fn attempt(&mut self, timeout: Option<Duration>) -> Result<ReceivedResponse, Error> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.answered = false;
        let mut detour: Option<Redirect> = None;
        loop {
            let request = self.request(detour.as_ref());
            let request = request.map_err(|why| Error::of::<O>(None, ErrorKind::Request(why)))?;
            let trace = ClientSpan::of::<O>(&request, detour.is_none(), self.sent);
            self.sent += 1;
            let outcome = trace
                .watch(self.exchange(request, end, detour.take()))
                .await;
            trace.end(&outcome);
            match outcome.1? {
                Step::Arrived(arrival) => return Ok(arrival),
                Step::Follow(next) => detour = Some(next),
            }
        }
    }

    /// The request as it is sent, to where redirects have led.
    fn request(&mut self, detour: Option<&Redirect>) -> Result<reqwest::Request, EncodeError> {
        let options = self.call.options.as_deref();
        if let Some(wrong) = options.and_then(|options| options.wrong.as_ref()) {
            return Err(wrong.clone());
        }
        let settings = self.parts.settings;
        let mut outgoing = RequestEncoder::default();
        self.call.request.encode(&mut outgoing)?;
        if detour.is_none_or(|detour| !detour.foreign) {
            authorize::<O>(settings, &mut outgoing)?;
        }
        let (method, url) = match detour {
            Some(detour) => (detour.method.clone(), detour.url.clone()),
            None => (O::METHOD, target::<O>(self.parts.base, &outgoing)),
        };
        let cookie = outgoing.cookie()?;
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        *headers = outgoing.headers;
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
        if let Some(detour) = detour {
            detour.strip::<O>(headers);
        }
        if O::HAS_BODY && detour.is_none_or(|detour| detour.content) {
            match &mut self.content {
                RequestContent::OfRequest => *request.body_mut() = Some(outgoing.body.into()),
                RequestContent::Given(content) => {
                    *request.body_mut() = content.take();
                    // Bytes that are in memory can be sent again; nothing else is cloned.
                    let again = request.try_clone();
                    *content = again.and_then(|mut again| again.body_mut().take());
                }
            }
        }
        Ok(request)
    }

    /// Whether the content can be sent again.
    fn is_replayable(&self) -> bool {
        !matches!(self.content, RequestContent::Given(None))
    }

    /// Sends a request, and reads what comes back; says also which status came.
    async fn exchange(
        &mut self,
        mut request: reqwest::Request,
        end: Option<Instant>,
        detour: Option<Redirect>,
    ) -> (Option<ResponseHead>, Result<Step, Error>) {
        // The time-out of a client that is set up elsewhere gives way to what is said here.
        *request.timeout_mut() = self.parts.lifted;
        let method = request.method().clone();
        // As long as content goes out, silence means nothing.
        let silence = self.silence.filter(|_| request.body().is_none());
        let url = request.url().clone();
        // No function takes these futures: a future that is handed on is stored twice.
        let response = match earlier(end, silence) {
            None => Ok(self.parts.http.execute(request).await),
            Some(end) => timeout_at(end.into(), self.parts.http.execute(request)).await,
        };
        let response = match response {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let url = error.url().cloned().unwrap_or(url);
                let kind = ErrorKind::Transport(error, None);
                return (None, Err(Error::of::<O>(Some(&url), kind)));
            }
            Err(_) => {
                return (
                    None,
                    Err(Error::of::<O>(Some(&url), ErrorKind::Timeout(None))),
                );
            }
        };
        self.answered = true;
        let head = ResponseHead {
            code: response.status().into(),
            version: response.version(),
        };
        (Some(head), self.read(response, end, &method, detour).await)
    }

    /// Reads an answer, as far as it is wanted here.
    async fn read(
        &self,
        mut response: reqwest::Response,
        end: Option<Instant>,
        method: &http::Method,
        detour: Option<Redirect>,
    ) -> Result<Step, Error> {
        let url = response.url().clone();
        let mut raw = RawResponse {
            code: response.status().into(),
            headers: std::mem::take(response.headers_mut()),
            body: Bytes::new(),
        };
        let settings = self.parts.settings;
        let follows = settings.redirects.follows::<O>(raw.code);
        let next = follows.then(|| Redirect::next(detour.as_ref(), &url, method, &raw));
        let next = next
            .flatten()
            .filter(|next| self.is_replayable() || !next.content);
        let is_one_more = next.as_ref().is_some_and(|next| next.count > LIMIT);
        if let Some(next) = next.filter(|_| !is_one_more) {
            if response
                .content_length()
                .is_some_and(|length| length <= DRAINED)
            {
                // It says nothing that is wanted, and it may break off.
                let drain = async { while let Ok(Some(_)) = response.chunk().await {} };
                if let Some(end) = earlier(end, self.silence) {
                    let _ = timeout_at(end.into(), drain).await;
                }
            }
            return Ok(Step::Follow(next));
        }
        let streamed = self.streamed.is_some_and(|streamed| streamed(raw.code));
        if streamed && decode::<O>(&raw).is_ok() {
            return Ok(Step::Arrived(ReceivedResponse {
                raw,
                url,
                attempts: 1,
                rest: Some(Box::new(response)),
            }));
        }
        let mut body = BytesMut::new();
        let failure = loop {
            let chunk = match earlier(end, self.silence) {
                None => response.chunk().await,
                Some(end) => match timeout_at(end.into(), response.chunk()).await {
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
            None if is_one_more => ErrorKind::DecodeError(DecodeError::TooManyRedirects, raw),
            None => {
                return Ok(Step::Arrived(ReceivedResponse {
                    raw,
                    url,
                    attempts: 1,
                    rest: None,
                }));
            }
            Some(ReadFailure::TooLarge) => ErrorKind::DecodeError(DecodeError::TooLarge, raw),
            Some(ReadFailure::Transport(error)) => ErrorKind::Transport(error, Some(raw)),
            Some(ReadFailure::Timeout) => ErrorKind::Timeout(Some(raw)),
        };
        Err(Error::of::<O>(Some(&url), kind))
    }
}

/// How an answer begins.
pub(crate) struct ResponseHead {
    pub(crate) code: Code,
    pub(crate) version: http::Version,
}

/// Why the content of an answer is not read to its end.
enum ReadFailure {
    TooLarge,
    Transport(reqwest::Error),
    Timeout,
}

/// The end, or that of a silence from now on, whichever comes first.
fn earlier(end: Option<Instant>, silence: Option<Duration>) -> Option<Instant> {
    let silent = silence.and_then(|silence| Instant::now().checked_add(silence));
    match (end, silent) {
        (Some(end), Some(silent)) => Some(end.min(silent)),
        (end, silent) => end.or(silent),
    }
}

/// The URL of a request.
fn target<O: Operation>(base: &Url, outgoing: &RequestEncoder) -> Url {
    let (path, query) = outgoing.target(base.path(), O::PATH);
    let mut url = base.clone();
    url.set_path(&path);
    url.set_query(query.as_deref());
    url
}

/// Adds the credentials of the first alternative for which they are all there.
fn authorize<O: Operation>(
    settings: &Settings,
    request: &mut RequestEncoder,
) -> Result<(), EncodeError> {
    let secret = |scheme: &SecurityScheme| {
        let found = settings.secrets.iter().find(|(id, _)| *id == scheme.id());
        found.map(|(_, secret)| secret)
    };
    let complete =
        |schemes: &&&[SecurityScheme]| schemes.iter().all(|scheme| secret(scheme).is_some());
    let schemes = O::SECURITY.iter().find(complete);
    for scheme in schemes.into_iter().copied().flatten() {
        if let Some(secret) = secret(scheme) {
            secret.write(scheme, request)?;
        }
    }
    Ok(())
}
