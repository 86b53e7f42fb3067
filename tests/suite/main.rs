//! Tests across the crates.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that fails by a panic fails with a place and a reason"
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
mod retries;
mod spec;
mod status;
#[cfg(feature = "tracing")]
mod tracing;
