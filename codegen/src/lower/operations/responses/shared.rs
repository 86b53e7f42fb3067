//! Lowers the header fields and the content of responses, and shares those of components.

use std::collections::BTreeMap;

use openapiv3::Response;

use super::drafts::ResponseDraft;
use crate::{
    load::Located,
    lower::{
        Lowering,
        operations::{content, headers},
        schemas::{Naming, component},
    },
    model::{Parameter, Payload, SharedResponse},
    name::Ident,
    pointer::Pointer,
    report::Place,
};

/// The header fields and the content of a response.
#[derive(Clone, Default)]
pub(super) struct ResponseFields {
    pub(super) headers: Vec<Parameter>,
    pub(super) body: Payload,
    /// The name of the struct that has them.
    pub(super) shared: Option<Ident>,
}

/// The responses under `components.responses` that have a struct of their own.
#[derive(Default)]
pub(crate) struct SharedResponses {
    list: Vec<SharedResponse>,
    /// The fields of each component.
    by_place: BTreeMap<Pointer, ResponseFields>,
}

impl SharedResponses {
    /// Returns the structs, in the order of their first use.
    pub(crate) fn into_list(self) -> Vec<SharedResponse> {
        self.list
    }
}

/// Lowers the header fields and the content of a response. `fallback` names its types unless it is a component.
pub(super) fn lower(
    lowering: &mut Lowering<'_>,
    draft: &ResponseDraft<'_>,
    response: &Located<'_, Response>,
    fallback: &Ident,
) -> ResponseFields {
    let has_content = draft.has_content;
    // A response to HEAD lacks the content that its component declares, so it cannot be a value of the struct.
    let is_shared = draft.is_referenced && !draft.omits_content();
    let Some(component) = component(&response.place).filter(|_| is_shared) else {
        return fields(lowering, has_content, response, fallback);
    };
    if let Some(fields) = lowering.shared_responses.by_place.get(&response.place) {
        return fields.clone();
    }
    let mut fields = fields(lowering, has_content, response, fallback);
    if !fields.headers.is_empty() {
        let name = name(lowering, response, &component);
        lowering.shared_responses.list.push(SharedResponse {
            name: name.clone(),
            doc: response.node.description.clone(),
            headers: fields.headers.clone(),
            body: fields.body.clone(),
            origin: response.place.clone().into(),
        });
        fields.shared = Some(name);
    }
    let place = response.place.clone();
    let by_place = &mut lowering.shared_responses.by_place;
    by_place.insert(place, fields.clone());
    fields
}

/// Returns the name of the struct of a component: its `x-name`, or else its key and `Response`.
fn name(lowering: &mut Lowering<'_>, response: &Located<'_, Response>, component: &str) -> Ident {
    let base = Ident::pascal(component);
    let default = if base.as_str().ends_with("Response") {
        base
    } else {
        base.with_suffix("Response")
    };
    let cx = lowering.cx;
    let chosen = cx.chosen_name(&response.place, |chosen| *chosen == default);
    let wanted = chosen.unwrap_or(default);
    let subject = format!("the response `{component}`");
    let (name, adjusted) = lowering.names.root.name(&[wanted], &subject);
    let place = Place::Key(response.place.clone());
    cx.report_adjusted_name(place, &subject, &name, adjusted);
    name
}

fn fields(
    lowering: &mut Lowering<'_>,
    has_content: bool,
    response: &Located<'_, Response>,
    fallback: &Ident,
) -> ResponseFields {
    let naming = Naming::at(&response.place, fallback);
    let headers = headers::lower(lowering, response, &naming);
    let body = if has_content {
        content::lower(
            lowering,
            content::MessageKind::Response,
            &response.node.content,
            &response.place.key("content"),
            &naming.with("Body"),
        )
    } else {
        Payload::Empty
    };
    ResponseFields {
        headers,
        body,
        shared: None,
    }
}
