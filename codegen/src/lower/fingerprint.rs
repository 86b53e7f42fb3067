//! What is left of a part of a document when all is taken away that only people read.
//!
//! Two sets of responses are one if their skeletons are equal: descriptions do not count.

use serde_json::{Map, Value};

use crate::{
    load::spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind},
    pointer::Pointer,
};

/// The skeleton of a part of a document.
///
/// A `$ref` to a schema stays one, for it is a type with a name; other `$ref`s are followed, for it
/// makes no difference whether a response or a header stands here or under `components`.
pub(crate) fn skeleton(document: &Value, kind: ObjectKind, value: &Value) -> Value {
    bare(document, ValueKind::Ref(kind), value)
}

fn bare(document: &Value, form: ValueKind, value: &Value) -> Value {
    match (form, value) {
        (
            ValueKind::Is(kind) | ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind),
            Value::Object(members),
        ) => match members.get("$ref").and_then(Value::as_str) {
            Some(_) if kind == ObjectKind::Schema => value.clone(),
            Some(reference) => match target(document, reference) {
                Some(target) => bare(document, form, target),
                None => value.clone(),
            },
            None => object(document, kind, members),
        },
        (ValueKind::List(form), Value::Array(items)) => items
            .iter()
            .map(|item| bare(document, *form, item))
            .collect(),
        (ValueKind::Map(form), Value::Object(members)) => members
            .iter()
            .map(|(key, value)| (key.clone(), bare(document, *form, value)))
            .collect(),
        _ => value.clone(),
    }
}

fn object(document: &Value, kind: ObjectKind, members: &Map<String, Value>) -> Value {
    let ObjectKeys::Fields(fields) = kind.members() else {
        return Value::Object(members.clone());
    };
    fields
        .iter()
        .filter(|field| field.usage == KeyUse::Meaning)
        .filter_map(|field| {
            let value = bare(document, field.form, members.get(field.name)?);
            Some((field.name.to_owned(), value))
        })
        .collect()
}

fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(Pointer::from_fragment(reference)?.as_str())
}
