//! What a document says of its schemas, as documentation.

use serde_json::{Map, Value};

use super::{
    Context,
    merged_schema::{AdditionalProperties, Schema, UNIONS},
};
use crate::{doc::code, pointer::Pointer};

/// What the document says of a parameter or header field: its description, and what its schema says,
/// unless that is documented elsewhere; without a description a name.
pub(super) fn described(
    cx: &Context<'_>,
    description: Option<&str>,
    schema: &Pointer,
    name: &str,
) -> String {
    let description = description.unwrap_or_default().trim();
    let mut paragraphs = vec![description.to_owned()];
    paragraphs.extend(
        said_at(cx, schema)
            .into_iter()
            .filter(|text| text != description),
    );
    if paragraphs.iter().all(String::is_empty) {
        paragraphs.push(name.to_owned());
    }
    paragraphs.extend(constraints_at(cx, schema));
    joined(paragraphs)
}

/// What a schema says of itself.
pub(super) fn documentation(schema: &Schema<'_>) -> String {
    let mut paragraphs = prose(|keyword| schema.own(keyword));
    paragraphs.extend(constraints(schema));
    joined(paragraphs)
}

/// What the document says of a property at the places that describe it.
pub(super) fn of_property(cx: &Context<'_>, places: &[Pointer]) -> String {
    let mut paragraphs = Vec::new();
    for place in places {
        paragraphs.extend(said_at(cx, place));
    }
    for place in places {
        paragraphs.extend(constraints_at(cx, place));
    }
    paragraphs.dedup();
    joined(paragraphs)
}

/// What the document says of a schema that is another one: its own words, else those of the other.
pub(super) fn of_alias(cx: &Context<'_>, place: &Pointer, target: &Schema<'_>) -> String {
    let own = joined(said_at(cx, place));
    if own.is_empty() {
        documentation(target)
    } else {
        own
    }
}

/// The words at a place; none if there is a `$ref`, for what that leads to is documented there.
fn said_at(cx: &Context<'_>, place: &Pointer) -> Vec<String> {
    let keywords = cx
        .document
        .tree
        .pointer(place.as_str())
        .and_then(Value::as_object);
    let keywords = keywords.filter(|keywords: &&Map<_, _>| !keywords.contains_key("$ref"));
    keywords.map_or_else(Vec::new, |keywords| prose(|keyword| keywords.get(keyword)))
}

/// The limits of the schema at a place; none if it is another one.
fn constraints_at(cx: &Context<'_>, place: &Pointer) -> Vec<String> {
    let schema = Schema::at(cx, place).filter(|found| found.place == *place);
    schema.map_or_else(Vec::new, |schema| constraints(&schema))
}

fn joined(mut paragraphs: Vec<String>) -> String {
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// The title and the description among keywords.
fn prose<'a>(get: impl Fn(&str) -> Option<&'a Value>) -> Vec<String> {
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

/// What the values of a schema are, beyond what their type says.
fn constraints(schema: &Schema<'_>) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let constraints = [
        ("format", "Format"),
        ("minLength", "Characters at least"),
        ("maxLength", "Characters at most"),
        ("pattern", "Pattern"),
        ("minimum", "Located least"),
        ("maximum", "Located most"),
        ("multipleOf", "Multiple of"),
        ("minItems", "Items at least"),
        ("maxItems", "Items at most"),
        ("uniqueItems", "No item twice"),
        ("minProperties", "Properties at least"),
        ("maxProperties", "Properties at most"),
        ("not", "Not"),
        ("default", "Default"),
        ("readOnly", "In answers alone"),
        ("writeOnly", "In requests alone"),
    ];
    for (keyword, words) in constraints {
        let Some(value) = schema.get(keyword) else {
            continue;
        };
        // What the type says already.
        let told = ["double", "int32", "int64", "status-choice"];
        if keyword == "format" && value.as_str().is_some_and(|format| told.contains(&format)) {
            continue;
        }
        let exclusive = match keyword {
            "minimum" if schema.flag("exclusiveMinimum") => ", exclusive",
            "maximum" if schema.flag("exclusiveMaximum") => ", exclusive",
            _ => "",
        };
        paragraphs.push(match value {
            Value::Bool(false) if keyword != "default" => continue,
            Value::Bool(true) if keyword != "default" => format!("{words}."),
            Value::String(text) => format!("{words}: {}", code(text)),
            value => format!("{words}{exclusive}: {}", code(&value.to_string())),
        });
    }
    for keyword in UNIONS {
        for (_, alternatives) in schema.every(keyword) {
            paragraphs.extend(with_either(alternatives));
        }
    }
    if schema.additional() == AdditionalProperties::Closed {
        paragraphs.push("No property beside these.".to_owned());
    }
    paragraphs
}

/// The properties of which an object needs some or others, where alternatives say only that.
fn with_either(alternatives: &Value) -> Option<String> {
    let mut words = Vec::new();
    for alternative in alternatives.as_array()? {
        let keywords = alternative.as_object()?;
        if keywords.len() != 1 {
            return None;
        }
        let names = keywords.get("required")?.as_array()?.iter();
        let names: Vec<_> = names.filter_map(Value::as_str).map(code).collect();
        words.push(names.join(" and "));
    }
    Some(format!("With {}.", words.join(", or with ")))
}
