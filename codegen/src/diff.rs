//! The meaning of a change of a document, for clients on the wire and for users of the generated crate.
//!
//! `document` compares the two documents in parallel, and reports each difference once. `rust_api` compares
//! the public APIs of the crates that are generated for them, so the level of a change is what the compiler sees
//! and not a guess, and traces each change of a crate to the change of the document that causes it. The changes
//! are then grouped into findings, and the differences are counted; every one of them must be covered.

mod document;
mod findings;
mod result;
mod rules;
mod rust_api;
mod side;
mod version;
mod wire_risk;

use std::thread;

pub use document::coverage::Coverage;
use document::{coverage, walk};
pub use result::{Diff, Finding, FindingSeverity, Level, Note, PlacePair};
pub use rules::{Bucket, DiffRule};
pub use rust_api::api_change::ApiChange;
use rust_api::cause;
pub use side::Side;
pub use version::Versions;
pub use wire_risk::{Risk, WireRisk};

/// Compares two documents and their generated crates.
#[must_use]
pub fn diff(base: &Side, head: &Side) -> Diff {
    let with_runtime = base.has_crate() || head.has_crate();
    // Trees with another order of keys are equal, but the order decides that of arguments.
    let is_equal = base.document.tree == head.document.tree && base.model == head.model;
    if !with_runtime && is_equal {
        return Diff {
            findings: Vec::new(),
            notes: Vec::new(),
            coverage: Coverage::default(),
            level: None,
            versions: versions(base, head, None),
        };
    }
    // The three computations are independent, and each takes seconds for a large document.
    let (mut walked, old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| base.public_api(with_runtime));
        let new = scope.spawn(|| head.public_api(with_runtime));
        let walked = walk::walk(base, head);
        (walked, join(old), join(new))
    });
    let coverage = coverage::coverage(base, head, &mut walked);
    let traced = cause::trace((base, &old), (head, &new), &walked);
    let findings = findings::findings(base, head, &walked, traced);
    let level = findings.iter().map(|finding| finding.level).max();
    let level = level.or_else(|| (coverage.differences > 0).then_some(Level::Patch));
    Diff {
        findings,
        notes: findings::notes(base, head, &walked),
        coverage,
        level,
        versions: versions(base, head, level),
    }
}

/// Compares the versions of two documents.
fn versions(base: &Side, head: &Side, level: Option<Level>) -> Versions {
    let text = |side: &Side| side.document.api.info.version.clone();
    let (before, after) = (text(base), text(head));
    let semantic = |side: &Side| side.model.package.version.clone();
    Versions::new(
        (&before, semantic(base).as_deref()),
        (&after, semantic(head).as_deref()),
        level,
    )
}

/// Waits for a thread and returns its result; resumes its panic.
fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
