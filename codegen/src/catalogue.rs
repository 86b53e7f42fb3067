//! The catalogue of status codes as JSON, and the one that is part of the program.
//!
//! `gen` writes `catalogue.json` from `spec/status.yaml`, which it lowers with an empty catalogue. It does not
//! read the embedded text, so that it can always replace an invalid one.

use std::{fmt, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{
    model::{Catalogue, CatalogueEntry, ContentRule, Model, Origin, ResponseKey, Retry, Status},
    name::Ident,
};

/// The text of the embedded catalogue. If the file does not exist, create an empty one and run
/// `cargo xtask gen`.
const EMBEDDED: &str = include_str!("../catalogue.json");

/// An error in the text of a catalogue.
#[derive(Debug)]
pub struct CatalogueError(String);

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the catalogue of status codes is invalid: {}", self.0)
    }
}

impl std::error::Error for CatalogueError {}

impl Catalogue {
    /// Returns the catalogue of every status code in use, which is part of the program.
    ///
    /// # Errors
    /// Returns an error if the program was built with an invalid `catalogue.json`.
    pub fn embedded() -> Result<&'static Self, &'static CatalogueError> {
        static PARSED: LazyLock<Result<Catalogue, CatalogueError>> = LazyLock::new(|| {
            Catalogue::from_json(EMBEDDED).map_err(|CatalogueError(reason)| {
                CatalogueError(format!(
                    "{reason}\n  = help: run `cargo xtask gen` to write `codegen/catalogue.json` again"
                ))
            })
        });
        PARSED.as_ref()
    }

    /// Creates the catalogue that a document describes: its statuses, with the header fields of their responses.
    #[must_use]
    pub fn from_model(model: &Model) -> Self {
        let headers = |code: u16| {
            let mut variants = model
                .response_enums
                .iter()
                .flat_map(|response_enum| &response_enum.variants);
            let variant = variants.find(|variant| variant.key == ResponseKey::Exact(code));
            let headers = variant.into_iter().flat_map(|variant| &variant.headers);
            headers.map(|header| header.wire.clone()).collect()
        };
        Self::new(model.statuses.iter().map(|status| CatalogueEntry {
            status: Status {
                place: Origin::default(),
                ..status.clone()
            },
            headers: headers(status.code),
        }))
    }

    /// Returns the catalogue as JSON: one object per status, by code.
    #[must_use]
    pub fn to_json(&self) -> String {
        let statuses: Vec<_> = self.entries().map(StatusJson::new).collect();
        // Serialization cannot fail: the keys are strings, and writing to a string succeeds.
        serde_json::to_string_pretty(&statuses).unwrap_or_default() + "\n"
    }

    /// Parses the JSON that [`Self::to_json`] returns.
    ///
    /// # Errors
    /// Returns an error if the text is not valid JSON, or if a status is invalid.
    pub fn from_json(text: &str) -> Result<Self, CatalogueError> {
        let statuses: Vec<StatusJson> =
            serde_json::from_str(text).map_err(|error| CatalogueError(error.to_string()))?;
        let entries: Result<Vec<_>, _> = statuses.into_iter().map(StatusJson::entry).collect();
        Ok(Self::new(entries?))
    }
}

/// A status as an object of JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusJson {
    code: u16,
    name: String,
    reason: String,
    description: String,
    origin: Vec<String>,
    reference: Option<String>,
    #[serde(with = "RetryJson")]
    retry: Retry,
    #[serde(with = "ContentRuleJson")]
    content: ContentRule,
    requires: Vec<String>,
    headers: Vec<String>,
}

/// The names of [`Retry`] in JSON, which are those in `x-status`.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Retry", rename_all = "lowercase")]
enum RetryJson {
    Never,
    Backoff,
    After,
}

/// The names of [`ContentRule`] in JSON, which are those in `x-status`.
#[derive(Serialize, Deserialize)]
#[serde(remote = "ContentRule", rename_all = "lowercase")]
enum ContentRuleJson {
    Allowed,
    Forbidden,
}

impl StatusJson {
    fn new(entry: &CatalogueEntry) -> Self {
        let CatalogueEntry { status, headers } = entry.clone();
        Self {
            code: status.code,
            name: status.name.to_string(),
            reason: status.reason,
            description: status.description,
            origin: status.origin,
            reference: status.reference,
            retry: status.retry,
            content: status.content,
            requires: status.requires,
            headers,
        }
    }

    fn entry(self) -> Result<CatalogueEntry, CatalogueError> {
        let name = Ident::chosen(&self.name).ok_or_else(|| {
            CatalogueError(format!(
                "the name of {}, `{}`, is not an identifier",
                self.code, self.name
            ))
        })?;
        Ok(CatalogueEntry {
            status: Status {
                code: self.code,
                name,
                reason: self.reason,
                description: self.description,
                origin: self.origin,
                reference: self.reference,
                retry: self.retry,
                content: self.content,
                requires: self.requires,
                place: Origin::default(),
            },
            headers: self.headers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_is_unchanged_after_a_round_trip_through_json() {
        let catalogue = Catalogue::embedded().unwrap();
        let text = catalogue.to_json();
        assert!(text.starts_with("[\n  {\n    \"code\": 100,\n    \"name\": \"Continue\",\n"));
        assert!(text.ends_with("\n  }\n]\n"));
        assert_eq!(&Catalogue::from_json(&text).unwrap(), catalogue);
        assert_eq!(catalogue.headers(405), ["Allow"]);
        assert!(catalogue.headers(999).is_empty());
    }

    #[test]
    fn an_invalid_catalogue_is_an_error_with_its_place() {
        let text = Catalogue::embedded().unwrap().to_json();
        let conflict = text.replacen(
            "    \"code\": 404,\n",
            "<<<<<<< HEAD\n    \"code\": 404,\n=======\n    \"code\": 405,\n>>>>>>> theirs\n",
            1,
        );
        for (text, reason) in [
            (conflict.as_str(), "key must be a string at line "),
            ("", "EOF while parsing a value at line 1 column 0"),
            ("{}", "expected a sequence"),
            (r#"[{"code": 404}]"#, "missing field `name`"),
            (
                &text.replacen("\"never\"", "\"often\"", 1),
                "unknown variant `often`",
            ),
            (
                &text.replacen("\"NotFound\"", "\"Not Found\"", 1),
                "the name of 404, `Not Found`, is not an identifier",
            ),
        ] {
            let error = Catalogue::from_json(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
