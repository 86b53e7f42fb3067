//! Rules about the code and the prose of this repository.

/// Which modules and libraries a module may use, and names that must be equal or unique.
mod architecture;
/// Reads the paths that Rust files use.
mod imports;
/// Plain English in comments and messages.
mod language;
/// Versions and features in manifests that must agree.
mod manifests;
