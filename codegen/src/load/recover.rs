//! The sound part of a document, so that lowering can look for more mistakes.
//!
//! A user who has made five mistakes wants to read of five. What is left of the document after the
//! first is only there to find the others: nothing is generated from it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, ValueKind, dependent};
use crate::{model::ResponseKey, pointer::Pointer, pointer::Trail};

/// The sound part of a document, without the `$ref`s at the places of `broken`.
///
/// What is wrong where there may be a `$ref` becomes one that leads nowhere, so that its neighbours in
/// a list keep their places.
pub(super) fn mended(tree: &Value, broken: &BTreeSet<Pointer>) -> Option<Value> {
    value(
        ValueKind::Is(ObjectKind::OpenApi),
        tree,
        &Trail::ROOT,
        broken,
    )
}

fn hole() -> Value {
    json!({"$ref": "#/mended"})
}

fn value(
    form: ValueKind,
    found: &Value,
    at: &Trail<'_>,
    broken: &BTreeSet<Pointer>,
) -> Option<Value> {
    match (form, found) {
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
                Some(_) => Some(hole()),
                None => Some(object(kind, members, at, broken).unwrap_or_else(hole)),
            }
        }
        (ValueKind::Ref(_) | ValueKind::FlagOrRef(_), _) => Some(hole()),
        (ValueKind::List(form), Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| value(*form, item, &at.index(index), broken))
            .collect(),
        (ValueKind::Map(form), Value::Object(members)) => {
            Some(Value::Object(map(members, *form, at, broken)))
        }
        _ => None,
    }
}

fn map(
    members: &Map<String, Value>,
    form: ValueKind,
    at: &Trail<'_>,
    broken: &BTreeSet<Pointer>,
) -> Map<String, Value> {
    let sound = |(key, found): (&String, &Value)| {
        Some((key.clone(), value(form, found, &at.key(key), broken)?))
    };
    members.iter().filter_map(sound).collect()
}

fn object(
    kind: ObjectKind,
    members: &Map<String, Value>,
    at: &Trail<'_>,
    broken: &BTreeSet<Pointer>,
) -> Option<Value> {
    let fields = match kind.members() {
        ObjectKeys::Fields(fields) => fields,
        ObjectKeys::Named(form) => {
            let (own, mut named): (Map<_, _>, Map<_, _>) = members
                .clone()
                .into_iter()
                .partition(|(key, _)| key.starts_with("x-"));
            named.retain(|key, _| match kind {
                ObjectKind::Paths => key.starts_with('/'),
                ObjectKind::Responses => ResponseKey::parse(key).is_some(),
                _ => true,
            });
            let mut sound = map(&named, form, at, broken);
            sound.extend(own);
            return Some(Value::Object(sound));
        }
    };
    let mut sound = members.clone();
    for field in fields {
        let found = members
            .get(field.name)
            .and_then(|found| value(field.form, found, &at.key(field.name), broken));
        match found.or_else(|| stand_in(kind, field)) {
            Some(found) => {
                sound.insert(field.name.to_owned(), found);
            }
            None if field.required => return None,
            None => {
                sound.remove(field.name);
            }
        }
    }
    for key in dependent(kind, &sound) {
        if !sound.contains_key(*key) {
            return None;
        }
    }
    Some(Value::Object(sound))
}

/// What can stand for a key that is missing, without a mistake of its own.
fn stand_in(kind: ObjectKind, field: &KeySpec) -> Option<Value> {
    match field.form {
        _ if !field.required => None,
        ValueKind::Text if field.usage == KeyUse::Prose || kind == ObjectKind::Info => {
            Some(json!(""))
        }
        ValueKind::Is(_) | ValueKind::Map(_) => Some(json!({})),
        _ => None,
    }
}
