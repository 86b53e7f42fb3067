//! Example values of schemas, derived only from the text of a document.

use std::{cmp::Ordering, collections::BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// The direction of a message, which decides about `readOnly` and `writeOnly` properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Response,
}

impl Direction {
    /// Returns the keyword of the properties that this direction excludes.
    fn excluded_keyword(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        }
    }
}

/// Parses a JSON or YAML document into a JSON value. Numbers that are keys in YAML become strings.
///
/// # Panics
/// If the text is neither JSON nor YAML.
#[must_use]
pub fn tree(text: &str) -> Value {
    fn to_json(value: serde_yaml::Value) -> Value {
        match value {
            serde_yaml::Value::Mapping(members) => {
                let members = members.into_iter().map(|(key, value)| {
                    let key = match to_json(key) {
                        Value::String(key) => key,
                        key => key.to_string(),
                    };
                    (key, to_json(value))
                });
                Value::Object(members.collect())
            }
            serde_yaml::Value::Sequence(items) => items.into_iter().map(to_json).collect(),
            serde_yaml::Value::Tagged(tagged) => to_json(tagged.value),
            value => serde_json::to_value(value).unwrap_or_default(),
        }
    }
    if text.trim_start().starts_with('{')
        && let Ok(tree) = serde_json::from_str(text)
    {
        return tree;
    }
    let mut tree: serde_yaml::Value =
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    tree.apply_merge().unwrap_or_else(|error| panic!("{error}"));
    to_json(tree)
}

/// Follows the `$ref` of a value within the document. A value without one is returned as it is.
#[must_use]
pub fn resolve<'a>(tree: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..100 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Some(value);
        };
        let pointer = percent_decode_str(reference.strip_prefix('#')?);
        value = tree.pointer(&pointer.decode_utf8_lossy())?;
    }
    None
}

/// Returns a value that is valid for a schema; `None` if every value would be infinitely deep.
#[must_use]
pub fn example(tree: &Value, schema: &Value, direction: Direction) -> Option<Value> {
    Synthesizer { tree, direction }.value(schema, 0)
}

/// The depth down to which optional values are included.
const OPTIONAL_DEPTH: usize = 3;
/// The depth beyond which a required value is considered infinite.
const MAX_DEPTH: usize = 20;

struct Synthesizer<'a> {
    tree: &'a Value,
    direction: Direction,
}

impl Synthesizer<'_> {
    /// Merges a schema with all parts of its `allOf` and one alternative of each union.
    fn merged(&self, schema: &Value, seen: &mut BTreeSet<String>) -> Map<String, Value> {
        let mut merged = Map::new();
        let Some(Value::Object(own)) = resolve(self.tree, schema) else {
            return merged;
        };
        // A schema that contains itself adds nothing.
        if !seen.insert(Value::Object(own.clone()).to_string()) {
            return merged;
        }
        let mut parts = vec![own.clone()];
        let list = |keyword: &str| {
            own.get(keyword)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        for part in list("allOf") {
            parts.push(self.merged(part, seen));
        }
        for keyword in ["oneOf", "anyOf"] {
            let is_null = |alternative: &&Value| alternative.get("enum") == Some(&json!([null]));
            let Some(alternative) = list(keyword).find(|alternative| !is_null(alternative)) else {
                continue;
            };
            parts.push(self.merged(alternative, seen));
            // The tag is first because it is more specific than the schema of its property.
            parts.splice(0..0, self.tag(own, alternative));
        }
        let closed: Vec<Vec<String>> = parts
            .iter()
            .filter(|part| part.get("additionalProperties") == Some(&Value::Bool(false)))
            .map(|part| {
                let properties = part.get("properties").and_then(Value::as_object);
                properties
                    .into_iter()
                    .flat_map(Map::keys)
                    .cloned()
                    .collect()
            })
            .collect();
        for part in parts {
            for (keyword, value) in part {
                match (merged.get_mut(&keyword), value) {
                    (Some(Value::Object(current)), Value::Object(more)) => {
                        for (name, value) in more {
                            current.entry(name).or_insert(value);
                        }
                    }
                    (Some(Value::Array(current)), Value::Array(more)) if keyword == "required" => {
                        current.extend(more);
                    }
                    (Some(Value::Array(current)), Value::Array(more)) if keyword == "enum" => {
                        current.retain(|value| more.contains(value));
                    }
                    (Some(current), more) if keyword.starts_with("min") && more.is_number() => {
                        if more.as_f64() > current.as_f64() {
                            *current = more;
                        }
                    }
                    (Some(current), more) if keyword.starts_with("max") && more.is_number() => {
                        if more.as_f64() < current.as_f64() {
                            *current = more;
                        }
                    }
                    (Some(_), _) => {}
                    (None, value) => {
                        merged.insert(keyword, value);
                    }
                }
            }
        }
        // A closed part excludes the properties of the others.
        if let Some(Value::Object(properties)) = merged.get_mut("properties") {
            properties.retain(|name, _| closed.iter().all(|names| names.contains(name)));
        }
        merged
    }

    /// Returns the schema of the discriminator property of one alternative of a union.
    fn tag(&self, union: &Map<String, Value>, alternative: &Value) -> Option<Map<String, Value>> {
        let discriminator = union.get("discriminator")?;
        let name = discriminator.get("propertyName")?.as_str()?;
        let target = alternative.get("$ref")?.as_str()?;
        let component = target.rsplit('/').next()?;
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        let mapped = mapping.into_iter().flatten().find(|(_, mapped)| {
            let mapped = mapped.as_str().unwrap_or_default();
            mapped == target || mapped == component
        });
        let own = self.merged(alternative, &mut BTreeSet::new());
        let declared = own.get("properties").and_then(|properties| {
            let property = resolve(self.tree, properties.get(name)?)?;
            property.get("enum")?.get(0)?.as_str()
        });
        let value = mapped.map_or_else(|| declared.unwrap_or(component), |(value, _)| value);
        let schema = json!({"properties": {name: {"enum": [value]}}, "required": [name]});
        schema.as_object().cloned()
    }

    fn value(&self, schema: &Value, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let merged = self.merged(schema, &mut BTreeSet::new());
        if let Some(values) = merged.get("enum").and_then(Value::as_array) {
            let first = values.iter().find(|value| !value.is_null());
            let first = first.or(values.first())?;
            return Some(match first {
                // YAML reads the string in `enum: [1.0]` as a number.
                Value::Number(_) | Value::Bool(_)
                    if merged.get("type") == Some(&json!("string")) =>
                {
                    first.to_string().into()
                }
                first => first.clone(),
            });
        }
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| merged.contains_key(*keyword));
        let ty = merged.get("type").and_then(Value::as_str);
        match ty.unwrap_or(match () {
            () if has(&["properties", "additionalProperties", "required"]) => "object",
            () if has(&["items", "minItems", "maxItems"]) => "array",
            () if has(&["pattern", "minLength", "maxLength"]) => "string",
            () if has(&["minimum", "maximum", "multipleOf"]) => "number",
            () => "",
        }) {
            "object" => self.object(&merged, depth),
            "array" => self.array(&merged, depth),
            "boolean" => Some(true.into()),
            "integer" | "number" => Some(number(&merged)),
            "string" => Some(text(&merged).into()),
            _ => Some("anything".into()),
        }
    }

    fn object(&self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let required = schema.get("required").and_then(Value::as_array);
        let required: Vec<&str> = required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut members = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let own = self.merged(property, &mut BTreeSet::new());
            let is_required = required.contains(&name.as_str());
            if own.get(self.direction.excluded_keyword()) == Some(&Value::Bool(true))
                || (!is_required && depth >= OPTIONAL_DEPTH)
            {
                continue;
            }
            match self.value(property, depth + 1) {
                Some(value) => {
                    members.insert(name.clone(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        let is_declared =
            |name: &&str| properties.is_some_and(|properties| properties.contains_key(*name));
        for name in required.iter().filter(|name| !is_declared(name)) {
            members.insert((*name).to_owned(), "anything".into());
        }
        if let Some(others @ Value::Object(_)) = schema.get("additionalProperties")
            && depth < OPTIONAL_DEPTH
            && let Some(value) = self.value(others, depth + 1)
        {
            members.insert("another".to_owned(), value);
        }
        let max = count(schema, "maxProperties").unwrap_or(usize::MAX);
        while members.len() > max {
            let name = members
                .keys()
                .find(|name| !required.contains(&name.as_str()))?
                .clone();
            members.remove(&name);
        }
        Some(members.into())
    }

    fn array(&self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let min = count(schema, "minItems").unwrap_or(0);
        let max = count(schema, "maxItems").unwrap_or(usize::MAX);
        let length = if depth < OPTIONAL_DEPTH {
            min.max(1)
        } else {
            min
        };
        let anything = json!({});
        let items = schema.get("items").unwrap_or(&anything);
        match self.value(items, depth + 1) {
            Some(item) => Some(vec![item; length.min(max)].into()),
            None if min == 0 => Some(json!([])),
            None => None,
        }
    }
}

fn count(schema: &Map<String, Value>, keyword: &str) -> Option<usize> {
    usize::try_from(schema.get(keyword)?.as_u64()?).ok()
}

/// Returns a number within the bounds: 1, or a number near one of them.
fn number(schema: &Map<String, Value>) -> Value {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let is_set = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    let is_within_bounds = |value: &f64| {
        let is_above = bound("minimum").is_none_or(|min| match value.total_cmp(&min) {
            Ordering::Equal => !is_set("exclusiveMinimum"),
            order => order.is_gt(),
        });
        let is_below = bound("maximum").is_none_or(|max| match value.total_cmp(&max) {
            Ordering::Equal => !is_set("exclusiveMaximum"),
            order => order.is_lt(),
        });
        is_above && is_below
    };
    let unit = bound("multipleOf");
    let start = bound("minimum").or(bound("maximum")).unwrap_or(0.0);
    let step = unit.unwrap_or(1.0);
    let near = (-2..=2).map(|times| (start / step).round() * step + f64::from(times) * step);
    let middle = bound("minimum")
        .zip(bound("maximum"))
        .map(|(a, b)| f64::midpoint(a, b));
    let default = unit.is_none().then_some(1.0);
    let mut candidates = default.into_iter().chain(near).chain(middle);
    let number = candidates.find(is_within_bounds);
    let text = number.unwrap_or(start).to_string();
    // A whole `f64` is displayed without a decimal point, so it is parsed as an integer.
    text.parse().unwrap_or_default()
}

fn text(schema: &Map<String, Value>) -> String {
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("time") => "12:00:00Z",
        Some("email") => "a@example.com",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("uri") => "https://example.com/",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "YWJj",
        Some("decimal") => "1.50",
        Some("status-choice") => "200",
        _ => "text",
    };
    // Only the document itself has a value that matches a pattern.
    let declared = ["example", "default"]
        .iter()
        .find_map(|keyword| schema.get(*keyword)?.as_str());
    if schema.contains_key("pattern")
        && let Some(declared) = declared
    {
        return declared.to_owned();
    }
    let min = count(schema, "minLength").unwrap_or(0).min(100_000);
    let max = count(schema, "maxLength").unwrap_or(usize::MAX);
    let length = text.len().max(min).min(max);
    let text = text.chars().chain(std::iter::repeat('x'));
    text.take(length).collect()
}
