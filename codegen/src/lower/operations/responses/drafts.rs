//! Selects the responses that become variants, and compares those of different operations.

use openapiv3::Response;
use serde_json::{Value, json};

use crate::{
    load::{Located, spec::ObjectKind},
    lower::{Context, fingerprint::without_docs, operations::routes::Route, statuses::Statuses},
    model::{ContentRule, Method, ResponseKey},
    report::{Diagnostic, Place, Rule},
};

/// A response before its types are lowered.
pub(super) struct ResponseDraft<'a> {
    pub(super) key: ResponseKey,
    pub(super) response: Option<Located<'a, Response>>,
    /// Whether its content is lowered.
    pub(super) has_content: bool,
    /// Whether the operation refers to it, as to a component.
    pub(super) is_referenced: bool,
}

impl ResponseDraft<'_> {
    /// Returns whether it declares content that is not lowered.
    pub(super) fn omits_content(&self) -> bool {
        let response = self.response.as_ref();
        !self.has_content && response.is_some_and(|response| !response.node.content.is_empty())
    }
}

/// Splits the declared responses into final ones and the keys of interim ones.
pub(super) fn split_interim<'a>(
    cx: &Context<'a>,
    route: &Route<'a>,
    declared: Vec<(ResponseKey, Located<'a, Response>)>,
    statuses: &Statuses,
) -> (Vec<ResponseDraft<'a>>, Vec<ResponseKey>) {
    let mut drafts = Vec::new();
    let mut interim_keys = Vec::new();
    for (key, response) in declared {
        if key.is_interim() && !is_upgrade(key, &response) {
            interim_keys.push(key);
            cx.account_for(response.place.clone());
            // A response with `x-status` is declared to describe the status code.
            if cx.document.member(&response.place, "x-status").is_none() {
                let place = route.declared.place.key("responses").key(&key.to_string());
                cx.report(
                    Diagnostic::warning(
                        Rule::InterimStatus,
                        Place::Key(place),
                        format!("{key} is an interim status, not a final response"),
                    )
                    .label("this is ignored")
                    .help("declare the final response that follows it (RFC 9110, section 15.2)"),
                );
            }
            continue;
        }
        let allows_content = may_have_content(cx, key, &response, statuses);
        if route.method == Method::Head {
            cx.account_for(response.place.key("content"));
        }
        let is_referenced = response.place.parent() != Some(route.declared.place.key("responses"));
        drafts.push(ResponseDraft {
            key,
            is_referenced,
            response: Some(response),
            // A response to HEAD has no content, even if it is declared (RFC 9110, section 9.3.2).
            has_content: allows_content && route.method != Method::Head,
        });
    }
    if drafts.is_empty() {
        let place = Place::Key(route.declared.place.key("responses"));
        cx.report(
            Diagnostic::warning(
                Rule::NoResponse,
                place,
                format!("`{}` does not declare a final response", route.title()),
            )
            .label("treated as `default` without content")
            .help("declare a response: `'200': {description: ...}`"),
        );
        drafts.push(ResponseDraft {
            key: ResponseKey::Default,
            response: None,
            has_content: false,
            is_referenced: false,
        });
    }
    (drafts, interim_keys)
}

/// Returns whether a response is a 101 with an `Upgrade` header, which is final for HTTP because the
/// connection switches to another protocol.
fn is_upgrade(key: ResponseKey, response: &Located<'_, Response>) -> bool {
    let mut headers = response.node.headers.keys();
    key == ResponseKey::Exact(101) && headers.any(|name| name.eq_ignore_ascii_case("upgrade"))
}

fn may_have_content(
    cx: &Context<'_>,
    key: ResponseKey,
    response: &Located<'_, Response>,
    statuses: &Statuses,
) -> bool {
    let ResponseKey::Exact(code) = key else {
        return true;
    };
    let rule = statuses
        .get(code)
        .map_or(ContentRule::Allowed, |status| status.content);
    if rule == ContentRule::Allowed {
        return true;
    }
    if !response.node.content.is_empty() {
        cx.report(
            Diagnostic::warning(
                Rule::ForbiddenContent,
                Place::Key(response.place.key("content")),
                format!("a response with {code} cannot have content"),
            )
            .label("this is ignored")
            .help("remove it, or use another status code"),
        );
    }
    false
}

/// Returns a value that is equal for equal responses, apart from their documentation.
pub(super) fn fingerprint(cx: &Context<'_>, drafts: &[ResponseDraft<'_>]) -> Value {
    drafts
        .iter()
        .map(|draft| {
            let response = draft
                .response
                .as_ref()
                .and_then(|response| cx.document.get(&response.place));
            let stripped = response
                .map(|response| without_docs(&cx.document.tree, ObjectKind::Response, response));
            json!([draft.key.to_string(), stripped])
        })
        .collect()
}
