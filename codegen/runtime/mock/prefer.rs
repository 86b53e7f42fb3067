//! The header field `Prefer` (RFC 7240), by which a request selects the mock's response.

use std::time::Duration;

use http::HeaderMap;

use crate::StatusChoice;

/// The preferences of a request for its response.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Prefer {
    pub(crate) code: Option<StatusChoice>,
    pub(crate) delay: Option<Duration>,
    pub(crate) example: Option<String>,
}

impl Prefer {
    /// Reads the preferences of a request. The first of several with the same name counts (RFC 7240,
    /// section 2).
    ///
    /// # Errors
    /// A message about the first invalid preference.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, String> {
        let mut prefer = Self::default();
        for (name, value) in items(headers) {
            let value = value.trim_matches('"');
            let invalid = |reason: &str| format!("`Prefer: {name}={value}` is invalid: {reason}");
            if name.eq_ignore_ascii_case("code") && prefer.code.is_none() {
                let choice: Result<StatusChoice, _> = value.parse();
                let choice = choice.map_err(|error| invalid(&error.to_string()))?;
                prefer.code = Some(choice);
            } else if name.eq_ignore_ascii_case("delay") && prefer.delay.is_none() {
                let seconds = value.parse().ok();
                let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                prefer.delay = Some(delay.ok_or_else(|| invalid("it is not a number of seconds"))?);
            } else if name.eq_ignore_ascii_case("example") && prefer.example.is_none() {
                prefer.example = Some(value.to_owned());
            }
        }
        Ok(prefer)
    }
}

/// Returns the names and values of the preferences. A comma separates preferences, and the codes of one.
fn items(headers: &HeaderMap) -> Vec<(&str, String)> {
    let lines = headers.get_all("prefer").iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut items: Vec<(&str, String)> = Vec::new();
    for item in lines.flat_map(|line| line.split(',')) {
        match item.split_once('=') {
            Some((name, value)) => items.push((name.trim(), value.trim().to_owned())),
            None => {
                if let Some((_, value)) = items.last_mut() {
                    value.push(',');
                    value.push_str(item.trim());
                }
            }
        }
    }
    items
}
