//! Compares schemas whose `allOf` differ, and schemas that one place refers to before and after.

use serde_json::Value;

use super::{
    merged_object::{GATHERED, MergedObject},
    node::{KeyPair, Node, values},
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::spec::ObjectKind,
    lower::without_docs,
    pointer::Pointer,
};

impl<'a> DiffWalk<'a> {
    /// Returns whether the parts of an `allOf` are different ones, and not only their contents.
    pub(super) fn is_recomposed(&self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let parts = |at: &Node<'a>| {
            at.get("allOf")
                .iter()
                .flat_map(Node::items)
                .collect::<Vec<_>>()
        };
        let (old, new) = (parts(base), parts(head));
        let target = |at: &Node<'a>| {
            let text = at.value.get("$ref").and_then(Value::as_str);
            text.and_then(Pointer::from_fragment)
        };
        let mut before: Vec<_> = old.iter().filter_map(target).collect();
        let mut after: Vec<_> = new.iter().filter_map(target).collect();
        let inline = (old.len() - before.len(), new.len() - after.len());
        before.retain(|place| {
            let same = self.result.pairs.in_head(place);
            let found = after.iter().position(|other| *other == same);
            found.map(|index| after.remove(index)).is_none()
        });
        let is_renamed = matches!((before.as_slice(), after.as_slice()), ([before], [after])
            if self.in_head(before).is_none() && self.in_base(after).is_none());
        inline.0 != inline.1 || !(is_renamed || (before.is_empty() && after.is_empty()))
    }

    /// Compares two objects with different `allOf` parts by their merged properties.
    pub(super) fn recomposed(&mut self, base: &Node<'a>, head: &Node<'a>) {
        let change_count = self.result.changes.len();
        let old = MergedObject::merge(&self.base.tree, base);
        let new = MergedObject::merge(&self.head.tree, head);
        // Parts that are defined elsewhere did not change there; this schema only starts or stops including
        // them.
        let parts = |at: &Node<'a>| {
            at.get("allOf")
                .map_or_else(|| at.place.clone(), |at| at.place)
        };
        let all_of = PlacePair::both(&parts(base), &parts(head));
        let outer_use = self.used_at.clone();
        self.used_at = outer_use.clone().or_else(|| Some(all_of.clone()));
        let in_base = |place: &Pointer| {
            let own = place.is_within(&base.place).then(|| PlacePair::base(place));
            own.unwrap_or_else(|| all_of.clone())
        };
        let in_head = |place: &Pointer| {
            let own = place.is_within(&head.place).then(|| PlacePair::head(place));
            own.unwrap_or_else(|| all_of.clone())
        };
        for (name, before) in &old.properties {
            match new.properties.get(name) {
                Some(after) => {
                    let is_own =
                        before.place.is_within(&base.place) && after.place.is_within(&head.place);
                    let here = self.used_at.clone();
                    if is_own {
                        self.used_at.clone_from(&outer_use);
                    }
                    self.pair(ObjectKind::Schema, &before.place, &after.place);
                    self.used_at = here;
                }
                None => {
                    let is_required = old.required.contains_key(name);
                    self.property_removed(name, in_base(&before.place), is_required, false);
                }
            }
        }
        for (name, after) in &new.properties {
            if !old.properties.contains_key(name) {
                let is_required = new.required.contains_key(name);
                self.property_added(name, in_head(&after.place), is_required, false);
            }
        }
        let both =
            |name: &str| old.properties.contains_key(name) == new.properties.contains_key(name);
        for (name, place) in &old.required {
            if !new.required.contains_key(name) && both(name) {
                let message = format!("the property `{name}` is now optional");
                self.change(
                    DiffRule::PropertyOptional,
                    in_base(place),
                    message,
                    Effect::OPTIONAL,
                );
            }
        }
        for (name, place) in &new.required {
            if !old.required.contains_key(name) && both(name) {
                let message = format!("the property `{name}` is now required");
                self.change(
                    DiffRule::PropertyRequired,
                    in_head(place),
                    message,
                    Effect::REQUIRED,
                );
            }
        }
        if old.constraints != new.constraints {
            let message = "the parts of `allOf` changed".to_owned();
            let place = PlacePair {
                base: base.get("allOf").map(|at| at.place),
                head: head.get("allOf").map(|at| at.place),
            };
            self.change(DiffRule::CompositionChanged, place, message, Effect::ALL);
        }
        self.used_at = outer_use;
        let is_covered = self.result.changes.len() > change_count;
        for key in GATHERED {
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let (before, after) = values(&member);
            if before == after {
                continue;
            }
            if is_covered {
                self.result.covered.push(member.place());
            } else {
                self.note(Bucket::Moved, &member);
            }
        }
    }

    /// Compares the parts of an `allOf` that has the same parts on both sides.
    pub(in crate::diff) fn all_of(&mut self, member: &KeyPair<'a>) {
        let _ = self.pair_schemas(member);
        if member.base.is_none() || member.head.is_none() {
            self.result.compared_elsewhere.push(member.place());
        }
    }

    /// Describes the differences of two schemas that the same place refers to, and returns their effect.
    pub(super) fn schema_differences(
        &self,
        before: &Node<'a>,
        after: &Node<'a>,
    ) -> (String, Effect) {
        const MOST: usize = 4;
        let bare = |tree: &Value, at: &Node<'_>| without_docs(tree, ObjectKind::Schema, at.value);
        if bare(&self.base.tree, before) == bare(&self.head.tree, after) {
            return (String::new(), Effect::NONE);
        }
        let old = MergedObject::merge(&self.base.tree, before);
        let new = MergedObject::merge(&self.head.tree, after);
        if old.properties.is_empty()
            || new.properties.is_empty()
            || old.constraints != new.constraints
        {
            return ("its values are different".to_owned(), Effect::ALL);
        }
        let mut differences = Vec::new();
        let mut effect = Effect::NONE;
        let mut note = |text: String, more: Effect| {
            differences.push(text);
            effect = effect.and(more);
        };
        for (name, at) in &old.properties {
            let required = (
                old.required.contains_key(name),
                new.required.contains_key(name),
            );
            match (new.properties.get(name), required) {
                (None, (true, _)) => {
                    note(format!("the required `{name}` was removed"), Effect::LOST);
                }
                (None, _) => note(format!("`{name}` was removed"), Effect::UNHEEDED),
                (Some(head_property), _)
                    if bare(&self.base.tree, at) != bare(&self.head.tree, head_property) =>
                {
                    note(format!("`{name}` changed"), Effect::ALL);
                }
                (_, (true, false)) => note(format!("`{name}` is now optional"), Effect::OPTIONAL),
                (_, (false, true)) => note(format!("`{name}` is now required"), Effect::REQUIRED),
                _ => {}
            }
        }
        for name in new
            .properties
            .keys()
            .filter(|name| !old.properties.contains_key(*name))
        {
            if new.required.contains_key(name) {
                note(format!("the required `{name}` was added"), Effect::REQUIRED);
            } else {
                note(format!("`{name}` was added"), Effect::NONE);
            }
        }
        let more = differences.len().saturating_sub(MOST);
        differences.truncate(MOST);
        if more > 0 {
            differences.push(format!("and {more} more"));
        }
        (differences.join(", "), effect)
    }
}
