//! Compares the public APIs of the crates that are generated for two documents.

pub(super) mod api_change;
pub(super) mod cause;
mod names;
pub(super) mod public_api;
