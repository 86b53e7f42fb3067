//! Forms of several parts: `multipart/form-data`.

use openapiv3::{Encoding, MediaType};

use super::{
    Context, NameScopes, docs,
    media::essence,
    merged_schema::{AdditionalProperties, Schema, SchemaShape},
    type_check::is_word,
    types::{Naming, Types},
};
use crate::{
    model::{FormPart, PartKind, Type, TypeKind},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The type of the form that a media type describes, which is one of its own: in JSON the same schema
/// has no files.
pub(super) fn lower(
    cx: &Context<'_>,
    declared: &MediaType,
    place: &Pointer,
    naming: &Naming,
    names: &mut NameScopes,
    types: &mut Types,
) -> Type {
    let schema = Schema::at(cx, &place.key("schema"));
    let mut scope = Scope::reserving(&["new"]);
    let mut parts = Vec::new();
    let (required, properties, additional) = match &schema {
        Some(schema) if schema.shape(cx) == SchemaShape::Object => {
            (schema.required(), schema.properties(), schema.additional())
        }
        _ => Default::default(),
    };
    let requiring = |wire: &str| {
        let schema = schema.as_ref();
        schema.map_or_else(Vec::new, |schema| schema.requiring(wire))
    };
    let wires = properties.keys().copied();
    for (wire, (name, adjusted)) in scope.name_all(wires, Ident::snake) {
        let places = properties
            .get(wire.as_str())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let at = places.first().unwrap_or(place);
        let what = format!("the part `{wire}`");
        cx.adjusted(Place::Key(at.clone()), &what, &name, adjusted);
        let encoding = declared.encoding.get(&wire);
        if encoding.is_some_and(|encoding| {
            !encoding.headers.is_empty() || encoding.style.is_some() || encoding.explode
        }) {
            let place = place.key("encoding").key(&wire);
            unused(cx, place);
        }
        let property = Schema::of_all(cx, places);
        let is = |keyword: &str| property.as_ref().is_some_and(|schema| schema.flag(keyword));
        let (kind, many, nullable) = part(cx, places, encoding, &naming.with(&wire), names, types);
        parts.push(FormPart {
            name,
            kind,
            many,
            required: required.contains(wire.as_str()) && !nullable,
            media: encoding.and_then(media),
            doc: docs::of_property(cx, places),
            deprecated: is("deprecated"),
            origin: places.iter().chain(&requiring(&wire)).collect(),
            wire,
        });
    }
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
            .label("nothing is made of this")
            .help("name it among the `properties` of the schema, or remove it"),
        );
    }
    let has_others = parts.is_empty()
        || !matches!(
            additional,
            AdditionalProperties::Unsaid | AdditionalProperties::Closed
        );
    let others = has_others.then(|| {
        let candidates = [Ident::snake("others"), Ident::snake("other parts")];
        scope.name(&candidates, "all other parts").0
    });
    let doc = schema.as_ref().map(docs::documentation).unwrap_or_default();
    types.add(
        names,
        &naming.with("form"),
        doc,
        TypeKind::Form { parts, others },
        place.clone().into(),
    )
}

/// How a part is written, whether there may be several, and whether there may be none.
fn part(
    cx: &Context<'_>,
    places: &[Pointer],
    encoding: Option<&Encoding>,
    naming: &Naming,
    names: &mut NameScopes,
    types: &mut Types,
) -> (PartKind, bool, bool) {
    let schema = Schema::of_all(cx, places);
    let items = schema
        .as_ref()
        .filter(|schema| schema.shape(cx) == SchemaShape::Array)
        .map(Schema::items);
    let many = items.is_some();
    let places = items.unwrap_or_else(|| places.to_owned());
    let Some(schema) = Schema::of_all(cx, &places) else {
        return (PartKind::Text(Type::String), many, false);
    };
    let shape = schema.shape(cx);
    let is_binary = schema.text("format") == Some("binary");
    let media = encoding.and_then(media).map(|media| essence(&media));
    let is_other = media.as_ref().is_some_and(|media| {
        !media.starts_with("text/") && !media.ends_with("json") && !media.contains("urlencoded")
    });
    if matches!(shape, SchemaShape::Any | SchemaShape::Text) && (is_binary || is_other) {
        return (PartKind::File, many, false);
    }
    if shape == SchemaShape::Any {
        return (PartKind::Text(Type::String), many, false);
    }
    let (ty, nullable) = match types.of_all(cx, names, &places, naming) {
        Type::Nullable(inner) => (*inner, true),
        ty => (ty, false),
    };
    let is_json = media.is_some_and(|media| media.ends_with("json"));
    let kind = if is_word(&ty, types) && !is_json {
        PartKind::Text(ty)
    } else {
        PartKind::Json(ty)
    };
    (kind, many, nullable)
}

/// The first of the media types that a part may be of.
fn media(encoding: &Encoding) -> Option<String> {
    let first = encoding.content_type.as_ref()?.split(',').next()?.trim();
    let is_one = !first.contains('*') && first.contains('/') && first.is_ascii();
    (is_one && !first.contains(char::is_control)).then(|| first.to_owned())
}

fn unused(cx: &Context<'_>, place: Pointer) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place),
            "`headers` and `style` of a part are not supported yet",
        )
        .label("the part is written as its type is")
        .help("remove them, unless other tools need them"),
    );
}
