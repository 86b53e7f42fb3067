//! What all formats show: findings with their lines.

use std::collections::BTreeMap;

use statusquo_codegen::{
    diff::{Bucket, Diff, Finding, Level, Note, PlacePair},
    report::{Position, Positions},
    source::Source,
};

/// A comparison, ready to be shown.
pub(crate) struct View<'a> {
    pub(crate) diff: &'a Diff,
    /// What messages call the two sides.
    pub(crate) base: &'a str,
    pub(crate) head: &'a str,
    /// The file of the head.
    pub(crate) file: &'a str,
    /// The findings with the positions of their first place.
    pub(crate) findings: Vec<Located<'a>>,
    /// The notes by bucket.
    pub(crate) notes: BTreeMap<Bucket, Vec<&'a Note>>,
}

/// A finding and where it is.
pub(crate) struct Located<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) base: Option<Position>,
    pub(crate) head: Option<Position>,
    /// A position in the head that exists: for what is gone, the nearest thing around it.
    pub(crate) near: Position,
}

/// A document that was not there before.
pub(crate) struct New {
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) operations: usize,
}

impl<'a> View<'a> {
    pub(crate) fn of(
        diff: &'a Diff,
        base: (&'a str, &'a Source),
        head: (&'a str, &'a Source),
    ) -> Self {
        let (mut old, mut new) = (Positions::of(base.1), Positions::of(head.1));
        let findings = diff.findings.iter().map(|finding| {
            let spot = finding.spots.first().cloned().unwrap_or_default();
            Located {
                finding,
                near: new.find(&finding.near),
                base: spot.base.map(|place| old.find(&place)),
                head: spot.head.map(|place| new.find(&place)),
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

    /// How many places differ, and where they are told.
    pub(crate) fn counted(&self) -> String {
        let coverage = &self.diff.coverage;
        let mut parts = vec![format!("{} in findings", coverage.in_findings)];
        for (bucket, count) in &coverage.in_buckets {
            parts.push(format!("{count} {}", bucket.words()));
        }
        format!(
            "{}: {}; {} left over",
            counted(coverage.places, "place differs", "places differ"),
            parts.join(", "),
            coverage.left.len()
        )
    }

    /// The version that is needed, and the one that is stated.
    pub(crate) fn version(&self) -> String {
        let versions = &self.diff.versions;
        let stated = &versions.stated;
        let level = self.diff.level.map_or("no", level_word);
        let wire = match self.diff.wire() {
            wire if wire.old_clients() => ", and a risk for old clients on the wire",
            wire if wire.new_clients() => ", and a risk for new clients on the wire",
            _ => "",
        };
        let from = if versions.is_from_pre_release() {
            " from a pre-release"
        } else {
            ""
        };
        let change = format!("{level} change{from}{wire}");
        match (&versions.needs, versions.is_enough) {
            (Some(needs), Some(true)) => {
                format!("{change}: needs {needs}; the document says {stated}, which is enough")
            }
            (Some(needs), _) => format!("{change}: needs {needs}; the document says {stated}"),
            (None, _) => format!(
                "{change}; `{}` is no version that Cargo takes, so raise that of the crate yourself",
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

/// A number with its noun.
pub(crate) fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// What a finding is about and what has changed, as one sentence.
pub(crate) fn title(finding: &Finding) -> String {
    let operations = finding.operations.len();
    let mut title = match finding.subject.as_str() {
        "" if finding.spots.len() > 1 && operations > 1 => {
            format!("{operations} operations: {}", finding.what)
        }
        "" => finding.what.clone(),
        subject => format!("{subject}: {}", finding.what),
    };
    let is_told = |text: &String| finding.what.contains(&format!("`{text}`"));
    match (&finding.was, &finding.is) {
        (Some(was), Some(is)) if is_told(was) && is_told(is) => {}
        (Some(was), Some(is)) => {
            let (was, is) = apart(was, is);
            title.push_str(&format!(" (was `{was}`, is `{is}`)"));
        }
        (Some(was), None) => title.push_str(&format!(" (was `{}`)", short(was))),
        (None, Some(is)) => title.push_str(&format!(" (is `{}`)", short(is))),
        (None, None) => {}
    }
    title
}

/// The most characters of a value that are shown.
const MOST: usize = 60;

/// A value that fits on a line.
fn short(text: &str) -> String {
    cut(&line(text), 0)
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two values, from shortly before they differ.
fn apart(was: &str, is: &str) -> (String, String) {
    const BEFORE: usize = 15;
    let (was, is) = (line(was), line(is));
    let alike = was.chars().zip(is.chars()).take_while(|(a, b)| a == b);
    let alike = alike.count();
    let longest = was.chars().count().max(is.chars().count());
    let from = if longest <= MOST {
        0
    } else {
        alike.saturating_sub(BEFORE)
    };
    (cut(&was, from), cut(&is, from))
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

/// The operations that use something, the first ones by name.
pub(crate) fn users(finding: &Finding) -> Option<String> {
    const MOST: usize = 3;
    let all = &finding.operations;
    let first: Vec<_> = all
        .iter()
        .take(MOST)
        .map(|title| format!("`{title}`"))
        .collect();
    let subject = all.first().map(|title| format!("`{title}`"));
    match all.len() {
        0 => None,
        // It says so itself.
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

/// What a change asks of those who compile against the crate: the worst first, and as many as one reads.
pub(crate) fn advice(finding: &Finding, most: usize) -> Vec<String> {
    let worst = finding.rust.iter().filter(|one| one.level == finding.level);
    let mut lines: Vec<String> = worst.map(|one| one.advice.clone()).take(most).collect();
    match finding.rust.len() - lines.len() {
        0 => {}
        // One takes no more room than its number.
        1 => lines.extend(
            finding
                .rust
                .iter()
                .map(|one| one.advice.clone())
                .nth(lines.len()),
        ),
        more => lines.push(format!("and {more} more")),
    }
    lines
}

/// The pointers of a spot, with the sides that they are on.
pub(crate) fn pointer(spot: &PlacePair) -> String {
    match (&spot.base, &spot.head) {
        (Some(base), Some(head)) if base != head => {
            format!("{} -> {}", base.reference(), head.reference())
        }
        (_, Some(head)) => head.reference(),
        (Some(base), None) => base.reference(),
        (None, None) => String::new(),
    }
}
