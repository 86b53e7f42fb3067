//! Lowers requests: their names, parameters and contents.

use openapiv3::ReferenceOr;

use super::{content, parameters, routes::Route};
use crate::{
    load::Located,
    lower::{Lowering, schemas::Naming},
    model::{Origin, Parameter, Payload, RequestBody},
    name::{Ident, Scope, reserved},
    report::Place,
};

/// The request of an operation.
pub(crate) struct Request {
    /// The name of the method of the client and of the server trait.
    pub(crate) method: Ident,
    /// The name of the struct.
    pub(crate) name: Ident,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
}

/// Lowers the requests of all operations.
pub(crate) fn lower(lowering: &mut Lowering<'_>, routes: &[Route<'_>]) -> Vec<Request> {
    let mut methods = Scope::reserving(reserved::CLIENT_METHODS);
    let requests = routes.iter();
    requests
        .map(|route| request(lowering, route, &mut methods))
        .collect()
}

fn request(lowering: &mut Lowering<'_>, route: &Route<'_>, methods: &mut Scope) -> Request {
    let cx = lowering.cx;
    let words = route.words(cx);
    let place = || Place::Key(route.declared.place.clone());
    let title = route.title();
    let (method, adjusted) = methods.name(&[Ident::snake(&words)], &title);
    cx.report_adjusted_name(place(), &format!("`{title}`"), &method, adjusted);
    let name = Ident::pascal(&words);
    let candidates = [name.clone(), name.with_suffix("Request")];
    let (name, adjusted) = lowering.names.root.name(&candidates, &title);
    let subject = format!("the request of `{title}`");
    cx.report_adjusted_name(place(), &subject, &name, adjusted);

    // The request struct has a field for each parameter and for the body.
    let mut fields = Scope::reserving(reserved::CALL_METHODS);
    let parameters = parameters::lower(lowering, route, &mut fields);
    let body = route.declared.node.request_body.as_ref();
    let body = body.and_then(|body| request_body(lowering, route, body, &name, &mut fields));
    Request {
        method,
        name,
        parameters,
        body,
    }
}

fn request_body(
    lowering: &mut Lowering<'_>,
    route: &Route<'_>,
    body: &ReferenceOr<openapiv3::RequestBody>,
    request: &Ident,
    fields: &mut Scope,
) -> Option<RequestBody> {
    let cx = lowering.cx;
    let place = route.declared.place.key("requestBody");
    let body = cx.document.resolve(&Located::new(body, place.clone()))?;
    let naming = Naming::at(&body.place, &request.with_suffix("Body"));
    let payload = content::lower(
        lowering,
        content::MessageKind::Request,
        &body.node.content,
        &body.place.key("content"),
        &naming,
    );
    if payload == Payload::Empty {
        return None;
    }
    let candidates = [Ident::snake("body"), Ident::snake("content")];
    let (name, adjusted) = fields.name(&candidates, "the body");
    cx.report_adjusted_name(Place::Key(body.place.clone()), "the body", &name, adjusted);
    Some(RequestBody {
        name,
        payload,
        required: body.node.required,
        doc: body.node.description.clone().unwrap_or_default(),
        origin: Origin::from(place).and(&body.place),
    })
}
