//! Generates example values from schemas.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::{pattern::matching, type_check::check_type};
use crate::{
    lower::{
        Context,
        schemas::{
            merged::{AdditionalProperties, Schema, SchemaKey, SchemaShape},
            validity::{OneOfRule, find_violation, is_valid, report_mismatch},
        },
    },
    model::{Direction, Type, TypeDef},
    pointer::Pointer,
};

/// Generates a value from a schema: its example, its default, its first `enum` value, or a value of its type.
///
/// An example or default that does not match the schema is not used, and is reported for a response. `known` has the
/// values that were generated for the same direction before.
pub(super) fn synthesize(
    cx: &Context<'_>,
    schema: &Pointer,
    ty: &Type,
    types: &[TypeDef],
    direction: Direction,
    known: &mut KnownValues,
) -> Option<Value> {
    let mut rejected = BTreeSet::new();
    loop {
        // Known values may contain examples that are rejected here.
        let mut others = KnownValues::new();
        let mut synthesizer = ExampleSynthesizer {
            cx,
            rejected: &rejected,
            used: Vec::new(),
            direction,
            seen: BTreeSet::new(),
            required: BTreeSet::new(),
            depth: 0,
            cuts: 0,
            known: if rejected.is_empty() {
                &mut *known
            } else {
                &mut others
            },
        };
        let value = synthesizer.value_at(schema, &Pointer::root())?;
        let used = synthesizer.used;
        let mismatch = check_type(&value, ty, types, direction).err();
        let has_type = mismatch.is_none();
        let violation = || {
            let schema = Schema::at(cx, schema)?;
            find_violation(cx, &schema, &value, direction)
        };
        let Some((at, reason)) = mismatch.or_else(violation) else {
            return Some(value);
        };
        let mut sources = used.into_iter();
        let culprit = sources.find_map(|(target, source)| Some((at.strip(&target)?, source)));
        let Some((at, culprit)) = culprit else {
            // A generated value may violate a constraint that no value satisfies.
            return has_type.then_some(value);
        };
        if direction == Direction::Response {
            report_mismatch(cx, culprit.clone(), &at, &reason);
        }
        rejected.insert(culprit);
    }
}

/// Generates one value from a schema.
struct ExampleSynthesizer<'a> {
    cx: &'a Context<'a>,
    /// The places of the examples and defaults that do not match their schemas.
    rejected: &'a BTreeSet<Pointer>,
    /// The examples and defaults in the value: the pointer into the value, and the place in the document.
    used: Vec<(Pointer, Pointer)>,
    /// The message that the value is for.
    direction: Direction,
    /// The schemas around the current value.
    seen: BTreeSet<SchemaKey>,
    /// The properties that are required next to the union of which the current value is an alternative.
    required: BTreeSet<String>,
    /// The depth of the current value.
    depth: usize,
    /// The number of values that end because their schema is around them, or because they are too deep.
    cuts: usize,
    known: &'a mut KnownValues,
}

/// The values of schemas that do not depend on the schemas around them, by schema and depth.
pub(super) type KnownValues = HashMap<(SchemaKey, usize), KnownValue>;

/// A generated value, and the examples and defaults in it, with pointers into the value.
pub(super) struct KnownValue {
    value: Option<Value>,
    used: Vec<(Pointer, Pointer)>,
}

/// The maximum number of alternatives of a union that are tried.
const MAX_ALTERNATIVES: usize = 50;

/// The depth up to which an example has optional properties.
const MAX_OPTIONAL_DEPTH: usize = 8;

/// The maximum depth of an example; JSON is parsed to a depth of 128.
const MAX_DEPTH: usize = 100;

impl ExampleSynthesizer<'_> {
    /// Generates a value for the schema at a place; `target` is the position of the value in the example.
    fn value_at(&mut self, place: &Pointer, target: &Pointer) -> Option<Value> {
        self.merged_value(std::slice::from_ref(place), target)
    }

    /// Generates a value for the merged schemas at several places.
    fn merged_value(&mut self, places: &[Pointer], target: &Pointer) -> Option<Value> {
        match Schema::merge(self.cx, places) {
            Some(schema) => self.schema_value(&schema, target),
            None => Some(Value::Null),
        }
    }

    fn schema_value(&mut self, schema: &Schema<'_>, target: &Pointer) -> Option<Value> {
        for keyword in ["example", "default"] {
            for (place, value) in schema.every_annotation(keyword) {
                let source = place.key(keyword);
                let is_whole = !schema.has_part(place)
                    || !value.is_object()
                    || self.is_valid(schema, value, OneOfRule::Several);
                if is_whole && !self.rejected.contains(&source) {
                    self.used.push((target.clone(), source));
                    return Some(value.clone());
                }
            }
        }
        if schema.has("enum") && schema.values().is_empty() {
            return Some(Value::Null);
        }
        if let Some((_, first)) = schema.values().first() {
            return Some(match first {
                // YAML parses `enum: [1.0]` as a number, even if the type is `string`.
                Value::Number(_) | Value::Bool(_)
                    if schema.shape(self.cx) == SchemaShape::TextEnum =>
                {
                    first.to_string().into()
                }
                first => (*first).clone(),
            });
        }
        let key = (schema.key(), self.depth);
        // Next to a union, the same schema may have other properties.
        let is_alone = self.required.is_empty();
        if let Some(known) = self.known.get(&key).filter(|_| is_alone) {
            let used = known.used.iter();
            let used = used.map(|(at, source)| (target.join(at), source.clone()));
            self.used.extend(used);
            return known.value.clone();
        }
        // A recursive schema must not be followed forever.
        if self.depth >= MAX_DEPTH || !self.seen.insert(schema.key()) {
            self.cuts += 1;
            return schema.is_nullable(self.cx).then_some(Value::Null);
        }
        let (used, cuts) = (self.used.len(), self.cuts);
        self.depth += 1;
        let value = match schema.shape(self.cx) {
            SchemaShape::Any | SchemaShape::Map | SchemaShape::None(_) => {
                Some(self.map(schema, target))
            }
            SchemaShape::Array => Some(self.array(schema, target)),
            SchemaShape::Boolean => Some(Value::Bool(true)),
            SchemaShape::Integer | SchemaShape::IntegerEnum => Some(number(schema, true)),
            SchemaShape::Number => Some(number(schema, false)),
            SchemaShape::Object => self.object(schema, target),
            SchemaShape::MixedEnum | SchemaShape::Text | SchemaShape::TextEnum => {
                Some(Value::String(string(schema)))
            }
            SchemaShape::Union => self.union(schema, target),
        };
        self.depth -= 1;
        self.seen.remove(&key.0);
        if is_alone && self.cuts == cuts {
            let used = self.used.get(used..).unwrap_or_default().iter();
            let used = used.filter_map(|(at, source)| Some((at.strip(target)?, source.clone())));
            let known = KnownValue {
                value: value.clone(),
                used: used.collect(),
            };
            self.known.insert(key, known);
        }
        value
    }

    /// Generates an object of `minProperties` additional properties.
    fn map(&mut self, schema: &Schema<'_>, target: &Pointer) -> Value {
        let count = max_keyword(schema, "minProperties").unwrap_or(0).min(100);
        let names = (1..=count).map(|number| format!("key{number}"));
        let members = names.map(|name| {
            let value = match schema.additional() {
                AdditionalProperties::Typed(places) => {
                    self.merged_value(&places, &target.key(&name))
                }
                _ => None,
            };
            (name, value.unwrap_or(Value::Null))
        });
        Value::Object(members.collect())
    }

    fn array(&mut self, schema: &Schema<'_>, target: &Pointer) -> Value {
        let least = max_keyword(schema, "minItems").unwrap_or(0);
        let count = least
            .clamp(1, 100)
            .min(min_keyword(schema, "maxItems").unwrap_or(100));
        let items = schema.items();
        if items.is_empty() {
            let numbers = (0..count.min(least.max(1))).map(Value::from);
            return numbers.collect();
        }
        let Some(item) = self.merged_value(&items, &target.index(0)) else {
            return Value::Array(Vec::new());
        };
        let merged = Schema::merge(self.cx, &items);
        if least.min(count) == 0
            && !self.has_declared(&target.index(0))
            && merged.is_some_and(|schema| {
                may_contradict(&schema) && !self.is_valid(&schema, &item, OneOfRule::Several)
            })
        {
            return Value::Array(Vec::new());
        }
        if !schema.flag("uniqueItems") {
            return Value::Array(vec![item; count]);
        }
        let Some(schema) = Schema::merge(self.cx, &items) else {
            return Value::Array(vec![item]);
        };
        let listed = schema.values();
        if listed.is_empty() {
            return Value::Array(self.distinct_items(&schema, &item, count));
        }
        listed
            .into_iter()
            .map(|(_, value)| value.clone())
            .take(count)
            .collect()
    }

    /// Returns a number of different items, which are valid if some variations of the first one are.
    fn distinct_items(&self, schema: &Schema<'_>, first: &Value, count: usize) -> Vec<Value> {
        let mut items = vec![first.clone()];
        for variation in (1..=MAX_VARIATIONS).flat_map(|index| variations(first, index)) {
            if items.len() >= count {
                break;
            }
            if !items.contains(&variation) && self.is_valid(schema, &variation, OneOfRule::Several)
            {
                items.push(variation);
            }
        }
        let missing = items.len()..count;
        items.extend(missing.map(|index| distinct_value(first, index)));
        items
    }

    fn object(&mut self, schema: &Schema<'_>, target: &Pointer) -> Option<Value> {
        let mut required = std::mem::take(&mut self.required);
        required.extend(schema.required().into_iter().map(str::to_owned));
        // The example of a part of `allOf` has members of the whole.
        let examples: Vec<_> = schema
            .every_annotation("example")
            .map(|(place, value)| (place.key("example"), value))
            .filter(|(source, _)| !self.rejected.contains(source))
            .filter_map(|(source, value)| Some((source, value.as_object()?)))
            .collect();
        let mut members = Map::new();
        for name in schema.property_names() {
            let places = schema.property_places(name);
            let property = Schema::merge(self.cx, &places);
            let is_required = required.contains(name);
            if (self.depth > MAX_OPTIONAL_DEPTH && !is_required)
                || schema.is_impossible(name)
                || property
                    .as_ref()
                    .is_some_and(|schema| schema.flag(self.excluded_keyword()))
            {
                continue;
            }
            let target = target.key(name);
            let value = match &property {
                _ if examples
                    .iter()
                    .any(|(_, example)| example.contains_key(name)) =>
                {
                    self.member_of_example(&examples, name, &target)
                }
                Some(schema) => self.schema_value(schema, &target),
                None => Some(Value::Null),
            };
            let Some(value) = value else {
                if is_required {
                    return None;
                }
                continue;
            };
            // The schemas of a property may contradict each other.
            let is_valid = is_required
                || property.as_ref().is_none_or(|schema| {
                    !may_contradict(schema)
                        || self.has_declared(&target)
                        || self.is_valid(schema, &value, OneOfRule::Several)
                });
            if is_valid {
                members.insert(name.to_owned(), value);
            }
        }
        let declared = schema.properties();
        for name in &required {
            if !declared.contains_key(name.as_str()) {
                let value = self.merged_value(&schema.property_places(name), &target.key(name));
                members.insert(name.clone(), value.unwrap_or(Value::Null));
            }
        }
        self.remove_invalid(schema, &required, &mut members, target);
        Some(Value::Object(members))
    }

    /// Returns a member of the first example that has it.
    fn member_of_example(
        &mut self,
        examples: &[(Pointer, &Map<String, Value>)],
        name: &str,
        target: &Pointer,
    ) -> Option<Value> {
        let mut examples = examples.iter();
        let (source, value) =
            examples.find_map(|(source, example)| Some((source, example.get(name)?)))?;
        self.used.push((target.clone(), source.clone()));
        Some(value.clone())
    }

    /// Returns whether the value at a position contains a declared example or default, which is reported if it is
    /// invalid.
    fn has_declared(&self, target: &Pointer) -> bool {
        self.used
            .iter()
            .any(|(used, _)| target.strip(used).is_some() || used.strip(target).is_some())
    }

    /// Removes optional properties that make an object invalid, such as those beyond `maxProperties`.
    fn remove_invalid(
        &self,
        schema: &Schema<'_>,
        required: &BTreeSet<String>,
        members: &mut Map<String, Value>,
        target: &Pointer,
    ) {
        if !may_contradict(schema) {
            return;
        }
        let is_valid = |members: &Map<String, Value>| {
            self.is_valid(schema, &Value::Object(members.clone()), OneOfRule::Several)
        };
        let without = |members: &Map<String, Value>, name: &str| {
            let mut members = members.clone();
            members.shift_remove(name);
            members
        };
        let mut remaining = members.clone();
        while !is_valid(&remaining) {
            let optional: Vec<_> = remaining
                .keys()
                .filter(|name| !required.contains(*name) && !self.has_declared(&target.key(name)))
                .collect();
            // One property is most likely the only reason.
            let mut candidates = optional.iter().map(|name| without(&remaining, name));
            let repaired = candidates.find(is_valid);
            let shorter = optional.last().map(|name| without(&remaining, name));
            match repaired.or(shorter) {
                Some(shorter) => remaining = shorter,
                // The reason is another one.
                None => return,
            }
        }
        *members = remaining;
    }

    /// Returns the keyword of properties that must not be part of the message.
    const fn excluded_keyword(&self) -> &'static str {
        match self.direction {
            Direction::Request => "readOnly",
            Direction::Response | Direction::Both => "writeOnly",
        }
    }

    /// Generates a value of an alternative: the first one that makes the whole value valid, or else the first one for
    /// which that is possible.
    fn union(&mut self, schema: &Schema<'_>, target: &Pointer) -> Option<Value> {
        let mut values = Vec::new();
        let used = self.used.len();
        self.alternatives(schema, schema, target, &mut values);
        let find = |one_of| {
            let mut positions = values.iter();
            positions.position(|value| self.is_valid(schema, value, one_of))
        };
        let position = find(OneOfRule::One).or_else(|| find(OneOfRule::Several));
        // Only the last value contains declared examples.
        if position.is_some_and(|position| position + 1 < values.len()) {
            self.used.truncate(used);
        }
        (!values.is_empty()).then(|| values.swap_remove(position.unwrap_or_default()))
    }

    /// Generates a value of each alternative with its discriminator, up to the first one that is valid for the whole
    /// schema or contains a declared example. The alternatives of an alternative count as its own.
    fn alternatives(
        &mut self,
        schema: &Schema<'_>,
        whole: &Schema<'_>,
        target: &Pointer,
        values: &mut Vec<Value>,
    ) {
        let Some(union) = schema.union(self.cx) else {
            return;
        };
        let outer = std::mem::take(&mut self.required);
        for alternative in &union.alternatives {
            let used = self.used.len();
            let start = values.len();
            let inner = &alternative.schema;
            self.required.clone_from(&outer);
            self.required
                .extend(schema.required().into_iter().map(str::to_owned));
            let is_declared = ["example", "default"]
                .iter()
                .any(|keyword| inner.every_annotation(keyword).next().is_some());
            if inner.shape(self.cx) == SchemaShape::Union && !is_declared {
                if self.seen.insert(inner.key()) {
                    self.alternatives(inner, whole, target, values);
                    self.seen.remove(&inner.key());
                }
            } else {
                values.extend(self.schema_value(inner, target));
            }
            let required = std::mem::take(&mut self.required);
            let tag = union.tag.zip(alternative.tags.first());
            for value in values.iter_mut().skip(start) {
                if let (Some((tag, text)), Some(members)) = (tag, value.as_object_mut()) {
                    members.insert(tag.to_owned(), Value::String(text.clone()));
                    let mut required = required.clone();
                    required.extend(inner.required().into_iter().map(str::to_owned));
                    required.insert(tag.to_owned());
                    self.remove_invalid(inner, &required, members, target);
                }
            }
            let is_found = values
                .iter()
                .skip(start)
                .any(|value| self.is_valid(whole, value, OneOfRule::One));
            if is_found || self.used.len() > used || values.len() >= MAX_ALTERNATIVES {
                break;
            }
        }
    }

    fn is_valid(&self, schema: &Schema<'_>, value: &Value, one_of: OneOfRule) -> bool {
        is_valid(self.cx, schema, value, self.direction, one_of)
    }
}

/// Returns whether a value that is generated keyword by keyword may be invalid, so that it has to be validated. Most
/// schemas are simpler, and validation takes long for large values.
fn may_contradict(schema: &Schema<'_>) -> bool {
    let keywords = ["anyOf", "maxProperties", "minProperties", "not", "oneOf"];
    schema.places().count() > 1 || keywords.iter().any(|keyword| schema.has(keyword))
}

/// Returns the maximum of all values of a keyword.
fn max_keyword(schema: &Schema<'_>, keyword: &str) -> Option<usize> {
    let values = schema
        .every(keyword)
        .filter_map(|(_, value)| value.as_u64());
    values.max().and_then(|most| usize::try_from(most).ok())
}

/// Returns the minimum of all values of a keyword.
fn min_keyword(schema: &Schema<'_>, keyword: &str) -> Option<usize> {
    let values = schema
        .every(keyword)
        .filter_map(|(_, value)| value.as_u64());
    values.min().and_then(|least| usize::try_from(least).ok())
}

/// The maximum index of the variations of a value that are tried.
const MAX_VARIATIONS: usize = 200;

/// Returns variations of a value: of the whole value, and of an object with one member changed, `null`, removed or
/// added.
fn variations(value: &Value, index: usize) -> Vec<Value> {
    let mut variations = vec![distinct_value(value, index)];
    let Value::Object(members) = value else {
        return variations;
    };
    for (name, member) in members {
        let mut changed = members.clone();
        changed.insert(name.clone(), distinct_value(member, index));
        variations.push(changed.clone().into());
        changed.insert(name.clone(), Value::Null);
        variations.push(changed.into());
        let mut shorter = members.clone();
        shorter.shift_remove(name);
        variations.push(shorter.into());
    }
    let mut longer = members.clone();
    longer.insert(format!("key{index}"), index.into());
    variations.push(longer.into());
    variations
}

/// Returns a variation of a value that is different for each index, if the type has enough values.
fn distinct_value(value: &Value, index: usize) -> Value {
    match value {
        value if index == 0 => value.clone(),
        Value::Number(number) if number.is_i64() => {
            let step = i64::try_from(index).unwrap_or(i64::MAX);
            number
                .as_i64()
                .unwrap_or_default()
                .saturating_add(step)
                .into()
        }
        Value::Number(number) => {
            let step = u32::try_from(index).unwrap_or(u32::MAX);
            (number.as_f64().unwrap_or_default() + f64::from(step)).into()
        }
        Value::Bool(flag) => Value::Bool(!flag),
        Value::String(text) => format!("{text}{index}").into(),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), distinct_value(value, index)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items
            .iter()
            .map(|item| distinct_value(item, index))
            .collect(),
        Value::Null => Value::Null,
    }
}

/// Returns a number that satisfies all constraints, if there is one: 1 if possible, otherwise one near a
/// limit.
fn number(schema: &Schema<'_>, is_integer: bool) -> Value {
    let limits = |keyword: &str| {
        let values = schema.every(keyword);
        values
            .filter_map(|(_, value)| value.as_f64())
            .collect::<Vec<_>>()
    };
    let (least, most) = (limits("minimum"), limits("maximum"));
    let least = least.into_iter().reduce(f64::max);
    let most = most.into_iter().reduce(f64::min);
    let step = limits("multipleOf").into_iter().find(|step| *step > 0.0);
    let step = step.or(is_integer.then_some(1.0));
    let (excludes_least, excludes_most) = (
        schema.flag("exclusiveMinimum"),
        schema.flag("exclusiveMaximum"),
    );
    let is_within = |value: f64| {
        least.is_none_or(|least| value > least || (!excludes_least && value >= least))
            && most.is_none_or(|most| value < most || (!excludes_most && value <= most))
    };
    let candidates = match step {
        Some(step) => {
            let from_least = least.map(|least| (least / step).ceil());
            let to_most = most.map(|most| (most / step).floor());
            let near = from_least
                .into_iter()
                .flat_map(|count| [count, count + 1.0]);
            let near = near.chain(to_most.into_iter().flat_map(|count| [count, count - 1.0]));
            let counts = [(1.0 / step).ceil(), 0.0].into_iter().chain(near);
            // 3 times 0.1 is 0.3, but not in binary floating point.
            let decimals = step
                .to_string()
                .split_once('.')
                .map_or(0, |(_, part)| part.len());
            let multiple = |count: f64| format!("{:.decimals$}", count * step).parse().ok();
            counts.filter_map(multiple).collect::<Vec<_>>()
        }
        None => {
            let middle = least
                .zip(most)
                .map(|(least, most)| f64::midpoint(least, most));
            let near = least.into_iter().flat_map(|least| [least, least + 1.0]);
            let near = near.chain(most.into_iter().flat_map(|most| [most, most - 1.0]));
            [1.0].into_iter().chain(near).chain(middle).collect()
        }
    };
    let number = candidates
        .into_iter()
        .find(|value| is_within(*value))
        .unwrap_or(1.0);
    // A number without a fraction is an integer, unless it is too large for that.
    let text = format!("{number}");
    match text.parse::<i64>() {
        Ok(integer) => integer.into(),
        Err(_) => Value::from(number),
    }
}

fn string(schema: &Schema<'_>) -> String {
    let text = match schema.text("format") {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("time") => "12:00:00Z",
        Some("email") => "user@example.com",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("uri" | "url") => "https://example.com/",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "c3RhdHVzcXVv",
        Some("decimal") => "9.99",
        Some("status-choice") => "200",
        _ => "string",
    };
    let least = max_keyword(schema, "minLength").unwrap_or(0).min(10_000);
    let most = min_keyword(schema, "maxLength").unwrap_or(usize::MAX);
    if let Some(pattern) = schema.text("pattern")
        && let Some(text) = matching(pattern, least, most)
    {
        return text;
    }
    text.chars()
        .chain(std::iter::repeat('x'))
        .take(text.len().max(least).min(most))
        .collect()
}
