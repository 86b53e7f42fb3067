//! A server that returns the examples of the document.

pub(crate) mod examples;
pub(crate) mod prefer;

use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;

use self::{
    examples::{ResponseExample, decode, find, first, select},
    prefer::Prefer,
};
use crate::{
    Code, StatusChoice,
    runtime::{
        message::{Operation, Rejection, Response, built_in::BuiltInResponse, match_response_key},
        server::{handler::InternalError, request::Request},
    },
};

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
/// - `Prefer: example=small` selects the example with this name under `examples`.
///
/// Of several media types, the request's `Accept` selects one. A request for a response or an example that the
/// document does not declare is rejected with 400.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    rng: Option<Arc<Mutex<Rng>>>,
}

/// The mock, which selects statuses at random. [`Mock::seeded`] is reproducible.
#[allow(
    non_upper_case_globals,
    reason = "the value is used like that of a unit struct"
)]
pub const Mock: Mock = Mock { rng: None };

impl Mock {
    /// Creates a mock that selects statuses reproducibly: the same requests in the same order get the same
    /// statuses from every mock with this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            rng: Some(Arc::new(Mutex::new(Rng::with_seed(seed)))),
        }
    }
}

// These are functions because the methods of the mock have the names of operations.

/// Returns the example of a status: one of `choice`, which is the value of a parameter, or else a preferred
/// one, or else the first success.
///
/// If the document does not declare the chosen status, the example of 400 is returned.
///
/// # Errors
/// - 400 if `Prefer` is invalid, or prefers an undeclared status or example
/// - 500 if there is no example, or if it does not match the document; the generator warns in these cases
pub(crate) async fn respond<O: Operation>(
    mock: &Mock,
    request: &Request<O>,
    examples: &[ResponseExample],
    choice: Option<&StatusChoice>,
) -> Result<O::Response, Rejection> {
    let bad_request = |error| Rejection::new(BuiltInResponse::BAD_REQUEST, error);
    let preferred = Prefer::from_headers(request.headers()).map_err(bad_request)?;
    let choice = match (choice, &preferred.code) {
        (Some(choice), _) => Some(choice),
        (None, Some(choice)) => {
            check_declared::<O::Response>(choice)?;
            Some(choice)
        }
        (None, None) => None,
    };
    if let Some(delay) = preferred.delay {
        tokio::time::sleep(delay).await;
    }
    let selected = match choice {
        Some(choice) => {
            let code = choice.pick(random(mock));
            find::<O::Response>(examples, code)
                .or_else(|| find::<O::Response>(examples, Code::BAD_REQUEST))
        }
        None => first(examples),
    };
    let Some((example, code)) = selected else {
        return Err(InternalError::new("the document has no example of this response").into());
    };
    let preferred = preferred.example.as_deref();
    let content = select(example, preferred, request.headers()).map_err(bad_request)?;
    decode(example, content, code).map_err(|error| {
        let cause = format!("the example of {code} does not match the document: {error}");
        InternalError::new(cause).into()
    })
}

/// Checks that the document declares the chosen statuses.
fn check_declared<R: Response>(choice: &StatusChoice) -> Result<(), Rejection> {
    let mut codes = choice.iter().map(|(code, _)| code.get());
    let Some(code) = codes.find(|code| match_response_key(R::KEYS, *code).is_none()) else {
        return Ok(());
    };
    let keys: Vec<_> = R::KEYS.iter().map(ToString::to_string).collect();
    let detail = format!(
        "this operation does not return {code}; use one of {}",
        keys.join(", ")
    );
    Err(Rejection::new(BuiltInResponse::BAD_REQUEST, detail))
}

/// Returns a random number from 0 to 1.
fn random(mock: &Mock) -> f64 {
    match &mock.rng {
        None => fastrand::f64(),
        Some(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).f64(),
    }
}
