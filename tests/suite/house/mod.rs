//! Rules about the code and the prose of this repository.

/// The structure of the modules and their dependencies.
mod architecture;
/// Plain English in comments and messages.
mod language;
