//! Formats a report as JSON.

use crate::{
    diff::{ApiChange, Bucket, Note, PlacePair, Risk},
    pointer::Pointer,
    report::Position,
};
use serde_json::{Value, json};

use super::view::{LocatedFinding, New, View};

pub(crate) fn report(view: &View<'_>) -> String {
    let diff = view.diff;
    let findings: Vec<_> = view.findings.iter().map(finding).collect();
    let notes: Vec<_> = diff.notes.iter().map(note).collect();
    let coverage = &diff.coverage;
    let groups = coverage.in_buckets.iter();
    let groups: serde_json::Map<_, _> = groups
        .map(|(bucket, count)| (bucket.id().to_owned(), json!(count)))
        .collect();
    pretty(&json!({
        "base": view.base,
        "head": view.head,
        "new": false,
        "findings": findings,
        "notes": notes,
        "differences": {
            "total": coverage.differences,
            "in_findings": coverage.in_findings,
            "in_groups": groups,
        },
        "level": diff.level.map(|level| level.to_string()),
        "base_version": diff.versions.base,
        "needed_version": diff.versions.needed,
        "stated_version": diff.versions.stated,
        "version_is_sufficient": diff.versions.is_sufficient,
        "uncovered_count": coverage.uncovered.len(),
        "uncovered": coverage.uncovered.iter().map(pointer).collect::<Vec<_>>(),
    }))
}

pub(crate) fn new(view: &New) -> String {
    pretty(&json!({
        "base": view.base,
        "head": view.head,
        "new": true,
        "findings": [],
        "notes": [],
        "differences": {"total": 0, "in_findings": 0, "in_groups": {}},
        "level": null,
        "base_version": null,
        "needed_version": null,
        "stated_version": null,
        "version_is_sufficient": true,
        "uncovered_count": 0,
        "uncovered": [],
    }))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn finding(located: &LocatedFinding<'_>) -> Value {
    let finding = located.finding;
    let places = &finding.places;
    json!({
        "rule": finding.rule.id(),
        "severity": finding.severity().to_string(),
        "fingerprint": finding.fingerprint(),
        "pointer": places.first().map(|place| place.pointer().as_str()),
        "places": places.iter().map(pointer).collect::<Vec<_>>(),
        "base": located.base.as_ref().map(position),
        "head": located.head.as_ref().map(position),
        "subject": finding.subject,
        "message": finding.message,
        "before": finding.before,
        "after": finding.after,
        "operations": finding.operations,
        "wire": {
            "old_clients": finding.wire.old_clients(),
            "new_clients": finding.wire.new_clients(),
            "deployment": finding.wire.deployment(),
            "requests": risk(finding.wire.requests),
            "responses": risk(finding.wire.responses),
            "summary": finding.wire.summary(),
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
        "before": change.before,
        "after": change.after,
        "advice": change.advice,
    })
}

fn position(position: &Position) -> Value {
    json!({"file": position.file, "line": position.line, "column": position.column})
}

fn pointer(place: &PlacePair) -> Value {
    json!({
        "base": place.base.as_ref().map(Pointer::as_str),
        "head": place.head.as_ref().map(Pointer::as_str),
    })
}

fn note(note: &Note) -> Value {
    let bucket: Bucket = note.bucket;
    json!({
        "bucket": bucket.id(),
        "places": note.places.iter().map(pointer).collect::<Vec<_>>(),
        "subject": note.subject,
        "before": note.before,
        "after": note.after,
    })
}
