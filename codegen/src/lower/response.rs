//! Responses: the sets of answers, who shares them, and their names.

use std::collections::BTreeMap;

use openapiv3::Response;
use serde_json::{Value, json};

use super::{
    Context, NameScopes, content,
    docs::described,
    fingerprint::skeleton,
    merged_schema::resolved,
    parameter::ParameterFormat,
    route::{Route, responses},
    status::Statuses,
    token,
    type_check::not_flat,
    types::{Naming, Types},
};
use crate::{
    doc::code,
    load::{Located, spec::ObjectKind},
    model::{
        Class, ContentRule, IsSuccess, Location, Method, Origin, Parameter, Payload, Piece,
        ResponseEnum, ResponseKey, ResponseVariant, Style, SuccessType, segments,
    },
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The sets of responses, and which of them each operation has.
pub(super) struct ResponseEnums<'a> {
    pub(super) list: Vec<ResponseEnum>,
    /// One for each route, in the order of the routes.
    pub(super) of_routes: Vec<OperationResponses<'a>>,
}

/// What an operation answers.
pub(super) struct OperationResponses<'a> {
    /// The index of its set.
    pub(super) set: usize,
    /// The set's name, or its alias for this operation.
    pub(super) name: Ident,
    /// Whether the document declares an answer at all.
    pub(super) declared: bool,
    /// The keys that are no answer.
    pub(super) interim: Vec<ResponseKey>,
    /// The answers as this operation declares them, in the order of the set.
    pub(super) declared_responses: Vec<Located<'a, Response>>,
}

/// A set of answers before it has its types: who has it, and what the first of them declares.
struct SharedResponses<'a> {
    chosen: Option<Ident>,
    users: Vec<usize>,
    drafts: Vec<ResponseDraft<'a>>,
}

/// An answer before it has its types.
struct ResponseDraft<'a> {
    key: ResponseKey,
    response: Option<Located<'a, Response>>,
    /// Whether its content counts.
    content: bool,
}

/// Lowers the sets of responses of all operations.
pub(super) fn lower<'a>(
    cx: &Context<'a>,
    routes: &[Route<'a>],
    statuses: &Statuses,
    names: &mut NameScopes,
    types: &mut Types,
) -> ResponseEnums<'a> {
    let mut groups: Vec<SharedResponses<'a>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_routes = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let declared = responses(cx, route);
        let (answers, interim) = final_answers(cx, route, declared, statuses);
        let chosen = cx.chosen_name(&route.declared.place.key("responses"), |_| false);
        let print = fingerprint(cx, &answers, chosen.as_ref());
        let set = *known.entry(print).or_insert(groups.len());
        let place = Place::Key(route.declared.place.clone());
        let name = Ident::pascal(&route.words()).with("Response");
        let (name, adjusted) = names
            .root
            .name(&[name], &format!("{} responses", route.title()));
        cx.adjusted(
            place,
            &format!("the response of `{}`", route.title()),
            &name,
            adjusted,
        );
        of_routes.push(OperationResponses {
            set,
            name,
            declared: answers.iter().all(|draft| draft.response.is_some()),
            interim,
            declared_responses: answers
                .iter()
                .filter_map(|draft| draft.response.clone())
                .collect(),
        });
        match groups.get_mut(set) {
            Some(group) => {
                for response in answers.iter().filter_map(|draft| draft.response.as_ref()) {
                    cx.account_for(response.place.clone());
                }
                group.users.push(index);
            }
            None => groups.push(SharedResponses {
                chosen,
                users: vec![index],
                drafts: answers,
            }),
        }
    }

    let mut list = Vec::new();
    for group in &groups {
        let name = set_name(cx, group, routes, &of_routes, names);
        let mut set = set(cx, group, name, routes, statuses, names, types);
        for user in &group.users {
            if let (Some(route), Some(responses)) = (routes.get(*user), of_routes.get(*user)) {
                place(&mut set, route, responses);
            }
        }
        list.push(set);
    }
    for route in &mut of_routes {
        // An operation whose alias would be called like the set needs none.
        if let Some(set) = list.get(route.set).filter(|set| set.users.len() == 1) {
            route.name = set.name.clone();
        }
    }
    ResponseEnums { list, of_routes }
}

/// Notes where an operation declares the answers of its set.
fn place(set: &mut ResponseEnum, route: &Route<'_>, responses: &OperationResponses<'_>) {
    let here = route.declared.place.key("responses");
    for (answer, declared) in set.variants.iter_mut().zip(&responses.declared_responses) {
        let origin = std::mem::take(&mut answer.origin);
        answer.origin = origin
            .and(&here.key(&answer.key.to_string()))
            .and(&declared.place);
    }
}

/// The answers that can be final, and the keys of those that cannot.
fn final_answers<'a>(
    cx: &Context<'a>,
    route: &Route<'a>,
    declared: Vec<(ResponseKey, Located<'a, Response>)>,
    statuses: &Statuses,
) -> (Vec<ResponseDraft<'a>>, Vec<ResponseKey>) {
    let mut answers = Vec::new();
    let mut interim = Vec::new();
    for (key, response) in declared {
        if key.is_interim() && !is_upgrade(key, &response) {
            interim.push(key);
            cx.account_for(response.place.clone());
            // A response with `x-status` is there to describe a code, and knows what it is.
            if !response.node.extensions.contains_key("x-status") {
                let place = route.declared.place.key("responses").key(&key.to_string());
                cx.report(
                    Diagnostic::warning(
                        Rule::InterimStatus,
                        Place::Key(place),
                        format!("{key} is an interim status, which is no answer"),
                    )
                    .label("nothing is made of this")
                    .help("declare the status that follows it (RFC 9110, section 15.2)"),
                );
            }
            continue;
        }
        let content = may_have_content(cx, key, &response, statuses);
        if route.method == Method::Head {
            cx.account_for(response.place.key("content"));
        }
        answers.push(ResponseDraft {
            key,
            response: Some(response),
            // A response to HEAD has no content, whatever is declared (RFC 9110, section 9.3.2).
            content: content && route.method != Method::Head,
        });
    }
    if answers.is_empty() {
        let place = Place::Key(route.declared.place.key("responses"));
        cx.report(
            Diagnostic::warning(
                Rule::NoResponse,
                place,
                format!("`{}` declares no answer", route.title()),
            )
            .label("taken as `default`, without content")
            .help("say what it answers: `'200': {description: ...}`"),
        );
        answers.push(ResponseDraft {
            key: ResponseKey::Default,
            response: None,
            content: false,
        });
    }
    (answers, interim)
}

/// 101 is final for HTTP where the connection goes on with another protocol, which the header says.
fn is_upgrade(key: ResponseKey, response: &Located<'_, Response>) -> bool {
    let mut headers = response.node.headers.keys();
    key == ResponseKey::Exact(101) && headers.any(|name| name.eq_ignore_ascii_case("upgrade"))
}

fn may_have_content(
    cx: &Context<'_>,
    key: ResponseKey,
    response: &Located<'_, Response>,
    statuses: &Statuses,
) -> bool {
    let ResponseKey::Exact(code) = key else {
        return true;
    };
    let rule = statuses
        .get(code)
        .map_or(ContentRule::Allowed, |status| status.content);
    if rule == ContentRule::Allowed {
        return true;
    }
    if !response.node.content.is_empty() {
        cx.report(
            Diagnostic::warning(
                Rule::ForbiddenContent,
                Place::Key(response.place.key("content")),
                format!("an answer with {code} has no content"),
            )
            .label("nothing is made of this")
            .help("remove it, or answer with another status"),
        );
    }
    false
}

/// What two equal sets have in common: all but what only people read.
fn fingerprint(cx: &Context<'_>, answers: &[ResponseDraft<'_>], chosen: Option<&Ident>) -> String {
    let answers: Vec<_> = answers
        .iter()
        .map(|draft| {
            let response = draft
                .response
                .as_ref()
                .and_then(|response| cx.document.tree.pointer(response.place.as_str()));
            let mut bare = response
                .map(|response| skeleton(&cx.document.tree, ObjectKind::Response, response))
                .unwrap_or_default();
            if !draft.content
                && let Some(members) = bare.as_object_mut()
            {
                members.remove("content");
            }
            json!([draft.key.to_string(), bare])
        })
        .collect();
    json!([chosen.map(Ident::as_str), answers]).to_string()
}

/// The name of a set: chosen, or of its one user, or of the path all its users are on, or of the
/// first user.
fn set_name(
    cx: &Context<'_>,
    group: &SharedResponses<'_>,
    routes: &[Route<'_>],
    of_routes: &[OperationResponses<'_>],
    names: &mut NameScopes,
) -> Ident {
    let users = group
        .users
        .iter()
        .filter_map(|user| routes.get(*user))
        .collect::<Vec<_>>();
    let own: Vec<_> = group
        .users
        .iter()
        .filter_map(|user| of_routes.get(*user))
        .map(|user| &user.name)
        .collect();
    let first = own
        .first()
        .map_or_else(|| Ident::pascal("response"), |name| (*name).clone());
    let path = users.first().map_or("", |user| user.path);
    let shared = || {
        let on_one_path = users.len() > 1 && users.iter().all(|user| user.path == path);
        let words = segments(path)
            .into_iter()
            .flatten()
            .filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text),
                Piece::Parameter(_) => None,
            });
        let words = words.collect::<Vec<_>>().join(" ");
        (on_one_path && !words.is_empty()).then(|| Ident::pascal(&words).with("Response"))
    };
    let Some(wanted) = group.chosen.clone().or_else(shared) else {
        return first;
    };
    if own.contains(&&wanted) {
        return wanted;
    }
    let what = format!("the responses of {path}");
    let (name, adjusted) = names.root.name(&[wanted], &what);
    if let Some(user) = users.first() {
        let place = Place::Key(user.declared.place.key("responses"));
        cx.adjusted(place, &what, &name, adjusted);
    }
    name
}

fn set<'a>(
    cx: &Context<'a>,
    group: &SharedResponses<'a>,
    name: Ident,
    routes: &[Route<'a>],
    statuses: &Statuses,
    names: &mut NameScopes,
    types: &mut Types,
) -> ResponseEnum {
    let base = name
        .as_str()
        .strip_suffix("Response")
        .unwrap_or(name.as_str())
        .to_owned();
    let mut answers = Vec::new();
    for draft in &group.drafts {
        let variant = variant(draft.key, statuses);
        let otherwise = Ident::pascal(&base).with(variant.as_str());
        let mut answer = answer(cx, draft, variant, &name, &otherwise, names, types);
        // The documentation links to the status, which has this description already.
        if let ResponseKey::Exact(code) = draft.key
            && statuses
                .get(code)
                .is_some_and(|status| status.description.trim() == answer.doc.trim())
        {
            answer.doc.clear();
        }
        answers.push(answer);
    }
    let success = success(&mut answers);
    ResponseEnum {
        name,
        users: group
            .users
            .iter()
            .filter_map(|user| routes.get(*user))
            .map(Route::title)
            .collect(),
        variants: answers,
        success,
    }
}

/// The name of a variant: by its code or class, never by a description.
fn variant(key: ResponseKey, statuses: &Statuses) -> Ident {
    match key {
        ResponseKey::Exact(code) => statuses.get(code).map_or_else(
            || Ident::pascal(&format!("Status{code}")),
            |status| status.name.clone(),
        ),
        ResponseKey::Range(first) => {
            Ident::pascal(Class::from_code(first * 100).map_or("Other", Class::name))
        }
        ResponseKey::Default => Ident::pascal("default"),
    }
}

fn answer<'a>(
    cx: &Context<'a>,
    draft: &ResponseDraft<'a>,
    variant: Ident,
    set: &Ident,
    otherwise: &Ident,
    names: &mut NameScopes,
    types: &mut Types,
) -> ResponseVariant {
    let status_type = match draft.key {
        ResponseKey::Exact(_) => None,
        key => {
            let suffix = if key == ResponseKey::Default {
                "Default".to_owned()
            } else {
                key.to_string()
            };
            let wanted = set.with(&suffix.replace("XX", "xx"));
            Some(names.root.name(&[wanted], "the status of an answer").0)
        }
    };
    let mut headers = Vec::new();
    let mut body = Payload::Empty;
    let mut doc = String::new();
    if let Some(response) = &draft.response {
        let naming = Naming::at(&response.place, otherwise);
        doc.clone_from(&response.node.description);
        headers = self::headers(cx, response, &naming, names, types);
        if draft.content {
            let place = response.place.key("content");
            let naming = naming.with("Body");
            body = content::lower(
                cx,
                content::MessageKind::Response,
                &response.node.content,
                &place,
                &naming,
                names,
                types,
            );
        }
    }
    ResponseVariant {
        key: draft.key,
        variant,
        status_type,
        doc,
        headers,
        body,
        succeeds: IsSuccess::Never,
        origin: Origin::default(),
    }
}

fn headers<'a>(
    cx: &Context<'a>,
    response: &Located<'a, Response>,
    naming: &Naming,
    names: &mut NameScopes,
    types: &mut Types,
) -> Vec<Parameter> {
    // The generated variant has these fields itself.
    let mut scope = Scope::reserving(&["body", "status"]);
    let mut headers = Vec::new();
    let mut spelled: BTreeMap<String, Pointer> = BTreeMap::new();
    for (wire, header) in &response.node.headers {
        let place = response.place.key("headers").key(wire);
        if ignored(cx, wire, &place) {
            continue;
        }
        if let Some(first) = spelled.insert(wire.to_ascii_lowercase(), place.clone()) {
            cx.report(
                Diagnostic::error(
                    Rule::DuplicateName,
                    Place::Key(place),
                    format!("the header `{wire}` is declared twice"),
                )
                .label("declared again here")
                .related(Place::Key(first), "first declared here")
                .help("remove one of the two: the names of header fields know no case"),
            );
            continue;
        }
        if !token::checked(cx, Place::Key(place.clone()), wire, "a header field") {
            continue;
        }
        let Some(header) = cx.document.resolve(&Located::new(header, place.clone())) else {
            continue;
        };
        // The names of header fields know no case: `ETag` is `etag`.
        let lower = wire.to_ascii_lowercase();
        let candidates = [
            Ident::snake(&lower),
            Ident::snake(&format!("{lower} header")),
        ];
        let (name, adjusted) = scope.name(&candidates, wire);
        cx.adjusted(
            Place::Key(place.clone()),
            &format!("the header `{wire}`"),
            &name,
            adjusted,
        );
        let Some(value) = ParameterFormat::new(cx, &header.place, &header.node.format) else {
            continue;
        };
        // The type of openapiv3 has no `explode`.
        let explode = cx
            .document
            .tree
            .pointer(header.place.key("explode").as_str());
        let ty = value.ty(cx, &naming.with(wire), names, types);
        if !value.is_json()
            && let Some(what) = not_flat(&ty, types)
        {
            let noun = format!("the header `{wire}`");
            cx.unwritable(Place::Key(header.place.clone()), &noun, what);
        }
        headers.push(Parameter {
            name,
            wire: wire.clone(),
            location: Location::Header,
            style: if value.is_json() {
                Style::Json
            } else {
                Style::Simple
            },
            explode: explode == Some(&Value::Bool(true)),
            ty,
            constraints: None,
            required: header.node.required,
            doc: described(
                cx,
                header.node.description.as_deref(),
                &value.schema(),
                &format!("The header {}.", code(wire)),
            ),
            deprecated: header.node.deprecated.unwrap_or(false),
            origin: Origin::from(place).and(&header.place),
        });
    }
    headers.sort_by_key(|header| header.wire.to_ascii_lowercase());
    headers
}

/// The header fields that belong to the connection and the framing of a message (RFC 9110, sections
/// 7.6.1 and 8.6; RFC 9112, section 6.1): only who sends the bytes knows them.
const FRAMING: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
];

/// Whether a header is no part of an answer's type; says so.
fn ignored(cx: &Context<'_>, wire: &str, place: &Pointer) -> bool {
    let lower = wire.to_ascii_lowercase();
    let (label, help) = match lower.as_str() {
        // OpenAPI 3.0.3, "Response Object".
        "content-type" => (
            "OpenAPI ignores it",
            "remove it: `content` says what it holds",
        ),
        lower if FRAMING.contains(&lower) => (
            "nothing is made of this",
            "remove it: the server writes it when it knows how it sends the answer",
        ),
        _ => return false,
    };
    if let Some((target, _)) = resolved(cx, place) {
        cx.account_for(target);
    }
    cx.report(
        Diagnostic::warning(
            Rule::IgnoredHeader,
            Place::Key(place.clone()),
            format!("the header `{wire}` is not for an answer to declare"),
        )
        .label(label)
        .help(help),
    );
    true
}

/// Decides what `success()` gives, and which answers it takes.
///
/// Where the document names a 2xx, that decides. `default` is then a success too if its status is 2xx
/// and it carries the same; otherwise it is what APIs use it for, an error.
fn success(answers: &mut [ResponseVariant]) -> SuccessType {
    let is_2xx = |answer: &ResponseVariant| {
        matches!(
            answer.key,
            ResponseKey::Exact(200..=299) | ResponseKey::Range(2)
        )
    };
    let named = answers.iter().any(is_2xx);
    for answer in answers.iter_mut() {
        answer.succeeds = match answer.key {
            _ if is_2xx(answer) => IsSuccess::Always,
            ResponseKey::Default => IsSuccess::ByCode,
            _ => IsSuccess::Never,
        };
    }
    let takes = if named {
        IsSuccess::Always
    } else {
        IsSuccess::ByCode
    };
    let successes: Vec<_> = answers
        .iter()
        .enumerate()
        .filter(|(_, answer)| answer.succeeds == takes)
        .map(|(index, answer)| (index, answer.body.clone()))
        .collect();
    let Some((first, body)) = successes.first().cloned() else {
        return SuccessType::Unit;
    };
    let success = if successes.iter().any(|(_, other)| *other != body) {
        SuccessType::Whole
    } else if body == Payload::Empty {
        SuccessType::Unit
    } else {
        SuccessType::Body(first)
    };
    for answer in answers.iter_mut() {
        if answer.succeeds == IsSuccess::ByCode
            && success != SuccessType::Whole
            && answer.body != body
        {
            answer.succeeds = IsSuccess::Never;
        }
    }
    success
}
