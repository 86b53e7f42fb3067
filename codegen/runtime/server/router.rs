//! Routes requests to the methods of an API.
//!
//! A request that no method can handle gets RFC 9457 problem details, which reveal nothing about the program.

use std::{
    convert::Infallible,
    fmt,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{self, Poll},
    time::Duration,
};

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, header, request::Parts as Head};
use tokio::time::{Sleep, sleep};

use super::{
    axum::{Body, HttpRequest, HttpResponse},
    content,
    handler::internal_error,
    limits::RequestLimits,
    request::Request,
    response::{http_response, problem, with_status, without_content},
    routes::{RouteMatch, Routes},
    span::{ServerSpan, log_cause},
};
use crate::{
    Code,
    runtime::{
        codec::media::{accept, accepts, alternatives},
        message::{
            Operation, Rejection, Response,
            built_in::BuiltInResponse,
            request_decoder::{PathValues, RequestDecoder},
            security::{Credentials, unauthorized},
        },
    },
};

type ResponseFuture = Pin<Box<dyn Future<Output = HttpResponse> + Send>>;
type Handler = Box<dyn Fn(Arc<Head>, Body, PathValues) -> ResponseFuture + Send + Sync>;

/// A router for operations of the document.
///
/// It converts into an [`axum::Router`], so [`serve`](super::serve::serve), the methods of
/// [`RouterExt`](super::axum::RouterExt) and axum's `Router::merge` accept it.
#[must_use]
pub struct ApiRouter {
    routes: Routes<Endpoint>,
}

/// The id of an operation, and the function that handles its requests.
struct Endpoint {
    id: &'static str,
    handler: Handler,
}

/// Lists the ids of the operations.
impl fmt::Debug for ApiRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.routes.iter().map(|route| route.id);
        f.debug_set().entries(ids).finish()
    }
}

impl ApiRouter {
    /// Creates a router without operations.
    pub(crate) fn new() -> Self {
        Self {
            routes: Routes::new(),
        }
    }

    /// Adds the operations of another router. An operation that both have is handled by `self`.
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.merge(other.routes);
        self
    }

    /// Adds an operation, and the function that handles it.
    pub(crate) fn route<A, O, H, F>(&mut self, api: &Arc<A>, handle: H)
    where
        A: Send + Sync + 'static,
        O: Operation,
        H: Fn(Arc<A>, Request<O>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<O::Response, Rejection>> + Send + 'static,
    {
        let api = Arc::clone(api);
        let handler: Handler = Box::new(move |head, body, path| {
            let (api, handle) = (Arc::clone(&api), handle.clone());
            let mut request = RequestDecoder::new(path, head);
            let credentials = match admit::<O>(&request) {
                Ok(credentials) => credentials,
                Err(rejection) => return completed(rejection_response::<O>(rejection)),
            };
            let respond = move |request: RequestDecoder, operation| {
                let head = request.into_head();
                let request = Request::with_shared_head(operation, credentials, head);
                respond::<O, _>(handle(api, request))
            };
            // Without content there is nothing to wait for, so the future does not store the request.
            if !O::HAS_BODY {
                return match O::decode(&mut request) {
                    Ok(operation) => Box::pin(respond(request, operation)),
                    Err(rejection) => completed(rejection_response::<O>(rejection)),
                };
            }
            Box::pin(async move {
                let received = content::receive(&mut request, body, O::IS_STREAMED).await;
                match received.and_then(|()| O::decode(&mut request)) {
                    Ok(operation) => respond(request, operation).await,
                    Err(rejection) => rejection_response::<O>(rejection),
                }
            })
        });
        let route = Endpoint { id: O::ID, handler };
        self.routes.add(O::METHOD, O::PATH, route);
    }

    /// Handles a request.
    pub(crate) fn call(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, Infallible>> + Send + use<> {
        let (head, body) = request.into_parts();
        let span = ServerSpan::new(&head);
        let limits = RequestLimits::from_extensions(&head.extensions);
        let query = head.uri.query().unwrap_or_default();
        let response = match self.routes.find(&head.method, head.uri.path(), query) {
            Some(route) => route.handle(Arc::new(head), body, &span),
            None => self.handle_unmatched(head, body, &span),
        };
        span.instrument(WithDeadline {
            response,
            time: limits.request_time,
            timer: None,
        })
    }

    /// Handles a request that does not match an operation.
    #[cold]
    fn handle_unmatched(&self, head: Head, body: Body, span: &ServerSpan) -> ResponseFuture {
        let (method, path) = (&head.method, head.uri.path());
        let methods = self.routes.methods(path);
        // If an operation has the method, it requires another query.
        if methods.is_empty() || methods.contains(&method) {
            return completed(problem(no_such_path()));
        }
        // HEAD is GET without content (RFC 9110, section 9.3.2).
        let query = head.uri.query().unwrap_or_default();
        if *method == Method::HEAD
            && let Some(route) = self.routes.find(&Method::GET, path, query)
        {
            let response = route.handle(Arc::new(head), body, span);
            return Box::pin(async { without_content(response.await) });
        }
        let allow = allow(&methods);
        if *method == Method::OPTIONS {
            let mut response = with_status(
                Code::from_const(BuiltInResponse::OPTIONS.code()),
                Body::empty(),
            );
            response.headers_mut().insert(header::ALLOW, allow);
            return completed(response);
        }
        let detail = "the path has no operation for this method";
        let rejection = Rejection::new(BuiltInResponse::METHOD_NOT_ALLOWED, detail)
            .with_header(header::ALLOW, allow);
        completed(problem(rejection))
    }
}

impl RouteMatch<'_, Endpoint> {
    fn handle(self, head: Arc<Head>, body: Body, span: &ServerSpan) -> ResponseFuture {
        span.record_operation(self.value.id, head.method.as_str(), self.path);
        (self.value.handler)(head, body, self.parameters)
    }
}

/// The future of a response, which becomes a 503 after a time.
struct WithDeadline {
    response: ResponseFuture,
    time: Option<Duration>,
    /// Created only if the response is not ready at once, because most are.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Future for WithDeadline {
    type Output = Result<HttpResponse, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(response) = self.response.as_mut().poll(cx) {
            return Poll::Ready(Ok(response));
        }
        let Some(time) = self.time else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(time)));
        timer.as_mut().poll(cx).map(|()| {
            let detail = "the server took too long to respond";
            let rejection = Rejection::new(BuiltInResponse::SERVICE_UNAVAILABLE, detail);
            let seconds = HeaderValue::from_static("30");
            Ok(problem(rejection.with_header(header::RETRY_AFTER, seconds)))
        })
    }
}

pub(crate) fn no_such_path() -> Rejection {
    Rejection::new(BuiltInResponse::NOT_FOUND, "there is no such path")
}

/// Wraps a response in a future that is ready at once.
fn completed(response: HttpResponse) -> ResponseFuture {
    Box::pin(std::future::ready(response))
}

/// Returns the value of `Allow`: the methods of a path, and HEAD and OPTIONS, which the server handles.
fn allow(methods: &[&Method]) -> HeaderValue {
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.sort_unstable();
    names.dedup();
    // A method is a token, so a list of methods is a valid value.
    HeaderValue::try_from(names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// Returns the response of a method; 500 if it panics.
///
/// This is not an `async fn`, which would store the future of the method twice and move it.
fn respond<O, F>(result: F) -> impl Future<Output = HttpResponse> + Send
where
    O: Operation,
    F: Future<Output = Result<O::Response, Rejection>> + Send,
{
    AssertUnwindSafe(result)
        .catch_unwind()
        .map(|caught| match caught {
            Ok(Ok(response)) => encode_response::<O>(response),
            Ok(Err(rejection)) => rejection_response::<O>(rejection),
            Err(_) => rejection_response::<O>(internal_error()),
        })
}

/// Encodes a response; 500 if that fails.
fn encode_response<O: Operation>(response: O::Response) -> HttpResponse {
    let response = response.encode().and_then(http_response);
    response.unwrap_or_else(|error| rejection_response::<O>(internal_error().with_cause(error)))
}

#[cold]
fn rejection_response<O: Operation>(rejection: Rejection) -> HttpResponse {
    if let Some(cause) = rejection.cause() {
        log_cause(cause);
    }
    problem(rejection.with_operation(O::ID))
}

/// Checks the header of a request, before its content is received. Credentials are checked first, so that
/// only authenticated clients learn of other faults.
fn admit<O: Operation>(request: &RequestDecoder) -> Result<O::Credentials, Rejection> {
    let credentials =
        O::Credentials::read(request).ok_or_else(|| unauthorized(O::Credentials::SCHEMES))?;
    check_accept(request.headers(), O::Response::PRODUCES)?;
    Ok(credentials)
}

/// Rejects a request whose `Accept` excludes all media types of a success.
fn check_accept(headers: &HeaderMap, produced: &[&str]) -> Result<(), Rejection> {
    if produced.is_empty() || accepts(&accept(headers), produced) {
        return Ok(());
    }
    let detail = format!(
        "`Accept` excludes every media type of the response; accept {}",
        alternatives(produced)
    );
    Err(Rejection::new(BuiltInResponse::NOT_ACCEPTABLE, detail))
}
