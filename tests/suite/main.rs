//! Tests across the crates.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that fails by a panic fails with a place and a reason"
)]

mod architecture;
mod determinism;
mod diagnostics;
mod diff;
mod documents;
mod faults;
mod hostile;
mod httpbin;
mod refused;
mod retries;
mod spec;
mod status;
#[cfg(feature = "tracing")]
mod traces;
