//! Examples of answers, which the mock gives, and of requests, which people try.

use indexmap::IndexMap;
use openapiv3::{Example, MediaType, ReferenceOr, Response};
use serde_json::{Map, Value};

use super::{
    Context,
    example_synthesis::synthesize,
    media::essence,
    parameter::ParameterFormat,
    response::OperationResponses,
    type_check::{check_type, report_mismatch},
    types::Types,
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

/// An example of each answer of an operation that can have one.
pub(super) fn samples(
    cx: &Context<'_>,
    responses: &OperationResponses<'_>,
    sets: &[ResponseEnum],
    types: &Types,
) -> Vec<ResponseExample> {
    let Some(set) = sets.get(responses.set) else {
        return Vec::new();
    };
    let keys: Vec<ResponseKey> = set.variants.iter().map(|answer| answer.key).collect();
    let mut samples = Vec::new();
    for (index, answer) in set.variants.iter().enumerate() {
        let response = responses.declared_responses.get(index);
        let code = (200..=999)
            .chain([101])
            .find(|code| match_response_key(&keys, *code) == Some(index));
        let Some(code) = code else { continue };
        match sample(cx, index, code, answer, response, types) {
            Some(sample) => samples.push(sample),
            None => without(cx, response),
        }
    }
    samples
}

/// Says that the mock has nothing to answer with.
fn without(cx: &Context<'_>, response: Option<&Located<'_, Response>>) {
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
    answer: &ResponseVariant,
    response: Option<&Located<'_, Response>>,
    types: &Types,
) -> Option<ResponseExample> {
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
    Some(ResponseExample {
        answer: index,
        code,
        headers,
        body,
    })
}

/// The values of a header field: one, but for cookies.
fn header_values(
    cx: &Context<'_>,
    response: &Located<'_, Response>,
    header: &Parameter,
    types: &Types,
) -> Option<Vec<String>> {
    let declared = response.node.headers.get(&header.wire)?;
    let place = response.place.key("headers").key(&header.wire);
    let declared = cx.document.resolve(&Located::new(declared, place))?;
    let described = ParameterFormat::new(cx, &declared.place, &declared.node.format)?;
    let own = declared.node;
    let (example, examples, place) = match &described {
        ParameterFormat::Schema(_) => (&own.example, &own.examples, &declared.place),
        ParameterFormat::Json(place, media) | ParameterFormat::Text(place, media) => {
            (&media.example, &media.examples, place)
        }
    };
    let given = given(cx, example.as_ref(), examples, place);
    let value = sound(cx, given, &header.ty, types).or_else(|| {
        synthesize(
            cx,
            &described.schema(),
            &header.ty,
            types,
            Direction::Response,
        )
    })?;
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
    response: &Located<'_, Response>,
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
        sound(cx, given, &content.ty, types)
            .or_else(|| synthesize(cx, &schema, &content.ty, types, Direction::Response))
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
        let example = cx
            .document
            .resolve(&Located::new(examples.get(name)?, place))?;
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
    match check_type(&value, ty, types, Direction::Response) {
        Ok(()) => Some(value),
        Err((at, why)) => {
            report_mismatch(cx, place, &at, &why);
            None
        }
    }
}

/// What an operation may be asked with: an example of each parameter and of each content.
///
/// It is for people to begin with; nobody is told of one that cannot be made.
pub(super) fn asked(cx: &Context<'_>, operation: &Operation, types: &Types) -> RequestExample {
    let parameters = operation.parameters.iter();
    let parameters = parameters.map(|parameter| {
        let place = parameter.origin.places().last()?;
        let value = proposed(cx, place, &parameter.ty, types)?;
        written(parameter, &value)
    });
    let contents = operation
        .body
        .iter()
        .flat_map(|body| body.payload.contents());
    let contents = contents.map(|content| {
        let place = content.origin.places().last()?;
        let value = || proposed(cx, place, &content.ty, types);
        match content.codec {
            Codec::Json => serde_json::to_string_pretty(&value()?).ok(),
            Codec::Text | Codec::Bytes | Codec::Open => flat(&value()?),
            Codec::Form => Some(form(value()?.as_object()?)),
            Codec::Multipart => None,
        }
    });
    RequestExample {
        parameters: parameters.collect(),
        contents: contents.collect(),
    }
}

/// An example of what is described at a place: the one that stands there, else one made from the schema.
fn proposed(cx: &Context<'_>, place: &Pointer, ty: &Type, types: &Types) -> Option<Value> {
    let tree = &cx.document.tree;
    let at = |place: &Pointer| tree.pointer(place.as_str());
    let given = |place: &Pointer| {
        let examples = at(&place.key("examples")).and_then(Value::as_object);
        let mut examples = examples.into_iter().flat_map(Map::values);
        let of_list = examples.find_map(|example| example.get("value"));
        at(&place.key("example")).or(of_list).cloned()
    };
    let content = place.key("content");
    let described = match at(&content)
        .and_then(Value::as_object)
        .and_then(|all| all.keys().next())
    {
        Some(media) => content.key(media),
        None => place.clone(),
    };
    given(&described)
        .or_else(|| synthesize(cx, &described.key("schema"), ty, types, Direction::Request))
}

/// The value of a parameter as people write it; `None` for what takes more than a word to say.
fn written(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = &parameter.wire;
    match (parameter.style, value) {
        (Style::Json, value) => Some(value.to_string()),
        (Style::Label, value) => Some(format!(".{}", flat(value)?)),
        (Style::Matrix, value) => Some(format!(";{name}={}", flat(value)?)),
        (Style::Form, Value::Object(members)) if parameter.explode => Some(form(members)),
        (Style::Form | Style::Simple, value) => simple(parameter, value),
        (Style::SpaceDelimited, value) => {
            Some(format!("{name}={}", flat(value)?.replace(',', "%20")))
        }
        (Style::PipeDelimited, value) => Some(format!("{name}={}", flat(value)?.replace(',', "|"))),
        (Style::DeepObject, value) => {
            let members = value.as_object()?.iter();
            let members =
                members.map(|(key, value)| Some((format!("{name}[{key}]"), flat(value)?.into())));
            Some(form(&members.collect::<Option<Map<String, Value>>>()?))
        }
    }
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
