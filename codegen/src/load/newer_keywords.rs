//! Reads keywords of OpenAPI 3.1 in a 3.0 document, where generators such as `FastAPI` wrote them for a while.
//!
//! Their meaning is clear, so they are rewritten as the keywords of OpenAPI 3.0 with the same meaning.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    spec::{ObjectKind, ValueKind, section_of},
    walk::{PartMut, retain},
};
use crate::{
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// Rewrites the keywords of OpenAPI 3.1 in all schemas, and warns once if there are any.
pub(super) fn rewrite(tree: &mut Value) -> Option<Diagnostic> {
    let mut found: BTreeMap<&'static str, Pointer> = BTreeMap::new();
    let mut followed = BTreeSet::new();
    let mut pending = vec![(Pointer::root(), ValueKind::Is(ObjectKind::OpenApi))];
    while let Some((place, expected)) = pending.pop() {
        let Some(value) = tree.pointer_mut(place.as_str()) else {
            continue;
        };
        let mut visitor = |part: PartMut<'_>, at: &Trail<'_>| {
            match part {
                PartMut::Object(ObjectKind::Schema, schema) => {
                    for keyword in rewrite_schema(schema) {
                        found.entry(keyword).or_insert_with(|| at.pointer());
                    }
                }
                // Components are visited anyway.
                PartMut::Reference(kind, object) => {
                    let target = object.get("$ref").and_then(Value::as_str);
                    let target = target.and_then(Pointer::from_fragment);
                    let target = target.filter(|target| section_of(target).is_none());
                    if let Some(target) = target
                        && followed.insert((target.clone(), kind))
                    {
                        pending.push((target, ValueKind::Ref(kind)));
                    }
                }
                _ => {}
            }
            true
        };
        place.walk(|at| retain(expected, value, at, &mut visitor));
    }
    let (first, place) = found.first_key_value()?;
    let keywords: Vec<_> = found.keys().map(|keyword| format!("`{keyword}`")).collect();
    let message = format!(
        "this document uses {} as OpenAPI 3.1 defines {}",
        keywords.join(", "),
        if keywords.len() == 1 { "it" } else { "them" }
    );
    Some(
        Diagnostic::warning(Rule::NewerKeyword, Place::Key(place.key(first)), message)
            .label("read as in OpenAPI 3.1")
            .help("use the keywords of OpenAPI 3.0 for tools that do not know the others"),
    )
}

/// Rewrites the keywords of a schema, and returns those that were rewritten.
fn rewrite_schema(schema: &mut Map<String, Value>) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (keyword, limit, is_tighter) in [
        (
            "exclusiveMinimum",
            "minimum",
            (|own, other| own >= other) as fn(f64, f64) -> bool,
        ),
        ("exclusiveMaximum", "maximum", |own, other| own <= other),
    ] {
        if let Some(Value::Number(bound)) = schema.get(keyword).cloned() {
            let other = schema.get(limit).and_then(Value::as_f64);
            let own = bound.as_f64().unwrap_or_default();
            let is_exclusive = other.is_none_or(|other| is_tighter(own, other));
            if is_exclusive {
                schema.insert(limit.to_owned(), bound.into());
            }
            schema.insert(keyword.to_owned(), is_exclusive.into());
            found.push(keyword);
        }
    }
    if rewrite_type(schema) {
        found.push("type");
    }
    if let Some(value) = schema.shift_remove("const") {
        let values = schema.get("enum").and_then(Value::as_array);
        // A value that `enum` excludes leaves no valid value, which an empty list would not say.
        if values.is_none_or(|values| values.contains(&value)) {
            schema.insert("enum".to_owned(), json!([value]));
        }
        found.push("const");
    }
    if schema.get("examples").is_some_and(Value::is_array)
        && let Some(Value::Array(examples)) = schema.shift_remove("examples")
    {
        if let Some(first) = examples.into_iter().next() {
            schema.entry("example").or_insert(first);
        }
        found.push("examples");
    }
    for (keyword, value, format) in [
        ("contentEncoding", "base64", "byte"),
        ("contentMediaType", "application/octet-stream", "binary"),
    ] {
        if schema.get(keyword).and_then(Value::as_str) == Some(value) {
            schema.shift_remove(keyword);
            schema.entry("format").or_insert_with(|| format.into());
            found.push(keyword);
        }
    }
    found
}

/// Rewrites a `type` that is `null` or a list; returns whether it was one.
fn rewrite_type(schema: &mut Map<String, Value>) -> bool {
    let types = match schema.get("type") {
        Some(Value::String(ty)) if ty == "null" => vec![json!("null")],
        Some(Value::Array(types)) if types.iter().all(Value::is_string) => types.clone(),
        _ => return false,
    };
    let (nulls, types): (Vec<_>, Vec<_>) = types.into_iter().partition(|ty| ty == "null");
    schema.shift_remove("type");
    match <[Value; 1]>::try_from(types) {
        Ok([ty]) => {
            schema.insert("type".to_owned(), ty);
            if !nulls.is_empty() {
                schema.insert("nullable".to_owned(), true.into());
            }
        }
        Err(types) if types.is_empty() => {
            schema.entry("enum").or_insert_with(|| json!([Value::Null]));
        }
        Err(types) => {
            let is_nullable = !nulls.is_empty();
            let alternatives = types
                .into_iter()
                .map(|ty| json!({"type": ty}))
                .chain(is_nullable.then(|| json!({"enum": [null]})));
            let alternatives: Value = alternatives.collect();
            if !schema.contains_key("anyOf") {
                schema.insert("anyOf".to_owned(), alternatives);
            } else if let Value::Array(parts) = schema.entry("allOf").or_insert_with(|| json!([])) {
                parts.push(json!({"anyOf": alternatives}));
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_those_of_3_0() {
        for (newer, older) in [
            (
                json!({"exclusiveMinimum": 0}),
                json!({"minimum": 0, "exclusiveMinimum": true}),
            ),
            (
                json!({"exclusiveMinimum": 0, "minimum": 1}),
                json!({"minimum": 1, "exclusiveMinimum": false}),
            ),
            (
                json!({"exclusiveMaximum": 1.5, "maximum": 2}),
                json!({"maximum": 1.5, "exclusiveMaximum": true}),
            ),
            (json!({"const": "a"}), json!({"enum": ["a"]})),
            (json!({"type": "null"}), json!({"enum": [null]})),
            (
                json!({"type": ["string", "null"]}),
                json!({"type": "string", "nullable": true}),
            ),
            (json!({"type": ["string"]}), json!({"type": "string"})),
            (
                json!({"type": ["string", "integer", "null"]}),
                json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"enum": [null]}]}),
            ),
            (
                json!({"type": ["string", "integer"], "anyOf": [{}]}),
                json!({"anyOf": [{}], "allOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]}]}),
            ),
            (json!({"examples": [1, 2]}), json!({"example": 1})),
            (
                json!({"type": "string", "contentMediaType": "application/octet-stream"}),
                json!({"type": "string", "format": "binary"}),
            ),
            (
                json!({"exclusiveMinimum": true}),
                json!({"exclusiveMinimum": true}),
            ),
        ] {
            let mut schema = newer.as_object().unwrap().clone();
            let found = rewrite_schema(&mut schema);
            assert_eq!(Value::Object(schema), older);
            assert_eq!(found.is_empty(), newer == older, "{newer}");
        }
    }

    #[test]
    fn schemas_anywhere_are_rewritten() {
        let mut tree = json!({
            "paths": {"/a": {"get": {"parameters": [{"schema": {"$ref": "#/x-schemas/A"}}]}}},
            "x-schemas": {"A": {"items": {"const": 1}}},
        });
        let finding = rewrite(&mut tree).unwrap();
        assert_eq!(
            finding.place,
            Place::Key(
                Pointer::root()
                    .key("x-schemas")
                    .key("A")
                    .key("items")
                    .key("const")
            )
        );
        assert_eq!(tree["x-schemas"]["A"], json!({"items": {"enum": [1]}}));
        assert_eq!(rewrite(&mut tree), None);
    }
}
