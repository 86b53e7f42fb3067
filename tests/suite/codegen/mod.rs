//! The generator: equal input gives equal output, and invalid input gives clear messages.

/// The notation and repeated runs do not change the output, and the order of maps only changes its order.
mod determinism;
/// The exact messages about invalid documents.
mod diagnostics;
/// The comparison of two documents.
mod diff;
/// Generated servers against a validator of JSON Schema.
mod differential;
/// The small documents in `tests/fixtures`: their goldens, their crates and their programs.
mod documents;
/// Strings that try to inject code.
mod hostile;
/// Each key of each OpenAPI object is used, validated or reported.
mod keys;
