//! Parses and validates OpenAPI documents without dropping anything silently.
//!
//! Deserializing straight into [`openapiv3`] is lenient: the last of two duplicate keys wins, unknown keys
//! are skipped, and errors are reported at the enclosing `paths`. The text is therefore parsed into a
//! plain tree first ([`parse`]), the tree is validated against the OpenAPI specification ([`validate`]), its
//! `$ref`s are resolved ([`ref_resolution`]), and only its valid part ([`recover`]) is deserialized into types
//! ([`typed`]). All of them walk the tree in the same way ([`walk`]).

mod external_refs;
mod lint;
mod misspelling;
mod newer_keywords;
mod parse;
mod recover;
mod ref_depth;
mod ref_resolution;
pub(crate) mod spec;
mod syntax_error;
mod typed;
mod validate;
pub(crate) mod walk;

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::{
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe},
    source::Source,
};
pub(crate) use external_refs::missing_files;
pub(crate) use parse::to_yaml;
pub(crate) use ref_resolution::resolve;
pub(crate) use typed::RefTargets;
pub(crate) use validate::References;

/// A valid OpenAPI document: every value has the expected type, and every `$ref` resolves.
#[derive(Debug)]
pub(crate) struct Document {
    /// The document as a tree, with keys in the order of the text.
    pub(crate) tree: Value,
    /// The document as [`openapiv3`] types.
    pub(crate) api: OpenAPI,
    /// The targets of its `$ref`s, as [`openapiv3`] types.
    pub(crate) targets: RefTargets,
    /// The target and kind of each `$ref`, with the places of the `$ref`s.
    pub(crate) references: References,
    /// The rules whose warnings are not reported.
    pub(crate) allowed: BTreeSet<Rule>,
}

/// A node of the document and its place.
#[derive(Debug)]
pub(crate) struct Located<'a, T> {
    pub(crate) node: &'a T,
    pub(crate) place: Pointer,
}

impl<T> Clone for Located<'_, T> {
    fn clone(&self) -> Self {
        Self::new(self.node, self.place.clone())
    }
}

impl<'a, T> Located<'a, T> {
    pub(crate) fn new(node: &'a T, place: Pointer) -> Self {
        Self { node, place }
    }
}

impl Document {
    /// Returns the value at a place.
    pub(crate) fn get(&self, place: &Pointer) -> Option<&Value> {
        place.find(&self.tree)
    }

    /// Returns the value of a key of the object at a place.
    pub(crate) fn member(&self, place: &Pointer, key: &str) -> Option<&Value> {
        self.get(place)?.get(key)
    }

    /// Returns the places of the schemas in external files that `$ref`s point to.
    pub(crate) fn external_schemas(&self) -> impl Iterator<Item = &Pointer> {
        let schemas = self.references.keys();
        schemas
            .filter(|(place, kind)| {
                *kind == spec::ObjectKind::Schema && place.external_file().is_some()
            })
            .map(|(place, _)| place)
    }
}

/// Loads a JSON or YAML document together with its external files.
///
/// If the findings contain errors, the returned document is only the valid part of the source: it serves
/// to find further errors, and nothing may be generated from it.
///
/// # Errors
/// Returns the findings if the source is not an OpenAPI 3.0 document, or if no part of it is valid.
pub(crate) fn load(source: &Source) -> Result<(Document, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut tree, mut findings) = parse::parse(&source.text).map_err(|finding| vec![finding])?;
    check_version(&tree).map_err(|finding| vec![finding])?;
    findings.extend(external_refs::inline(&mut tree, source));
    let (allowed, lint_findings) = lint::allowed_rules(&tree);
    findings.extend(lint_findings);
    findings.extend(newer_keywords::rewrite(&mut tree));
    let validated = validate::validate(&tree, source);
    findings.extend(validated.findings);
    findings.retain(|finding| finding.is_error() || !allowed.contains(&finding.rule));
    for place in &validated.left_out {
        recover::remove(&mut tree, place);
    }
    for (place, text) in validated.as_written {
        if let Some(value) = tree.pointer_mut(place.as_str()) {
            *value = text.into();
        }
    }
    if let Some(finding) = ref_depth::check(&tree, &validated.references) {
        findings.push(finding);
        return Err(findings);
    }
    let is_valid = !findings.iter().any(Diagnostic::is_error);
    let tree = if is_valid {
        tree
    } else {
        match recover::valid_part(tree, &validated.broken) {
            Some(tree) => tree,
            None => return Err(findings),
        }
    };
    match typed::deserialize(&tree, &validated.references) {
        Ok((api, targets)) => {
            let document = Document {
                references: validated.references,
                tree,
                api,
                targets,
                allowed,
            };
            Ok((document, findings))
        }
        Err(finding) => {
            // A recovered document can fail here because of the errors already reported.
            findings.extend(is_valid.then_some(finding));
            Err(findings)
        }
    }
}

/// Rejects documents that are not OpenAPI 3.0.
fn check_version(tree: &Value) -> Result<(), Diagnostic> {
    let root = Pointer::root();
    let start = Place::position(1, 1);
    let Value::Object(document) = tree else {
        let found = if tree.is_null() {
            "empty"
        } else {
            describe(tree)
        };
        return Err(Diagnostic::error(
            Rule::NotOpenApi,
            start,
            format!("this is not an OpenAPI document: it is {found}"),
        )
        .help("start the document with `openapi: 3.0.3`"));
    };
    if let Some(swagger) = document.get("swagger") {
        let version = swagger
            .as_str()
            .map_or_else(|| swagger.to_string(), str::to_owned);
        return Err(Diagnostic::error(
            Rule::UnsupportedVersion,
            Place::Value(root.key("swagger")),
            format!("Swagger {version} documents are not supported"),
        )
        .label("only OpenAPI 3.0 is supported")
        .help("convert it to OpenAPI 3.0 with swagger2openapi or the Swagger Editor"));
    }
    match document.get("openapi") {
        None => Err(Diagnostic::error(
            Rule::NotOpenApi,
            start,
            "this is not an OpenAPI document: the key `openapi` is missing",
        )
        .help("start the document with `openapi: 3.0.3`")),
        Some(Value::String(version)) if version == "3.0" || version.starts_with("3.0.") => Ok(()),
        Some(Value::String(version)) => Err(Diagnostic::error(
            Rule::UnsupportedVersion,
            Place::Value(root.key("openapi")),
            format!("OpenAPI {version} documents are not supported"),
        )
        .label("only OpenAPI 3.0 is supported")
        .help("rewrite it as OpenAPI 3.0.3")),
        Some(other) => Err(Diagnostic::error(
            Rule::WrongType,
            Place::Value(root.key("openapi")),
            format!("`openapi` is {}, not a string", describe(other)),
        )
        .help("write `openapi: '3.0.3'`")),
    }
}
