//! Lowers operations, from their requests, responses and credentials.

pub(super) mod content;
mod form;
pub(super) mod handlers;
mod headers;
pub(super) mod media;
pub(super) mod parameters;
pub(super) mod requests;
pub(super) mod responses;
pub(super) mod routes;
pub(super) mod security;
pub(super) mod tags;
pub(super) mod token;

use indexmap::IndexSet;

use self::{
    requests::Request,
    responses::{OperationResponses, ResponseEnums},
    routes::Route,
    security::Security,
    tags::Groups,
};
use super::examples::OperationExamples;
use crate::{
    model::{Condition, Handler, Operation, ResponseEnum, ResponseKey, Server, segments},
    name::Ident,
};

/// The parts of all operations, in the order of the routes.
pub(super) struct OperationParts<'a> {
    pub(super) routes: &'a [Route<'a>],
    pub(super) requests: Vec<Request>,
    pub(super) responses: &'a ResponseEnums,
    pub(super) security: &'a Security,
    pub(super) handlers: &'a [Handler],
    pub(super) groups: &'a Groups,
    pub(super) examples: Vec<OperationExamples>,
    /// The servers of each operation that it has in place of those of the document.
    pub(super) servers: Vec<Vec<Server>>,
}

/// Assembles the operations.
pub(super) fn lower(parts: OperationParts<'_>) -> Vec<Operation> {
    let mut operations = Vec::new();
    let messages = parts.requests.into_iter().zip(&parts.responses.by_route);
    let server = parts.handlers.iter().zip(&parts.groups.by_route);
    let addresses = parts.security.by_route.iter().zip(parts.servers);
    for ((((route, (request, responses)), (security, servers)), (handler, group)), examples) in
        parts
            .routes
            .iter()
            .zip(messages)
            .zip(addresses)
            .zip(server)
            .zip(parts.examples)
    {
        let declared = route.declared.node;
        // A path item may describe all of its operations.
        let item = route.item.node;
        let is_undescribed = declared.summary.is_none() && declared.description.is_none();
        let (summary, description) = if is_undescribed {
            (&item.summary, &item.description)
        } else {
            (&declared.summary, &declared.description)
        };
        let (credentials, security_doc) = security.clone();
        operations.push(Operation {
            id: declared
                .operation_id
                .clone()
                .unwrap_or_else(|| route.title()),
            conditions: conditions(&request, parts.responses, responses),
            name: request.method,
            request: request.name,
            response: responses.name.clone(),
            method: route.method,
            path: route.path.to_owned(),
            segments: segments(route.path),
            summary: summary.clone().unwrap_or_default(),
            description: description.clone().unwrap_or_default(),
            deprecated: declared.deprecated,
            servers,
            parameters: request.parameters,
            body: request.body,
            response_enum: responses.response_enum,
            declares_responses: responses.is_declared,
            interim_keys: responses.interim_keys.clone(),
            credentials,
            security_doc,
            handler: *handler,
            group: *group,
            example_table: examples.table,
            request_example: examples.request,
            origin: route.declared.place.clone().into(),
        });
    }
    operations
}

/// Sorts operations, and the response enums by the first operation that uses each, in the order of the document.
///
/// Everything has its name before, so that the names do not depend on this order.
pub(super) fn sort(
    routes: &[Route<'_>],
    operations: Vec<Operation>,
    enums: Vec<ResponseEnum>,
) -> (Vec<Operation>, Vec<ResponseEnum>) {
    let mut positioned: Vec<_> = routes.iter().zip(operations).collect();
    positioned.sort_by_key(|(route, _)| route.position);
    let mut operations: Vec<_> = positioned
        .into_iter()
        .map(|(_, operation)| operation)
        .collect();
    let used: IndexSet<usize> = operations
        .iter()
        .map(|operation| operation.response_enum)
        .collect();
    for operation in &mut operations {
        let index = used.get_index_of(&operation.response_enum);
        operation.response_enum = index.unwrap_or_default();
    }
    let mut enums: Vec<_> = enums.into_iter().enumerate().collect();
    enums.sort_by_key(|(index, _)| used.get_index_of(index));
    let enums = enums.into_iter().map(|(_, response_enum)| response_enum);
    (operations, enums.collect())
}

/// Returns the conditions that the client has methods for.
fn conditions(
    request: &Request,
    responses: &ResponseEnums,
    own: &OperationResponses,
) -> Vec<Condition> {
    let is_conditional = responses
        .keys(own)
        .any(|key| matches!(key, ResponseKey::Exact(304) | ResponseKey::Range(3)));
    let names = request
        .parameters
        .iter()
        .map(|parameter| &parameter.name)
        .chain(request.body.iter().map(|body| &body.name));
    let taken: Vec<_> = names.map(Ident::as_str).collect();
    let mut conditions = Condition::ALL.to_vec();
    conditions.retain(|condition| is_conditional && !taken.contains(&condition.method()));
    conditions
}
