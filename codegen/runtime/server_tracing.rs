//! What others see of the requests that a server answers: a span of `tracing` for each, where the feature is
//! on.
//!
//! Names are those of OpenTelemetry's semantic conventions for HTTP servers.

use std::future::Future;

#[cfg(feature = "tracing")]
use axum::response::Response;
use http::request::Parts;
#[cfg(feature = "tracing")]
use {
    axum::extract::ConnectInfo,
    http::header,
    std::net::SocketAddr,
    tracing::{Instrument, Span, field::Empty},
};

/// A request that is being answered.
pub(crate) struct ServerSpan {
    #[cfg(feature = "tracing")]
    span: Span,
}

#[cfg(feature = "tracing")]
impl ServerSpan {
    /// Begins with a request.
    pub(crate) fn new(request: &Parts) -> Self {
        // The query may have a secret in it.
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = Empty,
            otel.kind = "server",
            otel.status_code = Empty,
            openapi.operation.id = Empty,
            http.request.method = request.method.as_str(),
            http.route = Empty,
            http.response.status_code = Empty,
            network.protocol.version = Empty,
            url.path = request.uri.path(),
            client.address = Empty,
            user_agent.original = Empty,
            error.r#type = Empty,
        );
        if !span.is_disabled() {
            let version = format!("{:?}", request.version);
            span.record("otel.name", request.method.as_str());
            let version = version.trim_start_matches("HTTP/");
            span.record("network.protocol.version", version);
            if let Some(ConnectInfo(client)) = request.extensions.get::<ConnectInfo<SocketAddr>>() {
                span.record("client.address", client.ip().to_string());
            }
            let agent = request.headers.get(header::USER_AGENT);
            if let Some(agent) = agent.and_then(|agent| agent.to_str().ok()) {
                span.record("user_agent.original", agent);
            }
        }
        Self { span }
    }

    /// Notes the operation that the request is for.
    pub(crate) fn operation(&self, id: &str, method: &str, path: &str) {
        if self.span.is_disabled() {
            return;
        }
        self.span.record("otel.name", format!("{method} {path}"));
        self.span.record("http.route", path);
        self.span.record("openapi.operation.id", id);
    }

    /// Awaits the answer, and notes its status.
    pub(crate) async fn watch<E>(
        self,
        answer: impl Future<Output = Result<Response, E>>,
    ) -> Result<Response, E> {
        let response = answer.instrument(self.span.clone()).await?;
        let code = response.status().as_u16();
        self.span.record("http.response.status_code", code);
        // What is wrong with a request is no error of the server.
        if code >= 500 {
            self.span.record("error.type", code.to_string());
            self.span.record("otel.status_code", "ERROR");
        }
        Ok(response)
    }
}

#[cfg(not(feature = "tracing"))]
impl ServerSpan {
    pub(crate) fn new(_: &Parts) -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    pub(crate) fn operation(&self, _: &str, _: &str, _: &str) {}

    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    pub(crate) fn watch<F: Future>(self, answer: F) -> F {
        answer
    }
}
