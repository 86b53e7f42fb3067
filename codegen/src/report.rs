//! Diagnostics about a document, their places in the text, and their rendering.
//!
//! The stages of the pipeline create [`Diagnostic`]s with JSON Pointers. Lines and columns are looked up
//! only when a diagnostic is printed, so a valid document never pays for them.

mod positions;
mod render;
mod rules;
mod spans;
mod wording;

use crate::pointer::Pointer;
pub(crate) use positions::SourceTexts;
pub use positions::{Position, Positions};
pub use render::{Detail, OutputStyle, Report, render};
pub use rules::Rule;
pub(crate) use wording::{describe, distance, is_rearranged, list, misspelled, nearest};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The crate is generated, but a part of the document is ignored or changed.
    Warning,
}

/// A finding about a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The violated rule.
    pub rule: Rule,
    /// The problem, in one line.
    pub message: String,
    /// The place of the problem.
    pub place: Place,
    /// The text next to the marker of the place.
    pub label: String,
    /// Other places that explain the problem, each with the text next to its marker.
    pub related: Vec<(Place, String)>,
    /// The advice how to fix it.
    pub help: String,
}

/// The place of a finding in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A position reported by a parser.
    Position {
        /// The external file; `None` for the document itself.
        file: Option<String>,
        /// The line, counted from 1.
        line: usize,
        /// The column in characters, counted from 1.
        column: usize,
    },
    /// The key of a member, or an element of a list.
    Key(Pointer),
    /// The second occurrence of a key.
    SecondKey(Pointer),
    /// A value; its key if it is a mapping or a list.
    Value(Pointer),
}

impl Place {
    /// Creates a position in the document itself.
    #[must_use]
    pub const fn position(line: usize, column: usize) -> Self {
        Self::Position {
            file: None,
            line,
            column,
        }
    }

    pub(crate) fn pointer(&self) -> Option<&Pointer> {
        match self {
            Self::Position { .. } => None,
            Self::Key(pointer) | Self::SecondKey(pointer) | Self::Value(pointer) => Some(pointer),
        }
    }
}

impl Diagnostic {
    /// Creates an error.
    #[must_use]
    pub fn error(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        debug_assert_eq!(rule.severity(), Severity::Error, "{rule}");
        Self {
            severity: Severity::Error,
            rule,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: String::new(),
        }
    }

    /// Creates a warning.
    #[must_use]
    pub fn warning(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            rule,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: String::new(),
        }
    }

    /// Sets the text next to the marker.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place with the text next to its marker.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Sets the advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Returns whether `other` is at the same place or inside of it, and so may be the cause of this finding.
    pub(crate) fn is_around(&self, other: &Self) -> bool {
        match (self.place.pointer(), other.place.pointer()) {
            (Some(own), Some(other)) => other.is_within(own),
            _ => false,
        }
    }

    /// Returns whether the finding is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
