//! Some statuses, with the functions that the emitter writes.

use crate::Retry;

/// A status code with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u16)]
pub enum Status {
    /// `200 OK`
    Ok = 200,
    /// `204 No Content`
    NoContent = 204,
    /// `400 Bad Request`
    BadRequest = 400,
    /// `404 Not Found`
    NotFound = 404,
    /// `503 Service Unavailable`
    ServiceUnavailable = 503,
}

impl Status {
    /// All statuses, in the order of their codes.
    pub const ALL: &'static [Self] = &[
        Self::Ok,
        Self::NoContent,
        Self::BadRequest,
        Self::NotFound,
        Self::ServiceUnavailable,
    ];

    /// Returns the name of the variant.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "Ok",
            Self::NoContent => "NoContent",
            Self::BadRequest => "BadRequest",
            Self::NotFound => "NotFound",
            Self::ServiceUnavailable => "ServiceUnavailable",
        }
    }

    /// Returns the reason phrase.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::NoContent => "No Content",
            Self::BadRequest => "Bad Request",
            Self::NotFound => "Not Found",
            Self::ServiceUnavailable => "Service Unavailable",
        }
    }

    /// Returns the description.
    #[must_use]
    pub const fn description(self) -> &'static str {
        self.reason()
    }

    /// Returns the URL of the definition.
    #[must_use]
    pub const fn reference(self) -> Option<&'static str> {
        None
    }

    /// Returns whether to repeat a request that got this status.
    #[must_use]
    pub const fn retry(self) -> Retry {
        match self {
            Self::ServiceUnavailable => Retry::After,
            _ => Retry::Never,
        }
    }

    /// Returns whether a response with this status may have content.
    #[must_use]
    pub const fn allows_content(self) -> bool {
        !matches!(self, Self::NoContent)
    }
}
