//! The client, on reqwest: calls, retries, redirects, conditional requests and errors.

pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod conditional;
pub(crate) mod credential;
pub(crate) mod error;
pub(crate) mod hook;
mod redact;
pub(crate) mod redirect;
pub(crate) mod retry;
mod send;
pub(crate) mod server_url;
mod span;
#[cfg(feature = "_rustls")]
mod tls;
