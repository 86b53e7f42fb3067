use std::collections::BTreeMap;

use super::{Origin, Retry};
use crate::name::Ident;

/// A status code and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code, 100 to 999.
    pub code: u16,
    /// The variant.
    pub name: Ident,
    /// The reason phrase; empty where nobody states one.
    pub reason: String,
    /// What it means, as Markdown; the first line says it in short. Empty where nobody says.
    pub description: String,
    /// `iana` for a registered code, else who uses it; empty where nobody says.
    pub origin: Vec<String>,
    /// Where it is defined or described.
    pub reference: Option<String>,
    /// Whether a request that got it is worth repeating.
    pub retry: Retry,
    /// Whether an answer with it may have content.
    pub content: ContentRule,
    /// The header fields that an answer with it must have.
    pub requires: Vec<String>,
    /// Where the document says so; nowhere for what the catalogue knows.
    pub place: Origin,
}

impl Status {
    /// The first line of the description.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.description.lines().next().unwrap_or_default()
    }
}

/// Whether an answer may have content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentRule {
    /// It may.
    Allowed,
    /// It must not (1xx, 204, 205 and 304).
    Forbidden,
}

/// The status codes that are known whatever a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<u16, Status>);

impl Catalogue {
    /// A catalogue that knows nothing: the document has to say all.
    #[must_use]
    pub const fn empty() -> Self {
        Self(BTreeMap::new())
    }

    /// A catalogue of some statuses.
    #[must_use]
    pub fn new(statuses: impl IntoIterator<Item = Status>) -> Self {
        Self(
            statuses
                .into_iter()
                .map(|status| (status.code, status))
                .collect(),
        )
    }

    /// Whether it knows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known of a code.
    #[must_use]
    pub fn get(&self, code: u16) -> Option<&Status> {
        self.0.get(&code)
    }

    /// All that is known, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Status> {
        self.0.values()
    }
}
