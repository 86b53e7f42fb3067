//! Records the differences of two documents: changes with consequences, and changes that are only counted.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    node::{KeyPair, Node, describe_change, display_value, keys, values},
    pairs::Pairs,
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
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

impl<'a> DiffWalk<'a> {
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
    pub(in crate::diff) fn documentation(&mut self, member: &KeyPair<'a>) {
        self.note_values(Bucket::Documentation, member);
    }

    pub(in crate::diff) fn example(&mut self, member: &KeyPair<'a>) {
        self.note_values(Bucket::Example, member);
    }

    pub(in crate::diff) fn unused(&mut self, member: &KeyPair<'a>) {
        self.note_values(Bucket::Unused, member);
    }

    pub(in crate::diff) fn version(&mut self, member: &KeyPair<'a>) {
        self.note(Bucket::Version, member);
    }

    /// Does nothing, for a key whose value is compared elsewhere.
    #[expect(clippy::unused_self, reason = "the shape of a row")]
    pub(in crate::diff) fn ignored(&mut self, _: &KeyPair<'a>) {}

    /// Handles a key that is compared together with other keys; an empty list equals a missing one.
    pub(in crate::diff) fn deferred(&mut self, member: &KeyPair<'a>) {
        let is_empty = |at: &Option<Node<'a>>| {
            at.as_ref()
                .is_none_or(|at| at.items().is_empty() && at.members().is_empty())
        };
        if is_empty(&member.base) && is_empty(&member.head) {
            self.note(Bucket::Moved, member);
        }
    }
}
