//! Compares two documents, place by place.

mod components;
mod constraints;
mod content;
pub(super) mod coverage;
mod operations;
pub(super) mod pairs;
mod schemas;
pub(super) mod subject;
pub(super) mod usage;
pub(super) mod walk;
