//! Values for schemas, read from the text of a document and from nothing else.

use std::{cmp::Ordering, collections::BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// Which way a value goes: properties may go one way alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a client to a server.
    Request,
    /// Back.
    Response,
}

impl Direction {
    /// The keyword of the properties that go the other way alone.
    fn other(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        }
    }
}

/// A document as JSON, numbers among the keys of YAML as texts.
///
/// # Panics
/// If it is neither.
#[must_use]
pub fn tree(text: &str) -> Value {
    fn plain(value: serde_yaml::Value) -> Value {
        match value {
            serde_yaml::Value::Mapping(members) => {
                let members = members.into_iter().map(|(key, value)| {
                    let key = match plain(key) {
                        Value::String(key) => key,
                        key => key.to_string(),
                    };
                    (key, plain(value))
                });
                Value::Object(members.collect())
            }
            serde_yaml::Value::Sequence(items) => items.into_iter().map(plain).collect(),
            serde_yaml::Value::Tagged(tagged) => plain(tagged.value),
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
    plain(tree)
}

/// What stands here, or where the `$ref` here leads to.
#[must_use]
pub fn resolved<'a>(tree: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..100 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Some(value);
        };
        let pointer = percent_decode_str(reference.strip_prefix('#')?);
        value = tree.pointer(&pointer.decode_utf8_lossy())?;
    }
    None
}

/// A value of a schema; `None` where there is none that ends.
#[must_use]
pub fn value(tree: &Value, schema: &Value, way: Direction) -> Option<Value> {
    Maker { tree, way }.make(schema, 0)
}

/// How deep what need not be there is made.
const DEPTH: usize = 3;
/// How deep what has to be there is.
const END: usize = 20;

struct Maker<'a> {
    tree: &'a Value,
    way: Direction,
}

impl Maker<'_> {
    /// What a schema says together with all that its `allOf` says, and an alternative of each union.
    fn merged(&self, schema: &Value, seen: &mut BTreeSet<String>) -> Map<String, Value> {
        let mut merged = Map::new();
        let Some(Value::Object(own)) = resolved(self.tree, schema) else {
            return merged;
        };
        // What is said again within itself adds nothing.
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
            let is_null = |one: &&Value| one.get("enum") == Some(&json!([null]));
            let Some(one) = list(keyword).find(|one| !is_null(one)) else {
                continue;
            };
            parts.push(self.merged(one, seen));
            // The tag says more than the property that it is.
            parts.splice(0..0, self.tag(own, one));
        }
        for part in parts {
            for (keyword, value) in part {
                match (merged.get_mut(&keyword), value) {
                    (Some(Value::Object(known)), Value::Object(more)) => {
                        for (name, value) in more {
                            known.entry(name).or_insert(value);
                        }
                    }
                    (Some(Value::Array(known)), Value::Array(more)) if keyword == "required" => {
                        known.extend(more);
                    }
                    (Some(Value::Array(known)), Value::Array(more)) if keyword == "enum" => {
                        known.retain(|value| more.contains(value));
                    }
                    (Some(known), more) if keyword.starts_with("min") && more.is_number() => {
                        if more.as_f64() > known.as_f64() {
                            *known = more;
                        }
                    }
                    (Some(known), more) if keyword.starts_with("max") && more.is_number() => {
                        if more.as_f64() < known.as_f64() {
                            *known = more;
                        }
                    }
                    (Some(_), _) => {}
                    (None, value) => {
                        merged.insert(keyword, value);
                    }
                }
            }
        }
        merged
    }

    /// What the discriminator of a union says of one of the alternatives.
    fn tag(&self, union: &Map<String, Value>, one: &Value) -> Option<Map<String, Value>> {
        let discriminator = union.get("discriminator")?;
        let name = discriminator.get("propertyName")?.as_str()?;
        let target = one.get("$ref")?.as_str()?;
        let component = target.rsplit('/').next()?;
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        let mapped = mapping.into_iter().flatten().find(|(_, leads)| {
            let leads = leads.as_str().unwrap_or_default();
            leads == target || leads == component
        });
        let own = self.merged(one, &mut BTreeSet::new());
        let said = own.get("properties").and_then(|all| {
            let property = resolved(self.tree, all.get(name)?)?;
            property.get("enum")?.get(0)?.as_str()
        });
        let value = mapped.map_or_else(|| said.unwrap_or(component), |(value, _)| value);
        let schema = json!({"properties": {name: {"enum": [value]}}, "required": [name]});
        schema.as_object().cloned()
    }

    fn make(&self, schema: &Value, depth: usize) -> Option<Value> {
        if depth > END {
            return None;
        }
        let said = self.merged(schema, &mut BTreeSet::new());
        if let Some(values) = said.get("enum").and_then(Value::as_array) {
            let first = values.iter().find(|value| !value.is_null());
            let first = first.or(values.first())?;
            return Some(match first {
                // YAML takes `enum: [1.0]` for a number.
                Value::Number(_) | Value::Bool(_) if said.get("type") == Some(&json!("string")) => {
                    first.to_string().into()
                }
                first => first.clone(),
            });
        }
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| said.contains_key(*keyword));
        let ty = said.get("type").and_then(Value::as_str);
        match ty.unwrap_or(match () {
            () if has(&["properties", "additionalProperties", "required"]) => "object",
            () if has(&["items", "minItems", "maxItems"]) => "array",
            () if has(&["pattern", "minLength", "maxLength"]) => "string",
            () if has(&["minimum", "maximum", "multipleOf"]) => "number",
            () => "",
        }) {
            "object" => self.object(&said, depth),
            "array" => self.array(&said, depth),
            "boolean" => Some(true.into()),
            "integer" | "number" => Some(number(&said)),
            "string" => Some(text(&said).into()),
            _ => Some("anything".into()),
        }
    }

    fn object(&self, said: &Map<String, Value>, depth: usize) -> Option<Value> {
        let required = said.get("required").and_then(Value::as_array);
        let required: Vec<&str> = required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut members = Map::new();
        let properties = said.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let own = self.merged(schema, &mut BTreeSet::new());
            let is_required = required.contains(&name.as_str());
            if own.get(self.way.other()) == Some(&Value::Bool(true))
                || (!is_required && depth >= DEPTH)
            {
                continue;
            }
            match self.make(schema, depth + 1) {
                Some(value) => {
                    members.insert(name.clone(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        let named =
            |name: &&str| properties.is_some_and(|properties| properties.contains_key(*name));
        for name in required.iter().filter(|name| !named(name)) {
            members.insert((*name).to_owned(), "anything".into());
        }
        if let Some(others @ Value::Object(_)) = said.get("additionalProperties")
            && depth < DEPTH
            && let Some(value) = self.make(others, depth + 1)
        {
            members.insert("another".to_owned(), value);
        }
        let most = count(said, "maxProperties").unwrap_or(usize::MAX);
        while members.len() > most {
            let name = members
                .keys()
                .find(|name| !required.contains(&name.as_str()))?
                .clone();
            members.remove(&name);
        }
        Some(members.into())
    }

    fn array(&self, said: &Map<String, Value>, depth: usize) -> Option<Value> {
        let least = count(said, "minItems").unwrap_or(0);
        let most = count(said, "maxItems").unwrap_or(usize::MAX);
        let wanted = if depth < DEPTH { least.max(1) } else { least };
        let anything = json!({});
        let items = said.get("items").unwrap_or(&anything);
        match self.make(items, depth + 1) {
            Some(item) => Some(vec![item; wanted.min(most)].into()),
            None if least == 0 => Some(json!([])),
            None => None,
        }
    }
}

fn count(said: &Map<String, Value>, keyword: &str) -> Option<usize> {
    usize::try_from(said.get(keyword)?.as_u64()?).ok()
}

/// A number within the limits: 1, else what is near one of them.
fn number(said: &Map<String, Value>) -> Value {
    let bound = |keyword: &str| said.get(keyword).and_then(Value::as_f64);
    let is = |keyword: &str| said.get(keyword) == Some(&Value::Bool(true));
    let fits = |value: &f64| {
        let is_above = bound("minimum").is_none_or(|least| match value.total_cmp(&least) {
            Ordering::Equal => !is("exclusiveMinimum"),
            order => order.is_gt(),
        });
        let is_below = bound("maximum").is_none_or(|most| match value.total_cmp(&most) {
            Ordering::Equal => !is("exclusiveMaximum"),
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
    let one = unit.is_none().then_some(1.0);
    let found = one.into_iter().chain(near).chain(middle).find(fits);
    let text = found.unwrap_or(start).to_string();
    // A float writes a whole number without a point, and so as an integer.
    text.parse().unwrap_or_default()
}

fn text(said: &Map<String, Value>) -> String {
    let text = match said.get("format").and_then(Value::as_str) {
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
        Some("status-choice") => "200",
        _ => "text",
    };
    // What matches a pattern the document says best.
    let given = ["example", "default"]
        .iter()
        .find_map(|keyword| said.get(*keyword)?.as_str());
    if said.contains_key("pattern")
        && let Some(given) = given
    {
        return given.to_owned();
    }
    let least = count(said, "minLength").unwrap_or(0).min(100_000);
    let most = count(said, "maxLength").unwrap_or(usize::MAX);
    let wanted = text.len().max(least).min(most);
    let text = text.chars().chain(std::iter::repeat('x'));
    text.take(wanted).collect()
}
