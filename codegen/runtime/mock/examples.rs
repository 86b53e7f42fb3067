//! The examples of the document, as data.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    Code,
    runtime::{
        codec::{error::DecodeError, media::PROBLEM},
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
    /// The media type and the content.
    pub(crate) body: Option<(&'static str, &'static str)>,
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
    let Some((example, Ok(mut headers))) = example.map(|example| (example, headers(example)))
    else {
        return response;
    };
    let mut response = match example.body {
        Some((media, body)) if !media.starts_with(PROBLEM) => with_status(code, Body::from(body)),
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

/// Decodes an example as a response with this status code.
pub(super) fn decode<R: Response>(example: &ResponseExample, code: Code) -> Result<R, DecodeError> {
    let body = example
        .body
        .map(|(_, body)| Bytes::from_static(body.as_bytes()));
    R::decode(&mut ResponseDecoder::new(
        code,
        &headers(example)?,
        body.unwrap_or_default(),
    ))
}

/// Returns the header fields of an example, `Content-Type` included.
fn headers(example: &ResponseExample) -> Result<HeaderMap, DecodeError> {
    let mut headers = HeaderMap::new();
    for (name, value) in example.headers {
        let value = HeaderValue::try_from(*value).map_err(|error| DecodeError::Header {
            name,
            why: error.to_string(),
        })?;
        headers.append(HeaderName::from_static(name), value);
    }
    if let Some((media, _)) = example.body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    Ok(headers)
}
