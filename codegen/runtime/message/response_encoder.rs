//! Encodes responses.

use http::HeaderMap;
use serde::Serialize;

use crate::{
    Code,
    runtime::codec::{body::Body, content::EncodedContent, error::EncodeError, param::Param},
};

/// An encoded response.
#[derive(Clone, Debug)]
pub struct ResponseEncoder {
    pub(crate) code: Code,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl ResponseEncoder {
    pub(crate) fn new(code: impl Into<Code>) -> Self {
        Self {
            code: code.into(),
            headers: HeaderMap::new(),
            body: Body::default(),
        }
    }

    /// Adds a header field.
    pub(crate) fn header<T: Serialize>(
        mut self,
        param: Param,
        value: &T,
    ) -> Result<Self, EncodeError> {
        param.append(value, &mut self.headers)?;
        Ok(self)
    }

    /// Adds a header field if it has a value.
    pub(crate) fn optional<T: Serialize>(
        self,
        param: Param,
        value: Option<&T>,
    ) -> Result<Self, EncodeError> {
        match value {
            Some(value) => self.header(param, value),
            None => Ok(self),
        }
    }

    /// Sets the content.
    pub(crate) fn content(mut self, content: EncodedContent) -> Self {
        self.body = content.into_body(&mut self.headers);
        self
    }
}
