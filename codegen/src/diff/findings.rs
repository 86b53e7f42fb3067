//! Groups changes into findings: the same change in several places is one finding.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    document::{
        changes::{Change, WalkResult},
        node::display_value,
        pairs::Pairs,
        subject,
        usage::{UsageIndex, Users},
    },
    result::{Finding, Level, Note, PlacePair},
    rules::DiffRule,
    rust_api::cause::Traced,
    side::Side,
    wire_risk::WireRisk,
};
use crate::{model::Method, pointer::Pointer};

/// Turns changes into findings; the same change in several operations becomes one finding.
pub(super) fn findings(
    base: &Side,
    head: &Side,
    result: &WalkResult,
    traced: Traced,
) -> Vec<Finding> {
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
        let key = GroupKey::for_item(item);
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
    fn for_item(item: &str) -> Self {
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
pub(super) fn notes(base: &Side, head: &Side, result: &WalkResult) -> Vec<Note> {
    let mut groups: BTreeMap<_, Note> = BTreeMap::new();
    for (index, note) in result.notes.iter().enumerate() {
        let displayed = |value: &Option<Value>| value.as_ref().map(display_value);
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
