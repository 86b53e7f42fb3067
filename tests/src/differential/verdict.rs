//! Decides whether a value is valid, with the crate `jsonschema`.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::schema_values::Direction;

/// The start of a reference to a component.
const COMPONENTS: &str = "#/components/schemas/";

/// Returns a validator of the values of a schema of a document, in messages of one direction.
///
/// The schema is converted to JSON Schema, draft 4, which OpenAPI 3.0 extends.
///
/// # Panics
/// If the schema is invalid.
#[must_use]
pub fn validator(
    components: &Map<String, Value>,
    schema: &Value,
    direction: Direction,
) -> Validator {
    let converter = Converter {
        components,
        direction,
    };
    let mut definitions = Map::new();
    for (name, component) in components {
        definitions.insert(name.clone(), converter.value(component, Some(name)));
        definitions.insert(format!("{name}-part"), converter.keywords(component));
    }
    let mut root = converter.value(schema, None);
    root = json!({"allOf": [root], "components": {"schemas": definitions}});
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .should_validate_formats(true)
        .build(&root)
        .unwrap_or_else(|error| panic!("{error}\n{root:#}"))
}

struct Converter<'a> {
    components: &'a Map<String, Value>,
    direction: Direction,
}

impl Converter<'_> {
    /// Converts the schema of a value; `name` is that of the component.
    fn value(&self, schema: &Value, name: Option<&str>) -> Value {
        let Some(discriminator) = schema.get("discriminator").filter(|_| !has_union(schema)) else {
            return self.keywords(schema);
        };
        // A base, whose values are those of the schemas that extend it.
        let name = name.unwrap_or_default();
        let mut alternatives = vec![tagged(discriminator, name, &json!({}))];
        for extension in self.extensions(name) {
            let reference = json!({"$ref": format!("{COMPONENTS}{extension}-part")});
            alternatives.push(tagged(discriminator, &extension, &reference));
        }
        json!({"allOf": [self.keywords(schema), {"oneOf": alternatives}]})
    }

    /// Returns the names of the components that extend a component, at any depth.
    fn extensions(&self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        for (extension, schema) in self.components {
            let parts = schema.get("allOf").and_then(Value::as_array);
            let mut parts = parts.into_iter().flatten();
            let reference = format!("{COMPONENTS}{name}");
            if parts.any(|part| part.get("$ref").is_some_and(|target| *target == reference)) {
                names.push(extension.clone());
                names.extend(self.extensions(extension));
            }
        }
        names
    }

    /// Converts the keywords of a schema, without the schemas that extend it.
    fn keywords(&self, schema: &Value) -> Value {
        let Some(keywords) = schema.as_object() else {
            return schema.clone();
        };
        if let Some(reference) = keywords.get("$ref") {
            return json!({"$ref": reference});
        }
        let mut converted = Map::new();
        for (keyword, value) in keywords {
            let value = match (keyword.as_str(), value) {
                ("nullable" | "discriminator" | "readOnly" | "writeOnly", _) => continue,
                ("required", Value::Array(names)) => {
                    let excluded = match self.direction {
                        Direction::Request => "ro",
                        Direction::Response => "wo",
                    };
                    let names: Vec<_> = names.iter().filter(|name| **name != excluded).collect();
                    if names.is_empty() {
                        continue;
                    }
                    json!(names)
                }
                ("properties", Value::Object(properties)) => properties
                    .iter()
                    .map(|(name, schema)| (name.clone(), self.value(schema, None)))
                    .collect::<Map<_, _>>()
                    .into(),
                ("allOf", Value::Array(parts)) if parts.len() == 1 && !is_object(keywords) => {
                    parts.iter().map(|part| self.value(part, None)).collect()
                }
                ("allOf", Value::Array(parts)) => {
                    parts.iter().map(|part| self.part(part)).collect()
                }
                ("oneOf" | "anyOf", Value::Array(alternatives)) => {
                    match keywords.get("discriminator") {
                        Some(discriminator) => alternatives
                            .iter()
                            .map(|alternative| {
                                let name = alternative["$ref"].as_str().unwrap_or_default();
                                let name = name.trim_start_matches(COMPONENTS);
                                tagged(discriminator, name, &self.value(alternative, None))
                            })
                            .collect(),
                        None => alternatives
                            .iter()
                            .map(|schema| self.value(schema, None))
                            .collect(),
                    }
                }
                ("items" | "additionalProperties" | "not", Value::Object(_)) => {
                    self.value(value, None)
                }
                _ => value.clone(),
            };
            // A schema may not have a value for which only one of overlapping alternatives is valid.
            if keyword == "oneOf" && self.direction == Direction::Response {
                let parts = converted.entry("allOf").or_insert_with(|| json!([]));
                if let Some(parts) = parts.as_array_mut() {
                    parts.push(json!({"anyOf": value}));
                }
                continue;
            }
            converted.insert(keyword.clone(), value);
        }
        if keywords.get("nullable") == Some(&Value::Bool(true)) {
            return json!({"anyOf": [{"enum": [null]}, converted]});
        }
        converted.into()
    }

    /// Converts a schema in `allOf`. A base does not stand for the schemas that extend it there.
    fn part(&self, part: &Value) -> Value {
        let name = part["$ref"]
            .as_str()
            .and_then(|target| target.strip_prefix(COMPONENTS));
        match name {
            Some(name) => json!({"$ref": format!("{COMPONENTS}{name}-part")}),
            None => self.keywords(part),
        }
    }
}

fn has_union(schema: &Value) -> bool {
    schema.get("oneOf").is_some() || schema.get("anyOf").is_some()
}

/// Returns whether a schema describes members of an object.
fn is_object(keywords: &Map<String, Value>) -> bool {
    [
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
    ]
    .iter()
    .any(|keyword| keywords.contains_key(*keyword))
}

/// Returns a schema whose values also have one of the tags of a component.
fn tagged(discriminator: &Value, name: &str, schema: &Value) -> Value {
    let tag = discriminator["propertyName"].as_str().unwrap_or_default();
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mapped: Vec<_> = mapping
        .into_iter()
        .flatten()
        .filter(|(_, target)| *target == name || **target == format!("{COMPONENTS}{name}"))
        .map(|(value, _)| value.clone())
        .collect();
    let tags = if mapped.is_empty() {
        vec![name.to_owned()]
    } else {
        mapped
    };
    json!({"allOf": [
        schema,
        {"type": "object", "required": [tag], "properties": {tag: {"enum": tags}}},
    ]})
}
