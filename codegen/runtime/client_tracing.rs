//! What others see of the requests: a span of `tracing` for each, where the feature is on.
//!
//! Names are those of OpenTelemetry's semantic conventions for HTTP clients.

use std::future::Future;

#[cfg(feature = "tracing")]
use tracing::{Instrument, Span, field::Empty};

#[cfg(feature = "tracing")]
use super::redact::redacted;
use super::{client_error::Error, operation::Operation, send::ResponseHead};

/// A request that is being watched.
pub(crate) struct ClientSpan {
    #[cfg(feature = "tracing")]
    span: Span,
}

#[cfg(feature = "tracing")]
impl ClientSpan {
    /// Begins with a request that others of the same call went before, and that goes to the operation's own
    /// path or to where a redirect led.
    pub(crate) fn of<O: Operation>(request: &reqwest::Request, is_own: bool, before: u32) -> Self {
        let (url, method) = (request.url(), request.method());
        let template = is_own.then_some(O::PATH);
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
            span.record("url.full", redacted::<O>(url).as_str());
            if before > 0 {
                span.record("http.request.resend_count", before);
            }
        }
        Self { span }
    }

    /// Awaits what belongs to the request.
    pub(crate) fn watch<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
        future.instrument(self.span.clone())
    }

    /// Notes what came of it.
    pub(crate) fn end<T>(&self, (head, outcome): &(Option<ResponseHead>, Result<T, Error>)) {
        if let Some(ResponseHead { code, version }) = head {
            self.span.record("http.response.status_code", code.get());
            let version = format!("{version:?}");
            let version = version.trim_start_matches("HTTP/").trim_end_matches(".0");
            // OpenTelemetry says `2` and `3`, but `1.0`.
            let version = if version == "1" { "1.0" } else { version };
            self.span.record("network.protocol.version", version);
        }
        let error = match (outcome, head) {
            (Err(error), _) => error.word().to_owned(),
            (Ok(_), Some(head)) if head.code.get() >= 400 => head.code.get().to_string(),
            _ => return,
        };
        self.span.record("error.type", error);
        self.span.record("otel.status_code", "ERROR");
    }
}

#[cfg(not(feature = "tracing"))]
impl ClientSpan {
    #[expect(clippy::extra_unused_type_parameters, reason = "like its fellow")]
    pub(crate) fn of<O: Operation>(_: &reqwest::Request, _: bool, _: u32) -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    pub(crate) fn watch<F: Future>(&self, future: F) -> F {
        future
    }

    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    pub(crate) fn end<T>(&self, _: &(Option<ResponseHead>, Result<T, Error>)) {}
}
