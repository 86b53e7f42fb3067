//! Values of two compared documents, with their places.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    diff::PlacePair,
    load::{resolve, spec::ObjectKind},
    pointer::Pointer,
};

/// A value of a document and its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) place: Pointer,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value, place: Pointer) -> Self {
        Self { value, place }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self::new(value, self.place.key(key)))
    }

    pub(super) fn index(&self, index: usize) -> Option<Self> {
        let value = self.value.get(index)?;
        Some(Self::new(value, self.place.index(index)))
    }

    pub(super) fn text(&self, key: &str) -> &'a str {
        let text = self.value.get(key).and_then(Value::as_str);
        text.unwrap_or_default()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn items(&self) -> Vec<Self> {
        let count = self.value.as_array().map_or(0, Vec::len);
        (0..count).filter_map(|index| self.index(index)).collect()
    }

    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), Self::new(value, self.place.key(key))))
            .collect()
    }
}

/// A key that at least one of two compared objects has.
pub(in crate::diff) struct KeyPair<'a> {
    /// The kind of the object that has the key.
    pub(super) kind: ObjectKind,
    pub(super) key: &'a str,
    pub(super) owners: (Node<'a>, Node<'a>),
    pub(super) base: Option<Node<'a>>,
    pub(super) head: Option<Node<'a>>,
}

impl KeyPair<'_> {
    /// Returns the places of the values.
    pub(super) fn place(&self) -> PlacePair {
        PlacePair {
            base: self.base.as_ref().map(|at| at.place.clone()),
            head: self.head.as_ref().map(|at| at.place.clone()),
        }
    }
}

/// Formats a value for a reader: strings without quotes.
pub(in crate::diff) fn display_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Returns the keys of two objects.
pub(super) fn keys<'a>(base: &Node<'a>, head: &Node<'a>) -> BTreeSet<&'a str> {
    let members = [base, head]
        .into_iter()
        .filter_map(|at| at.value.as_object());
    members.flat_map(Map::keys).map(String::as_str).collect()
}

/// Returns the values of a key on both sides.
pub(super) fn values<'a>(member: &KeyPair<'a>) -> (Option<&'a Value>, Option<&'a Value>) {
    let value = |at: &Option<Node<'a>>| at.as_ref().map(|at| at.value);
    (value(&member.base), value(&member.head))
}

/// Describes the change of a key: added, removed or changed.
pub(super) fn describe_change(key: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (None, _) => format!("`{key}` was added"),
        (_, None) => format!("`{key}` was removed"),
        _ => format!("`{key}` changed"),
    }
}

/// Returns the value at a place, after following `$ref`s.
pub(super) fn resolved<'a>(tree: &'a Value, place: &Pointer) -> Option<Node<'a>> {
    let target = resolve(tree, place)?;
    Some(Node::new(target.node, target.place))
}

/// Returns whether the values of two schemas have nothing in common.
pub(super) fn is_of_other_type(base: &Node<'_>, head: &Node<'_>) -> bool {
    let types = (base.text("type"), head.text("type"));
    let is_number = |ty: &str| matches!(ty, "integer" | "number");
    let is_said = !types.0.is_empty() && !types.1.is_empty();
    let are_numbers = is_number(types.0) && is_number(types.1);
    is_said && types.0 != types.1 && !are_numbers
}
