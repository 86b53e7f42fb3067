//! Compares operations: their paths, tags and parameters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::walk::{Change, DiffWalk, KeyPair, Node, describe_change, keys, resolved, values};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::spec::ObjectKind,
    lower::without_docs,
    model::{Method, Piece, segments},
    pointer::Pointer,
};

/// An operation and its place.
#[derive(Clone)]
struct OperationNode<'a> {
    path: &'a str,
    method: Method,
    /// The path item, after following its `$ref`.
    item: Node<'a>,
    at: Node<'a>,
}

/// A function that returns the identity of an operation: a path or an ID, and a method.
type KeyOf<'a> = fn(&OperationNode<'a>) -> Option<(String, Option<Method>)>;

impl<'a> OperationNode<'a> {
    fn id(&self) -> Option<&'a str> {
        let id = self.at.value.get("operationId");
        id.and_then(Value::as_str).filter(|id| !id.is_empty())
    }
}

/// Returns the IDs of operations that took the place of another operation that also moved.
fn swapped<'a>(old: &[OperationNode<'a>], new: &[OperationNode<'a>]) -> BTreeSet<&'a str> {
    let places_by_id = |list: &[OperationNode<'a>]| -> BTreeMap<&'a str, (String, Method)> {
        let operations = list.iter();
        operations
            .filter_map(|operation| {
                Some((operation.id()?, (form(operation.path), operation.method)))
            })
            .collect()
    };
    let (old, new) = (places_by_id(old), places_by_id(new));
    let by_place: BTreeMap<_, _> = old.iter().map(|(id, place)| (place, *id)).collect();
    let has_moved = |id: &str| {
        let (before, after) = (old.get(id), new.get(id));
        before.is_some() && after.is_some() && before != after
    };
    let is_swapped = |id: &&str| {
        // The operation that was at the new place has moved, too.
        let now = new.get(*id).filter(|_| has_moved(id));
        now.and_then(|now| by_place.get(now))
            .is_some_and(|displaced| has_moved(displaced))
    };
    old.keys().copied().filter(is_swapped).collect()
}

/// A parameter: the place where it is listed, and its definition.
#[derive(Clone)]
struct ParameterNode<'a> {
    place: Pointer,
    resolved: Node<'a>,
}

/// Returns the path with its parameter names removed.
fn form(path: &str) -> String {
    let segments = segments(path).into_iter();
    let note_values = segments.map(|pieces| {
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Literal(text) => text,
            Piece::Parameter(_) => "{}".to_owned(),
        });
        pieces.collect::<String>()
    });
    note_values.collect::<Vec<_>>().join("/")
}

/// Returns the names of the parameters in a path, in order.
fn names_in(path: &str) -> Vec<String> {
    let pieces = segments(path).into_iter().flatten();
    pieces
        .filter_map(|piece| match piece {
            Piece::Parameter(name) => Some(name),
            Piece::Literal(_) => None,
        })
        .collect()
}

/// Returns whether a parameter took the position of another one that also moved.
fn is_permuted(before: &[String], after: &[String]) -> bool {
    let moved = before
        .iter()
        .zip(after)
        .filter(|(before, after)| before != after);
    moved.into_iter().any(|(name, _)| after.contains(name))
}

fn operations<'a>(tree: &'a Value, paths: &Node<'a>) -> Vec<OperationNode<'a>> {
    let mut operations = Vec::new();
    for (path, place) in paths.members() {
        let Some(item) = resolved(tree, &place.place).filter(|_| path.starts_with('/')) else {
            continue;
        };
        for method in Method::ALL {
            if let Some(at) = item.get(&method.key()) {
                operations.push(OperationNode {
                    path,
                    method,
                    item: item.clone(),
                    at,
                });
            }
        }
    }
    operations
}

impl<'a> DiffWalk<'a> {
    /// Handles a key that is compared together with other keys; an empty list equals a missing one.
    pub(super) fn deferred(&mut self, member: &KeyPair<'a>) {
        let is_empty = |at: &Option<Node<'a>>| {
            at.as_ref()
                .is_none_or(|at| at.items().is_empty() && at.members().is_empty())
        };
        if is_empty(&member.base) && is_empty(&member.head) {
            self.note(Bucket::Moved, member);
        }
    }

    /// Pairs the operations of the documents by method and path, then by `operationId`, and compares them.
    pub(super) fn paths(&mut self, base: &Node<'a>, head: &Node<'a>) {
        let mut old = operations(&self.base.tree, base);
        let mut new = operations(&self.head.tree, head);
        let mut pairs = Vec::new();
        let keys: [KeyOf<'a>; 3] = [
            |operation| Some((operation.path.to_owned(), Some(operation.method))),
            |operation| Some((form(operation.path), Some(operation.method))),
            |operation| Some((operation.id()?.to_owned(), None)),
        ];
        // Operations that swapped places are only paired by `operationId`.
        let swapped = swapped(&old, &new);
        for key in keys {
            let mut by_key: BTreeMap<_, Vec<OperationNode<'a>>> = BTreeMap::new();
            for operation in new.drain(..) {
                by_key.entry(key(&operation)).or_default().push(operation);
            }
            old.retain(|before| {
                let key = key(before);
                let is_by_name = key.as_ref().is_some_and(|(_, method)| method.is_none());
                if !is_by_name && before.id().is_some_and(|id| swapped.contains(id)) {
                    return true;
                }
                let same = key.is_some().then(|| by_key.get_mut(&key)).flatten();
                let same = same
                    .filter(|same| !same.is_empty())
                    .map(|same| same.remove(0));
                match same {
                    Some(after)
                        if is_by_name || after.id().is_none_or(|id| !swapped.contains(id)) =>
                    {
                        pairs.push((before.clone(), after));
                        false
                    }
                    Some(after) => {
                        by_key.entry(key).or_default().insert(0, after);
                        true
                    }
                    None => true,
                }
            });
            new.extend(by_key.into_values().flatten());
        }
        pairs.sort_by_key(|(before, _)| (before.path, before.method));

        for (before, after) in &pairs {
            self.operation(before, after);
        }
        for before in old {
            let message = "removed".to_owned();
            let place = PlacePair::base(&before.at.place);
            self.change(
                DiffRule::OperationRemoved,
                place,
                message,
                Effect::OLD_CLIENTS,
            );
        }
        for after in new {
            let message = "added".to_owned();
            let place = PlacePair::head(&after.at.place);
            self.change(DiffRule::OperationAdded, place, message, Effect::NONE);
        }
        self.items(base, head, &pairs);
    }

    fn operation(&mut self, before: &OperationNode<'a>, after: &OperationNode<'a>) {
        let place = PlacePair::both(&before.at.place, &after.at.place);
        let is_elsewhere = (form(before.path), before.method) != (form(after.path), after.method)
            || is_permuted(&names_in(before.path), &names_in(after.path));
        if before.at.place != after.at.place {
            self.result.pairs.insert(&before.at.place, &after.at.place);
            let places = (before.at.place.clone(), after.at.place.clone());
            self.result.moved.push(places);
        }
        if is_elsewhere {
            let title = |operation: &OperationNode<'_>| {
                Value::from(format!("{} {}", operation.method, operation.path))
            };
            let (old, new) = (title(before), title(after));
            let message = "moved to another method or path".to_owned();
            let values = (Some(&old), Some(&new));
            let effect = Effect::OLD_CLIENTS;
            self.changed(DiffRule::OperationMoved, place, message, values, effect);
        }
        self.parameters(before, after);
        self.members(ObjectKind::Operation, &before.at, &after.at);
    }

    /// Compares the keys of path items that are not operations.
    fn items(
        &mut self,
        base: &Node<'a>,
        head: &Node<'a>,
        pairs: &[(OperationNode<'a>, OperationNode<'a>)],
    ) {
        let mut items: BTreeMap<Pointer, Pointer> = BTreeMap::new();
        for (before, after) in pairs {
            let place = before.item.place.clone();
            items
                .entry(place)
                .or_insert_with(|| after.item.place.clone());
        }
        let mut describe_change: BTreeSet<Pointer> = items.values().cloned().collect();
        for (key, at) in base.members() {
            let Some(before) = resolved(&self.base.tree, &at.place) else {
                continue;
            };
            if !key.starts_with('/') {
                continue;
            }
            let paired = items.get(&before.place).cloned();
            let same = head
                .get(key)
                .and_then(|at| resolved(&self.head.tree, &at.place));
            let after = match paired {
                Some(place) => self.in_head(&place),
                None => same,
            };
            let Some(after) = after else {
                let place = at.place.clone();
                self.one_sided(Some(at), None);
                if before.place != place {
                    self.result.covered.push(PlacePair::base(&before.place));
                }
                continue;
            };
            describe_change.insert(after.place.clone());
            let head_place = head
                .get(key)
                .map_or_else(|| after.place.clone(), |at| at.place);
            self.references(ObjectKind::PathItem, &at.place, &head_place);
            if before.place != after.place {
                self.result
                    .moved
                    .push((before.place.clone(), after.place.clone()));
            }
            self.members(ObjectKind::PathItem, &before, &after);
        }
        for (key, at) in head.members() {
            if let Some(after) =
                resolved(&self.head.tree, &at.place).filter(|_| key.starts_with('/'))
            {
                if describe_change.contains(&after.place) {
                    self.result
                        .compared_elsewhere
                        .push(PlacePair::head(&at.place.key("$ref")));
                } else {
                    let place = at.place.clone();
                    self.one_sided(None, Some(at));
                    if after.place != place {
                        self.result.covered.push(PlacePair::head(&after.place));
                    }
                }
            }
        }
        for key in keys(base, head)
            .into_iter()
            .filter(|key| !key.starts_with('/'))
        {
            let (before, after) = (base.get(key), head.get(key));
            if before.as_ref().map(|at| at.value) != after.as_ref().map(|at| at.value) {
                self.note(
                    Bucket::Extension,
                    &KeyPair {
                        kind: ObjectKind::Paths,
                        key,
                        owners: (base.clone(), head.clone()),
                        base: before,
                        head: after,
                    },
                );
            }
        }
    }

    /// Handles a path that is only in one of the documents. Its operations report the change, if it has
    /// any.
    fn one_sided(&mut self, base: Option<Node<'a>>, head: Option<Node<'a>>) {
        let Some(at) = base.clone().or(head.clone()) else {
            return;
        };
        let methods = Method::ALL.map(Method::key);
        let has_operations = methods.iter().any(|method| at.get(method).is_some());
        let member = KeyPair {
            kind: ObjectKind::PathItem,
            key: "",
            owners: (at.clone(), at.clone()),
            base,
            head,
        };
        if has_operations || at.get("$ref").is_some() {
            self.result.covered.push(member.place());
        } else {
            self.note(Bucket::Unused, &member);
        }
    }

    /// Does nothing, for a key whose value is compared elsewhere.
    #[expect(clippy::unused_self, reason = "the shape of a row")]
    pub(super) fn ignored(&mut self, _: &KeyPair<'a>) {}

    /// Notes the parameters of a path that every operation overrides; all others were compared with the
    /// operations.
    pub(super) fn path_parameters(&mut self, member: &KeyPair<'a>) {
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
    pub(super) fn covered_elsewhere(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        if text(before).eq_ignore_ascii_case(text(after)) && member.owners.1.text("in") == "header"
        {
            // The names of header fields are case-insensitive.
            return self.note(Bucket::Moved, member);
        }
        self.result.covered.push(member.place());
    }

    pub(super) fn operation_id(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = "`operationId` changed".to_owned();
        let effect = Effect::NONE;
        self.changed(
            DiffRule::OperationRenamed,
            member.place(),
            message,
            (before, after),
            effect,
        );
    }

    /// Compares the tags of the document by name.
    pub(super) fn listed_tags(&mut self, member: &KeyPair<'a>) {
        let by_name = |list: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            let tags = list.iter().flat_map(Node::items);
            tags.filter_map(|tag| Some((tag.value.get("name")?.as_str()?, tag)))
                .collect()
        };
        let (old, new) = (by_name(&member.base), by_name(&member.head));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let tag = KeyPair {
                kind: ObjectKind::OpenApi,
                key: member.key,
                owners: member.owners.clone(),
                base: old.get(name).cloned(),
                head: new.get(name).cloned(),
            };
            let chosen = |value: Option<&'a Value>| value.and_then(|tag| tag.get("x-name"));
            let (before, after) = values(&tag);
            let (before, after) = (chosen(before), chosen(after));
            match (&tag.base, &tag.head) {
                (Some(base), Some(head)) => self.pair(ObjectKind::Tag, &base.place, &head.place),
                _ if before.is_some() || after.is_some() => {
                    let message = describe_change("x-name", before, after);
                    let rule = DiffRule::NameChanged;
                    self.changed(rule, tag.place(), message, (before, after), Effect::NONE);
                }
                _ => self.documentation(&tag),
            }
        }
    }

    /// Compares the tags of an operation; the first one selects its server trait.
    pub(super) fn tags(&mut self, member: &KeyPair<'a>) {
        let first = |value: &'a Value| value.get(0);
        let (before, after) = values(member);
        let (before, after) = (before.and_then(first), after.and_then(first));
        if before == after {
            return self.documentation(member);
        }
        let message = match (before, after) {
            (None, _) => "now has a tag",
            (_, None) => "no longer has a tag",
            _ => "the first tag changed",
        };
        let rule = DiffRule::OperationTagged;
        self.changed(
            rule,
            member.place(),
            message.to_owned(),
            (before, after),
            Effect::NONE,
        );
    }

    /// Compares the parameters of an operation, including those of its path that it does not override.
    fn parameters(&mut self, before: &OperationNode<'a>, after: &OperationNode<'a>) {
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

    pub(super) fn parameter_required(&mut self, member: &KeyPair<'a>) {
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

    pub(super) fn header_required(&mut self, member: &KeyPair<'a>) {
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

    pub(super) fn body_required(&mut self, member: &KeyPair<'a>) {
        let (rule, message, effect) = if member.owners.1.flag("required") {
            (DiffRule::BodyRequired, "now required", Effect::OLD_CLIENTS)
        } else if member.owners.0.flag("required") {
            (DiffRule::BodyOptional, "now optional", Effect::NEW_CLIENTS)
        } else {
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.place(), message.to_owned(), effect);
    }

    pub(super) fn deprecated(&mut self, member: &KeyPair<'a>) {
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

    /// Compares `style` and `explode`, which have default values.
    pub(super) fn serialization(&mut self, member: &KeyPair<'a>) {
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
        if usual(&member.owners.0, before) == usual(&member.owners.1, after) {
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
    pub(super) fn schema_or_content(&mut self, member: &KeyPair<'a>) {
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

    pub(super) fn example(&mut self, member: &KeyPair<'a>) {
        self.note_values(Bucket::Example, member);
    }

    pub(super) fn unused(&mut self, member: &KeyPair<'a>) {
        self.note_values(Bucket::Unused, member);
    }

    pub(super) fn version(&mut self, member: &KeyPair<'a>) {
        self.note(Bucket::Version, member);
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
