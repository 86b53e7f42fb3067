//! Content of `application/x-www-form-urlencoded`.

use std::borrow::Cow;

use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value::MapDeserializer},
};
use serde_path_to_error::Segment;

use super::{
    error::EncodeError,
    param::{Param, decode_plus},
    param_decode::{RawParam, RawValues, ValueError},
};

/// Encodes the members of an object as the fields of a form.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String, EncodeError> {
    let serde_json::Value::Object(members) =
        serde_json::to_value(value).map_err(EncodeError::json)?
    else {
        return Err(EncodeError::nested());
    };
    let mut form = String::new();
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        // Its members would become fields of the form, indistinguishable from the other fields.
        if value.is_object() {
            return Err(EncodeError::nested());
        }
        // The style is fixed, but the name is known only at run time, so it is encoded separately.
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

/// The fields of a form, by name.
pub(crate) type Fields<'a> = Vec<(String, RawParam<'a>)>;

/// Splits a form into its fields.
pub(crate) fn fields(form: &[u8]) -> Result<Fields<'_>, ValueError> {
    let form = std::str::from_utf8(form)
        .map_err(|_| ValueError("the form is not valid UTF-8".to_owned()))?;
    let mut fields: Vec<(String, RawValues<'_>)> = Vec::new();
    for (name, text) in pairs(form) {
        match fields.iter_mut().find(|(field, _)| *field == name) {
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
    Ok(fields.collect())
}

/// Decodes the fields of a form.
pub(crate) fn read<T: DeserializeOwned>(fields: Fields<'_>) -> Result<T, ValueError> {
    serde_path_to_error::deserialize(MapDeserializer::new(fields.into_iter())).map_err(|error| {
        // An error of the whole form has no path.
        let field = match error.path().iter().next() {
            Some(Segment::Map { key }) => key.clone(),
            _ => return error.into_inner(),
        };
        let field = field.escape_debug();
        ValueError(format!("the field `{field}` is invalid: {}", error.inner()))
    })
}

/// Returns the fields of a query or form: decoded names, and values that are still encoded.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A name that is not valid UTF-8 matches no parameter.
        (decode_plus(name).unwrap_or_default(), value)
    })
}

impl<'a> IntoDeserializer<'a, ValueError> for RawParam<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
