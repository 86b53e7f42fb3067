//! Tests of the generator, its commands and generated crates.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a panic in a test reports its place and reason"
)]

mod architecture;
mod compile_fail;
mod determinism;
mod diagnostics;
mod diff;
mod documents;
mod faults;
mod hostile;
mod httpbin;
mod language;
mod message_syntax;
mod retries;
mod spec;
mod status;
#[cfg(feature = "tracing")]
mod tracing;
