//! Values made from schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    Context,
    fits::{fits, misfit},
    schema::{Schema, SchemaKey, Shape},
    types::Types,
};
use crate::{
    model::{Type, Way},
    pointer::Pointer,
};

/// A value made from a schema: its example, default or first value, else one of its type.
///
/// What the schema gives and does not fit it is reported and left alone.
pub(super) fn made(
    cx: &Context<'_>,
    schema: &Pointer,
    ty: &Type,
    types: &Types,
    way: Way,
) -> Option<Value> {
    let mut refused = BTreeSet::new();
    loop {
        let mut maker = Maker {
            cx,
            refused: &refused,
            taken: Vec::new(),
            way,
            seen: BTreeSet::new(),
            depth: 0,
        };
        let value = maker.at(schema, &Pointer::root())?;
        let taken = maker.taken;
        let Err((at, why)) = fits(&value, ty, types, way) else {
            return Some(value);
        };
        let mut sources = taken.into_iter();
        let (at, culprit) = sources.find_map(|(into, source)| Some((at.strip(&into)?, source)))?;
        if way == Way::Answers {
            misfit(cx, culprit.clone(), &at, &why);
        }
        refused.insert(culprit);
    }
}

/// Makes a value from a schema.
struct Maker<'a> {
    cx: &'a Context<'a>,
    /// The places in the document that give nothing that fits.
    refused: &'a BTreeSet<Pointer>,
    /// Where in the value stands what the document gives, and where it gives that.
    taken: Vec<(Pointer, Pointer)>,
    /// Whether it is for a request or for an answer.
    way: Way,
    /// The schemas that it is in.
    seen: BTreeSet<SchemaKey>,
    /// How deep it has come.
    depth: usize,
}

/// How deep an example has what need not be there, and how deep it may be at all: JSON is read to a depth
/// of 128.
const DEPTHS: (usize, usize) = (8, 100);

impl Maker<'_> {
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
        if let Some((_, first)) = schema.values().first() {
            return Some(match first {
                // YAML takes `enum: [1.0]` for a number, whatever the type.
                Value::Number(_) | Value::Bool(_) if schema.shape(self.cx) == Shape::TextEnum => {
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
            Shape::Any | Shape::Map | Shape::None(_) => Some(Value::Object(Map::new())),
            Shape::Array => Some(self.array(schema, into)),
            Shape::Boolean => Some(Value::Bool(true)),
            Shape::Integer | Shape::IntegerEnum | Shape::Number => Some(number(schema)),
            Shape::Object => self.object(schema, into),
            Shape::MixedEnum | Shape::Text | Shape::TextEnum => Some(Value::String(text(schema))),
            Shape::Union => self.union(schema, into),
        };
        self.depth -= 1;
        self.seen.remove(&schema.key());
        value
    }

    fn array(&mut self, schema: &Schema<'_>, into: &Pointer) -> Value {
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1);
        let count = usize::try_from(least).unwrap_or(1).clamp(1, 100);
        let items = schema.items();
        let item = (!items.is_empty())
            .then(|| self.all(&items, &into.index(0)))
            .flatten();
        item.map_or_else(
            || Value::Array(Vec::new()),
            |item| Value::Array(vec![item; count]),
        )
    }

    fn object(&mut self, schema: &Schema<'_>, into: &Pointer) -> Option<Value> {
        let required = schema.required();
        let mut members = Map::new();
        for (name, places) in schema.properties() {
            let property = Schema::of_all(self.cx, &places);
            let is_optional = self.depth > DEPTHS.0 && !required.contains(name);
            if is_optional || property.is_some_and(|schema| schema.flag(self.other_way())) {
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
    const fn other_way(&self) -> &'static str {
        match self.way {
            Way::Requests => "readOnly",
            Way::Answers | Way::Both => "writeOnly",
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

fn number(schema: &Schema<'_>) -> Value {
    let limit = |keyword: &str| schema.get(keyword).filter(|value| value.is_number());
    let exclusive = schema.get("exclusiveMinimum") == Some(&Value::Bool(true));
    match (limit("minimum"), limit("maximum")) {
        (Some(least), _) if exclusive => match least.as_i64() {
            Some(least) => Value::from(least.saturating_add(1)),
            None => Value::from(least.as_f64().unwrap_or_default() + 1.0),
        },
        (Some(least), _) => least.clone(),
        (None, Some(most)) if most.as_f64().is_some_and(|most| most < 1.0) => most.clone(),
        _ => Value::from(1),
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
    let count = |keyword: &str| {
        let count = schema.get(keyword).and_then(Value::as_u64)?;
        usize::try_from(count).ok()
    };
    let least = count("minLength").unwrap_or(0).min(10_000);
    let most = count("maxLength").unwrap_or(usize::MAX);
    text.chars()
        .chain(std::iter::repeat('x'))
        .take(text.len().max(least).min(most))
        .collect()
}
