//! Operations: which there are, what they are called, and their paths.

use std::collections::BTreeMap;

use openapiv3::{Operation as Declared, PathItem, ReferenceOr};

use super::{
    Context, Names, content, example,
    parameter::{self, Parameters},
    response::Sets,
    schema::{Naming, Types},
    security::Security,
};
use crate::{
    load::At,
    model::{Handler, Method, Operation, Payload, Piece, RequestBody, segments},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// An operation as it is declared, with its names.
pub(super) struct Route<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) item: At<'a, PathItem>,
    pub(super) declared: At<'a, Declared>,
}

impl Route<'_> {
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What its names are made of: the `operationId`, else the method and the words of the path.
    pub(super) fn words(&self) -> String {
        if let Some(id) = &self.declared.node.operation_id {
            return id.clone();
        }
        let mut words = self.method.key();
        for segment in segments(self.path) {
            for piece in segment {
                match piece {
                    Piece::Literal(text) => words.extend([" ", &text]),
                    Piece::Parameter(name) => words.extend([" by ", &name]),
                }
            }
        }
        words
    }
}

/// The operations, by path and then method.
pub(super) fn routes<'a>(cx: &Context<'a>) -> Vec<Route<'a>> {
    let mut routes = Vec::new();
    let paths = Pointer::root().key("paths");
    for (path, item) in &cx.document.api.paths.paths {
        let Some(item) = cx.document.resolve(&At::new(item, paths.key(path))) else {
            continue;
        };
        let PathItem {
            get,
            put,
            post,
            delete,
            options,
            head,
            patch,
            trace,
            ..
        } = item.node;
        for (method, declared) in [
            (Method::Get, get),
            (Method::Put, put),
            (Method::Post, post),
            (Method::Delete, delete),
            (Method::Options, options),
            (Method::Head, head),
            (Method::Patch, patch),
            (Method::Trace, trace),
        ] {
            let Some(declared) = declared else { continue };
            routes.push(Route {
                method,
                path,
                item: At::new(item.node, item.place.clone()),
                declared: At::new(declared, item.place.key(&method.key())),
            });
        }
    }
    routes.sort_by_key(|route| (route.path, route.method));
    same_ids(cx, &routes);
    same_paths(cx, &routes);
    routes
}

/// Equal `operationId`s are an error: no two clients could mean the same by one.
fn same_ids(cx: &Context<'_>, routes: &[Route<'_>]) {
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    for route in routes {
        let Some(id) = &route.declared.node.operation_id else {
            continue;
        };
        let place = Place::Value(route.declared.place.key("operationId"));
        match seen.get(id.as_str()) {
            // One operation that several paths share by `$ref`.
            Some(first) if *first == place => {}
            Some(first) => cx.report(
                Diagnostic::error(
                    Rule::DuplicateName,
                    place,
                    format!("two operations have the `operationId` `{id}`"),
                )
                .label("declared again here")
                .related(first.clone(), "first declared here")
                .help("give each operation its own"),
            ),
            None => {
                seen.insert(id, place);
            }
        }
    }
}

/// Two paths that differ in the names of their parameters alone cannot be told apart.
fn same_paths(cx: &Context<'_>, routes: &[Route<'_>]) {
    let mut seen = BTreeMap::new();
    for route in routes {
        let shape = segments(route.path).into_iter().map(|segment| {
            let piece = |piece| match piece {
                Piece::Literal(text) => Some(text),
                Piece::Parameter(_) => None,
            };
            segment.into_iter().map(piece).collect::<Vec<_>>()
        });
        let shape: Vec<_> = shape.collect();
        if let Some(first) = seen.insert((route.method, shape), route) {
            cx.report(
                Diagnostic::error(
                    Rule::DuplicateName,
                    Place::Key(route.declared.place.clone()),
                    format!(
                        "`{}` and `{}` are the same request",
                        first.title(),
                        route.title()
                    ),
                )
                .label("declared again here")
                .related(
                    Place::Key(first.declared.place.clone()),
                    "first declared here",
                )
                .help("paths have to differ in more than the names of their parameters"),
            );
        }
    }
}

/// The names that the client has itself, beside those of its operations.
const CLIENT_METHODS: &[&str] = &["base_url", "builder", "call", "new"];

/// Lowers the operations, whose sets of responses are lowered already.
pub(super) fn lower(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    sets: &Sets<'_>,
    security: &Security,
    names: &mut Names,
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
            summary: declared.summary.clone().unwrap_or_default(),
            description: declared.description.clone().unwrap_or_default(),
            deprecated: declared.deprecated,
            parameters: list,
            body,
            set: response.set,
            declared: response.declared,
            interim: response.interim.clone(),
            credentials,
            needs,
            handler: Handler::Own,
            samples: Vec::new(),
        };
        operations.push(operation);
    }
    for (operation, response) in operations.iter_mut().zip(&sets.of_routes) {
        operation.samples = example::samples(cx, response, &sets.list, types);
    }
    share_with_head(&mut operations, sets);
    operations
}

/// A HEAD whose GET has the same codes is answered by the method of the GET.
fn share_with_head(operations: &mut [Operation], sets: &Sets<'_>) {
    let keys = |set: usize| {
        let answers = sets
            .list
            .get(set)
            .map(|set| set.answers.as_slice())
            .unwrap_or_default();
        answers.iter().map(|answer| answer.key).collect::<Vec<_>>()
    };
    let gets: Vec<_> = operations
        .iter()
        .filter(|operation| operation.method == Method::Get)
        .map(|operation| (operation.path.clone(), keys(operation.set)))
        .collect();
    for operation in operations {
        let like = (operation.path.clone(), keys(operation.set));
        if operation.method == Method::Head && gets.contains(&like) {
            operation.handler = Handler::Get;
        }
    }
}

fn request_body(
    cx: &Context<'_>,
    route: &Route<'_>,
    body: &ReferenceOr<openapiv3::RequestBody>,
    request: &Ident,
    names: &mut Names,
    types: &mut Types,
    scope: &mut Scope,
) -> Option<RequestBody> {
    let here = route.declared.place.key("requestBody");
    let body = cx.document.resolve(&At::new(body, here))?;
    let naming = Naming::at(&body.place, &request.with("Body"));
    let payload = content::lower(
        cx,
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
    })
}
