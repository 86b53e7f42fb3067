//! Compares the parameters of operations, and the serialization of parameters and header fields.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    changes::Change,
    node::{KeyPair, Node, describe_change, resolved, values},
    operations::{OperationNode, names_in},
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

/// A parameter: the place where it is listed, and its definition.
#[derive(Clone)]
struct ParameterNode<'a> {
    place: Pointer,
    resolved: Node<'a>,
}

impl<'a> DiffWalk<'a> {
    /// Compares the parameters of an operation, including those of its path that it does not override.
    pub(super) fn parameters(&mut self, before: &OperationNode<'a>, after: &OperationNode<'a>) {
        let mut old = effective_parameters(&self.base.tree, before);
        let mut new = effective_parameters(&self.head.tree, after);
        // Path parameters are paired by position.
        let renamed: Vec<_> = names_in(before.path)
            .into_iter()
            .zip(names_in(after.path))
            .filter(|(before, after)| before != after)
            .map(|(before, after)| (("path", before), ("path", after)))
            .collect();
        for (key, parameter) in old.clone() {
            if let Some(counterpart) = new.remove(&key) {
                old.remove(&key);
                self.pair(ObjectKind::Parameter, &parameter.place, &counterpart.place);
            }
        }
        for (before, after) in renamed {
            if let (Some(old), Some(new)) = (old.remove(&before), new.remove(&after)) {
                // The path is the same on the wire.
                self.parameter_renamed(&old, &new, Effect::NONE);
            }
        }
        // Pairs parameters that share a component, or that have the same name in another location.
        for (key, parameter) in old.clone() {
            let mut candidates = new.iter();
            let same = candidates.find(|(new_key, candidate)| {
                let is_component = parameter.place != parameter.resolved.place;
                (is_component && candidate.resolved.place == parameter.resolved.place)
                    || (new_key.1.eq_ignore_ascii_case(&key.1) && new_key.0 != key.0)
            });
            let Some((new_key, _)) = same.map(|(key, candidate)| (key.clone(), candidate.clone()))
            else {
                continue;
            };
            if let (Some(before), Some(after)) = (old.remove(&key), new.remove(&new_key)) {
                let effect = removal_effect(&before);
                self.parameter_renamed(&before, &after, effect);
            }
        }
        // Pairs parameters that only differ in their names.
        let bare = |tree: &Value, parameter: &ParameterNode<'_>| {
            let mut bare = without_docs(tree, ObjectKind::Parameter, parameter.resolved.value);
            if let Some(members) = bare.as_object_mut() {
                members.remove("name");
            }
            bare.to_string()
        };
        for (key, parameter) in old.clone() {
            let expected = bare(&self.base.tree, &parameter);
            let mut alike = new.iter().filter(|(candidate_key, candidate)| {
                candidate_key.0 == key.0 && bare(&self.head.tree, candidate) == expected
            });
            let same = match (alike.next(), alike.next()) {
                (Some((candidate_key, _)), None) => candidate_key.clone(),
                _ => continue,
            };
            let mut duplicates = old.iter().filter(|(candidate_key, candidate)| {
                candidate_key.0 == key.0 && bare(&self.base.tree, candidate) == expected
            });
            if duplicates.nth(1).is_some() || key.0 == "path" {
                continue;
            }
            old.remove(&key);
            if let Some(after) = new.remove(&same) {
                let effect = removal_effect(&parameter);
                self.parameter_renamed(&parameter, &after, effect);
            }
        }
        // A parameter of the path may only be used by this operation, if the others override it.
        let here = PlacePair::both(&before.at.place, &after.at.place);
        for ((location, _), parameter) in old {
            let name = parameter.resolved.text("name");
            let message = format!("the {location} parameter `{name}` was removed");
            let effect = removal_effect(&parameter);
            self.operation_change(
                &here,
                DiffRule::ParameterRemoved,
                PlacePair::base(&parameter.place),
                message,
                effect,
            );
        }
        for ((location, _), parameter) in new {
            let name = parameter.resolved.text("name");
            let is_required = parameter.resolved.flag("required") || location == "path";
            let (necessity, effect) = if is_required {
                ("required", Effect::OLD_CLIENTS)
            } else {
                ("optional", Effect::NONE)
            };
            let message = format!("the {necessity} {location} parameter `{name}` was added");
            self.operation_change(
                &here,
                DiffRule::ParameterAdded,
                PlacePair::head(&parameter.place),
                message,
                effect,
            );
        }
    }

    /// Reports a change that belongs to an operation, even if its place is elsewhere.
    fn operation_change(
        &mut self,
        at: &PlacePair,
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
            used_at: Some(at.clone()),
        });
    }

    /// Reports the new name or location of a parameter, and compares the rest.
    fn parameter_renamed(
        &mut self,
        before: &ParameterNode<'a>,
        after: &ParameterNode<'a>,
        effect: Effect,
    ) {
        for (key, rule, message) in [
            ("name", DiffRule::ParameterRenamed, "renamed"),
            (
                "in",
                DiffRule::SerializationChanged,
                "moved to another part of the request",
            ),
        ] {
            let (Some(old), Some(new)) = (before.resolved.get(key), after.resolved.get(key)) else {
                continue;
            };
            if old.value != new.value {
                let place = PlacePair::both(&old.place, &new.place);
                let values = (Some(old.value), Some(new.value));
                self.changed(rule, place, message.to_owned(), values, effect);
            }
        }
        self.pair(ObjectKind::Parameter, &before.place, &after.place);
    }

    /// Notes the parameters of a path that every operation overrides; all others were compared with the
    /// operations.
    pub(in crate::diff) fn path_parameters(&mut self, member: &KeyPair<'a>) {
        let items = |at: &Option<Node<'a>>| at.as_ref().map(Node::items).unwrap_or_default();
        let (old, new) = (items(&member.base), items(&member.head));
        let places = old
            .iter()
            .map(|at| PlacePair::base(&at.place))
            .chain(new.iter().map(|at| PlacePair::head(&at.place)));
        for place in places {
            let is_covered = self.result.is_covered(&place);
            let at = |place: &Option<Pointer>, nodes: &[Node<'a>]| {
                let place = place.as_ref()?;
                nodes.iter().find(|at| at.place == *place).cloned()
            };
            let (base, head) = (at(&place.base, &old), at(&place.head, &new));
            let counterpart = match (&base, &head) {
                (Some(at), _) => self.in_head(&at.place),
                (_, Some(at)) => self.in_base(&at.place),
                _ => None,
            };
            let value = base.as_ref().or(head.as_ref()).map(|at| at.value);
            if !is_covered && counterpart.map(|at| at.value) != value {
                self.note(
                    Bucket::Unused,
                    &KeyPair {
                        kind: ObjectKind::PathItem,
                        key: member.key,
                        owners: member.owners.clone(),
                        base,
                        head,
                    },
                );
            }
        }
    }

    /// Handles `name` and `in` of a parameter, which are compared when parameters are paired.
    pub(in crate::diff) fn covered_elsewhere(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        if text(before).eq_ignore_ascii_case(text(after)) && member.owners.1.text("in") == "header"
        {
            // The names of header fields are case-insensitive.
            return self.note(Bucket::Moved, member);
        }
        self.result.covered.push(member.place());
    }

    pub(in crate::diff) fn parameter_required(&mut self, member: &KeyPair<'a>) {
        if member.owners.1.text("in") == "path" {
            return self.note(Bucket::Unused, member);
        }
        let (rule, message, effect) = if member.owners.1.flag("required") {
            (
                DiffRule::ParameterRequired,
                "now required",
                Effect::OLD_CLIENTS,
            )
        } else if member.owners.0.flag("required") {
            (
                DiffRule::ParameterOptional,
                "now optional",
                Effect::NEW_CLIENTS,
            )
        } else {
            // A missing `required` equals `false`.
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.place(), message.to_owned(), effect);
    }

    /// Compares `style` and `explode`, which have default values.
    pub(in crate::diff) fn serialization(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let usual = |owner: &Node<'a>, value: Option<&Value>| {
            let style = owner.value.get("style").and_then(Value::as_str);
            let usual = match owner.text("in") {
                "query" | "cookie" => "form",
                _ => "simple",
            };
            let style = style.unwrap_or(usual);
            match member.key {
                "style" => Value::from(style),
                _ => value.cloned().unwrap_or(Value::Bool(style == "form")),
            }
        };
        // A scalar has no parts that could be sent separately.
        let is_scalar = |tree: &'a Value, owner: &Node<'a>| {
            let schema = owner
                .get("schema")
                .and_then(|schema| resolved(tree, &schema.place));
            schema.is_some_and(|schema| {
                matches!(
                    schema.text("type"),
                    "boolean" | "integer" | "number" | "string"
                )
            })
        };
        let has_no_effect = member.key == "explode"
            && is_scalar(&self.base.tree, &member.owners.0)
            && is_scalar(&self.head.tree, &member.owners.1);
        if has_no_effect || usual(&member.owners.0, before) == usual(&member.owners.1, after) {
            return self.note(Bucket::Moved, member);
        }
        let message = describe_change(member.key, before, after);
        self.changed(
            DiffRule::SerializationChanged,
            member.place(),
            message,
            (before, after),
            Effect::ALL,
        );
    }

    /// Compares `schema` and `content` of a parameter or header.
    pub(in crate::diff) fn schema_or_content(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) if member.key == "schema" => {
                self.pair(ObjectKind::Schema, &base.place, &head.place);
            }
            (Some(base), Some(head)) => self.content(base, head, Effect::ALL),
            _ => {
                let (before, after) = values(member);
                let message = describe_change(member.key, before, after);
                let place = member.place();
                self.change(DiffRule::SerializationChanged, place, message, Effect::ALL);
            }
        }
    }
}

/// Returns the effect of removing a parameter: a new server ignores what old clients send, and new clients
/// no longer send what an old server requires.
fn removal_effect(parameter: &ParameterNode<'_>) -> Effect {
    if parameter.resolved.flag("required") {
        Effect::ALL
    } else {
        Effect::OLD_CLIENTS
    }
}

/// Returns the parameters of an operation by location and name: its own, and those of its path that it does
/// not override.
fn effective_parameters<'a>(
    tree: &'a Value,
    operation: &OperationNode<'a>,
) -> BTreeMap<(&'a str, String), ParameterNode<'a>> {
    let mut parameters = BTreeMap::new();
    for owner in [&operation.item, &operation.at] {
        let Some(list) = owner.get("parameters") else {
            continue;
        };
        for item in list.items() {
            let Some(resolved) = resolved(tree, &item.place) else {
                continue;
            };
            let location = resolved.text("in");
            let name = match location {
                "header" => resolved.text("name").to_ascii_lowercase(),
                _ => resolved.text("name").to_owned(),
            };
            let place = item.place;
            parameters.insert((location, name), ParameterNode { place, resolved });
        }
    }
    parameters
}
