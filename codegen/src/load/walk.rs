//! Walks a document by the tables of [`spec`](super::spec).
//!
//! [`visit`] reads a value with everything inside of it, and [`rebuild`] makes a changed copy of it. Neither
//! follows `$ref`s.

use serde_json::{Map, Value};

use super::spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind};
use crate::pointer::Trail;

/// A member of an object whose key the tables define.
#[derive(Clone, Copy)]
pub(crate) struct SpecMember<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a Value,
    /// The expected kind of the value.
    pub(crate) expected: ValueKind,
    pub(crate) usage: KeyUse,
}

/// Returns the members of an object, except extensions and unknown keys.
pub(crate) fn members(
    kind: ObjectKind,
    object: &Map<String, Value>,
) -> impl Iterator<Item = SpecMember<'_>> {
    let (fields, named) = match kind.keys() {
        ObjectKeys::Fields(fields) => (fields, None),
        ObjectKeys::Named(expected) => (&[][..], Some(expected)),
    };
    let fields = fields.iter().filter_map(|field| {
        Some(SpecMember {
            key: field.name,
            value: object.get(field.name)?,
            expected: field.kind,
            usage: field.usage,
        })
    });
    let named = named.into_iter().flat_map(|expected| {
        let members = object.iter().filter(|(key, _)| !key.starts_with("x-"));
        members.map(move |(key, value)| SpecMember {
            key,
            value,
            expected,
            usage: KeyUse::Meaning,
        })
    });
    fields.chain(named)
}

/// Reads the parts of a document.
pub(crate) trait Visitor {
    /// Reads an object before its members; returns `false` to skip them.
    fn object(&mut self, _kind: ObjectKind, _object: &Map<String, Value>, _at: &Trail<'_>) -> bool {
        true
    }

    /// Returns whether to visit a member of the object at a place.
    fn member(&mut self, _kind: ObjectKind, _member: &SpecMember<'_>, _at: &Trail<'_>) -> bool {
        true
    }

    /// Reads the value of the `$ref` in place of an object; `at` is the place of the object.
    fn reference(&mut self, kind: ObjectKind, reference: &Value, at: &Trail<'_>);

    /// Reads a value without members: a scalar, any value of [`ValueKind::Any`], or a value of the wrong type.
    fn leaf(&mut self, _expected: ValueKind, _value: &Value, _at: &Trail<'_>) {}
}

/// Visits a value and everything inside of it.
pub(crate) fn visit(
    expected: ValueKind,
    value: &Value,
    at: &Trail<'_>,
    visitor: &mut impl Visitor,
) {
    match (expected, value) {
        (
            ValueKind::Is(kind) | ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind),
            Value::Object(object),
        ) => {
            if let Some(reference) = reference(expected, object) {
                visitor.reference(kind, reference, at);
            } else if visitor.object(kind, object, at) {
                for member in members(kind, object) {
                    if visitor.member(kind, &member, at) {
                        visit(member.expected, member.value, &at.key(member.key), visitor);
                    }
                }
            }
        }
        (ValueKind::List(expected), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                visit(*expected, item, &at.index(index), visitor);
            }
        }
        (ValueKind::Map(expected), Value::Object(members)) => {
            for (key, value) in members {
                visit(*expected, value, &at.key(key), visitor);
            }
        }
        _ => visitor.leaf(expected, value, at),
    }
}

/// Makes a changed copy of a part of a document; `None` leaves a part out.
pub(crate) trait Rebuilder {
    /// Returns whether to keep a member of an object.
    fn member(&mut self, kind: ObjectKind, member: &SpecMember<'_>) -> bool;

    /// Returns an object with its rebuilt members.
    fn object(
        &mut self,
        expected: ValueKind,
        kind: ObjectKind,
        original: &Map<String, Value>,
        rebuilt: Map<String, Value>,
    ) -> Option<Value>;

    /// Returns a replacement of an object that is a `$ref`.
    fn reference(&mut self, kind: ObjectKind, object: &Value, at: &Trail<'_>) -> Option<Value>;

    /// Returns a replacement of a value without members.
    fn leaf(&mut self, expected: ValueKind, value: &Value) -> Option<Value>;
}

/// Rebuilds a value and everything inside of it. A list is left out if one of its items is.
pub(crate) fn rebuild(
    expected: ValueKind,
    value: &Value,
    at: &Trail<'_>,
    rebuilder: &mut impl Rebuilder,
) -> Option<Value> {
    match (expected, value) {
        (
            ValueKind::Is(kind) | ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind),
            Value::Object(object),
        ) => {
            if reference(expected, object).is_some() {
                return rebuilder.reference(kind, value, at);
            }
            let mut rebuilt = Map::new();
            for member in members(kind, object) {
                if rebuilder.member(kind, &member)
                    && let Some(value) = rebuild(
                        member.expected,
                        member.value,
                        &at.key(member.key),
                        rebuilder,
                    )
                {
                    rebuilt.insert(member.key.to_owned(), value);
                }
            }
            rebuilder.object(expected, kind, object, rebuilt)
        }
        (ValueKind::List(expected), Value::Array(items)) => {
            let items = items.iter().enumerate();
            let rebuilt =
                items.map(|(index, item)| rebuild(*expected, item, &at.index(index), rebuilder));
            rebuilt.collect()
        }
        (ValueKind::Map(expected), Value::Object(members)) => {
            let rebuilt = members.iter().filter_map(|(key, value)| {
                Some((
                    key.clone(),
                    rebuild(*expected, value, &at.key(key), rebuilder)?,
                ))
            });
            Some(Value::Object(rebuilt.collect()))
        }
        _ => rebuilder.leaf(expected, value),
    }
}

/// Returns the value of `$ref`, where a `$ref` is allowed.
fn reference(expected: ValueKind, object: &Map<String, Value>) -> Option<&Value> {
    let is_allowed = matches!(expected, ValueKind::Ref(_) | ValueKind::FlagOrRef(_));
    object.get("$ref").filter(|_| is_allowed)
}
