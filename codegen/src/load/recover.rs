//! Keeps the valid part of a broken document, so that lowering can report its errors too.
//!
//! All errors of a document are reported in one run. The valid part only serves to find further errors:
//! nothing is generated from it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, ValueKind, dependent},
    walk::{PartMut, retain},
};
use crate::{
    model::ResponseKey,
    pointer::{Pointer, Trail},
};

/// Removes the member at a place.
pub(super) fn remove(tree: &mut Value, place: &Pointer) {
    if let (Some(parent), Some(key)) = (place.parent(), place.last())
        && let Some(Value::Object(members)) = tree.pointer_mut(parent.as_str())
    {
        members.shift_remove(key.as_ref());
    }
}

/// Returns the valid part of a document, without the `$ref`s at the places in `broken`; `None` if a required part
/// is invalid.
pub(super) fn valid_part(mut tree: Value, broken: &BTreeSet<Pointer>) -> Option<Value> {
    let document = ValueKind::Is(ObjectKind::OpenApi);
    let is_valid = retain(
        document,
        &mut tree,
        &Trail::ROOT,
        &mut |part, at| match part {
            PartMut::Key(ObjectKind::Paths, path, _) => path.starts_with('/'),
            PartMut::Key(ObjectKind::Responses, key, _) => ResponseKey::parse(key).is_some(),
            PartMut::Key(..) => true,
            PartMut::Object(kind, object) => complete(kind, object),
            PartMut::Reference(_, object) => {
                let is_text = object.get("$ref").is_some_and(Value::is_string);
                is_text && !broken.contains(&at.key("$ref").pointer())
            }
            PartMut::Leaf(expected, value) => expected.allows(value),
        },
    );
    is_valid.then_some(tree)
}

/// Adds the missing required keys that have a placeholder; returns `false` if one has none.
fn complete(kind: ObjectKind, object: &mut Map<String, Value>) -> bool {
    if let ObjectKeys::Fields(fields) = kind.keys() {
        for field in fields.iter().filter(|field| field.required) {
            if object.contains_key(field.name) {
                continue;
            }
            let Some(value) = placeholder(kind, field) else {
                return false;
            };
            object.insert(field.name.to_owned(), value);
        }
    }
    let mut dependent = dependent(kind, object).iter();
    dependent.all(|key| object.contains_key(*key))
}

/// Returns a valid value for a missing required key, if there is a neutral one.
fn placeholder(kind: ObjectKind, field: &KeySpec) -> Option<Value> {
    match field.kind {
        ValueKind::Text if field.usage == KeyUse::Docs || kind == ObjectKind::Info => {
            Some(json!(""))
        }
        ValueKind::Is(_) | ValueKind::Map(_) => Some(json!({})),
        _ => None,
    }
}
