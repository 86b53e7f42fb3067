//! `null` and absence, which JSON tells apart.

use serde::{Deserialize, Deserializer};

/// Reads a property that has to be there and may be `null`.
///
/// serde takes a missing `Option` for `None`, unless a function like this one reads it.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer)
}

/// Reads a property that may be missing (`None`) or `null` (`Some(None)`).
#[expect(
    clippy::option_option,
    reason = "a value, `null` and absence are three things"
)]
pub(crate) fn maybe<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
