//! The results of a comparison.

use std::fmt;

use super::{
    document::coverage::Coverage,
    rules::{Bucket, DiffRule},
    rust_api::api_change::ApiChange,
    version::Versions,
    wire_risk::WireRisk,
};
use crate::pointer::Pointer;

/// The differences of two documents.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The changes with consequences, the worst first.
    pub findings: Vec<Finding>,
    /// The changes that cannot break anything, by bucket and place.
    pub notes: Vec<Note>,
    /// The number of differences, and where they are reported.
    pub coverage: Coverage,
    /// The next version that all changes together require; `None` if nothing differs.
    pub level: Option<Level>,
    /// The required and the stated version.
    pub versions: Versions,
}

impl Diff {
    /// Returns whether the documents are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.level.is_none()
    }

    /// Returns the risks of all findings together.
    #[must_use]
    pub fn wire(&self) -> WireRisk {
        let wires = self.findings.iter().map(|finding| finding.wire);
        wires.fold(WireRisk::default(), WireRisk::and)
    }
}

/// A change and its consequences.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that the change matches.
    pub rule: DiffRule,
    /// The places of the change: several if the same change occurs in several places.
    pub places: Vec<PlacePair>,
    /// The part of the document that changed: "`GET /pets`, response `200`". Empty for the document as a
    /// whole.
    pub subject: String,
    /// The description of the change.
    pub message: String,
    /// The value before the change, if it helps to understand the finding.
    pub before: Option<String>,
    /// The value after the change.
    pub after: Option<String>,
    /// The risks on the wire.
    pub wire: WireRisk,
    /// The next version that the change requires.
    pub level: Level,
    /// The changes of the crate that this change causes, the worst first.
    pub rust: Vec<ApiChange>,
    /// The affected operations, as "`GET /pets`", in order.
    pub operations: Vec<String>,
    /// The first place in the head; for something that was removed, the place where it would be.
    pub near: Pointer,
}

impl Finding {
    /// Returns the attention that the finding needs from a reviewer.
    #[must_use]
    pub fn severity(&self) -> FindingSeverity {
        match (self.level, self.wire) {
            (Level::Major, _) => FindingSeverity::Breaking,
            (_, wire) if wire.old_clients() => FindingSeverity::Breaking,
            (Level::Minor, _) => FindingSeverity::Notable,
            (_, wire) if wire.new_clients() || wire.deployment() => FindingSeverity::Notable,
            _ => FindingSeverity::Note,
        }
    }

    /// Returns an identifier made from the rule and the first place, which stays the same if messages are reworded.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let place = self.places.first().map(|place| place.pointer().as_str());
        format!("{}:{}", self.rule, place.unwrap_or_default())
    }
}

/// A change that cannot break anything.
#[derive(Clone, Debug)]
pub struct Note {
    /// The kind of the change.
    pub bucket: Bucket,
    /// The places of the change.
    pub places: Vec<PlacePair>,
    /// The part of the document that changed.
    pub subject: String,
    /// The value before the change: strings as they are, other values as JSON.
    pub before: Option<String>,
    /// The value after the change.
    pub after: Option<String>,
}

/// The next version that a change requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Users of the crate do not notice the change.
    Patch,
    /// The crate offers more than before, and all code that compiled still compiles.
    Minor,
    /// Code that compiled may no longer compile, or may behave differently.
    Major,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// The attention that a finding needs from a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingSeverity {
    /// Nothing can break.
    Note,
    /// Some users may need to know, such as new clients or users of the additions.
    Notable,
    /// The change can break correct clients or correct code.
    Breaking,
}

impl fmt::Display for FindingSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Notable => "notable",
            Self::Breaking => "breaking",
        })
    }
}

/// The place of something in one of the two documents, or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlacePair {
    /// The place in the base.
    pub base: Option<Pointer>,
    /// The place in the head.
    pub head: Option<Pointer>,
}

impl PlacePair {
    pub(super) fn both(base: &Pointer, head: &Pointer) -> Self {
        Self {
            base: Some(base.clone()),
            head: Some(head.clone()),
        }
    }

    pub(super) fn base(place: &Pointer) -> Self {
        Self {
            base: Some(place.clone()),
            head: None,
        }
    }

    pub(super) fn head(place: &Pointer) -> Self {
        Self {
            base: None,
            head: Some(place.clone()),
        }
    }

    /// Returns whether this place is within another one, on each side that it has.
    pub(super) fn is_in(&self, outer: &Self) -> bool {
        let is_within = |inner: &Option<Pointer>, outer: &Option<Pointer>| match (inner, outer) {
            (Some(inner), Some(outer)) => inner.is_within(outer),
            (Some(_), None) => false,
            (None, _) => true,
        };
        is_within(&self.base, &outer.base) && is_within(&self.head, &outer.head)
    }

    /// Returns the place in the head, or the place in the base for something that was removed.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        static ROOT: Pointer = Pointer::root();
        self.head.as_ref().or(self.base.as_ref()).unwrap_or(&ROOT)
    }
}
