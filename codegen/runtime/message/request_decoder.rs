//! Decodes requests.

use std::{borrow::Cow, ops::Range, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header, request::Parts as Head};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use smallvec::SmallVec;

use super::rejection::Rejection;
use crate::{
    Code,
    runtime::codec::{
        form::{self, pairs},
        json,
        media::{Media, alternatives, is_json, select},
        multipart::{FormParts, FormValues, MultipartForm},
        param::{Location, Param, Style, decode},
        param_decode::{ParamText, RawParam, RawValues, ValueError},
        validation::{Constraints, check},
    },
};

/// A request that is being decoded.
#[derive(Debug)]
pub struct RequestDecoder {
    /// The positions of the parameters in the path.
    path: PathValues,
    /// The request without its content.
    head: Arc<Head>,
    body: Bytes,
    /// The parts of the content, if it is `multipart/form-data`.
    parts: Option<FormParts>,
    /// The constraints that the content is validated against.
    constraints: Constraints,
}

/// The byte ranges of the parameters in a request's path. Few paths have more than two parameters.
pub(crate) type SegmentRanges = SmallVec<[Range<usize>; 2]>;

/// The names of the parameters in a request's path, and their positions.
#[derive(Clone, Debug)]
pub(crate) struct PathValues {
    names: Arc<[&'static str]>,
    ranges: SegmentRanges,
}

impl PathValues {
    /// Creates it from the names and the ranges, which are in the same order.
    pub(crate) fn new(names: Arc<[&'static str]>, ranges: SegmentRanges) -> Self {
        Self { names, ranges }
    }

    /// Returns the values of a parameter, still encoded; several if its name is repeated in the template.
    pub(crate) fn get<'a>(&self, name: &str, path: &'a str) -> impl Iterator<Item = &'a str> {
        let parameters = self.names.iter().zip(&self.ranges);
        let parameters = parameters.filter(move |(parameter, _)| **parameter == name);
        parameters.filter_map(move |(_, range)| path.get(range.clone()))
    }
}

impl RequestDecoder {
    pub(crate) fn new(path: PathValues, head: Arc<Head>) -> Self {
        Self {
            path,
            head,
            body: Bytes::new(),
            parts: None,
            constraints: &[],
        }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the request without its content.
    pub(crate) fn into_head(self) -> Arc<Head> {
        self.head
    }

    /// Sets the content and its parts, which are received only after the credentials are found.
    pub(crate) fn set_content(&mut self, body: Bytes, parts: Option<FormParts>) {
        self.body = body;
        self.parts = parts;
    }

    /// Decodes a required parameter.
    pub(crate) fn required<T: DeserializeOwned + Serialize>(
        &self,
        param: Param,
    ) -> Result<T, Rejection> {
        self.parameter(&param, true)?
            .ok_or_else(|| Rejection::invalid_param(&param, "is missing"))
    }

    /// Decodes an optional parameter.
    pub(crate) fn optional<T: DeserializeOwned + Serialize>(
        &self,
        param: Param,
    ) -> Result<Option<T>, Rejection> {
        self.parameter(&param, false)
    }

    fn parameter<T: DeserializeOwned + Serialize>(
        &self,
        param: &Param,
        required: bool,
    ) -> Result<Option<T>, Rejection> {
        let mut header = String::new();
        let invalid =
            |reason: &str| Rejection::invalid_param(param, &format!("is invalid: {reason}"));
        let raw = self.raw(param, &mut header);
        let raw = raw.map_err(|error| invalid(&error.0))?;
        // A required exploded object is present even without any of its properties.
        let is_present =
            required && (param.other_parameters.is_some() || !param.members.is_empty());
        if raw.texts.is_empty() && raw.members.is_empty() && !is_present {
            return Ok(None);
        }
        let value = raw.value().map_err(|error| invalid(&error.0))?;
        if !param.constraints.is_empty()
            && let Ok(value) = serde_json::to_value(&value)
            && let Err(violation) = check(&value, param.constraints)
        {
            return Err(invalid(&violation.message("it")));
        }
        Ok(Some(value))
    }

    /// Finds the encoded values of a parameter; `header` is a buffer for those of header fields, which are
    /// joined.
    fn raw<'a>(
        &'a self,
        param: &'a Param,
        header: &'a mut String,
    ) -> Result<RawParam<'a>, ValueError> {
        let mut raw = RawParam {
            param,
            texts: RawValues::new(),
            members: Vec::new(),
        };
        match param.location {
            Location::Path => {
                let texts = self.path.get(param.name, self.head.uri.path());
                texts.for_each(|text| raw.texts.push(text));
            }
            Location::Query => {
                collect_pairs(&mut raw, pairs(self.head.uri.query().unwrap_or_default()));
            }
            Location::Cookie => collect_pairs(&mut raw, self.cookies()),
            Location::Header => {
                if let Some(value) = self.header(param.name)? {
                    *header = value;
                    raw.texts.push(header);
                }
            }
        }
        Ok(raw)
    }

    /// Returns the value of a header field, joined with commas if it is repeated.
    fn header(&self, name: &str) -> Result<Option<String>, ValueError> {
        let values = self.headers().get_all(name).iter();
        let values: Result<RawValues<'_>, _> = values
            .map(|value| std::str::from_utf8(value.as_bytes()))
            .collect();
        let values = values.map_err(|_| ValueError("it is not valid UTF-8".to_owned()))?;
        Ok((!values.is_empty()).then(|| values.join(", ")))
    }

    fn cookies(&self) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
        let lines = self
            .headers()
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            Some((decode(name)?, value))
        })
    }

    /// Returns whether the request has content.
    pub(crate) fn has_body(&self) -> bool {
        !self.body.is_empty() || self.headers().contains_key(header::CONTENT_TYPE)
    }

    /// Returns the declared media type that the content has.
    pub(crate) fn media_type<'t>(&self, declared: &[&'t str]) -> Result<&'t str, Rejection> {
        if !self.has_body() {
            return Err(Rejection::new(
                Code::BAD_REQUEST,
                "the request has no content",
            ));
        }
        let actual = self
            .headers()
            .get(header::CONTENT_TYPE)
            .map(HeaderValue::as_bytes);
        let actual = actual.map(|media| String::from_utf8_lossy(media));
        select(declared, actual.as_deref()).ok_or_else(|| {
            let alternatives = alternatives(declared);
            let detail = match actual {
                Some(media) => {
                    format!(
                        "content type `{}` is not supported; send {alternatives}",
                        media.escape_debug()
                    )
                }
                None => format!("the header `Content-Type` is missing; send {alternatives}"),
            };
            let rejection = Rejection::new(Code::UNSUPPORTED_MEDIA_TYPE, detail);
            match HeaderValue::try_from(declared.join(", ")) {
                Ok(accept) => rejection.with_header(header::ACCEPT, accept),
                Err(_) => rejection,
            }
        })
    }

    /// Checks that the content has a declared media type.
    pub(crate) fn content(&mut self, declared: &[&str]) -> Result<&mut Self, Rejection> {
        self.media_type(declared)?;
        Ok(self)
    }

    /// Sets the constraints that the content is validated against.
    pub(crate) fn with_constraints(&mut self, constraints: Constraints) -> &mut Self {
        self.constraints = constraints;
        self
    }

    /// Validates a value of the content against the constraints.
    fn check(&self, value: impl FnOnce() -> Option<Value>) -> Result<(), Rejection> {
        if self.constraints.is_empty() {
            return Ok(());
        }
        let Some(value) = value() else { return Ok(()) };
        check(&value, self.constraints).map_err(|violation| {
            Rejection::new(Code::UNPROCESSABLE_CONTENT, violation.message("the value"))
                .with_pointer(Some(violation.pointer))
        })
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Rejection> {
        let value = json::read(&self.body).map_err(|error| match error.pointer {
            None => Rejection::new(Code::BAD_REQUEST, error.detail),
            pointer => {
                Rejection::new(Code::UNPROCESSABLE_CONTENT, error.detail).with_pointer(pointer)
            }
        })?;
        self.check(|| serde_json::from_slice(&self.body).ok())?;
        Ok(value)
    }

    pub(crate) fn form<T: DeserializeOwned + Serialize>(&mut self) -> Result<T, Rejection> {
        let value = form::read(&self.body)
            .map_err(|error| Rejection::new(Code::UNPROCESSABLE_CONTENT, error.0))?;
        self.check(|| {
            let mut object = serde_json::to_value(&value).ok()?;
            let fields = pairs(std::str::from_utf8(&self.body).ok()?);
            // Undeclared fields are validated, too.
            for (name, text) in fields {
                let members = object.as_object_mut()?;
                members.entry(name).or_insert_with(|| text.into());
            }
            Some(object)
        })?;
        Ok(value)
    }

    pub(crate) fn multipart<T: MultipartForm>(&mut self) -> Result<T, Rejection> {
        let Some(parts) = &mut self.parts else {
            return Err(Rejection::new(
                Code::BAD_REQUEST,
                "the content is not valid `multipart/form-data`",
            ));
        };
        let form =
            T::read(parts).map_err(|error| Rejection::new(Code::UNPROCESSABLE_CONTENT, error.0))?;
        let undeclared = parts.take_remaining();
        self.check(|| {
            let mut values = FormValues::default();
            form.values(&mut values);
            Some(values.with_undeclared(undeclared))
        })?;
        Ok(form)
    }

    pub(crate) fn text<T: DeserializeOwned + Serialize>(&mut self) -> Result<T, Rejection> {
        let text = String::from_utf8(self.bytes()?.into())
            .map_err(|_| Rejection::new(Code::BAD_REQUEST, "the content is not valid UTF-8"))?;
        let value = T::deserialize(ParamText(text.into()))
            .map_err(|error| Rejection::new(Code::UNPROCESSABLE_CONTENT, error.0))?;
        self.check(|| serde_json::to_value(&value).ok())?;
        Ok(value)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the signature of the other decoders"
    )]
    pub(crate) fn bytes(&mut self) -> Result<Bytes, Rejection> {
        Ok(std::mem::take(&mut self.body))
    }

    pub(crate) fn media(&mut self) -> Result<Media, Rejection> {
        let media_type = self
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or("application/octet-stream").to_owned();
        if is_json(&media_type) {
            self.check(|| serde_json::from_slice(&self.body).ok())?;
        }
        Ok(Media::new(media_type, self.bytes()?))
    }
}

/// Adds the `name=value` pairs that belong to a parameter.
// Not inlined: the function is long, and path parameters, which are the most frequent, do not use it.
#[inline(never)]
fn collect_pairs<'a>(raw: &mut RawParam<'a>, pairs: impl Iterator<Item = (Cow<'a, str>, &'a str)>) {
    let param = raw.param;
    for (name, text) in pairs {
        if param.style == Style::DeepObject
            && let Some(suffix) = name.strip_prefix(param.name)
            && let Some(suffix) = suffix.strip_prefix('[')
            && let Some(member) = suffix.strip_suffix(']')
        {
            raw.members.push((member.to_owned().into(), text));
        } else if param.has_member(&name) {
            raw.members.push((name, text));
        } else if name == param.name {
            raw.texts.push(text);
        }
    }
}
