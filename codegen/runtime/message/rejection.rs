//! The reason why a server rejects a request.

use std::{error::Error, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::built_in::BuiltInResponse;
use crate::{
    Code,
    runtime::codec::{content::ContentError, param::Param},
};

/// The reason why the router responds in place of the operation's method.
///
/// [`RouterExt::on_reject`](crate::server::RouterExt::on_reject) passes it to a function that creates the
/// response.
#[derive(Clone, Debug)]
pub struct Rejection(pub(crate) Box<RejectionInner>);

#[derive(Clone, Debug)]
pub(crate) struct RejectionInner {
    pub(crate) code: Code,
    /// The id of the operation, if the request matches one.
    pub(crate) operation: Option<&'static str>,
    pub(crate) detail: String,
    /// The location and the name of the invalid parameter.
    pub(crate) parameter: Option<(&'static str, &'static str)>,
    /// The JSON pointer of the invalid value in the content.
    pub(crate) pointer: Option<String>,
    /// Header fields of the response.
    pub(crate) headers: HeaderMap,
    /// The error of the server, which the response does not reveal.
    pub(crate) cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Rejection {
    /// Creates a rejection with a message that tells the caller what is wrong.
    pub(crate) fn new(response: BuiltInResponse, detail: impl Into<String>) -> Self {
        Self(Box::new(RejectionInner {
            code: Code::from_const(response.code()),
            operation: None,
            detail: detail.into(),
            parameter: None,
            pointer: None,
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    /// Adds a header field.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// Sets the error of the server that prevents a response of the operation.
    pub(crate) fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// Sets the operation.
    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Returns the status code of the response.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the operation of the request: its `operationId`, or else its method and path. `None` if the
    /// request does not match an operation, or if the server took too long to respond.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// Returns the message that tells the caller what is wrong.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Returns the location (`path`, `query`, `header` or `cookie`) and the name of the invalid or missing
    /// parameter; `None` if the fault is elsewhere.
    #[must_use]
    pub fn invalid_parameter(&self) -> Option<(&'static str, &'static str)> {
        self.0.parameter
    }

    /// Returns the JSON pointer of the invalid value in the content; empty for the whole content, `None` if
    /// the fault is elsewhere.
    #[must_use]
    pub fn invalid_value(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// Returns the error of the server behind a 500: that of the operation's method, or of a response that cannot
    /// be encoded. `None` for any other rejection, and for a method that panics.
    ///
    /// It is for logs: it may contain details that a client must not see.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// Creates the rejection of a parameter; `fault` follows its name in the message.
    #[cold]
    pub(crate) fn invalid_param(param: &Param, fault: &str) -> Self {
        let (location, name) = (param.location.name(), param.name);
        let detail = format!("the {location} parameter `{name}` {fault}");
        let mut rejection = Self::new(BuiltInResponse::BAD_REQUEST, detail);
        rejection.0.parameter = Some((location, name));
        rejection
    }
}

/// Malformed content gets 400, and content that does not match its schema gets 422.
impl From<ContentError> for Rejection {
    #[cold]
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Malformed(detail) => Self::new(BuiltInResponse::BAD_REQUEST, detail),
            ContentError::Invalid { detail, pointer } => {
                let mut rejection = Self::new(BuiltInResponse::UNPROCESSABLE_CONTENT, detail);
                rejection.0.pointer = pointer;
                rejection
            }
        }
    }
}
