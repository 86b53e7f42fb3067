//! Decodes responses.

use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::{operation::Response, status_in::StatusIn};
use crate::{
    Code,
    runtime::codec::{
        body::Body,
        content::ReceivedContent,
        error::DecodeError,
        media::{select, select_json},
        param::Param,
        param_decode::{RawParam, RawValues, header_texts},
    },
};

/// A received response that is being decoded.
#[derive(Debug)]
pub struct ResponseDecoder<'a> {
    code: Code,
    headers: &'a HeaderMap,
    body: Body,
}

impl<'a> ResponseDecoder<'a> {
    pub(crate) fn new(code: Code, headers: &'a HeaderMap, body: impl Into<Body>) -> Self {
        Self {
            code,
            headers,
            body: body.into(),
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
        let joined;
        let mut texts = header_texts(self.headers, name).map_err(|error| invalid(error.0))?;
        match texts.as_slice() {
            [] => return Ok(None),
            [_] => {}
            // A `Set-Cookie` cannot be joined with another (RFC 9110, section 5.3).
            _ if param.is_set_cookie() => {}
            _ => {
                joined = texts.join(", ");
                texts = RawValues::from([joined.as_str()]);
            }
        }
        let raw = RawParam {
            param: &param,
            texts,
            members: Vec::new(),
        };
        raw.value().map(Some).map_err(|error| invalid(error.0))
    }

    /// Takes the content, if it has a declared media type.
    pub(crate) fn content(
        &mut self,
        declared: &[&'static str],
    ) -> Result<ReceivedContent<'a>, DecodeError> {
        let actual = self.headers.get(header::CONTENT_TYPE);
        let actual = actual.and_then(|value| value.to_str().ok());
        let declared = select(declared, actual)
            .or_else(|| select_json(declared, actual))
            .ok_or_else(|| DecodeError::ContentType(actual.map(str::to_owned)))?;
        let body = std::mem::take(&mut self.body);
        Ok(ReceivedContent::new(declared, self.headers, body, None))
    }
}
