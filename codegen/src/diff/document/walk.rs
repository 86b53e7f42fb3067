//! Compares two documents in parallel, place by place.
//!
//! Places are paired by meaning, not by position: parameters by name, responses by status, and the targets
//! of `$ref`s by the places that refer to them. Every part of a document is compared once with its
//! counterpart; a part without counterpart was added or removed. Nothing is skipped: [`DiffWalk::leaf`]
//! handles every key without a rule.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::pairs::Pairs;
use crate::{
    diff::{
        PlacePair, Side,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::{
        Document,
        spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind},
    },
    lower::only_child,
    model::SecurityScheme,
    pointer::Pointer,
};

/// The result of comparing two documents.
#[derive(Default)]
pub(in crate::diff) struct WalkResult {
    /// The changes with consequences.
    pub(in crate::diff) changes: Vec<Change>,
    /// The changes that are only counted.
    pub(in crate::diff) notes: Vec<PendingNote>,
    /// The places that correspond although they differ.
    pub(in crate::diff) pairs: Pairs,
    /// The places that were compared with another place, including everything within them.
    pub(in crate::diff) moved: Vec<(Pointer, Pointer)>,
    /// The places that a reported change covers, too.
    pub(in crate::diff) covered: Vec<PlacePair>,
    /// The places that only refer to something that is compared separately.
    pub(in crate::diff) compared_elsewhere: Vec<PlacePair>,
}

impl WalkResult {
    /// Returns whether a report covers a place that is only in one of the documents.
    pub(in crate::diff) fn is_covered(&self, place: &PlacePair) -> bool {
        let changes = self.changes.iter().map(|change| &change.place);
        let notes = self.notes.iter().map(|note| &note.place);
        let mut places = changes
            .chain(notes)
            .chain(&self.covered)
            .chain(&self.compared_elsewhere);
        let is_moved = |(base, head): &(Pointer, Pointer)| {
            place.base.as_ref() == Some(base) || place.head.as_ref() == Some(head)
        };
        places.any(|covered| place.is_in(covered)) || self.moved.iter().any(is_moved)
    }
}

/// A change with consequences.
#[derive(Clone, Debug)]
pub(in crate::diff) struct Change {
    pub(in crate::diff) rule: DiffRule,
    pub(in crate::diff) place: PlacePair,
    /// The description of the change: "the value `hamster` was added".
    pub(in crate::diff) message: String,
    pub(in crate::diff) before: Option<String>,
    pub(in crate::diff) after: Option<String>,
    pub(in crate::diff) effect: Effect,
    /// The place where it is used, if it only applies there.
    pub(in crate::diff) used_at: Option<PlacePair>,
}

/// A change that is only counted.
#[derive(Clone, Debug)]
pub(in crate::diff) struct PendingNote {
    pub(in crate::diff) bucket: Bucket,
    pub(in crate::diff) place: PlacePair,
    pub(in crate::diff) before: Option<Value>,
    pub(in crate::diff) after: Option<Value>,
}

/// A value of a document and its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) place: Pointer,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value, place: Pointer) -> Self {
        Self { value, place }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self::new(value, self.place.key(key)))
    }

    pub(super) fn index(&self, index: usize) -> Option<Self> {
        let value = self.value.get(index)?;
        Some(Self::new(value, self.place.index(index)))
    }

    pub(super) fn text(&self, key: &str) -> &'a str {
        let text = self.value.get(key).and_then(Value::as_str);
        text.unwrap_or_default()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn items(&self) -> Vec<Self> {
        let count = self.value.as_array().map_or(0, Vec::len);
        (0..count).filter_map(|index| self.index(index)).collect()
    }

    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), Self::new(value, self.place.key(key))))
            .collect()
    }
}

/// A key that at least one of two compared objects has.
pub(super) struct KeyPair<'a> {
    /// The kind of the object that has the key.
    pub(super) kind: ObjectKind,
    pub(super) key: &'a str,
    pub(super) owners: (Node<'a>, Node<'a>),
    pub(super) base: Option<Node<'a>>,
    pub(super) head: Option<Node<'a>>,
}

impl KeyPair<'_> {
    /// Returns the places of the values.
    pub(super) fn place(&self) -> PlacePair {
        PlacePair {
            base: self.base.as_ref().map(|at| at.place.clone()),
            head: self.head.as_ref().map(|at| at.place.clone()),
        }
    }
}

/// Formats a value for a reader: strings without quotes.
pub(in crate::diff) fn display_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The state of the comparison.
pub(super) struct DiffWalk<'a> {
    pub(super) base: &'a Document,
    pub(super) head: &'a Document,
    /// The security schemes of both models.
    pub(super) schemes: (&'a [SecurityScheme], &'a [SecurityScheme]),
    pub(super) result: WalkResult,
    seen: HashSet<(Pointer, Pointer, Option<PlacePair>)>,
    reported: HashSet<(DiffRule, PlacePair, String, Option<PlacePair>)>,
    /// The place that refers to the current one, if other references to it are unaffected.
    pub(super) used_at: Option<PlacePair>,
}

/// Compares two documents.
pub(in crate::diff) fn walk(base: &Side, head: &Side) -> WalkResult {
    let mut walk = DiffWalk {
        base: &base.document,
        head: &head.document,
        schemes: (&base.model.schemes, &head.model.schemes),
        result: WalkResult::default(),
        seen: HashSet::new(),
        reported: HashSet::new(),
        used_at: None,
    };
    walk.document();
    walk.result
}

impl<'a> DiffWalk<'a> {
    fn document(&mut self) {
        let base = Node::new(&self.base.tree, Pointer::root());
        let head = Node::new(&self.head.tree, Pointer::root());
        // Operations come first, because they show which components are the same under another name.
        if let (Some(base), Some(head)) = (base.get("paths"), head.get("paths")) {
            self.paths(&base, &head);
        }
        self.referenced();
        self.members(ObjectKind::OpenApi, &base, &head);
    }

    /// Compares the targets of `$ref`s that exist on both sides.
    fn referenced(&mut self) {
        for (place, kind) in self.base.references.keys() {
            if self.head.tree.pointer(place.as_str()).is_some() {
                self.pair(*kind, place, place);
            }
        }
    }

    pub(super) fn change(
        &mut self,
        rule: DiffRule,
        place: PlacePair,
        message: String,
        effect: Effect,
    ) {
        self.push(Change {
            rule,
            place,
            message,
            before: None,
            after: None,
            effect,
            used_at: None,
        });
    }

    /// Reports a change from one value to another.
    pub(super) fn changed(
        &mut self,
        rule: DiffRule,
        place: PlacePair,
        message: String,
        (before, after): (Option<&Value>, Option<&Value>),
        effect: Effect,
    ) {
        self.push(Change {
            rule,
            place,
            message,
            before: before.map(display_value),
            after: after.map(display_value),
            effect,
            used_at: None,
        });
    }

    pub(super) fn push(&mut self, change: Change) {
        let key = (
            change.rule,
            change.place.clone(),
            change.message.clone(),
            self.used_at.clone(),
        );
        if self.reported.insert(key) {
            match (&change.place.base, &change.place.head) {
                (Some(base), None) => self.result.pairs.mark_removed(base),
                (None, Some(head)) => self.result.pairs.mark_added(head),
                _ => {}
            }
            let used_at = change.used_at.clone().or_else(|| self.used_at.clone());
            self.result.changes.push(Change { used_at, ..change });
        }
    }

    pub(super) fn note(&mut self, bucket: Bucket, member: &KeyPair<'_>) {
        self.result.notes.push(PendingNote {
            bucket,
            place: member.place(),
            before: member.base.as_ref().map(|at| at.value.clone()),
            after: member.head.as_ref().map(|at| at.value.clone()),
        });
    }

    /// Returns the value at a place of the base.
    pub(super) fn in_base(&self, place: &Pointer) -> Option<Node<'a>> {
        let value = self.base.tree.pointer(place.as_str())?;
        Some(Node::new(value, place.clone()))
    }

    /// Returns the value at a place of the head.
    pub(super) fn in_head(&self, place: &Pointer) -> Option<Node<'a>> {
        let value = self.head.tree.pointer(place.as_str())?;
        Some(Node::new(value, place.clone()))
    }

    /// Compares the values at two places, after following `$ref`s.
    pub(super) fn pair(&mut self, kind: ObjectKind, base: &Pointer, head: &Pointer) {
        let (Some(before), Some(after)) = (
            resolved(&self.base.tree, base),
            resolved(&self.head.tree, head),
        ) else {
            return;
        };
        let (old, new) = (&before.place, &after.place);
        if matches!(kind, ObjectKind::Callback | ObjectKind::Link) {
            let member = KeyPair {
                kind,
                key: "",
                owners: (before.clone(), after.clone()),
                base: Some(before),
                head: Some(after),
            };
            return self.note_values(Bucket::Unused, &member);
        }
        self.references(kind, base, head);
        if self.used_at.is_none() && (old != base || new != head) {
            self.result.pairs.insert(base, head);
        }
        if kind == ObjectKind::Schema && self.wraps_other(&before, &after) {
            // One of the two only wraps the other.
            self.compare_wrapped(&before, &after);
            return;
        }
        let is_same = old == new || self.result.pairs.in_head(old) == *new;
        let by_name = (old != base, new != head);
        // A target that exists in both documents was not renamed.
        let stays = by_name.0 && self.head.tree.pointer(old.as_str()).is_some();
        let was_there = by_name.1 && self.base.tree.pointer(new.as_str()).is_some();
        if !is_same && (stays || was_there) {
            self.target_changed(kind, (base, head), &before, &after);
            return;
        }
        if kind == ObjectKind::Schema && by_name != (false, false) && !is_same {
            let name = |by_name: bool, place: &Pointer| {
                let name = place.last().filter(|_| by_name);
                name.map(std::borrow::Cow::into_owned)
            };
            let message = match by_name {
                (true, true) => "renamed",
                (false, _) => "now has a name",
                _ => "no longer has a name",
            };
            self.push(Change {
                rule: DiffRule::SchemaRenamed,
                place: PlacePair::both(old, new),
                message: message.to_owned(),
                before: name(by_name.0, old),
                after: name(by_name.1, new),
                effect: Effect::NONE,
                used_at: None,
            });
        }
        self.compare_resolved(kind, &before, &after);
    }

    /// Handles the `$ref`s at two places, whose targets are compared instead, and notes the keys next to
    /// them, which have no effect.
    pub(super) fn references(&mut self, kind: ObjectKind, base: &Pointer, head: &Pointer) {
        let reference = |at: Option<Node<'a>>| at.filter(|at| at.value.get("$ref").is_some());
        let (before, after) = (reference(self.in_base(base)), reference(self.in_head(head)));
        let nothing = |place: &Pointer| Node::new(&Value::Null, place.clone());
        let owners = (
            before.unwrap_or_else(|| nothing(base)),
            after.unwrap_or_else(|| nothing(head)),
        );
        for key in keys(&owners.0, &owners.1) {
            let member = KeyPair {
                kind,
                key,
                base: owners.0.get(key),
                head: owners.1.get(key),
                owners: owners.clone(),
            };
            let (old, new) = values(&member);
            if key == "$ref" {
                if old != new || base != head {
                    self.result.compared_elsewhere.push(member.place());
                }
            } else if old != new {
                self.note(Bucket::Unused, &member);
            }
        }
    }

    /// Handles a place that refers to another target, where both targets exist in both documents.
    fn target_changed(
        &mut self,
        kind: ObjectKind,
        at: (&Pointer, &Pointer),
        before: &Node<'a>,
        after: &Node<'a>,
    ) {
        let place = PlacePair::both(at.0, at.1);
        let name = |place: &Pointer, at: &Pointer| {
            let name = (place != at).then(|| place.last()).flatten();
            name.map_or_else(|| kind.noun().to_owned(), std::borrow::Cow::into_owned)
        };
        let (old, new) = (name(&before.place, at.0), name(&after.place, at.1));
        if kind == ObjectKind::Schema {
            let (differences, effect) = self.schema_differences(before, after);
            let message = match differences.as_str() {
                "" => "refers to another schema with the same content".to_owned(),
                differences => format!("refers to another schema: {differences}"),
            };
            return self.push(Change {
                rule: DiffRule::TypeChanged,
                place,
                message,
                before: Some(old),
                after: Some(new),
                effect,
                used_at: None,
            });
        }
        let outer_use = self.used_at.clone();
        self.used_at = outer_use.clone().or_else(|| Some(place.clone()));
        let change_count = self.result.changes.len();
        self.compare_resolved(kind, before, after);
        self.used_at = outer_use;
        if self.result.changes.len() == change_count {
            self.result.compared_elsewhere.push(place);
        }
    }

    /// Compares two values that are not `$ref`s.
    fn compare_resolved(&mut self, kind: ObjectKind, base: &Node<'a>, head: &Node<'a>) {
        let key = (base.place.clone(), head.place.clone(), self.used_at.clone());
        if !self.seen.insert(key) {
            return;
        }
        if base.place != head.place {
            if self.used_at.is_none() {
                self.result.pairs.insert(&base.place, &head.place);
            }
            let places = (base.place.clone(), head.place.clone());
            self.result.moved.push(places);
        }
        if base.value == head.value {
            // The `$ref`s within are equal, and their targets are compared separately.
            return;
        }
        if kind == ObjectKind::Schema {
            return self.schema(base, head);
        }
        self.members(kind, base, head);
    }

    /// Returns whether one of two schemas only wraps the other.
    fn wraps_other(&self, before: &Node<'a>, after: &Node<'a>) -> bool {
        let wraps = |tree: &'a Value, at: &Node<'a>, other: &Node<'a>| {
            let child = child_of(at).and_then(|child| resolved(tree, &child));
            let child = child.filter(|child| child.place != at.place);
            child_of(other).is_none() && child.is_some_and(|child| child.place == other.place)
        };
        wraps(&self.base.tree, before, after) || wraps(&self.head.tree, after, before)
    }

    /// Compares a schema that only wraps another one with its counterpart; returns `false` unless exactly
    /// one side is such a wrapper.
    pub(super) fn compare_wrapped(&mut self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let (wrapper, child) = match (child_of(base), child_of(head)) {
            (Some(child), None) => (base, child),
            (None, Some(child)) => (head, child),
            _ => return false,
        };
        let is_base = std::ptr::eq(wrapper.value, base.value);
        let tree = if is_base {
            &self.base.tree
        } else {
            &self.head.tree
        };
        // A schema that wraps itself is compared like any other.
        let Some(target) = resolved(tree, &child).filter(|at| at.place != wrapper.place) else {
            return false;
        };
        for (key, at) in wrapper.members() {
            let is_structural = key == "type" || at.value.is_array();
            let (old, new) = if is_base {
                (Some(at), None)
            } else {
                (None, Some(at))
            };
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: old,
                head: new,
            };
            if is_structural {
                self.note(Bucket::Moved, &member);
            } else {
                self.member(&member);
            }
        }
        let counterpart = if is_base { &head.place } else { &base.place };
        if target.place == *counterpart || self.result.pairs.in_head(&target.place) == *counterpart
        {
            // The other side refers to the same schema without the annotations.
            let (base, head) = if is_base {
                (&child, counterpart)
            } else {
                (counterpart, &child)
            };
            self.references(ObjectKind::Schema, base, head);
        } else if is_base {
            self.pair(ObjectKind::Schema, &child, counterpart);
        } else {
            self.pair(ObjectKind::Schema, counterpart, &child);
        }
        true
    }

    /// Compares the members of two objects.
    pub(super) fn members(&mut self, kind: ObjectKind, base: &Node<'a>, head: &Node<'a>) {
        for key in keys(base, head) {
            let member = KeyPair {
                kind,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let value = |at: &Option<Node<'a>>| at.as_ref().map(|at| at.value);
            if value(&member.base) != value(&member.head) {
                self.member(&member);
            }
        }
    }

    /// Compares the values of a key: with its [`comparator`], or else by the kind of value.
    pub(super) fn member(&mut self, member: &KeyPair<'a>) {
        if member.key.starts_with("x-") {
            self.extension(member);
            return;
        }
        if let Some(compare) = comparator(member.kind, member.key) {
            return compare(self, member);
        }
        let field = match member.kind.keys() {
            ObjectKeys::Fields(fields) => fields.iter().find(|field| field.name == member.key),
            ObjectKeys::Named(_) => None,
        };
        match field {
            Some(field) if field.usage == KeyUse::Meaning => self.by_value_kind(field.kind, member),
            Some(field) if field.usage == KeyUse::Docs => self.documentation(member),
            _ => self.note(Bucket::Unused, member),
        }
    }

    /// Compares two values of a kind.
    fn by_value_kind(&mut self, expected: ValueKind, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            return self.leaf(member);
        };
        match expected {
            ValueKind::Is(kind) | ValueKind::Ref(kind) => self.pair(kind, &base.place, &head.place),
            ValueKind::FlagOrRef(kind) if base.value.is_object() && head.value.is_object() => {
                self.pair(kind, &base.place, &head.place);
            }
            ValueKind::Map(ValueKind::Is(kind) | ValueKind::Ref(kind)) => {
                for key in keys(base, head) {
                    let (base, head) = (base.get(key), head.get(key));
                    match (&base, &head) {
                        (Some(base), Some(head)) => self.pair(*kind, &base.place, &head.place),
                        _ => self.leaf(&KeyPair {
                            key,
                            owners: member.owners.clone(),
                            kind: member.kind,
                            base,
                            head,
                        }),
                    }
                }
            }
            _ => self.leaf(member),
        }
    }

    /// Reports a value without a rule.
    pub(super) fn leaf(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change(member.key, before, after);
        self.changed(
            DiffRule::Changed,
            member.place(),
            message,
            (before, after),
            Effect::ALL,
        );
    }

    /// Notes changes of documentation.
    pub(super) fn documentation(&mut self, member: &KeyPair<'a>) {
        self.note_values(Bucket::Documentation, member);
    }

    /// Notes every difference within a part of the document.
    pub(super) fn note_values(&mut self, bucket: Bucket, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            return self.note(bucket, member);
        };
        let is_compound = (base.value.is_object() && head.value.is_object())
            || (base.value.is_array() && head.value.is_array());
        if !is_compound {
            return self.note(bucket, member);
        }
        let indexes = |at: &Node<'a>| (0..at.items().len()).map(|index| index.to_string());
        let keys: BTreeSet<String> = if base.value.is_array() {
            indexes(base).chain(indexes(head)).collect()
        } else {
            keys(base, head).into_iter().map(str::to_owned).collect()
        };
        for key in keys {
            let inner = |at: &Node<'a>| match at.value {
                Value::Array(_) => at.index(key.parse().ok()?),
                _ => at.get(&key),
            };
            let part = KeyPair {
                kind: member.kind,
                key: member.key,
                owners: member.owners.clone(),
                base: inner(base),
                head: inner(head),
            };
            if values(&part).0 != values(&part).1 {
                self.note_values(bucket, &part);
            }
        }
    }

    fn extension(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        match (member.key, member.kind) {
            // External files are compared where a `$ref` leads to them.
            (key, ObjectKind::OpenApi) if key == Pointer::FILES => {}
            ("x-name", _) => {
                let message = describe_change("x-name", before, after);
                self.changed(
                    DiffRule::NameChanged,
                    member.place(),
                    message,
                    (before, after),
                    Effect::NONE,
                );
            }
            ("x-status", ObjectKind::Response) => self.status(member),
            _ => self.note(Bucket::Extension, member),
        }
    }

    /// Compares the facts in `x-status`.
    fn status(&mut self, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            let (before, after) = values(member);
            let message = describe_change("x-status", before, after);
            return self.changed(
                DiffRule::StatusChanged,
                member.place(),
                message,
                (before, after),
                Effect::NONE,
            );
        };
        for key in keys(base, head) {
            let (old, new) = (base.get(key), head.get(key));
            let (before, after) = (
                old.as_ref().map(|at| at.value),
                new.as_ref().map(|at| at.value),
            );
            if before != after {
                let place = PlacePair {
                    base: old.map(|at| at.place),
                    head: new.map(|at| at.place),
                };
                let message = describe_change(key, before, after);
                self.changed(
                    DiffRule::StatusChanged,
                    place,
                    message,
                    (before, after),
                    Effect::NONE,
                );
            }
        }
    }
}

macro_rules! rows {
    ($($kind:ident [$($key:literal),*] => $compare:path;)*) => {
        /// Returns the function that compares a key; without one it is compared with
        /// [`DiffWalk::by_value_kind`].
        fn comparator<'a>(kind: ObjectKind, key: &str) -> Option<fn(&mut DiffWalk<'a>, &KeyPair<'a>)> {
            match (kind, key) {
                $((ObjectKind::$kind, $($key)|*) => Some($compare),)*
                _ => None,
            }
        }
    };
}

rows! {
    OpenApi ["openapi"] => DiffWalk::version;
    OpenApi ["servers"] => DiffWalk::servers;
    OpenApi ["tags"] => DiffWalk::listed_tags;
    OpenApi ["security"] => DiffWalk::document_security;
    OpenApi ["components"] => DiffWalk::components;
    // Paths are compared first.
    OpenApi ["paths"] => DiffWalk::deferred;
    Info ["version"] => DiffWalk::version;
    Info ["title"] => DiffWalk::documentation;

    // The operations are paired with these keys.
    PathItem ["$ref", "get", "put", "post", "delete"] => DiffWalk::ignored;
    PathItem ["options", "head", "patch", "trace"] => DiffWalk::ignored;
    PathItem ["parameters"] => DiffWalk::path_parameters;
    PathItem ["servers"] => DiffWalk::overriding_servers;

    Operation ["tags"] => DiffWalk::tags;
    Operation ["operationId"] => DiffWalk::operation_id;
    Operation ["parameters"] => DiffWalk::deferred;
    Operation ["security"] => DiffWalk::operation_security;
    Operation ["requestBody"] => DiffWalk::request_body;
    Operation ["responses"] => DiffWalk::responses;
    Operation ["deprecated"] => DiffWalk::deprecated;
    Operation ["servers"] => DiffWalk::overriding_servers;

    Parameter ["name", "in"] => DiffWalk::covered_elsewhere;
    Parameter ["required"] => DiffWalk::parameter_required;
    Parameter ["deprecated"] => DiffWalk::deprecated;
    Parameter ["style", "explode"] => DiffWalk::serialization;
    Parameter ["schema", "content"] => DiffWalk::schema_or_content;
    Parameter ["example", "examples"] => DiffWalk::example;
    Header ["required"] => DiffWalk::header_required;
    Header ["deprecated"] => DiffWalk::deprecated;
    Header ["style", "explode"] => DiffWalk::serialization;
    Header ["schema", "content"] => DiffWalk::schema_or_content;
    Header ["example", "examples"] => DiffWalk::example;

    RequestBody ["required"] => DiffWalk::body_required;
    RequestBody ["content"] => DiffWalk::request_content;
    Response ["content"] => DiffWalk::response_content;
    Response ["headers"] => DiffWalk::headers;
    Response ["links"] => DiffWalk::unused;
    MediaType ["schema"] => DiffWalk::schema_of_content;
    MediaType ["example", "examples"] => DiffWalk::example;
    MediaType ["encoding"] => DiffWalk::encoding;
    Example ["value", "externalValue"] => DiffWalk::example;
    SecurityScheme ["type", "in", "name", "scheme"] => DiffWalk::scheme;
    SecurityScheme ["bearerFormat"] => DiffWalk::documentation;
    SecurityScheme ["flows", "openIdConnectUrl"] => DiffWalk::flows;

    Schema ["type"] => DiffWalk::schema_type;
    Schema ["format"] => DiffWalk::format;
    Schema ["enum"] => DiffWalk::enum_values;
    Schema ["nullable"] => DiffWalk::nullable;
    Schema ["required"] => DiffWalk::required;
    Schema ["properties"] => DiffWalk::properties;
    Schema ["additionalProperties"] => DiffWalk::additional_properties;
    Schema ["items"] => DiffWalk::array_items;
    Schema ["oneOf", "anyOf"] => DiffWalk::alternatives;
    Schema ["allOf"] => DiffWalk::all_of;
    Schema ["discriminator"] => DiffWalk::discriminator;
    Schema ["maxLength", "maxItems", "maxProperties", "maximum"] => DiffWalk::upper_bound;
    Schema ["minLength", "minItems", "minProperties", "minimum"] => DiffWalk::lower_bound;
    Schema ["pattern", "multipleOf", "not"] => DiffWalk::constraint;
    Schema ["uniqueItems", "exclusiveMinimum", "exclusiveMaximum"] => DiffWalk::constraint;
    Schema ["default"] => DiffWalk::default;
    Schema ["readOnly", "writeOnly"] => DiffWalk::direction;
    Schema ["deprecated"] => DiffWalk::deprecated;
    Schema ["example"] => DiffWalk::example;
    Schema ["xml"] => DiffWalk::unused;
}

/// Returns whether the values of two schemas have nothing in common.
pub(super) fn is_of_other_type(base: &Node<'_>, head: &Node<'_>) -> bool {
    let types = (base.text("type"), head.text("type"));
    let is_number = |ty: &str| matches!(ty, "integer" | "number");
    let is_said = !types.0.is_empty() && !types.1.is_empty();
    let are_numbers = is_number(types.0) && is_number(types.1);
    is_said && types.0 != types.1 && !are_numbers
}

/// Returns the keys of two objects.
pub(super) fn keys<'a>(base: &Node<'a>, head: &Node<'a>) -> BTreeSet<&'a str> {
    let members = [base, head]
        .into_iter()
        .filter_map(|at| at.value.as_object());
    members.flat_map(Map::keys).map(String::as_str).collect()
}

/// Returns the values of a key on both sides.
pub(super) fn values<'a>(member: &KeyPair<'a>) -> (Option<&'a Value>, Option<&'a Value>) {
    let value = |at: &Option<Node<'a>>| at.as_ref().map(|at| at.value);
    (value(&member.base), value(&member.head))
}

/// Describes the change of a key: added, removed or changed.
pub(super) fn describe_change(key: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (None, _) => format!("`{key}` was added"),
        (_, None) => format!("`{key}` was removed"),
        _ => format!("`{key}` changed"),
    }
}

/// Returns the value at a place, after following `$ref`s.
pub(super) fn resolved<'a>(tree: &'a Value, place: &Pointer) -> Option<Node<'a>> {
    let mut place = place.clone();
    // There are no cycles: loading has followed every `$ref`.
    loop {
        let value = tree.pointer(place.as_str())?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => place = Pointer::from_fragment(reference)?,
            None => return Some(Node::new(value, place)),
        }
    }
}

/// Returns the place of the schema that this one only wraps.
fn child_of(at: &Node<'_>) -> Option<Pointer> {
    only_child(&at.place, at.value.as_object()?)
}
