//! Compares `oneOf`, `anyOf` and discriminators.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    merged_object::MergedObject,
    node::{KeyPair, Node, describe_change, display_value, resolved, values},
    walk::DiffWalk,
};
use crate::{
    diff::{PlacePair, rules::DiffRule, wire_risk::Effect},
    load::spec::ObjectKind,
    lower::without_docs,
    pointer::Pointer,
};

impl<'a> DiffWalk<'a> {
    /// Compares `oneOf` and `anyOf`: pairs the alternatives by reference, then by content, then in order.
    pub(in crate::diff) fn alternatives(&mut self, member: &KeyPair<'a>) {
        let (old, new) = self.pair_schemas(member);
        if member.base.is_none() || member.head.is_none() {
            let (before, after) = values(member);
            let message = describe_change(member.key, before, after);
            return self.change(DiffRule::TypeChanged, member.place(), message, Effect::ALL);
        }
        for before in old {
            let message = format!("the {} was removed", self.name(&before, true));
            let place = PlacePair::base(&before.place);
            self.change(
                DiffRule::AlternativeRemoved,
                place,
                message,
                Effect::TIGHTENED,
            );
        }
        for after in new {
            let message = format!("the {} was added", self.name(&after, false));
            let place = PlacePair::head(&after.place);
            self.change(DiffRule::AlternativeAdded, place, message, Effect::WIDENED);
        }
    }

    /// Compares `oneOf` with `anyOf` by their alternatives.
    pub(super) fn swapped_union(
        &mut self,
        base: &Node<'a>,
        head: &Node<'a>,
    ) -> Option<[&'static str; 2]> {
        let keys = ["oneOf", "anyOf"];
        let has = |at: &Node<'a>| keys.map(|key| at.get(key));
        let (([Some(old), None], [None, Some(new)]) | ([None, Some(old)], [Some(new), None])) =
            (has(base), has(head))
        else {
            return None;
        };
        self.result
            .moved
            .push((old.place.clone(), new.place.clone()));
        self.alternatives(&KeyPair {
            kind: ObjectKind::Schema,
            key: "oneOf",
            owners: (base.clone(), head.clone()),
            base: Some(old),
            head: Some(new),
        });
        Some(keys)
    }

    /// Pairs the elements of two lists of schemas, and compares the pairs; returns the unpaired elements.
    pub(super) fn pair_schemas(&mut self, member: &KeyPair<'a>) -> (Vec<Node<'a>>, Vec<Node<'a>>) {
        let items = |at: &Option<Node<'a>>| at.as_ref().map(Node::items).unwrap_or_default();
        let (mut old, mut new) = (items(&member.base), items(&member.head));
        let mut pairs: Vec<(Pointer, Pointer)> = Vec::new();
        let mut take = |is_same: &dyn Fn(&Node<'a>, &Node<'a>) -> bool| {
            old.retain(|before| {
                let found = new.iter().position(|after| is_same(before, after));
                if let Some(index) = found {
                    let after: Node<'a> = new.remove(index);
                    pairs.push((before.place.clone(), after.place));
                }
                found.is_none()
            });
        };
        take(&|before, after| before.value == after.value);
        let bare = |tree: &Value, at: &Node<'_>| {
            let at = resolved(tree, &at.place);
            at.map(|at| without_docs(tree, ObjectKind::Schema, at.value))
        };
        let target = |at: &Node<'_>| at.value.get("$ref").cloned();
        take(&|before, after| is_reference(before) && target(before) == target(after));
        // Pairs an inline schema with a reference to an equal schema.
        take(&|before, after| {
            is_reference(before) != is_reference(after)
                && bare(&self.base.tree, before) == bare(&self.head.tree, after)
        });
        take(&|before, after| {
            before.place.last() == after.place.last()
                && is_reference(before) == is_reference(after)
                && !is_reference(before)
        });
        // A reference to a removed schema and one to an added schema are the same schema under another
        // name.
        let dangling = |list: &[Node<'a>], other_tree: &Value| -> BTreeSet<Pointer> {
            let is_in = |at: &Node<'a>| {
                let target = at.value.get("$ref").and_then(Value::as_str);
                let target = target.and_then(Pointer::from_fragment);
                target.is_some_and(|target| target.find(other_tree).is_some())
            };
            let list = list.iter().filter(|at| is_reference(at) && !is_in(at));
            list.map(|at| at.place.clone()).collect()
        };
        let removed = dangling(&old, &self.head.tree);
        let added = dangling(&new, &self.base.tree);
        if removed.len() == 1 && added.len() == 1 {
            let (Some(before), Some(after)) = (removed.first(), added.first()) else {
                return (old, new);
            };
            old.retain(|at| at.place != *before);
            new.retain(|at| at.place != *after);
            pairs.push((before.clone(), after.clone()));
        }
        // Pairs the remaining inline schemas in order, if there are equally many.
        let inline = |list: &[Node<'a>]| list.iter().filter(|at| !is_reference(at)).count();
        if inline(&old) == inline(&new) {
            let plain = |list: &mut Vec<Node<'a>>| -> Vec<Pointer> {
                let (plain, references) = list.drain(..).partition(|at| !is_reference(at));
                *list = references;
                let plain: Vec<Node<'a>> = plain;
                plain.into_iter().map(|at| at.place).collect()
            };
            pairs.extend(plain(&mut old).into_iter().zip(plain(&mut new)));
        }
        for (before, after) in pairs {
            if before != after {
                self.result.moved.push((before.clone(), after.clone()));
            }
            self.pair(ObjectKind::Schema, &before, &after);
        }
        (old, new)
    }

    /// Describes an alternative.
    fn name(&self, at: &Node<'a>, in_base: bool) -> String {
        let tree = if in_base {
            &self.base.tree
        } else {
            &self.head.tree
        };
        let target = resolved(tree, &at.place).filter(|target| target.place != at.place);
        match target.and_then(|target| target.place.last().map(std::borrow::Cow::into_owned)) {
            Some(name) => format!("alternative `{name}`"),
            None => "unnamed alternative".to_owned(),
        }
    }

    pub(in crate::diff) fn discriminator(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change("discriminator", before, after);
        self.changed(
            DiffRule::DiscriminatorChanged,
            member.place(),
            message,
            (before, after),
            Effect::ALL,
        );
    }

    /// Reports changes of the discriminator's property and values; returns whether there are any.
    pub(super) fn tags_differ(&mut self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let (Some(before), Some(after)) = (base.get("discriminator"), head.get("discriminator"))
        else {
            return false;
        };
        let place = PlacePair::both(&before.place, &after.place);
        let (old, new) = (before.text("propertyName"), after.text("propertyName"));
        if old != new {
            let message = "the discriminator property changed".to_owned();
            let names = (Value::from(old), Value::from(new));
            let values = (Some(&names.0), Some(&names.1));
            self.changed(
                DiffRule::DiscriminatorChanged,
                place,
                message,
                values,
                Effect::ALL,
            );
            return true;
        }
        let (old_targets, new_targets) = (tags(&self.base.tree, base), tags(&self.head.tree, head));
        let names = |targets: &BTreeMap<String, Pointer>| -> BTreeSet<String> {
            targets.keys().cloned().collect()
        };
        let (old, new) = (names(&old_targets), names(&new_targets));
        let mut is_retargeted = false;
        for (tag, target) in &old_targets {
            // The target of a renamed schema is another one, but the base does not have it.
            let other = new_targets.get(tag).filter(|other| {
                *other != target && old_targets.values().any(|target| target == *other)
            });
            if let Some(other) = other {
                is_retargeted = true;
                let name = |target: &Pointer| target.last().unwrap_or_default().into_owned();
                let message = format!(
                    "the value `{tag}` of `{}` selects `{}`, no longer `{}`",
                    before.text("propertyName"),
                    name(other),
                    name(target)
                );
                self.change(
                    DiffRule::DiscriminatorTargetChanged,
                    place.clone(),
                    message,
                    Effect::ALL,
                );
            }
        }
        for tag in old.difference(&new) {
            let message = format!(
                "the value `{tag}` of `{}` was removed",
                before.text("propertyName")
            );
            let effect = Effect::TIGHTENED;
            self.change(
                DiffRule::DiscriminatorChanged,
                place.clone(),
                message,
                effect,
            );
        }
        for tag in new.difference(&old) {
            let message = format!(
                "the value `{tag}` of `{}` was added",
                before.text("propertyName")
            );
            let effect = Effect::WIDENED;
            self.change(
                DiffRule::DiscriminatorChanged,
                place.clone(),
                message,
                effect,
            );
        }
        old != new || is_retargeted
    }
}

/// Returns whether a schema is a `$ref`.
fn is_reference(at: &Node<'_>) -> bool {
    at.value.get("$ref").is_some()
}

/// Returns the discriminator values of a schema, each with the schema that it selects: those of the mapping, and for
/// each alternative that is not mapped the values of its property, or else its name (OpenAPI 3.0.3, section 4.7.25).
fn tags(tree: &Value, at: &Node<'_>) -> BTreeMap<String, Pointer> {
    let discriminator = at.value.get("discriminator");
    let mapping = discriminator.and_then(|object| object.get("mapping")?.as_object());
    let tag = discriminator.and_then(|object| object.get("propertyName")?.as_str());
    let mut tags: BTreeMap<String, Pointer> = mapping
        .into_iter()
        .flatten()
        .map(|(tag, target)| {
            let target = target.as_str().unwrap_or_default();
            let section = Pointer::root().key("components").key("schemas");
            let target = Pointer::from_fragment(target).unwrap_or_else(|| section.key(target));
            (tag.clone(), target)
        })
        .collect();
    let mapped: BTreeSet<Pointer> = tags.values().cloned().collect();
    for key in ["oneOf", "anyOf"] {
        for alternative in at.get(key).iter().flat_map(Node::items) {
            let Some(target) = resolved(tree, &alternative.place) else {
                continue;
            };
            if mapped.contains(&target.place) {
                continue;
            }
            let object = MergedObject::merge(tree, &target);
            let values = tag.and_then(|tag| resolved(tree, &object.properties.get(tag)?.place));
            let values = values.and_then(|values| values.get("enum"));
            let values: Vec<_> = values.iter().flat_map(Node::items).collect();
            if values.is_empty() {
                let name = target.place.last().map(std::borrow::Cow::into_owned);
                tags.extend(name.map(|name| (name, target.place.clone())));
            } else {
                let values = values.iter().map(|value| display_value(value.value));
                tags.extend(values.map(|value| (value, target.place.clone())));
            }
        }
    }
    tags
}
