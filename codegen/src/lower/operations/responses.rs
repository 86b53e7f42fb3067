//! Lowers responses to response enums, which operations with equal responses share.

use std::collections::BTreeMap;

use openapiv3::Response;
use serde_json::{Value, json};

use crate::lower::{
    Context, NameScopes,
    examples::type_check::find_unwritable,
    fingerprint::without_docs,
    operations::content,
    operations::parameters::ParameterFormat,
    operations::routes::{Route, responses},
    operations::token,
    schemas::docs::parameter_docs,
    schemas::merged::resolved,
    schemas::{Naming, Types},
    statuses::Statuses,
};
use crate::{
    doc::code,
    load::{Located, spec::ObjectKind},
    model::{
        Class, ContentRule, IsSuccess, Location, Method, Origin, Parameter, Payload, Piece,
        ResponseEnum, ResponseKey, ResponseVariant, Style, SuccessType, segments,
    },
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The response enums, and the responses of each operation.
pub(crate) struct ResponseEnums<'a> {
    pub(crate) list: Vec<ResponseEnum>,
    /// The responses of each route, in the order of the routes.
    pub(crate) by_route: Vec<OperationResponses<'a>>,
}

/// The responses of an operation.
pub(crate) struct OperationResponses<'a> {
    /// The index of the response enum.
    pub(crate) response_enum: usize,
    /// The name of the response enum, or of its alias for this operation.
    pub(crate) name: Ident,
    /// Whether the document declares a final response.
    pub(crate) is_declared: bool,
    /// The keys of interim responses.
    pub(crate) interim_keys: Vec<ResponseKey>,
    /// The responses as this operation declares them, in the order of the variants.
    pub(crate) declared_responses: Vec<Located<'a, Response>>,
}

/// A response enum before its types are lowered: its users, and the responses of the first user.
struct SharedResponses<'a> {
    chosen: Option<Ident>,
    users: Vec<usize>,
    drafts: Vec<ResponseDraft<'a>>,
}

/// A response before its types are lowered.
struct ResponseDraft<'a> {
    key: ResponseKey,
    response: Option<Located<'a, Response>>,
    /// Whether its content is lowered.
    has_content: bool,
}

/// Lowers the responses of all operations.
pub(crate) fn lower<'a>(
    cx: &Context<'a>,
    routes: &[Route<'a>],
    statuses: &Statuses,
    names: &mut NameScopes,
    types: &mut Types,
) -> ResponseEnums<'a> {
    let mut groups: Vec<SharedResponses<'a>> = Vec::new();
    let mut by_fingerprint: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_route = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let declared = responses(cx, route);
        let (drafts, interim_keys) = split_interim(cx, route, declared, statuses);
        let chosen = cx.chosen_name(&route.declared.place.key("responses"), |_| false);
        let fingerprint = fingerprint(cx, &drafts, chosen.as_ref());
        let response_enum = *by_fingerprint.entry(fingerprint).or_insert(groups.len());
        let place = Place::Key(route.declared.place.clone());
        let name = Ident::pascal(&route.words(cx)).with_suffix("Response");
        let (name, adjusted) = names
            .root
            .name(&[name], &format!("{} responses", route.title()));
        cx.report_adjusted_name(
            place,
            &format!("the response of `{}`", route.title()),
            &name,
            adjusted,
        );
        by_route.push(OperationResponses {
            response_enum,
            name,
            is_declared: drafts.iter().all(|draft| draft.response.is_some()),
            interim_keys,
            declared_responses: drafts
                .iter()
                .filter_map(|draft| draft.response.clone())
                .collect(),
        });
        match groups.get_mut(response_enum) {
            Some(group) => {
                for response in drafts.iter().filter_map(|draft| draft.response.as_ref()) {
                    cx.account_for(response.place.clone());
                }
                group.users.push(index);
            }
            None => groups.push(SharedResponses {
                chosen,
                users: vec![index],
                drafts,
            }),
        }
    }

    let mut list = Vec::new();
    for group in &groups {
        let name = enum_name(cx, group, routes, &by_route, names);
        let mut response_enum = lower_enum(cx, group, name, routes, statuses, names, types);
        for user in &group.users {
            if let (Some(route), Some(responses)) = (routes.get(*user), by_route.get(*user)) {
                add_origins(&mut response_enum, route, responses);
            }
        }
        list.push(response_enum);
    }
    for responses in &mut by_route {
        // An operation that does not share its response enum uses it directly, without an alias.
        if let Some(own) = list
            .get(responses.response_enum)
            .filter(|found| found.users.len() == 1)
        {
            responses.name = own.name.clone();
        }
    }
    ResponseEnums { list, by_route }
}

/// Adds the places where an operation declares its responses to the variants of its response enum.
fn add_origins(
    response_enum: &mut ResponseEnum,
    route: &Route<'_>,
    responses: &OperationResponses<'_>,
) {
    let place = route.declared.place.key("responses");
    for (variant, declared) in response_enum
        .variants
        .iter_mut()
        .zip(&responses.declared_responses)
    {
        let origin = std::mem::take(&mut variant.origin);
        variant.origin = origin
            .and(&place.key(&variant.key.to_string()))
            .and(&declared.place);
    }
}

/// Splits the declared responses into final ones and the keys of interim ones.
fn split_interim<'a>(
    cx: &Context<'a>,
    route: &Route<'a>,
    declared: Vec<(ResponseKey, Located<'a, Response>)>,
    statuses: &Statuses,
) -> (Vec<ResponseDraft<'a>>, Vec<ResponseKey>) {
    let mut drafts = Vec::new();
    let mut interim_keys = Vec::new();
    for (key, response) in declared {
        if key.is_interim() && !is_upgrade(key, &response) {
            interim_keys.push(key);
            cx.account_for(response.place.clone());
            // A response with `x-status` is declared to describe the status code.
            if cx.document.member(&response.place, "x-status").is_none() {
                let place = route.declared.place.key("responses").key(&key.to_string());
                cx.report(
                    Diagnostic::warning(
                        Rule::InterimStatus,
                        Place::Key(place),
                        format!("{key} is an interim status, not a final response"),
                    )
                    .label("this is ignored")
                    .help("declare the final response that follows it (RFC 9110, section 15.2)"),
                );
            }
            continue;
        }
        let allows_content = may_have_content(cx, key, &response, statuses);
        if route.method == Method::Head {
            cx.account_for(response.place.key("content"));
        }
        drafts.push(ResponseDraft {
            key,
            response: Some(response),
            // A response to HEAD has no content, even if it is declared (RFC 9110, section 9.3.2).
            has_content: allows_content && route.method != Method::Head,
        });
    }
    if drafts.is_empty() {
        let place = Place::Key(route.declared.place.key("responses"));
        cx.report(
            Diagnostic::warning(
                Rule::NoResponse,
                place,
                format!("`{}` does not declare a final response", route.title()),
            )
            .label("treated as `default` without content")
            .help("declare a response: `'200': {description: ...}`"),
        );
        drafts.push(ResponseDraft {
            key: ResponseKey::Default,
            response: None,
            has_content: false,
        });
    }
    (drafts, interim_keys)
}

/// Returns whether a response is a 101 with an `Upgrade` header, which is final for HTTP because the
/// connection switches to another protocol.
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
                format!("a response with {code} cannot have content"),
            )
            .label("this is ignored")
            .help("remove it, or use another status code"),
        );
    }
    false
}

/// Returns a text that is equal for equal responses, apart from their documentation.
fn fingerprint(cx: &Context<'_>, drafts: &[ResponseDraft<'_>], chosen: Option<&Ident>) -> String {
    let responses: Vec<_> = drafts
        .iter()
        .map(|draft| {
            let response = draft
                .response
                .as_ref()
                .and_then(|response| cx.document.get(&response.place));
            let mut stripped = response
                .map(|response| without_docs(&cx.document.tree, ObjectKind::Response, response))
                .unwrap_or_default();
            if !draft.has_content
                && let Some(members) = stripped.as_object_mut()
            {
                members.remove("content");
            }
            json!([draft.key.to_string(), stripped])
        })
        .collect();
    json!([chosen.map(Ident::as_str), responses]).to_string()
}

/// Returns the name of a response enum: the chosen name, or else the name of its only user, of the path of
/// all users, or of the first user.
fn enum_name(
    cx: &Context<'_>,
    group: &SharedResponses<'_>,
    routes: &[Route<'_>],
    by_route: &[OperationResponses<'_>],
    names: &mut NameScopes,
) -> Ident {
    let users = group
        .users
        .iter()
        .filter_map(|user| routes.get(*user))
        .collect::<Vec<_>>();
    let user_names: Vec<_> = group
        .users
        .iter()
        .filter_map(|user| by_route.get(*user))
        .map(|user| &user.name)
        .collect();
    let first = user_names
        .first()
        .map_or_else(|| Ident::pascal("response"), |name| (*name).clone());
    let path = users.first().map_or("", |user| user.path);
    let path_name = || {
        let on_one_path = users.len() > 1 && users.iter().all(|user| user.path == path);
        let words = segments(path)
            .into_iter()
            .flatten()
            .filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text),
                Piece::Parameter(_) => None,
            });
        let words = words.collect::<Vec<_>>().join(" ");
        (on_one_path && !words.is_empty()).then(|| Ident::pascal(&words).with_suffix("Response"))
    };
    let Some(wanted) = group.chosen.clone().or_else(path_name) else {
        return first;
    };
    if user_names.contains(&&wanted) {
        return wanted;
    }
    let subject = format!("the responses of {path}");
    let (name, adjusted) = names.root.name(&[wanted], &subject);
    if let Some(user) = users.first() {
        let place = Place::Key(user.declared.place.key("responses"));
        cx.report_adjusted_name(place, &subject, &name, adjusted);
    }
    name
}

fn lower_enum<'a>(
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
    let mut variants = Vec::new();
    for draft in &group.drafts {
        let name_part = variant_name(draft.key, statuses);
        let fallback = Ident::pascal(&base).with_suffix(name_part.as_str());
        let mut variant = lower_variant(cx, draft, name_part, &name, &fallback, names, types);
        // The documentation links to the status, which has this description already.
        if let ResponseKey::Exact(code) = draft.key
            && statuses
                .get(code)
                .is_some_and(|status| status.description.trim() == variant.doc.trim())
        {
            variant.doc.clear();
        }
        variants.push(variant);
    }
    let success = success(&mut variants);
    ResponseEnum {
        name,
        users: group
            .users
            .iter()
            .filter_map(|user| routes.get(*user))
            .map(Route::title)
            .collect(),
        variants,
        success,
    }
}

/// Returns the name of a variant, by its status code or class, never by its description.
fn variant_name(key: ResponseKey, statuses: &Statuses) -> Ident {
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

fn lower_variant<'a>(
    cx: &Context<'a>,
    draft: &ResponseDraft<'a>,
    variant: Ident,
    enum_name: &Ident,
    fallback: &Ident,
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
            let wanted = enum_name.with_suffix(&suffix.replace("XX", "xx"));
            Some(names.root.name(&[wanted], "the status of a response").0)
        }
    };
    let mut headers = Vec::new();
    let mut body = Payload::Empty;
    let mut doc = String::new();
    if let Some(response) = &draft.response {
        let naming = Naming::at(&response.place, fallback);
        doc.clone_from(&response.node.description);
        headers = self::headers(cx, response, &naming, names, types);
        if draft.has_content {
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
    let mut scope = Scope::reserving(reserved::VARIANT_FIELDS);
    let mut headers = Vec::new();
    let mut spelled: BTreeMap<String, Pointer> = BTreeMap::new();
    for (wire, header) in &response.node.headers {
        let place = response.place.key("headers").key(wire);
        if is_ignored(cx, wire, &place) {
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
                .help("remove one of the two: header field names are case-insensitive"),
            );
            continue;
        }
        if !token::check(cx, Place::Key(place.clone()), wire, "a header field") {
            continue;
        }
        let Some(header) = cx.document.resolve(&Located::new(header, place.clone())) else {
            continue;
        };
        // Header field names are case-insensitive: `ETag` is `etag`.
        let lower = wire.to_ascii_lowercase();
        let candidates = [
            Ident::snake(&lower),
            Ident::snake(&format!("{lower} header")),
        ];
        let (name, adjusted) = scope.name(&candidates, wire);
        cx.report_adjusted_name(
            Place::Key(place.clone()),
            &format!("the header `{wire}`"),
            &name,
            adjusted,
        );
        let Some(value) = ParameterFormat::new(cx, &header.place, &header.node.format) else {
            continue;
        };
        // `openapiv3::Header` has no `explode`.
        let explode = cx.document.member(&header.place, "explode");
        let ty = value.ty(cx, &naming.with(wire), names, types);
        if !value.is_json()
            && let Some(values) = find_unwritable(&ty, types)
        {
            let subject = format!("the header `{wire}`");
            cx.report_unwritable(Place::Key(header.place.clone()), &subject, values);
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
            doc: parameter_docs(
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

/// The header fields of the connection and the framing of a message (RFC 9110, sections 7.6.1 and 8.6;
/// RFC 9112, section 6.1), which only the sender of the bytes can set.
const FRAMING: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
];

/// Returns whether a header is not part of the type of a response, and warns about it.
fn is_ignored(cx: &Context<'_>, wire: &str, place: &Pointer) -> bool {
    let lower = wire.to_ascii_lowercase();
    let (label, help) = match lower.as_str() {
        // OpenAPI 3.0.3, "Response Object".
        "content-type" => (
            "OpenAPI ignores it",
            "remove it: `content` declares the media type",
        ),
        lower if FRAMING.contains(&lower) => (
            "this is ignored",
            "remove it: the server sets it when it sends the response",
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
            format!("a response cannot declare the header `{wire}`"),
        )
        .label(label)
        .help(help),
    );
    true
}

/// Determines the return type of `success()`, and marks the responses that it treats as successes.
///
/// If the document declares 2xx responses, they determine the type. `default` is then also a success if its
/// status code is 2xx and it has the same content; otherwise it is an error, which is what APIs use it for.
fn success(variants: &mut [ResponseVariant]) -> SuccessType {
    let is_2xx = |variant: &ResponseVariant| {
        matches!(
            variant.key,
            ResponseKey::Exact(200..=299) | ResponseKey::Range(2)
        )
    };
    let declares_2xx = variants.iter().any(is_2xx);
    for variant in variants.iter_mut() {
        variant.succeeds = match variant.key {
            _ if is_2xx(variant) => IsSuccess::Always,
            ResponseKey::Default => IsSuccess::ByCode,
            _ => IsSuccess::Never,
        };
    }
    let decisive = if declares_2xx {
        IsSuccess::Always
    } else {
        IsSuccess::ByCode
    };
    let successes: Vec<_> = variants
        .iter()
        .enumerate()
        .filter(|(_, variant)| variant.succeeds == decisive)
        .map(|(index, variant)| (index, variant.body.clone()))
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
    for variant in variants.iter_mut() {
        if variant.succeeds == IsSuccess::ByCode
            && success != SuccessType::Whole
            && variant.body != body
        {
            variant.succeeds = IsSuccess::Never;
        }
    }
    success
}
