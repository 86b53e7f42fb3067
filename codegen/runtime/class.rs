//! The classes of status codes, and when a request is worth repeating.

use core::fmt;

/// What the first digit of a status code says (RFC 9110, section 15).
///
/// A client that does not know a code treats it as the `x00` of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// `1xx`: the request was received, and the answer is still to come.
    Informational,
    /// `2xx`: the request was received, understood and accepted.
    Success,
    /// `3xx`: more has to be done to complete the request, mostly elsewhere.
    Redirection,
    /// `4xx`: the request is wrong, or cannot be fulfilled as it is.
    ClientError,
    /// `5xx`: the request may be right, and the server failed.
    ServerError,
}

impl Class {
    /// Every class, by first digit.
    pub const ALL: &'static [Self] = &[
        Self::Informational,
        Self::Success,
        Self::Redirection,
        Self::ClientError,
        Self::ServerError,
    ];

    /// The class of a code; `None` below 100 and from 600 on.
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

    /// The name in words: "client error".
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

    /// What a client should do, whatever the code.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Informational => "Wait: the answer is still to come.",
            Self::Success => "Use the data.",
            Self::Redirection => "Follow: go where `Location` points, or use what you have.",
            Self::ClientError => "Fix the request: sent again as it is, it fails again.",
            Self::ServerError => "Retry later: the request may be right, and the server failed.",
        }
    }

    /// What a client should do on a status of this class that is worth repeating so: what the status
    /// itself says of a failure, else what its class says.
    #[must_use]
    pub const fn advice_for(self, retry: Retry) -> &'static str {
        match (self, retry) {
            // A server that will never do it has not just failed.
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

/// Whether a request that got a status is worth repeating as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retry {
    /// No: the same request gets the same answer.
    Never,
    /// Yes, after a pause that grows with each attempt.
    Backoff,
    /// Yes, when `Retry-After` says so; without it, as [`Backoff`](Self::Backoff).
    After,
}

impl Retry {
    /// The advice in words.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Never => "Do not repeat the request as it is.",
            Self::Backoff => "Repeat the request after a pause that grows with each attempt.",
            Self::After => {
                "Repeat the request when `Retry-After` says so, else after a pause that grows with \
                 each attempt."
            }
        }
    }
}
