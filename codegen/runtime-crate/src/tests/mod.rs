//! Unit tests of the runtime. What a whole crate does is tested over sockets, in the package of tests.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a panic in a test reports the place and the reason"
)]

mod content;
mod media;
mod messages;
mod prefer;
mod rejection;
mod request;
mod routes;
