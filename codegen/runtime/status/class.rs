//! Classes of status codes, and advice on retries.

use core::fmt;

/// The class of a status code, which is its first digit (RFC 9110, section 15).
///
/// A client treats an unknown code like the `x00` of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// `1xx`: the request was received, and the final response follows.
    Informational,
    /// `2xx`: the request was received, understood and accepted.
    Success,
    /// `3xx`: the client needs to do more to complete the request, usually send another one.
    Redirection,
    /// `4xx`: the request is invalid, or cannot be fulfilled.
    ClientError,
    /// `5xx`: the server failed to fulfill a request that may be valid.
    ServerError,
}

impl Class {
    /// All classes, in the order of their first digits.
    pub const ALL: &'static [Self] = &[
        Self::Informational,
        Self::Success,
        Self::Redirection,
        Self::ClientError,
        Self::ServerError,
    ];

    /// Returns the class of a code; `None` for codes below 100 or above 599.
    #[must_use]
    pub const fn from_code(code: u16) -> Option<Self> {
        match code {
            100..=199 => Some(Self::Informational),
            200..=299 => Some(Self::Success),
            300..=399 => Some(Self::Redirection),
            400..=499 => Some(Self::ClientError),
            500..=599 => Some(Self::ServerError),
            _ => None,
        }
    }

    /// Returns the name, such as "client error".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Success => "success",
            Self::Redirection => "redirection",
            Self::ClientError => "client error",
            Self::ServerError => "server error",
        }
    }

    /// Returns what a client should do, whatever the code.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Informational => "Wait for the final response.",
            Self::Success => "Use the response.",
            Self::Redirection => {
                "Follow `Location` if there is one, or use the copy that you have."
            }
            Self::ClientError => "Fix the request before sending it again.",
            Self::ServerError => "Retry later: the server failed, and the request may be valid.",
        }
    }

    /// Returns what a client should do about a status of this class with this retry behavior: the advice of
    /// [`Retry`] for a retryable status or a server error, or else the advice of the class.
    #[must_use]
    pub const fn advice_for(self, retry: Retry) -> &'static str {
        match (self, retry) {
            // The advice of the class, to retry later, does not apply to a server error that is never
            // retryable.
            (Self::ServerError, Retry::Never) | (_, Retry::Backoff | Retry::After) => {
                retry.advice()
            }
            (class, Retry::Never) => class.advice(),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a request can be sent again, unchanged, after a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retry {
    /// No: the same request gets the same response.
    Never,
    /// Yes, after a delay that grows with each attempt.
    Backoff,
    /// Yes, at the time that `Retry-After` states; without it, like [`Backoff`](Self::Backoff).
    After,
}

impl Retry {
    /// Returns the advice in words.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Never => "Do not send the same request again.",
            Self::Backoff => "Retry after a delay that grows with each attempt.",
            Self::After => {
                "Retry at the time that `Retry-After` states, or else after a delay that grows with \
                             each attempt."
            }
        }
    }
}
