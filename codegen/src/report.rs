//! Diagnostics about a document, their places in the text, and their rendering.
//!
//! The stages of the pipeline create [`Diagnostic`]s with JSON Pointers. Lines and columns are looked up
//! only when a diagnostic is printed, so a valid document never pays for them.

mod positions;
mod render;
mod spans;
mod wording;

use std::fmt;

use crate::pointer::Pointer;
pub use positions::{Position, Positions};
pub use render::{Detail, OutputStyle, Report, render};
pub(crate) use wording::{describe, list, nearest};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The crate is generated, but a part of the document is ignored or changed.
    Warning,
}

/// A finding about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
            ..Self::error(rule, place, message)
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

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal,)*) => {
        /// A rule for documents; messages contain its ID, such as `duplicate-key`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the rule with an ID.
            #[must_use]
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.id() == id)
            }

            /// Returns the ID that messages contain.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

rules! {
    /// The text is neither JSON nor YAML.
    Syntax = "syntax",
    /// The document is not an OpenAPI document.
    NotOpenApi = "not-openapi",
    /// The document is of an unsupported version of OpenAPI.
    UnsupportedVersion = "unsupported-version",
    /// A key occurs twice in one mapping.
    DuplicateKey = "duplicate-key",
    /// OpenAPI does not define a key.
    UnknownKey = "unknown-key",
    /// A required key is missing.
    MissingKey = "missing-key",
    /// A value has the wrong type.
    WrongType = "wrong-type",
    /// A value has the right type, but OpenAPI does not allow it.
    WrongValue = "wrong-value",
    /// A key of `responses` is not a status code, a range or `default`.
    NotAStatus = "not-a-status",
    /// The target of a `$ref` does not exist, or is of another kind.
    DanglingRef = "dangling-ref",
    /// A chain of `$ref`s leads back to its start.
    RefCycle = "ref-cycle",
    /// The generator does not support a part of OpenAPI.
    UnsupportedPart = "unsupported-part",
    /// No type is generated for a schema.
    NoType = "no-type",
    /// Neither the document nor the catalogue describes a status code.
    UnknownStatus = "unknown-status",
    /// A status code has two different descriptions.
    StatusConflict = "status-conflict",
    /// No operation returns a described status.
    UnusedStatus = "unused-status",
    /// Two status codes have the same name.
    NameConflict = "name-conflict",
    /// A generated name was changed because it is already used.
    NameAdjusted = "name-adjusted",
    /// Two credentials are indistinguishable, or cannot be sent in the same request.
    AmbiguousSecurity = "ambiguous-security",
    /// An `x-name` equals the generated name.
    UselessName = "useless-name",
    /// Two operations, parameters or the like have the same name.
    DuplicateName = "duplicate-name",
    /// Two operations match the same requests.
    SameRequest = "same-request",
    /// An interim status is declared as a response.
    InterimStatus = "interim-status",
    /// Content is declared for a response that cannot have content.
    ForbiddenContent = "forbidden-content",
    /// An operation does not declare a final response.
    NoResponse = "no-response",
    /// A path parameter is only in the path or only in `parameters`.
    PathParameter = "path-parameter",
    /// OpenAPI requires that a header parameter is ignored.
    IgnoredParameter = "ignored-parameter",
    /// A response declares a header field that HTTP or `content` determines.
    IgnoredHeader = "ignored-header",
    /// An example does not match its schema.
    ExampleMismatch = "example-mismatch",
    /// No example can be generated for a response.
    NoExample = "no-example",
    /// `info.version` is not a version that Cargo accepts.
    Version = "version",
    /// The crate name is not valid.
    CrateName = "crate-name",
    /// The generator has a bug.
    Internal = "internal",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_ids_are_unique() {
        let ids: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
