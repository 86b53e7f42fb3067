//! Dates and times of the crate `time` as RFC 3339 has them, because that crate's own serde format is another one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use time::{
    OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};

/// A date and time: the format `date-time`.
///
/// A leap second is read as the second before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(
    /// The date and time, with its offset.
    pub OffsetDateTime,
);

/// A date: the format `date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(
    /// The date.
    pub time::Date,
);

impl DateTime {
    fn text(self) -> Result<String, time::error::Format> {
        self.0.format(&Rfc3339)
    }
}

impl FromStr for DateTime {
    type Err = time::error::Parse;

    fn from_str(text: &str) -> Result<Self, time::error::Parse> {
        // The seconds follow the date and `T12:00`.
        let result = match (text.get(..16), text.get(16..19), text.get(19..)) {
            (Some(start), Some(":60"), Some(end)) => {
                OffsetDateTime::parse(&format!("{start}:59{end}"), &Rfc3339)
            }
            _ => OffsetDateTime::parse(text, &Rfc3339),
        };
        result.map(Self)
    }
}

impl Date {
    fn text(self) -> Result<String, time::error::Format> {
        self.0.format(&Iso8601::DATE)
    }
}

impl FromStr for Date {
    type Err = time::error::Parse;

    fn from_str(text: &str) -> Result<Self, time::error::Parse> {
        time::Date::parse(text, &Iso8601::DATE).map(Self)
    }
}

/// Implements the conversions and serde's traits of a type that has the method `text`.
macro_rules! impl_text {
    ($($name:ident($inner:ty),)*) => {$(
        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        /// Writes the value as messages contain it, if RFC 3339 can represent it.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.text() {
                    Ok(text) => f.write_str(&text),
                    Err(_) => fmt::Display::fmt(&self.0, f),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text = self.text().map_err(ser::Error::custom)?;
                serializer.serialize_str(&text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

impl_text! { Date(time::Date), DateTime(OffsetDateTime), }
