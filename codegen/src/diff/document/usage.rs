//! Finds the operations that use a place of a document.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::node::{Node, resolved};
use crate::{diff::wire_risk::Directions, load::Document, model::Method, pointer::Pointer};

/// The references of a document, for finding the operations that use a place.
pub(in crate::diff) struct UsageIndex<'a> {
    tree: &'a Value,
    /// The places of `$ref`s, by target.
    by_target: BTreeMap<Pointer, Vec<Pointer>>,
    /// The path items that are defined elsewhere, each with its path.
    items: Vec<(Pointer, String)>,
}

/// The users of a place.
#[derive(Clone, Debug, Default)]
pub(in crate::diff) struct Users {
    /// The operations, as path and method.
    pub(in crate::diff) operations: BTreeSet<(String, Method)>,
    pub(in crate::diff) directions: Directions,
}

impl Users {
    pub(in crate::diff) fn extend(&mut self, other: Self) {
        self.operations.extend(other.operations);
        self.directions.requests |= other.directions.requests;
        self.directions.responses |= other.directions.responses;
    }
}

impl<'a> UsageIndex<'a> {
    pub(in crate::diff) fn new(document: &'a Document) -> Self {
        let mut by_target: BTreeMap<Pointer, Vec<Pointer>> = BTreeMap::new();
        for ((target, _), places) in &document.references {
            let references = by_target.entry(target.clone()).or_default();
            references.extend(places.iter().cloned());
        }
        let mut items = Vec::new();
        let paths = Pointer::root().key("paths");
        for path in keys(&document.tree, "/paths") {
            let place = paths.key(path);
            if let Some(item) = resolved(&document.tree, &place)
                && item.place != place
            {
                items.push((item.place, path.to_owned()));
            }
        }
        Self {
            tree: &document.tree,
            by_target,
            items,
        }
    }

    /// Returns whether a place is within an object for which a flag such as `readOnly` is set.
    pub(in crate::diff) fn is_within(&self, place: &Pointer, keyword: &str) -> bool {
        let mut around = Some(place.clone());
        while let Some(place) = around {
            let value = place.find(self.tree);
            if value.and_then(|value| value.get(keyword)) == Some(&Value::Bool(true)) {
                return true;
            }
            around = place.parent();
        }
        false
    }

    /// Returns the users of a place.
    pub(in crate::diff) fn users(&self, place: &Pointer) -> Users {
        let mut users = Users::default();
        let mut seen = HashSet::from([place.clone()]);
        let mut pending = vec![place.clone()];
        while let Some(place) = pending.pop() {
            self.add_users_at(&place, &mut users);
            let mut around = Some(place);
            while let Some(target) = around {
                for reference in self.by_target.get(&target).into_iter().flatten() {
                    if seen.insert(reference.clone()) {
                        pending.push(reference.clone());
                    }
                }
                around = target.parent();
            }
        }
        users
    }

    /// Adds the operations that contain a place or that it applies to.
    fn add_users_at(&self, place: &Pointer, users: &mut Users) {
        let segments: Vec<_> = place.segments().collect();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        match segments.as_slice() {
            ["paths", path, rest @ ..] => self.in_item(path, rest, users),
            ["security", ..] => {
                let is_silent = |operation: &Value| operation.get("security").is_none();
                self.add_operations(users, is_silent);
            }
            ["components", "securitySchemes", id, ..] => {
                let requires = |list: Option<&Value>| {
                    let list = list.and_then(Value::as_array);
                    list.is_some_and(|list| {
                        list.iter().any(|alternative| alternative.get(id).is_some())
                    })
                };
                let by_default = requires(self.tree.get("security"));
                self.add_operations(users, |operation| match operation.get("security") {
                    Some(own) => requires(Some(own)),
                    None => by_default,
                });
            }
            ["servers", ..] => self.add_operations(users, |_| true),
            _ => {
                for (item, path) in &self.items {
                    if let Some(rest) = place.strip(item) {
                        let rest: Vec<_> = rest.segments().collect();
                        let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
                        self.in_item(path, &rest, users);
                    }
                }
            }
        }
    }

    fn in_item(&self, path: &str, rest: &[&str], users: &mut Users) {
        let mut methods = Method::ALL.into_iter();
        match rest {
            [method, rest @ ..] if methods.any(|candidate| candidate.key() == **method) => {
                let methods = Method::ALL.into_iter();
                let found = methods.filter(|candidate| candidate.key() == **method);
                users
                    .operations
                    .extend(found.map(|method| (path.to_owned(), method)));
                match rest.first() {
                    Some(&"responses") => users.directions.responses = true,
                    Some(&("parameters" | "requestBody")) => users.directions.requests = true,
                    _ => {}
                }
            }
            ["parameters", rest @ ..] => {
                users.directions.requests = true;
                let place = Pointer::root().key("paths").key(path);
                let Some(item) = resolved(self.tree, &place) else {
                    return;
                };
                let path_parameter = rest
                    .first()
                    .map(|index| item.place.key("parameters").key(index));
                let path_parameter = path_parameter.and_then(|place| identity(self.tree, &place));
                for method in Method::ALL {
                    let Some(operation) = item.get(&method.key()) else {
                        continue;
                    };
                    // An operation does not use a parameter that it overrides.
                    let own_parameters = operation.get("parameters");
                    let mut own_parameters = own_parameters.iter().flat_map(Node::items);
                    let is_replaced = path_parameter.is_some()
                        && own_parameters.any(|parameter| {
                            identity(self.tree, &parameter.place) == path_parameter
                        });
                    if !is_replaced {
                        users.operations.insert((path.to_owned(), method));
                    }
                }
            }
            _ => {}
        }
    }

    fn add_operations(&self, users: &mut Users, is_user: impl Fn(&Value) -> bool) {
        for path in keys(self.tree, "/paths") {
            let place = Pointer::root().key("paths").key(path);
            for method in Method::ALL {
                let item = resolved(self.tree, &place);
                let operation = item.and_then(|item| item.get(&method.key()));
                if operation.is_some_and(|operation| is_user(operation.value)) {
                    users.operations.insert((path.to_owned(), method));
                }
            }
        }
    }
}

/// Returns the identity of a parameter: its location and name.
fn identity(tree: &Value, place: &Pointer) -> Option<(String, String)> {
    let parameter = resolved(tree, place)?;
    let (location, name) = (parameter.text("in"), parameter.text("name"));
    let name = match location {
        "header" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    Some((location.to_owned(), name))
}

fn keys<'a>(tree: &'a Value, place: &str) -> impl Iterator<Item = &'a String> {
    let members = tree.pointer(place).and_then(Value::as_object);
    members.into_iter().flat_map(serde_json::Map::keys)
}
