//! Examples of responses, which the mock returns, and of requests, which people can try.

pub(super) mod pattern;
pub(super) mod synthesis;
pub(super) mod type_check;

use indexmap::IndexMap;
use openapiv3::{Example, MediaType, ReferenceOr, Response};
use serde_json::{Map, Value};

use self::{
    synthesis::synthesize,
    type_check::{check_type, report_mismatch},
};
use super::{
    Context,
    operations::{media::essence, parameters::ParameterFormat, responses::OperationResponses},
    schemas::Types,
};
use crate::{
    load::Located,
    model::{
        Codec, Content, Direction, Operation, Parameter, Payload, RequestExample, ResponseEnum,
        ResponseExample, ResponseKey, ResponseVariant, Style, Type, match_response_key,
    },
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Returns an example of each response of an operation for which one can be generated.
pub(super) fn response_examples(
    cx: &Context<'_>,
    responses: &OperationResponses<'_>,
    response_enums: &[ResponseEnum],
    types: &Types,
) -> Vec<ResponseExample> {
    let Some(response_enum) = response_enums.get(responses.response_enum) else {
        return Vec::new();
    };
    let keys: Vec<ResponseKey> = response_enum
        .variants
        .iter()
        .map(|variant| variant.key)
        .collect();
    let mut examples = Vec::new();
    for (index, variant) in response_enum.variants.iter().enumerate() {
        let declared = responses.declared_responses.get(index);
        let code = (200..=999)
            .chain([101])
            .find(|code| match_response_key(&keys, *code) == Some(index));
        let Some(code) = code else { continue };
        match response_example(cx, index, code, variant, declared, types) {
            Some(example) => examples.push(example),
            None => report_no_example(cx, declared),
        }
    }
    examples
}

/// Warns that the mock has no example of a response.
fn report_no_example(cx: &Context<'_>, declared: Option<&Located<'_, Response>>) {
    let Some(declared) = declared else { return };
    cx.report(
        Diagnostic::warning(
            Rule::NoExample,
            Place::Key(declared.place.clone()),
            "no example can be generated for this response",
        )
        .label("the mock responds with 500 instead")
        .help("add an `example` to its content and its required headers"),
    );
}

fn response_example(
    cx: &Context<'_>,
    index: usize,
    code: u16,
    variant: &ResponseVariant,
    declared: Option<&Located<'_, Response>>,
    types: &Types,
) -> Option<ResponseExample> {
    let mut headers = Vec::new();
    for header in &variant.headers {
        let values = declared.and_then(|response| header_values(cx, response, header, types));
        match values {
            Some(values) => {
                headers.extend(values.into_iter().map(|value| (header.wire.clone(), value)));
            }
            None if header.required => return None,
            None => {}
        }
    }
    let body = match (&variant.body, declared) {
        (Payload::Empty, _) | (_, None) => None,
        (payload, Some(response)) => Some(body(cx, response, payload, types)?),
    };
    Some(ResponseExample {
        variant: index,
        code,
        headers,
        body,
    })
}

/// Returns the values of a header field: a single one, except for `Set-Cookie`.
fn header_values(
    cx: &Context<'_>,
    response: &Located<'_, Response>,
    header: &Parameter,
    types: &Types,
) -> Option<Vec<String>> {
    let declared = response.node.headers.get(&header.wire)?;
    let place = response.place.key("headers").key(&header.wire);
    let declared = cx.document.resolve(&Located::new(declared, place))?;
    let format = ParameterFormat::new(cx, &declared.place, &declared.node.format)?;
    let node = declared.node;
    let (example, examples, place) = match &format {
        ParameterFormat::Schema(_) => (&node.example, &node.examples, &declared.place),
        ParameterFormat::Json(place, media) | ParameterFormat::Text(place, media) => {
            (&media.example, &media.examples, place)
        }
    };
    let example = declared_example(cx, example.as_ref(), examples, place);
    let value = check_example(cx, example, &header.ty, types)
        .or_else(|| synthesize(cx, &format.schema(), &header.ty, types, Direction::Response))?;
    let texts = match value {
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

/// Serializes a value in the style `simple`, or as JSON.
fn simple_text(parameter: &Parameter, value: &Value) -> Option<String> {
    match value {
        value if parameter.style == Style::Json => Some(value.to_string()),
        Value::Object(members) => {
            let separator = if parameter.explode { '=' } else { ',' };
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let members = members
                .map(|(name, value)| Some(format!("{name}{separator}{}", flat_text(value)?)));
            Some(members.collect::<Option<Vec<_>>>()?.join(","))
        }
        value => flat_text(value),
    }
}

fn body(
    cx: &Context<'_>,
    response: &Located<'_, Response>,
    payload: &Payload,
    types: &Types,
) -> Option<(String, String)> {
    let contents = payload.contents();
    // Most clients accept JSON.
    let content = contents
        .iter()
        .find(|content| content.codec == Codec::Json)
        .or_else(|| contents.first())?;
    let place = response.place.key("content");
    let (media, declared) = response
        .node
        .content
        .iter()
        .find(|(media, _)| media.trim() == content.media)?;
    let text = content_text(cx, content, declared, &place.key(media), types)?;
    Some(match content.codec {
        Codec::Open if essence(&content.media).starts_with("multipart/") => (
            format!("{}; boundary={BOUNDARY}", content.media),
            format!("--{BOUNDARY}--\r\n"),
        ),
        Codec::Open => (concrete_media(&content.media), text),
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
    let example = declared_example(cx, declared.example.as_ref(), &declared.examples, place);
    let schema = place.key("schema");
    let value = |example| {
        check_example(cx, example, &content.ty, types)
            .or_else(|| synthesize(cx, &schema, &content.ty, types, Direction::Response))
    };
    match content.codec {
        Codec::Json => Some(value(example)?.to_string()),
        Codec::Text => Some(flat_text(&value(example)?).unwrap_or_default()),
        Codec::Form => Some(form_text(value(example)?.as_object()?)),
        // Raw bytes have no type to check.
        Codec::Bytes | Codec::Multipart | Codec::Open => {
            let value = example.map(|(value, _)| value).or_else(|| value(None));
            Some(
                value
                    .and_then(|value| flat_text(&value))
                    .unwrap_or_default(),
            )
        }
    }
}

/// Returns the first example that the document declares, and its place.
fn declared_example<'a>(
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
        let example = cx
            .document
            .resolve(&Located::new(examples.get(name)?, place))?;
        Some((example.node.value.clone()?, example.place.key("value")))
    })
}

/// Returns an example if it matches its type, and reports it otherwise.
fn check_example(
    cx: &Context<'_>,
    example: Option<(Value, Pointer)>,
    ty: &Type,
    types: &Types,
) -> Option<Value> {
    let (value, place) = example?;
    match check_type(&value, ty, types, Direction::Response) {
        Ok(()) => Some(value),
        Err((at, reason)) => {
            report_mismatch(cx, place, &at, &reason);
            None
        }
    }
}

/// Returns an example of each parameter and each content of a request.
///
/// The examples are a starting point for people, so there is no warning if one cannot be generated.
pub(super) fn request_example(
    cx: &Context<'_>,
    operation: &Operation,
    types: &Types,
) -> RequestExample {
    let parameters = operation.parameters.iter();
    let parameters = parameters.map(|parameter| {
        let place = parameter.origin.places().last()?;
        let value = example_at(cx, place, &parameter.ty, types)?;
        parameter_text(parameter, &value)
    });
    let contents = operation
        .body
        .iter()
        .flat_map(|body| body.payload.contents());
    let contents = contents.map(|content| {
        let place = content.origin.places().last()?;
        let value = || example_at(cx, place, &content.ty, types);
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

/// Returns the example at a place, or else a value generated from the schema there.
fn example_at(cx: &Context<'_>, place: &Pointer, ty: &Type, types: &Types) -> Option<Value> {
    let tree = &cx.document.tree;
    let at = |place: &Pointer| tree.pointer(place.as_str());
    let declared_example = |place: &Pointer| {
        let examples = at(&place.key("examples")).and_then(Value::as_object);
        let mut examples = examples.into_iter().flat_map(Map::values);
        let first = examples.find_map(|example| example.get("value"));
        at(&place.key("example")).or(first).cloned()
    };
    let content = place.key("content");
    let owner = match at(&content)
        .and_then(Value::as_object)
        .and_then(|content| content.keys().next())
    {
        Some(media) => content.key(media),
        None => place.clone(),
    };
    declared_example(&owner)
        .or_else(|| synthesize(cx, &owner.key("schema"), ty, types, Direction::Request))
}

/// Serializes a parameter in its style, without percent-encoding; `None` if the style cannot represent the
/// value.
fn parameter_text(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = &parameter.wire;
    match (parameter.style, value) {
        (Style::Json, value) => Some(value.to_string()),
        (Style::Label, value) => Some(format!(".{}", flat_text(value)?)),
        (Style::Matrix, value) => Some(format!(";{name}={}", flat_text(value)?)),
        (Style::Form, Value::Object(members)) if parameter.explode => Some(form_text(members)),
        (Style::Form | Style::Simple, value) => simple_text(parameter, value),
        (Style::SpaceDelimited, value) => {
            Some(format!("{name}={}", flat_text(value)?.replace(',', "%20")))
        }
        (Style::PipeDelimited, value) => {
            Some(format!("{name}={}", flat_text(value)?.replace(',', "|")))
        }
        (Style::DeepObject, value) => {
            let members = value.as_object()?.iter();
            let members = members
                .map(|(key, value)| Some((format!("{name}[{key}]"), flat_text(value)?.into())));
            Some(form_text(&members.collect::<Option<Map<String, Value>>>()?))
        }
    }
}

/// Serializes a scalar, or a list of scalars separated by commas; `None` for other values.
fn flat_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(flat_text).collect();
            Some(items?.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn form_text(members: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in members {
        match value {
            Value::Array(items) => {
                form.extend_pairs(items.iter().filter_map(flat_text).map(|item| (name, item)));
            }
            value => {
                form.extend_pairs(flat_text(value).map(|value| (name, value)));
            }
        }
    }
    form.finish()
}

/// Returns whether a text can be the value of a header field.
fn is_field_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'\t' || (byte >= b' ' && byte != b'\x7f'))
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
