//! Finds words of a document that are most likely misspelled: keys, extensions and formats.
//!
//! A misspelled key is an error if it would change what is generated: a misspelled `responses` drops all responses of
//! an operation. Any other unknown key is a warning.

use serde_json::Value;

use super::spec::{EXTENSIONS, FORMATS, KeySpec, ObjectKind};
use crate::report::{distance, is_rearranged, misspelled};

/// Returns the key of `fields` that an unknown key misspells, if it has a meaning.
pub(super) fn key(kind: ObjectKind, fields: &[KeySpec], key: &str) -> Option<&'static str> {
    // Other versions of JSON Schema and OpenAPI have both keys.
    if kind == ObjectKind::Schema && key == "examples" {
        return None;
    }
    let names = fields.iter().map(|field| field.name);
    let reference = kind.can_be_reference().then_some("$ref");
    let near = misspelled(key, names.chain(reference))?;
    let near = fields.iter().find(|field| field.name == near);
    match near {
        Some(field) => field.has_meaning().then_some(field.name),
        None => Some("$ref"),
    }
}

/// Returns the extension of the generator that another extension misspells.
///
/// Vendors choose names such as `x-stats` freely. An extension with other letters is a misspelling only if its value
/// is one that the known extension could have.
pub(super) fn extension(kind: ObjectKind, key: &str, value: &Value) -> Option<&'static str> {
    let here = EXTENSIONS.iter().filter(|(_, kinds)| kinds.contains(&kind));
    let near = misspelled(key, here.map(|(name, _)| *name)).filter(|near| *near != key)?;
    let fits = match near {
        "x-lint" => value.get("allow").is_some(),
        "x-status" => ["origin", "reason", "retry"]
            .iter()
            .any(|key| value.get(key).is_some()),
        _ => false,
    };
    (fits || is_rearranged(key, near)).then_some(near)
}

/// A format that is close to a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NearFormat {
    /// The format has other letters or digits, so its meaning is unclear.
    Misspelled(&'static str),
    /// The format differs only in case and punctuation, as `dateTime` and `date-time`.
    OtherSpelling(&'static str),
}

/// Returns the known format that another format is close to.
///
/// The set of formats is open, and many are short words such as `url`: only swapped letters count in those.
pub(super) fn format(format: &str) -> Option<NearFormat> {
    if FORMATS.contains(&format) {
        return None;
    }
    let letters = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let mut known = FORMATS.into_iter();
    if let Some(near) = known.find(|known| letters(known) == letters(format)) {
        return Some(NearFormat::OtherSpelling(near));
    }
    let near = FORMATS.into_iter().find(|known| {
        distance(format, known) == 1 && (known.len() >= 6 || is_rearranged(format, known))
    })?;
    Some(NearFormat::Misspelled(near))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_extensions_of_the_generator_are_misspelled() {
        let status = json!({"reason": "Fine", "origin": ["us"], "retry": "never"});
        let response = ObjectKind::Response;
        for (kind, key, value, expected) in [
            (response, "x-status", json!({}), None),
            (response, "x-statsu", json!({}), Some("x-status")),
            (response, "X-Status", json!({}), Some("x-status")),
            (response, "x-staus", status.clone(), Some("x-status")),
            (response, "x-stats", json!({"count": 1}), None),
            (ObjectKind::Operation, "x-statsu", status, None),
            (ObjectKind::Operation, "x-nmae", json!("a"), Some("x-name")),
            (ObjectKind::Operation, "x-game", json!("a"), None),
            (ObjectKind::Operation, "x-tags", json!([]), None),
            (ObjectKind::OpenApi, "x-link", json!({"href": "/"}), None),
            (
                ObjectKind::OpenApi,
                "x-lnt",
                json!({"allow": []}),
                Some("x-lint"),
            ),
        ] {
            assert_eq!(extension(kind, key, &value), expected, "{key}");
        }
    }

    #[test]
    fn formats_of_others_are_not_misspelled() {
        use NearFormat::{Misspelled, OtherSpelling};
        for (word, expected) in [
            ("int32", None),
            ("int23", Some(Misspelled("int32"))),
            ("date-tmie", Some(Misspelled("date-time"))),
            ("hostnme", Some(Misspelled("hostname"))),
            ("Int32", Some(OtherSpelling("int32"))),
            ("dateTime", Some(OtherSpelling("date-time"))),
            ("int16", None),
            ("uint64", None),
            ("url", None),
            ("guid", None),
            ("ulid", None),
            ("iri", None),
            ("uuid4", None),
            ("decimal", None),
        ] {
            assert_eq!(format(word), expected, "{word}");
        }
    }
}
