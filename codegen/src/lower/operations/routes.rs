//! The operations of the document, with their declared responses.

use std::collections::{BTreeMap, btree_map::Entry};

use openapiv3::{Operation, PathItem, Response, StatusCode};
use serde_json::{Map, Value};

use crate::{
    load::Located,
    lower::Context,
    model::{Method, Piece, ResponseKey, fixed_query, segments},
    name::Ident,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// A declared operation with its method and path.
pub(crate) struct Route<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) item: Located<'a, PathItem>,
    pub(crate) declared: Located<'a, Operation>,
    /// The position of the path in the document, and that of the operation in its path item.
    pub(crate) position: (usize, usize),
}

impl Route<'_> {
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns the words of its Rust names: the `x-name`, else the `operationId`, else the method and the
    /// words of the path.
    pub(crate) fn words(&self, cx: &Context<'_>) -> String {
        let chosen = cx.document.member(&self.declared.place, "x-name");
        match chosen.and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => self.default_words(),
        }
    }

    fn default_words(&self) -> String {
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
        // The query and the fragment distinguish paths, although they are not in a segment.
        if let Some((_, suffix)) = self.path.split_once(['?', '#']) {
            words.extend([" ", suffix]);
        }
        words
    }
}

/// Returns the operations, ordered by path and then by method, so that their names do not depend on the order of
/// the document.
pub(crate) fn lower<'a>(cx: &Context<'a>) -> Vec<Route<'a>> {
    let mut routes = Vec::new();
    let paths = Pointer::root().key("paths");
    for (index, (path, item)) in cx.document.api.paths.paths.iter().enumerate() {
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
        let members = cx.document.get(&item.place).and_then(Value::as_object);
        let member_position = |method: Method| {
            let mut keys = members?.keys();
            keys.position(|key| *key == method.key())
        };
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
                position: (index, member_position(method).unwrap_or_default()),
            });
        }
    }
    routes.sort_by_key(|route| (route.path, route.method));
    check_ids(cx, &routes);
    check_paths(cx, &routes);
    for route in &routes {
        check_braces(cx, route);
        let default = Ident::pascal(&route.default_words());
        cx.chosen_name(&route.declared.place, |chosen| {
            Ident::pascal(chosen.as_str()) == default
        });
    }
    routes
}

/// Reports duplicate `operationId`s, which are an error because they do not identify an operation.
fn check_ids(cx: &Context<'_>, routes: &[Route<'_>]) {
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    for route in routes {
        let Some(id) = &route.declared.node.operation_id else {
            continue;
        };
        let place = Place::Value(route.declared.place.key("operationId"));
        match seen.get(id.as_str()) {
            // Several paths share this operation through a `$ref`.
            Some(first) if *first == place => {}
            Some(first) => cx.report(
                Diagnostic::error(
                    Rule::DuplicateName,
                    place,
                    format!("two operations have the `operationId` `{id}`"),
                )
                .label("declared again here")
                .related(first.clone(), "first declared here")
                .help("give each operation a unique `operationId`"),
            ),
            None => {
                seen.insert(id, place);
            }
        }
    }
}

/// Warns about braces in a path that are not part of a parameter.
fn check_braces(cx: &Context<'_>, route: &Route<'_>) {
    let has_brace =
        |piece: &Piece| matches!(piece, Piece::Literal(text) if text.contains(['{', '}']));
    if segments(route.path).iter().flatten().any(has_brace) {
        let place = Pointer::root().key("paths").key(route.path);
        let message = format!(
            "the path `{}` has a brace that is not part of a parameter",
            route.path
        );
        cx.report(
            Diagnostic::warning(Rule::PathParameter, Place::Key(place), message)
                .label("treated as literal text")
                .help("write a parameter as a name between braces: `{id}`"),
        );
    }
}

/// Warns about operations that match the same requests, because their paths differ only in parameter names or
/// fragments.
fn check_paths(cx: &Context<'_>, routes: &[Route<'_>]) {
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
        let message = format!("`{}` and `{title}` match the same requests", first.title());
        let first = Place::Key(first.declared.place.clone());
        cx.report(
            Diagnostic::warning(Rule::SameRequest, place, message)
                .label("the server routes these requests to the first operation")
                .related(first, "first declared here")
                .help(
                    "make the paths differ in more than the names of their parameters and their fragments",
                ),
        );
    }
}

/// Returns the declared responses of an operation, in the order of their keys.
pub(crate) fn responses<'a>(
    cx: &Context<'a>,
    route: &Route<'a>,
) -> Vec<(ResponseKey, Located<'a, Response>)> {
    let responses = &route.declared.node.responses;
    let place = route.declared.place.key("responses");
    let mut by_key: BTreeMap<ResponseKey, Located<'a, Response>> = BTreeMap::new();
    // `openapiv3` does not keep how a key is written, such as `4xx`.
    let members = cx.document.get(&place).and_then(Value::as_object);
    let mut spelled: BTreeMap<ResponseKey, &str> = BTreeMap::new();
    for text in members.into_iter().flat_map(Map::keys) {
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
                .help("remove one of the two"),
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
            by_key.insert(key, response);
        }
    }
    by_key.into_iter().collect()
}
