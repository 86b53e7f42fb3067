//! Documentation of schemas, parameters and header fields.

use serde_json::{Map, Value};

use crate::lower::{
    Context,
    schemas::{
        merged::{AdditionalProperties, Schema, UNIONS},
        scalars::format_type,
    },
};
use crate::{doc::code, model::IntegerType, pointer::Pointer};

/// Returns the documentation of a parameter or header field: its description and that of its schema, unless
/// the schema is documented elsewhere, then the constraints.
pub(crate) fn parameter_docs(
    cx: &Context<'_>,
    description: Option<&str>,
    schema: &Pointer,
) -> String {
    let description = description.unwrap_or_default().trim();
    let mut paragraphs = vec![description.to_owned()];
    paragraphs.extend(
        descriptions_at(cx, schema)
            .into_iter()
            .filter(|text| text != description),
    );
    paragraphs.extend(constraints_at(cx, schema));
    join_paragraphs(paragraphs)
}

/// Returns the documentation of a schema.
pub(crate) fn schema_docs(cx: &Context<'_>, schema: &Schema<'_>) -> String {
    let mut paragraphs = descriptions(|keyword| schema.own(keyword));
    paragraphs.extend(constraints(cx, schema));
    join_paragraphs(paragraphs)
}

/// Returns the documentation of a property, from all places that describe it.
pub(crate) fn property_docs(cx: &Context<'_>, places: &[Pointer]) -> String {
    let mut paragraphs = Vec::new();
    for place in places {
        paragraphs.extend(descriptions_at(cx, place));
    }
    for place in places {
        paragraphs.extend(constraints_at(cx, place));
    }
    paragraphs.dedup();
    join_paragraphs(paragraphs)
}

/// Returns the documentation of a schema that refers to another one: its own description if it has one,
/// otherwise the documentation of the other schema.
pub(crate) fn alias_docs(cx: &Context<'_>, place: &Pointer, target: &Schema<'_>) -> String {
    let own = join_paragraphs(descriptions_at(cx, place));
    if own.is_empty() {
        schema_docs(cx, target)
    } else {
        own
    }
}

/// Returns the title and the description at a place; none if it is a `$ref`, whose target has its own
/// documentation.
fn descriptions_at(cx: &Context<'_>, place: &Pointer) -> Vec<String> {
    let keywords = cx.document.get(place).and_then(Value::as_object);
    let keywords = keywords.filter(|keywords: &&Map<_, _>| !keywords.contains_key("$ref"));
    keywords.map_or_else(Vec::new, |keywords| {
        descriptions(|keyword| keywords.get(keyword))
    })
}

/// Returns the constraints of the schema at a place; only its annotations if it refers to another schema.
fn constraints_at(cx: &Context<'_>, place: &Pointer) -> Vec<String> {
    match Schema::at(cx, place) {
        Some(schema) if schema.place == *place => constraints(cx, &schema),
        Some(schema) => ANNOTATIONS
            .iter()
            .filter_map(|(keyword, label)| {
                let value = schema.own_annotation(place, keyword)?;
                keyword_docs(keyword, label, value, "")
            })
            .collect(),
        None => Vec::new(),
    }
}

fn join_paragraphs(mut paragraphs: Vec<String>) -> String {
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// Returns the title and the description, the title only if the description does not repeat it.
fn descriptions<'a>(get: impl Fn(&str) -> Option<&'a Value>) -> Vec<String> {
    let text = |keyword: &str| {
        get(keyword)
            .and_then(Value::as_str)
            .map(str::trim)
            .unwrap_or_default()
    };
    let (title, description) = (text("title"), text("description"));
    let title = if description.starts_with(title) {
        ""
    } else {
        title
    };
    vec![title.to_owned(), description.to_owned()]
}

/// The annotations in the documentation, with their labels.
const ANNOTATIONS: [(&str, &str); 3] = [
    ("default", "Default"),
    ("readOnly", "Only in responses"),
    ("writeOnly", "Only in requests"),
];

/// Describes the value of a keyword; `None` if it is `false`.
fn keyword_docs(keyword: &str, label: &str, value: &Value, exclusive: &str) -> Option<String> {
    Some(match value {
        Value::Bool(false) if keyword != "default" => return None,
        Value::Bool(true) if keyword != "default" => format!("{label}."),
        Value::String(text) => format!("{label}: {}", code(text)),
        value => format!("{label}{exclusive}: {}", code(&value.to_string())),
    })
}

/// Describes the constraints of a schema that its type does not show.
fn constraints(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let constraints = [
        ("format", "Format"),
        ("minLength", "Minimum length"),
        ("maxLength", "Maximum length"),
        ("pattern", "Pattern"),
        ("minimum", "Minimum"),
        ("maximum", "Maximum"),
        ("multipleOf", "Multiple of"),
        ("minItems", "Minimum number of items"),
        ("maxItems", "Maximum number of items"),
        ("uniqueItems", "Unique items"),
        ("minProperties", "Minimum number of properties"),
        ("maxProperties", "Maximum number of properties"),
        ("not", "Not"),
    ];
    for (keyword, label) in constraints.into_iter().chain(ANNOTATIONS) {
        let Some(value) = schema.get(keyword) else {
            continue;
        };
        // The type shows these formats.
        let is_shown = |format: &str| {
            matches!(format, "double" | "status-choice")
                || IntegerType::from_format(format).is_some()
                || format_type(cx, schema).is_some()
        };
        if keyword == "format" && value.as_str().is_some_and(is_shown) {
            continue;
        }
        let exclusive = match keyword {
            "minimum" if schema.flag("exclusiveMinimum") => ", exclusive",
            "maximum" if schema.flag("exclusiveMaximum") => ", exclusive",
            _ => "",
        };
        paragraphs.extend(keyword_docs(keyword, label, value, exclusive));
    }
    for keyword in UNIONS {
        for (_, alternatives) in schema.every(keyword) {
            paragraphs.extend(required_alternatives(alternatives));
        }
    }
    if schema.additional() == AdditionalProperties::Closed {
        paragraphs.push("No additional properties.".to_owned());
    }
    paragraphs
}

/// Describes the alternative sets of required properties, if the alternatives declare nothing else.
fn required_alternatives(alternatives: &Value) -> Option<String> {
    let mut sets = Vec::new();
    for alternative in alternatives.as_array()? {
        let keywords = alternative.as_object()?;
        if keywords.len() != 1 {
            return None;
        }
        let names = keywords.get("required")?.as_array()?.iter();
        let names: Vec<_> = names.filter_map(Value::as_str).map(code).collect();
        sets.push(names.join(" and "));
    }
    Some(format!("Requires {}.", sets.join(", or ")))
}
