//! Why a message does not fit what the document declares.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use crate::Code;

/// Why an answer is none of those that the document declares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The document does not declare the status.
    UndeclaredStatus,
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
    /// It is a redirect after as many others as the client follows.
    TooManyRedirects,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UndeclaredStatus => f.write_str("the document does not declare this status"),
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
            Self::TooManyRedirects => {
                f.write_str("it is one redirect more than the client follows in a row")
            }
        }
    }
}

impl std::error::Error for DecodeError {}

/// A value that cannot be sent in the place where the document wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError(String);

impl EncodeError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the shape that `map_err` takes"
    )]
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self(format!("a value cannot be written as JSON: {error}"))
    }

    pub(crate) fn because(why: String) -> Self {
        Self(why)
    }

    pub(crate) fn nested() -> Self {
        Self("a parameter or form cannot hold a list or an object within another".to_owned())
    }

    pub(crate) fn segment(name: &str) -> Self {
        Self(format!(
            "the path parameter `{name}` cannot be empty, `.` or `..`"
        ))
    }

    pub(crate) fn username() -> Self {
        Self("the username of `Basic` credentials cannot have a colon in it".to_owned())
    }

    pub(crate) fn content(code: Code) -> Self {
        Self(format!("an answer with {code} cannot have content"))
    }

    pub(crate) fn separator(name: &str, separator: char) -> Self {
        Self(format!(
            "the parameter `{name}` has a `{separator}` in a value, which stands between its values"
        ))
    }

    pub(crate) fn blanks(name: &str) -> Self {
        Self(format!(
            "the header `{name}` has a value with a blank at an end, which gets lost"
        ))
    }

    pub(crate) fn header(name: &str) -> Self {
        Self(format!(
            "the header `{name}` has a character in it that no header field can hold"
        ))
    }
}

/// The value of a header field, from a text that it keeps.
pub(crate) fn header_value(name: &str, text: impl Into<Bytes>) -> Result<HeaderValue, EncodeError> {
    HeaderValue::from_maybe_shared(text.into()).map_err(|_| EncodeError::header(name))
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}
