//! Lowers the `info` of a document to the metadata of a package.

use super::Context;
use crate::{
    manifest::crate_name,
    model::Package,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Lowers the metadata of the crate, after all schemas.
pub(super) fn lower(cx: &Context<'_>) -> Package {
    let info = &cx.document.api.info;
    let version = cargo_version(&info.version);
    if version.is_none() {
        let place = Place::Value(Pointer::root().key("info").key("version"));
        cx.report(
            Diagnostic::warning(
                Rule::Version,
                place,
                format!("`{}` is not a version that Cargo accepts", info.version),
            )
            .label("the version in `Cargo.toml` is not changed")
            .help("use three numbers, such as `1.4.0`"),
        );
    }
    Package {
        title: info.title.clone(),
        description: info.description.clone().unwrap_or_default(),
        version,
        library: crate_name(&info.title)
            .map_or_else(|| "api".to_owned(), |name| name.replace('-', "_")),
        dependencies: cx.dependencies.borrow().iter().copied().collect(),
    }
}

/// Converts a version to one that Cargo accepts: `v1.2` to `1.2.0`.
fn cargo_version(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, suffix) = text.split_at(end);
    let mut parts: Vec<u64> = Vec::new();
    for part in numbers.split('.') {
        // Rejects `+1`, which `u64` would parse. Leading zeros are dropped.
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        parts.push(part.parse().ok()?);
    }
    // `2024-01-01` is a date, not a pre-release of 2024.0.0.
    let is_word = suffix
        .get(1..)
        .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    if parts.len() > 3 || (parts.len() < 3 && !suffix.is_empty() && !is_word) {
        return None;
    }
    parts.resize(3, 0);
    let numbers = parts
        .iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(".");
    let version = format!("{numbers}{suffix}");
    semver::Version::parse(&version)
        .ok()
        .map(|version| version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_converted_for_cargo() {
        for (text, version) in [
            ("1.2.3", Some("1.2.3")),
            ("v1.2.3", Some("1.2.3")),
            ("V2", Some("2.0.0")),
            ("1.0", Some("1.0.0")),
            ("1.0-beta.1", Some("1.0.0-beta.1")),
            ("2024-01-01", None),
            ("2024.01.01", Some("2024.1.1")),
            ("1.2.3.4", None),
            ("", None),
            ("latest", None),
            ("+1", None),
        ] {
            assert_eq!(cargo_version(text).as_deref(), version, "{text}");
        }
    }
}
