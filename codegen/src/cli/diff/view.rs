//! The parts of a report that all formats share: findings with their positions.

use std::collections::BTreeMap;

use crate::{
    diff::{Bucket, Diff, Finding, Level, Note, PlacePair},
    report::{Position, Positions},
    source::Source,
};

/// A comparison with the positions of its findings.
pub(crate) struct View<'a> {
    pub(crate) diff: &'a Diff,
    /// The displayed names of both sides.
    pub(crate) base: &'a str,
    pub(crate) head: &'a str,
    /// The file of the head.
    pub(crate) file: &'a str,
    /// The findings with the positions of their first place.
    pub(crate) findings: Vec<LocatedFinding<'a>>,
    /// The notes by bucket.
    pub(crate) notes: BTreeMap<Bucket, Vec<&'a Note>>,
}

/// A finding with its positions.
pub(crate) struct LocatedFinding<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) base: Option<Position>,
    pub(crate) head: Option<Position>,
    /// A position that exists in the head: for something that was removed, the nearest enclosing one.
    pub(crate) near: Position,
}

/// A document that did not exist before.
pub(crate) struct New {
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) operations: usize,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        diff: &'a Diff,
        base: (&'a str, &'a Source),
        head: (&'a str, &'a Source),
    ) -> Self {
        let (mut old, mut new) = (Positions::new(base.1), Positions::new(head.1));
        let findings = diff.findings.iter().map(|finding| {
            let place = finding.places.first().cloned().unwrap_or_default();
            LocatedFinding {
                finding,
                near: new.find(&finding.near),
                base: place.base.map(|place| old.find(&place)),
                head: place.head.map(|place| new.find(&place)),
            }
        });
        let findings = findings.collect();
        let mut notes: BTreeMap<Bucket, Vec<&Note>> = BTreeMap::new();
        for note in &diff.notes {
            notes.entry(note.bucket).or_default().push(note);
        }
        Self {
            diff,
            base: base.0,
            head: head.0,
            file: &head.1.name,
            findings,
            notes,
        }
    }

    /// Returns the number of differences, and where they are reported.
    pub(crate) fn counted(&self) -> String {
        let coverage = &self.diff.coverage;
        let mut parts = vec![format!("{} in findings", coverage.in_findings)];
        for (bucket, count) in &coverage.in_buckets {
            parts.push(format!("{count} {}", bucket.label()));
        }
        format!(
            "{}: {}, {} uncovered",
            counted(coverage.differences, "difference", "differences"),
            parts.join(", "),
            coverage.uncovered.len()
        )
    }

    /// Returns the verdict: the level of the change, the required and the stated version.
    pub(crate) fn version(&self) -> String {
        let versions = &self.diff.versions;
        let stated = &versions.stated;
        let level = self.diff.level.map_or("no", level_word);
        let wire = match self.diff.wire() {
            wire if wire.old_clients() => ", breaking for old clients",
            wire if wire.new_clients() => ", a risk for new clients of an old server",
            _ => "",
        };
        let from = if versions.is_from_pre_release() {
            " from a pre-release"
        } else {
            ""
        };
        let change = format!("{level} change{from}{wire}");
        match (&versions.needed, versions.is_sufficient) {
            (Some(needed), Some(true)) => {
                format!(
                    "{change}: requires {needed}; `info.version` is {stated}, which is sufficient"
                )
            }
            (Some(needed), _) => {
                format!("{change}: requires {needed}, but `info.version` is {stated}")
            }
            (None, Some(true)) => {
                format!("{change}: `info.version` is {stated}, which is sufficient")
            }
            (None, _) => format!(
                "{change}: the required version is unknown, because `info.version` of the base, {}, is not a \
                 semantic version that can be incremented; `info.version` is now {stated}",
                versions.base
            ),
        }
    }
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Patch => "patch",
        Level::Minor => "minor",
        Level::Major => "major",
    }
}

/// Replaces control characters, which could change the terminal's state.
pub(crate) fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Returns a number with its noun.
pub(crate) fn counted(count: usize, singular: &str, plural: &str) -> String {
    format!("{count} {}", if count == 1 { singular } else { plural })
}

/// Returns the title of a finding: its subject and message, and the old and new value.
pub(crate) fn title(finding: &Finding) -> String {
    let operations = finding.operations.len();
    let mut title = match finding.subject.as_str() {
        "" if finding.places.len() > 1 && operations > 1 => {
            format!("{operations} operations: {}", finding.message)
        }
        "" => finding.message.clone(),
        subject => format!("{subject}: {}", finding.message),
    };
    let is_in_message = |text: &String| finding.message.contains(&format!("`{text}`"));
    match (&finding.before, &finding.after) {
        (Some(before), Some(after)) if is_in_message(before) && is_in_message(after) => {}
        (Some(before), Some(after)) => {
            let (before, after) = apart(before, after);
            title.push_str(&format!(" (was `{before}`, now `{after}`)"));
        }
        (Some(before), None) => title.push_str(&format!(" (was `{}`)", short(before))),
        (None, Some(after)) => title.push_str(&format!(" (now `{}`)", short(after))),
        (None, None) => {}
    }
    title
}

/// The maximum length of a displayed value in characters.
const MOST: usize = 60;

/// Shortens a value to fit on a line.
fn short(text: &str) -> String {
    cut(&line(text), 0)
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Shortens two values so that each starts shortly before their first difference.
fn apart(before: &str, after: &str) -> (String, String) {
    const BEFORE: usize = 15;
    let (before, after) = (line(before), line(after));
    let alike = before
        .chars()
        .zip(after.chars())
        .take_while(|(a, b)| a == b);
    let alike = alike.count();
    let longest = before.chars().count().max(after.chars().count());
    let from = if longest <= MOST {
        0
    } else {
        alike.saturating_sub(BEFORE)
    };
    (cut(&before, from), cut(&after, from))
}

fn cut(text: &str, from: usize) -> String {
    let shown: String = text.chars().skip(from).take(MOST).collect();
    let start = if from > 0 { "…" } else { "" };
    let end = if text.chars().count() > from + MOST {
        "…"
    } else {
        ""
    };
    format!("{start}{shown}{end}")
}

/// Lists the operations that use the changed part, the first ones by name.
pub(crate) fn users(finding: &Finding) -> Option<String> {
    const MOST: usize = 3;
    let operations = &finding.operations;
    let first: Vec<_> = operations
        .iter()
        .take(MOST)
        .map(|title| format!("`{title}`"))
        .collect();
    let subject = operations.first().map(|title| format!("`{title}`"));
    match operations.len() {
        0 => None,
        // The title already starts with the operation.
        1 if subject.is_some_and(|title| finding.subject.starts_with(&title)) => None,
        count if count <= MOST => Some(first.join(", ")),
        count => Some(format!(
            "{} operations: {} and {} more",
            count,
            first.join(", "),
            count - MOST
        )),
    }
}

/// Lists the advice to users of the crate: the worst changes first, at most `most` and a count of the
/// others.
pub(crate) fn advice(finding: &Finding, most: usize) -> Vec<String> {
    let worst = finding
        .rust
        .iter()
        .filter(|change| change.level == finding.level);
    let mut lines: Vec<String> = worst
        .map(|change| change.advice.clone())
        .take(most)
        .collect();
    match finding.rust.len() - lines.len() {
        0 => {}
        // A single remaining line takes no more room than its count.
        1 => lines.extend(
            finding
                .rust
                .iter()
                .map(|change| change.advice.clone())
                .nth(lines.len()),
        ),
        more => lines.push(format!("and {more} more")),
    }
    lines
}

/// Formats the pointers of a place, both if they are different.
pub(crate) fn pointer(place: &PlacePair) -> String {
    match (&place.base, &place.head) {
        (Some(base), Some(head)) if base != head => {
            format!("{} -> {}", base.reference(), head.reference())
        }
        (_, Some(head)) => head.reference(),
        (Some(base), None) => base.reference(),
        (None, None) => String::new(),
    }
}
