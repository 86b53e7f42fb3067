//! Decodes requests.

use std::{borrow::Cow, ops::Range, sync::Arc};

use http::{HeaderMap, HeaderValue, header, request::Parts as Head};
use serde::{Serialize, de::DeserializeOwned};
use smallvec::SmallVec;

use super::{built_in::BuiltInResponse, rejection::Rejection};
use crate::runtime::codec::{
    body::Body,
    content::ReceivedContent,
    form::pairs,
    media::{alternatives, select},
    multipart::FormParts,
    param::{Location, Param, Style, decode},
    param_decode::{RawParam, RawValues, ValueError, header_texts},
    validation::check,
};

/// A request that is being decoded.
#[derive(Debug)]
pub struct RequestDecoder {
    /// The positions of the parameters in the path.
    path: PathValues,
    /// The request without its content.
    head: Arc<Head>,
    body: Body,
    /// The parts of the content, if it is `multipart/form-data`.
    parts: Option<FormParts>,
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
            body: Body::default(),
            parts: None,
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
    pub(crate) fn set_content(&mut self, body: Body, parts: Option<FormParts>) {
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
        // A required exploded object or list is present even without any of its properties or items.
        let is_present = required
            && (param.is_list || param.other_parameters.is_some() || !param.members.is_empty());
        if raw.texts.is_empty() && raw.members.is_empty() && !is_present {
            return Ok(None);
        }
        let value = raw.value().map_err(|error| {
            let violation = raw.violation(param.constraints);
            invalid(&violation.map_or(error.0, |violation| violation.message("it")))
        })?;
        if !param.constraints.is_empty()
            && let Ok(value) = serde_json::to_value(&value)
            && let Ok(value) = raw.received(value)
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

    /// Returns the value of a header field. A repeated one is joined with commas, but `Cookie` with semicolons
    /// (RFC 9113, section 8.2.3).
    fn header(&self, name: &str) -> Result<Option<String>, ValueError> {
        let values = header_texts(self.headers(), name)?;
        let separator = if name.eq_ignore_ascii_case("cookie") {
            "; "
        } else {
            ", "
        };
        Ok((!values.is_empty()).then(|| values.join(separator)))
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

    /// Takes the content, if it has a declared media type.
    pub(crate) fn content(
        &mut self,
        declared: &[&'static str],
    ) -> Result<ReceivedContent<'_>, Rejection> {
        let declared = self.media_type(declared)?;
        let (body, parts) = (std::mem::take(&mut self.body), self.parts.take());
        Ok(ReceivedContent::new(
            declared,
            &self.head.headers,
            body,
            parts,
        ))
    }

    /// Returns the declared media type that the content has.
    fn media_type(&self, declared: &[&'static str]) -> Result<&'static str, Rejection> {
        if !self.has_body() {
            return Err(Rejection::new(
                BuiltInResponse::BAD_REQUEST,
                "the request has no content",
            ));
        }
        let actual = self.headers().get(header::CONTENT_TYPE);
        let actual = actual.map(|media| String::from_utf8_lossy(media.as_bytes()));
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
            let rejection = Rejection::new(BuiltInResponse::UNSUPPORTED_MEDIA_TYPE, detail);
            match HeaderValue::try_from(declared.join(", ")) {
                Ok(accept) => rejection.with_header(header::ACCEPT, accept),
                Err(_) => rejection,
            }
        })
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
            if member.is_empty() {
                raw.texts.push(text);
            } else {
                raw.members.push((member.to_owned().into(), text));
            }
        } else if param.has_member(&name) {
            raw.members.push((name, text));
        } else if name == param.name {
            raw.texts.push(text);
        }
    }
}
