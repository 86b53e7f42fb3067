//! Draws values of schemas at random: most fit, others are one step away from fitting.

use std::borrow::Cow;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::schema_values::resolve;

/// Draws a value for a schema of a document.
#[must_use]
pub fn value(document: &Value, schema: &Value, rng: &mut Rng) -> Value {
    let mut value = fitting(document, schema, rng, 0);
    if rng.u8(0..10) < 4 {
        change(&mut value, rng);
    }
    value
}

/// Draws a value that fits a schema, unless parts of the schema contradict each other.
fn fitting(document: &Value, schema: &Value, rng: &mut Rng, depth: usize) -> Value {
    let Some(schema) = resolve(document, schema) else {
        return Value::Null;
    };
    if schema.get("nullable") == Some(&json!(true)) && rng.u8(0..8) == 0 {
        return Value::Null;
    }
    let mut parts = Vec::new();
    collect(document, schema, rng, &mut parts, 0);
    let get = |keyword: &str| parts.iter().find_map(|part| part.get(keyword));
    if let Some(values) = get("enum").and_then(Value::as_array) {
        return values[rng.usize(0..values.len())].clone();
    }
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| get(keyword).is_some());
    let ty = get("type").and_then(Value::as_str).unwrap_or(match () {
        () if has(&["properties", "required", "additionalProperties"]) => "object",
        () => ["string", "integer", "object", "boolean"][rng.usize(0..4)],
    });
    match ty {
        "boolean" => rng.bool().into(),
        "integer" | "number" => {
            let unit = get("multipleOf").and_then(Value::as_i64).unwrap_or(1);
            let low = get("minimum").and_then(Value::as_i64).unwrap_or(0);
            let low = low + i64::from(get("exclusiveMinimum") == Some(&json!(true)));
            let high = get("maximum")
                .and_then(Value::as_i64)
                .unwrap_or(low + 6)
                .max(low);
            let number = rng.i64(low..=high).div_euclid(unit) * unit;
            match ty {
                "number" if rng.bool() => {
                    Value::from(format!("{number}.5").parse::<f64>().unwrap_or_default())
                }
                _ => number.into(),
            }
        }
        "string" => {
            let text = match get("format").and_then(Value::as_str) {
                Some("date-time") => return "2026-01-31T12:00:00Z".into(),
                Some("byte") => return "YWJj".into(),
                Some("date") => return "2026-01-31".into(),
                Some("ipv6") => return "2001:db8::1".into(),
                Some("uuid") => return "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".into(),
                Some("email") => return "a@example.com".into(),
                Some("ipv4") => return "192.0.2.1".into(),
                _ => ["a", "b", "ab", "abc", "ca", "xyz"][rng.usize(0..6)],
            };
            let max = parts
                .iter()
                .filter_map(|part| part.get("maxLength")?.as_u64())
                .min();
            let text: String = text
                .chars()
                .take(max.map_or(9, |max| usize::try_from(max).unwrap_or(9)))
                .collect();
            text.into()
        }
        "array" => {
            let low = get("minItems").and_then(Value::as_u64).unwrap_or(0);
            let high = get("maxItems").and_then(Value::as_u64).unwrap_or(low + 2);
            let count = rng.u64(low..=high.max(low));
            let any = json!({});
            let items = get("items").unwrap_or(&any);
            (0..count)
                .map(|_| fitting(document, items, rng, depth + 1))
                .collect()
        }
        _ => object(document, &parts, rng, depth).into(),
    }
}

/// Collects the parts of a schema that apply to the same value, with one alternative of each union.
fn collect<'a>(
    document: &'a Value,
    schema: &'a Value,
    rng: &mut Rng,
    parts: &mut Vec<Cow<'a, Value>>,
    depth: usize,
) {
    let Some(resolved) = resolve(document, schema).filter(|_| depth < 8) else {
        return;
    };
    parts.push(Cow::Borrowed(resolved));
    let list = |keyword: &str| resolved.get(keyword).and_then(Value::as_array);
    for part in list("allOf").into_iter().flatten() {
        collect(document, part, rng, parts, depth + 1);
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(alternatives) = list(keyword) else {
            continue;
        };
        let alternative = &alternatives[rng.usize(0..alternatives.len())];
        let tag = |discriminator: &Value| tag(discriminator, alternative);
        if let Some(tag) = resolved.get("discriminator").and_then(tag) {
            parts.insert(0, Cow::Owned(tag));
        }
        collect(document, alternative, rng, parts, depth + 1);
    }
    if let Some(discriminator) = resolved.get("discriminator")
        && list("oneOf").or(list("anyOf")).is_none()
    {
        // A base: one of the schemas that extend it, or itself.
        let components = document
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        let own = components
            .into_iter()
            .flatten()
            .find(|(_, component)| *component == resolved);
        let prefix = own.map_or("", |(name, _)| name.trim_end_matches("Base"));
        let name = format!("{prefix}{}", ["Base", "ExtP", "ExtQ"][rng.usize(0..3)]);
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        if let Some(tag) = tag(discriminator, &reference) {
            parts.insert(0, Cow::Owned(tag));
        }
        if let Some(component) = components.and_then(|components| components.get(&name))
            && depth == 0
        {
            collect(document, component, rng, parts, depth + 1);
        }
    }
}

/// Returns a schema that requires the tag of an alternative.
fn tag(discriminator: &Value, alternative: &Value) -> Option<Value> {
    let property = discriminator.get("propertyName")?.as_str()?;
    let target = alternative.get("$ref")?.as_str()?;
    let name = target.rsplit('/').next()?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mapped = mapping
        .into_iter()
        .flatten()
        .find(|(_, mapped)| *mapped == target || *mapped == name);
    let tag = mapped.map_or(name, |(tag, _)| tag);
    Some(
        json!({"type": "object", "required": [property], "properties": {property: {"enum": [tag]}}}),
    )
}

fn object(
    document: &Value,
    parts: &[Cow<'_, Value>],
    rng: &mut Rng,
    depth: usize,
) -> Map<String, Value> {
    let mut members = Map::new();
    let required: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.get("required")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for part in parts {
        let properties = part.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let is_included = required.contains(&name.as_str()) || rng.u8(0..10) < 6;
            if is_included && !members.contains_key(name) && depth < 5 {
                members.insert(name.clone(), fitting(document, schema, rng, depth + 1));
            }
        }
    }
    let any = json!({"enum": ["a", 3]});
    let additional = parts
        .iter()
        .find_map(|part| part.get("additionalProperties"));
    for name in required {
        if !members.contains_key(name) {
            let schema = additional
                .filter(|schema| schema.is_object())
                .unwrap_or(&any);
            members.insert(name.to_owned(), fitting(document, schema, rng, depth + 1));
        }
    }
    if additional != Some(&json!(false)) && rng.u8(0..6) == 0 {
        let schema = additional
            .filter(|schema| schema.is_object())
            .unwrap_or(&any);
        members.insert("more".to_owned(), fitting(document, schema, rng, depth + 1));
    }
    members
}

/// Changes one value within a value.
fn change(value: &mut Value, rng: &mut Rng) {
    let inner = match value {
        Value::Object(members) if !members.is_empty() && rng.u8(0..3) > 0 => {
            let index = rng.usize(0..members.len());
            members.values_mut().nth(index)
        }
        Value::Array(items) if !items.is_empty() && rng.bool() => {
            let index = rng.usize(0..items.len());
            items.get_mut(index)
        }
        _ => None,
    };
    if let Some(inner) = inner {
        return change(inner, rng);
    }
    *value = match (value.take(), rng.u8(0..4)) {
        (Value::Object(mut members), 0 | 1) if !members.is_empty() => {
            let index = rng.usize(0..members.len());
            let name = members.keys().nth(index).cloned().unwrap_or_default();
            members.remove(&name);
            members.into()
        }
        (Value::Object(mut members), 2 | 3) => {
            let name = ["a", "b", "c", "d", "kind", "z"][rng.usize(0..6)];
            let value = [json!("a"), json!(1), json!(null), json!({})][rng.usize(0..4)].clone();
            members.insert(name.to_owned(), value);
            members.into()
        }
        (Value::Array(mut items), 0 | 1) => {
            items.pop();
            items.into()
        }
        (Value::Array(mut items), 2 | 3) => {
            items.push(items.first().cloned().unwrap_or_else(|| json!("a")));
            items.into()
        }
        (Value::Number(number), 0 | 1) => match number.as_i64() {
            Some(number) => (number + [1, -1, 10, -10][rng.usize(0..4)]).into(),
            None => json!(1),
        },
        (Value::String(text), 0) => format!("{text}x").into(),
        (Value::String(_), 1) => "".into(),
        _ => [
            json!("a"),
            json!("zz"),
            json!(5),
            json!(0.5),
            json!(true),
            json!(null),
            json!({}),
            json!([]),
        ][rng.usize(0..8)]
        .clone(),
    };
}
