//! Compares the constraints of schemas, and their defaults.

use serde_json::Value;

use super::{
    node::{KeyPair, describe_change, values},
    walk::DiffWalk,
};
use crate::diff::{
    rules::{Bucket, DiffRule},
    wire_risk::{Directions, Effect},
};

impl<'a> DiffWalk<'a> {
    pub(in crate::diff) fn upper_bound(&mut self, member: &KeyPair<'a>) {
        self.bound(member, |before, after| after < before);
    }

    pub(in crate::diff) fn lower_bound(&mut self, member: &KeyPair<'a>) {
        self.bound(member, |before, after| after > before);
    }

    fn bound(&mut self, member: &KeyPair<'a>, is_tighter: fn(f64, f64) -> bool) {
        let (before, after) = values(member);
        let no_limit = |value: Option<&Value>| {
            // A minimum length or count of 0 has no effect.
            member.key.starts_with("min")
                && member.key != "minimum"
                && value.is_some_and(|after| after == 0)
        };
        let (was_none, is_none) = (
            before.is_none() || no_limit(before),
            after.is_none() || no_limit(after),
        );
        let numbers = (
            before.and_then(Value::as_f64),
            after.and_then(Value::as_f64),
        );
        let is_whole =
            |value: Option<&Value>| value.is_none_or(|value| value.is_i64() || value.is_f64());
        if (was_none && is_none) || (numbers.0 == numbers.1 && is_whole(before) && is_whole(after))
        {
            return self.note(Bucket::Moved, member);
        }
        let (rule, effect) = match numbers {
            (None, _) => (DiffRule::ConstraintTightened, Effect::TIGHTENED),
            (Some(before), Some(after)) if is_tighter(before, after) => {
                (DiffRule::ConstraintTightened, Effect::TIGHTENED)
            }
            _ => (DiffRule::ConstraintRelaxed, Effect::RELAXED),
        };
        self.changed(
            rule,
            member.place(),
            describe_change(member.key, before, after),
            (before, after),
            effect,
        );
    }

    /// Compares a constraint whose values have no order.
    pub(in crate::diff) fn constraint(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let no = |value: Option<&Value>| value.is_none_or(|value| value == false);
        let (rule, effect) = match (no(before), no(after)) {
            (true, true) => return self.note(Bucket::Moved, member),
            (true, false) => (DiffRule::ConstraintTightened, Effect::TIGHTENED),
            (false, true) => (DiffRule::ConstraintRelaxed, Effect::RELAXED),
            (false, false) => (
                DiffRule::ConstraintChanged,
                Effect::ALL.only(Directions {
                    requests: true,
                    responses: false,
                }),
            ),
        };
        self.changed(
            rule,
            member.place(),
            describe_change(member.key, before, after),
            (before, after),
            effect,
        );
    }

    pub(in crate::diff) fn default(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change("default", before, after);
        // A request without the value now means something else.
        let effect = Effect::OLD_CLIENTS.only(Directions {
            requests: true,
            responses: false,
        });
        self.changed(
            DiffRule::DefaultChanged,
            member.place(),
            message,
            (before, after),
            effect,
        );
    }
}
