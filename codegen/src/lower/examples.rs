//! Examples of responses, which the mock returns, and of requests, which people can try.

mod declared;
mod pattern;
mod synthesis;
mod text;
mod type_check;

use std::{cell::RefCell, collections::HashMap};

use serde_json::Value;

use self::{
    synthesis::{KnownValues, synthesize},
    text::{flat_text, form_text, is_field_value, parameter_text, simple_text},
    type_check::check_type,
};
use super::{
    Context,
    operations::{
        media::essence,
        requests::Request,
        responses::{OperationResponses, ResponseEnums},
    },
    schemas::{
        merged::Schema,
        validity::{find_violation, report_mismatch},
    },
};
use crate::{
    load::resolve,
    model::{
        Codec, Content, ContentExample, Direction, ExampleTable, Handler, Parameter, Payload,
        RequestExample, ResponseExample, ResponseKey, ResponseVariant, Type, TypeDef,
        match_response_key,
    },
    name::{Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The examples of all operations.
pub(super) struct Examples {
    pub(super) by_route: Vec<OperationExamples>,
    pub(super) tables: Vec<ExampleTable>,
}

/// The examples of an operation.
pub(super) struct OperationExamples {
    /// The index of the table with the examples of its responses.
    pub(super) table: Option<usize>,
    pub(super) request: RequestExample,
}

/// Returns the examples of each operation. Operations with the same response enum and the same examples share a
/// table.
pub(super) fn lower(
    cx: &Context<'_>,
    types: &[TypeDef],
    requests: &[Request],
    responses: &ResponseEnums,
    handlers: &[Handler],
) -> Examples {
    let examples = ExampleLowering {
        cx,
        types,
        synthesized: RefCell::default(),
        known: RefCell::default(),
    };
    let mut names = Scope::reserving(reserved::MOCK_TABLES);
    let mut tables: Vec<(usize, ExampleTable)> = Vec::new();
    let operations = requests.iter().zip(&responses.by_route).zip(handlers);
    let by_route = operations.map(|((request, own), handler)| {
        // Generated for every operation, because a response without an example is reported.
        let found = examples.responses(responses, own);
        let table = (*handler == Handler::Own).then(|| {
            let shared = tables.iter().position(|(response_enum, table)| {
                *response_enum == own.response_enum && table.examples == found
            });
            shared.unwrap_or_else(|| {
                let wanted = request.method.screaming_snake().with_suffix("_EXAMPLES");
                let (name, _) = names.name(&[wanted], "the examples of an operation");
                let examples = found;
                tables.push((own.response_enum, ExampleTable { name, examples }));
                tables.len() - 1
            })
        });
        OperationExamples {
            table,
            request: examples.request(request),
        }
    });
    let by_route = by_route.collect();
    let tables = tables.into_iter().map(|(_, table)| table).collect();
    Examples { by_route, tables }
}

struct ExampleLowering<'a> {
    cx: &'a Context<'a>,
    types: &'a [TypeDef],
    /// The generated values, because many operations use the same schemas.
    synthesized: RefCell<HashMap<SynthesisKey, Option<Value>>>,
    /// The generated values of parts, by direction.
    known: RefCell<HashMap<Direction, KnownValues>>,
}

/// The place of a schema, after following its `$ref`s, the type of the value, and the direction of the message.
type SynthesisKey = (Pointer, Type, Direction);

impl ExampleLowering<'_> {
    /// Returns an example of each response of an operation for which one can be generated.
    fn responses(
        &self,
        responses: &ResponseEnums,
        own: &OperationResponses,
    ) -> Vec<ResponseExample> {
        let Some(response_enum) = responses.enums.get(own.response_enum) else {
            return Vec::new();
        };
        let keys: Vec<ResponseKey> = responses.keys(own).collect();
        let mut examples = Vec::new();
        for (index, variant) in response_enum.variants.iter().enumerate() {
            let place = own.places.get(index);
            let code = (200..=999)
                .chain([101])
                .find(|code| match_response_key(&keys, *code) == Some(index));
            let Some(code) = code else { continue };
            match self.response(variant, place) {
                Some((headers, contents)) => examples.push(ResponseExample {
                    variant: index,
                    code,
                    headers,
                    contents,
                }),
                None => report_no_example(self.cx, place),
            }
        }
        examples
    }

    /// Returns the header fields and the content of a response at a place.
    fn response(&self, variant: &ResponseVariant, place: Option<&Pointer>) -> Option<Message> {
        let mut headers = Vec::new();
        for header in &variant.headers {
            match place.and_then(|place| self.header_values(place, header)) {
                Some(values) => {
                    headers.extend(values.into_iter().map(|value| (header.wire.clone(), value)));
                }
                None if header.required => return None,
                None => {}
            }
        }
        let contents = match (&variant.body, place) {
            (Payload::Empty, _) | (_, None) => Vec::new(),
            (payload, Some(place)) => {
                let contents = self.contents(place, payload);
                (!contents.is_empty()).then_some(contents)?
            }
        };
        Some((headers, contents))
    }

    /// Returns the values of a header field: a single one, except for `Set-Cookie`.
    fn header_values(&self, response: &Pointer, header: &Parameter) -> Option<Vec<String>> {
        let place = response.key("headers").key(&header.wire);
        let place = declared::described_at(self.cx, &place)?;
        let texts = match self.response_value(&place, &header.ty)? {
            Value::Array(cookies) if header.wire.eq_ignore_ascii_case("set-cookie") => {
                cookies.iter().map(flat_text).collect::<Option<_>>()?
            }
            value => vec![simple_text(header, &value)?],
        };
        texts
            .iter()
            .all(|text| is_field_value(text))
            .then_some(texts)
    }

    /// Returns the examples of the content of a response, those of JSON first: most clients accept it.
    fn contents(&self, response: &Pointer, payload: &Payload) -> Vec<ContentExample> {
        let place = response.key("content");
        let declared = self.cx.document.get(&place).and_then(Value::as_object);
        let (json, others): (Vec<&Content>, Vec<_>) = payload
            .contents()
            .iter()
            .partition(|content| content.codec == Codec::Json);
        let mut examples = Vec::new();
        for content in json.into_iter().chain(others) {
            let mut keys = declared.into_iter().flat_map(|declared| declared.keys());
            if let Some(media) = keys.find(|media| media.trim() == content.media) {
                examples.extend(self.content(content, &place.key(media)));
            }
        }
        examples
    }

    /// Returns the examples of a media type.
    fn content(&self, content: &Content, place: &Pointer) -> Vec<ContentExample> {
        let values = match content.codec {
            Codec::Json | Codec::Text | Codec::Form => self.response_values(place, &content.ty),
            // Raw bytes have no type to check.
            Codec::Bytes | Codec::Multipart | Codec::Open => {
                let declared = declared::examples(self.cx, place).into_iter();
                let declared: Vec<_> = declared
                    .map(|example| (example.name.map(str::to_owned), example.value.clone()))
                    .collect();
                if declared.is_empty() {
                    let value = self.synthesize(place, &content.ty, Direction::Response);
                    vec![(None, value.unwrap_or_default())]
                } else {
                    declared
                }
            }
        };
        let examples = values.into_iter().filter_map(|(name, value)| {
            let text = match content.codec {
                Codec::Json => value.to_string(),
                Codec::Form => form_text(value.as_object()?),
                _ => flat_text(&value).unwrap_or_default(),
            };
            let (media, text) = match content.codec {
                Codec::Open if essence(&content.media).starts_with("multipart/") => (
                    format!("{}; boundary={BOUNDARY}", content.media),
                    format!("--{BOUNDARY}--\r\n"),
                ),
                Codec::Open => (concrete_media(&content.media), text),
                _ => (content.media.clone(), text),
            };
            Some(ContentExample { name, media, text })
        });
        examples.collect()
    }

    /// Returns the first value of [`response_values`](Self::response_values).
    fn response_value(&self, place: &Pointer, ty: &Type) -> Option<Value> {
        let mut values = self.response_values(place, ty).into_iter();
        values.next().map(|(_, value)| value)
    }

    /// Returns the examples at a place that match its type, with their names, and reports the others. If there are
    /// none, a value is generated.
    fn response_values(&self, place: &Pointer, ty: &Type) -> Vec<(Option<String>, Value)> {
        let mut values = Vec::new();
        for example in declared::examples(self.cx, place) {
            let direction = Direction::Response;
            let is_valid = check_type(example.value, ty, self.types, direction).and_then(|()| {
                let schema = Schema::at(self.cx, &place.key("schema"));
                let violation = schema
                    .and_then(|schema| find_violation(self.cx, &schema, example.value, direction));
                violation.map_or(Ok(()), Err)
            });
            match is_valid {
                Ok(()) => values.push((example.name.map(str::to_owned), example.value.clone())),
                Err((at, reason)) => report_mismatch(self.cx, example.place, &at, &reason),
            }
        }
        if values.is_empty() {
            let value = self.synthesize(place, ty, Direction::Response);
            values.extend(value.map(|value| (None, value)));
        }
        values
    }

    /// Generates a value from the schema of the parameter, header field or media type at a place.
    fn synthesize(&self, place: &Pointer, ty: &Type, direction: Direction) -> Option<Value> {
        let place = place.key("schema");
        let target = resolve(&self.cx.document.tree, &place).map_or(place, |target| target.place);
        let key = (target, ty.clone(), direction);
        if let Some(value) = self.synthesized.borrow().get(&key) {
            return value.clone();
        }
        let mut known = self.known.borrow_mut();
        let known = known.entry(direction).or_default();
        let value = synthesize(self.cx, &key.0, ty, self.types, direction, known);
        self.synthesized.borrow_mut().insert(key, value.clone());
        value
    }

    /// Returns an example of each parameter and each content of a request.
    ///
    /// The examples are a starting point for people, so there is no warning if one cannot be generated.
    fn request(&self, request: &Request) -> RequestExample {
        let parameters = request.parameters.iter();
        let parameters = parameters.map(|parameter| {
            let place = parameter.origin.places().last()?;
            let value = self.request_value(place, &parameter.ty)?;
            parameter_text(parameter, &value)
        });
        let contents = request.body.iter();
        let contents = contents.flat_map(|body| body.payload.contents());
        let contents = contents.map(|content| {
            let place = content.origin.places().last()?;
            let value = || self.request_value(place, &content.ty);
            match content.codec {
                Codec::Json => serde_json::to_string_pretty(&value()?).ok(),
                Codec::Text | Codec::Bytes | Codec::Open => flat_text(&value()?),
                Codec::Form => Some(form_text(value()?.as_object()?)),
                Codec::Multipart => None,
            }
        });
        RequestExample {
            parameters: parameters.collect(),
            contents: contents.collect(),
        }
    }

    fn request_value(&self, place: &Pointer, ty: &Type) -> Option<Value> {
        let place = declared::described_at(self.cx, place)?;
        let example = declared::example(self.cx, &place).map(|example| example.value.clone());
        example.or_else(|| self.synthesize(&place, ty, Direction::Request))
    }
}

/// The header fields of a response, and the alternatives for its content.
type Message = (Vec<(String, String)>, Vec<ContentExample>);

/// Warns that the mock has no example of a response.
fn report_no_example(cx: &Context<'_>, place: Option<&Pointer>) {
    let Some(place) = place else { return };
    cx.report(
        Diagnostic::warning(
            Rule::NoExample,
            Place::Key(place.clone()),
            "no example can be generated for this response",
        )
        .label("the mock responds with 500 instead")
        .help("add an `example` to its content and its required headers"),
    );
}

/// The boundary of `multipart` examples, which have no parts.
const BOUNDARY: &str = "none";

/// Returns a media type in a range of media types.
fn concrete_media(range: &str) -> String {
    match essence(range).split_once('/') {
        Some(("text", _)) => "text/plain",
        Some(("image", _)) => "image/png",
        Some(("audio", _)) => "audio/mpeg",
        Some(("video", _)) => "video/mp4",
        _ => "application/octet-stream",
    }
    .to_owned()
}
