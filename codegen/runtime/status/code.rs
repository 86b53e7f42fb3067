//! Status codes as numbers, known or not.

use core::{fmt, num::NonZeroU16, str::FromStr};

use crate::{Class, Status};

/// A status code from 100 to 999, known or not.
///
/// [`status`](Self::status) returns the [`Status`] of a known code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Code(NonZeroU16);

impl Code {
    /// Creates a code from a number; `None` below 100 or above 999.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match NonZeroU16::new(code) {
            Some(number) if code >= 100 && code <= 999 => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// Returns the status; `None` if the code is not one of [`Status::ALL`].
    #[must_use]
    pub const fn status(self) -> Option<Status> {
        Status::from_code(self.get())
    }

    /// Returns the meaning of the code, like [`Status::description`]; empty for an unknown code.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self.status() {
            Some(status) => status.description(),
            None => "",
        }
    }

    /// Returns the class; `None` for codes above 599, which RFC 9110, section 15, calls invalid.
    #[must_use]
    pub const fn class(self) -> Option<Class> {
        Class::from_code(self.get())
    }

    /// Returns whether the code is 200 to 299.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.class(), Some(Class::Success))
    }

    /// Returns whether the code is 400 to 599, like `raise_for_status` in Python's `requests`.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self.class(), Some(Class::ClientError | Class::ServerError))
    }
}

/// Codes that the server sends itself, whether the document declares them or not.
#[cfg(feature = "_wire")]
impl Code {
    pub(crate) const BAD_REQUEST: Self = Self::from_const(400);

    /// Creates a code from a constant. In a const context, an invalid number is a compile error.
    pub(crate) const fn from_const(code: u16) -> Self {
        match Self::new(code) {
            Some(code) => code,
            None => panic!("invalid status code: expected a number from 100 to 999"),
        }
    }
}

/// `404 Not Found`, or only the number of an unknown code.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status() {
            Some(status) => fmt::Display::fmt(&status, f),
            None => fmt::Display::fmt(&self.get(), f),
        }
    }
}

/// Like [`Display`](fmt::Display), so that logs and failed assertions include the reason phrase.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Status> for Code {
    fn from(status: Status) -> Self {
        match Self::new(status.code()) {
            Some(code) => code,
            // `Status` has no variant below 100 or above 599.
            None => unreachable!(),
        }
    }
}

impl From<Code> for u16 {
    fn from(code: Code) -> Self {
        code.get()
    }
}

impl TryFrom<u16> for Code {
    type Error = InvalidCodeError;

    fn try_from(code: u16) -> Result<Self, InvalidCodeError> {
        Self::new(code).ok_or(InvalidCodeError(Reason::OutOfRange))
    }
}

/// Parses exactly three digits.
impl FromStr for Code {
    type Err = InvalidCodeError;

    fn from_str(text: &str) -> Result<Self, InvalidCodeError> {
        let [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] = *text.as_bytes() else {
            return Err(InvalidCodeError(Reason::OutOfRange));
        };
        let digit = |byte: u8| u16::from(byte - b'0');
        Self::try_from(digit(a) * 100 + digit(b) * 10 + digit(c))
    }
}

impl PartialEq<u16> for Code {
    fn eq(&self, other: &u16) -> bool {
        self.get() == *other
    }
}

impl PartialEq<Status> for Code {
    fn eq(&self, other: &Status) -> bool {
        self.get() == other.code()
    }
}

impl PartialEq<Code> for Status {
    fn eq(&self, other: &Code) -> bool {
        self.code() == other.get()
    }
}

/// The error of a number or a string that is not a status code, or not one of the expected status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCodeError(Reason);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    OutOfRange,
    #[cfg(feature = "_wire")]
    OtherResponse,
}

impl InvalidCodeError {
    /// Returns the error of a status code that belongs to another response of the operation, or to none.
    #[cfg(feature = "_wire")]
    pub(crate) const fn other_response() -> Self {
        Self(Reason::OtherResponse)
    }
}

impl fmt::Display for InvalidCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::OutOfRange => "invalid status code: expected a number from 100 to 999",
            #[cfg(feature = "_wire")]
            Reason::OtherResponse => "the status code does not belong to this response",
        })
    }
}

impl core::error::Error for InvalidCodeError {}

#[cfg(feature = "http")]
impl From<http::StatusCode> for Code {
    fn from(status: http::StatusCode) -> Self {
        match Self::new(status.as_u16()) {
            Some(code) => code,
            // `http` allows the same numbers.
            None => unreachable!(),
        }
    }
}

#[cfg(feature = "http")]
impl From<Code> for http::StatusCode {
    fn from(code: Code) -> Self {
        match Self::from_u16(code.get()) {
            Ok(status) => status,
            // `http` allows the same numbers.
            Err(_) => unreachable!(),
        }
    }
}

/// Serializes the number.
#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.get())
    }
}

/// Deserializes a number, or a string of its digits.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Code;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status code from 100 to 999")
            }

            fn visit_u64<E: serde::de::Error>(self, code: u64) -> Result<Code, E> {
                let parsed = u16::try_from(code).ok().and_then(Code::new);
                parsed.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(code), &self))
            }

            fn visit_i64<E: serde::de::Error>(self, code: i64) -> Result<Code, E> {
                let parsed = u16::try_from(code).ok().and_then(Code::new);
                parsed.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(code), &self))
            }

            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Code, E> {
                code.parse()
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(code), &self))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
