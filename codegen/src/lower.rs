//! Lowering of an OpenAPI document to the model: all semantic checks, all names and the order of all items.
//!
//! Lowering collects all errors of a document. An invalid part is left out of the model, and the model is
//! returned only if there are no errors.

mod context;
mod coverage;
mod ecma_regex;
mod examples;
mod fingerprint;
mod operations;
mod package;
mod schemas;
mod servers;
mod statuses;

use std::collections::BTreeMap;

use self::{
    context::Context,
    operations::{OperationParts, handlers, requests, responses, routes, security, tags},
    schemas::{Types, constraints::ConstraintTable},
    statuses::Statuses,
};
use crate::{
    load::Document,
    model::{Catalogue, Formats, Model, Payload},
    name::{Scope, reserved},
    pointer::Pointer,
    report::Diagnostic,
};
pub(crate) use fingerprint::without_docs;
pub(crate) use schemas::merged::only_child;

/// Lowers a document to its model, and returns it with the warnings.
///
/// With an empty catalogue the document itself must describe the meaning of each of its status codes.
///
/// # Errors
/// All semantic errors of the document, without the warnings.
pub(crate) fn lower(
    document: &Document,
    catalogue: &Catalogue,
    formats: &Formats,
) -> Result<(Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let cx = Context::new(document, catalogue, formats);
    let model = model(&cx);
    let findings = cx.findings.into_inner();
    // Next to errors, most warnings are about the parts that the errors left out.
    let (errors, warnings): (Vec<_>, Vec<_>) = findings.into_iter().partition(Diagnostic::is_error);
    if errors.is_empty() {
        Ok((model, warnings))
    } else {
        Err(errors)
    }
}

fn model(cx: &Context<'_>) -> Model {
    let servers = servers::lower(cx);
    let routes = routes::lower(cx);
    let statuses = Statuses::gather(cx, &routes);

    // Everything that has a type, and all names.
    let mut lowering = Lowering::new(cx);
    schemas::lower(&mut lowering);
    let responses = responses::lower(&mut lowering, &routes, &statuses);
    let security = security::lower(&mut lowering, &routes);
    let mut requests = requests::lower(&mut lowering, &routes);
    let handlers = handlers::lower(&routes, &requests, &responses, &security);
    let groups = tags::lower(&mut lowering, &routes, &handlers);

    // The types and constraints are final from here on.
    let mut types = schemas::finish(lowering.types, &requests, &responses.enums);
    let constraints = lowering.constraints.finish(&mut requests, &mut types);
    let examples = examples::lower(cx, &types, &requests, &responses, &handlers);
    let operations = operations::lower(OperationParts {
        routes: &routes,
        requests,
        responses: &responses,
        security: &security,
        handlers: &handlers,
        groups: &groups,
        servers: servers::lower_for_routes(cx, &routes, &servers),
        examples: examples.by_route,
    });
    let counts = coverage::count(cx, &routes, &operations, &responses.enums);
    let (operations, response_enums) = operations::sort(&routes, operations, responses.enums);

    Model {
        package: package::lower(cx),
        statuses: statuses.into_list(),
        types,
        constraints,
        response_enums,
        shared_responses: lowering.shared_responses.into_list(),
        operations,
        example_tables: examples.tables,
        groups: groups.list,
        schemes: security.schemes,
        credentials: security.sets,
        base_path: servers::base_path(&servers),
        servers,
        counts,
    }
}

/// The items of the model whose parts refer to each other: types, constraints and names.
struct Lowering<'a> {
    cx: &'a Context<'a>,
    names: NameScopes,
    types: Types,
    constraints: ConstraintTable,
    /// The content at each place, so that all users of a component share its types.
    payloads: BTreeMap<Pointer, Payload>,
    shared_responses: responses::SharedResponses,
}

impl<'a> Lowering<'a> {
    fn new(cx: &'a Context<'a>) -> Self {
        Self {
            cx,
            names: NameScopes::new(),
            types: Types::default(),
            constraints: ConstraintTable::default(),
            payloads: BTreeMap::new(),
            shared_responses: responses::SharedResponses::default(),
        }
    }
}

/// The names at the root of the generated crate and those in its module `types`, each distinct in its module.
struct NameScopes {
    root: Scope,
    types: Scope,
}

impl NameScopes {
    fn new() -> Self {
        Self {
            root: Scope::reserving(&[reserved::PRELUDE, reserved::ROOT].concat()),
            types: Scope::reserving(reserved::PRELUDE),
        }
    }
}
