//! The limits of a server on size, time and connections.

use std::time::Duration;

use http::Extensions;

/// The limits of a server. `None` or [`usize::MAX`] means no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum size of a request's header, in bytes; larger requests get 431, or 414 if the target alone is larger.
    /// Default 64 KiB, minimum 8 KiB.
    pub header_size: usize,
    /// Maximum time to receive a header, and to wait for the next request on a connection; after it the
    /// connection is closed. Default 10 seconds.
    pub header_time: Option<Duration>,
    /// Maximum size of a request's content, in bytes; larger requests get 413. Default 2 MiB.
    pub body_size: usize,
    /// Maximum time to receive the content of a request; slower requests get 408. Default 30 seconds.
    pub body_time: Option<Duration>,
    /// Maximum time from a request's header to the response; slower requests get 503. Default 60 seconds.
    pub request_time: Option<Duration>,
    /// Maximum time for which a client may accept no part of a response; after that, the connection is closed.
    /// Default 30 seconds.
    pub write_time: Option<Duration>,
    /// Maximum number of simultaneous connections; further ones wait. Default 10,000.
    pub connections: usize,
    /// Maximum time of a graceful shutdown; after it all connections are closed. Default 30 seconds.
    pub grace: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_size: 64 * 1024,
            header_time: Some(Duration::from_secs(10)),
            body_size: 2 * 1024 * 1024,
            body_time: Some(Duration::from_secs(30)),
            request_time: Some(Duration::from_secs(60)),
            write_time: Some(Duration::from_secs(30)),
            connections: 10_000,
            grace: Some(Duration::from_secs(30)),
        }
    }
}

/// The limits that a router enforces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestLimits {
    pub(crate) body_size: usize,
    pub(crate) body_time: Option<Duration>,
    pub(crate) request_time: Option<Duration>,
}

impl RequestLimits {
    /// Returns the limits that a layer has set, or else the defaults.
    pub(crate) fn from_extensions(extensions: &Extensions) -> Self {
        let limits = extensions.get::<Self>().copied();
        limits.unwrap_or_else(|| Limits::default().request_limits())
    }
}

impl Limits {
    pub(crate) fn request_limits(&self) -> RequestLimits {
        RequestLimits {
            body_size: self.body_size,
            body_time: self.body_time,
            request_time: self.request_time,
        }
    }
}
