//! What others see of the requests: a span of `tracing` for each, where the feature is on.
//!
//! Names are those of OpenTelemetry's semantic conventions for HTTP clients.

use std::future::Future;

#[cfg(feature = "tracing")]
use tracing::{Instrument, Span, field::Empty};

#[cfg(feature = "tracing")]
use super::redact::redacted;
use super::{exchange::Arrival, failure::Error, operation::Operation};

/// A request that is being watched.
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: Span,
}

#[cfg(feature = "tracing")]
impl Trace {
    /// Begins with a request that others of the same call went before.
    pub(crate) fn of<O: Operation>(request: &reqwest::Request, before: u32) -> Self {
        let url = request.url();
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            openapi.operation.id = O::ID,
            http.request.method = request.method().as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.full = Empty,
            url.template = O::PATH,
            server.address = url.host_str(),
            server.port = url.port_or_known_default(),
            error.r#type = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{} {}", O::METHOD, O::PATH));
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
    pub(crate) fn end(&self, outcome: &Result<Arrival, Error>) {
        let code = match outcome {
            Ok(arrival) => Some(arrival.raw.code),
            Err(error) => error.code(),
        };
        if let Some(code) = code {
            self.span.record("http.response.status_code", code.get());
        }
        let error = match (outcome, code) {
            (Err(error), _) => error.word().to_owned(),
            (Ok(_), Some(code)) if code.get() >= 400 => code.get().to_string(),
            _ => return,
        };
        self.span.record("error.type", error);
        self.span.record("otel.status_code", "ERROR");
    }
}

#[cfg(not(feature = "tracing"))]
impl Trace {
    #[expect(clippy::extra_unused_type_parameters, reason = "like its fellow")]
    pub(crate) fn of<O: Operation>(_: &reqwest::Request, _: u32) -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    pub(crate) fn watch<F: Future>(&self, future: F) -> F {
        future
    }

    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    pub(crate) fn end(&self, _: &Result<Arrival, Error>) {}
}
