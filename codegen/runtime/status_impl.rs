//! What every [`Status`] can do, whatever the statuses are.

use core::{
    fmt::{self, Write as _},
    str::FromStr,
};

use crate::{Class, Code, Status};

/// The statuses of the codes from 100 on: one load finds one, where a `match` over so many takes a
/// jump that processors guess wrong.
#[allow(
    clippy::indexing_slicing,
    reason = "computed when the program is built"
)]
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
    /// The status of a code; `None` if nothing is known of it.
    #[inline]
    #[must_use]
    #[allow(clippy::indexing_slicing, reason = "the table is as long as the range")]
    pub const fn from_code(code: u16) -> Option<Self> {
        match code {
            100..=599 => BY_CODE[code as usize - 100],
            _ => None,
        }
    }

    /// The number: 404.
    #[inline]
    #[must_use]
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// Its class, by the first digit of the code.
    #[must_use]
    pub const fn class(self) -> Class {
        match Class::from_code(self.code()) {
            Some(class) => class,
            // No variant is outside of the classes; RFC 9110 would treat it as a server error.
            None => Class::ServerError,
        }
    }

    /// What the status means, in a line: the first of the [`description`](Self::description).
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
        // A newline is never a part of another character.
        text.split_at(end).0
    }

    /// What a client should do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.class().advice_for(self.retry())
    }

    /// Whether it is 100 to 199: the answer is still to come.
    #[must_use]
    pub const fn is_informational(self) -> bool {
        matches!(self.class(), Class::Informational)
    }

    /// Whether it is 200 to 299.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.class(), Class::Success)
    }

    /// Whether it is 300 to 399.
    #[must_use]
    pub const fn is_redirection(self) -> bool {
        matches!(self.class(), Class::Redirection)
    }

    /// Whether it is 400 to 499: the request is wrong.
    #[must_use]
    pub const fn is_client_error(self) -> bool {
        matches!(self.class(), Class::ClientError)
    }

    /// Whether it is 500 to 599: the server failed.
    #[must_use]
    pub const fn is_server_error(self) -> bool {
        matches!(self.class(), Class::ServerError)
    }

    /// Whether it is 400 to 599, where Python's `raise_for_status` raises.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self.class(), Class::ClientError | Class::ServerError)
    }
}

/// `404 Not Found`; the number alone for a status without a phrase. Takes a width, for tables.
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

/// From the number (`404`), the phrase (`Not Found`), both (`404 Not Found`) or the name
/// (`NotFound`), in capital or small letters.
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

/// A number or a text that is no known status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStatusError(());

impl fmt::Display for UnknownStatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a known status")
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

/// As the number.
#[cfg(feature = "serde")]
impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.code())
    }
}

/// From the number, or from a string with the number, the phrase or the name.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Status {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a known status, as its number, phrase or name")
            }

            fn visit_u64<E: serde::de::Error>(self, code: u64) -> Result<Status, E> {
                let known = u16::try_from(code).ok().and_then(Status::from_code);
                known.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(code), &self))
            }

            fn visit_i64<E: serde::de::Error>(self, code: i64) -> Result<Status, E> {
                let known = u16::try_from(code).ok().and_then(Status::from_code);
                known.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(code), &self))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Status, E> {
                text.parse()
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
