//! Status codes of responses with several: ranges and `default`.

use core::{cmp, fmt, hash, marker::PhantomData};

use super::response_key::match_response_key;
use crate::{Code, InvalidCodeError, Response, Status};

/// The status code of the response with index `KEY` in `R::KEYS`, which is a range such as `4XX` or
/// `default`.
///
/// It is a code that belongs to this key, and never one that the document declares separately.
pub struct StatusIn<R, const KEY: usize> {
    code: Code,
    responses: PhantomData<fn() -> R>,
}

impl<R: Response, const KEY: usize> StatusIn<R, KEY> {
    /// Creates the status code from a number; `None` if it does not belong to this response.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match (Code::new(code), match_response_key(R::KEYS, code)) {
            (Some(code), Some(key)) if key == KEY => Some(Self {
                code,
                responses: PhantomData,
            }),
            _ => None,
        }
    }

    /// Creates the status code from a constant. A code that does not belong to this response is a compile
    /// error.
    #[must_use]
    pub const fn from_const<const CODE: u16>() -> Self {
        const {
            match Self::new(CODE) {
                Some(status) => status,
                None => panic!("the status code does not belong to this response"),
            }
        }
    }

    /// Returns the status code.
    #[must_use]
    pub const fn code(self) -> Code {
        self.code
    }
}

impl<R: Response, const KEY: usize> TryFrom<Code> for StatusIn<R, KEY> {
    type Error = InvalidCodeError;

    fn try_from(code: Code) -> Result<Self, InvalidCodeError> {
        Self::new(code.get()).ok_or_else(InvalidCodeError::other_response)
    }
}

impl<R: Response, const KEY: usize> TryFrom<Status> for StatusIn<R, KEY> {
    type Error = InvalidCodeError;

    fn try_from(status: Status) -> Result<Self, InvalidCodeError> {
        Code::from(status).try_into()
    }
}

impl<R, const KEY: usize> From<StatusIn<R, KEY>> for Code {
    fn from(status: StatusIn<R, KEY>) -> Self {
        status.code
    }
}

// The traits are implemented by hand because `derive` would add bounds on `R`.
impl<R, const KEY: usize> Clone for StatusIn<R, KEY> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, const KEY: usize> Copy for StatusIn<R, KEY> {}

impl<R, const KEY: usize> PartialEq for StatusIn<R, KEY> {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl<R, const KEY: usize> Eq for StatusIn<R, KEY> {}

impl<R, const KEY: usize> PartialOrd for StatusIn<R, KEY> {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<R, const KEY: usize> Ord for StatusIn<R, KEY> {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.code.cmp(&other.code)
    }
}

impl<R, const KEY: usize> hash::Hash for StatusIn<R, KEY> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.code.hash(state);
    }
}

impl<R, const KEY: usize> fmt::Debug for StatusIn<R, KEY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.code, f)
    }
}

impl<R, const KEY: usize> fmt::Display for StatusIn<R, KEY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.code, f)
    }
}
