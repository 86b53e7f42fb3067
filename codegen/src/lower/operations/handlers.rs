//! Chooses the method of the server that handles each operation.

use super::{requests::Request, responses::ResponseEnums, routes::Route, security::Security};
use crate::model::{Handler, Method, Parameter, ResponseKey};

/// An operation that may share its handler.
struct Candidate<'a> {
    route: &'a Route<'a>,
    request: &'a Request,
    keys: Vec<ResponseKey>,
    credentials: Option<usize>,
}

/// Returns the handler of each operation: the method of the GET operation for a HEAD operation on the same path
/// with the same response keys, parameters and credentials, otherwise the operation's own method.
pub(crate) fn lower(
    routes: &[Route<'_>],
    requests: &[Request],
    responses: &ResponseEnums,
    security: &Security,
) -> Vec<Handler> {
    let operations = routes.iter().zip(requests);
    let operations = operations.zip(responses.by_route.iter().zip(&security.by_route));
    let operations: Vec<_> = operations
        .map(|((route, request), (own, (credentials, _)))| Candidate {
            route,
            request,
            keys: responses.keys(own).collect(),
            credentials: *credentials,
        })
        .collect();
    let handler = |operation: &Candidate<'_>| {
        let is_head = operation.route.method == Method::Head;
        if is_head && operations.iter().any(|get| is_shared(get, operation)) {
            Handler::Get
        } else {
            Handler::Own
        }
    };
    operations.iter().map(handler).collect()
}

/// Returns whether the method of a GET operation can handle a HEAD operation.
fn is_shared(get: &Candidate<'_>, head: &Candidate<'_>) -> bool {
    get.route.method == Method::Get
        && get.route.path == head.route.path
        && get.keys == head.keys
        && get.credentials == head.credentials
        && get.request.body.is_some() == head.request.body.is_some()
        && wire_parameters(get.request) == wire_parameters(head.request)
}

/// Returns the parameters without what does not change the message, in an order that does not depend on the document.
fn wire_parameters(request: &Request) -> Vec<Parameter> {
    let parameters = request.parameters.iter().map(|parameter| Parameter {
        doc: String::new(),
        deprecated: false,
        // Identical schemas at two places have different IDs.
        constraints: None,
        ..parameter.clone()
    });
    let mut parameters: Vec<_> = parameters.collect();
    parameters.sort_by(|a, b| (a.location, &a.wire).cmp(&(b.location, &b.wire)));
    parameters
}
