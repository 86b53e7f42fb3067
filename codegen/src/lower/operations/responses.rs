//! Lowers responses to response enums: one for each operation, except where `x-name` shares one.

mod drafts;
mod shared;

use openapiv3::Response;

pub(crate) use self::shared::SharedResponses;
use self::{
    drafts::{ResponseDraft, fingerprint, split_interim},
    shared::ResponseFields,
};
use super::routes::{Route, responses};
use crate::{
    lower::{Context, Lowering, statuses::Statuses},
    model::{
        Class, IsSuccess, Method, Origin, Payload, ResponseEnum, ResponseKey, ResponseVariant,
        SuccessType,
    },
    name::Ident,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The response enums, and the responses of each operation.
pub(crate) struct ResponseEnums {
    pub(crate) enums: Vec<ResponseEnum>,
    /// The responses of each route, in the order of the routes.
    pub(crate) by_route: Vec<OperationResponses>,
}

/// The responses of an operation.
pub(crate) struct OperationResponses {
    /// The index of the response enum.
    pub(crate) response_enum: usize,
    /// The name of the response enum, or of its alias for this operation.
    pub(crate) name: Ident,
    /// Whether the document declares a final response.
    pub(crate) is_declared: bool,
    /// The keys of interim responses.
    pub(crate) interim_keys: Vec<ResponseKey>,
    /// The places of the responses as this operation declares them, in the order of the variants.
    pub(crate) places: Vec<Pointer>,
}

impl ResponseEnums {
    /// Returns the keys of the responses of an operation.
    pub(crate) fn keys(&self, operation: &OperationResponses) -> impl Iterator<Item = ResponseKey> {
        let response_enum = self.enums.get(operation.response_enum);
        let variants = response_enum.into_iter().flat_map(|found| &found.variants);
        variants.map(|variant| variant.key)
    }
}

/// The responses that an operation declares, with the index of the response enum.
struct DeclaredResponses<'a> {
    route: &'a Route<'a>,
    /// The name of the response type of the operation.
    name: Ident,
    response_enum: usize,
    drafts: Vec<ResponseDraft<'a>>,
    interim_keys: Vec<ResponseKey>,
}

/// A response enum before its types are lowered.
struct ResponseGroup {
    /// The `x-name`, with which operations share the enum.
    chosen: Option<Ident>,
    /// The indices of the operations that use it. Its types are those of the first one.
    users: Vec<usize>,
}

/// Lowers the responses of all operations.
pub(crate) fn lower<'a>(
    lowering: &mut Lowering<'a>,
    routes: &'a [Route<'a>],
    statuses: &Statuses,
) -> ResponseEnums {
    let (operations, groups) = declared(lowering, routes, statuses);
    let mut enums = Vec::new();
    for group in &groups {
        let name = enum_name(lowering, group, &operations);
        enums.push(response_enum(lowering, group, name, &operations, statuses));
    }
    let by_route = operations.into_iter().map(|operation| {
        // An operation that does not share its response enum uses it directly, without an alias.
        let own = enums.get(operation.response_enum);
        let own = own.filter(|own: &&ResponseEnum| own.users.len() == 1);
        let responses = operation.drafts.iter().map(|draft| draft.response.as_ref());
        OperationResponses {
            response_enum: operation.response_enum,
            name: own.map_or(operation.name, |own| own.name.clone()),
            is_declared: responses.clone().all(|response| response.is_some()),
            interim_keys: operation.interim_keys,
            places: responses
                .flatten()
                .map(|response| response.place.clone())
                .collect(),
        }
    });
    ResponseEnums {
        by_route: by_route.collect(),
        enums,
    }
}

/// Returns the declared responses of each operation, and the response enums that they need.
fn declared<'a>(
    lowering: &mut Lowering<'a>,
    routes: &'a [Route<'a>],
    statuses: &Statuses,
) -> (Vec<DeclaredResponses<'a>>, Vec<ResponseGroup>) {
    let cx = lowering.cx;
    let mut groups: Vec<ResponseGroup> = Vec::new();
    let mut operations: Vec<DeclaredResponses<'a>> = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let (drafts, interim_keys) = split_interim(cx, route, responses(cx, route), statuses);
        let mut chosen = cx.chosen_name(&route.declared.place.key("responses"), |_| false);
        let mut shared = chosen.as_ref().and_then(|chosen| {
            let mut groups = groups.iter();
            groups.position(|group| group.chosen.as_ref() == Some(chosen))
        });
        let group = shared.and_then(|shared| groups.get(shared));
        let first = group.and_then(|group| operations.get(*group.users.first()?));
        if let Some(first) = first {
            check_shared(cx, first, route, &drafts);
        }
        // Without content, the responses to HEAD cannot be values of the same enum.
        if drafts.iter().any(ResponseDraft::omits_content) && route.method == Method::Head {
            (chosen, shared) = (None, None);
        }
        let response_enum = shared.unwrap_or(groups.len());
        match groups.get_mut(response_enum) {
            Some(group) => {
                for response in drafts.iter().filter_map(|draft| draft.response.as_ref()) {
                    cx.account_for(response.place.clone());
                }
                group.users.push(index);
            }
            None => groups.push(ResponseGroup {
                chosen,
                users: vec![index],
            }),
        }
        let name = Ident::pascal(&route.words(cx)).with_suffix("Response");
        let owner = format!("{} responses", route.title());
        let (name, adjusted) = lowering.names.root.name(&[name], &owner);
        let place = Place::Key(route.declared.place.clone());
        let subject = format!("the response of `{}`", route.title());
        cx.report_adjusted_name(place, &subject, &name, adjusted);
        operations.push(DeclaredResponses {
            route,
            name,
            response_enum,
            drafts,
            interim_keys,
        });
    }
    (operations, groups)
}

/// Reports an operation whose `responses` have the `x-name` of others, but differ from them.
fn check_shared(
    cx: &Context<'_>,
    first: &DeclaredResponses<'_>,
    route: &Route<'_>,
    drafts: &[ResponseDraft<'_>],
) {
    if fingerprint(cx, &first.drafts) == fingerprint(cx, drafts) {
        return;
    }
    let place = |route: &Route<'_>| {
        let responses = route.declared.place.key("responses");
        Place::Key(responses.key("x-name"))
    };
    let message = format!(
        "`{}` and `{}` declare different responses under one `x-name`",
        first.route.title(),
        route.title()
    );
    cx.report(
        Diagnostic::error(Rule::NameConflict, place(route), message)
            .label("the responses of this operation differ")
            .related(place(first.route), "the first operation with this name")
            .help("use another `x-name`, or make the responses equal"),
    );
}

/// Returns the name of a response enum: the chosen name, or else that of its operation.
fn enum_name(
    lowering: &mut Lowering<'_>,
    group: &ResponseGroup,
    operations: &[DeclaredResponses<'_>],
) -> Ident {
    let users = group.users.iter();
    let users: Vec<_> = users.filter_map(|user| operations.get(*user)).collect();
    let Some(first) = users.first() else {
        return Ident::pascal("response");
    };
    let Some(chosen) = &group.chosen else {
        return first.name.clone();
    };
    if users.iter().any(|user| user.name == *chosen) {
        return chosen.clone();
    }
    let subject = format!("the responses named `{chosen}`");
    let (name, adjusted) = lowering
        .names
        .root
        .name(std::slice::from_ref(chosen), &subject);
    let place = first.route.declared.place.key("responses");
    let place = Place::Key(place.key("x-name"));
    lowering
        .cx
        .report_adjusted_name(place, &subject, &name, adjusted);
    name
}

fn response_enum(
    lowering: &mut Lowering<'_>,
    group: &ResponseGroup,
    name: Ident,
    operations: &[DeclaredResponses<'_>],
    statuses: &Statuses,
) -> ResponseEnum {
    let users = group.users.iter().filter_map(|user| operations.get(*user));
    let users: Vec<_> = users.collect();
    let drafts = users.first().map_or(&[][..], |first| &first.drafts);
    let parts: Vec<_> = drafts
        .iter()
        .map(|draft| variant_parts(lowering, draft, &name, statuses))
        .collect();
    let responses: Vec<_> = parts
        .iter()
        .map(|parts| (parts.key, &parts.fields.body))
        .collect();
    let (success, successes) = success(&responses);
    let variants = parts.into_iter().zip(successes).enumerate();
    let variants = variants.map(|(index, (parts, succeeds))| ResponseVariant {
        key: parts.key,
        variant: parts.variant,
        status_type: parts.status_type,
        doc: parts.doc,
        headers: parts.fields.headers,
        body: parts.fields.body,
        shared: parts.fields.shared,
        succeeds,
        origin: origin(&users, index),
    });
    ResponseEnum {
        variants: variants.collect(),
        name,
        users: users.iter().map(|user| user.route.title()).collect(),
        success,
    }
}

/// Returns the return type of `success()`, and which responses it treats as successes.
///
/// If the document declares 2xx responses, they determine the type. `default` is then also a success if its
/// status code is 2xx and it has the same content; otherwise it is an error, which is what APIs use it for.
fn success(responses: &[(ResponseKey, &Payload)]) -> (SuccessType, Vec<IsSuccess>) {
    let by_key = |key: ResponseKey| match key {
        ResponseKey::Exact(200..=299) | ResponseKey::Range(2) => IsSuccess::Always,
        ResponseKey::Default => IsSuccess::ByCode,
        _ => IsSuccess::Never,
    };
    let keys = || responses.iter().map(|(key, _)| by_key(*key));
    let decisive = if keys().any(|succeeds| succeeds == IsSuccess::Always) {
        IsSuccess::Always
    } else {
        IsSuccess::ByCode
    };
    let mut successes = responses
        .iter()
        .enumerate()
        .filter(|(_, (key, _))| by_key(*key) == decisive);
    let Some((first, (_, body))) = successes.next() else {
        return (SuccessType::Unit, keys().collect());
    };
    let success = if successes.any(|(_, (_, other))| other != body) {
        return (SuccessType::Whole, keys().collect());
    } else if **body == Payload::Empty {
        SuccessType::Unit
    } else {
        SuccessType::Body(first)
    };
    let successes = responses.iter().map(|(key, other)| match by_key(*key) {
        IsSuccess::ByCode if other != body => IsSuccess::Never,
        succeeds => succeeds,
    });
    (success, successes.collect())
}

/// Returns the places where the users of a response enum declare a response.
fn origin(users: &[&DeclaredResponses<'_>], index: usize) -> Origin {
    users.iter().fold(Origin::default(), |origin, user| {
        match user.drafts.get(index) {
            Some(ResponseDraft {
                key,
                response: Some(response),
                ..
            }) => {
                let place = user.route.declared.place.key("responses");
                origin
                    .and(&place.key(&key.to_string()))
                    .and(&response.place)
            }
            _ => origin,
        }
    })
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

/// A variant whose effect on `success()` is not known yet, because that depends on the other variants.
struct VariantParts {
    key: ResponseKey,
    variant: Ident,
    status_type: Option<Ident>,
    doc: String,
    fields: ResponseFields,
}

fn variant_parts(
    lowering: &mut Lowering<'_>,
    draft: &ResponseDraft<'_>,
    enum_name: &Ident,
    statuses: &Statuses,
) -> VariantParts {
    let key = draft.key;
    let variant = variant_name(key, statuses);
    let status_type = match key {
        ResponseKey::Exact(_) => None,
        key => {
            let suffix = if key == ResponseKey::Default {
                "Default".to_owned()
            } else {
                key.to_string()
            };
            let wanted = enum_name.with_suffix(&suffix.replace("XX", "xx"));
            let name = lowering
                .names
                .root
                .name(&[wanted], "the status of a response");
            Some(name.0)
        }
    };
    let (doc, fields) = match &draft.response {
        None => (String::new(), ResponseFields::default()),
        Some(response) => {
            let base = enum_name.as_str();
            let base = base.strip_suffix("Response").unwrap_or(base);
            let fallback = Ident::pascal(base).with_suffix(variant.as_str());
            (
                doc(key, response.node, statuses),
                shared::lower(lowering, draft, response, &fallback),
            )
        }
    };
    VariantParts {
        key,
        variant,
        status_type,
        doc,
        fields,
    }
}

/// Returns the documentation of a response; empty if it is that of the status, to which the variant links.
fn doc(key: ResponseKey, response: &Response, statuses: &Statuses) -> String {
    let status = match key {
        ResponseKey::Exact(code) => statuses.get(code),
        _ => None,
    };
    let description = &response.description;
    match status {
        Some(status) if status.description.trim() == description.trim() => String::new(),
        _ => description.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Codec, Content, Type};

    #[test]
    fn declared_2xx_responses_determine_the_type() {
        use IsSuccess::{Always, ByCode, Never};
        let text = Payload::One(Content {
            media: "text/plain".to_owned(),
            codec: Codec::Text,
            ty: Type::String,
            constraints: None,
            origin: Origin::default(),
        });
        let (text, none) = (&text, &Payload::Empty);
        let (ok, not_found, default) = (
            ResponseKey::Exact(200),
            ResponseKey::Exact(404),
            ResponseKey::Default,
        );
        let range = ResponseKey::Range(2);
        for (responses, expected, successes) in [
            (vec![(ok, none)], SuccessType::Unit, vec![Always]),
            (vec![(ok, text)], SuccessType::Body(0), vec![Always]),
            (
                vec![(ok, text), (not_found, none), (default, none)],
                SuccessType::Body(0),
                vec![Always, Never, Never],
            ),
            (
                vec![(ok, text), (default, text)],
                SuccessType::Body(0),
                vec![Always, ByCode],
            ),
            (
                vec![(ok, text), (range, none), (default, none)],
                SuccessType::Whole,
                vec![Always, Always, ByCode],
            ),
            (
                vec![(not_found, none), (default, text)],
                SuccessType::Body(1),
                vec![Never, ByCode],
            ),
            (vec![(not_found, text)], SuccessType::Unit, vec![Never]),
        ] {
            assert_eq!(success(&responses), (expected, successes), "{responses:?}");
        }
    }
}
