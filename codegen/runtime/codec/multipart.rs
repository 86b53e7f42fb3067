//! Content of `multipart/form-data` (RFC 7578).

use std::hash::{BuildHasher, Hasher, RandomState};

use bytes::{BufMut, BytesMut};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    body::Body,
    error::{EncodeError, header_value},
    json,
    param::{Flat, flatten},
    param_decode::{ParamText, ValueError},
};

/// A file in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The content. On a server, it is in memory.
    pub body: Body,
    /// The `filename` of `Content-Disposition`. The client sends the name of the part by default.
    pub file_name: Option<String>,
    /// The media type. The client sends the declared one, or else `application/octet-stream`, by default.
    pub content_type: Option<String>,
}

impl File {
    /// Creates a file without a name and a media type.
    #[must_use]
    pub fn new(body: impl Into<Body>) -> Self {
        Self {
            body: body.into(),
            ..Self::default()
        }
    }

    /// Sets the file name.
    #[must_use]
    pub fn with_file_name(self, file_name: impl Into<String>) -> Self {
        Self {
            file_name: Some(file_name.into()),
            ..self
        }
    }

    /// Sets the media type.
    #[must_use]
    pub fn with_content_type(self, content_type: impl Into<String>) -> Self {
        Self {
            content_type: Some(content_type.into()),
            ..self
        }
    }
}

impl<T: Into<Body>> From<T> for File {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}

/// A `multipart/form-data` form of the document.
pub(crate) trait MultipartForm: Sized {
    /// Encodes the parts.
    fn write(&self, parts: &mut FormParts) -> Result<(), EncodeError>;

    /// Decodes the parts.
    fn read(parts: &mut FormParts) -> Result<Self, ValueError>;

    /// Adds the values of the parts that are not files.
    fn values(&self, values: &mut FormValues);
}

/// The values of the parts of a form, as an object to be validated.
#[derive(Debug)]
pub(crate) struct FormValues {
    values: Map<String, Value>,
    /// The texts that were received, which the types of the parts may write in another way.
    received: Vec<(String, String)>,
}

impl FormValues {
    pub(crate) fn new(received: Vec<(String, String)>) -> Self {
        Self {
            values: Map::new(),
            received,
        }
    }

    /// Adds the value of a part.
    pub(crate) fn add<T: Serialize>(&mut self, name: &str, value: &T) {
        // A value that was decoded can be encoded.
        if let Ok(value) = serde_json::to_value(value) {
            self.insert(name, value);
        }
    }

    /// Adds the value of an optional part, if it is present.
    pub(crate) fn add_optional<T: Serialize>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    fn insert(&mut self, name: &str, mut value: Value) {
        let parts = match &mut value {
            Value::Array(items) => items.as_mut_slice(),
            value => std::slice::from_mut(value),
        };
        let received = self.received.iter().filter(|(part, _)| part == name);
        for (part, (_, text)) in parts.iter_mut().zip(received) {
            ParamText(text.into()).replace(part);
        }
        self.values.insert(name.to_owned(), value);
    }

    /// Returns the object, with `null` for each undeclared part.
    pub(crate) fn with_undeclared(mut self, undeclared: Vec<(String, File)>) -> Value {
        for (name, _) in undeclared {
            self.values.entry(name).or_insert(Value::Null);
        }
        self.values.into()
    }
}

/// The parts of a form that is being encoded or decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormParts {
    parts: Vec<(String, File)>,
    /// The texts that have been decoded, with the names of their parts.
    received: Vec<(String, String)>,
}

impl FormParts {
    /// Adds a part as it is.
    pub(crate) fn push(&mut self, name: impl Into<String>, part: File) {
        self.parts.push((name.into(), part));
    }

    /// Adds a file. `media` is its media type unless the file has one.
    pub(crate) fn file(&mut self, name: &str, media: &str, file: &File) {
        let mut file = file.clone();
        // Many servers treat a part without a file name as text.
        file.file_name.get_or_insert_with(|| name.to_owned());
        file.content_type.get_or_insert_with(|| media.to_owned());
        self.push(name, file);
    }

    /// Adds a scalar value as text.
    pub(crate) fn text<T: Serialize>(
        &mut self,
        name: &str,
        media: &str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let Flat::Scalar(text) = flatten(value)? else {
            return Err(EncodeError::nested());
        };
        self.push(name, File::new(text).with_content_type(media));
        Ok(())
    }

    /// Adds a value as JSON.
    pub(crate) fn json<T: Serialize>(
        &mut self,
        name: &str,
        media: &str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let json = serde_json::to_vec(value).map_err(EncodeError::json)?;
        self.push(name, File::new(json).with_content_type(media));
        Ok(())
    }

    /// Returns the boundary and the encoded parts.
    pub(crate) fn encode(&self) -> Result<(String, Body), EncodeError> {
        let boundary = self.boundary();
        let mut bodies = Vec::new();
        let mut body = BytesMut::new();
        for (name, part) in &self.parts {
            body.put(format!("--{boundary}\r\n").as_bytes());
            let name = format!("Content-Disposition: form-data; name=\"{}\"", quoted(name));
            body.put(name.as_bytes());
            if let Some(file_name) = &part.file_name {
                body.put(format!("; filename=\"{}\"", quoted(file_name)).as_bytes());
            }
            if let Some(media) = &part.content_type {
                body.put(&b"\r\nContent-Type: "[..]);
                body.put(header_value("Content-Type", media.clone())?.as_bytes());
            }
            body.put(&b"\r\n\r\n"[..]);
            bodies.push(std::mem::take(&mut body).into());
            bodies.push(part.body.clone());
            body.put(&b"\r\n"[..]);
        }
        body.put(format!("--{boundary}--\r\n").as_bytes());
        bodies.push(body.into());
        Ok((boundary, Body::chain(bodies)))
    }

    /// Returns a boundary that does not occur in any part. The content of a stream is not known, so the boundary
    /// is then random.
    fn boundary(&self) -> String {
        let is_streamed = self
            .parts
            .iter()
            .any(|(_, part)| part.body.as_bytes().is_none());
        let mut number = if is_streamed {
            RandomState::new().build_hasher().finish()
        } else {
            0
        };
        loop {
            let boundary = format!("statusquo-{number:016x}");
            let occurs_in = |bytes: &[u8]| {
                bytes
                    .windows(boundary.len())
                    .any(|window| window == boundary.as_bytes())
            };
            if !self
                .parts
                .iter()
                .any(|(_, part)| occurs_in(part.body.in_memory()))
            {
                return boundary;
            }
            number = number.wrapping_add(1);
        }
    }

    /// Removes and returns the parts with a name.
    fn take(&mut self, name: &str) -> Vec<File> {
        let (taken, remaining) = std::mem::take(&mut self.parts)
            .into_iter()
            .partition(|(part_name, _)| part_name == name);
        self.parts = remaining;
        let taken: Vec<_> = taken;
        taken.into_iter().map(|(_, part)| part).collect()
    }

    /// Removes and returns the parts with a name.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the signature of the other decoders"
    )]
    pub(crate) fn take_files(&mut self, name: &str) -> Result<Vec<File>, ValueError> {
        Ok(self.take(name))
    }

    /// Removes the parts with a name and decodes each as text.
    pub(crate) fn take_texts<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Vec<T>, ValueError> {
        let parts = self.take(name);
        let received = &mut self.received;
        let parts = parts.into_iter().map(|part| {
            let text = std::str::from_utf8(part.body.in_memory())
                .map_err(|_| ValueError("it is not valid UTF-8".to_owned()))?;
            let value = T::deserialize(ParamText(text.into()))?;
            received.push((name.to_owned(), text.to_owned()));
            Ok(value)
        });
        parts
            .map(|part| part.map_err(|error| invalid(name, &error)))
            .collect()
    }

    /// Removes the parts with a name and decodes each as JSON.
    pub(crate) fn take_jsons<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Vec<T>, ValueError> {
        let parts = self.take(name).into_iter();
        parts
            .map(|part| {
                json::read(part.body.in_memory())
                    .map_err(|error| invalid(name, &ValueError(error.detail)))
            })
            .collect()
    }

    /// Removes and returns the texts that have been decoded, with the names of their parts.
    pub(crate) fn take_received_texts(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.received)
    }

    /// Removes and returns all remaining parts.
    pub(crate) fn take_remaining(&mut self) -> Vec<(String, File)> {
        std::mem::take(&mut self.parts)
    }
}

fn invalid(name: &str, error: &ValueError) -> ValueError {
    ValueError(format!(
        "the part `{}` is invalid: {error}",
        name.escape_debug()
    ))
}

fn missing(name: &str) -> ValueError {
    ValueError(format!("the part `{name}` is missing"))
}

/// Returns the only part with a name.
pub(crate) fn required<T>(name: &str, parts: Vec<T>) -> Result<T, ValueError> {
    optional(name, parts)?.ok_or_else(|| missing(name))
}

/// Returns the only part with a name, if there is one.
pub(crate) fn optional<T>(name: &str, parts: Vec<T>) -> Result<Option<T>, ValueError> {
    let mut parts = parts.into_iter();
    let first = parts.next();
    match parts.next() {
        None => Ok(first),
        Some(_) => Err(invalid(
            name,
            &ValueError("it occurs more than once".to_owned()),
        )),
    }
}

/// Returns the parts with a name, at least one.
pub(crate) fn required_many<T>(name: &str, parts: Vec<T>) -> Result<Vec<T>, ValueError> {
    if parts.is_empty() {
        Err(missing(name))
    } else {
        Ok(parts)
    }
}

/// Returns the parts with a name, if there are any.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature of the other functions"
)]
pub(crate) fn optional_many<T>(_: &str, parts: Vec<T>) -> Result<Option<Vec<T>>, ValueError> {
    Ok((!parts.is_empty()).then_some(parts))
}

/// Escapes a name for a quoted parameter of `Content-Disposition` (WHATWG HTML, "multipart form data").
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
