//! Compares two documents, place by place.

mod all_of;
mod alternatives;
mod bodies;
pub(super) mod changes;
mod components;
mod constraints;
pub(super) mod coverage;
mod merged_object;
pub(super) mod node;
mod operations;
pub(super) mod pairs;
mod parameters;
mod properties;
mod responses;
mod schemas;
mod statuses;
pub(super) mod subject;
mod tags;
pub(super) mod usage;
pub(super) mod walk;
