//! A `tracing` span for each request to the server, if the feature `tracing` is enabled.
//!
//! Names are those of OpenTelemetry's semantic conventions for HTTP servers.

use std::{error::Error, future::Future};

use http::request::Parts;
#[cfg(feature = "tracing")]
use {
    super::axum::{ConnectInfo, HttpResponse},
    http::header,
    std::net::SocketAddr,
    tracing::{Instrument, Span, field::Empty},
};

/// The span of a request to the server.
pub(crate) struct ServerSpan {
    #[cfg(feature = "tracing")]
    span: Span,
}

#[cfg(feature = "tracing")]
impl ServerSpan {
    /// Creates the span of a request.
    pub(crate) fn new(request: &Parts) -> Self {
        // The query is omitted, because it may contain a secret.
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

    /// Records the operation of the request.
    pub(crate) fn record_operation(&self, id: &str, method: &str, path: &str) {
        if self.span.is_disabled() {
            return;
        }
        self.span.record("otel.name", format!("{method} {path}"));
        self.span.record("http.route", path);
        self.span.record("openapi.operation.id", id);
    }

    /// Awaits the response within the span, and records its status.
    pub(crate) async fn instrument<E>(
        self,
        response: impl Future<Output = Result<HttpResponse, E>>,
    ) -> Result<HttpResponse, E> {
        let response = response.instrument(self.span.clone()).await?;
        let code = response.status().as_u16();
        self.span.record("http.response.status_code", code);
        // A client error (4xx) is not an error of the server.
        if code >= 500 {
            self.span.record("error.type", code.to_string());
            self.span.record("otel.status_code", "ERROR");
        }
        Ok(response)
    }
}

/// Logs the error of the server behind a 500, with its sources, in the span of the request.
#[cfg(feature = "tracing")]
pub(crate) fn log_cause(cause: &(dyn Error + 'static)) {
    let mut sources = Vec::new();
    let mut source = cause.source();
    while let Some(error) = source {
        sources.push(error.to_string());
        source = error.source();
    }
    tracing::error!(error = %cause, sources = ?sources, "the server failed to handle a request");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn log_cause(_: &(dyn Error + 'static)) {}

#[cfg(not(feature = "tracing"))]
impl ServerSpan {
    pub(crate) fn new(_: &Parts) -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "the signature with `tracing`")]
    pub(crate) fn record_operation(&self, _: &str, _: &str, _: &str) {}

    #[expect(clippy::unused_self, reason = "the signature with `tracing`")]
    pub(crate) fn instrument<F: Future>(self, response: F) -> F {
        response
    }
}
