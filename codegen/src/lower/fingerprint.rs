//! Removes the documentation from a part of a document, so that its meaning can be compared.
//!
//! Two operations share a response enum if their responses are equal without documentation.

use serde_json::{Map, Value};

use crate::{
    load::spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind},
    pointer::Pointer,
};

/// Returns a part of a document without its documentation.
///
/// A `$ref` to a schema is kept, because the schema is a named type. Other `$ref`s are replaced by their
/// targets, because it makes no difference whether a response or a header is declared inline or under
/// `components`.
pub(crate) fn without_docs(document: &Value, kind: ObjectKind, value: &Value) -> Value {
    strip_value(document, ValueKind::Ref(kind), value)
}

fn strip_value(document: &Value, value_kind: ValueKind, value: &Value) -> Value {
    match (value_kind, value) {
        (
            ValueKind::Is(kind) | ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind),
            Value::Object(members),
        ) => match members.get("$ref").and_then(Value::as_str) {
            Some(_) if kind == ObjectKind::Schema => value.clone(),
            Some(reference) => match target(document, reference) {
                Some(target) => strip_value(document, value_kind, target),
                None => value.clone(),
            },
            None => strip_object(document, kind, members),
        },
        (ValueKind::List(value_kind), Value::Array(items)) => items
            .iter()
            .map(|item| strip_value(document, *value_kind, item))
            .collect(),
        (ValueKind::Map(value_kind), Value::Object(members)) => members
            .iter()
            .map(|(key, value)| (key.clone(), strip_value(document, *value_kind, value)))
            .collect(),
        _ => value.clone(),
    }
}

fn strip_object(document: &Value, kind: ObjectKind, members: &Map<String, Value>) -> Value {
    let ObjectKeys::Fields(fields) = kind.keys() else {
        return Value::Object(members.clone());
    };
    fields
        .iter()
        .filter(|field| field.usage == KeyUse::Meaning)
        .filter_map(|field| {
            let value = strip_value(document, field.kind, members.get(field.name)?);
            Some((field.name.to_owned(), value))
        })
        .collect()
}

fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(Pointer::from_fragment(reference)?.as_str())
}
