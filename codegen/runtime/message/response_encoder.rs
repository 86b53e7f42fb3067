//! Encodes responses.

use bytes::Bytes;
use http::{HeaderMap, header};
use serde::Serialize;

use crate::{
    Code,
    runtime::codec::{
        error::{EncodeError, header_value},
        form,
        media::Media,
        param::{Flat, Param, flatten},
    },
};

/// An encoded response.
#[derive(Clone, Debug)]
pub struct ResponseEncoder {
    pub(crate) code: Code,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl ResponseEncoder {
    pub(crate) fn new(code: impl Into<Code>) -> Self {
        Self {
            code: code.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
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

    pub(crate) fn json<T: Serialize>(
        self,
        media: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        let json = serde_json::to_vec(value).map_err(EncodeError::json)?;
        self.bytes(media, json.into())
    }

    pub(crate) fn form<T: Serialize>(
        self,
        media: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        self.bytes(media, form::write(value)?.into())
    }

    pub(crate) fn text<T: Serialize>(
        self,
        media: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        match flatten(value)? {
            Flat::Scalar(text) => self.bytes(media, text.into()),
            Flat::List(_) | Flat::Object(_) => Err(EncodeError::nested()),
        }
    }

    pub(crate) fn bytes(
        mut self,
        media: impl Into<Bytes>,
        bytes: Bytes,
    ) -> Result<Self, EncodeError> {
        let media = header_value("Content-Type", media)?;
        self.headers.insert(header::CONTENT_TYPE, media);
        self.body = bytes;
        Ok(self)
    }

    pub(crate) fn media(self, media: Media) -> Result<Self, EncodeError> {
        self.bytes(media.media_type, media.bytes)
    }
}
