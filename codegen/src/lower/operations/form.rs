//! Lowers `multipart/form-data` forms.

use openapiv3::{Encoding, MediaType};

use super::media::essence;
use crate::{
    lower::{
        Context, Lowering,
        schemas::{
            Naming, docs,
            fixed::only_value,
            merged::{AdditionalProperties, Schema, SchemaShape},
            scalars::is_scalar,
        },
    },
    model::{FormPart, PartKind, Type, TypeKind},
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Lowers the form of a media type to a separate type, because the type of the same schema in JSON has no
/// files.
pub(crate) fn lower(
    lowering: &mut Lowering<'_>,
    declared: &MediaType,
    place: &Pointer,
    naming: &Naming,
) -> Type {
    let cx = lowering.cx;
    let schema = Schema::at(cx, &place.key("schema"));
    let mut scope = Scope::reserving(reserved::STRUCT_FIELDS);
    let mut parts = Vec::new();
    let (required, properties, additional) = match &schema {
        Some(schema) if schema.shape(cx) == SchemaShape::Object => {
            (schema.required(), schema.properties(), schema.additional())
        }
        _ => Default::default(),
    };
    let required_places = |wire: &str| {
        let schema = schema.as_ref();
        schema.map_or_else(Vec::new, |schema| schema.required_places(wire))
    };
    let wires = properties.keys().copied();
    for (wire, (name, adjusted)) in scope.name_all(wires, Ident::snake) {
        let places = properties
            .get(wire.as_str())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let part_place = places.first().unwrap_or(place);
        let subject = format!("the part `{wire}`");
        cx.report_adjusted_name(Place::Key(part_place.clone()), &subject, &name, adjusted);
        let encoding = declared.encoding.get(&wire);
        if encoding.is_some_and(|encoding| {
            !encoding.headers.is_empty() || encoding.style.is_some() || encoding.explode
        }) {
            let place = place.key("encoding").key(&wire);
            report_unused_encoding(cx, place);
        }
        let property = Schema::merge(cx, places);
        let deprecated = property
            .as_ref()
            .is_some_and(|schema| schema.flag("deprecated"));
        let (kind, many, nullable) = part(lowering, places, encoding, &naming.with(&wire));
        parts.push(FormPart {
            name,
            kind,
            many,
            required: required.contains(wire.as_str()) && !nullable,
            fixed: property.and_then(|schema| only_value(cx, &schema)),
            media: encoding.and_then(part_media),
            doc: docs::property_docs(cx, places),
            deprecated,
            origin: places.iter().chain(&required_places(&wire)).collect(),
            wire,
        });
    }
    // Names are assigned in an order that does not depend on the document's.
    let order = schema.as_ref().map(Schema::property_names);
    let order = order.unwrap_or_default();
    parts.sort_by_key(|part| order.get_index_of(part.wire.as_str()));
    for name in declared
        .encoding
        .keys()
        .filter(|name| !properties.contains_key(name.as_str()))
    {
        cx.report(
            Diagnostic::warning(
                Rule::UnknownKey,
                Place::Key(place.key("encoding").key(name)),
                format!("the form has no part `{}`", name.escape_debug()),
            )
            .label("this encoding is ignored")
            .help("declare it in the `properties` of the schema, or remove it"),
        );
    }
    let has_others = parts.is_empty()
        || !matches!(
            additional,
            AdditionalProperties::Unspecified | AdditionalProperties::Closed
        );
    let others = has_others.then(|| {
        let candidates = [Ident::snake("others"), Ident::snake("other parts")];
        scope.name(&candidates, "all other parts").0
    });
    let doc = schema
        .as_ref()
        .map(|schema| docs::schema_docs(cx, schema))
        .unwrap_or_default();
    lowering.add_type(
        &naming.with("form"),
        doc,
        TypeKind::Form { parts, others },
        place.clone().into(),
    )
}

/// Returns the encoding of a part, whether there may be several parts, and whether the part may be `null`.
fn part(
    lowering: &mut Lowering<'_>,
    places: &[Pointer],
    encoding: Option<&Encoding>,
    naming: &Naming,
) -> (PartKind, bool, bool) {
    let cx = lowering.cx;
    let schema = Schema::merge(cx, places);
    let items = schema
        .as_ref()
        .filter(|schema| schema.shape(cx) == SchemaShape::Array)
        .map(Schema::items);
    let many = items.is_some();
    let places = items.unwrap_or_else(|| places.to_owned());
    let Some(schema) = Schema::merge(cx, &places) else {
        return (PartKind::Text(Type::String), many, false);
    };
    let shape = schema.shape(cx);
    let is_binary = schema.text("format") == Some("binary");
    let media = encoding.and_then(part_media).map(|media| essence(&media));
    let has_binary_media = media.as_ref().is_some_and(|media| {
        !media.starts_with("text/") && !media.ends_with("json") && !media.contains("urlencoded")
    });
    if matches!(shape, SchemaShape::Any | SchemaShape::Text) && (is_binary || has_binary_media) {
        return (PartKind::File, many, false);
    }
    if shape == SchemaShape::Any {
        return (PartKind::Text(Type::String), many, false);
    }
    let (ty, nullable) = match lowering.merged_type(&places, naming) {
        Type::Nullable(inner) => (*inner, true),
        ty => (ty, false),
    };
    let is_json = media.is_some_and(|media| media.ends_with("json"));
    let kind = if is_scalar(&ty, &lowering.types) && !is_json {
        PartKind::Text(ty)
    } else {
        PartKind::Json(ty)
    };
    (kind, many, nullable)
}

/// Returns the first media type of a part, unless it is a range.
fn part_media(encoding: &Encoding) -> Option<String> {
    let first = encoding.content_type.as_ref()?.split(',').next()?.trim();
    let is_media_type = !first.contains('*') && first.contains('/') && first.is_ascii();
    (is_media_type && !first.contains(char::is_control)).then(|| first.to_owned())
}

fn report_unused_encoding(cx: &Context<'_>, place: Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place),
            "`headers` and `style` of a part are not supported yet",
        )
        .label("the part is encoded by its type")
        .help("remove them, unless other tools need them"),
    );
}
