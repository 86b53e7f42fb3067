//! Answers from the examples of the document.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{error::Mismatch, keys::key_of, operation::Response, received::Received};
use crate::{Code, StatusChoice};

/// An example of an answer, as it is on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// The index of its key.
    pub(crate) key: usize,
    /// A status that it may have.
    pub(crate) code: u16,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// The media type and the content.
    pub(crate) body: Option<(&'static str, &'static str)>,
}

/// The answer with a status that is picked from a choice; without a choice, the first success.
///
/// A status that the operation cannot answer with is a bad request, if the document has an answer
/// for that.
///
/// # Panics
/// Without an example of the answer: the generator warned of it. The server makes it a 500.
pub(crate) fn answer<R: Response>(samples: &[Sample], choice: Option<&StatusChoice>) -> R {
    let found = match choice {
        Some(choice) => {
            let code = choice.pick(fastrand::f64());
            find::<R>(samples, code).or_else(|| find::<R>(samples, Code::BAD_REQUEST))
        }
        None => first(samples),
    };
    let Some((sample, code)) = found else {
        panic!("the document has no example of this answer")
    };
    match decode(sample, code) {
        Ok(answer) => answer,
        Err(why) => panic!("the example of {code} is not what the document declares: {why}"),
    }
}

/// The sample of a status.
fn find<R: Response>(samples: &[Sample], code: Code) -> Option<(&Sample, Code)> {
    let key = key_of(R::KEYS, code.get())?;
    samples
        .iter()
        .find(|sample| sample.key == key)
        .map(|sample| (sample, code))
}

/// The first success, else the first of all.
fn first(samples: &[Sample]) -> Option<(&Sample, Code)> {
    let success = samples
        .iter()
        .find(|sample| matches!(sample.code, 200..=299));
    let sample = success.or(samples.first())?;
    Some((sample, Code::new(sample.code)?))
}

fn decode<R: Response>(sample: &Sample, code: Code) -> Result<R, Mismatch> {
    let mut headers = HeaderMap::new();
    for (name, value) in sample.headers {
        let value = HeaderValue::try_from(*value).map_err(|error| Mismatch::Header {
            name,
            why: error.to_string(),
        })?;
        headers.append(HeaderName::from_static(name), value);
    }
    let body = match sample.body {
        Some((media, body)) => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
            Bytes::from_static(body.as_bytes())
        }
        None => Bytes::new(),
    };
    R::decode(&mut Received::new(code, &headers, body))
}
