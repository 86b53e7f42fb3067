//! Media types, and which of those that are declared content is of.

use bytes::Bytes;

/// Content whose media type the document leaves open, such as `image/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// The media type, as in `Content-Type`.
    pub media_type: String,
    /// The content.
    pub bytes: Bytes,
}

impl Media {
    /// Content of a media type.
    #[must_use]
    pub fn new(media_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            media_type: media_type.into(),
            bytes: bytes.into(),
        }
    }
}

/// The declared media type that content is of: the same, else a range that it is in.
///
/// Content without a media type is of the only one that is declared.
pub(crate) fn select<'t>(declared: &[&'t str], actual: Option<&str>) -> Option<&'t str> {
    let Some(actual) = actual else {
        return match declared {
            [only] => Some(only),
            _ => None,
        };
    };
    // Nearly always.
    let verbatim = declared.iter().find(|declared| **declared == actual);
    if let Some(verbatim) = verbatim {
        return Some(verbatim);
    }
    let (actual, parameters) = split(actual);
    let find = |matches: &dyn Fn(&str) -> bool| {
        declared.iter().find(|declared| matches(split(declared).0))
    };
    // `application/json; v=2` may stand beside `application/json; v=1`.
    let exact = declared.iter().find(|declared| {
        let (essence, wanted) = split(declared);
        essence.eq_ignore_ascii_case(actual)
            && wanted.iter().all(|wanted| parameters.contains(wanted))
            && !wanted.is_empty()
    });
    exact
        .or_else(|| find(&|declared| declared.eq_ignore_ascii_case(actual)))
        .or_else(|| find(&|declared| in_range(declared, actual)))
        .or_else(|| find(&|declared| declared == "*/*"))
        .copied()
}

/// The declared media type for content of another one, if both are JSON: what servers that are called
/// send, whatever their document says.
///
/// A problem of RFC 9457 stands for none but itself: in its place was something else to come.
pub(crate) fn alike<'t>(declared: &[&'t str], actual: Option<&str>) -> Option<&'t str> {
    let (actual, _) = split(actual?);
    let is_json = |media: &&str| is_json(split(media).0);
    (is_json(&actual) && !actual.eq_ignore_ascii_case(PROBLEM))
        .then(|| declared.iter().copied().find(is_json))?
}

/// Whether a field `Accept` takes one of the media types that an answer may be of, or of the ranges of them
/// (RFC 9110, section 12.5.1). One that says nothing that can be read takes all.
#[cfg(feature = "server")]
pub(crate) fn accepts(accept: &str, offered: &[&str]) -> bool {
    let ranges = accept.split(',').filter_map(|range| {
        let (essence, parameters) = split(range);
        let weight = parameters.iter().find(|(name, _)| name == "q");
        let weight = weight.and_then(|(_, weight)| weight.parse().ok());
        essence
            .contains('/')
            .then_some((essence, weight.unwrap_or(1.0_f32)))
    });
    let ranges: Vec<_> = ranges.collect();
    let takes = |media: &str| {
        // The nearest range decides.
        let nearest = ranges.iter().filter_map(|(range, weight)| {
            let near = if range.eq_ignore_ascii_case(media) {
                3
            } else if in_range(range, media) || in_range(media, range) {
                2
            } else if *range == "*/*" || media == "*/*" {
                1
            } else {
                return None;
            };
            Some((near, *weight))
        });
        let nearest = nearest.max_by_key(|(near, _)| *near);
        nearest.is_some_and(|(_, weight)| weight > 0.0)
    };
    ranges.is_empty() || offered.iter().any(|media| takes(split(media).0))
}

/// The media type of a problem of RFC 9457.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// A media type and its parameters, whose names know no case (RFC 9110, section 8.3.1).
fn split(media: &str) -> (&str, Vec<(String, &str)>) {
    let (essence, parameters) = media.split_once(';').unwrap_or((media, ""));
    let parameters = parameters.split(';').filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        Some((name.trim().to_ascii_lowercase(), value))
    });
    (essence.trim(), parameters.collect())
}

fn in_range(range: &str, media: &str) -> bool {
    let family = range.strip_suffix("/*").filter(|family| *family != "*");
    let actual = media.split_once('/').map(|(family, _)| family);
    matches!((family, actual), (Some(family), Some(actual)) if family.eq_ignore_ascii_case(actual))
}

/// Whether content of a media type is JSON.
pub(crate) fn is_json(media: &str) -> bool {
    let media = split(media).0.to_ascii_lowercase();
    media.ends_with("/json") || media.ends_with("+json")
}
