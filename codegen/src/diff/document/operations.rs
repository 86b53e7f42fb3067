//! Pairs operations and path items, and compares them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    node::{KeyPair, Node, keys, resolved, values},
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::spec::ObjectKind,
    model::{Method, Piece, segments},
    pointer::Pointer,
};

/// An operation and its place.
#[derive(Clone)]
pub(super) struct OperationNode<'a> {
    pub(super) path: &'a str,
    pub(super) method: Method,
    /// The path item, after following its `$ref`.
    pub(super) item: Node<'a>,
    pub(super) at: Node<'a>,
}

impl<'a> OperationNode<'a> {
    fn id(&self) -> Option<&'a str> {
        let id = self.at.value.get("operationId");
        id.and_then(Value::as_str).filter(|id| !id.is_empty())
    }
}

/// A function that returns the identity of an operation: a path or an ID, and a method.
type KeyOf<'a> = fn(&OperationNode<'a>) -> Option<(String, Option<Method>)>;

impl<'a> DiffWalk<'a> {
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
        let mut compared: BTreeSet<Pointer> = items.values().cloned().collect();
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
            compared.insert(after.place.clone());
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
                if compared.contains(&after.place) {
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

    pub(in crate::diff) fn operation_id(&mut self, member: &KeyPair<'a>) {
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

/// Returns the path with its parameter names removed.
fn form(path: &str) -> String {
    let segments = segments(path).into_iter();
    let pieces_by_segment = segments.map(|pieces| {
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Literal(text) => text,
            Piece::Parameter(_) => "{}".to_owned(),
        });
        pieces.collect::<String>()
    });
    pieces_by_segment.collect::<Vec<_>>().join("/")
}

/// Returns the names of the parameters in a path, in order.
pub(super) fn names_in(path: &str) -> Vec<String> {
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
