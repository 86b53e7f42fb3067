//! Compares two documents in parallel, place by place.
//!
//! Places are paired by meaning, not by position: parameters by name, responses by status, and the targets
//! of `$ref`s by the places that refer to them. Every part of a document is compared once with its
//! counterpart; a part without counterpart was added or removed. Nothing is skipped: [`DiffWalk::leaf`]
//! handles every key without a rule.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    changes::{Change, WalkResult},
    node::{KeyPair, Node, describe_change, keys, resolved, values},
    statuses,
};
use crate::{
    diff::{
        PlacePair, Side,
        rules::{self, Bucket, DiffRule},
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

/// The state of the comparison.
pub(in crate::diff) struct DiffWalk<'a> {
    pub(super) base: &'a Document,
    pub(super) head: &'a Document,
    /// The security schemes of both models.
    pub(super) schemes: (&'a [SecurityScheme], &'a [SecurityScheme]),
    pub(super) result: WalkResult,
    seen: HashSet<(Pointer, Pointer, Option<PlacePair>)>,
    pub(super) reported: HashSet<(DiffRule, PlacePair, String, Option<PlacePair>)>,
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
    statuses::status_codes(base, head, &mut walk.result);
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
            if place.find(&self.head.tree).is_some() {
                self.pair(*kind, place, place);
            }
        }
    }

    /// Returns the value at a place of the base.
    pub(super) fn in_base(&self, place: &Pointer) -> Option<Node<'a>> {
        let value = place.find(&self.base.tree)?;
        Some(Node::new(value, place.clone()))
    }

    /// Returns the value at a place of the head.
    pub(super) fn in_head(&self, place: &Pointer) -> Option<Node<'a>> {
        let value = place.find(&self.head.tree)?;
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
        let stays = by_name.0 && old.find(&self.head.tree).is_some();
        let was_there = by_name.1 && new.find(&self.base.tree).is_some();
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
        // A union of one alternative that gets another one is a union on both sides.
        let has_union = |key| base.get(key).is_some() && head.get(key).is_some();
        if ["oneOf", "anyOf"].into_iter().any(has_union) {
            return false;
        }
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

    /// Compares the values of a key: with its [comparator](rules::comparator), or else by the kind of value.
    pub(super) fn member(&mut self, member: &KeyPair<'a>) {
        if member.key.starts_with("x-") {
            self.extension(member);
            return;
        }
        if let Some(compare) = rules::comparator(member.kind, member.key) {
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

    fn extension(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        match (member.key, member.kind) {
            // External files are compared where a `$ref` leads to them.
            (key, ObjectKind::OpenApi) if key == Pointer::FILES => {}
            ("x-name" | "x-enum-varnames", _) => {
                let message = describe_change(member.key, before, after);
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

    pub(in crate::diff) fn deprecated(&mut self, member: &KeyPair<'a>) {
        let (rule, message) = match (
            member.owners.0.flag("deprecated"),
            member.owners.1.flag("deprecated"),
        ) {
            (false, true) => (DiffRule::Deprecated, "now deprecated"),
            (true, false) => (DiffRule::Undeprecated, "no longer deprecated"),
            _ => return self.note(Bucket::Moved, member),
        };
        self.change(rule, member.place(), message.to_owned(), Effect::NONE);
    }
}

/// Returns the place of the schema that this one only wraps.
fn child_of(at: &Node<'_>) -> Option<Pointer> {
    only_child(&at.place, at.value.as_object()?)
}
