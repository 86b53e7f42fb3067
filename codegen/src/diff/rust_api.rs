//! Compares the public APIs of the crates that are generated for two documents.

pub(super) mod api_change;
mod api_reader;
pub(super) mod cause;
pub(super) mod public_api;
mod renames;
