//! Walks a document by the tables of [`spec`](super::spec): [`visit`] reads a value with everything inside of
//! it, and [`retain`] changes it in place. Neither follows `$ref`s.

use serde_json::{Map, Value, json};

use super::spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind};
use crate::pointer::Trail;

/// A part of a document.
pub(crate) enum Part<'a> {
    /// An object, before its members; they are skipped if the visitor returns `false`.
    Object(ObjectKind, &'a Map<String, Value>),
    /// A key that the tables define, before its value, which is skipped if the visitor returns `false`. The place
    /// is that of the object.
    Key(ObjectKind, &'a str, KeyUse, &'a Value),
    /// The value of the `$ref` in place of an object.
    Reference(ObjectKind, &'a Value),
    /// A key next to a `$ref`, except extensions.
    Sibling(ObjectKind, &'a str),
    /// A value without members: a scalar, any value of [`ValueKind::Any`], or a value of the wrong type.
    Leaf(ValueKind, &'a Value),
}

/// Calls a visitor with each part of a value, and with the place of the part.
pub(crate) fn visit(
    expected: ValueKind,
    value: &Value,
    at: &Trail<'_>,
    visitor: &mut impl FnMut(Part<'_>, &Trail<'_>) -> bool,
) {
    match (expected, value) {
        (ValueKind::Is(kind), Value::Object(object)) => visit_object(kind, object, at, visitor),
        (ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind), Value::Object(object)) => {
            match object.get("$ref") {
                Some(reference) => {
                    visitor(Part::Reference(kind, reference), at);
                    let keys = object.keys().map(String::as_str);
                    for key in keys.filter(|key| *key != "$ref" && !key.starts_with("x-")) {
                        visitor(Part::Sibling(kind, key), at);
                    }
                }
                None => visit_object(kind, object, at, visitor),
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
        _ => {
            visitor(Part::Leaf(expected, value), at);
        }
    }
}

fn visit_object(
    kind: ObjectKind,
    object: &Map<String, Value>,
    at: &Trail<'_>,
    visitor: &mut impl FnMut(Part<'_>, &Trail<'_>) -> bool,
) {
    if !visitor(Part::Object(kind, object), at) {
        return;
    }
    let mut visit_key = |key: &str, usage, expected, value| {
        if visitor(Part::Key(kind, key, usage, value), at) {
            visit(expected, value, &at.key(key), visitor);
        }
    };
    match kind.keys() {
        ObjectKeys::Fields(fields) => {
            for field in fields {
                if let Some(value) = object.get(field.name) {
                    visit_key(field.name, field.usage, field.kind, value);
                }
            }
        }
        ObjectKeys::Named(expected) => {
            for (key, value) in object.iter().filter(|(key, _)| !key.starts_with("x-")) {
                visit_key(key, KeyUse::Meaning, expected, value);
            }
        }
    }
}

/// A part of a document that can be changed. It is removed if the visitor returns `false`.
pub(crate) enum PartMut<'a> {
    /// A key that the tables define, before its value.
    Key(ObjectKind, &'a str, KeyUse),
    /// An object, after its members.
    Object(ObjectKind, &'a mut Map<String, Value>),
    /// An object that is a `$ref`.
    Reference(ObjectKind, &'a mut Value),
    /// A value without members.
    Leaf(ValueKind, &'a Value),
}

/// Calls a visitor with each part of a value, removes the parts for which it returns `false`, and returns whether
/// to keep the value.
///
/// A value that could have been a `$ref` is replaced with a dangling `$ref` instead, so that its neighbors in a
/// list keep their indices; a list is removed with any other item.
pub(crate) fn retain(
    expected: ValueKind,
    value: &mut Value,
    at: &Trail<'_>,
    visitor: &mut impl FnMut(PartMut<'_>, &Trail<'_>) -> bool,
) -> bool {
    let can_refer = matches!(expected, ValueKind::Ref(_) | ValueKind::FlagOrRef(_));
    let is_kept = match (expected, &mut *value) {
        (ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind), value)
            if value.get("$ref").is_some() =>
        {
            visitor(PartMut::Reference(kind, value), at)
        }
        (
            ValueKind::Is(kind) | ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind),
            Value::Object(object),
        ) => {
            retain_members(kind, object, at, visitor);
            visitor(PartMut::Object(kind, object), at)
        }
        (ValueKind::List(expected), Value::Array(items)) => {
            let mut items = items.iter_mut().enumerate();
            items.all(|(index, item)| retain(*expected, item, &at.index(index), visitor))
        }
        (ValueKind::Map(expected), Value::Object(members)) => {
            members.retain(|key, value| retain(*expected, value, &at.key(key), visitor));
            true
        }
        (expected, value) => visitor(PartMut::Leaf(expected, value), at),
    };
    if !is_kept && can_refer {
        *value = json!({"$ref": "#/invalid"});
    }
    is_kept || can_refer
}

fn retain_members(
    kind: ObjectKind,
    object: &mut Map<String, Value>,
    at: &Trail<'_>,
    visitor: &mut impl FnMut(PartMut<'_>, &Trail<'_>) -> bool,
) {
    let keys = kind.keys();
    object.retain(|key, value| {
        let (usage, expected) = match keys {
            ObjectKeys::Fields(fields) => match fields.iter().find(|field| field.name == key) {
                Some(field) => (field.usage, field.kind),
                None => return true,
            },
            ObjectKeys::Named(_) if key.starts_with("x-") => return true,
            ObjectKeys::Named(expected) => (KeyUse::Meaning, expected),
        };
        visitor(PartMut::Key(kind, key, usage), at)
            && retain(expected, value, &at.key(key), visitor)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESPONSES: ValueKind = ValueKind::Is(ObjectKind::Responses);

    fn responses() -> Value {
        json!({
            "200": {"description": "Fine", "x-a": {}, "headers": {"A": {"$ref": "#/a"}}, "other": 1},
            "404": {"$ref": "#/b"},
            "default": true,
            "x-b": 1,
        })
    }

    #[test]
    fn every_part_is_visited_once() {
        let mut parts = Vec::new();
        visit(RESPONSES, &responses(), &Trail::ROOT, &mut |part, at| {
            let part = match part {
                Part::Object(kind, _) => format!("{kind:?}"),
                Part::Key(_, key, ..) => key.to_owned(),
                Part::Reference(kind, target) => format!("{kind:?} {target}"),
                Part::Sibling(kind, key) => format!("{kind:?} next to $ref: {key}"),
                Part::Leaf(_, value) => value.to_string(),
            };
            parts.push(format!("{} {part}", at.pointer()));
            true
        });
        assert_eq!(
            parts,
            [
                " Responses",
                " 200",
                "/200 Response",
                "/200 description",
                "/200/description \"Fine\"",
                "/200 headers",
                "/200/headers/A Header \"#/a\"",
                " 404",
                "/404 Response \"#/b\"",
                " default",
                "/default true",
            ]
        );
    }

    #[test]
    fn parts_are_removed_or_become_dangling_refs() {
        let mut value = responses();
        let is_kept = retain(
            RESPONSES,
            &mut value,
            &Trail::ROOT,
            &mut |part, _| match part {
                PartMut::Leaf(expected, value) => expected.allows(value),
                PartMut::Key(_, key, _) => key != "description",
                PartMut::Object(..) => true,
                PartMut::Reference(kind, _) => kind == ObjectKind::Response,
            },
        );
        assert!(is_kept);
        let expected = json!({
            "200": {"x-a": {}, "headers": {"A": {"$ref": "#/invalid"}}, "other": 1},
            "404": {"$ref": "#/b"},
            "default": {"$ref": "#/invalid"},
            "x-b": 1,
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_list_is_removed_with_an_item() {
        let texts = ValueKind::List(&ValueKind::Text);
        let is_kept = |mut value| {
            retain(
                texts,
                &mut value,
                &Trail::ROOT,
                &mut |part, _| matches!(part, PartMut::Leaf(expected, value) if expected.allows(value)),
            )
        };
        assert!(is_kept(json!(["a", "b"])));
        assert!(!is_kept(json!(["a", 1])));
        assert!(!is_kept(json!({})));
    }
}
