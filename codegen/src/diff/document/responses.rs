//! Compares the responses of operations, and their header fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    node::{KeyPair, Node, describe_change, values},
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
    model::ResponseKey,
};

/// The responses of an operation in one of the documents, by key.
type Responses<'a> = BTreeMap<String, Node<'a>>;

impl<'a> DiffWalk<'a> {
    pub(in crate::diff) fn responses(&mut self, member: &KeyPair<'a>) {
        let by_key = |at: &Option<Node<'a>>| -> Responses<'a> {
            let members = at.iter().flat_map(Node::members);
            let keys =
                members.filter_map(|(key, at)| Some((ResponseKey::parse(key)?.to_string(), at)));
            keys.collect()
        };
        let (mut old, mut new) = (by_key(&member.base), by_key(&member.head));
        if old.is_empty() && new.is_empty() && (member.base.is_none() || member.head.is_none()) {
            return self.note(Bucket::Moved, member);
        }
        for (key, before) in old.clone() {
            if let Some(after) = new.remove(&key) {
                old.remove(&key);
                self.pair(ObjectKind::Response, &before.place, &after.place);
                if before.place != after.place {
                    // The keys may differ in case: `4xx` and `4XX`.
                    self.result.pairs.insert(&before.place, &after.place);
                    self.result.moved.push((before.place, after.place));
                }
            }
        }
        self.replaced(&mut old, &mut new);
        let members = member.base.iter().flat_map(Node::members);
        let has_2xx = members.into_iter().any(|(key, _)| key.starts_with('2'));
        // An interim response is not a final response (RFC 9110, section 15.2).
        let is_interim = |key: &str| key.starts_with('1') && key != "101";
        for (key, before) in old {
            let is_2xx = key.starts_with('2') || (key == "default" && !has_2xx);
            let effect = if is_interim(&key) {
                Effect::NONE
            } else if is_2xx {
                Effect::ALL
            } else {
                Effect::NEW_CLIENTS
            };
            let message = format!("no longer returns `{key}`");
            self.change(
                DiffRule::ResponseRemoved,
                PlacePair::base(&before.place),
                message,
                effect,
            );
        }
        for (key, after) in new {
            let message = format!("also returns `{key}`");
            let place = PlacePair::head(&after.place);
            let effect = if is_interim(&key) {
                Effect::NONE
            } else {
                Effect::OLD_CLIENTS
            };
            self.change(DiffRule::ResponseAdded, place, message, effect);
        }
        let extensions = |at: &Option<Node<'a>>| -> Vec<&'a str> {
            let members = at.iter().flat_map(Node::members);
            members
                .map(|(key, _)| key)
                .filter(|key| key.starts_with("x-"))
                .collect()
        };
        let names: BTreeSet<_> = extensions(&member.base)
            .into_iter()
            .chain(extensions(&member.head))
            .collect();
        for key in names {
            let own = KeyPair {
                kind: ObjectKind::Responses,
                key,
                owners: member.owners.clone(),
                base: member.base.as_ref().and_then(|at| at.get(key)),
                head: member.head.as_ref().and_then(|at| at.get(key)),
            };
            let (before, after) = values(&own);
            if before != after && key == "x-name" {
                let message = describe_change(key, before, after);
                self.changed(
                    DiffRule::NameChanged,
                    own.place(),
                    message,
                    (before, after),
                    Effect::NONE,
                );
            } else if before != after {
                self.note(Bucket::Extension, &own);
            }
        }
    }

    /// Pairs a removed status with an added one of the same class, if their responses are otherwise equal.
    fn replaced(&mut self, old: &mut Responses<'a>, new: &mut Responses<'a>) {
        let classes: BTreeSet<char> = old.keys().filter_map(|key| key.chars().next()).collect();
        for class in classes {
            let keys_in = |responses: &Responses<'a>| -> Vec<String> {
                let keys = responses
                    .keys()
                    .filter(|key| key.starts_with(class) && !key.ends_with('X'));
                keys.cloned().collect()
            };
            let (before, after) = (keys_in(old), keys_in(new));
            let ([before], [after]) = (before.as_slice(), after.as_slice()) else {
                continue;
            };
            let (Some(old_response), Some(new_response)) =
                (old.get(before).cloned(), new.get(after).cloned())
            else {
                continue;
            };
            let bare =
                |tree: &Value, at: &Node<'_>| without_docs(tree, ObjectKind::Response, at.value);
            if class == 'd'
                || bare(&self.base.tree, &old_response) != bare(&self.head.tree, &new_response)
            {
                continue;
            }
            old.remove(before);
            new.remove(after);
            let place = PlacePair::both(&old_response.place, &new_response.place);
            let message = format!("returns `{after}` instead of `{before}`");
            let values = (Value::from(before.as_str()), Value::from(after.as_str()));
            let values = (Some(&values.0), Some(&values.1));
            self.changed(
                DiffRule::ResponseReplaced,
                place,
                message,
                values,
                Effect::ALL,
            );
        }
    }

    /// Compares header fields, whose names are case-insensitive.
    pub(in crate::diff) fn headers(&mut self, member: &KeyPair<'a>) {
        let by_name = |at: &Option<Node<'a>>| -> BTreeMap<String, (&'a str, Node<'a>)> {
            let members = at.iter().flat_map(Node::members);
            members
                .map(|(name, at)| (name.to_ascii_lowercase(), (name, at)))
                .collect()
        };
        let (mut old, mut new) = (by_name(&member.base), by_name(&member.head));
        for (name, (_, before)) in old.clone() {
            if let Some((_, after)) = new.remove(&name) {
                old.remove(&name);
                if before.place != after.place {
                    self.result.pairs.insert(&before.place, &after.place);
                    self.result
                        .moved
                        .push((before.place.clone(), after.place.clone()));
                }
                self.pair(ObjectKind::Header, &before.place, &after.place);
            }
        }
        for (name, before) in old.into_values() {
            let message = format!("the header `{name}` was removed");
            let place = PlacePair::base(&before.place);
            self.change(DiffRule::HeaderRemoved, place, message, Effect::OLD_CLIENTS);
        }
        for (name, after) in new.into_values() {
            let message = format!("the header `{name}` was added");
            self.change(
                DiffRule::HeaderAdded,
                PlacePair::head(&after.place),
                message,
                Effect::NONE,
            );
        }
        let is_empty = |at: &Option<Node<'a>>| at.as_ref().is_none_or(|at| at.members().is_empty());
        match (is_empty(&member.base), is_empty(&member.head)) {
            // An empty list equals a missing one.
            (true, true) => self.note(Bucket::Moved, member),
            (true, _) | (_, true) => self.result.covered.push(member.place()),
            (false, false) => {}
        }
    }

    pub(in crate::diff) fn header_required(&mut self, member: &KeyPair<'a>) {
        let (rule, message, effect) = if member.owners.1.flag("required") {
            (DiffRule::HeaderRequired, "now always present", Effect::NONE)
        } else if member.owners.0.flag("required") {
            let message = "may now be absent";
            (DiffRule::HeaderOptional, message, Effect::OLD_CLIENTS)
        } else {
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.place(), message.to_owned(), effect);
    }
}
