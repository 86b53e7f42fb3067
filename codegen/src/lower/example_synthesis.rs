//! Values made from schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    Context,
    merged_schema::{AdditionalProperties, Schema, SchemaKey, SchemaShape},
    pattern_example::matching,
    type_check::{check_type, report_mismatch},
    types::Types,
};
use crate::{
    model::{Direction, Type},
    pointer::Pointer,
};

/// A value made from a schema: its example, default or first value, else one of its type.
///
/// What the schema gives and does not fit it is reported and left alone.
pub(super) fn synthesize(
    cx: &Context<'_>,
    schema: &Pointer,
    ty: &Type,
    types: &Types,
    direction: Direction,
) -> Option<Value> {
    let mut refused = BTreeSet::new();
    loop {
        let mut maker = ExampleSynthesizer {
            cx,
            refused: &refused,
            taken: Vec::new(),
            direction,
            seen: BTreeSet::new(),
            depth: 0,
        };
        let value = maker.at(schema, &Pointer::root())?;
        let taken = maker.taken;
        let Err((at, why)) = check_type(&value, ty, types, direction) else {
            return Some(value);
        };
        let mut sources = taken.into_iter();
        let (at, culprit) = sources.find_map(|(into, source)| Some((at.strip(&into)?, source)))?;
        if direction == Direction::Response {
            report_mismatch(cx, culprit.clone(), &at, &why);
        }
        refused.insert(culprit);
    }
}

/// Makes a value from a schema.
struct ExampleSynthesizer<'a> {
    cx: &'a Context<'a>,
    /// The places in the document that give nothing that fits.
    refused: &'a BTreeSet<Pointer>,
    /// Where in the value stands what the document gives, and where it gives that.
    taken: Vec<(Pointer, Pointer)>,
    /// Whether it is for a request or for an answer.
    direction: Direction,
    /// The schemas that it is in.
    seen: BTreeSet<SchemaKey>,
    /// How deep it has come.
    depth: usize,
}

/// How deep an example has what need not be there, and how deep it may be at all: JSON is read to a depth
/// of 128.
const DEPTHS: (usize, usize) = (8, 100);

impl ExampleSynthesizer<'_> {
    /// A value for the schema at a place, to stand at a place in the whole.
    fn at(&mut self, place: &Pointer, into: &Pointer) -> Option<Value> {
        self.all(std::slice::from_ref(place), into)
    }

    /// A value for what the schemas at several places say together.
    fn all(&mut self, places: &[Pointer], into: &Pointer) -> Option<Value> {
        match Schema::of_all(self.cx, places) {
            Some(schema) => self.make(&schema, into),
            None => Some(Value::Null),
        }
    }

    fn make(&mut self, schema: &Schema<'_>, into: &Pointer) -> Option<Value> {
        for keyword in ["example", "default"] {
            for (place, value) in schema.every(keyword) {
                let given = place.key(keyword);
                if !self.refused.contains(&given) {
                    self.taken.push((into.clone(), given));
                    return Some(value.clone());
                }
            }
        }
        if schema.has("enum") && schema.values().is_empty() {
            return Some(Value::Null);
        }
        if let Some((_, first)) = schema.values().first() {
            return Some(match first {
                // YAML takes `enum: [1.0]` for a number, whatever the type.
                Value::Number(_) | Value::Bool(_)
                    if schema.shape(self.cx) == SchemaShape::TextEnum =>
                {
                    first.to_string().into()
                }
                first => (*first).clone(),
            });
        }
        // A value that contains itself has no end.
        if self.depth >= DEPTHS.1 || !self.seen.insert(schema.key()) {
            return schema.is_nullable(self.cx).then_some(Value::Null);
        }
        self.depth += 1;
        let value = match schema.shape(self.cx) {
            SchemaShape::Any | SchemaShape::Map | SchemaShape::None(_) => {
                Some(self.map(schema, into))
            }
            SchemaShape::Array => Some(self.array(schema, into)),
            SchemaShape::Boolean => Some(Value::Bool(true)),
            SchemaShape::Integer | SchemaShape::IntegerEnum => Some(number(schema, true)),
            SchemaShape::Number => Some(number(schema, false)),
            SchemaShape::Object => self.object(schema, into),
            SchemaShape::MixedEnum | SchemaShape::Text | SchemaShape::TextEnum => {
                Some(Value::String(text(schema)))
            }
            SchemaShape::Union => self.union(schema, into),
        };
        self.depth -= 1;
        self.seen.remove(&schema.key());
        value
    }

    /// An object whose properties have no names, with as many as there have to be.
    fn map(&mut self, schema: &Schema<'_>, into: &Pointer) -> Value {
        let count = most_of(schema, "minProperties").unwrap_or(0).min(100);
        let names = (1..=count).map(|number| format!("key{number}"));
        let members = names.map(|name| {
            let value = match schema.additional() {
                AdditionalProperties::Typed(places) => self.all(&places, &into.key(&name)),
                _ => None,
            };
            (name, value.unwrap_or(Value::Null))
        });
        Value::Object(members.collect())
    }

    fn array(&mut self, schema: &Schema<'_>, into: &Pointer) -> Value {
        let least = most_of(schema, "minItems").unwrap_or(1);
        let count = least
            .clamp(1, 100)
            .min(least_of(schema, "maxItems").unwrap_or(100));
        let items = schema.items();
        if items.is_empty() {
            let anything = (0..count.min(least)).map(Value::from);
            return anything.collect();
        }
        let Some(item) = self.all(&items, &into.index(0)) else {
            return Value::Array(Vec::new());
        };
        if !schema.flag("uniqueItems") {
            return Value::Array(vec![item; count]);
        }
        let values = Schema::of_all(self.cx, &items).map(|item| item.values());
        let values = values.filter(|values| !values.is_empty());
        let all: Vec<Value> = match values {
            Some(values) => values
                .into_iter()
                .map(|(_, value)| value.clone())
                .take(count)
                .collect(),
            None => (0..count).map(|index| other(&item, index)).collect(),
        };
        Value::Array(all)
    }

    fn object(&mut self, schema: &Schema<'_>, into: &Pointer) -> Option<Value> {
        let required = schema.required();
        let mut members = Map::new();
        for (name, places) in schema.properties() {
            let property = Schema::of_all(self.cx, &places);
            let is_optional = self.depth > DEPTHS.0 && !required.contains(name);
            if is_optional || property.is_some_and(|schema| schema.flag(self.other_direction())) {
                continue;
            }
            match self.all(&places, &into.key(name)) {
                Some(value) => {
                    members.insert(name.to_owned(), value);
                }
                None if required.contains(name) => return None,
                None => {}
            }
        }
        let named = schema.properties();
        for name in required
            .into_iter()
            .filter(|name| !named.contains_key(name))
        {
            members.insert(name.to_owned(), Value::Null);
        }
        Some(Value::Object(members))
    }

    /// What the properties have that go the other way alone.
    const fn other_direction(&self) -> &'static str {
        match self.direction {
            Direction::Request => "readOnly",
            Direction::Response | Direction::Both => "writeOnly",
        }
    }

    /// The first alternative that has a value, with its tag.
    fn union(&mut self, schema: &Schema<'_>, into: &Pointer) -> Option<Value> {
        let union = schema.union(self.cx)?;
        union.alternatives.iter().find_map(|one| {
            let mut value = self.make(&one.schema, into)?;
            let tag = union.tag.zip(one.tags.first());
            if let (Some((tag, text)), Some(members)) = (tag, value.as_object_mut()) {
                members.insert(tag.to_owned(), Value::String(text.clone()));
            }
            Some(value)
        })
    }
}

/// The greatest of all that is said of a keyword.
fn most_of(schema: &Schema<'_>, keyword: &str) -> Option<usize> {
    let all = schema
        .every(keyword)
        .filter_map(|(_, value)| value.as_u64());
    all.max().and_then(|most| usize::try_from(most).ok())
}

/// The least of all that is said of a keyword.
fn least_of(schema: &Schema<'_>, keyword: &str) -> Option<usize> {
    let all = schema
        .every(keyword)
        .filter_map(|(_, value)| value.as_u64());
    all.min().and_then(|least| usize::try_from(least).ok())
}

/// The same value, so changed that no two of them are equal.
fn other(value: &Value, index: usize) -> Value {
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
            let members = members.map(|(name, value)| (name.clone(), other(value, index)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(|item| other(item, index)).collect(),
        Value::Null => Value::Null,
    }
}

/// A number that is within all constraints, if there is one: 1 if that is, else the nearest to a limit.
fn number(schema: &Schema<'_>, is_integer: bool) -> Value {
    let all = |keyword: &str| {
        let all = schema.every(keyword);
        all.filter_map(|(_, value)| value.as_f64())
            .collect::<Vec<_>>()
    };
    let (least, most) = (all("minimum"), all("maximum"));
    let least = least.into_iter().reduce(f64::max);
    let most = most.into_iter().reduce(f64::min);
    let step = all("multipleOf").into_iter().find(|step| *step > 0.0);
    let step = step.or(is_integer.then_some(1.0));
    let (above, below) = (
        schema.flag("exclusiveMinimum"),
        schema.flag("exclusiveMaximum"),
    );
    let is_within = |value: f64| {
        least.is_none_or(|least| value > least || (!above && value >= least))
            && most.is_none_or(|most| value < most || (!below && value <= most))
    };
    let candidates = match step {
        Some(step) => {
            let from_least = least.map(|least| (least / step).ceil());
            let to_most = most.map(|most| (most / step).floor());
            let near = from_least
                .into_iter()
                .flat_map(|count| [count, count + 1.0]);
            let near = near.chain(to_most.into_iter().flat_map(|count| [count, count - 1.0]));
            let whole = [(1.0 / step).ceil(), 0.0].into_iter().chain(near);
            whole.map(|count| count * step).collect::<Vec<_>>()
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
    let found = candidates
        .into_iter()
        .find(|value| is_within(*value))
        .unwrap_or(1.0);
    // What has no fraction is written without one, and what is too large for that as it is.
    let text = format!("{found}");
    match text.parse::<i64>() {
        Ok(whole) => whole.into(),
        Err(_) => Value::from(found),
    }
}

fn text(schema: &Schema<'_>) -> String {
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
        Some("status-choice") => "200",
        _ => "string",
    };
    let least = most_of(schema, "minLength").unwrap_or(0).min(10_000);
    let most = least_of(schema, "maxLength").unwrap_or(usize::MAX);
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
