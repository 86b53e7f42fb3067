//! Security: the schemes, and the credentials that operations ask for.

use std::collections::BTreeMap;

use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme as Declared};

use super::{Context, NameScopes, route::Route, token};
use crate::{
    doc::code,
    load::Located,
    model::{CredentialAlternative, CredentialSet, Location, Origin, SchemeKind, SecurityScheme},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, nearest},
};

/// What the operations of a document ask of those who call them.
pub(super) struct Security {
    /// The schemes, by name.
    pub(super) schemes: Vec<SecurityScheme>,
    /// The distinct sets of credentials, in the order of their first users.
    pub(super) sets: Vec<CredentialSet>,
    /// For each route the index of its set, and what it asks for in words.
    pub(super) of_routes: Vec<(Option<usize>, String)>,
}

/// What the client's builder has itself.
const BUILDER_METHODS: &[&str] = &[
    "base_url",
    "body_limit",
    "build",
    "clone",
    "connect_timeout",
    "default",
    "header",
    "http_client",
    "read_timeout",
    "redirects",
    "retry",
    "server",
    "timeout",
];

/// Lowers the schemes and the requirements of all operations.
pub(super) fn lower(cx: &Context<'_>, routes: &[Route<'_>], names: &mut NameScopes) -> Security {
    let schemes = schemes(cx);
    let mut security = Security {
        schemes,
        sets: Vec::new(),
        of_routes: Vec::new(),
    };
    let of_all = Pointer::root().key("security");
    let declared = cx.document.api.security.as_deref().unwrap_or_default();
    let default = security.needs(cx, declared, &of_all);
    let mut known: BTreeMap<Vec<Vec<usize>>, usize> = BTreeMap::new();
    for route in routes {
        let (needs, place) = match &route.declared.node.security {
            Some(own) => {
                let place = route.declared.place.key("security");
                (security.needs(cx, own, &place), place)
            }
            None => (default.clone(), of_all.clone()),
        };
        if needs.is_open() {
            security.of_routes.push((None, needs.words));
            continue;
        }
        let index = match known.get(&needs.alternatives) {
            Some(index) => *index,
            None => {
                let set = security.set(cx, names, &needs.alternatives, &place);
                security.sets.push(set);
                known.insert(needs.alternatives, security.sets.len() - 1);
                security.sets.len() - 1
            }
        };
        if let Some(set) = security.sets.get_mut(index) {
            set.users.push(route.title());
        }
        security.of_routes.push((Some(index), needs.words));
    }
    security
}

fn schemes(cx: &Context<'_>) -> Vec<SecurityScheme> {
    let Some(components) = &cx.document.api.components else {
        return Vec::new();
    };
    let section = Pointer::root().key("components").key("securitySchemes");
    let mut scope = Scope::reserving(BUILDER_METHODS);
    let ids = components.security_schemes.keys().map(String::as_str);
    let mut constants = Scope::default();
    let mut schemes = Vec::new();
    for (id, (name, adjusted)) in scope.name_all(ids, Ident::snake) {
        let place = section.key(&id);
        let what = format!("the security scheme `{id}`");
        cx.adjusted(Place::Key(place.clone()), &what, &name, adjusted);
        let declared = components.security_schemes.get(&id);
        let declared = declared
            .and_then(|declared| cx.document.resolve(&Located::new(declared, place.clone())));
        let Some(declared) = declared else { continue };
        let (kind, doc) = kind(cx, &declared);
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

fn kind(cx: &Context<'_>, declared: &Located<'_, Declared>) -> (SchemeKind, Option<String>) {
    match declared.node {
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
            if location != Location::Query {
                let place = Place::Value(declared.place.key("name"));
                token::checked(cx, place, name, &format!("a {}", location.as_str()));
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
                _ => {
                    let place = Place::Value(declared.place.key("scheme"));
                    token::checked(cx, place, scheme, "a scheme of authentication");
                    SchemeKind::Other(scheme.clone())
                }
            };
            (kind, description.clone())
        }
        Declared::OAuth2 { description, .. } | Declared::OpenIDConnect { description, .. } => {
            (SchemeKind::Bearer, description.clone())
        }
    }
}

/// What an operation asks for.
#[derive(Clone)]
struct SecurityNeeds {
    /// The schemes of each alternative; those of "nothing" come last. None at all if every
    /// alternative has a scheme that the document does not declare.
    alternatives: Vec<Vec<usize>>,
    /// In words: "SecurityNeeds `key`; or `oauth` (scopes `read`, `write`)."
    words: String,
}

impl SecurityNeeds {
    /// Whether a request needs no credentials and could not have any.
    fn is_open(&self) -> bool {
        !self.alternatives.is_empty() && self.alternatives.iter().all(Vec::is_empty)
    }
}

impl Security {
    fn needs(
        &self,
        cx: &Context<'_>,
        declared: &[SecurityRequirement],
        place: &Pointer,
    ) -> SecurityNeeds {
        let mut alternatives: Vec<Vec<usize>> = Vec::new();
        let mut words = Vec::new();
        for (index, requirement) in declared.iter().enumerate() {
            let mut ids: Vec<_> = requirement.iter().collect();
            ids.sort();
            let parts: Vec<_> = ids
                .iter()
                .map(|(id, scopes)| in_words(id, scopes))
                .collect();
            words.push(parts.join(" and "));
            let schemes = ids.iter().map(|(id, _)| {
                let found = self.schemes.iter().position(|scheme| scheme.id == **id);
                if found.is_none() {
                    self.unknown(cx, id, &place.index(index).key(id));
                }
                found
            });
            // All of them, so that each that is unknown is told.
            let schemes: Vec<_> = schemes.collect();
            self.clash(cx, &schemes, &place.index(index));
            // Nothing can satisfy an alternative of which a part is unknown.
            if let Some(schemes) = schemes.into_iter().collect::<Option<Vec<_>>>()
                && !alternatives.contains(&schemes)
            {
                self.alike(cx, &alternatives, &schemes);
                alternatives.push(schemes);
            }
        }
        if declared.is_empty() {
            alternatives.push(Vec::new());
        }
        // Who has credentials means to use them, wherever the document allows to have none.
        alternatives.sort_by_key(Vec::is_empty);
        words.sort_by_key(String::is_empty);
        words.dedup();
        let is_empty = words.iter().all(String::is_empty);
        let words: Vec<_> = words
            .iter()
            .map(|alternative| match alternative.as_str() {
                "" => "no credentials",
                words => words,
            })
            .collect();
        SecurityNeeds {
            alternatives,
            words: if is_empty {
                String::new()
            } else {
                format!("SecurityNeeds {}.", words.join("; or "))
            },
        }
    }

    /// Warns of alternatives that a server cannot tell apart.
    fn alike(&self, cx: &Context<'_>, known: &[Vec<usize>], schemes: &[usize]) {
        let get = |schemes: &[usize]| -> Vec<_> {
            let schemes = schemes.iter();
            schemes
                .filter_map(|index| self.schemes.get(*index))
                .collect()
        };
        let [scheme] = get(schemes)[..] else { return };
        for other in known {
            let [other] = get(other)[..] else { continue };
            if scheme.kind.in_request() != other.kind.in_request() {
                continue;
            }
            let section = Pointer::root().key("components").key("securitySchemes");
            let message = format!(
                "the security schemes `{}` and `{}` are one in a request",
                other.id.escape_debug(),
                scheme.id.escape_debug()
            );
            cx.report(
                Diagnostic::warning(
                    Rule::AmbiguousSecurity,
                    Place::Key(section.key(&scheme.id)),
                    message,
                )
                .label("where either will do, a server takes it for the other")
                .help("leave it so, if it is all the same to the server"),
            );
        }
    }

    /// Warns of credentials that cannot go together.
    fn clash(&self, cx: &Context<'_>, schemes: &[Option<usize>], place: &Pointer) {
        let mut fields: BTreeMap<_, &str> = BTreeMap::new();
        let schemes = schemes.iter().flatten();
        for scheme in schemes.filter_map(|index| self.schemes.get(*index)) {
            let (location, field, _) = scheme.kind.in_request();
            let message = match fields.insert((location, field.clone()), &scheme.id) {
                None => continue,
                Some(other) => format!(
                    "`{}` and `{}` cannot go together: both are the {} `{}`",
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
                .label("nobody can satisfy this alternative")
                .help("make them alternatives, each with a `-` of its own"),
            );
        }
    }

    /// Public documents name what they do not declare; the rest of them is of use all the same.
    fn unknown(&self, cx: &Context<'_>, id: &str, place: &Pointer) {
        let known = self.schemes.iter().map(|scheme| scheme.id.as_str());
        let help = match nearest(id, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `components.securitySchemes`".to_owned(),
        };
        let message = format!("there is no security scheme `{}`", id.escape_debug());
        cx.report(
            Diagnostic::warning(Rule::DanglingRef, Place::Key(place.clone()), message)
                .label("nobody can satisfy this alternative")
                .help(help),
        );
    }

    /// A set of credentials, named by its schemes.
    fn set(
        &self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        key: &[Vec<usize>],
        place: &Pointer,
    ) -> CredentialSet {
        let words = |schemes: &[usize]| {
            let ids = schemes
                .iter()
                .filter_map(|scheme| self.schemes.get(*scheme));
            ids.map(|scheme| scheme.id.clone())
                .collect::<Vec<_>>()
                .join(" and ")
        };
        let mut scope = Scope::default();
        let alternatives = key.iter().map(|schemes| CredentialAlternative {
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
        let alternatives = alternatives.collect();
        let all: Vec<_> = key.iter().filter(|schemes| !schemes.is_empty()).collect();
        let all: Vec<_> = all.into_iter().map(|schemes| words(schemes)).collect();
        let optional = if key.iter().any(Vec::is_empty) {
            "optional "
        } else {
            ""
        };
        let wanted = Ident::pascal(&match all.as_slice() {
            [] => "undeclared credentials".to_owned(),
            all => format!("{optional}{} credentials", all.join(" or ")),
        });
        let (name, adjusted) = names.root.name(&[wanted], "credentials");
        cx.adjusted(
            Place::Key(place.clone()),
            "these credentials",
            &name,
            adjusted,
        );
        CredentialSet {
            name,
            users: Vec::new(),
            alternatives,
        }
    }
}

fn in_words(id: &str, scopes: &[String]) -> String {
    let scopes: Vec<_> = scopes.iter().map(|scope| code(scope)).collect();
    match scopes.as_slice() {
        [] => code(id),
        scopes => format!("{} (scopes {})", code(id), scopes.join(", ")),
    }
}
