//! Operations: what they are called, and what they take.

use openapiv3::ReferenceOr;

use super::{
    Context, NameScopes, content, example,
    parameter::{self, Parameters},
    response::ResponseEnums,
    route::Route,
    security::Security,
    types::{Naming, Types},
};
use crate::{
    load::Located,
    model::{
        Condition, Handler, Method, Operation, Origin, Parameter, Payload, RequestBody,
        RequestExample, ResponseKey, segments,
    },
    name::{Ident, Scope},
    report::Place,
};

/// The names that the client and the server's trait have themselves, beside those of the operations.
const CLIENT_METHODS: &[&str] = &[
    "base_url",
    "builder",
    "call",
    "clone",
    "new",
    "with_context",
];

/// Lowers the operations, whose sets of responses are lowered already.
pub(super) fn lower(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    sets: &ResponseEnums<'_>,
    security: &Security,
    names: &mut NameScopes,
    types: &mut Types,
) -> Vec<Operation> {
    let mut methods = Scope::reserving(CLIENT_METHODS);
    let mut operations = Vec::new();
    let needs = security.of_routes.iter().cloned();
    for ((route, response), (credentials, needs)) in routes.iter().zip(&sets.of_routes).zip(needs) {
        let words = route.words();
        let place = || Place::Key(route.declared.place.clone());
        let title = route.title();
        let (name, adjusted) = methods.name(&[Ident::snake(&words)], &title);
        cx.adjusted(place(), &format!("`{title}`"), &name, adjusted);
        let request = Ident::pascal(&words);
        let candidates = [request.clone(), request.with("Request")];
        let (request, adjusted) = names.root.name(&candidates, &title);
        cx.adjusted(
            place(),
            &format!("the request of `{title}`"),
            &request,
            adjusted,
        );

        let segments = segments(route.path);
        let Parameters { list, mut scope } = parameter::lower(cx, route, &segments, names, types);
        let declared = route.declared.node;
        let body = declared
            .request_body
            .as_ref()
            .and_then(|body| request_body(cx, route, body, &request, names, types, &mut scope));

        // A path may say what all of its operations do.
        let item = route.item.node;
        let is_silent = declared.summary.is_none() && declared.description.is_none();
        let (summary, description) = if is_silent {
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
            response: response.name.clone(),
            method: route.method,
            path: route.path.to_owned(),
            segments,
            summary: summary.clone().unwrap_or_default(),
            description: description.clone().unwrap_or_default(),
            deprecated: declared.deprecated,
            parameters: list,
            body,
            response_enum: response.set,
            declares_responses: response.declared,
            interim_keys: response.interim.clone(),
            credentials,
            security_doc: needs,
            handler: Handler::Own,
            group: None,
            conditions: Vec::new(),
            response_examples: Vec::new(),
            request_example: RequestExample::default(),
            origin: route.declared.place.clone().into(),
        };
        operations.push(operation);
    }
    for (operation, response) in operations.iter_mut().zip(&sets.of_routes) {
        operation.response_examples = example::samples(cx, response, &sets.list, types);
        operation.request_example = example::asked(cx, operation, types);
        operation.conditions = conditions(operation, sets);
    }
    share_with_head(&mut operations, sets);
    operations
}

/// The conditions that the client has methods for.
fn conditions(operation: &Operation, sets: &ResponseEnums<'_>) -> Vec<Condition> {
    let answers = sets
        .list
        .get(operation.response_enum)
        .map(|set| &set.variants);
    let is_conditional = answers
        .into_iter()
        .flatten()
        .any(|answer| matches!(answer.key, ResponseKey::Exact(304) | ResponseKey::Range(3)));
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

/// A HEAD is answered by the method of the GET on its path, if it has the same codes and asks for the
/// same.
fn share_with_head(operations: &mut [Operation], sets: &ResponseEnums<'_>) {
    let is_shared = |get: &Operation, head: &Operation| {
        let keys = |operation: &Operation| {
            let set = sets.list.get(operation.response_enum);
            let answers = set.map(|set| set.variants.as_slice()).unwrap_or_default();
            answers.iter().map(|answer| answer.key).collect::<Vec<_>>()
        };
        let asks = |operation: &Operation| {
            let parameters = operation.parameters.iter().map(|parameter| Parameter {
                doc: String::new(),
                deprecated: false,
                // Two places that say the same have two of these.
                constraints: None,
                ..parameter.clone()
            });
            parameters.collect::<Vec<_>>()
        };
        get.path == head.path
            && keys(get) == keys(head)
            && get.credentials == head.credentials
            && get.body.is_some() == head.body.is_some()
            && asks(get) == asks(head)
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
    let here = route.declared.place.key("requestBody");
    let body = cx.document.resolve(&Located::new(body, here.clone()))?;
    let naming = Naming::at(&body.place, &request.with("Body"));
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
    cx.adjusted(Place::Key(body.place.clone()), "the body", &name, adjusted);
    Some(RequestBody {
        name,
        payload,
        required: body.node.required,
        doc: body.node.description.clone().unwrap_or_default(),
        origin: Origin::from(here).and(&body.place),
    })
}
