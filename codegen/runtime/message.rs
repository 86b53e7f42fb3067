//! What operations and their answers have in common.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Method};

use super::{
    incoming::{Incoming, Rejection},
    outgoing::Outgoing,
    received::Received,
    reply::Reply,
    security::Scheme,
};
use crate::{Code, Key};

/// An operation of the document, as a request that can be sent or has come in.
pub trait Operation: Sized + Send + Sync + 'static {
    /// What it answers.
    type Response: Response;

    /// The `operationId`; the method and the path where the document gives none.
    const ID: &'static str;

    /// The method.
    const METHOD: Method;

    /// The path, with its parameters in braces.
    const PATH: &'static str;

    /// The credentials that it asks for: alternatives, each of schemes that go together.
    const SECURITY: &'static [&'static [Scheme]] = &[];

    /// Whether it has content.
    const HAS_BODY: bool;

    #[doc(hidden)]
    fn write(&self, request: &mut Outgoing) -> Result<(), Unsendable>;

    #[doc(hidden)]
    fn read(request: &mut Incoming) -> Result<Self, Rejection>;
}

/// The answers that one or several operations have.
pub trait Response: Sized + fmt::Debug + Send + 'static {
    /// What a success gives: its content, `()` without any, and the whole answer where successes
    /// differ.
    type Success: Send + 'static;

    /// The keys of the document, one for each variant, in the order of the variants.
    const KEYS: &'static [Key];

    /// The status.
    fn code(&self) -> Code;

    /// The success, which is an answer with 2xx.
    ///
    /// # Errors
    /// Gives the answer back if it is no success.
    fn success(self) -> Result<Self::Success, Self>;

    #[doc(hidden)]
    fn decode(received: &mut Received<'_>) -> Result<Self, Mismatch>;

    #[doc(hidden)]
    fn encode(self) -> Result<Reply, Unsendable>;
}

/// Content whose media type the document leaves open, such as `image/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// The media type, as in `Content-Type`.
    pub media_type: String,
    /// The content.
    pub bytes: Bytes,
}

impl Media {
    /// Content of a media type.
    #[must_use]
    pub fn new(media_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            media_type: media_type.into(),
            bytes: bytes.into(),
        }
    }
}

/// Why an answer is none of those that the document declares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The document does not declare the status.
    Status,
    /// A header field is missing that the document requires.
    MissingHeader(&'static str),
    /// A header field is not of its type.
    Header {
        /// The name of the field.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The media type is not declared for the status; `None` where the answer has none.
    ContentType(Option<String>),
    /// The content is not of its type.
    Body(String),
    /// The content is larger than the client takes.
    TooLarge,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("the document does not declare this status"),
            Self::MissingHeader(name) => write!(f, "the header `{name}` is missing"),
            Self::Header { name, why } => {
                write!(f, "the header `{name}` is not as declared: {why}")
            }
            Self::ContentType(Some(media)) => {
                write!(f, "content of `{media}` is not declared for this status")
            }
            Self::ContentType(None) => f.write_str("the content has no media type"),
            Self::Body(why) => write!(f, "the content is not as declared: {why}"),
            Self::TooLarge => f.write_str("the content is larger than the client takes"),
        }
    }
}

impl std::error::Error for Mismatch {}

/// A value that cannot be sent in the place where the document wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsendable(String);

impl Unsendable {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the shape that `map_err` takes"
    )]
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self(format!("a value cannot be written as JSON: {error}"))
    }

    pub(crate) fn nested() -> Self {
        Self("a parameter or form cannot hold a list or an object within another".to_owned())
    }

    pub(crate) fn segment(name: &str) -> Self {
        Self(format!(
            "the path parameter `{name}` cannot be empty, `.` or `..`"
        ))
    }

    pub(crate) fn header(name: &str) -> Self {
        Self(format!(
            "the header `{name}` has a character in it that no header field can hold"
        ))
    }
}

/// The value of a header field.
pub(crate) fn header_value(name: &str, text: &str) -> Result<HeaderValue, Unsendable> {
    HeaderValue::try_from(text).map_err(|_| Unsendable::header(name))
}

impl fmt::Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsendable {}

/// The declared media type that content is of: the same, else a range that it is in, else one that
/// is JSON as it is.
///
/// Content without a media type is of the only one that is declared.
pub(crate) fn select(declared: &[&str], actual: Option<&str>) -> Option<usize> {
    let Some(actual) = actual else {
        return (declared.len() == 1).then_some(0);
    };
    let (actual, _) = split(actual);
    let find = |matches: &dyn Fn(&str) -> bool| {
        declared
            .iter()
            .position(|declared| matches(split(declared).0))
    };
    find(&|declared| declared.eq_ignore_ascii_case(actual))
        .or_else(|| find(&|declared| in_range(declared, actual)))
        .or_else(|| find(&|declared| is_json(declared) && is_json(actual)))
        .or_else(|| find(&|declared| declared == "*/*"))
}

/// A media type and its parameters.
fn split(media: &str) -> (&str, &str) {
    let (essence, parameters) = media.split_once(';').unwrap_or((media, ""));
    (essence.trim(), parameters)
}

fn in_range(range: &str, media: &str) -> bool {
    let family = range.strip_suffix("/*").filter(|family| *family != "*");
    let actual = media.split_once('/').map(|(family, _)| family);
    matches!((family, actual), (Some(family), Some(actual)) if family.eq_ignore_ascii_case(actual))
}

fn is_json(media: &str) -> bool {
    let media = media.to_ascii_lowercase();
    media.ends_with("/json") || media.ends_with("+json")
}
