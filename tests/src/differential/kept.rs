//! Compares a value with the value that a server read and wrote again.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::verdict;
use crate::schema_values::Direction;

/// A comparison of values of the schemas of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept<'a> {
    components: &'a Map<String, Value>,
}

/// The schemas that apply to a value, with one alternative of each union.
type Parts<'a> = Vec<&'a Value>;

impl<'a> Kept<'a> {
    pub(super) fn new(components: &'a Map<String, Value>) -> Self {
        Self { components }
    }

    /// Returns whether a value was kept, except for members that neither `properties` nor `additionalProperties`
    /// declares.
    pub(super) fn is_kept(self, schema: &'a Value, value: &Value, sent: &Value) -> bool {
        self.choices(schema, value, 0)
            .iter()
            .any(|parts| self.are_kept(parts, value, sent))
    }

    /// Returns whether a value that several schemas describe was kept.
    fn are_kept(self, parts: &Parts<'a>, value: &Value, sent: &Value) -> bool {
        match (value, sent) {
            // `1` and `1.0` are the same number.
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::Array(items), Value::Array(sent)) => {
                let declared: Vec<_> = parts.iter().filter_map(|part| part.get("items")).collect();
                let mut pairs = items.iter().zip(sent);
                items.len() == sent.len() && pairs.all(|(a, b)| self.is_each_kept(&declared, a, b))
            }
            (Value::Object(members), Value::Object(sent)) => {
                let is_open = parts.iter().any(|part| {
                    part.get("additionalProperties")
                        .is_some_and(|value| *value != false)
                });
                let declared: BTreeSet<&str> = parts.iter().flat_map(|part| names(part)).collect();
                // Without properties, it is a map.
                let is_open = is_open || declared.is_empty();
                members.iter().all(|(name, member)| match sent.get(name) {
                    Some(sent) => {
                        let mut schemas: Vec<_> = parts
                            .iter()
                            .filter_map(|part| part.get("properties")?.get(name))
                            .collect();
                        if schemas.is_empty() {
                            schemas.extend(
                                parts
                                    .iter()
                                    .filter_map(|part| part.get("additionalProperties")),
                            );
                        }
                        self.is_each_kept(&schemas, member, sent)
                    }
                    None => !is_open && !declared.contains(name.as_str()),
                }) && sent.keys().all(|name| members.contains_key(name))
            }
            (value, sent) => value == sent,
        }
    }

    fn is_each_kept(self, schemas: &[&'a Value], value: &Value, sent: &Value) -> bool {
        let mut choices: Vec<Parts<'a>> = vec![Vec::new()];
        for schema in schemas {
            choices = combined(&choices, &self.choices(schema, value, 0));
        }
        choices
            .iter()
            .any(|parts| self.are_kept(parts, value, sent))
    }

    /// Returns the schemas that apply to a value, for each choice of a valid alternative of each union.
    fn choices(self, schema: &'a Value, value: &Value, depth: usize) -> Vec<Parts<'a>> {
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(target) => {
                let name = target.rsplit('/').next().unwrap_or_default();
                self.components.get(name).unwrap_or(schema)
            }
            None => schema,
        };
        let mut choices = vec![vec![schema]];
        if depth > 8 {
            return choices;
        }
        let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        for part in list("allOf").into_iter().flatten() {
            choices = combined(&choices, &self.choices(part, value, depth + 1));
        }
        for keyword in ["oneOf", "anyOf"] {
            let Some(alternatives) = list(keyword) else {
                continue;
            };
            let mut by_alternative = Vec::new();
            for alternative in alternatives {
                let validator =
                    verdict::validator(self.components, alternative, Direction::Request);
                if validator.is_valid(value) {
                    by_alternative.extend(self.choices(alternative, value, depth + 1));
                }
            }
            if !by_alternative.is_empty() {
                choices = combined(&choices, &by_alternative);
            }
        }
        choices
    }
}

/// Returns the names of the properties that a schema declares.
fn names(schema: &Value) -> impl Iterator<Item = &str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    properties
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .chain(required)
}

/// Returns each combination of a choice of two lists.
fn combined<'a>(left: &[Parts<'a>], right: &[Parts<'a>]) -> Vec<Parts<'a>> {
    let pairs = left.iter().flat_map(|left| {
        right
            .iter()
            .map(move |right| [left.as_slice(), right].concat())
    });
    pairs.take(64).collect()
}
