//! Keeps the valid part of a broken document, so that lowering can report its errors too.
//!
//! All errors of a document are reported in one run. The valid part only serves to find further errors:
//! nothing is generated from it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, ValueKind, dependent},
    walk::{Rebuilder, SpecMember, rebuild},
};
use crate::{model::ResponseKey, pointer::Pointer, pointer::Trail};

/// Returns the valid part of a document, without the `$ref`s at the places in `broken`.
///
/// An invalid value that could have been a `$ref` is replaced with a dangling `$ref`, so that its neighbors
/// in a list keep their indices. `None` if a required part is invalid.
pub(super) fn valid_part(tree: &Value, broken: &BTreeSet<Pointer>) -> Option<Value> {
    let document = ValueKind::Is(ObjectKind::OpenApi);
    rebuild(document, tree, &Trail::ROOT, &mut Recovery { broken })
}

struct Recovery<'a> {
    broken: &'a BTreeSet<Pointer>,
}

impl Rebuilder for Recovery<'_> {
    fn member(&mut self, kind: ObjectKind, member: &SpecMember<'_>) -> bool {
        match kind {
            ObjectKind::Paths => member.key.starts_with('/'),
            ObjectKind::Responses => ResponseKey::parse(member.key).is_some(),
            _ => true,
        }
    }

    fn object(
        &mut self,
        expected: ValueKind,
        kind: ObjectKind,
        original: &Map<String, Value>,
        rebuilt: Map<String, Value>,
    ) -> Option<Value> {
        let object = valid_object(kind, original, rebuilt);
        object.map(Value::Object).or_else(|| dangling_ref(expected))
    }

    fn reference(&mut self, kind: ObjectKind, object: &Value, at: &Trail<'_>) -> Option<Value> {
        let is_valid = object.get("$ref").is_some_and(Value::is_string)
            && !self.broken.contains(&at.key("$ref").pointer());
        if is_valid {
            Some(object.clone())
        } else {
            dangling_ref(ValueKind::Ref(kind))
        }
    }

    fn leaf(&mut self, expected: ValueKind, value: &Value) -> Option<Value> {
        if expected.allows(value) {
            Some(value.clone())
        } else {
            dangling_ref(expected)
        }
    }
}

/// Returns a dangling `$ref` where a `$ref` is allowed.
fn dangling_ref(expected: ValueKind) -> Option<Value> {
    let is_allowed = matches!(expected, ValueKind::Ref(_) | ValueKind::FlagOrRef(_));
    is_allowed.then(|| json!({"$ref": "#/invalid"}))
}

/// Completes the valid members of an object with its extensions and unknown keys, and with placeholders.
fn valid_object(
    kind: ObjectKind,
    original: &Map<String, Value>,
    mut valid: Map<String, Value>,
) -> Option<Map<String, Value>> {
    let fields = match kind.keys() {
        ObjectKeys::Fields(fields) => fields,
        ObjectKeys::Named(_) => &[],
    };
    let is_extra = |key: &String| match kind.keys() {
        ObjectKeys::Fields(fields) => fields.iter().all(|field| field.name != key),
        ObjectKeys::Named(_) => key.starts_with("x-"),
    };
    let extra = original.iter().filter(|(key, _)| is_extra(key));
    valid.extend(extra.map(|(key, value)| (key.clone(), value.clone())));
    for field in fields {
        if valid.contains_key(field.name) {
            continue;
        }
        match placeholder(kind, field) {
            Some(value) => {
                valid.insert(field.name.to_owned(), value);
            }
            None if field.required => return None,
            None => {}
        }
    }
    let mut dependent = dependent(kind, &valid).iter();
    dependent
        .all(|key| valid.contains_key(*key))
        .then_some(valid)
}

/// Returns a valid value for a missing required key, if there is a neutral one.
fn placeholder(kind: ObjectKind, field: &KeySpec) -> Option<Value> {
    match field.kind {
        _ if !field.required => None,
        ValueKind::Text if field.usage == KeyUse::Docs || kind == ObjectKind::Info => {
            Some(json!(""))
        }
        ValueKind::Is(_) | ValueKind::Map(_) => Some(json!({})),
        _ => None,
    }
}
