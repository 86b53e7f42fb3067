//! The examples of the document, as data.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    Code,
    runtime::{
        codec::{
            error::DecodeError,
            media::{PROBLEM, accept, weight},
        },
        message::{
            Rejection, Response, ResponseKey, match_response_key, response_decoder::ResponseDecoder,
        },
        server::{
            axum::{Body, HttpResponse},
            response::with_status,
        },
    },
};

/// An example of a response, as sent on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseExample {
    /// The status code; for a range or `default`, one of its codes.
    pub(crate) code: u16,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// The alternatives for the content; the first one is the default.
    pub(crate) contents: &'static [ContentExample],
}

/// An example of the content of a response, as sent on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContentExample {
    name: Option<&'static str>,
    media: &'static str,
    text: &'static str,
}

impl ContentExample {
    pub(crate) const fn new(media: &'static str, text: &'static str) -> Self {
        Self {
            name: None,
            media,
            text,
        }
    }

    /// Creates an example that the document gives a name.
    pub(crate) const fn named(name: &'static str, media: &'static str, text: &'static str) -> Self {
        Self {
            name: Some(name),
            media,
            text,
        }
    }
}

/// The examples of an operation's responses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OperationExamples {
    /// The id of the operation.
    pub(crate) operation: &'static str,
    /// The keys of its responses.
    pub(crate) keys: &'static [ResponseKey],
    pub(crate) examples: &'static [ResponseExample],
}

/// Returns the response to a rejected request: the document's example for the status, with the header fields
/// of the rejection.
///
/// If the document declares problem details or no content for the status, the content is that of `response`.
pub(crate) fn rejection_example(
    operations: &[OperationExamples],
    rejection: &Rejection,
    response: HttpResponse,
) -> HttpResponse {
    let code = rejection.code();
    let operation = operations
        .iter()
        .find(|operation| Some(operation.operation) == rejection.operation());
    let example = operation.and_then(|operation| {
        let key = match_response_key(operation.keys, code.get())?;
        operation
            .examples
            .iter()
            .find(|example| match_response_key(operation.keys, example.code) == Some(key))
    });
    let Some((example, Ok(mut headers))) =
        example.map(|example| (example, headers(example, example.contents.first())))
    else {
        return response;
    };
    let mut response = match example.contents.first() {
        Some(content) if !content.media.starts_with(PROBLEM) => {
            with_status(code, Body::from(content.text))
        }
        _ => {
            headers.remove(header::CONTENT_TYPE);
            headers.extend(response.headers().clone());
            response
        }
    };
    headers.extend(rejection.0.headers.clone());
    *response.headers_mut() = headers;
    response
}

/// Returns the example of a status.
pub(super) fn find<R: Response>(
    examples: &[ResponseExample],
    code: Code,
) -> Option<(&ResponseExample, Code)> {
    let key = match_response_key(R::KEYS, code.get())?;
    examples
        .iter()
        .find(|example| match_response_key(R::KEYS, example.code) == Some(key))
        .map(|example| (example, code))
}

/// Returns the first example of a success, or else the first example.
pub(super) fn first(examples: &[ResponseExample]) -> Option<(&ResponseExample, Code)> {
    let success = examples
        .iter()
        .find(|example| matches!(example.code, 200..=299));
    let example = success.or(examples.first())?;
    Some((example, Code::new(example.code)?))
}

/// Selects the content of an example: the one with the preferred name, and of several the one whose media type has
/// the highest weight in `Accept`. Returns `None` if the response has no content.
///
/// # Errors
/// A message if no example has the name.
pub(super) fn select(
    example: &ResponseExample,
    name: Option<&str>,
    headers: &HeaderMap,
) -> Result<Option<&'static ContentExample>, String> {
    let accept = accept(headers);
    let mut selected: Option<(f32, &ContentExample)> = None;
    for content in example.contents {
        let weight = weight(&accept, content.media);
        let is_named = name.is_none() || content.name == name;
        if is_named && selected.is_none_or(|(highest, _)| weight > highest) {
            selected = Some((weight, content));
        }
    }
    match (selected, name) {
        (None, Some(name)) => Err(unknown_name(example, name)),
        (selected, _) => Ok(selected.map(|(_, content)| content)),
    }
}

fn unknown_name(example: &ResponseExample, name: &str) -> String {
    let names = example.contents.iter().filter_map(|content| content.name);
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let name = name.escape_debug();
    match names.as_slice() {
        [] => format!("this response has no example `{name}`, and none with a name"),
        names => format!(
            "this response has no example `{name}`; use one of {}",
            names.join(", ")
        ),
    }
}

/// Decodes an example as a response with this status code.
pub(super) fn decode<R: Response>(
    example: &ResponseExample,
    content: Option<&ContentExample>,
    code: Code,
) -> Result<R, DecodeError> {
    let body = content.map(|content| Bytes::from_static(content.text.as_bytes()));
    R::decode(&mut ResponseDecoder::new(
        code,
        &headers(example, content)?,
        body.unwrap_or_default(),
    ))
}

/// Returns the header fields of an example, `Content-Type` included.
fn headers(
    example: &ResponseExample,
    content: Option<&ContentExample>,
) -> Result<HeaderMap, DecodeError> {
    let mut headers = HeaderMap::new();
    for (name, value) in example.headers {
        let value = HeaderValue::try_from(*value).map_err(|error| DecodeError::Header {
            name,
            why: error.to_string(),
        })?;
        headers.append(HeaderName::from_static(name), value);
    }
    if let Some(content) = content {
        let media = HeaderValue::from_static(content.media);
        headers.insert(header::CONTENT_TYPE, media);
    }
    Ok(headers)
}
