//! Compares the facts about statuses: `x-status`.

use super::{
    changes::{Change, WalkResult},
    node::{KeyPair, describe_change, keys, values},
    walk::DiffWalk,
};
use crate::diff::{PlacePair, Side, rules::DiffRule, wire_risk::Effect};

impl<'a> DiffWalk<'a> {
    /// Compares the facts in `x-status`.
    pub(super) fn status(&mut self, member: &KeyPair<'a>) {
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

/// Reports names of statuses that now stand for another code: code that uses them compiles, but behaves
/// differently.
pub(super) fn status_codes(base: &Side, head: &Side, result: &mut WalkResult) {
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
