//! Objects merged from the parts of their `allOf`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::node::{Node, resolved};
use crate::pointer::Pointer;

/// The keywords that apply to values of any type.
pub(super) const OF_ALL: [&str; 10] = [
    "default",
    "deprecated",
    "description",
    "example",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
    "type",
    "writeOnly",
];

/// The keywords that are merged over the parts of an `allOf`.
pub(super) const GATHERED: [&str; 4] = ["allOf", "properties", "required", "type"];

/// The properties of a schema, merged with those of the parts of its `allOf`.
#[derive(Default)]
pub(super) struct MergedObject<'a> {
    pub(super) properties: BTreeMap<&'a str, Node<'a>>,
    pub(super) required: BTreeMap<&'a str, Pointer>,
    /// All other constraints on the values.
    pub(super) constraints: BTreeSet<String>,
}

impl<'a> MergedObject<'a> {
    pub(super) fn merge(tree: &'a Value, at: &Node<'a>) -> Self {
        let mut object = Self::default();
        object.gather(tree, at, &mut BTreeSet::new());
        object
    }

    fn gather(&mut self, tree: &'a Value, at: &Node<'a>, seen: &mut BTreeSet<Pointer>) {
        let Some(at) = resolved(tree, &at.place).filter(|at| seen.insert(at.place.clone())) else {
            return;
        };
        for (name, property) in at.get("properties").iter().flat_map(Node::members) {
            self.properties.entry(name).or_insert(property);
        }
        for name in at.get("required").iter().flat_map(Node::items) {
            if let Some(text) = name.value.as_str() {
                self.required.entry(text).or_insert(name.place);
            }
        }
        for (key, value) in at.members() {
            let is_type = key == "type" && value.value != "object";
            let is_merged =
                GATHERED.contains(&key) || OF_ALL.contains(&key) || key.starts_with("x-");
            if is_type || !is_merged {
                self.constraints.insert(format!("{key}: {}", value.value));
            }
        }
        for part in at.get("allOf").iter().flat_map(Node::items) {
            self.gather(tree, &part, seen);
        }
    }
}
