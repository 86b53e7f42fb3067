//! Reads the keywords that constrain values of one type.

use serde_json::{Map, Value};

use crate::{
    lower::{
        Context,
        ecma_regex::{self, PatternError},
        schemas::merged::flag,
    },
    model::{Constant, Constraint, Format, JsonType, Pattern},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Returns the type in `type`.
pub(crate) fn json_type(keywords: &Map<String, Value>) -> Option<JsonType> {
    Some(match keywords.get("type")?.as_str()? {
        "array" => JsonType::Array,
        "boolean" => JsonType::Boolean,
        "integer" => JsonType::Integer,
        "number" => JsonType::Number,
        "object" => JsonType::Object,
        "string" => JsonType::String,
        _ => return None,
    })
}

pub(super) fn unsigned(keywords: &Map<String, Value>, keyword: &str) -> Option<u64> {
    // A minimum of 0 has no effect.
    keywords
        .get(keyword)?
        .as_u64()
        .filter(|number| *number > 0 || keyword.starts_with("max"))
}

pub(super) fn string_constraints(
    cx: &Context<'_>,
    place: &Pointer,
    keywords: &Map<String, Value>,
) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    constraints.extend(unsigned(keywords, "minLength").map(Constraint::MinLength));
    constraints.extend(unsigned(keywords, "maxLength").map(Constraint::MaxLength));
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
        match ecma_regex::translate(pattern) {
            Ok(regex) => constraints.push(Constraint::Pattern(Pattern {
                text: pattern.to_owned(),
                regex: regex.as_str().to_owned(),
            })),
            Err(error) => report_unchecked_pattern(cx, place, error),
        }
    }
    let format = keywords.get("format").and_then(Value::as_str);
    let format = Format::ALL
        .into_iter()
        .find(|candidate| Some(candidate.name()) == format);
    constraints.extend(format.map(Constraint::Format));
    constraints
}

fn report_unchecked_pattern(cx: &Context<'_>, place: &Pointer, error: PatternError) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Value(place.key("pattern")),
            "this pattern is not validated",
        )
        .label(error.reason)
        .help(error.help),
    );
}

pub(super) fn number_constraints(keywords: &Map<String, Value>) -> Vec<Constraint> {
    let bound = |keyword: &str| {
        let value = keywords.get(keyword).filter(|value| value.is_number());
        value.map(Constant::new)
    };
    let mut constraints = Vec::new();
    constraints.extend(bound("minimum").map(if flag(keywords, "exclusiveMinimum") {
        Constraint::ExclusiveMinimum
    } else {
        Constraint::Minimum
    }));
    constraints.extend(bound("maximum").map(if flag(keywords, "exclusiveMaximum") {
        Constraint::ExclusiveMaximum
    } else {
        Constraint::Maximum
    }));
    constraints.extend(bound("multipleOf").map(Constraint::MultipleOf));
    constraints
}

pub(super) fn enum_constraint(keywords: &Map<String, Value>) -> Option<Constraint> {
    let values = keywords.get("enum")?.as_array()?;
    let is_string = keywords.get("type").is_some_and(|ty| ty == "string");
    let values = values.iter().map(|value| match value {
        // YAML parses `enum: [1.0]` as a number, even if the type is `string`.
        Value::Number(_) | Value::Bool(_) if is_string => Constant::Text(value.to_string()),
        value => Constant::new(value),
    });
    Some(Constraint::Enum(values.collect()))
}
