//! Documents with one change each: for every value one with another, and for every key and element one without.

use std::fmt;

use serde_json::{Value, json};
use statusquo_codegen::{
    diff::{PlacePair, Side, diff},
    model::Catalogue,
    source::Source,
};

use crate::{catalogue, schema_values::tree};

/// A document with one change.
pub struct Mutation {
    /// CoveredBy.
    pub pointer: String,
    /// What was done there.
    pub what: &'static str,
    /// The document.
    pub document: Value,
}

/// How many mutations a document has.
#[must_use]
pub fn count(document: &Value) -> usize {
    places(document).len()
}

/// The mutations of a document: every one of a step, from the first on.
pub fn every(document: &Value, step: usize) -> impl Iterator<Item = Mutation> {
    let places = places(document);
    places
        .into_iter()
        .step_by(step.max(1))
        .filter_map(|(pointer, what)| {
            let mut document = document.clone();
            mutate(&mut document, &pointer, what)?;
            Some(Mutation {
                pointer,
                what,
                document,
            })
        })
}

const OTHER: &str = "another value";
const GONE: &str = "nothing";
const MORE: &str = "one key more";

fn places(document: &Value) -> Vec<(String, &'static str)> {
    fn walk(value: &Value, at: &str, places: &mut Vec<(String, &'static str)>) {
        let mut inner = |key: &str, value: &Value| {
            let key = key.replace('~', "~0").replace('/', "~1");
            let at = format!("{at}/{key}");
            places.push((at.clone(), GONE));
            walk(value, &at, places);
        };
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    inner(key, value);
                }
                places.push((at.to_owned(), MORE));
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

fn mutate(document: &mut Value, pointer: &str, what: &str) -> Option<()> {
    if what == GONE {
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
            members.insert("x-more".to_owned(), json!("more"));
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

/// Another text; of those words of which OpenAPI has few, another one.
fn other_text(text: &str) -> String {
    let words: [&[&str]; 4] = [
        &["string", "integer", "number", "boolean"],
        &["query", "header", "cookie"],
        &["form", "spaceDelimited", "pipeDelimited"],
        &["never", "backoff", "after"],
    ];
    for group in words {
        if let Some(index) = group.iter().position(|word| *word == text) {
            let next = group.get((index + 1) % group.len());
            return next.copied().unwrap_or(text).to_owned();
        }
    }
    format!("{text}2")
}

/// What holding a document against its mutations has given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// The mutations.
    pub all: usize,
    /// Those that are refused, for they are no OpenAPI.
    pub refused: usize,
    /// Those that led to a finding at the place.
    pub found: usize,
    /// Those that were counted in a bucket, at the place.
    pub counted: usize,
    /// Those of which nothing was said, or not where they are.
    pub silent: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            all,
            refused,
            found,
            counted,
            silent,
        } = self;
        write!(
            f,
            "{all} mutations: {refused} refused, {found} found, {counted} counted, {silent} silent"
        )
    }
}

/// Holds a document against every one of a step of its mutations, and of those of the files beside it; tells of
/// each that nothing is said of.
///
/// A catalogue describes its statuses itself.
///
/// # Panics
/// If the document itself is refused.
pub fn hold(source: &Source, is_catalogue: bool, step: usize, tell: impl Fn(String)) -> Tally {
    let catalogue = if is_catalogue {
        Catalogue::empty()
    } else {
        catalogue()
    };
    // As JSON on both sides, so that an alias of YAML is changed in one place.
    let mut plain = source.clone();
    plain.text = tree(&source.text).to_string();
    for text in plain.external_files.values_mut().flatten() {
        *text = tree(text).to_string();
    }
    let side = |source: &Source| Side::read(source, &catalogue);
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
            one(
                &base,
                side(&changed).ok(),
                (mutation.what, &pointer),
                &mut tally,
                &tell,
            );
        }
    }
    tally
}

/// Holds a document against one with a change.
fn one(
    base: &Side,
    head: Option<Side>,
    (what, pointer): (&str, &str),
    tally: &mut Tally,
    tell: &impl Fn(String),
) {
    tally.all += 1;
    let Some(head) = head else {
        tally.refused += 1;
        return;
    };
    let diff = diff(base, &head);
    let is_near = |spots: &[PlacePair]| {
        spots.iter().any(|spot| {
            let places = [&spot.base, &spot.head].into_iter().flatten();
            places
                .into_iter()
                .any(|place| is_near(place.as_str(), pointer))
        })
    };
    // What stands in another file is told where it is used, or where it is.
    let is_parted = !head.source().external_files.is_empty();
    let is_found = diff.findings.iter();
    let is_found = is_found
        .map(|finding| &finding.spots)
        .any(|spots| is_parted || is_near(spots));
    let is_counted = diff.notes.iter();
    let is_counted = is_counted
        .map(|note| &note.spots)
        .any(|spots| is_parted || is_near(spots));
    if !diff.coverage.left.is_empty() || diff.coverage.places == 0 {
        tally.silent += 1;
        let left = &diff.coverage.left;
        tell(format!("{what} at {pointer}: left over: {left:?}"));
    } else if is_found {
        tally.found += 1;
    } else if is_counted {
        tally.counted += 1;
    } else {
        tally.silent += 1;
        let findings = diff.findings.iter().map(|finding| &finding.spots);
        let notes = diff.notes.iter().map(|note| &note.spots);
        let spots: Vec<_> = findings.chain(notes).collect();
        tell(format!("{what} at {pointer}: told elsewhere: {spots:?}"));
    }
}

/// Whether one of two places is a part of the other, or both are in one list.
fn is_near(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let in_list = || {
        let (list, index) = other.rsplit_once('/').unwrap_or_default();
        index.parse::<usize>().is_ok() && within(one, list)
    };
    within(one, other) || within(other, one) || in_list()
}
