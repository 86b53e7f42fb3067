//! Errors of encoding and decoding messages.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use super::content::ContentError;
use crate::Code;

/// The error of a response that does not match the document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The document does not declare the status.
    UndeclaredStatus,
    /// A required header field is missing.
    MissingHeader(&'static str),
    /// A header field does not match its schema or its encoding.
    Header {
        /// The name of the header field.
        name: &'static str,
        /// The reason.
        why: String,
    },
    /// The media type of the content is not declared for the status; `None` if the response has none.
    ContentType(Option<String>),
    /// The content does not match its schema or its encoding; the string is the reason.
    Body(String),
    /// The content exceeds the size limit of the client.
    TooLarge,
    /// The response is one redirect more than the client follows in a row.
    TooManyRedirects,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UndeclaredStatus => f.write_str("the document does not declare this status"),
            Self::MissingHeader(name) => write!(f, "the header `{name}` is missing"),
            Self::Header { name, why } => {
                write!(f, "the header `{name}` is invalid: {why}")
            }
            Self::ContentType(Some(media)) => {
                write!(
                    f,
                    "the media type `{media}` is not declared for this status"
                )
            }
            Self::ContentType(None) => f.write_str("the content has no media type"),
            Self::Body(reason) => write!(f, "the content is invalid: {reason}"),
            Self::TooLarge => f.write_str("the content exceeds the size limit of the client"),
            Self::TooManyRedirects => f.write_str("too many redirects"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl From<ContentError> for DecodeError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Malformed(detail) | ContentError::Invalid { detail, .. } => {
                Self::Body(detail)
            }
        }
    }
}

/// The error of a value that cannot be encoded as the document declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError(String);

impl EncodeError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the signature that `map_err` requires"
    )]
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self(format!("a value cannot be serialized as JSON: {error}"))
    }

    pub(crate) fn new(message: String) -> Self {
        Self(message)
    }

    pub(crate) fn nested() -> Self {
        Self("a parameter or form cannot contain nested lists or objects".to_owned())
    }

    pub(crate) fn segment(name: &str) -> Self {
        Self(format!(
            "the path parameter `{name}` cannot be empty, `.` or `..`"
        ))
    }

    pub(crate) fn username() -> Self {
        Self("the username of `Basic` credentials cannot contain a colon".to_owned())
    }

    pub(crate) fn content(code: Code) -> Self {
        Self(format!("a response with {code} cannot have content"))
    }

    pub(crate) fn separator(name: &str, separator: char) -> Self {
        Self(format!(
            "a value of the parameter `{name}` contains `{separator}`, which separates values"
        ))
    }

    pub(crate) fn blanks(name: &str) -> Self {
        Self(format!(
            "a value of the header `{name}` starts or ends with whitespace, which is not transmitted"
        ))
    }

    pub(crate) fn header(name: &str) -> Self {
        Self(format!(
            "the header `{name}` contains a character that is not allowed in a header field"
        ))
    }
}

/// Creates the value of a header field, without a copy of its text.
pub(crate) fn header_value(name: &str, text: impl Into<Bytes>) -> Result<HeaderValue, EncodeError> {
    HeaderValue::from_maybe_shared(text.into()).map_err(|_| EncodeError::header(name))
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}
