//! The crate in `generated`: its client and server over sockets, its statuses and its document.

/// Programs that violate the document do not compile.
mod compile_fail;
/// The client against misbehaving servers.
mod faults;
/// The server, compared with httpbin.
mod httpbin;
/// Messages that violate HTTP/1.1.
mod message_syntax;
/// The order service.
mod orders;
/// The client's retries.
mod retries;
/// The document from which the crate is generated.
mod spec;
/// `Status`, `Code` and `StatusChoice`, with every number.
mod status;
/// The spans of client and server.
#[cfg(feature = "tracing")]
mod tracing;
