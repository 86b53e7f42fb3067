//! Compares the properties of objects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    node::{KeyPair, Node, describe_change, resolved, values},
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::{Directions, Effect},
    },
    load::spec::ObjectKind,
    pointer::Pointer,
};

impl<'a> DiffWalk<'a> {
    /// Compares `required` by name. A property that was added or removed is not reported here.
    pub(in crate::diff) fn required(&mut self, member: &KeyPair<'a>) {
        let places_by_name = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Pointer> {
            let items = at.iter().flat_map(Node::items);
            items
                .filter_map(|item| Some((item.value.as_str()?, item.place)))
                .collect()
        };
        let (old, new) = (places_by_name(&member.base), places_by_name(&member.head));
        let declared = |owner: &Node<'a>, name: &str| {
            owner
                .get("properties")
                .is_some_and(|properties| properties.get(name).is_some())
        };
        for (name, place) in &old {
            let is_gone = declared(&member.owners.0, name) && !declared(&member.owners.1, name);
            if !new.contains_key(name) && !is_gone {
                let message = format!("the property `{name}` is now optional");
                let effect = Effect::OPTIONAL.only(self.directions(&member.owners, name));
                self.change(
                    DiffRule::PropertyOptional,
                    PlacePair::base(place),
                    message,
                    effect,
                );
            }
        }
        for (name, place) in &new {
            let is_new = declared(&member.owners.1, name) && !declared(&member.owners.0, name);
            if !old.contains_key(name) && !is_new {
                let message = format!("the property `{name}` is now required");
                let effect = Effect::REQUIRED.only(self.directions(&member.owners, name));
                self.change(
                    DiffRule::PropertyRequired,
                    PlacePair::head(place),
                    message,
                    effect,
                );
            }
        }
        if old.keys().eq(new.keys()) {
            // Only the order changed, or an empty list equals a missing one.
            return self.note(Bucket::Moved, member);
        }
        self.result.covered.push(member.place());
    }

    /// Returns the directions in which a property is sent.
    fn directions(&self, owners: &(Node<'a>, Node<'a>), name: &str) -> Directions {
        let property = |tree: &'a Value, owner: &Node<'a>| {
            let at = owner.get("properties")?.get(name)?;
            resolved(tree, &at.place)
        };
        let definitions = [
            property(&self.base.tree, &owners.0),
            property(&self.head.tree, &owners.1),
        ];
        let has_everywhere = |keyword: &str| {
            let mut values = definitions.iter().flatten().peekable();
            values.peek().is_some() && values.all(|at| at.flag(keyword))
        };
        Directions {
            requests: !has_everywhere("readOnly"),
            responses: !has_everywhere("writeOnly"),
        }
    }

    pub(in crate::diff) fn properties(&mut self, member: &KeyPair<'a>) {
        let members_of = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            at.iter().flat_map(Node::members).collect()
        };
        let (old, new) = (members_of(&member.base), members_of(&member.head));
        let requires = |owner: &Node<'a>, name: &str| {
            let list = owner.value.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|item| item == name))
        };
        for (name, before) in &old {
            if let Some(after) = new.get(name) {
                self.pair(ObjectKind::Schema, &before.place, &after.place);
                continue;
            }
            if requires(&member.owners.1, name) {
                let message = format!(
                    "the property `{name}` may now have any value: only `required` lists it"
                );
                let effect = Effect::WIDENED.only(self.directions(&member.owners, name));
                self.change(
                    DiffRule::TypeChanged,
                    PlacePair::base(&before.place),
                    message,
                    effect,
                );
                continue;
            }
            let is_required = requires(&member.owners.0, name);
            let place = PlacePair::base(&before.place);
            self.property_removed(name, place, is_required, is_closed(&member.owners.1));
        }
        for (name, after) in &new {
            if !old.contains_key(name) {
                let is_required = requires(&member.owners.1, name);
                let place = PlacePair::head(&after.place);
                self.property_added(name, place, is_required, is_closed(&member.owners.0));
            }
        }
        if old.is_empty() && new.is_empty() {
            // An empty list equals a missing one.
            self.note(Bucket::Moved, member);
        } else if old.is_empty() || new.is_empty() {
            self.result.covered.push(member.place());
        }
    }

    pub(super) fn property_removed(
        &mut self,
        name: &str,
        place: PlacePair,
        is_required: bool,
        is_closed: bool,
    ) {
        let effect = match (is_required, is_closed) {
            (true, true) => Effect::LOST.and(Effect::TIGHTENED),
            (true, false) => Effect::LOST,
            // A server rejects or ignores the property.
            (false, _) => Effect::UNHEEDED,
        };
        let necessity = if is_required { "required" } else { "optional" };
        let message = format!("the {necessity} property `{name}` was removed");
        self.change(DiffRule::PropertyRemoved, place, message, effect);
    }

    pub(super) fn property_added(
        &mut self,
        name: &str,
        place: PlacePair,
        is_required: bool,
        was_closed: bool,
    ) {
        let effect = match (is_required, was_closed) {
            (true, _) => Effect::REQUIRED,
            (false, true) => Effect::RELAXED,
            (false, false) => Effect::NONE,
        };
        let necessity = if is_required { "required" } else { "optional" };
        let message = format!("the {necessity} property `{name}` was added");
        self.change(DiffRule::PropertyAdded, place, message, effect);
    }

    pub(in crate::diff) fn additional_properties(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        if let (Some(base), Some(head)) = (&member.base, &member.head)
            && base.value.is_object()
            && head.value.is_object()
        {
            return self.pair(ObjectKind::Schema, &base.place, &head.place);
        }
        // Additional properties are allowed by default.
        let breadth = |value: Option<&Value>| match value {
            Some(Value::Bool(false)) => 0,
            Some(Value::Object(schema)) if !schema.is_empty() => 1,
            _ => 2,
        };
        let effect = match breadth(before).cmp(&breadth(after)) {
            std::cmp::Ordering::Less => Effect::RELAXED,
            std::cmp::Ordering::Equal => Effect::NONE,
            std::cmp::Ordering::Greater => Effect::TIGHTENED,
        };
        let rule = DiffRule::AdditionalPropertiesChanged;
        let message = describe_change("additionalProperties", before, after);
        self.changed(rule, member.place(), message, (before, after), effect);
    }
}

/// Returns whether an object rejects additional properties.
fn is_closed(at: &Node<'_>) -> bool {
    at.value.get("additionalProperties") == Some(&Value::Bool(false))
}
