//! Validates generated examples against their schemas.

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::{
    lower::{
        Context,
        schemas::{
            constraints::json_type,
            merged::{Schema, base_union, discriminator_tags, flag, list, only_child},
        },
    },
    model::{Direction, Format, JsonType},
    pointer::Pointer,
};

/// The number of alternatives of a `oneOf` that may be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OneOfRule {
    /// Exactly one, as OpenAPI requires.
    One,
    /// At least one, because the alternatives of a document may overlap.
    Several,
}

/// Returns whether a value is valid for all parts of a schema, in messages of one direction.
pub(super) fn is_valid(
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
                let pattern = pattern.and_then(|pattern| Regex::new(pattern).ok());
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
