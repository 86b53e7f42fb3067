//! Decodes responses.

use bytes::Bytes;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::{operation::Response, status_in::StatusIn};
use crate::{
    Code,
    runtime::codec::{
        error::DecodeError,
        json,
        media::{Media, select, select_json},
        param::Param,
        param_decode::{ParamText, RawParam, RawValues},
    },
};

/// A received response that is being decoded.
#[derive(Debug)]
pub struct ResponseDecoder<'a> {
    code: Code,
    headers: &'a HeaderMap,
    body: Bytes,
}

impl<'a> ResponseDecoder<'a> {
    pub(crate) fn new(code: Code, headers: &'a HeaderMap, body: Bytes) -> Self {
        Self {
            code,
            headers,
            body,
        }
    }

    /// Returns the status code as a number.
    pub(crate) fn code(&self) -> u16 {
        self.code.get()
    }

    /// Returns the status code as one of a range or of `default`.
    pub(crate) fn status<R: Response, const KEY: usize>(
        &self,
    ) -> Result<StatusIn<R, KEY>, DecodeError> {
        StatusIn::new(self.code.get()).ok_or(DecodeError::UndeclaredStatus)
    }

    /// Decodes a required header field.
    pub(crate) fn required<T: DeserializeOwned>(&self, param: Param) -> Result<T, DecodeError> {
        self.optional(param)?
            .ok_or(DecodeError::MissingHeader(param.name))
    }

    /// Decodes an optional header field. Several fields with the same name are joined with commas.
    pub(crate) fn optional<T: DeserializeOwned>(
        &self,
        param: Param,
    ) -> Result<Option<T>, DecodeError> {
        let name = param.name;
        let invalid = |why| DecodeError::Header { name, why };
        let mut values = Vec::new();
        for value in self.headers.get_all(name) {
            let text = std::str::from_utf8(value.as_bytes());
            values.push(text.map_err(|_| invalid("it is not valid UTF-8".to_owned()))?);
        }
        if values.is_empty() {
            return Ok(None);
        }
        let text = values.join(", ");
        let raw = RawParam {
            param: &param,
            texts: if param.is_set_cookie() {
                values.into()
            } else {
                RawValues::from([text.as_str()])
            },
            members: Vec::new(),
        };
        raw.value().map(Some).map_err(|error| invalid(error.0))
    }

    /// Returns the declared media type that the content has.
    pub(crate) fn media_type<'t>(&self, declared: &[&'t str]) -> Result<&'t str, DecodeError> {
        let actual = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        select(declared, actual)
            .or_else(|| select_json(declared, actual))
            .ok_or_else(|| DecodeError::ContentType(actual.map(str::to_owned)))
    }

    /// Checks that the content has a declared media type.
    pub(crate) fn content(&mut self, declared: &[&str]) -> Result<&mut Self, DecodeError> {
        self.media_type(declared)?;
        Ok(self)
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, DecodeError> {
        json::read(&self.body).map_err(|error| DecodeError::Body(error.detail))
    }

    pub(crate) fn form<T: DeserializeOwned>(&mut self) -> Result<T, DecodeError> {
        crate::runtime::codec::form::read(&self.body).map_err(|error| DecodeError::Body(error.0))
    }

    pub(crate) fn text<T: DeserializeOwned>(&mut self) -> Result<T, DecodeError> {
        let text = String::from_utf8(self.bytes()?.into())
            .map_err(|_| DecodeError::Body("it is not valid UTF-8".to_owned()))?;
        T::deserialize(ParamText(text.into())).map_err(|error| DecodeError::Body(error.0))
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the signature of the other decoders"
    )]
    pub(crate) fn bytes(&mut self) -> Result<Bytes, DecodeError> {
        Ok(std::mem::take(&mut self.body))
    }

    pub(crate) fn media(&mut self) -> Result<Media, DecodeError> {
        let media_type = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or("application/octet-stream").to_owned();
        Ok(Media::new(media_type, self.bytes()?))
    }
}
