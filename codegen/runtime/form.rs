//! Content of `application/x-www-form-urlencoded`.

use std::borrow::Cow;

use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value::MapDeserializer},
};

use super::{
    codec_error::EncodeError,
    param::{Param, decode_plus},
    param_decode::{RawParam, RawValues, ValueError},
};

/// Writes the members of an object as the fields of a form.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String, EncodeError> {
    let serde_json::Value::Object(members) =
        serde_json::to_value(value).map_err(EncodeError::json)?
    else {
        return Err(EncodeError::nested());
    };
    let mut form = String::new();
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        // Its members would be fields of the form, and nobody could tell of what.
        if value.is_object() {
            return Err(EncodeError::nested());
        }
        // The field's own name is not known when the program is built, but how it is written is.
        for (_, value) in Param::query("").pairs(value)? {
            if !form.is_empty() {
                form.push('&');
            }
            form.push_str(&super::param::encode(name));
            form.push('=');
            form.push_str(&value);
        }
    }
    Ok(form)
}

/// Reads the fields of a form.
pub(crate) fn read<T: DeserializeOwned>(form: &[u8]) -> Result<T, ValueError> {
    let form =
        std::str::from_utf8(form).map_err(|_| ValueError("it is no form in UTF-8".to_owned()))?;
    let mut fields: Vec<(String, RawValues<'_>)> = Vec::new();
    for (name, text) in pairs(form) {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, texts)) => texts.push(text),
            None => fields.push((name.into_owned(), RawValues::from([text]))),
        }
    }
    let fields = fields.into_iter().map(|(name, texts)| {
        let raw = RawParam {
            param: const { &Param::query("") },
            texts,
            members: Vec::new(),
        };
        (name, raw)
    });
    T::deserialize(MapDeserializer::new(fields))
}

/// The names, decoded, and the values, as they are, of a query or form.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // What is no UTF-8 is the name of nothing.
        (decode_plus(name).unwrap_or_default(), value)
    })
}

impl<'a> IntoDeserializer<'a, ValueError> for RawParam<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
