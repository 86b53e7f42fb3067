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

/// The declared media type that content is of: the same, else a range that it is in, else one that
/// is JSON as it is.
///
/// Content without a media type is of the only one that is declared.
pub(crate) fn select(declared: &[&str], actual: Option<&str>) -> Option<usize> {
    let Some(actual) = actual else {
        return (declared.len() == 1).then_some(0);
    };
    let (actual, _) = split(actual);
    let find = |matches: &dyn Fn(&str) -> bool| {
        declared
            .iter()
            .position(|declared| matches(split(declared).0))
    };
    find(&|declared| declared.eq_ignore_ascii_case(actual))
        .or_else(|| find(&|declared| in_range(declared, actual)))
        .or_else(|| find(&|declared| is_json(declared) && is_json(actual)))
        .or_else(|| find(&|declared| declared == "*/*"))
}

/// A media type and its parameters.
fn split(media: &str) -> (&str, &str) {
    let (essence, parameters) = media.split_once(';').unwrap_or((media, ""));
    (essence.trim(), parameters)
}

fn in_range(range: &str, media: &str) -> bool {
    let family = range.strip_suffix("/*").filter(|family| *family != "*");
    let actual = media.split_once('/').map(|(family, _)| family);
    matches!((family, actual), (Some(family), Some(actual)) if family.eq_ignore_ascii_case(actual))
}

fn is_json(media: &str) -> bool {
    let media = media.to_ascii_lowercase();
    media.ends_with("/json") || media.ends_with("+json")
}
