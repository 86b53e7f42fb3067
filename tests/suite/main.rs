//! Tests of the generator, its commands and generated crates.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a panic in a test reports its place and reason"
)]

mod codegen;
mod generated;
mod house;
