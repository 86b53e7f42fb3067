//! Routes: which operations there are, and what each declares as its responses.

use std::collections::{BTreeMap, btree_map::Entry};

use openapiv3::{Operation, PathItem, Response, StatusCode};
use serde_json::{Map, Value};

use super::Context;
use crate::{
    load::Located,
    model::{Method, Piece, ResponseKey, fixed_query, segments},
    name::Ident,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// An operation as it is declared, with its names.
pub(super) struct Route<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) item: Located<'a, PathItem>,
    pub(super) declared: Located<'a, Operation>,
}

impl Route<'_> {
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What its names are made of: the `x-name`, else the `operationId`, else the method and the words of
    /// the path.
    pub(super) fn words(&self) -> String {
        let chosen = self.declared.node.extensions.get("x-name");
        match chosen.and_then(|name| name.as_str()) {
            Some(name) => name.to_owned(),
            None => self.usual_words(),
        }
    }

    fn usual_words(&self) -> String {
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
        // What no segment is made of, and still tells one path from another.
        if let Some((_, rest)) = self.path.split_once(['?', '#']) {
            words.extend([" ", rest]);
        }
        words
    }
}

/// The operations, by path and then method.
pub(super) fn routes<'a>(cx: &Context<'a>) -> Vec<Route<'a>> {
    let mut routes = Vec::new();
    let paths = Pointer::root().key("paths");
    for (path, item) in &cx.document.api.paths.paths {
        let Some(item) = cx.document.resolve(&Located::new(item, paths.key(path))) else {
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
                item: Located::new(item.node, item.place.clone()),
                declared: Located::new(declared, item.place.key(&method.key())),
            });
        }
    }
    routes.sort_by_key(|route| (route.path, route.method));
    same_ids(cx, &routes);
    same_paths(cx, &routes);
    for route in &routes {
        odd_braces(cx, route);
        let usual = Ident::pascal(&route.usual_words());
        cx.chosen_name(&route.declared.place, |chosen| {
            Ident::pascal(chosen.as_str()) == usual
        });
    }
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

/// Braces in a path that hold no parameter.
fn odd_braces(cx: &Context<'_>, route: &Route<'_>) {
    let is_odd = |piece: &Piece| matches!(piece, Piece::Literal(text) if text.contains(['{', '}']));
    if segments(route.path).iter().flatten().any(is_odd) {
        let place = Pointer::root().key("paths").key(route.path);
        let message = format!(
            "the path `{}` has a brace that holds no parameter",
            route.path
        );
        cx.report(
            Diagnostic::warning(Rule::PathParameter, Place::Key(place), message)
                .label("taken as a text like others")
                .help("a parameter is a name between two braces: `{id}`"),
        );
    }
}

/// Two paths that differ in the names of their parameters alone, or in their fragments, cannot be told
/// apart on a server.
fn same_paths(cx: &Context<'_>, routes: &[Route<'_>]) {
    let mut seen = BTreeMap::new();
    for route in routes {
        let mut query = fixed_query(route.path);
        query.sort_unstable();
        let shape = segments(route.path).into_iter().map(|segment| {
            let piece = |piece| match piece {
                Piece::Literal(text) => Some(text),
                Piece::Parameter(_) => None,
            };
            segment.into_iter().map(piece).collect::<Vec<_>>()
        });
        let shape: Vec<_> = shape.collect();
        let first = match seen.entry((route.method, shape, query)) {
            Entry::Occupied(first) => *first.get(),
            Entry::Vacant(entry) => {
                entry.insert(route);
                continue;
            }
        };
        let place = Place::Key(route.declared.place.clone());
        let title = route.title();
        let message = format!("`{}` and `{title}` are the same request", first.title());
        let first = Place::Key(first.declared.place.clone());
        cx.report(
            Diagnostic::warning(Rule::SameRequest, place, message)
                .label("the server takes such a request for the first")
                .related(first, "first declared here")
                .help(
                    "paths have to differ in more than the names of their parameters and what stands \
                     behind `#`",
                ),
        );
    }
}

/// The responses of an operation as it declares them, in the order of their keys.
pub(super) fn responses<'a>(
    cx: &Context<'a>,
    route: &Route<'a>,
) -> Vec<(ResponseKey, Located<'a, Response>)> {
    let responses = &route.declared.node.responses;
    let place = route.declared.place.key("responses");
    let mut found: BTreeMap<ResponseKey, Located<'a, Response>> = BTreeMap::new();
    let written = cx
        .document
        .tree
        .pointer(place.as_str())
        .and_then(Value::as_object);
    let mut spelled: BTreeMap<ResponseKey, &str> = BTreeMap::new();
    for text in written.into_iter().flat_map(Map::keys) {
        let Some(key) = ResponseKey::parse(text) else {
            continue;
        };
        if let Some(first) = spelled.insert(key, text) {
            cx.report(
                Diagnostic::error(
                    Rule::DuplicateKey,
                    Place::Key(place.key(text)),
                    format!("the status `{key}` is declared twice"),
                )
                .label("declared again here")
                .related(Place::Key(place.key(first)), "first declared here")
                .help("keep one of the two"),
            );
        }
        let response = match key {
            ResponseKey::Default => responses.default.as_ref(),
            ResponseKey::Exact(code) => responses.responses.get(&StatusCode::Code(code)),
            ResponseKey::Range(first) => responses.responses.get(&StatusCode::Range(first)),
        };
        let Some(response) = response else { continue };
        if let Some(response) = cx
            .document
            .resolve(&Located::new(response, place.key(text)))
        {
            found.insert(key, response);
        }
    }
    found.into_iter().collect()
}
