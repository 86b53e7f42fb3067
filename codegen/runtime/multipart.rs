//! Content of `multipart/form-data` (RFC 7578).

use bytes::{BufMut, Bytes, BytesMut};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    codec_error::{EncodeError, header_value},
    json,
    param::{Flat, flatten},
    param_decode::{ParamText, ValueError},
};

/// A file in a form: its content, its name, and its media type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The content.
    pub bytes: Bytes,
    /// The name that the sender has for it.
    pub file_name: Option<String>,
    /// The media type.
    pub content_type: Option<String>,
}

impl File {
    /// A file without a name.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    /// The same with a name.
    #[must_use]
    pub fn with_file_name(self, file_name: impl Into<String>) -> Self {
        Self {
            file_name: Some(file_name.into()),
            ..self
        }
    }

    /// The same of a media type.
    #[must_use]
    pub fn with_content_type(self, content_type: impl Into<String>) -> Self {
        Self {
            content_type: Some(content_type.into()),
            ..self
        }
    }
}

impl<T: Into<Bytes>> From<T> for File {
    fn from(bytes: T) -> Self {
        Self::new(bytes)
    }
}

/// A form of the document.
pub(crate) trait MultipartForm: Sized {
    /// Adds its parts.
    fn write(&self, parts: &mut FormParts) -> Result<(), EncodeError>;

    /// Takes its parts.
    fn read(parts: &mut FormParts) -> Result<Self, ValueError>;

    /// Adds the values of its parts that are no files.
    fn values(&self, values: &mut FormValues);
}

/// The values in the parts of a form, as an object.
#[derive(Debug, Default)]
pub(crate) struct FormValues(Map<String, Value>);

impl FormValues {
    /// Adds the value of a part.
    pub(crate) fn add<T: Serialize>(&mut self, name: &str, value: &T) {
        // What has been read can be written.
        if let Ok(value) = serde_json::to_value(value) {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// Adds the value of a part that may be absent.
    pub(crate) fn maybe<T: Serialize>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// The whole object, with parts that nobody knows.
    pub(crate) fn whole(mut self, rest: Vec<(String, File)>) -> Value {
        for (name, _) in rest {
            self.0.entry(name).or_insert(Value::Null);
        }
        self.0.into()
    }
}

/// The parts of a form, on their way out or in.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormParts(Vec<(String, File)>);

impl FormParts {
    /// Adds a part as it came in.
    pub(crate) fn push(&mut self, name: impl Into<String>, part: File) {
        self.0.push((name.into(), part));
    }

    /// Adds a file, which is of a media type unless it says of which it is itself.
    pub(crate) fn file(&mut self, name: &str, media: &str, file: &File) {
        let mut file = file.clone();
        // Without a name it would be a text to most who read it.
        file.file_name.get_or_insert_with(|| name.to_owned());
        file.content_type.get_or_insert_with(|| media.to_owned());
        self.push(name, file);
    }

    /// Adds a value that is one word.
    pub(crate) fn text<T: Serialize>(
        &mut self,
        name: &str,
        media: &str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let Flat::One(text) = flatten(value)? else {
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

    /// The boundary between the parts, and all of them.
    pub(crate) fn encode(&self) -> Result<(String, Bytes), EncodeError> {
        let boundary = self.boundary();
        let mut body = BytesMut::new();
        for (name, part) in &self.0 {
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
            body.put(part.bytes.as_ref());
            body.put(&b"\r\n"[..]);
        }
        body.put(format!("--{boundary}--\r\n").as_bytes());
        Ok((boundary, body.freeze()))
    }

    /// A text that stands in none of the parts.
    fn boundary(&self) -> String {
        let mut number = 0_u64;
        loop {
            let boundary = format!("statusquo-{number:016x}");
            let stands_in = |bytes: &[u8]| {
                bytes
                    .windows(boundary.len())
                    .any(|window| window == boundary.as_bytes())
            };
            if !self.0.iter().any(|(_, part)| stands_in(&part.bytes)) {
                return boundary;
            }
            number += 1;
        }
    }

    fn take(&mut self, name: &str) -> Vec<File> {
        let (taken, rest) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(known, _)| known == name);
        self.0 = rest;
        let taken: Vec<_> = taken;
        taken.into_iter().map(|(_, part)| part).collect()
    }

    /// The parts with a name, as they are.
    #[expect(clippy::unnecessary_wraps, reason = "like its fellows, which can fail")]
    pub(crate) fn files(&mut self, name: &str) -> Result<Vec<File>, ValueError> {
        Ok(self.take(name))
    }

    /// The parts with a name, each a word.
    pub(crate) fn texts<T: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<T>, ValueError> {
        let parts = self.take(name).into_iter().map(|part| {
            let text = String::from_utf8(part.bytes.into())
                .map_err(|_| ValueError("it is no text in UTF-8".to_owned()))?;
            T::deserialize(ParamText(text.into()))
        });
        parts
            .map(|part| part.map_err(|why| wrong(name, &why)))
            .collect()
    }

    /// The parts with a name, each of JSON.
    pub(crate) fn jsons<T: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<T>, ValueError> {
        let parts = self.take(name).into_iter();
        parts
            .map(|part| json::read(&part.bytes).map_err(|why| wrong(name, &ValueError(why.detail))))
            .collect()
    }

    /// All parts that have not been taken.
    pub(crate) fn rest(&mut self) -> Vec<(String, File)> {
        std::mem::take(&mut self.0)
    }
}

fn wrong(name: &str, why: &ValueError) -> ValueError {
    ValueError(format!("the part `{}`: {why}", name.escape_debug()))
}

fn missing(name: &str) -> ValueError {
    ValueError(format!("the part `{name}` is missing"))
}

/// The only one of some parts, which has to be there.
pub(crate) fn required<T>(name: &str, parts: Vec<T>) -> Result<T, ValueError> {
    optional(name, parts)?.ok_or_else(|| missing(name))
}

/// The only one of some parts, if there is one.
pub(crate) fn optional<T>(name: &str, parts: Vec<T>) -> Result<Option<T>, ValueError> {
    let mut parts = parts.into_iter();
    let first = parts.next();
    match parts.next() {
        None => Ok(first),
        Some(_) => Err(wrong(
            name,
            &ValueError("it stands there more than once".to_owned()),
        )),
    }
}

/// Some parts, of which there has to be one.
pub(crate) fn some<T>(name: &str, parts: Vec<T>) -> Result<Vec<T>, ValueError> {
    if parts.is_empty() {
        Err(missing(name))
    } else {
        Ok(parts)
    }
}

/// Some parts, if there is one.
#[expect(clippy::unnecessary_wraps, reason = "like its fellows, which can fail")]
pub(crate) fn any<T>(_: &str, parts: Vec<T>) -> Result<Option<Vec<T>>, ValueError> {
    Ok((!parts.is_empty()).then_some(parts))
}

/// A text as it stands between quotes (WHATWG HTML, "multipart form data").
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
