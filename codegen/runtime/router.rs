//! The server between axum and the methods of an API.
//!
//! What goes wrong before a method is called is answered here, as a problem of RFC 9457 that tells
//! nothing of the program's inside.

use std::{
    array,
    convert::Infallible,
    fmt,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{self, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::Request,
    response::Response as HttpResponse,
};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts as Head};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::ext::ReasonPhrase;
use serde_json::json;
use tokio::time::{Sleep, sleep, timeout};

use super::{
    codec_error::EncodeError,
    context::Context,
    media::{PROBLEM, accepts},
    multipart::{File, FormParts},
    operation::{Operation, Response},
    request_decoder::{PathValues, Rejection, RejectionInner, RequestDecoder},
    response_encoder::ResponseEncoder,
    routes::{RouteMatch, Routes},
    security::{Credentials, SecurityScheme, unauthorized},
    serve::RequestLimits,
    server_tracing::ServerSpan,
};
use crate::{Class, Code};

type Answer = Pin<Box<dyn Future<Output = HttpResponse> + Send>>;
type Handler = Box<dyn Fn(Arc<Head>, Body, PathValues) -> Answer + Send + Sync>;

/// Operations of the document, each with the method that answers it.
///
/// It becomes an [`axum::Router`] wherever one is wanted: by [`serve`](super::serve::serve), by
/// [`RouterExt`](super::serve::RouterExt), by `Router::merge`, and by `into()`.
#[must_use]
pub struct ApiRouter {
    routes: Routes<Endpoint>,
}

/// An operation, and what answers it.
struct Endpoint {
    id: &'static str,
    handler: Handler,
}

impl fmt::Debug for ApiRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.routes.iter().map(|route| route.id);
        f.debug_set().entries(ids).finish()
    }
}

impl From<ApiRouter> for Router {
    /// A router that has no paths of its own, and so refuses none.
    fn from(router: ApiRouter) -> Self {
        let router = Arc::new(router);
        Self::new().fallback_service(tower::service_fn(move |request| router.answer(request)))
    }
}

impl ApiRouter {
    /// One of no operations.
    pub(crate) fn new() -> Self {
        Self {
            routes: Routes::new(),
        }
    }

    /// The operations of both. What both have is answered by this one.
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.merge(other.routes);
        self
    }

    /// Adds an operation and what answers it.
    pub(crate) fn route<A, O, H, F>(&mut self, api: &Arc<A>, handle: H)
    where
        A: Send + Sync + 'static,
        O: Operation,
        H: Fn(Arc<A>, Context, O) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<O::Response, Rejection>> + Send + 'static,
    {
        let handle = move |api, context, operation, ()| handle(api, context, operation);
        self.guarded(api, handle);
    }

    /// Adds an operation that asks for credentials, and what answers it.
    pub(crate) fn guarded<A, O, C, H, F>(&mut self, api: &Arc<A>, handle: H)
    where
        A: Send + Sync + 'static,
        O: Operation,
        C: Credentials + 'static,
        H: Fn(Arc<A>, Context, O, C) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<O::Response, Rejection>> + Send + 'static,
    {
        let api = Arc::clone(api);
        let handler: Handler = Box::new(move |head, body, path| {
            let (api, handle) = (Arc::clone(&api), handle.clone());
            let mut request = RequestDecoder::new(path, head);
            let credentials = match admit::<O, C>(&request) {
                Ok(credentials) => credentials,
                Err(rejection) => return ready(refused::<O>(rejection)),
            };
            let answer = move |request: RequestDecoder, operation| {
                let context = Context::new(request.into_head());
                answer::<O, _>(handle(api, context, operation, credentials))
            };
            // Without content there is nothing to wait for, and the future needs no room for the request.
            if !O::HAS_BODY {
                return match O::decode(&mut request) {
                    Ok(operation) => Box::pin(answer(request, operation)),
                    Err(rejection) => ready(refused::<O>(rejection)),
                };
            }
            Box::pin(async move {
                let read = receive(&mut request, body).await;
                match read.and_then(|()| O::decode(&mut request)) {
                    Ok(operation) => answer(request, operation).await,
                    Err(rejection) => refused::<O>(rejection),
                }
            })
        });
        let route = Endpoint { id: O::ID, handler };
        self.routes.add(O::METHOD, O::PATH, route);
    }

    fn answer(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<HttpResponse, Infallible>> + Send + use<> {
        let (head, body) = request.into_parts();
        let observed = ServerSpan::new(&head);
        let limits = RequestLimits::of(&head.extensions);
        let query = head.uri.query().unwrap_or_default();
        let answer = match self.routes.find(&head.method, head.uri.path(), query) {
            Some(found) => found.handle(Arc::new(head), body, &observed),
            None => self.otherwise(head, body, &observed),
        };
        observed.watch(WithDeadline {
            answer,
            time: limits.request_time,
            timer: None,
        })
    }

    /// Answers what the document has no operation for.
    #[cold]
    fn otherwise(&self, head: Head, body: Body, observed: &ServerSpan) -> Answer {
        let (method, path) = (&head.method, head.uri.path());
        let methods = self.routes.methods(path);
        // One that wants another query is no other method.
        if methods.is_empty() || methods.contains(&method) {
            return ready(problem(no_such_path()));
        }
        // HEAD is GET without content (RFC 9110, section 9.3.2).
        let query = head.uri.query().unwrap_or_default();
        if *method == Method::HEAD
            && let Some(found) = self.routes.find(&Method::GET, path, query)
        {
            let answer = found.handle(Arc::new(head), body, observed);
            return Box::pin(async { without_content(answer.await) });
        }
        let allow = allow(&methods);
        if *method == Method::OPTIONS {
            let mut answer = with_status(NO_CONTENT, Body::empty());
            answer.headers_mut().insert(header::ALLOW, allow);
            return ready(answer);
        }
        let detail = "the path has no operation for this method";
        let rejection = Rejection::new(METHOD_NOT_ALLOWED, detail).header(header::ALLOW, allow);
        ready(problem(rejection))
    }
}

impl RouteMatch<'_, Endpoint> {
    fn handle(self, head: Arc<Head>, body: Body, observed: &ServerSpan) -> Answer {
        observed.operation(self.value.id, head.method.as_str(), self.path);
        (self.value.handler)(head, body, self.parameters)
    }
}

const NO_CONTENT: Code = Code::from_const(204);
const NOT_FOUND: Code = Code::from_const(404);
const METHOD_NOT_ALLOWED: Code = Code::from_const(405);
const NOT_ACCEPTABLE: Code = Code::from_const(406);
const REQUEST_TIMEOUT: Code = Code::from_const(408);
const CONTENT_TOO_LARGE: Code = Code::from_const(413);
const INTERNAL_SERVER_ERROR: Code = Code::from_const(500);
const SERVICE_UNAVAILABLE: Code = Code::from_const(503);

/// An answer, or that it takes too long.
struct WithDeadline {
    answer: Answer,
    time: Option<Duration>,
    /// There is none before the answer has to be waited for: most are there at once.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Future for WithDeadline {
    type Output = Result<HttpResponse, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(answer) = self.answer.as_mut().poll(cx) {
            return Poll::Ready(Ok(answer));
        }
        let Some(time) = self.time else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(time)));
        timer.as_mut().poll(cx).map(|()| {
            let rejection = Rejection::new(SERVICE_UNAVAILABLE, "the answer takes too long");
            let in_a_while = HeaderValue::from_static("30");
            Ok(problem(rejection.header(header::RETRY_AFTER, in_a_while)))
        })
    }
}

pub(crate) fn no_such_path() -> Rejection {
    Rejection::new(NOT_FOUND, "there is no such path")
}

fn ready(answer: HttpResponse) -> Answer {
    Box::pin(std::future::ready(answer))
}

/// The methods of a path, with those that the server adds.
fn allow(methods: &[&Method]) -> HeaderValue {
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.sort_unstable();
    names.dedup();
    // Names of methods are tokens, and a list of tokens is a value.
    HeaderValue::try_from(names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// What a method answers.
///
/// No `async fn`, which would keep the method's future twice, and move it from the one place to the other.
fn answer<O, F>(answered: F) -> impl Future<Output = HttpResponse> + Send
where
    O: Operation,
    F: Future<Output = Result<O::Response, Rejection>> + Send,
{
    AssertUnwindSafe(answered)
        .catch_unwind()
        .map(|caught| match caught {
            Ok(Ok(response)) => sendable::<O>(response),
            Ok(Err(rejection)) => refused::<O>(rejection),
            Err(_) => failed::<O>(),
        })
}

/// An answer as it is sent, or why the server has none.
fn sendable<O: Operation>(response: O::Response) -> HttpResponse {
    let answer = response.encode().and_then(http);
    answer.unwrap_or_else(|why| {
        // Who calls is not told why; a layer around the router can find it, and log it.
        let mut answer = failed::<O>();
        answer.extensions_mut().insert(why);
        answer
    })
}

#[cold]
fn refused<O: Operation>(rejection: Rejection) -> HttpResponse {
    problem(rejection.of(O::ID))
}

#[cold]
fn failed<O: Operation>() -> HttpResponse {
    let detail = "the server failed to answer this request";
    refused::<O>(Rejection::new(INTERNAL_SERVER_ERROR, detail))
}

/// What can be told of a request before its content is there: credentials first, for nobody else is told
/// what is wrong with the rest.
fn admit<O: Operation, C: Credentials>(request: &RequestDecoder) -> Result<C, Rejection> {
    let credentials = C::read(request).ok_or_else(|| unauthorized(C::SCHEMES))?;
    acceptable(request.headers(), O::Response::PRODUCES)?;
    Ok(credentials)
}

/// Waits for the content of a request.
async fn receive(request: &mut RequestDecoder, body: Body) -> Result<(), Rejection> {
    let limits = RequestLimits::of(&request.head().extensions);
    let body = collect(body, limits).await?;
    let parts = parts(request.headers(), &body).await;
    request.set_content(body, parts);
    Ok(())
}

/// Refuses a request that takes none of the media types there are for an answer.
fn acceptable(headers: &HeaderMap, produced: &[&str]) -> Result<(), Rejection> {
    if produced.is_empty() {
        return Ok(());
    }
    let wanted = headers.get_all(header::ACCEPT).iter();
    let wanted: Vec<_> = wanted.filter_map(|value| value.to_str().ok()).collect();
    if wanted.is_empty() || accepts(&wanted.join(","), produced) {
        return Ok(());
    }
    let produced = produced.join(", ");
    let detail = format!("`Accept` takes nothing that is answered here, which is {produced}");
    Err(Rejection::new(NOT_ACCEPTABLE, detail))
}

/// The parts of content of `multipart/form-data`; `None` if it is none.
async fn parts(headers: &HeaderMap, body: &Bytes) -> Option<FormParts> {
    let media = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(media).ok()?;
    let body = body.clone();
    let content = futures_util::stream::once(async { Ok::<_, Infallible>(body) });
    let mut form = multer::Multipart::new(content, boundary);
    let mut parts = FormParts::default();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string);
        parts.push(
            name,
            File {
                bytes: field.bytes().await.ok()?,
                file_name,
                content_type,
            },
        );
    }
    Some(parts)
}

/// An operation that asks for no credentials.
impl Credentials for () {
    const SCHEMES: &'static [SecurityScheme] = &[];

    fn read(_: &RequestDecoder) -> Option<Self> {
        Some(())
    }
}

async fn collect(body: Body, limits: RequestLimits) -> Result<Bytes, Rejection> {
    let (size, time) = (limits.body_size, limits.body_time);
    // What is left of it is no request.
    let closing = |code, detail: String| {
        let close = HeaderValue::from_static("close");
        Rejection::new(code, detail).header(header::CONNECTION, close)
    };
    let too_large = || {
        let detail = format!("the content has more than {size} bytes");
        closing(CONTENT_TOO_LARGE, detail)
    };
    // It is not waited for what is announced to be too large.
    if usize::try_from(body.size_hint().lower()).map_or(true, |least| least > size) {
        return Err(too_large());
    }
    let whole = Limited::new(body, size).collect();
    let whole = match time {
        None => Ok(whole.await),
        Some(time) => timeout(time, whole).await,
    };
    match whole {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Rejection::new(Code::BAD_REQUEST, "the content broke off")),
        Err(_) => {
            let detail = "the content takes too long to come".to_owned();
            Err(closing(REQUEST_TIMEOUT, detail))
        }
    }
}

/// An answer in the terms of `http`, unless it has content that its status forbids, as a status may that
/// a range or `default` carries.
fn http(reply: ResponseEncoder) -> Result<HttpResponse, EncodeError> {
    let ResponseEncoder {
        code,
        mut headers,
        body,
    } = reply;
    if headers.is_empty() && body.is_empty() {
        return Ok(with_status(code, Body::empty()));
    }
    let allows_content = match code.status() {
        Some(status) => status.allows_content(),
        None => code.class() != Some(Class::Informational),
    };
    let body = if body.is_empty() {
        Body::empty()
    } else if allows_content {
        Body::from(body)
    } else {
        return Err(EncodeError::content(code));
    };
    if headers.contains_key(header::UPGRADE) {
        // The one says nothing without the other (RFC 9110, section 7.8).
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    }
    if !allows_content {
        headers.remove(header::CONTENT_TYPE);
    }
    let mut answer = with_status(code, body);
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// An answer with a status, and the document's reason phrase, where it is not the one that hyper knows.
pub(crate) fn with_status(code: Code, body: Body) -> HttpResponse {
    /// What hyper has to be told, by code.
    static PHRASES: LazyLock<[Option<&str>; 1000]> =
        LazyLock::new(|| array::from_fn(|number| own_phrase(u16::try_from(number).ok()?)));

    let mut answer = HttpResponse::new(body);
    *answer.status_mut() = code.into();
    if let Some(Some(phrase)) = PHRASES.get(usize::from(code.get()))
        && let Ok(phrase) = ReasonPhrase::try_from(Bytes::from_static(phrase.as_bytes()))
    {
        answer.extensions_mut().insert(phrase);
    }
    answer
}

/// The reason phrase of a code, unless it is the one that hyper knows.
fn own_phrase(number: u16) -> Option<&'static str> {
    let usual = StatusCode::from_u16(number).ok()?.canonical_reason();
    let known = Code::new(number).and_then(Code::status);
    match known.map(crate::Status::reason).or(usual) {
        // Without one hyper writes `<none>`, where a phrase may be empty (RFC 9112, section 4).
        None => Some(""),
        phrase => phrase.filter(|_| phrase != usual),
    }
}

fn without_content(mut answer: HttpResponse) -> HttpResponse {
    let size = answer.body().size_hint().exact();
    if let Some(size) = size.filter(|size| *size > 0) {
        answer
            .headers_mut()
            .insert(header::CONTENT_LENGTH, size.into());
    }
    *answer.body_mut() = Body::empty();
    answer
}

/// A problem of RFC 9457, with why it is one for whoever wants to say it otherwise.
pub(crate) fn problem(rejection: Rejection) -> HttpResponse {
    let RejectionInner {
        code,
        detail,
        parameter,
        pointer,
        headers,
        ..
    } = &*rejection.0;
    let status = code.status();
    let mut problem = json!({
        "type": status.and_then(crate::Status::reference).unwrap_or("about:blank"),
        "title": status.map_or("", crate::Status::reason),
        "status": code.get(),
        "detail": detail,
    });
    if let (Some(problem), Some((place, name))) = (problem.as_object_mut(), parameter) {
        problem.insert("parameter".to_owned(), json!({"in": place, "name": name}));
    }
    if let (Some(problem), Some(pointer)) = (problem.as_object_mut(), pointer) {
        problem.insert("pointer".to_owned(), pointer.as_str().into());
    }
    let mut answer = with_status(*code, Body::from(problem.to_string()));
    *answer.headers_mut() = headers.clone();
    let media = HeaderValue::from_static(PROBLEM);
    answer.headers_mut().insert(header::CONTENT_TYPE, media);
    answer.extensions_mut().insert(rejection);
    answer
}
