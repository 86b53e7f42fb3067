//! Dates and conditions: what header fields say of time.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// A date as HTTP writes it (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// A text is sent as it is: a server knows its own `Last-Modified` best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpDate(String);

impl HttpDate {
    /// The date as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<SystemTime> for HttpDate {
    fn from(time: SystemTime) -> Self {
        // `httpdate` panics outside of the years that have four digits.
        let last = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        Self(httpdate::fmt_http_date(
            time.clamp(SystemTime::UNIX_EPOCH, last),
        ))
    }
}

impl From<&str> for HttpDate {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for HttpDate {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// How long `Retry-After` asks to wait (RFC 9110, section 10.2.3): a number of seconds or a date. What is
/// neither asks for nothing.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is long enough.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    // The server's own clock is the one that it means, if it tells.
    let date = headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok());
    let now = date
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}
