//! Lowers operations: their names, parameters and request bodies.

pub(super) mod content;
pub(super) mod form;
pub(super) mod media;
pub(super) mod parameters;
pub(super) mod responses;
pub(super) mod routes;
pub(super) mod security;
pub(super) mod tags;
pub(super) mod token;

use openapiv3::ReferenceOr;

use self::{parameters::Parameters, responses::ResponseEnums, routes::Route, security::Security};
use super::{
    Context, NameScopes, examples,
    schemas::{Naming, Types},
};
use crate::{
    load::Located,
    model::{
        Condition, Handler, Method, Operation, Origin, Parameter, Payload, RequestBody,
        RequestExample, ResponseKey, segments,
    },
    name::{Ident, Scope, reserved},
    report::Place,
};

/// Lowers the operations, after their response enums.
pub(super) fn lower(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    response_enums: &ResponseEnums<'_>,
    security: &Security,
    names: &mut NameScopes,
    types: &mut Types,
) -> Vec<Operation> {
    let mut methods = Scope::reserving(reserved::CLIENT_METHODS);
    let mut operations = Vec::new();
    let requirements = security.by_route.iter().cloned();
    for ((route, responses), (credentials, security_doc)) in routes
        .iter()
        .zip(&response_enums.by_route)
        .zip(requirements)
    {
        let words = route.words(cx);
        let place = || Place::Key(route.declared.place.clone());
        let title = route.title();
        let (name, adjusted) = methods.name(&[Ident::snake(&words)], &title);
        cx.report_adjusted_name(place(), &format!("`{title}`"), &name, adjusted);
        let request = Ident::pascal(&words);
        let candidates = [request.clone(), request.with_suffix("Request")];
        let (request, adjusted) = names.root.name(&candidates, &title);
        cx.report_adjusted_name(
            place(),
            &format!("the request of `{title}`"),
            &request,
            adjusted,
        );

        let segments = segments(route.path);
        let Parameters { list, mut scope } = parameters::lower(cx, route, &segments, names, types);
        let declared = route.declared.node;
        let body = declared
            .request_body
            .as_ref()
            .and_then(|body| request_body(cx, route, body, &request, names, types, &mut scope));

        // A path item may describe all of its operations.
        let item = route.item.node;
        let is_undescribed = declared.summary.is_none() && declared.description.is_none();
        let (summary, description) = if is_undescribed {
            (&item.summary, &item.description)
        } else {
            (&declared.summary, &declared.description)
        };
        let operation = Operation {
            id: declared
                .operation_id
                .clone()
                .unwrap_or_else(|| title.clone()),
            name,
            request,
            response: responses.name.clone(),
            method: route.method,
            path: route.path.to_owned(),
            segments,
            summary: summary.clone().unwrap_or_default(),
            description: description.clone().unwrap_or_default(),
            deprecated: declared.deprecated,
            parameters: list,
            body,
            response_enum: responses.response_enum,
            declares_responses: responses.is_declared,
            interim_keys: responses.interim_keys.clone(),
            credentials,
            security_doc,
            handler: Handler::Own,
            group: None,
            conditions: Vec::new(),
            response_examples: Vec::new(),
            request_example: RequestExample::default(),
            origin: route.declared.place.clone().into(),
        };
        operations.push(operation);
    }
    for (operation, responses) in operations.iter_mut().zip(&response_enums.by_route) {
        operation.response_examples =
            examples::response_examples(cx, responses, &response_enums.list, types);
        operation.request_example = examples::request_example(cx, operation, types);
        operation.conditions = conditions(operation, response_enums);
    }
    share_with_head(&mut operations, response_enums);
    operations
}

/// Returns the conditions that the client has methods for.
fn conditions(operation: &Operation, response_enums: &ResponseEnums<'_>) -> Vec<Condition> {
    let variants = response_enums
        .list
        .get(operation.response_enum)
        .map(|response_enum| &response_enum.variants);
    let is_conditional = variants
        .into_iter()
        .flatten()
        .any(|variant| matches!(variant.key, ResponseKey::Exact(304) | ResponseKey::Range(3)));
    let names = operation
        .parameters
        .iter()
        .map(|parameter| &parameter.name)
        .chain(operation.body.iter().map(|body| &body.name));
    let taken: Vec<_> = names.map(Ident::as_str).collect();
    let mut conditions = Condition::ALL.to_vec();
    conditions.retain(|condition| is_conditional && !taken.contains(&condition.method()));
    conditions
}

/// Lets the method of a GET operation handle the HEAD operation on its path, if both have the same response
/// keys, parameters and credentials.
fn share_with_head(operations: &mut [Operation], response_enums: &ResponseEnums<'_>) {
    let is_shared = |get: &Operation, head: &Operation| {
        let keys = |operation: &Operation| {
            let response_enum = response_enums.list.get(operation.response_enum);
            let variants = response_enum
                .map(|found| found.variants.as_slice())
                .unwrap_or_default();
            variants
                .iter()
                .map(|variant| variant.key)
                .collect::<Vec<_>>()
        };
        let parameters = |operation: &Operation| {
            let parameters = operation.parameters.iter().map(|parameter| Parameter {
                doc: String::new(),
                deprecated: false,
                // Identical schemas at two places have different IDs.
                constraints: None,
                ..parameter.clone()
            });
            parameters.collect::<Vec<_>>()
        };
        get.path == head.path
            && keys(get) == keys(head)
            && get.credentials == head.credentials
            && get.body.is_some() == head.body.is_some()
            && parameters(get) == parameters(head)
    };
    let (gets, heads): (Vec<_>, Vec<_>) = operations
        .iter_mut()
        .filter(|operation| matches!(operation.method, Method::Get | Method::Head))
        .partition(|operation| operation.method == Method::Get);
    for head in heads {
        if gets.iter().any(|get| is_shared(get, head)) {
            head.handler = Handler::Get;
        }
    }
}

fn request_body(
    cx: &Context<'_>,
    route: &Route<'_>,
    body: &ReferenceOr<openapiv3::RequestBody>,
    request: &Ident,
    names: &mut NameScopes,
    types: &mut Types,
    scope: &mut Scope,
) -> Option<RequestBody> {
    let place = route.declared.place.key("requestBody");
    let body = cx.document.resolve(&Located::new(body, place.clone()))?;
    let naming = Naming::at(&body.place, &request.with_suffix("Body"));
    let payload = content::lower(
        cx,
        content::MessageKind::Request,
        &body.node.content,
        &body.place.key("content"),
        &naming,
        names,
        types,
    );
    if payload == Payload::Empty {
        return None;
    }
    let (name, adjusted) = scope.name(&[Ident::snake("body"), Ident::snake("content")], "the body");
    cx.report_adjusted_name(Place::Key(body.place.clone()), "the body", &name, adjusted);
    Some(RequestBody {
        name,
        payload,
        required: body.node.required,
        doc: body.node.description.clone().unwrap_or_default(),
        origin: Origin::from(place).and(&body.place),
    })
}
