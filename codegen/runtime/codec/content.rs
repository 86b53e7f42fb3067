//! The content of messages: encoding and decoding, the same for requests and responses.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    body::Body,
    error::{EncodeError, header_value},
    form,
    json::{self, JsonError},
    media::{Media, is_json},
    multipart::{FormParts, FormValues, MultipartForm},
    param::{Flat, flatten},
    param_decode::{ParamText, ValueError},
    validation::{Constraints, check},
};

/// Content that is ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct EncodedContent {
    media_type: HeaderValue,
    body: Body,
}

impl EncodedContent {
    pub(crate) fn json<T: Serialize>(
        media_type: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        let json = serde_json::to_vec(value).map_err(EncodeError::json)?;
        Self::new(media_type, json)
    }

    pub(crate) fn form<T: Serialize>(
        media_type: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        Self::new(media_type, form::write(value)?)
    }

    pub(crate) fn multipart<T: MultipartForm>(
        media_type: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        let mut parts = FormParts::default();
        value.write(&mut parts)?;
        let (boundary, body) = parts.encode()?;
        Self::new(format!("{media_type}; boundary={boundary}"), body)
    }

    pub(crate) fn text<T: Serialize>(
        media_type: &'static str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        match flatten(value)? {
            Flat::Scalar(text) => Self::new(media_type, text),
            Flat::List(_) | Flat::Object(_) => Err(EncodeError::nested()),
        }
    }

    pub(crate) fn body(media_type: &'static str, body: &Body) -> Result<Self, EncodeError> {
        Self::new(media_type, body.clone())
    }

    /// Encodes content that has its own media type.
    pub(crate) fn media(media: &Media) -> Result<Self, EncodeError> {
        Self::new(media.media_type.clone(), media.body.clone())
    }

    fn new(media_type: impl Into<Bytes>, body: impl Into<Body>) -> Result<Self, EncodeError> {
        Ok(Self {
            media_type: header_value("Content-Type", media_type)?,
            body: body.into(),
        })
    }

    /// Sets `Content-Type`, and returns the content.
    pub(crate) fn into_body(self, headers: &mut HeaderMap) -> Body {
        headers.insert(header::CONTENT_TYPE, self.media_type);
        self.body
    }
}

/// Content that was received and has a declared media type.
#[derive(Debug)]
pub(crate) struct ReceivedContent<'a> {
    /// The media type that the document declares.
    declared: &'static str,
    /// The value of `Content-Type`.
    media_type: Option<&'a HeaderValue>,
    /// The content; a stream only if it is binary.
    body: Body,
    /// The parts, if the content is valid `multipart/form-data`.
    parts: Option<FormParts>,
    constraints: Constraints,
}

impl<'a> ReceivedContent<'a> {
    pub(crate) fn new(
        declared: &'static str,
        headers: &'a HeaderMap,
        body: Body,
        parts: Option<FormParts>,
    ) -> Self {
        Self {
            declared,
            media_type: headers.get(header::CONTENT_TYPE),
            body,
            parts,
            constraints: &[],
        }
    }

    /// Returns the declared media type that the content has.
    pub(crate) fn declared(&self) -> &'static str {
        self.declared
    }

    /// Sets the constraints that the content is validated against.
    pub(crate) fn with_constraints(self, constraints: Constraints) -> Self {
        Self {
            constraints,
            ..self
        }
    }

    /// Validates a value of the content against the constraints.
    fn check(&self, value: impl FnOnce() -> Option<Value>) -> Result<(), ContentError> {
        if self.constraints.is_empty() {
            return Ok(());
        }
        let Some(value) = value() else { return Ok(()) };
        check(&value, self.constraints).map_err(|violation| ContentError::Invalid {
            detail: violation.message("the value"),
            pointer: Some(violation.pointer),
        })
    }

    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, ContentError> {
        let value = json::read(self.body.in_memory());
        self.check_json(value.as_ref().err())?;
        Ok(value?)
    }

    /// Validates JSON. If it cannot be decoded, a constraint that the value in question violates says more.
    fn check_json(&self, error: Option<&JsonError>) -> Result<(), ContentError> {
        if error.is_some_and(|error| error.pointer.is_none()) {
            return Ok(());
        }
        let result = self.check(|| serde_json::from_slice(self.body.in_memory()).ok());
        match (&result, error) {
            (Err(ContentError::Invalid { pointer, .. }), Some(error))
                if *pointer != error.pointer =>
            {
                Ok(())
            }
            _ => result,
        }
    }

    pub(crate) fn form<T: DeserializeOwned + Serialize>(self) -> Result<T, ContentError> {
        let fields = form::fields(self.body.in_memory())?;
        let value = form::read(fields.clone())?;
        self.check(|| {
            let mut object = serde_json::to_value(&value).ok()?;
            let members = object.as_object_mut()?;
            for (name, field) in fields {
                let received = match members.remove(&name) {
                    Some(value) => field.received(value).ok()?,
                    // Undeclared fields are validated, too.
                    None => field.texts.first().copied().unwrap_or_default().into(),
                };
                members.insert(name, received);
            }
            Some(object)
        })?;
        Ok(value)
    }

    pub(crate) fn multipart<T: MultipartForm>(mut self) -> Result<T, ContentError> {
        let Some(mut parts) = self.parts.take() else {
            let detail = "malformed `multipart/form-data`".to_owned();
            return Err(ContentError::Malformed(detail));
        };
        let form = T::read(&mut parts)?;
        self.check(|| {
            let mut values = FormValues::new(parts.take_received_texts());
            form.values(&mut values);
            Some(values.with_undeclared(parts.take_remaining()))
        })?;
        Ok(form)
    }

    pub(crate) fn text<T: DeserializeOwned + Serialize>(self) -> Result<T, ContentError> {
        let text = std::str::from_utf8(self.body.in_memory())
            .map_err(|_| ContentError::Malformed("malformed UTF-8".to_owned()))?;
        let value = T::deserialize(ParamText(text.into()))?;
        self.check(|| {
            let mut value = serde_json::to_value(&value).ok()?;
            ParamText(text.into()).replace(&mut value);
            Some(value)
        })?;
        Ok(value)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the signature of the other decoders"
    )]
    pub(crate) fn body(self) -> Result<Body, ContentError> {
        Ok(self.body)
    }

    pub(crate) fn media(self) -> Result<Media, ContentError> {
        let media_type = self.media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or("application/octet-stream");
        if is_json(media_type) {
            self.check(|| serde_json::from_slice(self.body.in_memory()).ok())?;
        }
        Ok(Media::new(media_type, self.body))
    }
}

/// The error of content that does not match its media type or its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ContentError {
    /// The content is not valid in its media type.
    Malformed(String),
    /// The content does not match its schema.
    Invalid {
        detail: String,
        /// The JSON pointer of the invalid value, if it is known.
        pointer: Option<String>,
    },
}

impl From<JsonError> for ContentError {
    fn from(error: JsonError) -> Self {
        match error.pointer {
            None => Self::Malformed(error.detail),
            pointer => Self::Invalid {
                detail: error.detail,
                pointer,
            },
        }
    }
}

impl From<ValueError> for ContentError {
    fn from(error: ValueError) -> Self {
        Self::Invalid {
            detail: error.0,
            pointer: None,
        }
    }
}
