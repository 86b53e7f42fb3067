//! Patterns and formats of strings.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
};

use regex_lite::Regex;

/// A format of OpenAPI or JSON Schema that is validated.
///
/// The set of formats is open, and most of them cannot be validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Base64 (RFC 4648, section 4).
    Byte,
    /// A date (RFC 3339, `full-date`).
    Date,
    /// A date and time (RFC 3339, `date-time`).
    DateTime,
    /// An email address, as HTML forms accept it.
    Email,
    /// A hostname (RFC 1123, section 2.1).
    Hostname,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A time of day (RFC 3339, `full-time`).
    Time,
    /// A URI (RFC 3986).
    Uri,
    /// A UUID (RFC 9562).
    Uuid,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 10] = [
        Self::Byte,
        Self::Date,
        Self::DateTime,
        Self::Email,
        Self::Hostname,
        Self::Ipv4,
        Self::Ipv6,
        Self::Time,
        Self::Uri,
        Self::Uuid,
    ];

    /// Returns the value of the keyword `format`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Byte => "byte",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Email => "email",
            Self::Hostname => "hostname",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Time => "time",
            Self::Uri => "uri",
            Self::Uuid => "uuid",
        }
    }

    /// Returns a description of the format for messages, with an article.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Byte => "a Base64 string",
            Self::Date => "a date such as `2017-07-21`",
            Self::DateTime => "a date and time such as `2017-07-21T17:32:28Z`",
            Self::Email => "an email address",
            Self::Hostname => "a hostname",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Time => "a time such as `17:32:28Z`",
            Self::Uri => "a URI with a scheme",
            Self::Uuid => "a UUID",
        }
    }

    /// Returns whether a string has the format.
    #[must_use]
    pub fn is_match(self, text: &str) -> bool {
        match self {
            Self::Byte => matches(BASE64, text),
            Self::Date => is_date(text),
            Self::DateTime => text
                .split_once(['T', 't'])
                .is_some_and(|(date, time)| is_date(date) && matches(TIME, time)),
            Self::Email => matches(EMAIL, text),
            Self::Hostname => text.len() <= 253 && matches(HOSTNAME, text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Time => matches(TIME, text),
            Self::Uri => matches(URI, text),
            Self::Uuid => matches(UUID, text),
        }
    }
}

const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

/// Source: RFC 3339, section 5.6; 60 is a leap second.
const TIME: &str =
    r"^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$";

/// Source: WHATWG HTML, "valid e-mail address".
const EMAIL: &str = "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\
                     (\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

const HOSTNAME: &str = r"^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

/// A scheme, followed only by characters that RFC 3986 allows.
const URI: &str =
    r"^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$";

const UUID: &str = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$";

/// Returns whether a string is a date of the Gregorian calendar (RFC 3339, `full-date`).
fn is_date(text: &str) -> bool {
    if !matches(r"^\d{4}-\d{2}-\d{2}$", text) {
        return false;
    }
    let mut numbers = text.split('-').filter_map(|part| part.parse::<u16>().ok());
    let (Some(year), Some(month), Some(day)) = (numbers.next(), numbers.next(), numbers.next())
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Returns whether a part of a string matches a regular expression. An invalid expression matches every
/// string.
pub(crate) fn matches(pattern: &'static str, text: &str) -> bool {
    thread_local! {
        static CACHE: RefCell<BTreeMap<&'static str, Option<Regex>>> = RefCell::default();
    }
    CACHE.with_borrow_mut(|cache| {
        let regex = cache
            .entry(pattern)
            .or_insert_with(|| Regex::new(pattern).ok());
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    })
}
