//! OpenAPI to the model: every check of meaning, every name, every order.
//!
//! All errors of a document are collected; a part that is wrong is left out of the model, and the
//! model is given out only if nothing is.

mod constraints;
mod content;
mod coverage;
mod cycles;
mod direction;
mod docs;
mod example;
mod example_synthesis;
mod fingerprint;
mod form;
mod media;
mod merged_schema;
mod operation;
mod parameter;
mod pattern_example;
mod response;
mod route;
mod security;
mod server;
mod status;
mod tag;
mod token;
mod type_check;
mod types;

use std::{cell::RefCell, collections::HashSet};

use crate::{
    load::Document,
    manifest::crate_name,
    model::{Catalogue, Model, Package},
    name::{AdjustedName, Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};
pub(crate) use fingerprint::skeleton;
pub(crate) use merged_schema::only_child;
use status::Statuses;
use types::Types;

/// Makes a model of a document.
///
/// With an empty catalogue the document itself has to say what each of its statuses means.
///
/// # Errors
/// Everything that is wrong with its meaning; warnings are in the second part of the result.
pub(crate) fn lower(
    document: &Document,
    catalogue: &Catalogue,
) -> Result<(Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let cx = Context {
        document,
        catalogue,
        findings: RefCell::default(),
        seen: RefCell::default(),
        accounted: RefCell::default(),
    };
    let package = package(&cx);
    let routes = route::routes(&cx);
    let statuses = Statuses::gather(&cx, &routes);
    let mut names = NameScopes::new();
    let mut types = Types::declare(&cx, &mut names);
    let sets = response::lower(&cx, &routes, &statuses, &mut names, &mut types);
    let security = security::lower(&cx, &routes, &mut names);
    let mut operations = operation::lower(&cx, &routes, &sets, &security, &mut names, &mut types);
    let groups = tag::lower(&cx, &routes, &mut operations, &mut names);
    let counts = coverage::hold(&cx, &routes, &operations, &sets.list);
    let (types, constraints) = types.finish(&mut operations, &sets.list);
    let servers = server::lower(&cx);
    let model = Model {
        package,
        statuses: statuses.into_list(),
        types,
        constraints,
        response_enums: sets.list,
        operations,
        groups,
        schemes: security.schemes,
        credentials: security.sets,
        base_path: server::base_path(&servers),
        servers,
        counts,
    };

    let findings = cx.findings.into_inner();
    // Warnings beside errors are mostly about what the errors have left behind.
    let (errors, warnings): (Vec<_>, Vec<_>) = findings.into_iter().partition(Diagnostic::is_error);
    if errors.is_empty() {
        Ok((model, warnings))
    } else {
        Err(errors)
    }
}

/// What all of lowering can see.
struct Context<'a> {
    document: &'a Document,
    catalogue: &'a Catalogue,
    findings: RefCell<Vec<Diagnostic>>,
    /// The places of the schemas that something has been made of.
    seen: RefCell<HashSet<Pointer>>,
    /// The places of what need not be looked into.
    accounted: RefCell<HashSet<Pointer>>,
}

impl Context<'_> {
    /// Notes a finding; the same one only once, for a component is met by each of its users.
    fn report(&self, finding: Diagnostic) {
        let mut findings = self.findings.borrow_mut();
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }

    /// Notes that something is made of the schema at a place.
    fn saw(&self, place: &Pointer) {
        let mut seen = self.seen.borrow_mut();
        if !seen.contains(place) {
            seen.insert(place.clone());
        }
    }

    /// Notes that what stands at a place is accounted for as a whole: it is the same as something else, or a
    /// warning says that it is left out.
    fn account_for(&self, place: Pointer) {
        self.accounted.borrow_mut().insert(place);
    }

    /// The name in Rust that the document chooses for what stands at a place, in `x-name`.
    ///
    /// One that is what it would have without is told.
    fn chosen_name(&self, place: &Pointer, is_usual: impl FnOnce(&Ident) -> bool) -> Option<Ident> {
        let place = place.key("x-name");
        let value = self.document.tree.pointer(place.as_str())?;
        let chosen = value.as_str().and_then(Ident::chosen);
        if chosen.is_none() {
            let message = format!("`x-name` is {value}, which is no name in Rust");
            self.report(
                Diagnostic::error(Rule::WrongValue, Place::Value(place), message)
                    .help("write a name in Rust's way: `PetResponse`"),
            );
        } else if chosen.as_ref().is_some_and(is_usual) {
            let message = format!("`x-name` is {value}, which is the name without it");
            self.report(
                Diagnostic::warning(Rule::UselessName, Place::Key(place), message)
                    .help("remove it"),
            );
        }
        chosen
    }

    /// Says that some values of a type cannot be sent, for there is no way to write them.
    fn unwritable(&self, place: Place, noun: &str, what: &str) {
        let message = format!("{noun} may hold {what}");
        self.report(
            Diagnostic::warning(Rule::UnsupportedPart, place, message)
                .label("such a value is refused when it is sent or read")
                .help("describe it as JSON, by `content` of `application/json`"),
        );
    }

    /// Says that a name is not what its text gives.
    fn adjusted(&self, place: Place, what: &str, name: &Ident, adjusted: Option<AdjustedName>) {
        let Some(adjusted) = adjusted else { return };
        let message = format!(
            "{what} is called `{name}` in Rust, not `{}`",
            adjusted.wanted
        );
        let reason = match adjusted.owner {
            Some(owner) => format!("`{owner}` is called that already"),
            None => "the generated crate has that name itself".to_owned(),
        };
        self.report(
            Diagnostic::warning(Rule::NameAdjusted, place, message)
                .label(reason)
                .help("rename it if the name matters to those who use the crate"),
        );
    }
}

/// The names at the root of the generated crate and in its module `types`, which are all distinct.
struct NameScopes {
    root: Scope,
    types: Scope,
}

impl NameScopes {
    fn new() -> Self {
        Self {
            root: Scope::reserving(ROOT_NAMES),
            types: Scope::reserving(PRELUDE),
        }
    }
}

/// What generated code says without a path.
const PRELUDE: &[&str] = &[
    "Box", "Err", "From", "Into", "None", "Ok", "Option", "Result", "Some", "String", "Vec",
];

/// What the generated crate has at its root, and [`PRELUDE`].
const ROOT_NAMES: &[&str] = &[
    "Api",
    "ApiKey",
    "ApiRouter",
    "Arc",
    "Attempt",
    "Authorization",
    "Basic",
    "Bearer",
    "BinaryResponse",
    "BinaryRequest",
    "Box",
    "Call",
    "StatusIn",
    "InvalidChoiceError",
    "Class",
    "Client",
    "ClientBuilder",
    "Code",
    "Context",
    "Credential",
    "Credentials",
    "Err",
    "Error",
    "ResponseError",
    "File",
    "From",
    "FullResponse",
    "Future",
    "HttpDate",
    "RequestDecoder",
    "IfModifiedSince",
    "IfNoneMatch",
    "Into",
    "InvalidCodeError",
    "ResponseKey",
    "Limits",
    "Media",
    "DecodeError",
    "Mock",
    "None",
    "Ok",
    "Operation",
    "Option",
    "RequestEncoder",
    "Param",
    "ResponseDecoder",
    "Redirects",
    "Rejection",
    "ResponseEncoder",
    "Response",
    "Result",
    "Retry",
    "RetryPolicy",
    "RouterExt",
    "ResponseExample",
    "Samples",
    "Scheme",
    "Send",
    "Serve",
    "Server",
    "ServerVariable",
    "Sized",
    "Some",
    "axum",
    "security",
    "std",
    "Status",
    "StatusChoice",
    "StreamingResponse",
    "StreamingCall",
    "String",
    "Style",
    "Sync",
    "UnknownStatusError",
    "EncodeError",
    "Vec",
];

fn package(cx: &Context<'_>) -> Package {
    let info = &cx.document.api.info;
    let version = cargo_version(&info.version);
    if version.is_none() {
        let place = Place::Value(Pointer::root().key("info").key("version"));
        cx.report(
            Diagnostic::warning(
                Rule::Version,
                place,
                format!("`{}` is no version that Cargo takes", info.version),
            )
            .label("the version in Cargo.toml is left as it is")
            .help("write three numbers, such as `1.4.0`"),
        );
    }
    Package {
        title: info.title.clone(),
        description: info.description.clone().unwrap_or_default(),
        version,
        library: crate_name(&info.title)
            .map_or_else(|| "api".to_owned(), |name| name.replace('-', "_")),
    }
}

/// `v1.2` as Cargo writes it: `1.2.0`.
fn cargo_version(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts: Vec<u64> = Vec::new();
    for part in numbers.split('.') {
        // `01` is no number of a version, and `+1` none at all.
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        parts.push(part.parse().ok()?);
    }
    // `2024-01-01` is a date, not a pre-release of 2024.0.0.
    let word = rest
        .get(1..)
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    if parts.len() > 3 || (parts.len() < 3 && !rest.is_empty() && !word) {
        return None;
    }
    parts.resize(3, 0);
    let numbers = parts
        .iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(".");
    let version = format!("{numbers}{rest}");
    semver::Version::parse(&version)
        .ok()
        .map(|version| version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The types that a generated file imports by name.
    fn imports(text: &str) -> Vec<String> {
        fn walk(tree: &syn::UseTree, found: &mut Vec<String>) {
            match tree {
                syn::UseTree::Path(path) => walk(&path.tree, found),
                syn::UseTree::Name(name) => found.push(name.ident.to_string()),
                syn::UseTree::Rename(name) => found.push(name.rename.to_string()),
                syn::UseTree::Glob(_) => {}
                syn::UseTree::Group(group) => {
                    group.items.iter().for_each(|tree| walk(tree, found));
                }
            }
        }
        let mut found = Vec::new();
        for item in &syn::parse_file(text).unwrap().items {
            if let syn::Item::Use(item) = item {
                walk(&item.tree, &mut found);
            }
        }
        found.retain(|name| name.contains(char::is_uppercase) && name.contains(char::is_lowercase));
        found
    }

    /// An operation with the name of an import would hide it.
    #[test]
    fn what_is_imported_is_reserved() {
        let text = "{openapi: 3.0.3, info: {title: All, version: 1.0.0}, paths: {}, \
                    components: {securitySchemes: {key: {type: http, scheme: basic}}}}";
        let source = crate::source::Source::new("all.yaml", text);
        let generated =
            crate::generate(&source, &Catalogue::empty(), &crate::Options::default()).unwrap();
        let mut count = 0;
        for (path, text) in &generated.files {
            // No name of the document is in scope there.
            if path.starts_with("src/runtime/") || path == "src/limits.rs" {
                continue;
            }
            for name in imports(text) {
                assert!(ROOT_NAMES.contains(&name.as_str()), "{path}: {name}");
                count += 1;
            }
        }
        assert!(count > 30, "{count}");
    }

    #[test]
    fn versions() {
        for (text, version) in [
            ("1.2.3", Some("1.2.3")),
            ("v1.2.3", Some("1.2.3")),
            ("V2", Some("2.0.0")),
            ("1.0", Some("1.0.0")),
            ("1.0-beta.1", Some("1.0.0-beta.1")),
            ("2024-01-01", None),
            ("2024.01.01", Some("2024.1.1")),
            ("1.2.3.4", None),
            ("", None),
            ("latest", None),
            ("+1", None),
        ] {
            assert_eq!(cargo_version(text).as_deref(), version, "{text}");
        }
    }
}
