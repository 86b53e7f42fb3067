//! Removes the documentation from a part of a document, so that its meaning can be compared.
//!
//! Two operations share a response enum if their responses are equal without documentation.

use serde_json::{Map, Value};

use crate::{
    load::{
        resolve,
        spec::{KeyUse, ObjectKind, ValueKind},
        walk::{Rebuilder, SpecMember, rebuild},
    },
    pointer::{Pointer, Trail},
};

/// Returns a part of a document without its documentation.
///
/// A `$ref` to a schema is kept, because the schema is a named type. Other `$ref`s are replaced by their
/// targets, because it makes no difference whether a response or a header is declared inline or under
/// `components`.
pub(crate) fn without_docs(document: &Value, kind: ObjectKind, value: &Value) -> Value {
    let expected = ValueKind::Ref(kind);
    let mut meaning = Meaning { document };
    rebuild(expected, value, &Trail::ROOT, &mut meaning).unwrap_or_default()
}

struct Meaning<'a> {
    document: &'a Value,
}

impl Rebuilder for Meaning<'_> {
    fn member(&mut self, _: ObjectKind, member: &SpecMember<'_>) -> bool {
        member.usage == KeyUse::Meaning
    }

    fn object(
        &mut self,
        _: ValueKind,
        _: ObjectKind,
        _: &Map<String, Value>,
        rebuilt: Map<String, Value>,
    ) -> Option<Value> {
        Some(Value::Object(rebuilt))
    }

    fn reference(&mut self, kind: ObjectKind, object: &Value, at: &Trail<'_>) -> Option<Value> {
        let reference = object.get("$ref").and_then(Value::as_str);
        let place = reference.and_then(Pointer::from_fragment);
        match place.and_then(|place| resolve(self.document, &place)) {
            Some(target) if kind != ObjectKind::Schema => {
                rebuild(ValueKind::Is(kind), target.node, at, self)
            }
            _ => Some(object.clone()),
        }
    }

    fn leaf(&mut self, _: ValueKind, value: &Value) -> Option<Value> {
        Some(value.clone())
    }
}
