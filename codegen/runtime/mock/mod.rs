//! A server that returns the examples of the document.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Body, response::Response as HttpResponse};
use bytes::Bytes;
use fastrand::Rng;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    Code, StatusChoice,
    runtime::{
        codec::{error::DecodeError, media::PROBLEM},
        message::{
            ResponseKey, match_response_key,
            operation::{Operation, Response},
            request_decoder::Rejection,
            response_decoder::ResponseDecoder,
        },
        server::{context::Context, router::with_status},
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

/// An API that returns examples of the document. Its methods never return an undeclared response.
///
/// An operation with a parameter of type [`StatusChoice`] returns the example of the chosen status, or the
/// example of 400 if the document does not declare that status. Any other operation returns the example of its
/// first success, or else its first example.
///
/// The header field `Prefer` (RFC 7240) of a request changes the response:
///
/// - `Prefer: code=503` selects a status, unless a parameter chooses it.
/// - `Prefer: code=200:9,503:1` selects one of several at random, with these weights.
/// - `Prefer: delay=1.5` delays the response by this number of seconds.
///
/// A request for a response that the operation does not declare is rejected with 400.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    prefer: Prefer,
    rng: Option<Arc<Mutex<Rng>>>,
}

/// The mock, which selects statuses at random. [`Mock::seeded`] is reproducible.
#[allow(
    non_upper_case_globals,
    reason = "the value is used like that of a unit struct"
)]
pub const Mock: Mock = Mock {
    prefer: Prefer {
        code: None,
        delay: None,
        error: None,
    },
    rng: None,
};

impl Mock {
    /// Creates a mock that selects statuses reproducibly: the same requests in the same order get the same
    /// statuses from every mock with this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            rng: Some(Arc::new(Mutex::new(Rng::with_seed(seed)))),
            ..Mock
        }
    }
}

// These are functions because the methods of the mock have the names of operations.

/// Returns a copy of the mock with the preferences of a request.
pub(crate) fn with_preference(mock: &Mock, context: &Context) -> Mock {
    Mock {
        prefer: Prefer::new(context.headers()),
        rng: mock.rng.clone(),
    }
}

/// Checks that an operation declares the preferred statuses.
///
/// With `has_choice`, a parameter of the operation selects the status instead.
///
/// # Errors
/// A rejection with 400 if `Prefer` is invalid or prefers an undeclared status.
pub(crate) fn check_preference<O: Operation>(
    mock: &Mock,
    has_choice: bool,
) -> Result<(), Rejection> {
    if let Some(error) = &mock.prefer.error {
        return Err(Rejection::new(Code::BAD_REQUEST, error.as_str()));
    }
    let Some(choice) = mock.prefer.code.as_ref().filter(|_| !has_choice) else {
        return Ok(());
    };
    let keys = O::Response::KEYS;
    let mut codes = choice.iter().map(|(code, _)| code.get());
    let Some(code) = codes.find(|code| match_response_key(keys, *code).is_none()) else {
        return Ok(());
    };
    let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
    let detail = format!(
        "this operation does not return {code}; use one of {}",
        keys.join(", ")
    );
    Err(Rejection::new(Code::BAD_REQUEST, detail))
}

/// Returns the example of a status: one of `choice`, or else a preferred one, or else the first success.
///
/// If the document does not declare the status, the example of 400 is returned.
///
/// # Panics
/// If there is no example, or if it does not match the document; the generator warns in these cases. The
/// server responds with 500.
pub(crate) async fn respond<R: Response>(
    mock: &Mock,
    examples: &[ResponseExample],
    choice: Option<&StatusChoice>,
) -> R {
    if let Some(delay) = mock.prefer.delay {
        tokio::time::sleep(delay).await;
    }
    let selected = match choice.or(mock.prefer.code.as_ref()) {
        Some(choice) => {
            let code = choice.pick(random(mock));
            find::<R>(examples, code).or_else(|| find::<R>(examples, Code::BAD_REQUEST))
        }
        None => first(examples),
    };
    let Some((example, code)) = selected else {
        panic!("the document has no example of this response")
    };
    match decode(example, code) {
        Ok(response) => response,
        Err(error) => panic!("the example of {code} does not match the document: {error}"),
    }
}

/// Returns a random number from 0 to 1.
fn random(mock: &Mock) -> f64 {
    match &mock.rng {
        None => fastrand::f64(),
        Some(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).f64(),
    }
}

/// The preferences of a request for its response.
#[derive(Clone, Debug, Default, PartialEq)]
struct Prefer {
    code: Option<StatusChoice>,
    delay: Option<Duration>,
    /// The last error of the field.
    error: Option<String>,
}

impl Prefer {
    /// Reads the preferences of a request. The first of several with the same name counts (RFC 7240,
    /// section 2).
    fn new(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        let lines = headers.get_all("prefer").iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let mut items: Vec<(&str, String)> = Vec::new();
        for item in lines.flat_map(|line| line.split(',')) {
            match item.split_once('=') {
                Some((name, value)) => items.push((name.trim(), value.trim().to_owned())),
                // The comma may separate two codes.
                None => {
                    if let Some((_, value)) = items.last_mut() {
                        value.push(',');
                        value.push_str(item.trim());
                    }
                }
            }
        }
        for (name, value) in items {
            let value = value.trim_matches('"');
            if name.eq_ignore_ascii_case("code") && prefer.code.is_none() {
                match value.parse() {
                    Ok(choice) => prefer.code = Some(choice),
                    Err(error) => {
                        prefer.error = Some(format!("`Prefer: code={value}` is invalid: {error}"));
                    }
                }
            } else if name.eq_ignore_ascii_case("delay") && prefer.delay.is_none() {
                let seconds = value.parse().ok();
                prefer.delay =
                    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                if prefer.delay.is_none() {
                    let error = format!(
                        "`Prefer: delay={value}` is invalid: it is not a number of seconds"
                    );
                    prefer.error = Some(error);
                }
            }
        }
        prefer
    }
}

/// Returns the example of a status.
fn find<R: Response>(examples: &[ResponseExample], code: Code) -> Option<(&ResponseExample, Code)> {
    let key = match_response_key(R::KEYS, code.get())?;
    examples
        .iter()
        .find(|example| match_response_key(R::KEYS, example.code) == Some(key))
        .map(|example| (example, code))
}

/// Returns the first example of a success, or else the first example.
fn first(examples: &[ResponseExample]) -> Option<(&ResponseExample, Code)> {
    let success = examples
        .iter()
        .find(|example| matches!(example.code, 200..=299));
    let example = success.or(examples.first())?;
    Some((example, Code::new(example.code)?))
}

fn decode<R: Response>(example: &ResponseExample, code: Code) -> Result<R, DecodeError> {
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
