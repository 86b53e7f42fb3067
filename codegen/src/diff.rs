//! What a change of a document means: for those who call the API, and for those who compile against the
//! crate.
//!
//! The two documents are walked together (`walk`), so that each place that differs is told once. What the
//! crate's users see is read from the code that the two documents give (`surface`) and held against each
//! other (`api`), so that the verdict is the compiler's and not a guess; each change of the crate is then
//! traced to the change of the document that it comes from (`names`, `cause`). Node the end the places that
//! differ are counted, and none may be left over (`coverage`).

mod api_change;
mod cause;
mod components;
mod coverage;
mod names;
mod operations;
mod pairs;
mod public_api;
mod rules;
mod schemas;
mod subject;
mod usage;
mod version;
mod walk;
mod wire_risk;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
    thread,
};

use serde_json::Value;

use crate::{
    emit::{OUTPUTS, RUNTIME},
    files::Files,
    format::MARK,
    load::Document,
    model::{Catalogue, Method, Model},
    pointer::Pointer,
    report::Diagnostic,
    source::Source,
};
pub use api_change::ApiChange;
pub use coverage::Coverage;
use pairs::Pairs;
use public_api::PublicApi;
pub use rules::{Bucket, DiffRule};
use usage::{UsageIndex, Users};
pub use version::Versions;
use walk::{Change, WalkResult};
use wire_risk::Effect;
pub use wire_risk::{Risk, WireRisk};

/// What a change asks of the next version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nobody has to do anything, and nobody can do more.
    Patch,
    /// There is more than before, and all that compiled compiles.
    Minor,
    /// Something that compiled may not compile, or means something else.
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

/// How much a reviewer should care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingSeverity {
    /// Nothing can break by it.
    Note,
    /// Some may have to know: new clients, or those who read what is new.
    Notable,
    /// Somebody breaks by it who has done nothing wrong.
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

/// CoveredBy something stands in one of two documents, or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlacePair {
    /// In the base.
    pub base: Option<Pointer>,
    /// In the head.
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

    /// Whether it is in another one, on each side that it has.
    fn is_in(&self, other: &Self) -> bool {
        let side = |own: &Option<Pointer>, other: &Option<Pointer>| match (own, other) {
            (Some(own), Some(other)) => own.is_within(other),
            (Some(_), None) => false,
            (None, _) => true,
        };
        side(&self.base, &other.base) && side(&self.head, &other.head)
    }

    /// The place in the head, or in the base for what is gone.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        static ROOT: Pointer = Pointer::root();
        self.head.as_ref().or(self.base.as_ref()).unwrap_or(&ROOT)
    }
}

/// A document and the crate that it gives, as one side of a comparison.
#[derive(Debug)]
pub struct Side {
    source: Source,
    document: Document,
    model: Model,
    /// The public API of the crate, if that is not the one that the document gives.
    surface: Option<PublicApi>,
}

impl Side {
    /// Reads a document, and the files beside it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(source: &Source, catalogue: &Catalogue) -> Result<Self, Vec<Diagnostic>> {
        let (document, model, _) = crate::read(source, catalogue)?;
        Ok(Self {
            source: source.clone(),
            document,
            model,
            surface: None,
        })
    }

    /// Reads two documents, at the same time: each as [`Side::read`] does.
    pub fn read_both(
        base: &Source,
        head: &Source,
        catalogue: &Catalogue,
    ) -> (Result<Self, Vec<Diagnostic>>, Result<Self, Vec<Diagnostic>>) {
        thread::scope(|scope| {
            let base = scope.spawn(|| Self::read(base, catalogue));
            let head = Self::read(head, catalogue);
            (joined(base), head)
        })
    }

    /// The same with the crate as it is, and not as it would be generated now.
    ///
    /// # Errors
    /// If one of its files is no Rust; names the file.
    pub fn with_crate(mut self, files: &Files) -> Result<Self, String> {
        let mut parsed = Vec::new();
        // What somebody adds to a crate is no part of what is generated.
        let own = files.iter().filter(|(_, text)| text.starts_with(MARK));
        for (path, text) in own {
            if Path::new(path)
                .extension()
                .is_some_and(|ending| ending == "rs")
            {
                let file = syn::parse_file(text).map_err(|error| format!("`{path}`: {error}"))?;
                parsed.push((path.clone(), file));
            }
        }
        self.surface = Some(PublicApi::read(&parsed));
        Ok(self)
    }

    /// What the document means.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The text of the document.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The public API of the crate; with that of the files that are copied only where it is needed, for
    /// those are the same on both sides unless one of the crates is as it was.
    fn surface(&self, with_runtime: bool) -> PublicApi {
        if let Some(surface) = &self.surface {
            return surface.clone();
        }
        let mut files = Vec::new();
        for output in OUTPUTS {
            // Tokens that are no Rust are a fault that generating reports.
            if let Ok(file) = syn::parse2((output.emit)(&self.model)) {
                files.push((output.path.to_owned(), file));
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

/// A change, with all that it means.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: DiffRule,
    /// CoveredBy it is: once for each place that says the same.
    pub spots: Vec<PlacePair>,
    /// What it is about, in words: "`GET /pets`, response `200`". Empty for the document as a whole.
    pub subject: String,
    /// What has changed, in words.
    pub what: String,
    /// What it was, where that says something.
    pub was: Option<String>,
    /// What it is.
    pub is: Option<String>,
    /// Who is at risk on the wire.
    pub wire: WireRisk,
    /// What it asks of the next version.
    pub level: Level,
    /// What it changes in the crate, the worst first.
    pub rust: Vec<ApiChange>,
    /// The operations that use it, as "`GET /pets`", in order.
    pub operations: Vec<String>,
    /// CoveredBy the first of its places is in the head, or would be if it were not gone.
    pub near: Pointer,
}

impl Finding {
    /// How much a reviewer should care.
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

    /// A name that stays the same when the words of messages change: the rule and where it is.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let place = self.spots.first().map(|spot| spot.pointer().as_str());
        format!("{}:{}", self.rule, place.unwrap_or_default())
    }
}

/// A change that nothing breaks by.
#[derive(Clone, Debug)]
pub struct Note {
    /// What kind of change it is.
    pub bucket: Bucket,
    /// CoveredBy it is.
    pub spots: Vec<PlacePair>,
    /// What it is about, in words.
    pub subject: String,
    /// What it was; texts as they are, all else as JSON.
    pub was: Option<String>,
    /// What it is.
    pub is: Option<String>,
}

/// All that differs between two documents.
#[derive(Clone, Debug)]
pub struct Diff {
    /// What means something, the worst first.
    pub findings: Vec<Finding>,
    /// What nothing breaks by, by bucket and place.
    pub notes: Vec<Note>,
    /// How many places differ, and where they are told.
    pub coverage: Coverage,
    /// What all of it asks of the next version; `None` if nothing differs.
    pub level: Option<Level>,
    /// The version that is needed, and the one that is stated.
    pub versions: Versions,
}

impl Diff {
    /// The difference of two equal documents.
    fn nothing(base: &Side, head: &Side) -> Self {
        Self {
            findings: Vec::new(),
            notes: Vec::new(),
            coverage: Coverage::default(),
            level: None,
            versions: versions(base, head, None),
        }
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.level.is_none()
    }

    /// Who is at risk on the wire, by any of the findings.
    #[must_use]
    pub fn wire(&self) -> WireRisk {
        let wires = self.findings.iter().map(|finding| finding.wire);
        wires.fold(WireRisk::default(), WireRisk::and)
    }
}

/// Holds two documents, and the crates that they give, against each other.
#[must_use]
pub fn diff(base: &Side, head: &Side) -> Diff {
    let with_runtime = base.surface.is_some() || head.surface.is_some();
    if !with_runtime && base.document.tree == head.document.tree {
        return Diff::nothing(base, head);
    }
    // Nothing of the three depends on the others, and a large document takes seconds for each.
    let (found, old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| base.surface(with_runtime));
        let new = scope.spawn(|| head.surface(with_runtime));
        let found = walk::walk(base, head);
        (found, joined(old), joined(new))
    });
    let mut found = found;
    status_codes(base, head, &mut found);
    let coverage = coverage::coverage(base, head, &mut found);
    let traced = cause::trace((base, &old), (head, &new), &found);
    let findings = findings(base, head, &found, traced);
    let notes = notes(base, head, &found);
    let level = findings.iter().map(|finding| finding.level).max();
    let level = level.or_else(|| (coverage.places > 0).then_some(Level::Patch));
    let versions = versions(base, head, level);
    Diff {
        findings,
        notes,
        coverage,
        level,
        versions,
    }
}

/// The versions of two sides, and what a change between them needs.
fn versions(base: &Side, head: &Side, level: Option<Level>) -> Versions {
    let text = |side: &Side| side.document.api.info.version.clone();
    let (was, is) = (text(base), text(head));
    let of = |side: &Side| side.model.package.version.clone();
    Versions::new(
        (&was, of(base).as_deref()),
        (&is, of(head).as_deref()),
        level,
    )
}

/// What a thread gives; its panic is one here, too.
fn joined<T>(one: thread::ScopedJoinHandle<'_, T>) -> T {
    match one.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// The names of statuses that stand for another code: what compiles means something else.
fn status_codes(base: &Side, head: &Side, found: &mut WalkResult) {
    for was in &base.model.statuses {
        let mut same = head.model.statuses.iter();
        let same = same.find(|is| is.name == was.name && is.code != was.code);
        let (Some(is), Some(place)) = (same, was.place.places().first()) else {
            continue;
        };
        let spot = PlacePair {
            base: Some(place.key("x-status")),
            head: is.place.places().first().map(|place| place.key("x-status")),
        };
        found.changes.push(Change {
            rule: DiffRule::StatusCodeChanged,
            spot,
            what: format!("`Status::{}` stands for another code", was.name),
            was: Some(was.code.to_string()),
            is: Some(is.code.to_string()),
            effect: Effect::ALL,
            used_at: None,
        });
    }
}

/// Changes as findings: those that say the same of several operations are one.
fn findings(base: &Side, head: &Side, found: &WalkResult, traced: cause::Traced) -> Vec<Finding> {
    let (old, new) = (
        UsageIndex::of(&base.document),
        UsageIndex::of(&head.document),
    );
    let mut groups: BTreeMap<GroupKey, (Finding, Users)> = BTreeMap::new();
    for (change, rust) in found.changes.iter().zip(traced.by_change) {
        let users = users(change, &old, &new, &found.pairs);
        let wire = if users.operations.is_empty() {
            // What nobody uses is on no wire.
            WireRisk::default()
        } else {
            change.effect.wire(users.ways)
        };
        let subject = about(base, head, change);
        let key = group_key(change, &subject, wire);
        let finding = Finding {
            rule: change.rule,
            spots: Vec::new(),
            subject,
            what: change.what.clone(),
            was: change.was.clone(),
            is: change.is.clone(),
            wire,
            level: change.rule.floor(),
            rust: Vec::new(),
            operations: Vec::new(),
            near: Pointer::root(),
        };
        let (finding, all) = groups
            .entry(key)
            .or_insert_with(|| (finding, Users::default()));
        finding.spots.push(change.spot.clone());
        finding.rust.extend(rust);
        all.extend(users);
    }
    for change in traced.unclaimed {
        let spot = change.spot;
        let mut users = Users::default();
        let places = [(&spot.base, &old), (&spot.head, &new)];
        for (place, uses) in places {
            users.extend(
                place
                    .as_ref()
                    .map(|place| uses.users(place))
                    .unwrap_or_default(),
            );
        }
        let item = &change.api.item;
        let key = GroupKey::of_item(item);
        let finding = Finding {
            rule: DiffRule::RustChanged,
            subject: words(base, head, &spot),
            what: format!("`{item}` has changed in Rust alone"),
            spots: vec![spot],
            was: change.api.was.clone(),
            is: change.api.is.clone(),
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
        .map(|(finding, users)| finished(finding, users, &found.pairs))
        .collect();
    findings.sort_by_cached_key(|one| {
        let place = one.spots.first().map(|spot| spot.pointer().clone());
        (
            std::cmp::Reverse((one.severity(), one.level, one.wire.old_clients())),
            one.rule,
            place,
            one.what.clone(),
        )
    });
    findings
}

fn finished(mut finding: Finding, users: Users, pairs: &Pairs) -> Finding {
    let mut told = BTreeSet::new();
    finding
        .rust
        .retain(|change| told.insert(change.advice.clone()));
    finding.rust.sort_by(|a, b| a.rank().cmp(&b.rank()));
    let rust = finding.rust.iter().map(|change| change.level).max();
    finding.level = finding.level.max(rust.unwrap_or(Level::Patch));
    finding.spots.sort();
    finding.spots.dedup();
    finding.near = match finding.spots.first() {
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
    if finding.spots.len() > 1 {
        // Of several operations it is about what they have in common.
        let inner = finding
            .subject
            .split_once(", ")
            .map(|(_, rest)| rest.to_owned());
        finding.subject = inner.unwrap_or_default();
    }
    finding
}

/// What two changes have in common that are one finding.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    rule: DiffRule,
    what: String,
    values: (Option<String>, Option<String>),
    wire: (bool, bool),
    /// The place from the operation on, else the whole place.
    place: Pointer,
    /// What it is about, from the operation on: a place in a list does not say it.
    subject: String,
}

impl GroupKey {
    fn of_item(item: &str) -> Self {
        Self {
            rule: DiffRule::RustChanged,
            what: item.to_owned(),
            values: (None, None),
            wire: (false, false),
            place: Pointer::root(),
            subject: String::new(),
        }
    }
}

fn group_key(change: &Change, subject: &str, wire: WireRisk) -> GroupKey {
    let place = change.spot.pointer();
    let segments: Vec<_> = place.segments().collect();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (place, subject) = match segments.as_slice() {
        // An operation by itself is no part of what others have as well.
        ["paths", _, method, inner @ ..] if !inner.is_empty() && *method != "parameters" => {
            // The same parameter is another one of the list elsewhere.
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
        what: change.what.clone(),
        values: (change.was.clone(), change.is.clone()),
        wire: (wire.old_clients(), wire.new_clients()),
        place,
        subject,
    }
}

fn users(change: &Change, base: &UsageIndex<'_>, head: &UsageIndex<'_>, pairs: &Pairs) -> Users {
    let spot = change.used_at.as_ref().unwrap_or(&change.spot);
    let old = spot.base.as_ref().map(|place| base.users(place));
    let new = spot.head.as_ref().map(|place| head.users(place));
    // An operation that is elsewhere now is still one.
    let old = old.map(|mut users| {
        let operations = users.operations.into_iter();
        users.operations = operations.map(|one| moved(one, pairs)).collect();
        users
    });
    let is_of_all = change.rule == DiffRule::SecurityChanged
        && spot.pointer().parent() == Some(Pointer::root());
    let mut users = match (old, new) {
        // It holds for those that say nothing themselves, before and after.
        (Some(mut old), Some(new)) if is_of_all => {
            old.operations.retain(|one| new.operations.contains(one));
            old
        }
        (old, new) => {
            let mut users = old.unwrap_or_default();
            users.extend(new.unwrap_or_default());
            // CoveredBy it comes from, or who has it alone.
            for (place, uses) in [(&change.spot.base, base), (&change.spot.head, head)] {
                if let (Some(place), true) = (place, change.used_at.is_some()) {
                    let ways = uses.users(place).ways;
                    users.ways.requests |= ways.requests;
                    users.ways.responses |= ways.responses;
                }
            }
            users
        }
    };
    let everywhere = |keyword: &str| {
        let sides = [(&change.spot.base, base), (&change.spot.head, head)];
        let mut places = sides
            .into_iter()
            .filter_map(|(place, uses)| Some((place.as_ref()?, uses)));
        places.all(|(place, uses)| uses.is_within(place, keyword))
    };
    users.ways.requests &= !everywhere("readOnly");
    users.ways.responses &= !everywhere("writeOnly");
    users
}

/// An operation of the base as the head knows it.
fn moved((path, method): (String, Method), pairs: &Pairs) -> (String, Method) {
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

/// What a change is about, in words.
fn about(base: &Side, head: &Side, change: &Change) -> String {
    let outer = |place: &Pointer| place.parent()?.parent();
    let spot = if change.rule.is_of_part() {
        PlacePair {
            base: change.spot.base.as_ref().and_then(outer),
            head: change.spot.head.as_ref().and_then(outer),
        }
    } else {
        change.spot.clone()
    };
    words(base, head, &spot)
}

fn words(base: &Side, head: &Side, spot: &PlacePair) -> String {
    match spot {
        PlacePair {
            head: Some(place), ..
        } => subject::subject(&head.document.tree, place),
        PlacePair {
            base: Some(place), ..
        } => subject::subject(&base.document.tree, place),
        _ => String::new(),
    }
}

/// Notes that say the same in several places are one.
fn notes(base: &Side, head: &Side, found: &WalkResult) -> Vec<Note> {
    let mut groups: BTreeMap<_, Note> = BTreeMap::new();
    for (index, note) in found.notes.iter().enumerate() {
        let shown = |value: &Option<Value>| value.as_ref().map(walk::shown);
        let (was, is) = (shown(&note.was), shown(&note.is));
        let place = note.spot.pointer();
        // Operations that share their words say the same in each of them.
        let is_shared = place.segments().next().as_deref() == Some("paths");
        let subject = words(base, head, &note.spot);
        let inner = subject.split_once(", ").map(|(_, rest)| rest.to_owned());
        let key = (
            note.bucket,
            was.clone(),
            is.clone(),
            place.last().map(std::borrow::Cow::into_owned),
            inner,
            if is_shared { 0 } else { index + 1 },
        );
        let group = groups.entry(key).or_insert_with(|| Note {
            bucket: note.bucket,
            spots: Vec::new(),
            subject,
            was,
            is,
        });
        group.spots.push(note.spot.clone());
    }
    let mut notes: Vec<Note> = groups.into_values().collect();
    for note in &mut notes {
        note.spots.sort();
        note.spots.dedup();
    }
    notes.sort_by(|a, b| (a.bucket, &a.spots).cmp(&(b.bucket, &b.spots)));
    notes
}
