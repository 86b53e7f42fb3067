//! Answers from the examples of the document.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Body, response::Response as HttpResponse};
use bytes::Bytes;
use fastrand::Rng;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{
    codec_error::DecodeError,
    context::Context,
    media::PROBLEM,
    operation::{Operation, Response},
    request_decoder::Rejection,
    response_decoder::ResponseDecoder,
    response_key::{ResponseKey, match_response_key},
    router::with_status,
};
use crate::{Code, StatusChoice};

/// An example of an answer, as it is on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseExample {
    /// A status that it may have.
    pub(crate) code: u16,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// The media type and the content.
    pub(crate) body: Option<(&'static str, &'static str)>,
}

/// The examples of an operation's answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OperationExamples {
    /// The operation.
    pub(crate) operation: &'static str,
    /// The keys of its answers.
    pub(crate) keys: &'static [ResponseKey],
    pub(crate) examples: &'static [ResponseExample],
}

/// The answer to a request that is refused: with the example of the document, if it declares content of another kind
/// than a problem for the status.
pub(crate) fn rejection_example(
    all: &[OperationExamples],
    rejection: &Rejection,
    usual: HttpResponse,
) -> HttpResponse {
    let code = rejection.code();
    let of_operation = |known: &&OperationExamples| Some(known.operation) == rejection.operation();
    let found = all.iter().find(of_operation).and_then(|known| {
        let key = match_response_key(known.keys, code.get())?;
        known
            .examples
            .iter()
            .find(|example| match_response_key(known.keys, example.code) == Some(key))
    });
    let Some((example, Ok(mut headers))) = found.map(|example| (example, headers(example))) else {
        return usual;
    };
    let mut answer = match example.body {
        Some((media, body)) if !media.starts_with(PROBLEM) => with_status(code, Body::from(body)),
        _ => {
            headers.remove(header::CONTENT_TYPE);
            headers.extend(usual.headers().clone());
            usual
        }
    };
    headers.extend(rejection.0.headers.clone());
    *answer.headers_mut() = headers;
    answer
}

/// An API that answers each operation with an example of the document.
///
/// An operation with a parameter that is a [`StatusChoice`] answers with what the choice picks, and with 400
/// for a status that is no answer. All others answer with their first success, unless the request has the
/// header field `Prefer` (RFC 7240): `Prefer: code=503` asks for a status, `Prefer: code=200:9,503:1` for
/// either with these odds, and `Prefer: delay=1.5` for an answer after so many seconds. What an operation
/// cannot answer with is refused with 400.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    prefer: Prefer,
    dice: Option<Arc<Mutex<Rng>>>,
}

/// The mock as it is if nothing else is said of it.
#[allow(
    non_upper_case_globals,
    reason = "a value of a type without choices is called like the type"
)]
pub const Mock: Mock = Mock {
    prefer: Prefer {
        code: None,
        delay: None,
        wrong: None,
    },
    dice: None,
};

impl Mock {
    /// A mock that picks from choices as every other with the same seed does.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            dice: Some(Arc::new(Mutex::new(Rng::with_seed(seed)))),
            ..Mock
        }
    }
}

// What the mock does is no method of it: those are named by the document.

/// The same mock, asked as a request has it.
pub(crate) fn with_preference(mock: &Mock, context: &Context) -> Mock {
    Mock {
        prefer: Prefer::of(context.headers()),
        dice: mock.dice.clone(),
    }
}

/// Whether an operation can answer as the mock is asked to, unless a parameter of its own has the choice.
pub(crate) fn check_preference<O: Operation>(
    mock: &Mock,
    has_choice: bool,
) -> Result<(), Rejection> {
    if let Some(wrong) = &mock.prefer.wrong {
        return Err(Rejection::new(Code::BAD_REQUEST, wrong.as_str()));
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
        "this operation does not answer with {code}; it has {}",
        keys.join(", ")
    );
    Err(Rejection::new(Code::BAD_REQUEST, detail))
}

/// The answer with a status that is picked from a choice, or that is preferred; without either, the first
/// success.
///
/// A status that the operation cannot answer with is a bad request, if the document has an answer
/// for that.
///
/// # Panics
/// Without an example of the answer: the generator warned of it. The server makes it a 500.
pub(crate) async fn respond<R: Response>(
    mock: &Mock,
    examples: &[ResponseExample],
    choice: Option<&StatusChoice>,
) -> R {
    if let Some(delay) = mock.prefer.delay {
        tokio::time::sleep(delay).await;
    }
    let found = match choice.or(mock.prefer.code.as_ref()) {
        Some(choice) => {
            let code = choice.pick(throw(mock));
            find::<R>(examples, code).or_else(|| find::<R>(examples, Code::BAD_REQUEST))
        }
        None => first(examples),
    };
    let Some((example, code)) = found else {
        panic!("the document has no example of this answer")
    };
    match decode(example, code) {
        Ok(answer) => answer,
        Err(why) => panic!("the example of {code} is not what the document declares: {why}"),
    }
}

/// A number from 0 to 1.
fn throw(mock: &Mock) -> f64 {
    match &mock.dice {
        None => fastrand::f64(),
        Some(dice) => dice.lock().unwrap_or_else(PoisonError::into_inner).f64(),
    }
}

/// What a request prefers of its answer.
#[derive(Clone, Debug, Default, PartialEq)]
struct Prefer {
    code: Option<StatusChoice>,
    delay: Option<Duration>,
    /// What is wrong with it.
    wrong: Option<String>,
}

impl Prefer {
    /// What the fields `Prefer` say; of what is said twice, the first counts (RFC 7240, section 2).
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let lines = headers.get_all("prefer").iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let mut items: Vec<(&str, String)> = Vec::new();
        for item in lines.flat_map(|line| line.split(',')) {
            match item.split_once('=') {
                Some((name, value)) => items.push((name.trim(), value.trim().to_owned())),
                // The comma may be one between two codes.
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
            if name.eq_ignore_ascii_case("code") && found.code.is_none() {
                match value.parse() {
                    Ok(choice) => found.code = Some(choice),
                    Err(why) => found.wrong = Some(format!("`Prefer: code={value}`: {why}")),
                }
            } else if name.eq_ignore_ascii_case("delay") && found.delay.is_none() {
                let seconds = value.parse().ok();
                found.delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                if found.delay.is_none() {
                    let why = format!("`Prefer: delay={value}`: it is no number of seconds");
                    found.wrong = Some(why);
                }
            }
        }
        found
    }
}

/// The example of a status.
fn find<R: Response>(examples: &[ResponseExample], code: Code) -> Option<(&ResponseExample, Code)> {
    let key = match_response_key(R::KEYS, code.get())?;
    examples
        .iter()
        .find(|example| match_response_key(R::KEYS, example.code) == Some(key))
        .map(|example| (example, code))
}

/// The first success, else the first of all.
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

/// The header fields of an example, that of its content included.
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
