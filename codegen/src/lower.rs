//! Lowering of an OpenAPI document to the model: all semantic checks, all names and the order of all items.
//!
//! Lowering collects all errors of a document. An invalid part is left out of the model, and the model is
//! returned only if there are no errors.

mod coverage;
mod examples;
mod fingerprint;
mod operations;
mod schemas;
mod servers;
mod statuses;

use std::{cell::RefCell, collections::HashSet};

use crate::{
    load::Document,
    manifest::crate_name,
    model::{Catalogue, Model, Package},
    name::{AdjustedName, Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};
pub(crate) use fingerprint::without_docs;
use operations::{responses, routes, security, tags};
use schemas::Types;
pub(crate) use schemas::merged::only_child;
use statuses::Statuses;

/// Lowers a document to its model, and returns it with the warnings.
///
/// With an empty catalogue the document itself must describe the meaning of each of its status codes.
///
/// # Errors
/// All semantic errors of the document, without the warnings.
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
    let routes = routes::routes(&cx);
    let statuses = Statuses::gather(&cx, &routes);
    let mut names = NameScopes::new();
    let mut types = Types::declare(&cx, &mut names);
    let response_enums = responses::lower(&cx, &routes, &statuses, &mut names, &mut types);
    let security = security::lower(&cx, &routes, &mut names);
    let mut operations = operations::lower(
        &cx,
        &routes,
        &response_enums,
        &security,
        &mut names,
        &mut types,
    );
    let groups = tags::lower(&cx, &routes, &mut operations, &mut names);
    let counts = coverage::count(&cx, &routes, &operations, &response_enums.list);
    let (types, constraints) = types.finish(&mut operations, &response_enums.list);
    let servers = servers::lower(&cx);
    let model = Model {
        package,
        statuses: statuses.into_list(),
        types,
        constraints,
        response_enums: response_enums.list,
        operations,
        groups,
        schemes: security.schemes,
        credentials: security.sets,
        base_path: servers::base_path(&servers),
        servers,
        counts,
    };

    let findings = cx.findings.into_inner();
    // Next to errors, most warnings are about the parts that the errors left out.
    let (errors, warnings): (Vec<_>, Vec<_>) = findings.into_iter().partition(Diagnostic::is_error);
    if errors.is_empty() {
        Ok((model, warnings))
    } else {
        Err(errors)
    }
}

/// The context that all of lowering shares.
struct Context<'a> {
    document: &'a Document,
    catalogue: &'a Catalogue,
    findings: RefCell<Vec<Diagnostic>>,
    /// The places of the schemas that have been lowered.
    seen: RefCell<HashSet<Pointer>>,
    /// The places of parts that do not need to be lowered, with everything inside of them.
    accounted: RefCell<HashSet<Pointer>>,
}

impl Context<'_> {
    /// Records a finding, unless it is already recorded: a component is lowered for each of its users.
    fn report(&self, finding: Diagnostic) {
        let mut findings = self.findings.borrow_mut();
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }

    /// Records that the schema at a place is lowered.
    fn mark_seen(&self, place: &Pointer) {
        let mut seen = self.seen.borrow_mut();
        if !seen.contains(place) {
            seen.insert(place.clone());
        }
    }

    /// Records that everything at a place is accounted for: it is equal to another part of the document, or a
    /// warning reports that it is ignored.
    fn account_for(&self, place: Pointer) {
        self.accounted.borrow_mut().insert(place);
    }

    /// Returns the Rust name in the `x-name` at a place.
    ///
    /// Reports a name that is invalid, or equal to the default name.
    fn chosen_name(
        &self,
        place: &Pointer,
        is_default: impl FnOnce(&Ident) -> bool,
    ) -> Option<Ident> {
        let value = self.document.member(place, "x-name")?;
        let place = place.key("x-name");
        let chosen = value.as_str().and_then(Ident::chosen);
        if chosen.is_none() {
            let message = format!("`x-name` is {value}, which is not a valid Rust identifier");
            self.report(
                Diagnostic::error(Rule::WrongValue, Place::Value(place), message)
                    .help("use a Rust identifier such as `PetResponse`"),
            );
        } else if chosen.as_ref().is_some_and(is_default) {
            let message = format!("`x-name` is {value}, which is the default name");
            self.report(
                Diagnostic::warning(Rule::UselessName, Place::Key(place), message)
                    .help("remove `x-name`"),
            );
        }
        chosen
    }

    /// Warns that some values of a type cannot be sent, because its style cannot represent them.
    fn report_unwritable(&self, place: Place, subject: &str, values: &str) {
        let message = format!("{subject} may contain {values}");
        self.report(
            Diagnostic::warning(Rule::UnsupportedPart, place, message)
                .label("such a value is rejected when it is sent or received")
                .help("send it as JSON: declare `content` with `application/json`"),
        );
    }

    /// Warns that a name is not the one derived from the document.
    fn report_adjusted_name(
        &self,
        place: Place,
        subject: &str,
        name: &Ident,
        adjusted: Option<AdjustedName>,
    ) {
        let Some(adjusted) = adjusted else { return };
        let message = format!(
            "{subject} is named `{name}` in Rust, not `{}`",
            adjusted.wanted
        );
        let reason = match adjusted.owner {
            Some(owner) => format!("`{owner}` already has this name"),
            None => "the generated crate reserves this name".to_owned(),
        };
        self.report(
            Diagnostic::warning(Rule::NameAdjusted, place, message)
                .label(reason)
                .help("rename it if users of the crate depend on the name"),
        );
    }
}

/// The names at the root of the generated crate and those in its module `types`, each distinct in its module.
struct NameScopes {
    root: Scope,
    types: Scope,
}

impl NameScopes {
    fn new() -> Self {
        Self {
            root: Scope::reserving(&[reserved::PRELUDE, reserved::ROOT].concat()),
            types: Scope::reserving(reserved::PRELUDE),
        }
    }
}

fn package(cx: &Context<'_>) -> Package {
    let info = &cx.document.api.info;
    let version = cargo_version(&info.version);
    if version.is_none() {
        let place = Place::Value(Pointer::root().key("info").key("version"));
        cx.report(
            Diagnostic::warning(
                Rule::Version,
                place,
                format!("`{}` is not a version that Cargo accepts", info.version),
            )
            .label("the version in `Cargo.toml` is not changed")
            .help("use three numbers, such as `1.4.0`"),
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

/// Converts a version to one that Cargo accepts: `v1.2` to `1.2.0`.
fn cargo_version(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, suffix) = text.split_at(end);
    let mut parts: Vec<u64> = Vec::new();
    for part in numbers.split('.') {
        // Rejects `+1`, which `u64` would parse. Leading zeros are dropped.
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        parts.push(part.parse().ok()?);
    }
    // `2024-01-01` is a date, not a pre-release of 2024.0.0.
    let is_word = suffix
        .get(1..)
        .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    if parts.len() > 3 || (parts.len() < 3 && !suffix.is_empty() && !is_word) {
        return None;
    }
    parts.resize(3, 0);
    let numbers = parts
        .iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(".");
    let version = format!("{numbers}{suffix}");
    semver::Version::parse(&version)
        .ok()
        .map(|version| version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_converted_for_cargo() {
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
