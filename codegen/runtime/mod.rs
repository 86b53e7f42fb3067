//! Runtime support, the same in every generated crate.

#[cfg(feature = "client-base")]
pub(crate) mod client;
#[cfg(feature = "_wire")]
pub(crate) mod codec;
#[cfg(feature = "_wire")]
pub(crate) mod message;
#[cfg(feature = "mock")]
pub(crate) mod mock;
#[cfg(feature = "server")]
pub(crate) mod server;
pub(crate) mod status;
