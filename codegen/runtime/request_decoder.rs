//! A request as it came in, on its way to its type.

use std::{borrow::Cow, ops::Range, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts as Head};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use smallvec::SmallVec;

use super::{
    form::{self, pairs},
    json,
    media::{Media, is_json, select},
    multipart::{FormParts, FormValues, MultipartForm},
    param::{Location, Param, Style, decode},
    param_decode::{ParamText, RawParam, RawValues, ValueError},
    validation::{Constraints, check},
};
use crate::Code;

/// A request as it came in.
#[derive(Debug)]
pub struct RequestDecoder {
    /// Where in the path the parameters are.
    path: PathValues,
    /// What comes before the content.
    head: Arc<Head>,
    body: Bytes,
    /// The parts of the content, if it is of `multipart/form-data`.
    parts: Option<FormParts>,
    /// What has to hold for the content.
    constraints: Constraints,
}

/// SegmentRanges in the path of a request, in bytes; few, mostly.
pub(crate) type SegmentRanges = SmallVec<[Range<usize>; 2]>;

/// Where in the path of a request the parameters are.
#[derive(Clone, Debug)]
pub(crate) struct PathValues {
    names: Arc<[&'static str]>,
    places: SegmentRanges,
}

impl PathValues {
    /// Takes the names in the order of the places.
    pub(crate) fn new(names: Arc<[&'static str]>, places: SegmentRanges) -> Self {
        Self { names, places }
    }

    /// What a path has for a parameter, encoded as it came; more than once, if its template has.
    pub(crate) fn get<'a>(&self, name: &str, path: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.names.iter().zip(&self.places);
        let all = all.filter(move |(known, _)| **known == name);
        all.filter_map(move |(_, place)| path.get(place.clone()))
    }
}

/// Why a request is refused before anybody handles it.
#[derive(Clone, Debug)]
pub struct Rejection(pub(crate) Box<RejectionInner>);

#[derive(Clone, Debug)]
pub(crate) struct RejectionInner {
    pub(crate) code: Code,
    /// The operation that it is for, once that is known.
    pub(crate) operation: Option<&'static str>,
    pub(crate) detail: String,
    /// The parameter that is wrong: where it is, and its name.
    pub(crate) parameter: Option<(&'static str, &'static str)>,
    /// The place in the content that is wrong.
    pub(crate) pointer: Option<String>,
    pub(crate) headers: HeaderMap,
}

impl Rejection {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(RejectionInner {
            code,
            operation: None,
            detail: detail.into(),
            parameter: None,
            pointer: None,
            headers: HeaderMap::new(),
        }))
    }

    /// The same with another header field.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// The same for a request to an operation.
    pub(crate) fn of(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// The status that it is answered with.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The operation that the request is for, by its `operationId` or, without one, method and path; `None` if it is
    /// for none.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// What is wrong, in words for whoever sent it.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The parameter that is wrong, if it is one: where it is (`path`, `query`, `header` or `cookie`), and its
    /// name.
    #[must_use]
    pub fn invalid_parameter(&self) -> Option<(&'static str, &'static str)> {
        self.0.parameter
    }

    /// The place of the value that is wrong in the content, if it is one, as a JSON pointer.
    #[must_use]
    pub fn invalid_value(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// One for a parameter, from what there is to say behind its name.
    #[cold]
    fn parameter(param: &Param, what: &str) -> Self {
        let (place, name) = (param.location.name(), param.name);
        let detail = format!("the {place} parameter `{name}`{what}");
        let mut rejection = Self::new(Code::BAD_REQUEST, detail);
        rejection.0.parameter = Some((place, name));
        rejection
    }

    fn pointer(mut self, pointer: Option<String>) -> Self {
        self.0.pointer = pointer;
        self
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

    /// What is left of it when it is read.
    pub(crate) fn into_head(self) -> Arc<Head> {
        self.head
    }

    /// Adds the content, and the parts that it has, which are read only once the credentials are there.
    pub(crate) fn set_content(&mut self, body: Bytes, parts: Option<FormParts>) {
        self.body = body;
        self.parts = parts;
    }

    /// A parameter that has to be there.
    pub(crate) fn required<T: DeserializeOwned + Serialize>(
        &self,
        param: Param,
    ) -> Result<T, Rejection> {
        self.parameter(&param, true)?
            .ok_or_else(|| Rejection::parameter(&param, " is missing"))
    }

    /// A parameter that may be there.
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
        let wrong = |why: &str| Rejection::parameter(param, &format!(": {why}"));
        let raw = self.raw(param, &mut header);
        let raw = raw.map_err(|invalid| wrong(&invalid.0))?;
        // An object whose properties stand for themselves is there even without any.
        let is_there = required && (param.others.is_some() || !param.members.is_empty());
        if raw.texts.is_empty() && raw.members.is_empty() && !is_there {
            return Ok(None);
        }
        let value = raw.value().map_err(|invalid| wrong(&invalid.0))?;
        if !param.constraints.is_empty()
            && let Ok(value) = serde_json::to_value(&value)
            && let Err(violation) = check(&value, param.constraints)
        {
            return Err(wrong(&violation.told("it")));
        }
        Ok(Some(value))
    }

    /// What there is for a parameter; `header` is room for one whose fields are to be joined.
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
            Location::Query => find(&mut raw, pairs(self.head.uri.query().unwrap_or_default())),
            Location::Cookie => find(&mut raw, self.cookies()),
            Location::Header => {
                if let Some(value) = self.header(param.name)? {
                    *header = value;
                    raw.texts.push(header);
                }
            }
        }
        Ok(raw)
    }

    /// The value of a header field, from all lines of its name.
    fn header(&self, name: &str) -> Result<Option<String>, ValueError> {
        let values = self.headers().get_all(name).iter();
        let values: Result<RawValues<'_>, _> = values
            .map(|value| std::str::from_utf8(value.as_bytes()))
            .collect();
        let values = values.map_err(|_| ValueError("it is no text in UTF-8".to_owned()))?;
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

    /// Whether there is content at all.
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
            let known = declared.join(", ");
            let detail = match actual {
                Some(media) => {
                    format!(
                        "content of `{}` is not taken here; send {known}",
                        media.escape_debug()
                    )
                }
                None => format!("say in `Content-Type` what the content is: {known}"),
            };
            let rejection = Rejection::new(Code::UNSUPPORTED_MEDIA_TYPE, detail);
            match HeaderValue::try_from(known) {
                Ok(known) => rejection.header(header::ACCEPT, known),
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

    /// Holds a value of the content against what has to hold for it.
    fn check(&self, value: impl FnOnce() -> Option<Value>) -> Result<(), Rejection> {
        if self.constraints.is_empty() {
            return Ok(());
        }
        let Some(value) = value() else { return Ok(()) };
        check(&value, self.constraints).map_err(|violation| {
            Rejection::new(Code::UNPROCESSABLE_CONTENT, violation.told("the value"))
                .pointer(Some(violation.pointer))
        })
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Rejection> {
        let value = json::read(&self.body).map_err(|error| match error.pointer {
            None => Rejection::new(Code::BAD_REQUEST, error.detail),
            pointer => Rejection::new(Code::UNPROCESSABLE_CONTENT, error.detail).pointer(pointer),
        })?;
        self.check(|| serde_json::from_slice(&self.body).ok())?;
        Ok(value)
    }

    pub(crate) fn form<T: DeserializeOwned + Serialize>(&mut self) -> Result<T, Rejection> {
        let value = form::read(&self.body)
            .map_err(|invalid| Rejection::new(Code::UNPROCESSABLE_CONTENT, invalid.0))?;
        self.check(|| {
            let mut whole = serde_json::to_value(&value).ok()?;
            let fields = pairs(std::str::from_utf8(&self.body).ok()?);
            // What is in no field of the type is there all the same.
            for (name, text) in fields {
                let members = whole.as_object_mut()?;
                members.entry(name).or_insert_with(|| text.into());
            }
            Some(whole)
        })?;
        Ok(value)
    }

    pub(crate) fn multipart<T: MultipartForm>(&mut self) -> Result<T, Rejection> {
        let Some(parts) = &mut self.parts else {
            return Err(Rejection::new(
                Code::BAD_REQUEST,
                "the content is not of the parts that its media type says",
            ));
        };
        let form = T::read(parts)
            .map_err(|invalid| Rejection::new(Code::UNPROCESSABLE_CONTENT, invalid.0))?;
        let rest = parts.rest();
        self.check(|| {
            let mut values = FormValues::default();
            form.values(&mut values);
            Some(values.whole(rest))
        })?;
        Ok(form)
    }

    pub(crate) fn text<T: DeserializeOwned + Serialize>(&mut self) -> Result<T, Rejection> {
        let text = String::from_utf8(self.bytes()?.into())
            .map_err(|_| Rejection::new(Code::BAD_REQUEST, "the content is no text in UTF-8"))?;
        let value = T::deserialize(ParamText(text.into()))
            .map_err(|invalid| Rejection::new(Code::UNPROCESSABLE_CONTENT, invalid.0))?;
        self.check(|| serde_json::to_value(&value).ok())?;
        Ok(value)
    }

    #[expect(clippy::unnecessary_wraps, reason = "like its fellows, which can fail")]
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

/// Takes from `name=value` pairs what belongs to a parameter.
// Out of line: it is long, and parameters of the path, which have none of it, are the most frequent.
#[inline(never)]
fn find<'a>(raw: &mut RawParam<'a>, pairs: impl Iterator<Item = (Cow<'a, str>, &'a str)>) {
    let param = raw.param;
    for (name, text) in pairs {
        if param.style == Style::DeepObject
            && let Some(rest) = name.strip_prefix(param.name)
            && let Some(rest) = rest.strip_prefix('[')
            && let Some(member) = rest.strip_suffix(']')
        {
            raw.members.push((member.to_owned().into(), text));
        } else if param.has_member(&name) {
            raw.members.push((name, text));
        } else if name == param.name {
            raw.texts.push(text);
        }
    }
}
