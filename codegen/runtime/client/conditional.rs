//! HTTP dates, for conditional requests and `Retry-After`.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// A date in the format of HTTP (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// A string is sent unchanged, such as the value of `Last-Modified` from an earlier response. A time is
/// limited to the years 1970 to 9999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpDate(String);

impl HttpDate {
    /// Returns the date as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<SystemTime> for HttpDate {
    fn from(time: SystemTime) -> Self {
        // `httpdate` panics for times before 1970 and after 9999.
        let max = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        Self(httpdate::fmt_http_date(
            time.clamp(SystemTime::UNIX_EPOCH, max),
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

/// Returns the delay that `Retry-After` requests (RFC 9110, section 10.2.3), which is a number of seconds or
/// a date; `None` if it is missing or neither of the two.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that overflows is long enough in any case.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let time = httpdate::parse_http_date(text).ok()?;
    // The date is relative to the server's clock, which `Date` shows if it is present.
    let date = headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok());
    let now = date
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now);
    Some(time.duration_since(now).unwrap_or_default())
}
