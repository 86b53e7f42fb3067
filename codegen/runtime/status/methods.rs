//! Methods and conversions of [`Status`], which do not depend on its variants.

use core::{
    fmt::{self, Write as _},
    str::FromStr,
};

use crate::{Class, Code, Status};

/// The statuses by code, starting at 100. A lookup is one load; a `match` over this many codes is a jump that
/// processors mispredict.
#[allow(clippy::indexing_slicing, reason = "evaluated at compile time")]
static BY_CODE: [Option<Status>; 500] = {
    let mut table = [None; 500];
    let mut rest = Status::ALL;
    while let [status, others @ ..] = rest {
        table[status.code() as usize - 100] = Some(*status);
        rest = others;
    }
    table
};

impl Status {
    /// Returns the status of a code; `None` if it is unknown.
    #[inline]
    #[must_use]
    #[allow(clippy::indexing_slicing, reason = "the table is as long as the range")]
    pub const fn from_code(code: u16) -> Option<Self> {
        match code {
            100..=599 => BY_CODE[code as usize - 100],
            _ => None,
        }
    }

    /// Returns the status code, such as 404.
    #[inline]
    #[must_use]
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// Returns the class.
    #[must_use]
    pub const fn class(self) -> Class {
        match Class::from_code(self.code()) {
            Some(class) => class,
            // Unreachable: the variants are 100 to 599.
            None => Class::ServerError,
        }
    }

    /// Returns the first line of the [`description`](Self::description).
    #[must_use]
    pub const fn summary(self) -> &'static str {
        let text = self.description();
        let mut rest = text.as_bytes();
        let mut end = 0;
        while let [byte, others @ ..] = rest {
            if *byte == b'\n' {
                break;
            }
            rest = others;
            end += 1;
        }
        // A newline byte is never part of another UTF-8 character.
        text.split_at(end).0
    }

    /// Returns what a client should do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.class().advice_for(self.retry())
    }

    /// Returns whether the code is 100 to 199, so that the final response follows.
    #[must_use]
    pub const fn is_informational(self) -> bool {
        matches!(self.class(), Class::Informational)
    }

    /// Returns whether the code is 200 to 299.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.class(), Class::Success)
    }

    /// Returns whether the code is 300 to 399.
    #[must_use]
    pub const fn is_redirection(self) -> bool {
        matches!(self.class(), Class::Redirection)
    }

    /// Returns whether the code is 400 to 499.
    #[must_use]
    pub const fn is_client_error(self) -> bool {
        matches!(self.class(), Class::ClientError)
    }

    /// Returns whether the code is 500 to 599.
    #[must_use]
    pub const fn is_server_error(self) -> bool {
        matches!(self.class(), Class::ServerError)
    }

    /// Returns whether the code is 400 to 599, like `raise_for_status` in Python's `requests`.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self.class(), Class::ClientError | Class::ServerError)
    }
}

/// `404 Not Found`, or only the number of a status without a reason phrase. Supports a width, for tables.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason();
        let len = if reason.is_empty() {
            3
        } else {
            4 + reason.chars().count()
        };
        let room = f.width().map_or(0, |width| width.saturating_sub(len));
        let before = match f.align() {
            Some(fmt::Alignment::Right) => room,
            Some(fmt::Alignment::Center) => room / 2,
            Some(fmt::Alignment::Left) | None => 0,
        };
        let fill = f.fill();
        (0..before).try_for_each(|_| f.write_char(fill))?;
        match reason {
            "" => write!(f, "{}", self.code()),
            reason => write!(f, "{} {reason}", self.code()),
        }?;
        (before..room).try_for_each(|_| f.write_char(fill))
    }
}

impl From<Status> for u16 {
    fn from(status: Status) -> Self {
        status.code()
    }
}

impl TryFrom<u16> for Status {
    type Error = UnknownStatusError;

    fn try_from(code: u16) -> Result<Self, UnknownStatusError> {
        Self::from_code(code).ok_or(UnknownStatusError(()))
    }
}

impl TryFrom<Code> for Status {
    type Error = UnknownStatusError;

    fn try_from(code: Code) -> Result<Self, UnknownStatusError> {
        code.status().ok_or(UnknownStatusError(()))
    }
}

/// Parses the code (`404`), the reason phrase (`Not Found`), both (`404 Not Found`) or the name
/// (`NotFound`), ignoring case.
impl FromStr for Status {
    type Err = UnknownStatusError;

    fn from_str(text: &str) -> Result<Self, UnknownStatusError> {
        let (number, phrase) = match text.split_once(' ') {
            Some((number, phrase)) => (number, Some(phrase)),
            None => (text, None),
        };
        let found = match number.parse::<Code>() {
            Ok(code) => code.status().filter(|status| {
                phrase.is_none_or(|phrase| phrase.eq_ignore_ascii_case(status.reason()))
            }),
            Err(_) => Self::ALL.iter().copied().find(|status| {
                !text.is_empty()
                    && (status.reason().eq_ignore_ascii_case(text)
                        || status.name().eq_ignore_ascii_case(text))
            }),
        };
        found.ok_or(UnknownStatusError(()))
    }
}

/// The error of a number or a string that is not a known status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStatusError(());

impl fmt::Display for UnknownStatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown status")
    }
}

impl core::error::Error for UnknownStatusError {}

#[cfg(feature = "http")]
impl From<Status> for http::StatusCode {
    fn from(status: Status) -> Self {
        Code::from(status).into()
    }
}

#[cfg(feature = "http")]
impl TryFrom<http::StatusCode> for Status {
    type Error = UnknownStatusError;

    fn try_from(status: http::StatusCode) -> Result<Self, UnknownStatusError> {
        status.as_u16().try_into()
    }
}

/// Serializes the status code as a number.
#[cfg(feature = "serde")]
impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.code())
    }
}

/// Deserializes a number, or a string with the code, the reason phrase or the name.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Status {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a known status, as its code, reason phrase or name")
            }

            fn visit_u64<E: serde::de::Error>(self, code: u64) -> Result<Status, E> {
                let status = u16::try_from(code).ok().and_then(Status::from_code);
                status.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(code), &self))
            }

            fn visit_i64<E: serde::de::Error>(self, code: i64) -> Result<Status, E> {
                let status = u16::try_from(code).ok().and_then(Status::from_code);
                status.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(code), &self))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Status, E> {
                text.parse()
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
