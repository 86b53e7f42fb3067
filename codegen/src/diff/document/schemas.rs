//! Compares schemas keyword by keyword.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{
    merged_object::{GATHERED, OF_ALL},
    node::{KeyPair, Node, describe_change, display_value, is_of_other_type, keys, values},
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::spec::ObjectKind,
    model::{Formats, IntegerType},
};

/// Returns whether a format selects a Rust type that has nothing in common with others.
fn selects_type(format: &str) -> bool {
    matches!(format, "binary" | "status-choice") || IntegerType::from_format(format).is_some()
}

/// Returns whether strings with a format have a type other than `String`.
fn has_string_type(format: &str) -> bool {
    Formats::default().get(format).is_some()
}

/// Returns the effect of a change of the type of an integer.
fn range_effect(before: IntegerType, after: IntegerType) -> Effect {
    let (before, after) = (before.range(), after.range());
    let includes = |outer: &RangeInclusive<i128>, inner: &RangeInclusive<i128>| {
        outer.contains(inner.start()) && outer.contains(inner.end())
    };
    if includes(&after, &before) {
        Effect::WIDENED
    } else if includes(&before, &after) {
        Effect::NARROWED
    } else {
        Effect::ALL
    }
}

impl<'a> DiffWalk<'a> {
    /// Compares two schemas keyword by keyword, unless one of them only wraps another schema, or their
    /// values have nothing in common.
    pub(super) fn schema(&mut self, base: &Node<'a>, head: &Node<'a>) {
        if self.compare_wrapped(base, head) {
            return;
        }
        let is_other = is_of_other_type(base, head);
        let is_recomposed = !is_other && self.is_recomposed(base, head);
        if is_recomposed {
            self.recomposed(base, head);
        }
        let swapped = (!is_other)
            .then(|| self.swapped_union(base, head))
            .flatten();
        let is_tagged = !is_other && self.tags_differ(base, head);
        for key in keys(base, head) {
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let (before, after) = values(&member);
            if before == after || (is_recomposed && GATHERED.contains(&key)) {
                continue;
            }
            if swapped.is_some_and(|swapped| swapped.contains(&key)) {
                continue;
            }
            match key {
                "discriminator" if before.is_some() && after.is_some() && !is_other => {
                    // The effect of the discriminator is compared, not its notation.
                    if is_tagged {
                        self.result.covered.push(member.place());
                    } else {
                        self.note(Bucket::Moved, &member);
                    }
                }
                key if is_other && !OF_ALL.contains(&key) && !key.starts_with("x-") => {
                    // The change of the type covers this keyword.
                    self.result.covered.push(member.place());
                }
                _ => self.member(&member),
            }
        }
    }

    pub(in crate::diff) fn schema_type(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let (old, new) = (
            before.and_then(Value::as_str),
            after.and_then(Value::as_str),
        );
        let effect = match (old, new) {
            (Some("integer"), Some("number")) | (Some(_), None) => Effect::WIDENED,
            (Some("number"), Some("integer")) | (None, Some(_)) => Effect::NARROWED,
            _ => Effect::ALL,
        };
        // A schema with properties describes an object, with or without `type`.
        let object_keys = |owner: &Node<'_>| {
            ["properties", "additionalProperties"].map(|key| owner.get(key).is_some())
        };
        let has_properties = |owner: &Node<'_>| object_keys(owner).contains(&true);
        let effect = match (old, new) {
            (None, Some("object")) if has_properties(&member.owners.0) => Effect::NONE,
            (Some("object"), None) if has_properties(&member.owners.1) => Effect::NONE,
            _ => effect,
        };
        self.changed(
            DiffRule::TypeChanged,
            member.place(),
            describe_change("type", before, after),
            (before, after),
            effect,
        );
    }

    pub(in crate::diff) fn format(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        if member.owners.0.text("type") != member.owners.1.text("type") {
            // The change of the type covers this keyword.
            return self.result.covered.push(member.place());
        }
        let (rule, effect) = match (before, after) {
            (None, Some(_)) => (DiffRule::ConstraintTightened, Effect::TIGHTENED),
            (Some(_), None) => (DiffRule::ConstraintRelaxed, Effect::RELAXED),
            _ => (DiffRule::ConstraintChanged, Effect::ALL),
        };
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        let (before_format, after_format) = (text(before), text(after));
        let (old, new) = &member.owners;
        let is_enum = old.value.get("enum").is_some() || new.value.get("enum").is_some();
        // Integers have 64 bits by default.
        let integer = |format: &str| match format {
            "" => Some(IntegerType::Int64),
            format => IntegerType::from_format(format),
        };
        let (rule, effect) = match (before_format, after_format) {
            // All numbers are floating-point.
            ("" | "double" | "float", "" | "double" | "float") => {
                (DiffRule::ConstraintChanged, Effect::NONE)
            }
            (old, new) if selects_type(old) || selects_type(new) => {
                match integer(old).zip(integer(new)) {
                    Some((old, new)) if old == new => (DiffRule::ConstraintChanged, Effect::NONE),
                    Some((old, new)) => (DiffRule::TypeChanged, range_effect(old, new)),
                    None => (DiffRule::TypeChanged, Effect::ALL),
                }
            }
            (old, new) if (has_string_type(old) || has_string_type(new)) && !is_enum => {
                let effect = match (before, after) {
                    (None, _) => Effect::NARROWED,
                    (_, None) => Effect::WIDENED,
                    _ => Effect::ALL,
                };
                (DiffRule::TypeChanged, effect)
            }
            _ => (rule, effect),
        };
        self.changed(
            rule,
            member.place(),
            describe_change("format", before, after),
            (before, after),
            effect,
        );
    }

    pub(in crate::diff) fn enum_values(&mut self, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            let (before, after) = values(member);
            let (rule, effect) = match before {
                None => (DiffRule::EnumValueRemoved, Effect::TIGHTENED),
                Some(_) => (DiffRule::EnumValueAdded, Effect::WIDENED),
            };
            return self.changed(
                rule,
                member.place(),
                describe_change("enum", before, after),
                (before, after),
                effect,
            );
        };
        let is_in = |value: &Value, other: &Node<'a>| {
            other
                .value
                .as_array()
                .is_some_and(|values| values.contains(value))
        };
        let mut is_covered = false;
        for before in base.items() {
            let same = head
                .items()
                .into_iter()
                .find(|after| after.value == before.value);
            if let Some(after) = &same {
                self.result.pairs.insert(&before.place, &after.place);
            }
            if !is_in(before.value, head) {
                is_covered = true;
                let message = format!("the value `{}` was removed", display_value(before.value));
                let place = PlacePair::base(&before.place);
                self.change(
                    DiffRule::EnumValueRemoved,
                    place,
                    message,
                    Effect::TIGHTENED,
                );
            }
        }
        for after in head.items() {
            if !is_in(after.value, base) {
                is_covered = true;
                let message = format!("the value `{}` was added", display_value(after.value));
                let place = PlacePair::head(&after.place);
                self.change(DiffRule::EnumValueAdded, place, message, Effect::WIDENED);
            }
        }
        if !is_covered {
            return self.note(Bucket::Moved, member);
        }
        // A value that was added or removed moves the later ones in the list.
        self.result
            .moved
            .push((base.place.clone(), head.place.clone()));
    }

    pub(in crate::diff) fn nullable(&mut self, member: &KeyPair<'a>) {
        let (rule, message, effect) = match (
            member.owners.0.flag("nullable"),
            member.owners.1.flag("nullable"),
        ) {
            (false, true) => (DiffRule::NullAdded, "may now be `null`", Effect::WIDENED),
            (true, false) => (
                DiffRule::NullRemoved,
                "can no longer be `null`",
                Effect::NARROWED,
            ),
            _ => return self.note(Bucket::Moved, member),
        };
        self.change(rule, member.place(), message.to_owned(), effect);
    }

    pub(in crate::diff) fn array_items(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => self.pair(ObjectKind::Schema, &base.place, &head.place),
            _ => {
                let (before, after) = values(member);
                let message = describe_change("items", before, after);
                self.change(DiffRule::TypeChanged, member.place(), message, Effect::ALL);
            }
        }
    }

    pub(in crate::diff) fn direction(&mut self, member: &KeyPair<'a>) {
        let (before, after) = (
            member.owners.0.flag(member.key),
            member.owners.1.flag(member.key),
        );
        if before == after {
            return self.note(Bucket::Moved, member);
        }
        let (message, effect) = match (member.key, after) {
            ("readOnly", true) => ("now only sent in responses", Effect::UNHEEDED),
            ("readOnly", false) => ("now also accepted in requests", Effect::RELAXED),
            (_, true) => ("now only accepted in requests", Effect::LOST_IN_RESPONSES),
            _ => ("now also sent in responses", Effect::NONE),
        };
        self.change(
            DiffRule::PropertyDirectionChanged,
            member.place(),
            message.to_owned(),
            effect,
        );
    }
}
