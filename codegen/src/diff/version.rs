//! The version that a change requires, by Cargo's rules for semantic versioning.

use semver::{Prerelease, Version};

use super::Level;

/// The versions of the two documents, and the version that the change requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// `info.version` of the base, unchanged.
    pub base: String,
    /// `info.version` of the head, unchanged.
    pub stated: String,
    /// The lowest version that the head may have; `None` if the version of the base is not a semantic
    /// version.
    pub needed: Option<String>,
    /// Whether the stated version is sufficient; `None` if that is unknown.
    pub is_sufficient: Option<bool>,
}

impl Versions {
    /// Compares the stated version with the version that a change requires.
    ///
    /// `base` and `head` are the versions in the documents, each with the semantic version that the crate
    /// uses for it.
    pub(super) fn new(
        base: (&str, Option<&str>),
        head: (&str, Option<&str>),
        level: Option<Level>,
    ) -> Self {
        let parse = |text: Option<&str>| text.and_then(|text| Version::parse(text).ok());
        let (old, new) = (parse(base.1), parse(head.1));
        let needed = old.as_ref().and_then(|old| match level {
            Some(level) => next(old, level),
            None => Some(old.clone()),
        });
        let is_sufficient = match (&old, &needed, &new) {
            _ if level.is_none() => Some(true),
            (Some(old), Some(needed), Some(new)) => Some(satisfies(old, needed, new)),
            // A semantic version must stay one. Any other version only has to change.
            (Some(_), Some(_), None) => Some(false),
            _ if base.0 == head.0 => Some(false),
            _ => None,
        };
        Self {
            base: base.0.to_owned(),
            stated: head.0.to_owned(),
            needed: needed.map(|version| version.to_string()),
            is_sufficient,
        }
    }

    /// Returns whether the base is a pre-release, which may change in any way.
    #[must_use]
    pub fn is_from_pre_release(&self) -> bool {
        let text = self.base.trim().trim_start_matches(['v', 'V']);
        Version::parse(text).is_ok_and(|version| !version.pre.is_empty())
    }
}

/// Returns whether a version is newer than the old one, and is at least the needed version or a pre-release
/// of it.
fn satisfies(old: &Version, needed: &Version, new: &Version) -> bool {
    let released = Version::new(new.major, new.minor, new.patch);
    new > old && (new >= needed || released >= *needed)
}

/// Returns the next version: in 0.y.z a major change increments y, and any other change z; in 0.0.z every
/// change increments z.
///
/// Returns `None` if the number cannot be incremented.
fn next(old: &Version, level: Level) -> Option<Version> {
    if !old.pre.is_empty() {
        // A pre-release may change in any way before the release.
        return Some(raised_pre(old));
    }
    let after = |number: u64| number.checked_add(1);
    Some(match (old.major, old.minor, level) {
        (0, 0, _) => Version::new(0, 0, after(old.patch)?),
        (0, minor, Level::Major) => Version::new(0, after(minor)?, 0),
        (0, minor, _) => Version::new(0, minor, after(old.patch)?),
        (major, _, Level::Major) => Version::new(after(major)?, 0, 0),
        (major, minor, Level::Minor) => Version::new(major, after(minor)?, 0),
        (major, minor, Level::Patch) => Version::new(major, minor, after(old.patch)?),
    })
}

/// Returns the next pre-release: the last number is incremented, or else the version is released.
fn raised_pre(old: &Version) -> Version {
    let mut version = Version::new(old.major, old.minor, old.patch);
    let text = old.pre.as_str();
    let (head, last) = text.rsplit_once('.').unwrap_or(("", text));
    if let Some(number) = last
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_add(1))
    {
        let dot = if head.is_empty() { "" } else { "." };
        version.pre = Prerelease::new(&format!("{head}{dot}{number}")).unwrap_or(Prerelease::EMPTY);
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needed_version_follows_the_rules_of_cargo() {
        let [patch, minor, major] = [Level::Patch, Level::Minor, Level::Major];
        for (old, level, needed) in [
            ("1.4.0", Some(patch), "1.4.1"),
            ("1.4.3", Some(minor), "1.5.0"),
            ("1.4.3", Some(major), "2.0.0"),
            ("0.4.3", Some(major), "0.5.0"),
            ("0.4.3", Some(minor), "0.4.4"),
            ("0.4.3", Some(patch), "0.4.4"),
            ("0.0.3", Some(patch), "0.0.4"),
            ("0.0.3", Some(major), "0.0.4"),
            ("2.0.0-beta.1", Some(major), "2.0.0-beta.2"),
            ("2.0.0-beta", Some(minor), "2.0.0"),
            ("1.4.0", None, "1.4.0"),
        ] {
            let versions = Versions::new((old, Some(old)), (old, Some(old)), level);
            assert_eq!(versions.needed.as_deref(), Some(needed), "{old} {level:?}");
            assert_eq!(
                versions.is_sufficient,
                Some(level.is_none()),
                "{old} {level:?}"
            );
            let raised = Versions::new((old, Some(old)), (needed, Some(needed)), level);
            assert_eq!(raised.is_sufficient, Some(true), "{old} {level:?}");
        }
    }

    #[test]
    fn higher_versions_are_sufficient() {
        for (stated, is_sufficient) in [
            ("1.4.9", false),
            ("1.5.0", true),
            ("2.0.0-alpha", true),
            ("2.0.0", true),
            ("1.3.0", false),
        ] {
            let minor = Some(Level::Minor);
            let versions = Versions::new(("v1.4", Some("1.4.0")), (stated, Some(stated)), minor);
            assert_eq!(versions.is_sufficient, Some(is_sufficient), "{stated}");
        }
    }

    #[test]
    fn pre_releases_of_the_needed_version_are_sufficient() {
        for (stated, is_sufficient) in [
            ("2.0.0-rc.1", true),
            ("1.9.0", false),
            ("1.4.0-rc.1", false),
        ] {
            let major = Some(Level::Major);
            let versions = Versions::new(("1.4.0", Some("1.4.0")), (stated, Some(stated)), major);
            assert_eq!(versions.is_sufficient, Some(is_sufficient), "{stated}");
        }
    }

    #[test]
    fn other_versions_only_have_to_change() {
        let patch = Some(Level::Patch);
        let dated = Versions::new(("2024-01-01", None), ("2024-02-01", None), patch);
        assert_eq!((dated.needed, dated.is_sufficient), (None, None));
        let same = Versions::new(("2024-01-01", None), ("2024-01-01", None), patch);
        assert_eq!((same.needed, same.is_sufficient), (None, Some(false)));
        let lost = Versions::new(("1.0.0", Some("1.0.0")), ("2024-01-01", None), patch);
        assert_eq!(lost.is_sufficient, Some(false));
        let last = Some("1.0.18446744073709551615");
        let last = Versions::new(("last", last), ("1.1.0", Some("1.1.0")), patch);
        assert_eq!((last.needed, last.is_sufficient), (None, None));
        let same = Versions::new(("latest", None), ("latest", None), None);
        assert_eq!(same.is_sufficient, Some(true));
    }
}
