//! Who uses what stands at a place of a document.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::{
    walk::{Node, resolved},
    wire_risk::Directions,
};
use crate::{load::Document, model::Method, pointer::Pointer};

/// The operations of a document that lead to its places.
pub(super) struct UsageIndex<'a> {
    tree: &'a Value,
    /// The places that say a `$ref`, by what it leads to.
    by_target: BTreeMap<Pointer, Vec<Pointer>>,
    /// The paths by the place of their item, where that is elsewhere.
    items: Vec<(Pointer, String)>,
}

/// Who uses something.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    /// The operations: method and path.
    pub(super) operations: BTreeSet<(String, Method)>,
    pub(super) ways: Directions,
}

impl Users {
    pub(super) fn extend(&mut self, other: Self) {
        self.operations.extend(other.operations);
        self.ways.requests |= other.ways.requests;
        self.ways.responses |= other.ways.responses;
    }
}

impl<'a> UsageIndex<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let mut by_target: BTreeMap<Pointer, Vec<Pointer>> = BTreeMap::new();
        for ((target, _), places) in &document.references {
            let known = by_target.entry(target.clone()).or_default();
            known.extend(places.iter().cloned());
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

    /// Whether what stands at a place is inside of something that a keyword is said of: `readOnly`.
    pub(super) fn is_within(&self, place: &Pointer, keyword: &str) -> bool {
        let mut around = Some(place.clone());
        while let Some(place) = around {
            let value = self.tree.pointer(place.as_str());
            if value.and_then(|value| value.get(keyword)) == Some(&Value::Bool(true)) {
                return true;
            }
            around = place.parent();
        }
        false
    }

    /// Who uses what stands at a place.
    pub(super) fn users(&self, place: &Pointer) -> Users {
        let mut users = Users::default();
        let mut seen = HashSet::from([place.clone()]);
        let mut open = vec![place.clone()];
        while let Some(place) = open.pop() {
            self.note(&place, &mut users);
            let mut around = Some(place);
            while let Some(target) = around {
                for reference in self.by_target.get(&target).into_iter().flatten() {
                    if seen.insert(reference.clone()) {
                        open.push(reference.clone());
                    }
                }
                around = target.parent();
            }
        }
        users
    }

    /// Notes the operations that a place is in, or that it is for.
    fn note(&self, place: &Pointer, users: &mut Users) {
        let segments: Vec<_> = place.segments().collect();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        match segments.as_slice() {
            ["paths", path, rest @ ..] => self.in_item(path, rest, users),
            ["security", ..] => {
                let is_silent = |operation: &Value| operation.get("security").is_none();
                self.all(users, is_silent);
            }
            ["components", "securitySchemes", id, ..] => {
                let asks = |list: Option<&Value>| {
                    let list = list.and_then(Value::as_array);
                    list.is_some_and(|list| list.iter().any(|one| one.get(id).is_some()))
                };
                let by_default = asks(self.tree.get("security"));
                self.all(users, |operation| match operation.get("security") {
                    Some(own) => asks(Some(own)),
                    None => by_default,
                });
            }
            ["servers", ..] => self.all(users, |_| true),
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
            [method, rest @ ..] if methods.any(|known| known.key() == **method) => {
                let methods = Method::ALL.into_iter();
                let found = methods.filter(|known| known.key() == **method);
                users
                    .operations
                    .extend(found.map(|method| (path.to_owned(), method)));
                match rest.first() {
                    Some(&"responses") => users.ways.responses = true,
                    Some(&("parameters" | "requestBody")) => users.ways.requests = true,
                    _ => {}
                }
            }
            ["parameters", rest @ ..] => {
                users.ways.requests = true;
                let place = Pointer::root().key("paths").key(path);
                let Some(item) = resolved(self.tree, &place) else {
                    return;
                };
                let own = rest
                    .first()
                    .map(|index| item.place.key("parameters").key(index));
                let own = own.and_then(|place| identity(self.tree, &place));
                for method in Method::ALL {
                    let Some(operation) = item.get(&method.key()) else {
                        continue;
                    };
                    // What an operation replaces it does not use.
                    let others = operation.get("parameters");
                    let mut others = others.iter().flat_map(Node::items);
                    let is_replaced = own.is_some()
                        && others.any(|other| identity(self.tree, &other.place) == own);
                    if !is_replaced {
                        users.operations.insert((path.to_owned(), method));
                    }
                }
            }
            _ => {}
        }
    }

    fn all(&self, users: &mut Users, is_user: impl Fn(&Value) -> bool) {
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

/// What tells a parameter from others: where it is, and its name.
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
