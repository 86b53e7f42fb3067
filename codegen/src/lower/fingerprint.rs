//! Removes the documentation from a part of a document, so that its meaning can be compared.
//!
//! Operations share a response enum if they have the same `x-name` and their responses are equal without documentation.

use serde_json::Value;

use crate::{
    load::{
        resolve,
        spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind},
        walk::{PartMut, retain},
    },
    pointer::{Pointer, Trail},
};

/// Returns a part of a document without its documentation.
///
/// A `$ref` to a schema is kept, because the schema is a named type. Other `$ref`s are replaced by their
/// targets, because it makes no difference whether a response or a header is declared inline or under
/// `components`.
pub(crate) fn without_docs(document: &Value, kind: ObjectKind, value: &Value) -> Value {
    let mut value = value.clone();
    remove_docs(document, ValueKind::Ref(kind), &mut value);
    value
}

fn remove_docs(document: &Value, expected: ValueKind, value: &mut Value) {
    retain(expected, value, &Trail::ROOT, &mut |part, _| {
        match part {
            PartMut::Key(_, _, usage) => return usage == KeyUse::Meaning,
            PartMut::Object(kind, object) => {
                if let ObjectKeys::Fields(fields) = kind.keys() {
                    object.retain(|key, _| fields.iter().any(|field| field.name == key));
                }
            }
            PartMut::Reference(kind, object) if kind != ObjectKind::Schema => {
                let reference = object.get("$ref").and_then(Value::as_str);
                let place = reference.and_then(Pointer::from_fragment);
                if let Some(target) = place.and_then(|place| resolve(document, &place)) {
                    *object = target.node.clone();
                    remove_docs(document, ValueKind::Is(kind), object);
                }
            }
            PartMut::Reference(..) | PartMut::Leaf(..) => {}
        }
        true
    });
}
