//! A `tracing` span for each request that the client sends, with the feature `tracing`.
//!
//! The names are those of OpenTelemetry's semantic conventions for HTTP clients.

use std::future::Future;

#[cfg(feature = "tracing")]
use tracing::{Instrument, Span, field::Empty};

#[cfg(feature = "tracing")]
use super::redact::redact_url;
use super::{error::Error, send::ResponseHead};
use crate::runtime::message::operation::Operation;

/// The span of a request.
pub(crate) struct ClientSpan {
    #[cfg(feature = "tracing")]
    span: Span,
}

#[cfg(feature = "tracing")]
impl ClientSpan {
    /// Starts a span.
    ///
    /// `is_redirected` tells whether the URL is the target of a redirect, so that it does not match the
    /// operation's path. `resend_count` is how many requests the same call has sent before.
    pub(crate) fn new<O: Operation>(
        request: &reqwest::Request,
        is_redirected: bool,
        resend_count: u32,
    ) -> Self {
        let (url, method) = (request.url(), request.method());
        let template = (!is_redirected).then_some(O::PATH);
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            openapi.operation.id = O::ID,
            http.request.method = method.as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            network.protocol.version = Empty,
            url.full = Empty,
            url.template = template,
            server.address = url.host_str().map(|host| host.trim_matches(['[', ']'])),
            server.port = url.port_or_known_default(),
            error.r#type = Empty,
        );
        if !span.is_disabled() {
            let name = match template {
                Some(path) => format!("{method} {path}"),
                None => method.to_string(),
            };
            span.record("otel.name", name);
            span.record("url.full", redact_url::<O>(url).as_str());
            if resend_count > 0 {
                span.record("http.request.resend_count", resend_count);
            }
        }
        Self { span }
    }

    /// Runs a future within the span.
    pub(crate) fn watch<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
        future.instrument(self.span.clone())
    }

    /// Records the outcome of the request.
    pub(crate) fn end<T>(&self, (head, outcome): &(Option<ResponseHead>, Result<T, Error>)) {
        if let Some(ResponseHead { code, version }) = head {
            self.span.record("http.response.status_code", code.get());
            let version = format!("{version:?}");
            let version = version.trim_start_matches("HTTP/").trim_end_matches(".0");
            // OpenTelemetry writes `2` and `3`, but `1.0`.
            let version = if version == "1" { "1.0" } else { version };
            self.span.record("network.protocol.version", version);
        }
        let error = match (outcome, head) {
            (Err(error), _) => error.kind_name().to_owned(),
            (Ok(_), Some(head)) if head.code.get() >= 400 => head.code.get().to_string(),
            _ => return,
        };
        self.span.record("error.type", error);
        self.span.record("otel.status_code", "ERROR");
    }
}

#[cfg(not(feature = "tracing"))]
impl ClientSpan {
    #[expect(
        clippy::extra_unused_type_parameters,
        reason = "the same signature as with `tracing`"
    )]
    pub(crate) fn new<O: Operation>(_: &reqwest::Request, _: bool, _: u32) -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "the same signature as with `tracing`")]
    pub(crate) fn watch<F: Future>(&self, future: F) -> F {
        future
    }

    #[expect(clippy::unused_self, reason = "the same signature as with `tracing`")]
    pub(crate) fn end<T>(&self, _: &(Option<ResponseHead>, Result<T, Error>)) {}
}
