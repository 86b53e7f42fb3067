//! Media types, and the selection among those that the document declares.

#[cfg(feature = "server")]
use http::{HeaderMap, header};

use super::body::Body;

/// Content whose media type the document declares as a range, such as `image/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// The value of `Content-Type`, parameters included.
    pub media_type: String,
    /// The content.
    pub body: Body,
}

impl Media {
    /// Creates content of a media type.
    #[must_use]
    pub fn new(media_type: impl Into<String>, body: impl Into<Body>) -> Self {
        Self {
            media_type: media_type.into(),
            body: body.into(),
        }
    }
}

/// Returns the declared media type that content matches: an equal one, or else a range that includes it.
///
/// Content without a media type matches if only one is declared.
pub(crate) fn select<'t>(declared: &[&'t str], actual: Option<&str>) -> Option<&'t str> {
    let Some(actual) = actual else {
        return match declared {
            [only] => Some(only),
            _ => None,
        };
    };
    // The usual case.
    let verbatim = declared.iter().find(|declared| **declared == actual);
    if let Some(verbatim) = verbatim {
        return Some(verbatim);
    }
    let (actual, parameters) = split(actual);
    let find = |matches: &dyn Fn(&str) -> bool| {
        declared.iter().find(|declared| matches(split(declared).0))
    };
    // A document may declare both `application/json; v=1` and `application/json; v=2`.
    let exact = declared.iter().find(|declared| {
        let (essence, required) = split(declared);
        essence.eq_ignore_ascii_case(actual)
            && required
                .iter()
                .all(|required| parameters.contains(required))
            && !required.is_empty()
    });
    exact
        .or_else(|| find(&|declared| declared.eq_ignore_ascii_case(actual)))
        .or_else(|| find(&|declared| in_range(declared, actual)))
        .or_else(|| find(&|declared| declared == "*/*"))
        .copied()
}

/// Returns a declared media type of JSON for content of an undeclared media type of JSON: many servers do
/// not send the media type that their document declares.
///
/// RFC 9457 problem details are excluded, because they replace the declared content.
pub(crate) fn select_json<'t>(declared: &[&'t str], actual: Option<&str>) -> Option<&'t str> {
    let (actual, _) = split(actual?);
    let is_json = |media: &&str| is_json(split(media).0);
    (is_json(&actual) && !actual.eq_ignore_ascii_case(PROBLEM))
        .then(|| declared.iter().copied().find(is_json))?
}

/// Returns the value of `Accept`; empty if a request accepts any media type.
#[cfg(feature = "server")]
pub(crate) fn accept(headers: &HeaderMap) -> String {
    let values = headers.get_all(header::ACCEPT).iter();
    let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

/// Returns whether the value of `Accept` includes one of the media types or ranges that a response may have
/// (RFC 9110, section 12.5.1).
#[cfg(feature = "server")]
pub(crate) fn accepts(accept: &str, offered: &[&str]) -> bool {
    offered.iter().any(|media| weight(accept, media) > 0.0)
}

/// Returns the weight that the value of `Accept` gives a media type or range, from 0 to 1 (RFC 9110, section 12.4.2).
/// An empty or malformed value gives all of them 1.
#[cfg(feature = "server")]
pub(crate) fn weight(accept: &str, media: &str) -> f32 {
    let (media, _) = split(media);
    let ranges = accept.split(',').filter_map(|range| {
        let (essence, parameters) = split(range);
        let weight = parameters.iter().find(|(name, _)| name == "q");
        let weight = weight.and_then(|(_, weight)| weight.parse().ok());
        essence
            .contains('/')
            .then_some((essence, weight.unwrap_or(1.0_f32)))
    });
    let ranges: Vec<_> = ranges.collect();
    if ranges.is_empty() {
        return 1.0;
    }
    // The most specific range takes precedence.
    let matching = ranges.iter().filter_map(|(range, weight)| {
        let specificity = if range.eq_ignore_ascii_case(media) {
            3
        } else if in_range(range, media) || in_range(media, range) {
            2
        } else if *range == "*/*" || media == "*/*" {
            1
        } else {
            return None;
        };
        Some((specificity, *weight))
    });
    let most_specific = matching.max_by_key(|(specificity, _)| *specificity);
    most_specific.map_or(0.0, |(_, weight)| weight)
}

/// The media type of RFC 9457 problem details.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// Lists media types for a message: "`a/b` or `c/d`".
pub(crate) fn alternatives(media_types: &[&str]) -> String {
    let quoted: Vec<_> = media_types
        .iter()
        .map(|media| format!("`{media}`"))
        .collect();
    quoted.join(" or ")
}

/// Splits a media type from its parameters, whose names are case-insensitive (RFC 9110, section 8.3.1).
fn split(media: &str) -> (&str, Vec<(String, &str)>) {
    let (essence, parameters) = media.split_once(';').unwrap_or((media, ""));
    let parameters = parameters.split(';').filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        Some((name.trim().to_ascii_lowercase(), value))
    });
    (essence.trim(), parameters.collect())
}

/// Returns whether a range such as `text/*` includes a media type.
fn in_range(range: &str, media: &str) -> bool {
    let main_type = range
        .strip_suffix("/*")
        .filter(|main_type| *main_type != "*");
    let actual = media.split_once('/').map(|(main_type, _)| main_type);
    matches!((main_type, actual), (Some(main_type), Some(actual)) if main_type.eq_ignore_ascii_case(actual))
}

/// Returns whether content of a media type is JSON.
pub(crate) fn is_json(media: &str) -> bool {
    let media = split(media).0.to_ascii_lowercase();
    media.ends_with("/json") || media.ends_with("+json")
}
