//! Sending a request until there is an answer that is worth no other attempt.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, header};
use reqwest::Url;
use tokio::time::timeout_at;

use super::{
    call::Call,
    error::{Mismatch, Unsendable},
    failure::{Error, Kind, Raw},
    operation::{Operation, Response},
    outgoing::Outgoing,
    received::Received,
    redirect::{Detour, LIMIT},
    retry::Attempts,
    security::Scheme,
    trace::Trace,
    transport::{Settings, parts},
};
use crate::Code;

/// What makes a request of any method safe to repeat (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What came of a call.
pub(crate) struct Arrival {
    /// The answer; without content as long as that is still to come.
    pub(crate) raw: Raw,
    /// Where it came from.
    pub(crate) url: Url,
    /// How often the request was sent, redirects aside.
    pub(crate) attempts: u32,
    /// The content that is still to come; in a box, for an arrival is handed on often.
    pub(crate) rest: Option<Box<reqwest::Response>>,
}

/// The answer in its type.
pub(crate) fn decode<O: Operation>(raw: &Raw) -> Result<O::Response, Mismatch> {
    O::Response::decode(&mut Received::new(raw.code, &raw.headers, raw.body.clone()))
}

/// Sends a call, and reads the answer to its end.
pub(crate) async fn whole<O: Operation>(call: &Call<'_, O>) -> Result<Arrival, Error> {
    Trip::new(call).run().await
}

/// Sends a call with other content than its request has.
pub(crate) async fn given<O: Operation>(
    call: &Call<'_, O>,
    content: reqwest::Body,
) -> Result<Arrival, Error> {
    let mut trip = Trip::new(call);
    trip.content = Content::Given(Some(content));
    trip.run().await
}

/// Sends a call, and leaves the content of an answer to come if its status is one of those.
pub(crate) async fn head<O: Operation>(
    call: &Call<'_, O>,
    streamed: fn(Code) -> bool,
) -> Result<Arrival, Error> {
    let mut trip = Trip::new(call);
    trip.streamed = Some(streamed);
    trip.run().await
}

/// The content that is sent.
enum Content {
    /// What the request holds.
    OfRequest,
    /// Another; nothing once it is gone.
    Given(Option<reqwest::Body>),
}

/// A call on its way.
struct Trip<'c, O> {
    call: &'c Call<'c, O>,
    http: &'c reqwest::Client,
    base: &'c Url,
    settings: &'c Settings,
    content: Content,
    /// The statuses whose content is left to come, if there may be any.
    streamed: Option<fn(Code) -> bool>,
    /// Whether the request can be sent twice and do no harm, as far as it says.
    harmless: bool,
    /// How many requests have been sent.
    sent: u32,
}

impl<'c, O: Operation> Trip<'c, O> {
    fn new(call: &'c Call<'_, O>) -> Self {
        let (http, base, settings) = parts(call.client);
        Self {
            call,
            http,
            base,
            settings,
            content: Content::OfRequest,
            streamed: None,
            harmless: O::METHOD.is_idempotent(),
            sent: 0,
        }
    }

    /// Sends the request as often as the policy has it.
    async fn run(&mut self) -> Result<Arrival, Error> {
        let options = self.call.options.as_deref();
        let timeout = options.and_then(|options| options.timeout);
        let timeout = timeout.unwrap_or(self.settings.timeout);
        let policy = options.and_then(|options| options.retry.as_ref());
        let policy = policy.unwrap_or(&self.settings.retry);
        let Some(policy) = policy else {
            return self.attempt(timeout).await.map_err(|error| error.after(1));
        };
        let mut attempts = Attempts::new(policy, O::ID);
        loop {
            let left = attempts.left();
            let timeout = timeout.map_or(left, |timeout| {
                Some(left.map_or(timeout, |left| left.min(timeout)))
            });
            let outcome = self.attempt(timeout).await;
            let number = attempts.number();
            let replayable = !matches!(self.content, Content::Given(None));
            let harmless = self.harmless && replayable;
            if !(attempts.next(&outcome, harmless, replayable).await) {
                return match outcome {
                    Ok(arrival) => Ok(Arrival {
                        attempts: number,
                        ..arrival
                    }),
                    Err(error) => Err(error.after(number)),
                };
            }
        }
    }

    /// Sends the request, and follows where redirects lead.
    async fn attempt(&mut self, timeout: Option<Duration>) -> Result<Arrival, Error> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let redirects = self.settings.redirects;
        let mut detour: Option<Detour> = None;
        loop {
            let request = self.request(detour.as_ref());
            let request = request.map_err(|why| Error::of::<O>(None, Kind::Request(why)))?;
            let method = request.method().clone();
            let trace = Trace::of::<O>(&request, self.sent);
            self.sent += 1;
            let outcome = trace.watch(self.exchange(request, end)).await;
            trace.end(&outcome);
            let arrival = outcome?;
            let Arrival { raw, url, .. } = &arrival;
            let is_there = !matches!(self.content, Content::Given(None));
            if !redirects.follows::<O>(raw.code) {
                return Ok(arrival);
            }
            match Detour::next(detour.as_ref(), url, &method, raw) {
                Some(next) if next.count > LIMIT => {
                    let kind = Kind::Mismatch(Mismatch::TooManyRedirects, arrival.raw);
                    return Err(Error::of::<O>(Some(&arrival.url), kind));
                }
                Some(next) if is_there || !next.content => detour = Some(next),
                _ => return Ok(arrival),
            }
        }
    }

    /// The request as it is sent, to where redirects have led.
    fn request(&mut self, detour: Option<&Detour>) -> Result<reqwest::Request, Unsendable> {
        let options = self.call.options.as_deref();
        if let Some(wrong) = options.and_then(|options| options.wrong.as_ref()) {
            return Err(wrong.clone());
        }
        let mut outgoing = Outgoing::default();
        self.call.request.write(&mut outgoing)?;
        if detour.is_none_or(|detour| !detour.foreign) {
            authorize::<O>(self.settings, &mut outgoing)?;
        }
        let (method, url) = match detour {
            Some(detour) => (detour.method.clone(), detour.url.clone()),
            None => (O::METHOD, target::<O>(self.base, &outgoing)),
        };
        let cookie = outgoing.cookie()?;
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        *headers = outgoing.headers;
        if let Some(cookie) = cookie {
            headers.insert(header::COOKIE, cookie);
        }
        for (name, value) in &self.settings.headers {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        for (name, value) in options.iter().flat_map(|options| &options.headers) {
            headers.insert(name, value.clone());
        }
        self.harmless |= headers.contains_key(IDEMPOTENCY_KEY);
        if let Some(detour) = detour {
            detour.strip(headers);
        }
        if O::HAS_BODY && detour.is_none_or(|detour| detour.content) {
            match &mut self.content {
                Content::OfRequest => *request.body_mut() = Some(outgoing.body.into()),
                Content::Given(content) => {
                    *request.body_mut() = content.take();
                    // Bytes that are in memory can be sent again; nothing else is cloned.
                    let again = request.try_clone();
                    *content = again.and_then(|mut again| again.body_mut().take());
                }
            }
        }
        Ok(request)
    }

    /// Sends a request, and reads what comes back.
    async fn exchange(
        &self,
        mut request: reqwest::Request,
        end: Option<Instant>,
    ) -> Result<Arrival, Error> {
        // Where the content is left to come, reqwest's own time-out would end it.
        let own_end = end.filter(|_| self.streamed.is_some());
        if let Some(end) = end.filter(|_| own_end.is_none()) {
            *request.timeout_mut() = Some(end.saturating_duration_since(Instant::now()));
        }
        // No function takes these futures: a future that is handed on is stored twice.
        let response = match own_end {
            None => self.http.execute(request).await,
            Some(end) => {
                let url = request.url().clone();
                let response = timeout_at(end.into(), self.http.execute(request)).await;
                response.map_err(|_| Error::of::<O>(Some(&url), Kind::Timeout(None)))?
            }
        };
        let response = response.map_err(|error| {
            let url = error.url().cloned();
            Error::of::<O>(url.as_ref(), Kind::Transport(error, None))
        })?;
        self.read(response, own_end).await
    }

    /// Reads an answer, as far as it is wanted here.
    async fn read(
        &self,
        mut response: reqwest::Response,
        end: Option<Instant>,
    ) -> Result<Arrival, Error> {
        let url = response.url().clone();
        let mut raw = Raw {
            code: response.status().into(),
            headers: std::mem::take(response.headers_mut()),
            body: Bytes::new(),
        };
        if self.streamed.is_some_and(|streamed| streamed(raw.code)) {
            return Ok(Arrival {
                raw,
                url,
                attempts: 1,
                rest: Some(Box::new(response)),
            });
        }
        let mut body = BytesMut::new();
        let failure = loop {
            let chunk = match end {
                None => response.chunk().await,
                Some(end) => match timeout_at(end.into(), response.chunk()).await {
                    Ok(chunk) => chunk,
                    Err(_) => break Some(Failed::Timeout),
                },
            };
            match chunk {
                Ok(None) => break None,
                Ok(Some(chunk)) => {
                    let room = self.settings.body_limit.saturating_sub(body.len());
                    body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if chunk.len() > room {
                        break Some(Failed::TooLarge);
                    }
                }
                Err(error) => break Some(Failed::Transport(error)),
            }
        };
        raw.body = body.freeze();
        let kind = match failure {
            None => {
                return Ok(Arrival {
                    raw,
                    url,
                    attempts: 1,
                    rest: None,
                });
            }
            Some(Failed::TooLarge) => Kind::Mismatch(Mismatch::TooLarge, raw),
            Some(Failed::Transport(error)) => Kind::Transport(error, Some(raw)),
            Some(Failed::Timeout) => Kind::Timeout(Some(raw)),
        };
        Err(Error::of::<O>(Some(&url), kind))
    }
}

/// Why the content of an answer is not read to its end.
enum Failed {
    TooLarge,
    Transport(reqwest::Error),
    Timeout,
}

/// The URL of a request.
fn target<O: Operation>(base: &Url, outgoing: &Outgoing) -> Url {
    let (path, query) = outgoing.target(base.path(), O::PATH);
    let mut url = base.clone();
    url.set_path(&path);
    url.set_query(query.as_deref());
    url
}

/// Adds the credentials of the first alternative for which they are all there.
fn authorize<O: Operation>(settings: &Settings, request: &mut Outgoing) -> Result<(), Unsendable> {
    let secret = |scheme: &Scheme| {
        let found = settings.secrets.iter().find(|(id, _)| *id == scheme.id());
        found.map(|(_, secret)| secret)
    };
    let complete = |schemes: &&&[Scheme]| schemes.iter().all(|scheme| secret(scheme).is_some());
    let schemes = O::SECURITY.iter().find(complete);
    for scheme in schemes.into_iter().copied().flatten() {
        if let Some(secret) = secret(scheme) {
            secret.write(scheme, request)?;
        }
    }
    Ok(())
}
