//! Media types.

/// Returns a media type without its parameters, in lowercase.
pub(crate) fn essence(media: &str) -> String {
    let essence = media.split_once(';').map_or(media, |(essence, _)| essence);
    essence.trim().to_ascii_lowercase()
}
