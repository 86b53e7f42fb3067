//! Validates examples and defaults against their schemas.

use serde_json::{Map, Value};

use crate::{
    lower::{
        Context,
        ecma_regex::translate,
        schemas::{
            constraints::json_type,
            merged::{Schema, base_union, discriminator_tags, flag, list, only_child},
        },
    },
    model::{Direction, Format, JsonType},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe},
};

/// The number of alternatives of a `oneOf` that may be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OneOfRule {
    /// Exactly one, as OpenAPI requires.
    One,
    /// At least one, because the alternatives of a document may overlap.
    Several,
}

/// Returns whether a value is valid for all parts of a schema, in messages of one direction.
pub(crate) fn is_valid(
    cx: &Context<'_>,
    schema: &Schema<'_>,
    value: &Value,
    direction: Direction,
    one_of: OneOfRule,
) -> bool {
    let validity = Validity {
        cx,
        direction,
        one_of,
    };
    schema
        .places()
        .all(|place| validity.has(place, value, Some(schema), 0))
}

/// Returns whether a keyword of a schema excludes a string by itself.
pub(crate) fn excludes(cx: &Context<'_>, schema: &Schema<'_>, text: &str) -> bool {
    let validity = Validity {
        cx,
        direction: Direction::Both,
        one_of: OneOfRule::Several,
    };
    validity.violated_keyword(schema, &text.into()).is_some()
}

/// Returns where a value is invalid, and why; `None` if it is valid.
pub(crate) fn find_violation(
    cx: &Context<'_>,
    schema: &Schema<'_>,
    value: &Value,
    direction: Direction,
) -> Option<(Pointer, String)> {
    violation_at(cx, schema, value, direction, &Pointer::default())
}

fn violation_at(
    cx: &Context<'_>,
    schema: &Schema<'_>,
    value: &Value,
    direction: Direction,
    at: &Pointer,
) -> Option<(Pointer, String)> {
    if is_valid(cx, schema, value, direction, OneOfRule::Several) {
        return None;
    }
    let inner = match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let property = Schema::merge(cx, &schema.property_places(name))?;
            violation_at(cx, &property, value, direction, &at.key(name))
        }),
        Value::Array(items) => {
            let schema = Schema::merge(cx, &schema.items());
            schema.and_then(|schema| {
                let mut items = items.iter().enumerate();
                items.find_map(|(index, value)| {
                    violation_at(cx, &schema, value, direction, &at.index(index))
                })
            })
        }
        _ => None,
    };
    inner.or_else(|| {
        let validity = Validity {
            cx,
            direction,
            one_of: OneOfRule::Several,
        };
        let reason = if let Some(expected) = other_type(schema, value) {
            format!("expected {expected}, found {}", describe(value))
        } else if let Some((keyword, limit)) = validity.violated_keyword(schema, value) {
            format!("`{keyword}: {limit}` excludes {value}")
        } else {
            format!("{value} is not valid for each part of the schema")
        };
        Some((at.clone(), reason))
    })
}

/// Warns that an example or default does not match its schema.
pub(crate) fn report_mismatch(cx: &Context<'_>, place: Pointer, at: &Pointer, reason: &str) {
    let position = if at.as_str().is_empty() {
        String::new()
    } else {
        format!(" at `{at}`")
    };
    let keyword = match place.last().as_deref() {
        Some("default") => "default",
        _ => "example",
    };
    cx.report(
        Diagnostic::warning(
            Rule::ExampleMismatch,
            Place::Key(place),
            format!("the {keyword} does not match its schema: {reason}{position}"),
        )
        .label("it is not used")
        .help(format!("correct the {keyword} or the schema")),
    );
}

/// The maximum depth of a validated value. Deeper values are accepted.
const MAX_DEPTH: usize = 20;

/// A validation of examples.
#[derive(Clone, Copy)]
struct Validity<'a> {
    cx: &'a Context<'a>,
    direction: Direction,
    one_of: OneOfRule,
}

impl Validity<'_> {
    /// Returns a keyword of a schema that excludes a value by itself.
    fn violated_keyword<'a>(
        &self,
        schema: &Schema<'a>,
        value: &Value,
    ) -> Option<(&'static str, &'a Value)> {
        const KEYWORDS: [&str; 10] = [
            "enum",
            "format",
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "multipleOf",
            "minItems",
            "maxItems",
        ];
        KEYWORDS.into_iter().find_map(|keyword| {
            let mut limits = schema.every(keyword);
            limits.find_map(|(place, limit)| {
                let keywords = Map::from_iter([(keyword.to_owned(), limit.clone())]);
                let is_listed = keyword != "enum"
                    || list(&keywords, keyword)
                        .iter()
                        .any(|listed| are_equal(listed, value));
                let is_satisfied = is_listed && self.has_content(place, &keywords, value, None, 0);
                (!is_satisfied).then_some((keyword, limit))
            })
        })
    }

    /// Returns whether a value is valid for the schema at a place.
    ///
    /// `owner` is the schema that has this one as a part, if there is one.
    fn has(
        &self,
        place: &Pointer,
        value: &Value,
        owner: Option<&Schema<'_>>,
        depth: usize,
    ) -> bool {
        let cx = self.cx;
        let Some((place, keywords)) = cx.resolved(place).filter(|_| depth < MAX_DEPTH) else {
            return true;
        };
        if value.is_null() && flag(keywords, "nullable") {
            return true;
        }
        let is_part = owner.is_some();
        let own = (!is_part && keywords.contains_key("required"))
            .then(|| Schema::at(cx, &place))
            .flatten();
        let owner = owner.or(own.as_ref());
        let values = list(keywords, "enum");
        let is_listed = values.is_empty() || values.iter().any(|listed| are_equal(listed, value));
        let is_excluded =
            keywords.contains_key("not") && self.has(&place.key("not"), value, None, depth + 1);
        let owner_of_parts = owner.filter(|_| only_child(&place, keywords).is_none());
        let mut parts =
            (0..list(keywords, "allOf").len()).map(|index| place.key("allOf").index(index));
        is_listed
            && !is_excluded
            && json_type(keywords).is_none_or(|expected| has_type(value, expected))
            && self.has_content(&place, keywords, value, owner, depth)
            && (is_part || self.has_extension(&place, value, depth))
            && parts.all(|part| self.has(&part, value, owner_of_parts, depth + 1))
            && self.has_alternatives(&place, keywords, value, depth)
    }

    /// Checks the keywords that apply to values of one type.
    fn has_content(
        &self,
        place: &Pointer,
        keywords: &Map<String, Value>,
        value: &Value,
        owner: Option<&Schema<'_>>,
        depth: usize,
    ) -> bool {
        let within = |count: usize, least: &str, most: &str| {
            let count = count as u64;
            let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
            limit(least).is_none_or(|least| count >= least)
                && limit(most).is_none_or(|most| count <= most)
        };
        match value {
            Value::String(text) => {
                let format = keywords.get("format").and_then(Value::as_str);
                let mut formats = Format::ALL.into_iter();
                let format = formats.find(|candidate| Some(candidate.name()) == format);
                let pattern = keywords.get("pattern").and_then(Value::as_str);
                // A pattern that is not supported is not validated either.
                let pattern = pattern.and_then(|pattern| translate(pattern).ok());
                within(text.chars().count(), "minLength", "maxLength")
                    && pattern.is_none_or(|pattern| pattern.is_match(text))
                    && format.is_none_or(|format| format.is_match(text))
            }
            Value::Array(items) => {
                let item = place.key("items");
                let are_distinct = items
                    .iter()
                    .enumerate()
                    .all(|(index, item)| !items.iter().take(index).any(|other| other == item));
                within(items.len(), "minItems", "maxItems")
                    && (!flag(keywords, "uniqueItems") || are_distinct)
                    && (!keywords.contains_key("items")
                        || items
                            .iter()
                            .all(|value| self.has(&item, value, None, depth + 1)))
            }
            Value::Number(number) => {
                let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_f64);
                let number = number.as_f64().unwrap_or_default();
                let is_above = limit("minimum").is_none_or(|least| {
                    number > least || (number >= least && !flag(keywords, "exclusiveMinimum"))
                });
                let is_below = limit("maximum").is_none_or(|most| {
                    number < most || (number <= most && !flag(keywords, "exclusiveMaximum"))
                });
                let is_multiple = limit("multipleOf").is_none_or(|unit| {
                    let quotient = number / unit;
                    (quotient - quotient.round()).abs() <= f64::EPSILON * quotient.abs().max(1.0)
                });
                is_above && is_below && is_multiple
            }
            Value::Object(members) => {
                let is_excluded = |name: &str| {
                    owner.is_some_and(|owner| {
                        let flags = owner.property(self.cx, name);
                        match self.direction {
                            Direction::Request => flags.is_read_only,
                            Direction::Response | Direction::Both => flags.is_write_only,
                        }
                    })
                };
                let mut required = list(keywords, "required").iter().filter_map(Value::as_str);
                let has_required =
                    required.all(|name| members.contains_key(name) || is_excluded(name));
                let properties = keywords.get("properties").and_then(Value::as_object);
                let additional = keywords.get("additionalProperties");
                has_required
                    && within(members.len(), "minProperties", "maxProperties")
                    && members.iter().all(|(name, value)| {
                        let is_declared =
                            properties.is_some_and(|properties| properties.contains_key(name));
                        if is_declared {
                            let place = place.key("properties").key(name);
                            return self.has(&place, value, None, depth + 1);
                        }
                        match additional {
                            Some(Value::Bool(false)) => false,
                            Some(Value::Object(_)) => {
                                self.has(&place.key("additionalProperties"), value, None, depth + 1)
                            }
                            _ => true,
                        }
                    })
            }
            Value::Null | Value::Bool(_) => true,
        }
    }

    /// Checks the component that a discriminator selects, if components extend the schema.
    fn has_extension(&self, place: &Pointer, value: &Value, depth: usize) -> bool {
        let Some((tag, by_extension)) = base_union(self.cx, place) else {
            return true;
        };
        let selected = value.get(tag).and_then(Value::as_str);
        let mut extensions = by_extension.iter();
        let extension =
            extensions.find(|(_, tags)| tags.iter().any(|tag| Some(tag.as_str()) == selected));
        extension.is_some_and(|(extension, _)| {
            extension == place || self.has(extension, value, None, depth + 1)
        })
    }

    fn has_alternatives(
        &self,
        place: &Pointer,
        keywords: &Map<String, Value>,
        value: &Value,
        depth: usize,
    ) -> bool {
        ["oneOf", "anyOf"].into_iter().all(|keyword| {
            let count = list(keywords, keyword).len();
            let alternatives: Vec<_> = (0..count)
                .map(|index| place.key(keyword).index(index))
                .collect();
            if alternatives.is_empty() {
                return true;
            }
            let has = |place: &&Pointer| self.has(place, value, None, depth + 1);
            if let Some((tag, tags)) = discriminator_tags(self.cx, place, keywords, &alternatives) {
                let selected = value.get(tag).and_then(Value::as_str).unwrap_or_default();
                let mut by_tag = alternatives.iter().zip(tags);
                let alternative = by_tag.find(|(_, tags)| tags.iter().any(|tag| tag == selected));
                return alternative.is_some_and(|(alternative, _)| has(&alternative));
            }
            let count = alternatives.iter().filter(has).count();
            count == 1 || (count > 1 && (keyword == "anyOf" || self.one_of == OneOfRule::Several))
        })
    }
}

/// Describes the type that a schema declares, with an article, if a value has another one.
fn other_type(schema: &Schema<'_>, value: &Value) -> Option<&'static str> {
    let mut types = schema.every("type").filter_map(|(_, ty)| {
        let keywords = Map::from_iter([("type".to_owned(), ty.clone())]);
        json_type(&keywords)
    });
    let expected = types.find(|expected| !has_type(value, *expected))?;
    Some(match expected {
        JsonType::Array => "a list",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::Object => "a mapping",
        JsonType::String => "a string",
    })
}

fn has_type(value: &Value, expected: JsonType) -> bool {
    match expected {
        JsonType::Array => value.is_array(),
        JsonType::Boolean => value.is_boolean(),
        JsonType::Integer => value.is_i64() || value.is_u64(),
        JsonType::Number => value.is_number(),
        JsonType::Object => value.is_object(),
        JsonType::String => value.is_string(),
    }
}

/// Returns whether a value is equal to a listed one; YAML parses `enum: [1.0]` as a number, even if the type is
/// `string`.
fn are_equal(listed: &Value, value: &Value) -> bool {
    match (listed, value) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Number(number), Value::String(text)) => number.to_string() == text.as_str(),
        (Value::Bool(flag), Value::String(text)) => flag.to_string() == text.as_str(),
        (listed, value) => listed == value,
    }
}
