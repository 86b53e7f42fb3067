//! Lowers security schemes and the credentials that operations require.

use std::collections::BTreeMap;

use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme as Declared};

use super::{routes::Route, token};
use crate::{
    doc::code,
    load::Located,
    lower::{Context, Lowering},
    model::{CredentialAlternative, CredentialSet, Location, Origin, SchemeKind, SecurityScheme},
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, nearest},
};

/// The security schemes and the credentials that operations require.
pub(crate) struct Security {
    /// The schemes, by name.
    pub(crate) schemes: Vec<SecurityScheme>,
    /// The distinct sets of credentials, in the order of their first users.
    pub(crate) sets: Vec<CredentialSet>,
    /// For each route the index of its set, and the documentation of the required credentials.
    pub(crate) by_route: Vec<(Option<usize>, String)>,
}

/// The users of a set of credentials.
struct CredentialUsers {
    /// The schemes of each alternative.
    alternatives: Vec<Vec<usize>>,
    /// The place of the first requirement.
    place: Pointer,
    /// The operations.
    titles: Vec<String>,
}

/// Lowers the schemes, and the requirements of all operations.
pub(crate) fn lower(lowering: &mut Lowering<'_>, routes: &[Route<'_>]) -> Security {
    let cx = lowering.cx;
    let schemes = DeclaredSchemes(schemes(cx));
    let default_place = Pointer::root().key("security");
    let declared = cx.document.api.security.as_deref().unwrap_or_default();
    let default = schemes.lower_requirements(cx, declared, &default_place);
    let mut users: Vec<CredentialUsers> = Vec::new();
    let mut by_route = Vec::new();
    for route in routes {
        let (requirement, place) = match &route.declared.node.security {
            Some(own) => {
                let place = route.declared.place.key("security");
                (schemes.lower_requirements(cx, own, &place), place)
            }
            None => (default.clone(), default_place.clone()),
        };
        if requirement.is_open() {
            by_route.push((None, requirement.doc));
            continue;
        }
        let is_same = |users: &CredentialUsers| users.alternatives == requirement.alternatives;
        let index = users.iter().position(is_same).unwrap_or(users.len());
        by_route.push((Some(index), requirement.doc));
        match users.get_mut(index) {
            Some(users) => users.titles.push(route.title()),
            None => users.push(CredentialUsers {
                alternatives: requirement.alternatives,
                place,
                titles: vec![route.title()],
            }),
        }
    }
    let sets = users.into_iter();
    let sets = sets.map(|users| schemes.credential_set(lowering, users));
    Security {
        sets: sets.collect(),
        schemes: schemes.0,
        by_route,
    }
}

fn schemes(cx: &Context<'_>) -> Vec<SecurityScheme> {
    let Some(components) = &cx.document.api.components else {
        return Vec::new();
    };
    let section = Pointer::root().key("components").key("securitySchemes");
    let mut scope = Scope::reserving(reserved::BUILDER_METHODS);
    let ids = components.security_schemes.keys().map(String::as_str);
    let mut constants = Scope::default();
    let mut schemes = Vec::new();
    for (id, (name, adjusted)) in scope.name_all(ids, Ident::snake) {
        let place = section.key(&id);
        let subject = format!("the security scheme `{id}`");
        cx.report_adjusted_name(Place::Key(place.clone()), &subject, &name, adjusted);
        let declared = components.security_schemes.get(&id);
        let declared = declared
            .and_then(|declared| cx.document.resolve(&Located::new(declared, place.clone())));
        let Some(declared) = declared else { continue };
        let Some((kind, doc)) = scheme_kind(cx, &declared) else {
            continue;
        };
        let (constant, _) = constants.name(&[name.screaming_snake()], &id);
        schemes.push(SecurityScheme {
            id,
            name,
            constant,
            kind,
            doc: doc.unwrap_or_default(),
            origin: Origin::from(place).and(&declared.place),
        });
    }
    schemes.sort_by(|a, b| a.id.cmp(&b.id));
    schemes
}

/// Returns the kind of a scheme with its description; `None` if no request can have its credentials.
fn scheme_kind(
    cx: &Context<'_>,
    declared: &Located<'_, Declared>,
) -> Option<(SchemeKind, Option<String>)> {
    let is_valid = |key: &str, text: &str, owner: &str| {
        let value = Place::Value(declared.place.key(key));
        token::check_part(cx, Rule::WrongValue, &declared.place, value, text, owner)
    };
    Some(match declared.node {
        Declared::APIKey {
            location,
            name,
            description,
            ..
        } => {
            let location = match location {
                APIKeyLocation::Query => Location::Query,
                APIKeyLocation::Header => Location::Header,
                APIKeyLocation::Cookie => Location::Cookie,
            };
            let owner = format!("a {}", location.as_str());
            if location != Location::Query && !is_valid("name", name, &owner) {
                return None;
            }
            (
                SchemeKind::ApiKey(location, name.clone()),
                description.clone(),
            )
        }
        Declared::HTTP {
            scheme,
            description,
            ..
        } => {
            let kind = match scheme.to_ascii_lowercase().as_str() {
                "basic" => SchemeKind::Basic,
                "bearer" => SchemeKind::Bearer,
                _ if !is_valid("scheme", scheme, "an authentication scheme") => return None,
                _ => SchemeKind::Other(scheme.clone()),
            };
            (kind, description.clone())
        }
        Declared::OAuth2 { description, .. } | Declared::OpenIDConnect { description, .. } => {
            (SchemeKind::Bearer, description.clone())
        }
    })
}

/// The credentials that an operation requires.
#[derive(Clone)]
struct Requirement {
    /// The schemes of each alternative, with the alternative without schemes last. Empty if every alternative
    /// has a scheme that the document does not declare.
    alternatives: Vec<Vec<usize>>,
    /// The documentation: "Requires `key`; or `oauth` (scopes `read`, `write`)."
    doc: String,
}

impl Requirement {
    /// Returns whether requests have no credentials.
    fn is_open(&self) -> bool {
        !self.alternatives.is_empty() && self.alternatives.iter().all(Vec::is_empty)
    }
}

/// The schemes that the document declares.
struct DeclaredSchemes(Vec<SecurityScheme>);

impl DeclaredSchemes {
    fn lower_requirements(
        &self,
        cx: &Context<'_>,
        declared: &[SecurityRequirement],
        place: &Pointer,
    ) -> Requirement {
        let mut alternatives: Vec<Vec<usize>> = Vec::new();
        let mut docs = Vec::new();
        for (index, requirement) in declared.iter().enumerate() {
            let mut ids: Vec<_> = requirement.iter().collect();
            ids.sort();
            let parts: Vec<_> = ids
                .iter()
                .map(|(id, scopes)| scheme_doc(id, scopes))
                .collect();
            docs.push(parts.join(" and "));
            let schemes = ids.iter().map(|(id, _)| {
                let found = self.0.iter().position(|scheme| scheme.id == **id);
                if found.is_none() {
                    self.report_undeclared(cx, id, &place.index(index).key(id));
                }
                found
            });
            // Collected first, so that every undeclared scheme is reported.
            let schemes: Vec<_> = schemes.collect();
            self.check_conflicts(cx, &schemes, &place.index(index));
            // No request can satisfy an alternative with an undeclared scheme.
            if let Some(schemes) = schemes.into_iter().collect::<Option<Vec<_>>>()
                && !alternatives.contains(&schemes)
            {
                self.check_ambiguity(cx, &alternatives, &schemes);
                alternatives.push(schemes);
            }
        }
        if declared.is_empty() {
            alternatives.push(Vec::new());
        }
        // Credentials in a request take precedence over the alternative without credentials.
        alternatives.sort_by_key(Vec::is_empty);
        docs.sort_by_key(String::is_empty);
        docs.dedup();
        let is_empty = docs.iter().all(String::is_empty);
        let docs: Vec<_> = docs
            .iter()
            .map(|alternative| match alternative.as_str() {
                "" => "no credentials",
                doc => doc,
            })
            .collect();
        Requirement {
            alternatives,
            doc: if is_empty {
                String::new()
            } else {
                format!("Requires {}.", docs.join("; or "))
            },
        }
    }

    /// Warns about alternatives that are indistinguishable in a request.
    fn check_ambiguity(&self, cx: &Context<'_>, alternatives: &[Vec<usize>], schemes: &[usize]) {
        let get = |schemes: &[usize]| -> Vec<_> {
            let schemes = schemes.iter();
            schemes.filter_map(|index| self.0.get(*index)).collect()
        };
        let [scheme] = get(schemes)[..] else { return };
        for other in alternatives {
            let [other] = get(other)[..] else { continue };
            if scheme.kind.in_request() != other.kind.in_request() {
                continue;
            }
            let section = Pointer::root().key("components").key("securitySchemes");
            let message = format!(
                "the security schemes `{}` and `{}` are indistinguishable in a request",
                other.id.escape_debug(),
                scheme.id.escape_debug()
            );
            cx.report(
                Diagnostic::warning(
                    Rule::AmbiguousSecurity,
                    Place::Key(section.key(&scheme.id)),
                    message,
                )
                .label("if both are accepted, the server may take one for the other")
                .help("ignore this if the server treats them alike"),
            );
        }
    }

    /// Warns about credentials that cannot be combined in a request.
    fn check_conflicts(&self, cx: &Context<'_>, schemes: &[Option<usize>], place: &Pointer) {
        let mut fields: BTreeMap<_, &str> = BTreeMap::new();
        let schemes = schemes.iter().flatten();
        for scheme in schemes.filter_map(|index| self.0.get(*index)) {
            let (location, field, _) = scheme.kind.in_request();
            let message = match fields.insert((location, field.clone()), &scheme.id) {
                None => continue,
                Some(other) => format!(
                    "`{}` and `{}` cannot be combined: both use the {} `{}`",
                    other.escape_debug(),
                    scheme.id.escape_debug(),
                    location.as_str(),
                    field.escape_debug()
                ),
            };
            cx.report(
                Diagnostic::warning(
                    Rule::AmbiguousSecurity,
                    Place::Key(place.key(&scheme.id)),
                    message,
                )
                .label("no request can satisfy this alternative")
                .help("make them alternatives, each as a separate list item"),
            );
        }
    }

    /// Warns about a scheme that is not declared, or that is left out because no request can have its credentials.
    ///
    /// This is not an error, because published documents have such schemes and are usable otherwise.
    fn report_undeclared(&self, cx: &Context<'_>, id: &str, place: &Pointer) {
        let declared = self.0.iter().map(|scheme| scheme.id.as_str());
        let help = match nearest(id, declared) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `components.securitySchemes`".to_owned(),
        };
        let scheme = Pointer::root().key("components").key("securitySchemes");
        let (state, help) = match cx.document.member(&scheme, id) {
            Some(_) => ("left out", "correct the scheme".to_owned()),
            None => ("not declared", help),
        };
        let message = format!("the security scheme `{}` is {state}", id.escape_debug());
        cx.report(
            Diagnostic::warning(Rule::DanglingRef, Place::Key(place.clone()), message)
                .label("no request can satisfy this alternative")
                .help(help),
        );
    }

    /// Creates a set of credentials, named after its schemes.
    fn credential_set(&self, lowering: &mut Lowering<'_>, users: CredentialUsers) -> CredentialSet {
        let CredentialUsers {
            alternatives,
            place,
            titles,
        } = users;
        let words = |schemes: &[usize]| {
            let ids = schemes.iter().filter_map(|scheme| self.0.get(*scheme));
            ids.map(|scheme| scheme.id.clone())
                .collect::<Vec<_>>()
                .join(" and ")
        };
        let mut scope = Scope::default();
        let variants = alternatives.iter().map(|schemes| CredentialAlternative {
            variant: match schemes.as_slice() {
                [] => {
                    scope
                        .name(&[Ident::pascal("anonymous")], "no credentials")
                        .0
                }
                schemes => {
                    scope
                        .name(&[Ident::pascal(&words(schemes))], "credentials")
                        .0
                }
            },
            schemes: schemes.clone(),
        });
        let variants = variants.collect();
        let required: Vec<_> = alternatives
            .iter()
            .filter(|schemes| !schemes.is_empty())
            .collect();
        let required: Vec<_> = required.into_iter().map(|schemes| words(schemes)).collect();
        let optional = if alternatives.iter().any(Vec::is_empty) {
            "optional "
        } else {
            ""
        };
        let wanted = Ident::pascal(&match required.as_slice() {
            [] => "undeclared credentials".to_owned(),
            required => format!("{optional}{} credentials", required.join(" or ")),
        });
        let (name, adjusted) = lowering.names.root.name(&[wanted], "credentials");
        lowering
            .cx
            .report_adjusted_name(Place::Key(place), "these credentials", &name, adjusted);
        CredentialSet {
            name,
            users: titles,
            alternatives: variants,
        }
    }
}

fn scheme_doc(id: &str, scopes: &[String]) -> String {
    let scopes: Vec<_> = scopes.iter().map(|scope| code(scope)).collect();
    match scopes.as_slice() {
        [] => code(id),
        scopes => format!("{} (scopes {})", code(id), scopes.join(", ")),
    }
}
