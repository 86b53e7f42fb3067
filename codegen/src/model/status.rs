use std::collections::BTreeMap;

use super::{Origin, Retry};
use crate::name::Ident;

/// A status code with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code, 100 to 999.
    pub code: u16,
    /// The name of the variant.
    pub name: Ident,
    /// The reason phrase; empty if it is unknown.
    pub reason: String,
    /// The meaning, as Markdown, with a summary in the first line; empty if it is unknown.
    pub description: String,
    /// `iana` for a registered code, otherwise the products or protocols that use it; empty if it is unknown.
    pub origin: Vec<String>,
    /// The URL of its definition or description.
    pub reference: Option<String>,
    /// Whether it is worthwhile to retry a request after this status.
    pub retry: Retry,
    /// Whether a response with this status may have content.
    pub content: ContentRule,
    /// The header fields that a response with this status must have.
    pub requires: Vec<String>,
    /// Its places in the document; empty for a status from the catalogue.
    pub place: Origin,
}

impl Status {
    /// The first line of the description.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.description.lines().next().unwrap_or_default()
    }
}

/// Whether a response may have content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentRule {
    /// It may have content.
    Allowed,
    /// It must not have content (1xx, 204, 205 and 304).
    Forbidden,
}

/// The status codes that are known without a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<u16, CatalogueEntry>);

/// A status of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CatalogueEntry {
    pub(crate) status: Status,
    /// The header fields of its response.
    pub(crate) headers: Vec<String>,
}

impl Catalogue {
    /// Creates an empty catalogue: the document must describe each of its status codes.
    #[must_use]
    pub const fn empty() -> Self {
        Self(BTreeMap::new())
    }

    /// Creates a catalogue of statuses.
    pub(crate) fn new(entries: impl IntoIterator<Item = CatalogueEntry>) -> Self {
        Self(
            entries
                .into_iter()
                .map(|entry| (entry.status.code, entry))
                .collect(),
        )
    }

    /// Returns `true` if the catalogue has no status.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the status with a code.
    #[must_use]
    pub fn get(&self, code: u16) -> Option<&Status> {
        self.0.get(&code).map(|entry| &entry.status)
    }

    /// Returns the names of the header fields that the response with a code declares.
    #[must_use]
    pub fn headers(&self, code: u16) -> &[String] {
        self.0.get(&code).map_or(&[], |entry| &entry.headers)
    }

    /// Iterates over the statuses, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Status> {
        self.0.values().map(|entry| &entry.status)
    }

    /// Iterates over the entries, by code.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &CatalogueEntry> {
        self.0.values()
    }
}
