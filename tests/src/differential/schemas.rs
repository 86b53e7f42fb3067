//! Draws schemas at random: the keywords of OpenAPI 3.0 next to each other, nested, and behind `$ref`s.

use proptest::{
    prelude::*,
    sample::{select, subsequence},
    strategy::BoxedStrategy,
};
use serde_json::{Map, Value, json};

/// A schema with the components that it refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The components by name.
    pub components: Map<String, Value>,
    /// The schema of the content.
    pub schema: Value,
}

/// The start of a reference to a component.
const COMPONENTS: &str = "#/components/schemas/";

impl Drawn {
    /// Adds a prefix to the names of the components, so that a document can contain several drawn schemas.
    ///
    /// A string such as `@A` is the name of a component that is used as a value.
    #[must_use]
    pub fn with_prefix(&self, prefix: &str) -> Self {
        fn renamed(value: &Value, prefix: &str) -> Value {
            match value {
                Value::String(text) => {
                    match (text.strip_prefix(COMPONENTS), text.strip_prefix('@')) {
                        (Some(name), _) => format!("{COMPONENTS}{prefix}{name}").into(),
                        (_, Some(name)) => format!("{prefix}{name}").into(),
                        _ => value.clone(),
                    }
                }
                Value::Array(items) => items.iter().map(|item| renamed(item, prefix)).collect(),
                Value::Object(members) => {
                    let members = members.iter();
                    members
                        .map(|(name, value)| (name.clone(), renamed(value, prefix)))
                        .collect::<Map<_, _>>()
                        .into()
                }
                value => value.clone(),
            }
        }
        let components = self.components.iter();
        Self {
            components: components
                .map(|(name, schema)| (format!("{prefix}{name}"), renamed(schema, prefix)))
                .collect(),
            schema: renamed(&self.schema, prefix),
        }
    }
}

/// Draws a schema with its components.
pub fn drawn() -> impl Strategy<Value = Drawn> {
    let components = (
        object(leaf()),
        object(leaf()),
        object(leaf()),
        plain_union(
            select(vec!["A", "B", "Tagged", "Base"])
                .prop_map(reference)
                .boxed(),
        ),
        tagged_union(),
        base(),
    );
    (components, schema()).prop_map(|((a, b, c, union, tagged, base), schema)| {
        let mut components = Map::new();
        components.extend(
            [("A", a), ("B", b), ("C", c), ("U", union)]
                .map(|(name, schema)| (name.to_owned(), schema)),
        );
        components.extend(tagged);
        components.extend(base);
        let tagged = components.get("Tagged").cloned().unwrap_or_default();
        let mut drawn = Drawn { components, schema };
        drawn.inline(&tagged);
        drawn.remove_unused();
        drawn
    })
}

/// The key that the keywords of a component replace.
const INLINE: &str = "x-inline";

impl Drawn {
    /// Replaces [`INLINE`] by the keywords of a schema.
    fn inline(&mut self, schema: &Value) {
        fn replace(value: &mut Value, schema: &Value) {
            match value {
                Value::Array(items) => items.iter_mut().for_each(|item| replace(item, schema)),
                Value::Object(members) => {
                    members
                        .values_mut()
                        .for_each(|member| replace(member, schema));
                    if members.remove(INLINE).is_some() {
                        members.extend(schema.as_object().cloned().unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
        replace(&mut self.schema, schema);
        self.components
            .values_mut()
            .for_each(|component| replace(component, schema));
    }

    /// Removes the components that the schema does not use.
    fn remove_unused(&mut self) {
        let mut used = self.schema.to_string();
        loop {
            let before = used.len();
            for (name, schema) in &self.components {
                let text = schema.to_string();
                let is_used = used.contains(&format!("{COMPONENTS}{name}\""))
                    // The components that extend a base are used with it.
                    || (name.starts_with("Ext") && used.contains(&format!("{COMPONENTS}Base\"")));
                if is_used && !used.contains(&text) {
                    used.push_str(&text);
                }
            }
            if used.len() == before {
                break;
            }
        }
        self.components
            .retain(|_, schema| used.contains(&schema.to_string()));
    }
}

fn schema() -> BoxedStrategy<Value> {
    let inner = prop_oneof![3 => leaf(), 3 => component()];
    inner
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                3 => object(inner.clone()),
                1 => array(inner.clone()),
                2 => all_of(inner.clone()),
                4 => union_with_keywords(inner.clone()),
                2 => plain_union(inner.clone()),
                1 => wrapper(),
            ]
        })
        .boxed()
}

/// Draws a reference to a component.
fn component() -> BoxedStrategy<Value> {
    let names = select(vec!["A", "B", "C", "A", "B", "U", "Tagged", "Base"]);
    names.prop_map(reference).boxed()
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("{COMPONENTS}{name}")})
}

/// Draws a schema that refers to a component and adds annotations.
fn wrapper() -> BoxedStrategy<Value> {
    let keyword = select(vec!["allOf", "oneOf", "anyOf"]);
    (component(), keyword, any::<bool>(), any::<bool>())
        .prop_map(|(component, keyword, nullable, has_type)| {
            let mut schema = Map::new();
            schema.insert(keyword.to_owned(), json!([component]));
            if nullable {
                schema.insert("nullable".to_owned(), true.into());
            }
            if has_type && component != reference("U") {
                schema.insert("type".to_owned(), "object".into());
            }
            schema.into()
        })
        .boxed()
}

/// Draws a schema without other schemas.
fn leaf() -> BoxedStrategy<Value> {
    let scalar = prop_oneof![
        4 => string(),
        3 => number("integer"),
        1 => number("number"),
        1 => Just(json!({"type": "boolean"})),
        // A schema with keywords for one type and without `type` is left out: the generator assumes the type.
        1 => select(vec![
            json!({}),
            json!({"enum": ["a", 1, true]}),
            json!({"enum": ["a", null]}),
            json!({"type": "string", "not": {"enum": ["a"]}}),
            json!({"type": "object"}),
        ]),
    ];
    (scalar, prop::bool::weighted(0.15))
        .prop_map(|(mut schema, nullable)| {
            if nullable && schema.get("type").is_some() {
                schema["nullable"] = true.into();
            }
            schema
        })
        .boxed()
}

fn string() -> BoxedStrategy<Value> {
    prop_oneof![
        3 => Just(json!({"type": "string"})),
        2 => (0_u64..3, 2_u64..5)
            .prop_map(|(min, max)| json!({"type": "string", "minLength": min, "maxLength": max})),
        2 => subsequence(vec!["a", "b", "c"], 1..=3)
            .prop_map(|values| json!({"type": "string", "enum": values})),
        1 => select(vec!["byte", "date", "date-time", "email", "ipv4", "ipv6", "uuid"])
            .prop_map(|format| json!({"type": "string", "format": format})),
        1 => Just(json!({"type": "string", "pattern": "^[a-c]+$"})),
    ]
    .boxed()
}

fn number(ty: &'static str) -> BoxedStrategy<Value> {
    prop_oneof![
        3 => Just(json!({"type": ty})),
        2 => (0_i64..4, any::<bool>())
            .prop_map(move |(min, exclusive)| json!({"type": ty, "minimum": min, "exclusiveMinimum": exclusive})),
        1 => (2_i64..6).prop_map(move |max| json!({"type": ty, "maximum": max})),
        1 => (2_i64..4).prop_map(move |unit| json!({"type": ty, "multipleOf": unit})),
        1 => subsequence(vec![1, 2, 3], 1..=2).prop_map(move |values| json!({"type": ty, "enum": values})),
    ]
    .boxed()
}

/// Draws an object, whose properties have schemas of a strategy.
fn object(inner: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let names = subsequence(vec!["a", "b", "c", "d"], 0..=3);
    let properties = names.prop_flat_map(move |names| {
        let schemas = prop::collection::vec(inner.clone(), names.len());
        (Just(names), schemas)
    });
    let additional = prop_oneof![
        5 => Just(None),
        2 => Just(Some(json!(false))),
        1 => Just(Some(json!(true))),
        1 => leaf().prop_map(Some),
    ];
    let required = subsequence(vec!["a", "b", "c", "d", "ro", "wo"], 0..=2);
    let directions = prop::bool::weighted(0.1);
    (
        properties,
        required,
        additional,
        directions,
        prop::option::weighted(0.1, 1_u64..3),
    )
        .prop_map(
            |((names, schemas), required, additional, directions, count)| {
                let mut properties: Map<String, Value> = names
                    .iter()
                    .map(|name| (*name).to_owned())
                    .zip(schemas)
                    .collect();
                if directions {
                    properties.insert("ro".to_owned(), json!({"type": "string", "readOnly": true}));
                    properties.insert(
                        "wo".to_owned(),
                        json!({"type": "integer", "writeOnly": true}),
                    );
                }
                let mut object = json!({"type": "object"});
                // Most required properties are declared.
                let required: Vec<_> = required
                    .into_iter()
                    .filter(|name| properties.contains_key(*name) || *name == "d")
                    .collect();
                if !required.is_empty() {
                    object["required"] = required.into();
                }
                if !properties.is_empty() {
                    object["properties"] = properties.into();
                }
                if let Some(additional) = additional {
                    object["additionalProperties"] = additional;
                }
                if let Some(count) = count {
                    let keyword = if count == 1 {
                        "minProperties"
                    } else {
                        "maxProperties"
                    };
                    object[keyword] = count.into();
                }
                object
            },
        )
        .boxed()
}

fn array(inner: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    (
        inner,
        0_u64..3,
        prop::option::weighted(0.3, 1_u64..4),
        prop::bool::weighted(0.3),
    )
        .prop_map(|(items, min, max, unique)| {
            let mut array = json!({"type": "array", "items": items});
            if min > 0 {
                array["minItems"] = min.into();
            }
            if let Some(max) = max {
                array["maxItems"] = max.max(min).into();
            }
            if unique {
                array["uniqueItems"] = true.into();
            }
            array
        })
        .boxed()
}

/// Draws a schema with `allOf`, with or without keywords next to it.
fn all_of(inner: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let objects = prop_oneof![2 => component(), 2 => object(leaf()), 1 => object(inner.clone())];
    let parts = prop_oneof![
        6 => prop::collection::vec(objects, 1..=3),
        1 => prop::collection::vec(string(), 1..=2),
        1 => prop::collection::vec(inner, 1..=2),
    ];
    (parts, prop::option::weighted(0.4, object(leaf())))
        .prop_map(|(parts, own)| {
            let mut schema = own.unwrap_or_else(|| json!({}));
            schema["allOf"] = parts.into();
            schema
        })
        .boxed()
}

/// Draws a union without other keywords.
fn plain_union(inner: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let alternatives = prop_oneof![
        4 => prop::collection::vec(prop_oneof![2 => inner, 1 => object(leaf()), 1 => leaf()], 2..=3),
        // Alternatives that a value of one of their properties distinguishes.
        1 => select(vec![json!([1, 2]), json!(["x", "y"])]).prop_map(|kinds| {
            let alternative = |kind: &Value, name: &str| json!({
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": [kind], "type": if kind.is_i64() { "integer" } else { "string" }}, name: {"type": "string"}},
            });
            vec![alternative(&kinds[0], "a"), alternative(&kinds[1], "b")]
        }),
    ];
    (alternatives, any::<bool>(), prop::bool::weighted(0.1))
        .prop_map(|(alternatives, is_one_of, nullable)| {
            let mut union = Map::new();
            let keyword = if is_one_of { "oneOf" } else { "anyOf" };
            union.insert(keyword.to_owned(), alternatives.into());
            if nullable {
                union.insert("nullable".to_owned(), true.into());
            }
            union.into()
        })
        .boxed()
}

/// Draws a union with keywords next to it.
fn union_with_keywords(inner: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    // The keywords of the component `Tagged` replace it.
    let tagged = Just(json!({INLINE: "Tagged"}));
    let union = prop_oneof![3 => plain_union(inner), 1 => tagged];
    let own = prop_oneof![
        5 => object(leaf()),
        1 => Just(json!({"type": "object"})),
        1 => Just(json!({"required": ["a"]})),
        1 => (component(), object(leaf())).prop_map(|(part, own)| json!({"allOf": [part, own]})),
    ];
    (union, own, any::<bool>())
        .prop_map(|(union, mut own, is_wrapped)| {
            if is_wrapped {
                return json!({"allOf": [own, union]});
            }
            for (keyword, value) in union.as_object().cloned().unwrap_or_default() {
                own[&keyword] = value;
            }
            own
        })
        .boxed()
}

/// Draws a union with a discriminator, and its alternatives.
fn tagged_union() -> BoxedStrategy<Map<String, Value>> {
    let mappings = select(vec![
        json!(null),
        json!({"x": "#/components/schemas/TagX", "y": "#/components/schemas/TagY"}),
        json!({"x": "@TagX", "z": "@TagX", "y": "@TagY"}),
    ]);
    let kinds = select(vec!["any", "own", "shared"]);
    (object(leaf()), object(leaf()), mappings, kinds, any::<bool>())
        .prop_map(|(x, y, mapping, kinds, is_one_of)| {
            let has_mapping = !mapping.is_null();
            let declared = |mut object: Value, name: &str, tag: &str| {
                let own = if has_mapping { tag } else { name };
                object["properties"]["kind"] = match kinds {
                    "own" => json!({"type": "string", "enum": [own]}),
                    "shared" if has_mapping => json!({"type": "string", "enum": ["x", "y", "z"]}),
                    "shared" => json!({"type": "string", "enum": ["@TagX", "@TagY"]}),
                    _ => json!({"type": "string"}),
                };
                object
            };
            let keyword = if is_one_of { "oneOf" } else { "anyOf" };
            let mut union = json!({
                keyword: [{"$ref": "#/components/schemas/TagX"}, {"$ref": "#/components/schemas/TagY"}],
                "discriminator": {"propertyName": "kind"},
            });
            if has_mapping {
                union["discriminator"]["mapping"] = mapping.clone();
            }
            let components = [("TagX", declared(x, "@TagX", "x")), ("TagY", declared(y, "@TagY", "y")), ("Tagged", union)];
            components.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
        })
        .boxed()
}

/// Draws an object with a discriminator, and schemas that extend it.
fn base() -> BoxedStrategy<Map<String, Value>> {
    let mappings = select(vec![json!(null), json!({"p": "#/components/schemas/ExtP"})]);
    (object(leaf()), object(leaf()), object(leaf()), mappings)
        .prop_map(|(mut base, p, q, mapping)| {
            base["properties"]["kind"] = json!({"type": "string"});
            base["discriminator"] = json!({"propertyName": "kind"});
            if !mapping.is_null() {
                base["discriminator"]["mapping"] = mapping;
            }
            let components = [
                ("Base", base),
                (
                    "ExtP",
                    json!({"allOf": [{"$ref": "#/components/schemas/Base"}, p]}),
                ),
                (
                    "ExtQ",
                    json!({"allOf": [{"$ref": "#/components/schemas/ExtP"}, q]}),
                ),
            ];
            components
                .into_iter()
                .map(|(name, schema)| (name.to_owned(), schema))
                .collect()
        })
        .boxed()
}
