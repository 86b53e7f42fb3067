//! For programs.

use serde_json::{Value, json};
use statusquo_codegen::{
    diff::{ApiChange, Bucket, Note, PlacePair, Risk},
    pointer::Pointer,
    report::Position,
};

use super::view::{Located, New, View};

pub(crate) fn report(view: &View<'_>) -> String {
    let diff = view.diff;
    let findings: Vec<_> = view.findings.iter().map(finding).collect();
    let notes: Vec<_> = diff.notes.iter().map(note).collect();
    let coverage = &diff.coverage;
    let buckets = coverage.in_buckets.iter();
    let buckets: serde_json::Map<_, _> = buckets
        .map(|(bucket, count)| (bucket.id().to_owned(), json!(count)))
        .collect();
    shown(&json!({
        "base": view.base,
        "head": view.head,
        "new": false,
        "findings": findings,
        "notes": notes,
        "places": {
            "differ": coverage.places,
            "in_findings": coverage.in_findings,
            "in_buckets": buckets,
        },
        "level": diff.level.map(|level| level.to_string()),
        "was": diff.versions.base,
        "needs": diff.versions.needs,
        "stated": diff.versions.stated,
        "enough": diff.versions.is_enough,
        "residual": coverage.left.len(),
        "left": coverage.left.iter().map(pointer).collect::<Vec<_>>(),
    }))
}

pub(crate) fn new(view: &New) -> String {
    shown(&json!({
        "base": view.base,
        "head": view.head,
        "new": true,
        "findings": [],
        "notes": [],
        "places": {"differ": 0, "in_findings": 0, "in_buckets": {}},
        "level": null,
        "was": null,
        "needs": null,
        "stated": null,
        "enough": true,
        "residual": 0,
        "left": [],
    }))
}

fn shown(value: &Value) -> String {
    format!("{value:#}\n")
}

fn finding(located: &Located<'_>) -> Value {
    let finding = located.finding;
    let spots = &finding.spots;
    json!({
        "rule": finding.rule.id(),
        "severity": finding.severity().to_string(),
        "fingerprint": finding.fingerprint(),
        "pointer": spots.first().map(|spot| spot.pointer().as_str()),
        "places": spots.iter().map(pointer).collect::<Vec<_>>(),
        "base": located.base.as_ref().map(position),
        "head": located.head.as_ref().map(position),
        "subject": finding.subject,
        "what": finding.what,
        "was": finding.was,
        "is": finding.is,
        "operations": finding.operations,
        "wire": {
            "old_clients": finding.wire.old_clients(),
            "new_clients": finding.wire.new_clients(),
            "deployment": finding.wire.deployment(),
            "requests": risk(finding.wire.requests),
            "responses": risk(finding.wire.responses),
            "words": finding.wire.words(),
        },
        "rust": {
            "level": finding.level.to_string(),
            "changes": finding.rust.iter().map(change).collect::<Vec<_>>(),
        },
    })
}

fn risk(risk: Risk) -> Value {
    json!({"old_clients": risk.old_clients, "new_clients": risk.new_clients})
}

fn change(change: &ApiChange) -> Value {
    json!({
        "level": change.level.to_string(),
        "item": change.item,
        "was": change.was,
        "is": change.is,
        "advice": change.advice,
    })
}

fn position(position: &Position) -> Value {
    json!({"file": position.file, "line": position.line, "column": position.column})
}

fn pointer(spot: &PlacePair) -> Value {
    json!({
        "base": spot.base.as_ref().map(Pointer::as_str),
        "head": spot.head.as_ref().map(Pointer::as_str),
    })
}

fn note(note: &Note) -> Value {
    let bucket: Bucket = note.bucket;
    json!({
        "bucket": bucket.id(),
        "places": note.spots.iter().map(pointer).collect::<Vec<_>>(),
        "subject": note.subject,
        "was": note.was,
        "is": note.is,
    })
}
