//! The status that an answer carries which stands for many.

use core::{cmp, fmt, hash, marker::PhantomData};

use crate::{Code, InvalidCodeError, Response, Status, runtime::response_key::match_response_key};

/// The status of the answer that is the `KEY`th of the answers of `R`: a range such as `4XX`, or
/// `default`.
///
/// It cannot be a status outside of the range, nor one that the document declares by itself.
pub struct StatusIn<R, const KEY: usize> {
    code: Code,
    set: PhantomData<fn() -> R>,
}

impl<R: Response, const KEY: usize> StatusIn<R, KEY> {
    /// The status of a number; `None` if this answer cannot have it.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match (Code::new(code), match_response_key(R::KEYS, code)) {
            (Some(code), Some(key)) if key == KEY => Some(Self {
                code,
                set: PhantomData,
            }),
            _ => None,
        }
    }

    /// The status of a number that is known when the program is built, and checked then.
    #[must_use]
    pub const fn from_const<const CODE: u16>() -> Self {
        const {
            match Self::new(CODE) {
                Some(status) => status,
                None => panic!("this answer cannot have that status"),
            }
        }
    }

    /// The status.
    #[must_use]
    pub const fn code(self) -> Code {
        self.code
    }
}

impl<R: Response, const KEY: usize> TryFrom<Code> for StatusIn<R, KEY> {
    type Error = InvalidCodeError;

    fn try_from(code: Code) -> Result<Self, InvalidCodeError> {
        Self::new(code.get()).ok_or_else(InvalidCodeError::elsewhere)
    }
}

impl<R: Response, const KEY: usize> TryFrom<Status> for StatusIn<R, KEY> {
    type Error = InvalidCodeError;

    fn try_from(status: Status) -> Result<Self, InvalidCodeError> {
        Code::from(status).try_into()
    }
}

impl<R, const KEY: usize> From<StatusIn<R, KEY>> for Code {
    fn from(carried: StatusIn<R, KEY>) -> Self {
        carried.code
    }
}

// By hand, for `derive` would ask the same of `R`.
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
