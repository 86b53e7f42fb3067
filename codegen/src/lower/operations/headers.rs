//! Lowers the header fields of responses.

use std::collections::BTreeMap;

use openapiv3::Response;
use serde_json::Value;

use super::{parameters::ParameterFormat, token};
use crate::{
    load::Located,
    lower::{
        Context, Lowering,
        schemas::{Naming, docs::parameter_docs, scalars::find_unwritable},
    },
    model::{Location, Origin, Parameter, Style},
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Lowers the header fields of a response.
pub(super) fn lower(
    lowering: &mut Lowering<'_>,
    response: &Located<'_, Response>,
    naming: &Naming,
) -> Vec<Parameter> {
    let cx = lowering.cx;
    let mut scope = Scope::reserving(reserved::VARIANT_FIELDS);
    let mut headers = Vec::new();
    let mut spelled: BTreeMap<String, Pointer> = BTreeMap::new();
    // Names are assigned in an order that does not depend on the document's.
    let mut declared: Vec<_> = response.node.headers.iter().collect();
    declared.sort_by_key(|(wire, _)| wire.to_ascii_lowercase());
    for (wire, header) in declared {
        let place = response.place.key("headers").key(wire);
        if is_ignored(cx, wire, &place) {
            continue;
        }
        if let Some(first) = spelled.insert(wire.to_ascii_lowercase(), place.clone()) {
            cx.report(
                Diagnostic::error(
                    Rule::DuplicateName,
                    Place::Key(place),
                    format!("the header `{wire}` is declared twice"),
                )
                .label("declared again here")
                .related(Place::Key(first), "first declared here")
                .help("remove one of the two: header field names are case-insensitive"),
            );
            continue;
        }
        let Some(header) = cx.document.resolve(&Located::new(header, place.clone())) else {
            continue;
        };
        let key = Place::Key(place.clone());
        if !token::check_part(
            cx,
            Rule::IgnoredHeader,
            &header.place,
            key,
            wire,
            "a header field",
        ) {
            continue;
        }
        // Header field names are case-insensitive: `ETag` is `etag`.
        let lower = wire.to_ascii_lowercase();
        let candidates = [
            Ident::snake(&lower),
            Ident::snake(&format!("{lower} header")),
        ];
        let (name, adjusted) = scope.name(&candidates, wire);
        cx.report_adjusted_name(
            Place::Key(place.clone()),
            &format!("the header `{wire}`"),
            &name,
            adjusted,
        );
        let Some(value) = ParameterFormat::new(cx, &header.place, &header.node.format) else {
            continue;
        };
        // `openapiv3::Header` has no `explode`.
        let explode = cx.document.member(&header.place, "explode");
        let ty = value.ty(lowering, &naming.with(wire));
        if !value.is_json()
            && let Some(values) = find_unwritable(&ty, &lowering.types)
        {
            let subject = format!("the header `{wire}`");
            cx.report_unwritable(Place::Key(header.place.clone()), &subject, values);
        }
        headers.push(Parameter {
            is_exploded_list: false,
            name,
            wire: wire.clone(),
            location: Location::Header,
            style: if value.is_json() {
                Style::Json
            } else {
                Style::Simple
            },
            explode: explode == Some(&Value::Bool(true)),
            ty,
            constraints: None,
            required: header.node.required,
            // Only requests have methods for defaults.
            fixed: None,
            default: None,
            doc: parameter_docs(cx, header.node.description.as_deref(), &value.schema()),
            deprecated: header.node.deprecated.unwrap_or(false) || value.is_deprecated(cx),
            origin: Origin::from(place).and(&header.place),
        });
    }
    headers.sort_by_key(|header| response.node.headers.get_index_of(&header.wire));
    headers
}

/// The header fields of the connection and the framing of a message (RFC 9110, sections 7.6.1 and 8.6;
/// RFC 9112, section 6.1), which only the sender of the bytes can set.
const FRAMING: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
];

/// Returns whether a header is not part of the type of a response, and warns about it.
fn is_ignored(cx: &Context<'_>, wire: &str, place: &Pointer) -> bool {
    let lower = wire.to_ascii_lowercase();
    let (label, help) = match lower.as_str() {
        // OpenAPI 3.0.3, "Response Object".
        "content-type" => (
            "OpenAPI ignores it",
            "remove it: `content` declares the media type",
        ),
        lower if FRAMING.contains(&lower) => (
            "this is ignored",
            "remove it: the server sets it when it sends the response",
        ),
        _ => return false,
    };
    if let Some((target, _)) = cx.resolved(place) {
        cx.account_for(target);
    }
    cx.report(
        Diagnostic::warning(
            Rule::IgnoredHeader,
            Place::Key(place.clone()),
            format!("a response cannot declare the header `{wire}`"),
        )
        .label(label)
        .help(help),
    );
    true
}
