//! What enumerations of the document have in common.

/// An enumeration of texts.
pub(crate) trait StringEnum: Clone + Sized + 'static {
    /// The values that the document names.
    const DECLARED: &'static [Self];

    /// The value on the wire.
    fn text(&self) -> &str;

    /// The value that a text stands for, if the document names it.
    fn known(text: &str) -> Option<Self> {
        Self::DECLARED
            .iter()
            .find(|known| known.text() == text)
            .cloned()
    }
}

/// Implements for an enum of texts all that follows from its table.
macro_rules! impl_string_enum {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        impl $name {
            /// The values that the document names.
            pub const DECLARED: &'static [Self] = &[$(Self::$variant,)*];

            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl crate::runtime::enums::StringEnum for $name {
            const DECLARED: &'static [Self] = Self::DECLARED;

            fn text(&self) -> &str {
                self.as_str()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                let known = crate::runtime::enums::StringEnum::known(&text);
                known.unwrap_or(Self::Other(text))
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                text.to_owned().into()
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
                String::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

/// Implements for an enum of integers, which has `get` and `known`, all that follows from these.
macro_rules! impl_integer_enum {
    ($name:ident) => {
        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self::known(number).unwrap_or(Self::Other(number))
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
    Integer(i64),
    Number(f64),
    Text(&'static str),
    /// A list, an object or `null`, as JSON writes it.
    Json(&'static str),
}

/// No document can write what is no number.
impl Eq for Scalar {}

impl Scalar {
    /// Whether it is a value of JSON.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the other number has no more precision"
    )]
    pub(crate) fn is(self, value: &serde_json::Value) -> bool {
        match self {
            Self::Boolean(flag) => *value == flag,
            // `1` and `1.0` are one number.
            Self::Integer(number) => *value == number || *value == number as f64,
            Self::Number(number) => value.as_f64() == Some(number),
            Self::Text(text) => *value == text,
            Self::Json(text) => text
                .parse()
                .is_ok_and(|known: serde_json::Value| known == *value),
        }
    }
}

impl serde::Serialize for Scalar {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => serializer.serialize_i64(*number),
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

/// Implements for an enum of texts, numbers and booleans how it is read and written.
macro_rules! impl_mixed_enum {
    ($name:ident { $($variant:ident = $kind:ident($value:literal),)* }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant => serde::Serialize::serialize(
                        &crate::runtime::enums::Scalar::$kind($value),
                        serializer,
                    ),)*
                    Self::Other(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let readings = crate::runtime::param_decode::ScalarCandidates::deserialize(deserializer)?;
                let known = |value: &_| {
                    $(if crate::runtime::enums::Scalar::$kind($value).is(value) {
                        return Some(Self::$variant);
                    })*
                    None
                };
                Ok(readings.first(known).unwrap_or_else(Self::Other))
            }
        }
    };
}

// A document may have no such enum.
#[allow(unused_imports)]
pub(crate) use {impl_integer_enum, impl_mixed_enum, impl_string_enum};
