//! Decodes parameters from text: those of requests for the server, and header fields of responses for the
//! client.
//!
//! The type that is decoded determines whether the text is a scalar, a list or an object; the style
//! determines the syntax.

use std::{borrow::Cow, fmt};

use http::HeaderMap;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, IntoDeserializer, SeqAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::Value;
use smallvec::SmallVec;

use super::{
    param::{Location, Param, Style, decode, decode_plus},
    validation::{Constraints, Violation, check},
};

/// The error of a text that does not match the type or style, with a message for API callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueError(pub(crate) String);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ValueError {}

impl serde::de::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("the property `{field}` is missing"))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self(format!("the property `{field}` is not declared"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(format!("the property `{field}` occurs more than once"))
    }
}

/// The encoded values with a name; usually one.
pub(crate) type RawValues<'a> = SmallVec<[&'a str; 1]>;

/// Returns the values of the header fields with a name.
pub(crate) fn header_texts<'a>(
    headers: &'a HeaderMap,
    name: &str,
) -> Result<RawValues<'a>, ValueError> {
    let values = headers.get_all(name).iter();
    let texts: Result<_, _> = values
        .map(|value| std::str::from_utf8(value.as_bytes()))
        .collect();
    texts.map_err(|_| ValueError("it is not valid UTF-8".to_owned()))
}

/// The encoded values of a parameter.
#[derive(Clone, Debug)]
pub(crate) struct RawParam<'a> {
    pub(crate) param: &'a Param,
    /// The values with the name of the parameter; several if it is repeated.
    pub(crate) texts: RawValues<'a>,
    /// The names and values of the properties of an exploded object.
    pub(crate) members: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> RawParam<'a> {
    /// Decodes the value.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> Result<T, ValueError> {
        if self.param.style == Style::Json {
            return super::json::read(self.scalar()?.0.as_bytes())
                .map_err(|error| ValueError(error.detail));
        }
        T::deserialize(self.clone())
    }

    /// Returns a decoded value as it was received: a type such as that of a date may write another text than the one
    /// that it was decoded from.
    pub(crate) fn received(&self, mut decoded: Value) -> Result<Value, ValueError> {
        match &mut decoded {
            _ if self.param.style == Style::Json => {
                return Ok(self.scalar()?.0.parse().unwrap_or_default());
            }
            Value::String(text) => *text = self.scalar()?.0.into(),
            Value::Array(items) => {
                for (item, received) in items.iter_mut().zip(self.list()?) {
                    received.replace(item);
                }
            }
            Value::Object(members) => {
                for (name, received) in self.object()? {
                    if let Some(member) = members.get_mut(&name) {
                        received.replace(member);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(decoded)
    }

    /// Returns the constraint that a value violates that cannot be decoded, because it does not have its format.
    pub(crate) fn violation(&self, constraints: Constraints) -> Option<Violation> {
        let text = |text: ParamText<'_>| Value::String(text.0.into());
        let scalar = self.scalar().map(text);
        let list = self
            .list()
            .map(|items| items.into_iter().map(text).collect());
        let object = self.object().map(|members| {
            let members = members.into_iter();
            members.map(|(name, member)| (name, text(member))).collect()
        });
        let readings = [scalar, list, object];
        let mut readings = readings.into_iter().flatten();
        readings.find_map(|value| check(&value, constraints).err())
    }

    fn decoded(&self, text: &'a str) -> Result<Cow<'a, str>, ValueError> {
        let decoded = match self.param.location {
            Location::Path | Location::Cookie => decode(text),
            Location::Query => decode_plus(text),
            // Header fields are not percent-encoded.
            Location::Header => Some(Cow::Borrowed(text)),
        };
        decoded.ok_or_else(|| ValueError("it is not valid UTF-8".to_owned()))
    }

    /// Returns the only value, still encoded; empty if there is none.
    fn text(&self) -> Result<&'a str, ValueError> {
        match self.texts.as_slice() {
            [] => Ok(""),
            [text] => Ok(text),
            // A server may set more cookies than the declared one.
            [first, ..] if self.param.is_set_cookie() => Ok(first),
            _ => Err(ValueError("it occurs more than once".to_owned())),
        }
    }

    /// Returns the only value without the prefix of its style.
    fn without_prefix(&self) -> Result<&'a str, ValueError> {
        let text = self.text()?;
        Ok(match self.param.style {
            Style::Label => text.strip_prefix('.').unwrap_or(text),
            Style::Matrix => {
                let text = text.strip_prefix(';').unwrap_or(text);
                match text.split_once('=') {
                    Some((name, value)) if decode(name).as_deref() == Some(self.param.name) => {
                        value
                    }
                    _ => text,
                }
            }
            _ => text,
        })
    }

    fn scalar(&self) -> Result<ParamText<'a>, ValueError> {
        self.decoded(self.without_prefix()?).map(ParamText)
    }

    fn list(&self) -> Result<Vec<ParamText<'a>>, ValueError> {
        let Param { style, explode, .. } = *self.param;
        let texts = match style {
            Style::DeepObject => self.texts.clone(),
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited if explode => {
                self.texts.clone()
            }
            Style::Matrix if explode => self
                .text()?
                .split(';')
                .filter_map(|text| text.split_once('='))
                .map(|(_, value)| value)
                .collect(),
            _ if self.param.is_set_cookie() => self.texts.clone(),
            _ => self.split()?,
        };
        texts
            .into_iter()
            .map(|text| self.decoded(text).map(ParamText))
            .collect()
    }

    /// Splits the only value at the separators of its style.
    fn split(&self) -> Result<RawValues<'a>, ValueError> {
        let text = self.without_prefix()?;
        if text.is_empty() {
            return Ok(RawValues::new());
        }
        Ok(match self.param.style {
            Style::Label => text.split('.').collect(),
            Style::SpaceDelimited => text
                .split("%20")
                .flat_map(|text| text.split(['+', ' ']))
                .collect(),
            Style::PipeDelimited => text
                .split("%7C")
                .flat_map(|text| text.split("%7c"))
                .flat_map(|text| text.split('|'))
                .collect(),
            _ if self.param.location == Location::Header => {
                text.split(',').map(str::trim).collect()
            }
            _ => text.split(',').collect(),
        })
    }

    fn object(&self) -> Result<Vec<(String, ParamText<'a>)>, ValueError> {
        let Param { style, explode, .. } = *self.param;
        let member = |(name, value): (&'a str, &'a str)| {
            let name = self.decoded(name)?.into_owned();
            Ok((name, ParamText(self.decoded(value)?)))
        };
        if style == Style::DeepObject || (style == Style::Form && explode) {
            let members = self.members.iter();
            return members
                .map(|(name, text)| Ok((name.to_string(), ParamText(self.decoded(text)?))))
                .collect();
        }
        let no_value = || ValueError("a property has no value".to_owned());
        if explode {
            let texts = match style {
                Style::Matrix => {
                    let texts = self.text()?.split(';');
                    texts.filter(|text| !text.is_empty()).collect()
                }
                _ => self.split()?,
            };
            return texts
                .into_iter()
                .map(|text| text.split_once('=').ok_or_else(no_value).and_then(member))
                .collect();
        }
        self.split()?
            .chunks(2)
            .map(|pair| match pair {
                [name, value] => member((*name, *value)),
                _ => Err(no_value()),
            })
            .collect()
    }
}

/// Implements methods that decode the text of a scalar.
macro_rules! forward_to_scalar {
    ($($method:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            self.scalar()?.$method(visitor)
        }
    )*};
}

impl<'de> RawParam<'de> {
    /// Returns the possible readings of a parameter that may be a scalar or a list: the scalar first, unless there are
    /// several values.
    fn readings(&self) -> Result<Vec<Reading<'de>>, ValueError> {
        let mut readings = Vec::new();
        if self.texts.len() == 1 || self.param.is_set_cookie() {
            readings.push(Reading::Scalar(self.scalar()?));
        }
        readings.push(Reading::List(self.list()?));
        Ok(readings)
    }
}

/// A possible reading of a parameter.
#[derive(Clone, Debug)]
enum Reading<'a> {
    Scalar(ParamText<'a>),
    List(Vec<ParamText<'a>>),
}

impl<'de> IntoDeserializer<'de, ValueError> for Reading<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reading<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Self::Scalar(text) => text.deserialize_any(visitor),
            Self::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for RawParam<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.scalar()?.deserialize_any(visitor)
    }

    forward_to_scalar! {
        deserialize_bool, deserialize_f64, deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_u8, deserialize_u16,
        deserialize_u32, deserialize_u64,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        if name == CANDIDATES {
            return visitor.visit_seq(SeqDeserializer::new(self.readings()?.into_iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_seq(SeqDeserializer::new(self.list()?.into_iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_map(MapDeserializer::new(self.object()?.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct enum identifier
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        // Valid for any value, and for any number of values.
        visitor.visit_unit()
    }
}

/// The possible interpretations of a value whose type is not known from the schema, the more likely first.
///
/// A JSON value has one. The text `5` of a parameter has several: a number, a string, and lists of one item.
pub(crate) struct Candidates(pub(crate) Vec<Value>);

/// The name of the newtype that makes deserializers of text offer all interpretations.
const CANDIDATES: &str = "statusquo::Candidates";

impl<'de> Deserialize<'de> for Candidates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = Candidates;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Candidates, D::Error> {
                Value::deserialize(deserializer).map(|value| Candidates(vec![value]))
            }

            fn visit_str<E>(self, text: &str) -> Result<Candidates, E> {
                let typed = typed_scalar(text);
                Ok(Candidates(typed.into_iter().chain([text.into()]).collect()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut readings: A) -> Result<Candidates, A::Error> {
                let mut candidates = Vec::new();
                while let Some(reading) = readings.next_element::<Value>()? {
                    let typed = match &reading {
                        Value::String(text) => typed_scalar(text),
                        Value::Array(items) => {
                            let typed = |item: &Value| typed_scalar(item.as_str()?);
                            items
                                .iter()
                                .map(typed)
                                .collect::<Option<_>>()
                                .map(Value::Array)
                        }
                        _ => None,
                    };
                    candidates.extend(typed);
                    candidates.push(reading);
                }
                Ok(Candidates(candidates))
            }
        }

        deserializer.deserialize_newtype_struct(CANDIDATES, Values)
    }
}

/// Returns the number or boolean that a text represents.
fn typed_scalar(text: &str) -> Option<Value> {
    let value = (text.trim() == text).then(|| text.parse::<Value>())?;
    value
        .ok()
        .filter(|value| value.is_number() || value.is_boolean())
}

impl Candidates {
    /// Returns the result of `read` for the first candidate that it accepts, or else the last candidate that is not a
    /// list, or else the last one.
    pub(crate) fn first<T>(self, read: impl Fn(&Value) -> Option<T>) -> Result<T, Value> {
        if let Some(value) = self.0.iter().find_map(read) {
            return Ok(value);
        }
        let mut candidates = self.0;
        let scalar = candidates.iter().rposition(|value| !value.is_array());
        let last = candidates.len().saturating_sub(1);
        let index = scalar.unwrap_or(last);
        Err(candidates
            .get_mut(index)
            .map(Value::take)
            .unwrap_or_default())
    }
}

/// The decoded text of a scalar value.
#[derive(Clone, Debug)]
pub(crate) struct ParamText<'a>(pub(crate) Cow<'a, str>);

impl<'de> IntoDeserializer<'de, ValueError> for ParamText<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl ParamText<'_> {
    /// Replaces a string with this text.
    pub(crate) fn replace(self, value: &mut Value) {
        if let Value::String(text) = value {
            *text = self.0.into();
        }
    }

    /// Parses the text; `expected` describes the type, with an article.
    fn parse<T: std::str::FromStr>(&self, expected: &str) -> Result<T, ValueError> {
        self.0
            .parse()
            .map_err(|_| ValueError(format!("`{}` is not {expected}", self.0.escape_debug())))
    }
}

/// Implements methods that parse an integer.
macro_rules! parse_integers {
    ($($method:ident $visit:ident $expected:literal,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            visitor.$visit(self.parse($expected)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for ParamText<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_bool(self.parse("a boolean, `true` or `false`")?)
    }

    parse_integers! {
        deserialize_i8 visit_i8 "an 8-bit integer",
        deserialize_i16 visit_i16 "a 16-bit integer",
        deserialize_i32 visit_i32 "a 32-bit integer",
        deserialize_i64 visit_i64 "a 64-bit integer",
        deserialize_u8 visit_u8 "an unsigned 8-bit integer",
        deserialize_u16 visit_u16 "an unsigned 16-bit integer",
        deserialize_u32 visit_u32 "an unsigned 32-bit integer",
        deserialize_u64 visit_u64 "an unsigned 64-bit integer",
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let number: f64 = self.parse("a number")?;
        if number.is_finite() {
            visitor.visit_f64(number)
        } else {
            Err(ValueError(format!(
                "`{}` is not a number",
                self.0.escape_debug()
            )))
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        if name == CANDIDATES {
            return self.deserialize_any(visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
