//! The meaning of a change of a document, for clients on the wire and for users of the generated crate.
//!
//! `walk` compares the two documents in parallel, and reports each difference once. `public_api` reads the
//! public API from the code generated for each document, and `api_change` compares the two, so the level of
//! a change is what the compiler sees and not a guess. `names` and `cause` trace each change of the crate
//! to the change of the document that causes it. Finally `coverage` counts the differences; every one of
//! them must be covered.

mod document;
mod rules;
mod rust_api;
mod version;
mod wire_risk;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
    thread,
};

use serde_json::Value;

use crate::{
    emit::{self, Contents, RUNTIME},
    files::Files,
    format::is_marked,
    load::Document,
    model::{Catalogue, Method, Model},
    pointer::Pointer,
    report::Diagnostic,
    source::Source,
};
pub use document::coverage::Coverage;
use document::{
    coverage,
    pairs::Pairs,
    subject,
    usage::{UsageIndex, Users},
    walk::{self, Change, WalkResult},
};
pub use rules::{Bucket, DiffRule};
pub use rust_api::api_change::ApiChange;
use rust_api::{cause, public_api::PublicApi};
pub use version::Versions;
use wire_risk::Effect;
pub use wire_risk::{Risk, WireRisk};

/// The next version that a change requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Users of the crate do not notice the change.
    Patch,
    /// The crate offers more than before, and all code that compiled still compiles.
    Minor,
    /// Code that compiled may no longer compile, or may behave differently.
    Major,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// The attention that a finding needs from a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingSeverity {
    /// Nothing can break.
    Note,
    /// Some users may need to know, such as new clients or users of the additions.
    Notable,
    /// The change can break correct clients or correct code.
    Breaking,
}

impl fmt::Display for FindingSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Notable => "notable",
            Self::Breaking => "breaking",
        })
    }
}

/// The place of something in one of the two documents, or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlacePair {
    /// The place in the base.
    pub base: Option<Pointer>,
    /// The place in the head.
    pub head: Option<Pointer>,
}

impl PlacePair {
    fn both(base: &Pointer, head: &Pointer) -> Self {
        Self {
            base: Some(base.clone()),
            head: Some(head.clone()),
        }
    }

    fn base(place: &Pointer) -> Self {
        Self {
            base: Some(place.clone()),
            head: None,
        }
    }

    fn head(place: &Pointer) -> Self {
        Self {
            base: None,
            head: Some(place.clone()),
        }
    }

    /// Returns whether this place is within another one, on each side that it has.
    fn is_in(&self, outer: &Self) -> bool {
        let is_within = |inner: &Option<Pointer>, outer: &Option<Pointer>| match (inner, outer) {
            (Some(inner), Some(outer)) => inner.is_within(outer),
            (Some(_), None) => false,
            (None, _) => true,
        };
        is_within(&self.base, &outer.base) && is_within(&self.head, &outer.head)
    }

    /// Returns the place in the head, or the place in the base for something that was removed.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        static ROOT: Pointer = Pointer::root();
        self.head.as_ref().or(self.base.as_ref()).unwrap_or(&ROOT)
    }
}

/// A document and its generated crate, as one side of a comparison.
#[derive(Debug)]
pub struct Side {
    source: Source,
    document: Document,
    model: Model,
    /// The public API of an existing crate; `None` for the crate that would be generated from the document.
    public_api: Option<PublicApi>,
}

impl Side {
    /// Reads a document and its external files.
    ///
    /// # Errors
    ///
    /// Returns all errors in the document.
    pub fn read(source: &Source, catalogue: &Catalogue) -> Result<Self, Vec<Diagnostic>> {
        let (document, model, _) = crate::read(source, catalogue)?;
        Ok(Self {
            source: source.clone(),
            document,
            model,
            public_api: None,
        })
    }

    /// Reads two documents in parallel, each as [`Side::read`] does.
    pub fn read_both(
        base: &Source,
        head: &Source,
        catalogue: &Catalogue,
    ) -> (Result<Self, Vec<Diagnostic>>, Result<Self, Vec<Diagnostic>>) {
        thread::scope(|scope| {
            let base = scope.spawn(|| Self::read(base, catalogue));
            let head = Self::read(head, catalogue);
            (join(base), head)
        })
    }

    /// Uses the files of an existing crate in place of the crate that would be generated now.
    ///
    /// # Errors
    ///
    /// Returns the name of a file that is not valid Rust, with the parse error.
    pub fn with_crate(mut self, files: &Files) -> Result<Self, String> {
        let mut parsed = Vec::new();
        // Files that were added to the crate by hand are not part of the generated API.
        let generated = files.iter().filter(|(_, text)| is_marked(text));
        for (path, text) in generated {
            if Path::new(path)
                .extension()
                .is_some_and(|ending| ending == "rs")
            {
                let file = syn::parse_file(text).map_err(|error| format!("`{path}`: {error}"))?;
                parsed.push((path.clone(), file));
            }
        }
        self.public_api = Some(PublicApi::read(&parsed));
        Ok(self)
    }

    /// Returns the model of the document.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the source of the document.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the public API of the crate. The runtime files are only included if `with_runtime` is set,
    /// because they are the same on both sides unless one side is an existing crate.
    fn public_api(&self, with_runtime: bool) -> PublicApi {
        if let Some(public_api) = &self.public_api {
            return public_api.clone();
        }
        let mut files = Vec::new();
        for (path, contents) in emit::emit(&self.model) {
            // Generating reports tokens that are not valid Rust.
            if let Contents::Rust(tokens) = contents
                && let Ok(file) = syn::parse2(tokens)
            {
                files.push((path.to_owned(), file));
            }
        }
        for (path, text) in RUNTIME.iter().filter(|_| with_runtime) {
            if let Ok(file) = syn::parse_file(text) {
                files.push(((*path).to_owned(), file));
            }
        }
        PublicApi::read(&files)
    }
}

/// A change and its consequences.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that the change matches.
    pub rule: DiffRule,
    /// The places of the change: several if the same change occurs in several places.
    pub places: Vec<PlacePair>,
    /// The part of the document that changed: "`GET /pets`, response `200`". Empty for the document as a
    /// whole.
    pub subject: String,
    /// The description of the change.
    pub message: String,
    /// The value before the change, if it helps to understand the finding.
    pub before: Option<String>,
    /// The value after the change.
    pub after: Option<String>,
    /// The risks on the wire.
    pub wire: WireRisk,
    /// The next version that the change requires.
    pub level: Level,
    /// The changes of the crate that this change causes, the worst first.
    pub rust: Vec<ApiChange>,
    /// The affected operations, as "`GET /pets`", in order.
    pub operations: Vec<String>,
    /// The first place in the head; for something that was removed, the place where it would be.
    pub near: Pointer,
}

impl Finding {
    /// Returns the attention that the finding needs from a reviewer.
    #[must_use]
    pub fn severity(&self) -> FindingSeverity {
        match (self.level, self.wire) {
            (Level::Major, _) => FindingSeverity::Breaking,
            (_, wire) if wire.old_clients() => FindingSeverity::Breaking,
            (Level::Minor, _) => FindingSeverity::Notable,
            (_, wire) if wire.new_clients() || wire.deployment() => FindingSeverity::Notable,
            _ => FindingSeverity::Note,
        }
    }

    /// Returns an identifier made from the rule and the first place, which stays the same if messages are reworded.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let place = self.places.first().map(|place| place.pointer().as_str());
        format!("{}:{}", self.rule, place.unwrap_or_default())
    }
}

/// A change that cannot break anything.
#[derive(Clone, Debug)]
pub struct Note {
    /// The kind of the change.
    pub bucket: Bucket,
    /// The places of the change.
    pub places: Vec<PlacePair>,
    /// The part of the document that changed.
    pub subject: String,
    /// The value before the change: strings as they are, other values as JSON.
    pub before: Option<String>,
    /// The value after the change.
    pub after: Option<String>,
}

/// The differences of two documents.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The changes with consequences, the worst first.
    pub findings: Vec<Finding>,
    /// The changes that cannot break anything, by bucket and place.
    pub notes: Vec<Note>,
    /// The number of differences, and where they are reported.
    pub coverage: Coverage,
    /// The next version that all changes together require; `None` if nothing differs.
    pub level: Option<Level>,
    /// The required and the stated version.
    pub versions: Versions,
}

impl Diff {
    /// Creates the result of comparing two equal documents.
    fn unchanged(base: &Side, head: &Side) -> Self {
        Self {
            findings: Vec::new(),
            notes: Vec::new(),
            coverage: Coverage::default(),
            level: None,
            versions: versions(base, head, None),
        }
    }

    /// Returns whether the documents are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.level.is_none()
    }

    /// Returns the risks of all findings together.
    #[must_use]
    pub fn wire(&self) -> WireRisk {
        let wires = self.findings.iter().map(|finding| finding.wire);
        wires.fold(WireRisk::default(), WireRisk::and)
    }
}

/// Compares two documents and their generated crates.
#[must_use]
pub fn diff(base: &Side, head: &Side) -> Diff {
    let with_runtime = base.public_api.is_some() || head.public_api.is_some();
    if !with_runtime && base.document.tree == head.document.tree {
        return Diff::unchanged(base, head);
    }
    // The three computations are independent, and each takes seconds for a large document.
    let (result, old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| base.public_api(with_runtime));
        let new = scope.spawn(|| head.public_api(with_runtime));
        let result = walk::walk(base, head);
        (result, join(old), join(new))
    });
    let mut result = result;
    status_codes(base, head, &mut result);
    let coverage = coverage::coverage(base, head, &mut result);
    let traced = cause::trace((base, &old), (head, &new), &result);
    let findings = findings(base, head, &result, traced);
    let notes = notes(base, head, &result);
    let level = findings.iter().map(|finding| finding.level).max();
    let level = level.or_else(|| (coverage.differences > 0).then_some(Level::Patch));
    let versions = versions(base, head, level);
    Diff {
        findings,
        notes,
        coverage,
        level,
        versions,
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

/// Reports names of statuses that now stand for another code: code that uses them compiles, but behaves
/// differently.
fn status_codes(base: &Side, head: &Side, result: &mut WalkResult) {
    for before in &base.model.statuses {
        let mut same = head.model.statuses.iter();
        let same = same.find(|after| after.name == before.name && after.code != before.code);
        let (Some(after), Some(place)) = (same, before.place.places().first()) else {
            continue;
        };
        let place = PlacePair {
            base: Some(place.key("x-status")),
            head: after
                .place
                .places()
                .first()
                .map(|place| place.key("x-status")),
        };
        result.changes.push(Change {
            rule: DiffRule::StatusCodeChanged,
            place,
            message: format!("`Status::{}` now stands for another code", before.name),
            before: Some(before.code.to_string()),
            after: Some(after.code.to_string()),
            effect: Effect::ALL,
            used_at: None,
        });
    }
}

/// Turns changes into findings; the same change in several operations becomes one finding.
fn findings(base: &Side, head: &Side, result: &WalkResult, traced: cause::Traced) -> Vec<Finding> {
    let (old, new) = (
        UsageIndex::new(&base.document),
        UsageIndex::new(&head.document),
    );
    let mut groups: BTreeMap<GroupKey, (Finding, Users)> = BTreeMap::new();
    for (change, rust) in result.changes.iter().zip(traced.by_change) {
        let users = users(change, &old, &new, &result.pairs);
        let wire = if users.operations.is_empty() {
            // A part that no operation uses never appears on the wire.
            WireRisk::default()
        } else {
            change.effect.wire(users.directions)
        };
        let subject = change_subject(base, head, change);
        let key = group_key(change, &subject, wire);
        let finding = Finding {
            rule: change.rule,
            places: Vec::new(),
            subject,
            message: change.message.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
            wire,
            level: change.rule.floor(),
            rust: Vec::new(),
            operations: Vec::new(),
            near: Pointer::root(),
        };
        let (finding, finding_users) = groups
            .entry(key)
            .or_insert_with(|| (finding, Users::default()));
        finding.places.push(change.place.clone());
        finding.rust.extend(rust);
        finding_users.extend(users);
    }
    for change in traced.unclaimed {
        let place = change.place;
        let mut users = Users::default();
        let places = [(&place.base, &old), (&place.head, &new)];
        for (place, uses) in places {
            users.extend(
                place
                    .as_ref()
                    .map(|place| uses.users(place))
                    .unwrap_or_default(),
            );
        }
        let item = &change.api.item;
        let key = GroupKey::path_parameters(item);
        let finding = Finding {
            rule: DiffRule::RustChanged,
            subject: subject_at(base, head, &place),
            message: format!("`{item}` changed in Rust only"),
            places: vec![place],
            before: change.api.before.clone(),
            after: change.api.after.clone(),
            wire: WireRisk::default(),
            level: Level::Patch,
            rust: vec![change.api],
            operations: Vec::new(),
            near: Pointer::root(),
        };
        groups.insert(key, (finding, users));
    }
    let mut findings: Vec<Finding> = groups
        .into_values()
        .map(|(finding, users)| finish(finding, users, &result.pairs))
        .collect();
    findings.sort_by_cached_key(|finding| {
        let place = finding.places.first().map(|place| place.pointer().clone());
        (
            std::cmp::Reverse((
                finding.severity(),
                finding.level,
                finding.wire.old_clients(),
            )),
            finding.rule,
            place,
            finding.message.clone(),
        )
    });
    findings
}

fn finish(mut finding: Finding, users: Users, pairs: &Pairs) -> Finding {
    let mut seen = BTreeSet::new();
    finding
        .rust
        .retain(|change| seen.insert(change.advice.clone()));
    finding.rust.sort_by(|a, b| a.rank().cmp(&b.rank()));
    let rust = finding.rust.iter().map(|change| change.level).max();
    finding.level = finding.level.max(rust.unwrap_or(Level::Patch));
    finding.places.sort();
    finding.places.dedup();
    finding.near = match finding.places.first() {
        Some(PlacePair {
            head: Some(head), ..
        }) => head.clone(),
        Some(PlacePair {
            base: Some(base), ..
        }) => pairs.in_head(base),
        _ => Pointer::root(),
    };
    let title = |(path, method): (String, Method)| format!("{method} {path}");
    finding.operations = users.operations.into_iter().map(title).collect();
    if finding.places.len() > 1 {
        // A finding about several operations is about the part that they have in common.
        let inner = finding
            .subject
            .split_once(", ")
            .map(|(_, rest)| rest.to_owned());
        finding.subject = inner.unwrap_or_default();
    }
    finding
}

/// The key that groups changes into one finding.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    rule: DiffRule,
    message: String,
    values: (Option<String>, Option<String>),
    wire: (bool, bool),
    /// The place relative to the operation, or the absolute place outside of operations.
    place: Pointer,
    /// The subject relative to the operation; an index in a list does not identify its element.
    subject: String,
}

impl GroupKey {
    fn path_parameters(item: &str) -> Self {
        Self {
            rule: DiffRule::RustChanged,
            message: item.to_owned(),
            values: (None, None),
            wire: (false, false),
            place: Pointer::root(),
            subject: String::new(),
        }
    }
}

fn group_key(change: &Change, subject: &str, wire: WireRisk) -> GroupKey {
    let place = change.place.pointer();
    let segments: Vec<_> = place.segments().collect();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (place, subject) = match segments.as_slice() {
        // A change of an operation as a whole is never grouped with others.
        ["paths", _, method, inner @ ..] if !inner.is_empty() && *method != "parameters" => {
            // The same parameter may have another index in another operation.
            let is_index = |key: &&&str| key.parse::<usize>().is_err();
            let inner = inner.iter().filter(is_index);
            let place = inner.fold(Pointer::root(), |place, key| place.key(key));
            let rest = subject.split_once(", ").map_or("", |(_, rest)| rest);
            (place, rest.to_owned())
        }
        _ => (place.clone(), subject.to_owned()),
    };
    GroupKey {
        rule: change.rule,
        message: change.message.clone(),
        values: (change.before.clone(), change.after.clone()),
        wire: (wire.old_clients(), wire.new_clients()),
        place,
        subject,
    }
}

fn users(change: &Change, base: &UsageIndex<'_>, head: &UsageIndex<'_>, pairs: &Pairs) -> Users {
    let place = change.used_at.as_ref().unwrap_or(&change.place);
    let old = place.base.as_ref().map(|place| base.users(place));
    let new = place.head.as_ref().map(|place| head.users(place));
    // Operations of the base are listed under their method and path in the head.
    let old = old.map(|mut users| {
        let operations = users.operations.into_iter();
        users.operations = operations
            .map(|operation| moved_operation(operation, pairs))
            .collect();
        users
    });
    let is_document_wide = change.rule == DiffRule::SecurityChanged
        && place.pointer().parent() == Some(Pointer::root());
    let mut users = match (old, new) {
        // The requirement applies to the operations that do not override it, before and after.
        (Some(mut old), Some(new)) if is_document_wide => {
            old.operations
                .retain(|operation| new.operations.contains(operation));
            old
        }
        (old, new) => {
            let mut users = old.unwrap_or_default();
            users.extend(new.unwrap_or_default());
            // A change that is only seen where it is used takes its directions from its own places, too.
            for (place, uses) in [(&change.place.base, base), (&change.place.head, head)] {
                if let (Some(place), true) = (place, change.used_at.is_some()) {
                    let directions = uses.users(place).directions;
                    users.directions.requests |= directions.requests;
                    users.directions.responses |= directions.responses;
                }
            }
            users
        }
    };
    let everywhere = |keyword: &str| {
        let sides = [(&change.place.base, base), (&change.place.head, head)];
        let mut places = sides
            .into_iter()
            .filter_map(|(place, uses)| Some((place.as_ref()?, uses)));
        places.all(|(place, uses)| uses.is_within(place, keyword))
    };
    users.directions.requests &= !everywhere("readOnly");
    users.directions.responses &= !everywhere("writeOnly");
    users
}

/// Returns the path and method in the head of an operation of the base.
fn moved_operation((path, method): (String, Method), pairs: &Pairs) -> (String, Method) {
    let place = Pointer::root().key("paths").key(&path).key(&method.key());
    let head = pairs.in_head(&place);
    let segments: Vec<_> = head.segments().collect();
    match segments.as_slice() {
        [_, path, key] => {
            let mut methods = Method::ALL.into_iter();
            let now = methods.find(|method| method.key() == **key);
            (path.clone().into_owned(), now.unwrap_or(method))
        }
        _ => (path, method),
    }
}

/// Returns the subject of a change.
fn change_subject(base: &Side, head: &Side, change: &Change) -> String {
    let outer = |place: &Pointer| place.parent()?.parent();
    let place = if change.rule.names_part() {
        PlacePair {
            base: change.place.base.as_ref().and_then(outer),
            head: change.place.head.as_ref().and_then(outer),
        }
    } else {
        change.place.clone()
    };
    subject_at(base, head, &place)
}

fn subject_at(base: &Side, head: &Side, place: &PlacePair) -> String {
    match place {
        PlacePair {
            head: Some(place), ..
        } => subject::subject(&head.document.tree, place),
        PlacePair {
            base: Some(place), ..
        } => subject::subject(&base.document.tree, place),
        _ => String::new(),
    }
}

/// Groups notes with the same change in several places into one.
fn notes(base: &Side, head: &Side, result: &WalkResult) -> Vec<Note> {
    let mut groups: BTreeMap<_, Note> = BTreeMap::new();
    for (index, note) in result.notes.iter().enumerate() {
        let displayed = |value: &Option<Value>| value.as_ref().map(walk::display_value);
        let (before, after) = (displayed(&note.before), displayed(&note.after));
        let place = note.place.pointer();
        // The same change in several operations is one note.
        let is_shared = place.segments().next().as_deref() == Some("paths");
        let subject = subject_at(base, head, &note.place);
        let inner = subject.split_once(", ").map(|(_, rest)| rest.to_owned());
        let key = (
            note.bucket,
            before.clone(),
            after.clone(),
            place.last().map(std::borrow::Cow::into_owned),
            inner,
            if is_shared { 0 } else { index + 1 },
        );
        let group = groups.entry(key).or_insert_with(|| Note {
            bucket: note.bucket,
            places: Vec::new(),
            subject,
            before,
            after,
        });
        group.places.push(note.place.clone());
    }
    let mut notes: Vec<Note> = groups.into_values().collect();
    for note in &mut notes {
        note.places.sort();
        note.places.dedup();
    }
    notes.sort_by(|a, b| (a.bucket, &a.places).cmp(&(b.bucket, &b.places)));
    notes
}
