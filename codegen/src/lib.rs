//! Generates a Rust crate from an OpenAPI document.

pub mod doc;
pub mod name;
pub mod pointer;
pub mod report;
