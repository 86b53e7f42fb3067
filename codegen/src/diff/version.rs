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
        let needed = old.as_ref().and_then(|old| match level {
            Some(level) => next(old, level),
            None => Some(old.clone()),
        });
        let is_enough = match (&old, &needed, &new) {
            _ if level.is_none() => Some(true),
            (Some(old), Some(needed), Some(new)) => Some(is_far(old, needed, new)),
            // What was a version has to stay one; else all that can be asked for is another text.
            (Some(_), Some(_), None) => Some(false),
            _ if base.0 == head.0 => Some(false),
            _ => None,
        };
        Self {
            base: base.0.to_owned(),
            stated: head.0.to_owned(),
            needs: needed.map(|version| version.to_string()),
            is_enough,
        }
    }

    /// Whether the base is a pre-release, which promises nothing.
    #[must_use]
    pub fn is_from_pre_release(&self) -> bool {
        let text = self.base.trim().trim_start_matches(['v', 'V']);
        Version::parse(text).is_ok_and(|version| !version.pre.is_empty())
    }
}

/// Whether a version is beyond another one, and at least what is needed; a pre-release of that is, too.
fn is_far(old: &Version, needed: &Version, new: &Version) -> bool {
    let released = Version::new(new.major, new.minor, new.patch);
    new > old && (new >= needed || released >= *needed)
}

/// The next version after one: in 0.y.z a major change raises y, and all else z; in 0.0.z all raise z.
///
/// `None` for a number that has no next one.
fn next(old: &Version, level: Level) -> Option<Version> {
    if !old.pre.is_empty() {
        // A pre-release may change in any way before the version itself.
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

/// The least pre-release after one: its last number raised, else the version itself.
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
    fn a_pre_release_of_what_is_needed_is_enough() {
        for (stated, is_enough) in [
            ("2.0.0-rc.1", true),
            ("1.9.0", false),
            ("1.4.0-rc.1", false),
        ] {
            let major = Some(Level::Major);
            let versions = Versions::new(("1.4.0", Some("1.4.0")), (stated, Some(stated)), major);
            assert_eq!(versions.is_enough, Some(is_enough), "{stated}");
        }
    }

    #[test]
    fn what_is_no_version_cannot_be_held_against_one() {
        let patch = Some(Level::Patch);
        let dated = Versions::new(("2024-01-01", None), ("2024-02-01", None), patch);
        assert_eq!((dated.needs, dated.is_enough), (None, None));
        let same = Versions::new(("2024-01-01", None), ("2024-01-01", None), patch);
        assert_eq!((same.needs, same.is_enough), (None, Some(false)));
        let lost = Versions::new(("1.0.0", Some("1.0.0")), ("2024-01-01", None), patch);
        assert_eq!(lost.is_enough, Some(false));
        let last = Some("1.0.18446744073709551615");
        let last = Versions::new(("last", last), ("1.1.0", Some("1.1.0")), patch);
        assert_eq!((last.needs, last.is_enough), (None, None));
        let same = Versions::new(("latest", None), ("latest", None), None);
        assert_eq!(same.is_enough, Some(true));
    }
}
