//! Support for the document's enumerations.

use serde::{Deserialize, Deserializer};

use super::json::integer;

/// Returns the declared value with this text on the wire, or `other`.
pub(crate) fn from_text<T: Clone>(
    text: String,
    declared: &[T],
    as_str: fn(&T) -> &str,
    other: fn(String) -> T,
) -> T {
    match declared.iter().find(|value| as_str(value) == text) {
        Some(value) => value.clone(),
        None => other(text),
    }
}

/// Decodes a value of an enumeration of strings.
pub(crate) fn read<'de, T: From<String>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer).map(T::from)
}

/// Implements the methods and traits of an enum of strings from a table of its variants.
macro_rules! impl_string_enum {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        impl $name {
            /// The values that the document declares.
            pub const DECLARED: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl std::cmp::Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                std::hash::Hash::hash(self.as_str(), state);
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                crate::runtime::codec::enums::from_text(
                    text,
                    Self::DECLARED,
                    Self::as_str,
                    Self::Other,
                )
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::runtime::codec::enums::read(deserializer)
            }
        }
    };
}

/// Implements the traits of an enum of integers by its methods `get` and `from_declared`.
macro_rules! impl_integer_enum {
    ($name:ident) => {
        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self::from_declared(number).unwrap_or(Self::Other(number))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.get(), f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.get())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                i64::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

/// A value of an enumeration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Boolean(bool),
    Integer(i128),
    Number(f64),
    Text(&'static str),
    /// An array, an object or `null`, as JSON text.
    Json(&'static str),
}

/// A document cannot contain NaN, so equality is reflexive.
impl Eq for Scalar {}

impl Scalar {
    /// Returns whether a JSON value is equal to this one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the other number has the same precision"
    )]
    pub(crate) fn equals(self, value: &serde_json::Value) -> bool {
        match self {
            Self::Boolean(flag) => *value == flag,
            // `1` and `1.0` are the same number.
            Self::Integer(number) => {
                value.as_number().and_then(integer) == Some(number)
                    || value.as_f64() == Some(number as f64)
            }
            Self::Number(number) => value.as_f64() == Some(number),
            Self::Text(text) => *value == text,
            Self::Json(text) => text
                .parse()
                .is_ok_and(|declared: serde_json::Value| declared == *value),
        }
    }
}

impl serde::Serialize for Scalar {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => serializer.serialize_i64(number),
                (_, Ok(number)) => serializer.serialize_u64(number),
                _ => serializer.serialize_i128(*number),
            },
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(text) => {
                let value: serde_json::Value = text.parse().unwrap_or_default();
                value.serialize(serializer)
            }
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(flag) => flag.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) | Self::Json(text) => f.write_str(text),
        }
    }
}

/// Implements `Serialize` and `Deserialize` for an enum of strings, numbers and booleans.
macro_rules! impl_mixed_enum {
    ($name:ident { $($variant:ident = $kind:ident($value:literal),)* }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant => serde::Serialize::serialize(
                        &crate::runtime::codec::enums::Scalar::$kind($value),
                        serializer,
                    ),)*
                    Self::Other(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let candidates = crate::runtime::codec::param_decode::Candidates::deserialize(deserializer)?;
                let from_declared = |value: &_| {
                    $(if crate::runtime::codec::enums::Scalar::$kind($value).equals(value) {
                        return Some(Self::$variant);
                    })*
                    None
                };
                Ok(candidates.first(from_declared).unwrap_or_else(Self::Other))
            }
        }
    };
}

// Unused if the document has no such enum.
#[allow(unused_imports)]
pub(crate) use {impl_integer_enum, impl_mixed_enum, impl_string_enum};
