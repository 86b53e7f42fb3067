//! Text to OpenAPI, with nothing dropped on the way.
//!
//! The typed document of [`openapiv3`] is lenient: it takes the last of two equal keys, skips what it
//! does not know, and names the enclosing `paths` when something is wrong. So the text is read into a
//! plain tree first ([`parse`]), the tree is held against the OpenAPI specification ([`validate`]), and
//! only what is sound of it ([`recover`]) is made typed.

mod external_refs;
mod parse;
mod recover;
mod ref_depth;
pub(crate) mod spec;
mod typed;
mod validate;

use openapiv3::{OpenAPI, ReferenceOr};
use serde_json::Value;

use crate::{
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe},
    source::Source,
};
pub(crate) use external_refs::missing_files;
pub(crate) use parse::yaml_of;
pub(crate) use typed::{Component, RefTargets};
pub(crate) use validate::References;

/// An OpenAPI document whose form is sound: each value of its type, and each `$ref` ends.
#[derive(Debug)]
pub(crate) struct Document {
    /// The document as it was read, keys in alphabetical order.
    pub(crate) tree: Value,
    /// The same, typed.
    pub(crate) api: OpenAPI,
    /// What its `$ref`s point to.
    pub(crate) targets: RefTargets,
    /// What its `$ref`s say, and where.
    pub(crate) references: References,
}

/// A node of the document, and where it stands.
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
    /// The schemas in files beside it that `$ref`s point to.
    pub(crate) fn schemas_in_files(&self) -> impl Iterator<Item = &Pointer> {
        let schemas = self.references.keys();
        schemas
            .filter(|(place, kind)| *kind == spec::ObjectKind::Schema && place.in_file().is_some())
            .map(|(place, _)| place)
    }

    /// What stands here, or what the `$ref` here leads to, with the place where it really is.
    ///
    /// `None` never happens in a sound document: [`load`] followed every `$ref` itself.
    pub(crate) fn resolve<'a, T: Component>(
        &'a self,
        at: &Located<'a, ReferenceOr<T>>,
    ) -> Option<Located<'a, T>> {
        let mut at: Located<'a, ReferenceOr<T>> = at.clone();
        loop {
            match at.node {
                ReferenceOr::Item(item) => return Some(Located::new(item, at.place)),
                ReferenceOr::Reference { reference } => {
                    let place = Pointer::from_fragment(reference)?;
                    at = Located::new(self.targets.get(&place)?, place);
                }
            }
        }
    }
}

/// Reads a document, JSON or YAML, with the files beside it.
///
/// Where errors are among the findings, the document is what is left without them: more errors can be
/// found in it, and nothing may be generated from it.
///
/// # Errors
/// If it is no OpenAPI document at all, and if nothing is left.
pub(crate) fn load(source: &Source) -> Result<(Document, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut tree, mut findings) = parse::read(&source.text).map_err(|finding| vec![finding])?;
    version(&tree).map_err(|finding| vec![finding])?;
    findings.extend(external_refs::join(&mut tree, source));
    let shape = validate::validate(&tree, source);
    findings.extend(shape.findings);
    if let Some(finding) = ref_depth::check(&tree, &shape.references) {
        findings.push(finding);
        return Err(findings);
    }
    let is_sound = !findings.iter().any(Diagnostic::is_error);
    let tree = if is_sound {
        tree
    } else {
        match recover::mended(&tree, &shape.broken) {
            Some(tree) => tree,
            None => return Err(findings),
        }
    };
    match typed::typed(&tree, &shape.references) {
        Ok((api, targets)) => {
            let document = Document {
                references: shape.references,
                tree,
                api,
                targets,
            };
            Ok((document, findings))
        }
        Err(finding) => {
            // Of what is left over it is not worth a word.
            findings.extend(is_sound.then_some(finding));
            Err(findings)
        }
    }
}

/// Says what a document is that is not of OpenAPI 3.0.
fn version(tree: &Value) -> Result<(), Diagnostic> {
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
            format!("this is no OpenAPI document: it is {found}"),
        )
        .help("a document starts with `openapi: 3.0.3`"));
    };
    if let Some(swagger) = document.get("swagger") {
        let version = swagger
            .as_str()
            .map_or_else(|| swagger.to_string(), str::to_owned);
        return Err(Diagnostic::error(
            Rule::UnsupportedVersion,
            Place::Value(root.key("swagger")),
            format!("this is a Swagger {version} document; OpenAPI 3.0 is what can be read"),
        )
        .help("convert it to OpenAPI 3.0 first, with swagger2openapi or the Swagger editor"));
    }
    match document.get("openapi") {
        None => Err(Diagnostic::error(
            Rule::NotOpenApi,
            start,
            "this is no OpenAPI document: it has no key `openapi`",
        )
        .help("a document starts with `openapi: 3.0.3`")),
        Some(Value::String(version)) if version == "3.0" || version.starts_with("3.0.") => Ok(()),
        Some(Value::String(version)) => Err(Diagnostic::error(
            Rule::UnsupportedVersion,
            Place::Value(root.key("openapi")),
            format!("this is an OpenAPI {version} document; OpenAPI 3.0 is what can be read"),
        )
        .help("rewrite it as OpenAPI 3.0.3")),
        Some(other) => Err(Diagnostic::error(
            Rule::WrongType,
            Place::Value(root.key("openapi")),
            format!("`openapi` is {}, not a string", describe(other)),
        )
        .help("write `openapi: '3.0.3'`")),
    }
}
