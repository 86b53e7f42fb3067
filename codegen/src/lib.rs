//! Generates a Rust crate from an OpenAPI document.

pub mod doc;
mod load;
mod lower;
pub mod model;
pub mod name;
pub mod pointer;
pub mod report;
