//! The adapter to axum: no other file depends on it.

use std::sync::Arc;

use axum::{Extension, middleware::map_response};
pub(crate) use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{ConnectInfo, Request as HttpRequest},
    response::Response as HttpResponse,
};

use super::{
    limits::Limits,
    response::problem,
    router::{ApiRouter, no_such_path},
};
use crate::runtime::message::Rejection;

impl From<ApiRouter> for Router {
    /// Creates a router with a fallback only, because axum's paths cannot express all paths of OpenAPI.
    fn from(router: ApiRouter) -> Self {
        let router = Arc::new(router);
        Self::new().fallback_service(tower::service_fn(move |request| router.call(request)))
    }
}

/// Methods for the router of an API: an [`axum::Router`], or an [`ApiRouter`].
pub trait RouterExt: Into<Router> {
    /// Replaces the default limits that a router enforces: [`body_size`](Limits::body_size),
    /// [`body_time`](Limits::body_time) and [`request_time`](Limits::request_time).
    /// [`serve`](super::serve::serve) does this, too.
    fn with_limits(self, limits: &Limits) -> Router {
        self.into().layer(Extension(limits.request_limits()))
    }

    /// Nests the router under the path of the document's first server,
    /// [`BASE_PATH`](crate::server::BASE_PATH), which its clients prepend to the path of each request.
    ///
    /// This is the same path for all operations, even for one with servers of its own.
    fn at_base_path(self) -> Router {
        match crate::server::BASE_PATH {
            "" => self.into(),
            path => Router::new()
                .nest(path, self.into())
                .fallback(|| std::future::ready(problem(no_such_path()))),
        }
    }

    /// Replaces the responses to rejected requests. The function gets the reason and the default response,
    /// with RFC 9457 problem details, and returns the response to be sent.
    fn on_reject<F>(self, respond: F) -> Router
    where
        F: Fn(&Rejection, HttpResponse) -> HttpResponse + Clone + Send + Sync + 'static,
    {
        self.into()
            .layer(map_response(move |mut response: HttpResponse| {
                let rejection = response.extensions_mut().remove::<Rejection>();
                let response = match rejection {
                    Some(rejection) => respond(&rejection, response),
                    None => response,
                };
                std::future::ready(response)
            }))
    }
}

impl<R: Into<Router>> RouterExt for R {}
