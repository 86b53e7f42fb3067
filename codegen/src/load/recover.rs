//! Keeps the valid part of a broken document, so that lowering can report its errors too.
//!
//! All errors of a document are reported in one run. The valid part only serves to find further errors:
//! nothing is generated from it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, ValueKind, dependent};
use crate::{model::ResponseKey, pointer::Pointer, pointer::Trail};

/// Returns the valid part of a document, without the `$ref`s at the places in `broken`.
///
/// An invalid value that could have been a `$ref` is replaced with a dangling `$ref`, so that its neighbors
/// in a list keep their indices. `None` if a required part is invalid.
pub(super) fn valid_part(tree: &Value, broken: &BTreeSet<Pointer>) -> Option<Value> {
    value(
        ValueKind::Is(ObjectKind::OpenApi),
        tree,
        &Trail::ROOT,
        broken,
    )
}

fn dangling_ref() -> Value {
    json!({"$ref": "#/invalid"})
}

fn value(
    expected: ValueKind,
    found: &Value,
    at: &Trail<'_>,
    broken: &BTreeSet<Pointer>,
) -> Option<Value> {
    match (expected, found) {
        (ValueKind::Any, _)
        | (ValueKind::Text, Value::String(_))
        | (ValueKind::Flag | ValueKind::FlagOrRef(_), Value::Bool(_))
        | (ValueKind::Number, Value::Number(_)) => Some(found.clone()),
        (ValueKind::OneOf(allowed), Value::String(text)) => {
            allowed.contains(&text.as_str()).then(|| found.clone())
        }
        (ValueKind::Count, Value::Number(number)) => number.as_u64().map(|_| found.clone()),
        (ValueKind::Is(kind), Value::Object(members)) => object(kind, members, at, broken),
        (ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind), Value::Object(members)) => {
            match members.get("$ref") {
                Some(Value::String(_)) if !broken.contains(&at.key("$ref").pointer()) => {
                    Some(found.clone())
                }
                Some(_) => Some(dangling_ref()),
                None => Some(object(kind, members, at, broken).unwrap_or_else(dangling_ref)),
            }
        }
        (ValueKind::Ref(_) | ValueKind::FlagOrRef(_), _) => Some(dangling_ref()),
        (ValueKind::List(item_kind), Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| value(*item_kind, item, &at.index(index), broken))
            .collect(),
        (ValueKind::Map(member_kind), Value::Object(members)) => {
            Some(Value::Object(map(members, *member_kind, at, broken)))
        }
        _ => None,
    }
}

fn map(
    members: &Map<String, Value>,
    member_kind: ValueKind,
    at: &Trail<'_>,
    broken: &BTreeSet<Pointer>,
) -> Map<String, Value> {
    let valid_member = |(key, found): (&String, &Value)| {
        Some((
            key.clone(),
            value(member_kind, found, &at.key(key), broken)?,
        ))
    };
    members.iter().filter_map(valid_member).collect()
}

fn object(
    kind: ObjectKind,
    members: &Map<String, Value>,
    at: &Trail<'_>,
    broken: &BTreeSet<Pointer>,
) -> Option<Value> {
    let fields = match kind.keys() {
        ObjectKeys::Fields(fields) => fields,
        ObjectKeys::Named(value_kind) => {
            let (extensions, mut named): (Map<_, _>, Map<_, _>) = members
                .clone()
                .into_iter()
                .partition(|(key, _)| key.starts_with("x-"));
            named.retain(|key, _| match kind {
                ObjectKind::Paths => key.starts_with('/'),
                ObjectKind::Responses => ResponseKey::parse(key).is_some(),
                _ => true,
            });
            let mut valid = map(&named, value_kind, at, broken);
            valid.extend(extensions);
            return Some(Value::Object(valid));
        }
    };
    let mut valid = members.clone();
    for field in fields {
        let found = members
            .get(field.name)
            .and_then(|found| value(field.kind, found, &at.key(field.name), broken));
        match found.or_else(|| placeholder(kind, field)) {
            Some(found) => {
                valid.insert(field.name.to_owned(), found);
            }
            None if field.required => return None,
            None => {
                valid.remove(field.name);
            }
        }
    }
    for key in dependent(kind, &valid) {
        if !valid.contains_key(*key) {
            return None;
        }
    }
    Some(Value::Object(valid))
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
