//! Lowers the schemas that have a name: components, and schemas in external files.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Naming, definition, docs, merged::Schema, naming::component, needs_definition};
use crate::{
    lower::Lowering,
    model::{TypeDef, TypeId, TypeKind},
    name::Ident,
    pointer::Pointer,
    report::Place,
};

/// A schema that has a name and an ID, and is not lowered yet.
struct NamedSchema<'a> {
    id: TypeId,
    name: Ident,
    place: Pointer,
    schema: Schema<'a>,
    /// Whether the type is defined here; otherwise it is an alias of the type of another schema.
    is_definition: bool,
}

/// Lowers the named schemas.
pub(crate) fn lower(lowering: &mut Lowering<'_>) {
    // All schemas have a name and an ID before the first one is lowered, because they may refer to each
    // other.
    let mut named = components(lowering);
    named.extend(external_schemas(lowering));
    for named in named {
        let NamedSchema {
            id, name, schema, ..
        } = named;
        let definition = if named.is_definition {
            let kind = lowering.kind(&name, &schema);
            definition(lowering.cx, name, &schema, kind)
        } else {
            let target = lowering.schema_type(&named.place, &Naming::of_type(&name));
            TypeDef {
                doc: docs::alias_docs(lowering.cx, &named.place, &schema),
                deprecated: schema.is_deprecated(),
                origin: named.place.into(),
                ..definition(lowering.cx, name, &schema, TypeKind::Alias(target))
            }
        };
        lowering.types.define(id, definition);
    }
}

/// Names the schemas under `components`.
fn components<'a>(lowering: &mut Lowering<'a>) -> Vec<NamedSchema<'a>> {
    let cx = lowering.cx;
    let section = Pointer::root().key("components").key("schemas");
    let schemas = cx.document.get(&section).and_then(Value::as_object);
    let texts = schemas.into_iter().flat_map(Map::keys).map(String::as_str);
    let name = |text: &str| {
        let default = Ident::pascal(text);
        cx.chosen_name(&section.key(text), |chosen| *chosen == default)
            .unwrap_or(default)
    };
    let mut named = Vec::new();
    for (text, (name, adjusted)) in lowering.names.types.name_all(texts, name) {
        let place = section.key(&text);
        let subject = format!("the schema `{text}`");
        cx.report_adjusted_name(Place::Key(place.clone()), &subject, &name, adjusted);
        let Some(schema) = Schema::at(cx, &place) else {
            continue;
        };
        // A schema that is only a `$ref` into another file is defined there.
        let is_definition = schema.place == place
            || (schema.place.external_file().is_some()
                && lowering.types.by_schema(&schema).is_none());
        let id = if is_definition {
            lowering.types.reserve_for(&schema)
        } else {
            lowering.types.reserve()
        };
        named.push(NamedSchema {
            id,
            name,
            place,
            schema,
            is_definition,
        });
    }
    named
}

/// Names the schemas in external files that need a definition.
fn external_schemas<'a>(lowering: &mut Lowering<'a>) -> Vec<NamedSchema<'a>> {
    let cx = lowering.cx;
    let mut places = BTreeMap::new();
    for place in cx.document.external_schemas() {
        let Some(schema) = Schema::at(cx, place) else {
            continue;
        };
        let is_named = lowering.types.by_schema(&schema).is_some();
        if schema.place == *place && !is_named && needs_definition(schema.shape(cx)) {
            places.insert(place.reference(), schema);
        }
    }
    let default_name = |text: &str| {
        let place = places.get(text).map(|schema| &schema.place);
        let name = place.and_then(component).unwrap_or_default();
        Ident::pascal(&name)
    };
    let name = |text: &str| {
        let chosen = places.get(text).and_then(|schema| {
            cx.chosen_name(&schema.place, |chosen| *chosen == default_name(text))
        });
        chosen.unwrap_or_else(|| default_name(text))
    };
    let texts = places.keys().map(String::as_str);
    let names = lowering.names.types.name_all(texts, name);
    let mut named = Vec::new();
    for (text, (name, adjusted)) in names {
        let Some(schema) = places.remove(&text) else {
            continue;
        };
        let subject = format!("the schema `{text}`");
        cx.report_adjusted_name(Place::Key(schema.place.clone()), &subject, &name, adjusted);
        named.push(NamedSchema {
            id: lowering.types.reserve_for(&schema),
            name,
            place: schema.place.clone(),
            schema,
            is_definition: true,
        });
    }
    named
}
