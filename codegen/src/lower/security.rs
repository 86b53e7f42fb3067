//! Security: the schemes, and the credentials that operations ask for.

use std::collections::BTreeMap;

use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme as Declared};

use super::{Context, Names, operation::Route, status::is_token};
use crate::{
    load::{At, shape::nearest},
    model::{Alternative, CredentialSet, Location, SchemeKind, SecurityScheme},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
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
const BUILDER_METHODS: &[&str] = &["body_limit", "build", "http_client"];

/// Lowers the schemes and the requirements of all operations.
pub(super) fn lower(cx: &Context<'_>, routes: &[Route<'_>], names: &mut Names) -> Security {
    let schemes = schemes(cx);
    let mut security = Security {
        schemes,
        sets: Vec::new(),
        of_routes: Vec::new(),
    };
    let of_all = Pointer::root().key("security");
    let declared = cx.document.api.security.as_deref().unwrap_or_default();
    let default = security.alternatives(cx, declared, &of_all);
    let mut known: BTreeMap<Vec<Vec<usize>>, usize> = BTreeMap::new();
    for route in routes {
        let (alternatives, place) = match &route.declared.node.security {
            Some(own) => {
                let place = route.declared.place.key("security");
                (security.alternatives(cx, own, &place), place)
            }
            None => (default.clone(), of_all.clone()),
        };
        // Nothing is asked for: there are no credentials to be had.
        if alternatives.iter().all(|(schemes, _)| schemes.is_empty()) {
            security.of_routes.push((None, String::new()));
            continue;
        }
        let key: Vec<_> = alternatives
            .iter()
            .map(|(schemes, _)| schemes.clone())
            .collect();
        let index = match known.get(&key) {
            Some(index) => *index,
            None => {
                let set = security.set(cx, names, &key, &place);
                security.sets.push(set);
                known.insert(key, security.sets.len() - 1);
                security.sets.len() - 1
            }
        };
        if let Some(set) = security.sets.get_mut(index) {
            set.users.push(route.title());
        }
        let words = security.in_words(&alternatives);
        security.of_routes.push((Some(index), words));
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
    let mut schemes = Vec::new();
    for (id, (name, adjusted)) in scope.name_all(ids, Ident::snake) {
        let place = section.key(&id);
        let what = format!("the security scheme `{id}`");
        cx.adjusted(Place::Key(place.clone()), &what, &name, adjusted);
        let declared = components.security_schemes.get(&id);
        let declared = declared.and_then(|declared| cx.document.resolve(&At::new(declared, place)));
        let Some(declared) = declared else { continue };
        let (kind, doc) = kind(cx, &declared);
        schemes.push(SecurityScheme {
            id,
            name,
            kind,
            doc: doc.unwrap_or_default(),
        });
    }
    schemes.sort_by(|a, b| a.id.cmp(&b.id));
    schemes
}

fn kind(cx: &Context<'_>, declared: &At<'_, Declared>) -> (SchemeKind, Option<String>) {
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
            if location != Location::Query && !is_token(name) {
                let what = format!("a {}", location.as_str());
                wrong_name(cx, &declared.place.key("name"), name, &what);
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
                    if !is_token(scheme) {
                        let place = declared.place.key("scheme");
                        wrong_name(cx, &place, scheme, "a scheme of authentication");
                    }
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

fn wrong_name(cx: &Context<'_>, place: &Pointer, name: &str, what: &str) {
    cx.report(
        Diagnostic::error(
            Rule::WrongValue,
            Place::Value(place.clone()),
            format!("`{}` is no name of {what}", name.escape_debug()),
        )
        .help("it is made of letters, digits and `-` (RFC 9110, section 5.6.2)"),
    );
}

/// The schemes of an alternative, and the scopes that each of them has to have.
type Needed = (Vec<usize>, Vec<Vec<String>>);

impl Security {
    fn alternatives(
        &self,
        cx: &Context<'_>,
        declared: &[SecurityRequirement],
        place: &Pointer,
    ) -> Vec<Needed> {
        let mut alternatives: Vec<Needed> = Vec::new();
        for (index, requirement) in declared.iter().enumerate() {
            let mut needed = BTreeMap::new();
            for (id, scopes) in requirement {
                match self.schemes.iter().position(|scheme| scheme.id == *id) {
                    Some(scheme) => {
                        needed.insert(scheme, scopes.clone());
                    }
                    None => self.unknown(cx, id, &place.index(index).key(id)),
                }
            }
            let alternative: Needed = needed.into_iter().unzip();
            if !alternatives
                .iter()
                .any(|(schemes, _)| *schemes == alternative.0)
            {
                alternatives.push(alternative);
            }
        }
        // Who has credentials means to use them, wherever the document allows to have none.
        alternatives.sort_by_key(|(schemes, _)| schemes.is_empty());
        alternatives
    }

    fn unknown(&self, cx: &Context<'_>, id: &str, place: &Pointer) {
        let known = self.schemes.iter().map(|scheme| scheme.id.as_str());
        let help = match nearest(id, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `components.securitySchemes`".to_owned(),
        };
        let message = format!("there is no security scheme `{}`", id.escape_debug());
        let place = Place::Key(place.clone());
        cx.report(Diagnostic::error(Rule::DanglingRef, place, message).help(help));
    }

    /// A set of credentials, named by its schemes.
    fn set(
        &self,
        cx: &Context<'_>,
        names: &mut Names,
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
        let alternatives = key.iter().map(|schemes| Alternative {
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
        let wanted = Ident::pascal(&format!("{optional}{} credentials", all.join(" or ")));
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

    /// What an operation asks for: "Needs `key`, or `oauth` with the scopes `read`, `write`."
    fn in_words(&self, alternatives: &[Needed]) -> String {
        let one = |scheme: usize, scopes: &[String]| {
            let id = self
                .schemes
                .get(scheme)
                .map_or("", |scheme| scheme.id.as_str());
            let scopes: Vec<_> = scopes.iter().map(|scope| code(scope)).collect();
            match scopes.as_slice() {
                [] => code(id),
                scopes => format!("{} with the scopes {}", code(id), scopes.join(", ")),
            }
        };
        let words: Vec<_> = alternatives
            .iter()
            .map(|(schemes, scopes)| {
                let parts = schemes
                    .iter()
                    .zip(scopes)
                    .map(|(scheme, scopes)| one(*scheme, scopes));
                let parts: Vec<_> = parts.collect();
                if parts.is_empty() {
                    "no credentials".to_owned()
                } else {
                    parts.join(" and ")
                }
            })
            .collect();
        format!("Needs {}.", words.join(", or "))
    }
}

/// A text as code of Markdown.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}
