//! Lowers objects to structs.

use super::{
    Naming,
    defaults::default,
    docs,
    fixed::only_value,
    merged::{AdditionalProperties, Schema},
};
use crate::{
    lower::{Context, Lowering},
    model::{Direction, Field, Type, TypeKind},
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

impl Lowering<'_> {
    /// Lowers an object to a struct with a field for each property.
    pub(super) fn struct_kind(&mut self, schema: &Schema<'_>, naming: &Naming) -> TypeKind {
        let cx = self.cx;
        let mut scope = Scope::reserving(reserved::STRUCT_FIELDS);
        let mut properties = schema.properties();
        let required = schema.required();
        let additional = schema.additional();
        // A required property is a field, even if it is not in `properties`.
        if matches!(
            additional,
            AdditionalProperties::Unspecified | AdditionalProperties::Closed
        ) {
            for name in &required {
                properties.entry(name).or_default();
            }
        }
        let mut fields = Vec::new();
        for (wire, (name, adjusted)) in scope.name_all(properties.keys().copied(), Ident::snake) {
            let places = properties
                .get(wire.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let place = places.first().unwrap_or(&schema.place);
            let subject = format!("the property `{wire}`");
            cx.report_adjusted_name(Place::Key(place.clone()), &subject, &name, adjusted);
            let flags = schema.property(cx, &wire);
            if flags.is_impossible {
                report_impossible(cx, place, &wire);
            }
            let is_required = required.contains(wire.as_str()) && !flags.is_impossible;
            let property = Schema::merge(cx, places);
            fields.push(Field {
                name,
                ty: self.merged_type(places, &naming.with(&wire)),
                required: is_required,
                required_in: is_required.then_some(
                    match (flags.is_read_only, flags.is_write_only) {
                        (true, false) => Direction::Response,
                        (false, true) => Direction::Request,
                        _ => Direction::Both,
                    },
                ),
                fixed: property.as_ref().and_then(|schema| only_value(cx, schema)),
                default: property.as_ref().and_then(|schema| default(cx, schema)),
                doc: docs::property_docs(cx, places),
                deprecated: property.is_some_and(|schema| schema.flag("deprecated")),
                origin: places
                    .iter()
                    .chain(&schema.required_places(&wire))
                    .collect(),
                wire,
            });
        }
        // Names are assigned in an order that does not depend on the document's.
        let order = schema.property_names();
        fields.sort_by_key(|field| {
            let position = order.get_index_of(field.wire.as_str());
            position.unwrap_or(order.len())
        });
        let others = match additional {
            AdditionalProperties::Unspecified | AdditionalProperties::Closed => None,
            AdditionalProperties::Open => Some(Type::Any),
            AdditionalProperties::Typed(places) => {
                Some(self.merged_type(&places, &naming.with("value")))
            }
        };
        let others = others.map(|ty| {
            let candidates = [
                Ident::snake("others"),
                Ident::snake("additional properties"),
            ];
            (scope.name(&candidates, "all other properties").0, ty)
        });
        TypeKind::Struct { fields, others }
    }
}

/// Warns about a property that no object may have.
fn report_impossible(cx: &Context<'_>, place: &Pointer, name: &str) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.clone()),
            format!("no object may have the property `{name}`"),
        )
        .label("`additionalProperties: false` next to it or in `allOf` excludes it")
        .help("declare all properties next to `additionalProperties: false`, or remove it"),
    );
}
