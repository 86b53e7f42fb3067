//! Examples of answers, which the mock gives.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{Example, MediaType, ReferenceOr, Response};
use serde_json::{Map, Value};

use super::{
    Context,
    fits::{fits, misfit},
    media::essence,
    parameter::Described,
    response::RouteResponses,
    schema::{Schema, SchemaKey, Shape},
    types::Types,
};
use crate::{
    load::At,
    model::{
        Answer, Codec, Content, Key, Parameter, Payload, ResponseSet, Sample, Style, Type, key_of,
    },
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// An example of each answer of an operation that can have one.
pub(super) fn samples(
    cx: &Context<'_>,
    responses: &RouteResponses<'_>,
    sets: &[ResponseSet],
    types: &Types,
) -> Vec<Sample> {
    let Some(set) = sets.get(responses.set) else {
        return Vec::new();
    };
    let keys: Vec<Key> = set.answers.iter().map(|answer| answer.key).collect();
    let mut samples = Vec::new();
    for (index, answer) in set.answers.iter().enumerate() {
        let response = responses.answers.get(index);
        let code = (200..=999)
            .chain([101])
            .find(|code| key_of(&keys, *code) == Some(index));
        let Some(code) = code else { continue };
        match sample(cx, index, code, answer, response, types) {
            Some(sample) => samples.push(sample),
            None => without(cx, response),
        }
    }
    samples
}

/// Says that the mock has nothing to answer with.
fn without(cx: &Context<'_>, response: Option<&At<'_, Response>>) {
    let Some(response) = response else { return };
    cx.report(
        Diagnostic::warning(
            Rule::NoExample,
            Place::Key(response.place.clone()),
            "no example can be made of this answer",
        )
        .label("the mock answers with 500 instead")
        .help("give its content and its required headers an `example`"),
    );
}

fn sample(
    cx: &Context<'_>,
    index: usize,
    code: u16,
    answer: &Answer,
    response: Option<&At<'_, Response>>,
    types: &Types,
) -> Option<Sample> {
    let mut headers = Vec::new();
    for header in &answer.headers {
        let values = response.and_then(|response| header_values(cx, response, header, types));
        match values {
            Some(values) => {
                headers.extend(values.into_iter().map(|value| (header.wire.clone(), value)));
            }
            None if header.required => return None,
            None => {}
        }
    }
    let body = match (&answer.body, response) {
        (Payload::Empty, _) | (_, None) => None,
        (payload, Some(response)) => Some(body(cx, response, payload, types)?),
    };
    Some(Sample {
        answer: index,
        code,
        headers,
        body,
    })
}

/// The values of a header field: one, but for cookies.
fn header_values(
    cx: &Context<'_>,
    response: &At<'_, Response>,
    header: &Parameter,
    types: &Types,
) -> Option<Vec<String>> {
    let declared = response.node.headers.get(&header.wire)?;
    let place = response.place.key("headers").key(&header.wire);
    let declared = cx.document.resolve(&At::new(declared, place))?;
    let described = Described::new(cx, &declared.place, &declared.node.format)?;
    let own = declared.node;
    let (example, examples, place) = match &described {
        Described::Schema(_) => (&own.example, &own.examples, &declared.place),
        Described::Json(place, media) | Described::Text(place, media) => {
            (&media.example, &media.examples, place)
        }
    };
    let given = given(cx, example.as_ref(), examples, place);
    let value = sound(cx, given, &header.ty, types)
        .or_else(|| made(cx, &described.schema(), &header.ty, types))?;
    let texts = match value {
        Value::Array(cookies) if header.wire.eq_ignore_ascii_case("set-cookie") => {
            cookies.iter().map(flat).collect::<Option<_>>()?
        }
        value => vec![simple(header, &value)?],
    };
    texts.iter().all(|text| http_text(text)).then_some(texts)
}

/// A value as it stands in a header field.
fn simple(header: &Parameter, value: &Value) -> Option<String> {
    match value {
        value if header.style == Style::Json => Some(value.to_string()),
        Value::Object(members) => {
            let between = if header.explode { '=' } else { ',' };
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let words =
                members.map(|(name, value)| Some(format!("{name}{between}{}", flat(value)?)));
            Some(words.collect::<Option<Vec<_>>>()?.join(","))
        }
        value => flat(value),
    }
}

fn body(
    cx: &Context<'_>,
    response: &At<'_, Response>,
    payload: &Payload,
    types: &Types,
) -> Option<(String, String)> {
    let contents = payload.contents();
    // JSON is what most clients ask for.
    let content = contents
        .iter()
        .find(|content| content.codec == Codec::Json)
        .or_else(|| contents.first())?;
    let place = response.place.key("content");
    let (written, declared) = response
        .node
        .content
        .iter()
        .find(|(media, _)| media.trim() == content.media)?;
    let text = content_text(cx, content, declared, &place.key(written), types)?;
    Some(match content.codec {
        Codec::Open if essence(&content.media).starts_with("multipart/") => (
            format!("{}; boundary={BOUNDARY}", content.media),
            format!("--{BOUNDARY}--\r\n"),
        ),
        Codec::Open => (concrete(&content.media), text),
        _ => (content.media.clone(), text),
    })
}

fn content_text(
    cx: &Context<'_>,
    content: &Content,
    declared: &MediaType,
    place: &Pointer,
    types: &Types,
) -> Option<String> {
    let given = given(cx, declared.example.as_ref(), &declared.examples, place);
    let schema = place.key("schema");
    let value = |given| {
        sound(cx, given, &content.ty, types).or_else(|| made(cx, &schema, &content.ty, types))
    };
    match content.codec {
        Codec::Json => Some(value(given)?.to_string()),
        Codec::Text => Some(flat(&value(given)?).unwrap_or_default()),
        Codec::Form => Some(form(value(given)?.as_object()?)),
        // Whatever it is, it is bytes.
        Codec::Bytes | Codec::Multipart | Codec::Open => {
            let value = given.map(|(value, _)| value).or_else(|| value(None));
            Some(value.and_then(|value| flat(&value)).unwrap_or_default())
        }
    }
}

/// The example that the document gives, and where it does.
fn given<'a>(
    cx: &Context<'a>,
    example: Option<&Value>,
    examples: &'a IndexMap<String, ReferenceOr<Example>>,
    place: &Pointer,
) -> Option<(Value, Pointer)> {
    if let Some(example) = example {
        return Some((example.clone(), place.key("example")));
    }
    let mut names: Vec<_> = examples.keys().collect();
    names.sort();
    names.into_iter().find_map(|name| {
        let place = place.key("examples").key(name);
        let example = cx.document.resolve(&At::new(examples.get(name)?, place))?;
        Some((example.node.value.clone()?, example.place.key("value")))
    })
}

/// An example that is of its type; one that is not is reported and left alone.
fn sound(
    cx: &Context<'_>,
    given: Option<(Value, Pointer)>,
    ty: &Type,
    types: &Types,
) -> Option<Value> {
    let (value, place) = given?;
    match fits(&value, ty, types) {
        Ok(()) => Some(value),
        Err((at, why)) => {
            misfit(cx, place, &at, &why);
            None
        }
    }
}

/// A value made from a schema: its example, default or first value, else one of its type.
///
/// What the schema gives and does not fit it is reported and left alone.
fn made(cx: &Context<'_>, schema: &Pointer, ty: &Type, types: &Types) -> Option<Value> {
    let mut refused = BTreeSet::new();
    loop {
        let mut maker = Maker {
            cx,
            refused: &refused,
            taken: Vec::new(),
            way: BTreeSet::new(),
            depth: 0,
        };
        let value = maker.at(schema, &Pointer::root())?;
        let taken = maker.taken;
        let Err((at, why)) = fits(&value, ty, types) else {
            return Some(value);
        };
        let mut sources = taken.into_iter();
        let (at, culprit) = sources.find_map(|(into, source)| Some((at.strip(&into)?, source)))?;
        misfit(cx, culprit.clone(), &at, &why);
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
    /// The schemas that the way leads through.
    way: BTreeSet<SchemaKey>,
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
        if self.depth >= DEPTHS.1 || !self.way.insert(schema.key()) {
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
        self.way.remove(&schema.key());
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
            if is_optional || property.is_some_and(|schema| schema.flag("writeOnly")) {
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

/// A value as it stands in a header field or a text: nothing but lists may be structured.
fn flat(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(flat).collect();
            Some(items?.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn form(members: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in members {
        match value {
            Value::Array(items) => {
                form.extend_pairs(items.iter().filter_map(flat).map(|item| (name, item)));
            }
            value => {
                form.extend_pairs(flat(value).map(|value| (name, value)));
            }
        }
    }
    form.finish()
}

/// Whether a text can be the value of a header field.
fn http_text(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'\t' || (byte >= b' ' && byte != b'\x7f'))
}

/// What stands between the parts of an example, of which there are none.
const BOUNDARY: &str = "none";

/// A media type in a range of media types.
fn concrete(range: &str) -> String {
    match essence(range).split_once('/') {
        Some(("text", _)) => "text/plain",
        Some(("image", _)) => "image/png",
        Some(("audio", _)) => "audio/mpeg",
        Some(("video", _)) => "video/mp4",
        _ => "application/octet-stream",
    }
    .to_owned()
}
