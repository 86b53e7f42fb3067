//! `rfc3339.rs`: wrappers for the dates and times of the crate `time`, in crates that have such types.

use crate::model::Model;

/// Ordinary Rust, which the crate of the runtime compiles where it is edited.
const WRAPPERS: &str = include_str!("rfc3339/wrappers.rs");

/// Returns the wrappers; an empty text if the document needs none.
pub(super) fn emit(model: &Model) -> String {
    let mut dependencies = model.package.dependencies.iter();
    let needs_wrappers = dependencies.any(|library| library.name == "time");
    if needs_wrappers {
        WRAPPERS.to_owned()
    } else {
        String::new()
    }
}
