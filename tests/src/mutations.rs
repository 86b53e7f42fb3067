//! Mutations of documents: each replaces a value, removes a key or an element, or adds a key.

use std::fmt;

use serde_json::{Value, json};
use statusquo_codegen::{
    Options,
    diff::{PlacePair, Side, diff},
    model::Catalogue,
    source::Source,
};

use crate::{catalogue, schema_values::tree};

/// A document with one change.
pub struct Mutation {
    /// The place of the change.
    pub pointer: String,
    /// The kind of the change.
    pub change: &'static str,
    /// The changed document.
    pub document: Value,
}

/// Returns the number of mutations of a document.
#[must_use]
pub fn count(document: &Value) -> usize {
    places(document).len()
}

/// Returns every `step`th mutation of a document, starting with the first.
pub fn every(document: &Value, step: usize) -> impl Iterator<Item = Mutation> {
    let places = places(document);
    places
        .into_iter()
        .step_by(step.max(1))
        .filter_map(|(pointer, change)| {
            let mut document = document.clone();
            mutate(&mut document, &pointer, change)?;
            Some(Mutation {
                pointer,
                change,
                document,
            })
        })
}

const OTHER: &str = "another value";
const REMOVED: &str = "removal";
const ADDED: &str = "additional key";

fn places(document: &Value) -> Vec<(String, &'static str)> {
    fn walk(value: &Value, at: &str, places: &mut Vec<(String, &'static str)>) {
        let mut inner = |key: &str, value: &Value| {
            let key = key.replace('~', "~0").replace('/', "~1");
            let at = format!("{at}/{key}");
            places.push((at.clone(), REMOVED));
            walk(value, &at, places);
        };
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    inner(key, value);
                }
                places.push((at.to_owned(), ADDED));
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    inner(&index.to_string(), value);
                }
            }
            _ => places.push((at.to_owned(), OTHER)),
        }
    }
    let mut places = Vec::new();
    walk(document, "", &mut places);
    places
}

fn mutate(document: &mut Value, pointer: &str, change: &str) -> Option<()> {
    if change == REMOVED {
        let (owner, key) = pointer.rsplit_once('/')?;
        let key = key.replace("~1", "/").replace("~0", "~");
        match document.pointer_mut(owner)? {
            Value::Object(members) => {
                members.remove(&key)?;
            }
            Value::Array(items) => {
                items.remove(key.parse().ok()?);
            }
            _ => return None,
        }
        return Some(());
    }
    let value = document.pointer_mut(pointer)?;
    match value {
        Value::Object(members) => {
            members.insert("x-added".to_owned(), json!("added"));
        }
        Value::Array(_) => return None,
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(number) => {
            let more = number.as_f64()? + 1.0;
            *value = match number.as_i64() {
                Some(number) => json!(number + 1),
                None => json!(more),
            };
        }
        Value::String(text) => *value = json!(other_text(text)),
        Value::Null => *value = json!("no longer null"),
    }
    Some(())
}

/// Returns another text; for an OpenAPI keyword, another keyword of its group.
fn other_text(text: &str) -> String {
    let keywords: [&[&str]; 4] = [
        &["string", "integer", "number", "boolean"],
        &["query", "header", "cookie"],
        &["form", "spaceDelimited", "pipeDelimited"],
        &["never", "backoff", "after"],
    ];
    for group in keywords {
        if let Some(index) = group.iter().position(|keyword| *keyword == text) {
            let next = group.get((index + 1) % group.len());
            return next.copied().unwrap_or(text).to_owned();
        }
    }
    format!("{text}2")
}

/// The results of comparing a document with its mutations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// The number of mutations.
    pub total: usize,
    /// The mutations that were rejected because they are not valid OpenAPI documents.
    pub rejected: usize,
    /// The mutations with a finding at the changed place.
    pub found: usize,
    /// The mutations with a note at the changed place.
    pub counted: usize,
    /// The mutations without any report at the changed place.
    pub silent: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            total,
            rejected,
            found,
            counted,
            silent,
        } = self;
        write!(
            f,
            "{total} mutations: {rejected} rejected, {found} found, {counted} counted, {silent} silent"
        )
    }
}

/// Compares a document with every `step`th mutation of it and of its external files, and passes a message
/// to `report` for each one without a report at the changed place.
///
/// A catalogue describes its statuses itself.
///
/// # Panics
///
/// |Panics if the document itself is invalid.
pub fn check(source: &Source, is_catalogue: bool, step: usize, report: impl Fn(String)) -> Tally {
    let catalogue = if is_catalogue {
        Catalogue::empty()
    } else {
        catalogue()
    };
    // Both sides are JSON, so that a YAML alias is only changed in one place.
    let mut plain = source.clone();
    plain.text = tree(&source.text).to_string();
    for text in plain.external_files.values_mut().flatten() {
        *text = tree(text).to_string();
    }
    let side = |source: &Source| Side::read(source, &catalogue, &Options::default());
    let base = side(&plain).unwrap_or_else(|findings| panic!("{findings:?}"));
    let mut tally = Tally::default();
    let texts: Vec<_> = plain.external_files.keys().cloned().map(Some).collect();
    for file in std::iter::once(None).chain(texts) {
        let text = match &file {
            Some(file) => plain
                .external_files
                .get(file)
                .and_then(|text| text.as_ref().ok()),
            None => Some(&plain.text),
        };
        let document = tree(text.map(String::as_str).unwrap_or_default());
        for mutation in every(&document, step) {
            let mut changed = plain.clone();
            let text = mutation.document.to_string();
            let pointer = match &file {
                Some(file) => {
                    changed.external_files.insert(file.clone(), Ok(text));
                    let file = file.replace('~', "~0").replace('/', "~1");
                    format!("/x-statusquo-files/{file}{}", mutation.pointer)
                }
                None => {
                    changed.text = text;
                    mutation.pointer.clone()
                }
            };
            check_mutation(
                &base,
                side(&changed).ok(),
                (mutation.change, &pointer),
                &mut tally,
                &report,
            );
        }
    }
    tally
}

/// Compares a document with one mutation.
fn check_mutation(
    base: &Side,
    head: Option<Side>,
    (change, pointer): (&str, &str),
    tally: &mut Tally,
    report: &impl Fn(String),
) {
    tally.total += 1;
    let Some(head) = head else {
        tally.rejected += 1;
        return;
    };
    let diff = diff(base, &head);
    let is_near = |places: &[PlacePair]| {
        places.iter().any(|place| {
            let places = [&place.base, &place.head].into_iter().flatten();
            places
                .into_iter()
                .any(|place| is_near(place.as_str(), pointer))
        })
    };
    // A change in an external file is reported where it is used, or at its own place.
    let has_external_files = !head.source().external_files.is_empty();
    let is_found = diff.findings.iter();
    let is_found = is_found
        .map(|finding| &finding.places)
        .any(|places| has_external_files || is_near(places));
    let is_counted = diff.notes.iter();
    let is_counted = is_counted
        .map(|note| &note.places)
        .any(|places| has_external_files || is_near(places));
    if !diff.coverage.uncovered.is_empty() || diff.coverage.differences == 0 {
        tally.silent += 1;
        let uncovered = &diff.coverage.uncovered;
        report(format!("{change} at {pointer}: uncovered: {uncovered:?}"));
    } else if is_found {
        tally.found += 1;
    } else if is_counted {
        tally.counted += 1;
    } else {
        tally.silent += 1;
        let findings = diff.findings.iter().map(|finding| &finding.places);
        let notes = diff.notes.iter().map(|note| &note.places);
        let places: Vec<_> = findings.chain(notes).collect();
        report(format!(
            "{change} at {pointer}: reported elsewhere: {places:?}"
        ));
    }
}

/// Checks whether one place is within the other, or both are in the same list.
fn is_near(place: &str, changed: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let in_list = || {
        let (list, index) = changed.rsplit_once('/').unwrap_or_default();
        index.parse::<usize>().is_ok() && within(place, list)
    };
    within(place, changed) || within(changed, place) || in_list()
}
