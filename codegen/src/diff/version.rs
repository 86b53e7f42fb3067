//! Which version a change needs, by Cargo's reading of semantic versioning.

use semver::{Prerelease, Version};

use super::Level;

/// The versions of a change: what was, what is stated, and what is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// `info.version` of the base, as it stands there.
    pub base: String,
    /// `info.version` of the head, as it stands there.
    pub stated: String,
    /// The least version that the head may have; `None` if the base has none that Cargo takes.
    pub needs: Option<String>,
    /// Whether the stated version is enough; `None` if that cannot be told.
    pub is_enough: Option<bool>,
}

impl Versions {
    /// Holds the stated version against what a change needs.
    ///
    /// `base` and `head` are the texts of the documents, each with the version that Cargo takes for it.
    pub(super) fn new(
        base: (&str, Option<&str>),
        head: (&str, Option<&str>),
        level: Option<Level>,
    ) -> Self {
        let parse = |text: Option<&str>| text.and_then(|text| Version::parse(text).ok());
        let (old, new) = (parse(base.1), parse(head.1));
        let needed = old.as_ref().map(|old| match level {
            Some(level) => next(old, level),
            None => old.clone(),
        });
        let is_enough = match (&old, &needed, &new) {
            (Some(old), Some(needed), Some(new)) => Some(new >= needed && is_far(old, new, level)),
            // Without a version only its being another one can be asked for.
            _ if level.is_none() => Some(true),
            _ => None,
        };
        Self {
            base: base.0.to_owned(),
            stated: head.0.to_owned(),
            needs: needed.map(|version| version.to_string()),
            is_enough,
        }
    }
}

/// Whether a version that is high enough is so for the right reason: a pre-release of the next version is
/// one, for it promises nothing.
fn is_far(old: &Version, new: &Version, level: Option<Level>) -> bool {
    level.is_none() || new > old
}

/// The next version after one: in 0.y.z a major change raises y, and all else z; in 0.0.z all raise z.
fn next(old: &Version, level: Level) -> Version {
    if !old.pre.is_empty() {
        // A pre-release may change in any way before the version itself.
        return bumped_pre(old);
    }
    match (old.major, old.minor, level) {
        (0, 0, _) => Version::new(0, 0, old.patch + 1),
        (0, minor, Level::Major) => Version::new(0, minor + 1, 0),
        (0, minor, _) => Version::new(0, minor, old.patch + 1),
        (major, _, Level::Major) => Version::new(major + 1, 0, 0),
        (major, minor, Level::Minor) => Version::new(major, minor + 1, 0),
        (major, minor, Level::Patch) => Version::new(major, minor, old.patch + 1),
    }
}

/// The least pre-release after one: its last number raised, else the version itself.
fn bumped_pre(old: &Version) -> Version {
    let mut version = Version::new(old.major, old.minor, old.patch);
    let text = old.pre.as_str();
    let (head, last) = text.rsplit_once('.').unwrap_or(("", text));
    if let Ok(number) = last.parse::<u64>() {
        let dot = if head.is_empty() { "" } else { "." };
        let raised = format!("{head}{dot}{}", number + 1);
        version.pre = Prerelease::new(&raised).unwrap_or(Prerelease::EMPTY);
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_raised_as_cargo_reads_them() {
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
            assert_eq!(versions.needs.as_deref(), Some(needed), "{old} {level:?}");
            assert_eq!(versions.is_enough, Some(level.is_none()), "{old} {level:?}");
            let raised = Versions::new((old, Some(old)), (needed, Some(needed)), level);
            assert_eq!(raised.is_enough, Some(true), "{old} {level:?}");
        }
    }

    #[test]
    fn more_than_enough_is_enough() {
        for (stated, is_enough) in [
            ("1.4.9", false),
            ("1.5.0", true),
            ("2.0.0-alpha", true),
            ("2.0.0", true),
            ("1.3.0", false),
        ] {
            let minor = Some(Level::Minor);
            let versions = Versions::new(("v1.4", Some("1.4.0")), (stated, Some(stated)), minor);
            assert_eq!(versions.is_enough, Some(is_enough), "{stated}");
        }
    }

    #[test]
    fn what_is_no_version_cannot_be_held_against_one() {
        let patch = Some(Level::Patch);
        let dated = Versions::new(("2024-01-01", None), ("2024-02-01", None), patch);
        assert_eq!((dated.needs, dated.is_enough), (None, None));
        let same = Versions::new(("latest", None), ("latest", None), None);
        assert_eq!(same.is_enough, Some(true));
    }
}
