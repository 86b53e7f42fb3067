//! Chooses the method of the server that handles each operation.

use super::{
    requests::Request,
    responses::{OperationResponses, Responses},
    routes::Route,
    security::Security,
};
use crate::model::{Handler, Method, Parameter};

/// An operation before it is lowered: its route, its request, its responses and its credentials.
type Operation<'a> = (
    (&'a Route<'a>, &'a Request),
    (&'a OperationResponses, &'a (Option<usize>, String)),
);

/// Returns the handler of each operation: the method of the GET operation for a HEAD operation on the same path
/// with the same response keys, parameters and credentials, otherwise the operation's own method.
pub(crate) fn lower(
    routes: &[Route<'_>],
    requests: &[Request],
    responses: &Responses,
    security: &Security,
) -> Vec<Handler> {
    let operations: Vec<_> = routes
        .iter()
        .zip(requests)
        .zip(responses.by_route.iter().zip(&security.by_route))
        .collect();
    let is_shared =
        |((get, get_request), (get_responses, get_security)): &Operation<'_>,
         ((head, head_request), (head_responses, head_security)): &Operation<'_>| {
            get.method == Method::Get
                && get.path == head.path
                && responses
                    .keys(get_responses)
                    .eq(responses.keys(head_responses))
                && get_security.0 == head_security.0
                && get_request.body.is_some() == head_request.body.is_some()
                && wire_parameters(get_request).eq(wire_parameters(head_request))
        };
    let handler = |head: &Operation<'_>| {
        let is_head = head.0.0.method == Method::Head;
        if is_head && operations.iter().any(|get| is_shared(get, head)) {
            Handler::Get
        } else {
            Handler::Own
        }
    };
    operations.iter().map(handler).collect()
}

/// Returns the parameters without what does not change the message.
fn wire_parameters(request: &Request) -> impl Iterator<Item = Parameter> {
    request.parameters.iter().map(|parameter| Parameter {
        doc: String::new(),
        deprecated: false,
        // Identical schemas at two places have different IDs.
        constraints: None,
        ..parameter.clone()
    })
}
