//! Required values that are always the same.

use std::collections::BTreeMap;

use super::merged::Schema;
use crate::{
    lower::Context,
    model::{Constant, EnumValue, Type, TypeDef, TypeId, TypeKind},
};

/// Returns the value of a schema that has a single one: an `enum` with one value.
pub(crate) fn only_value(cx: &Context<'_>, schema: &Schema<'_>) -> Option<Constant> {
    match schema.values().as_slice() {
        [(_, value)] if !schema.is_nullable(cx) => Some(Constant::new(value)),
        _ => None,
    }
}

/// Sets the required properties with which a discriminator selects their object to its value.
pub(crate) fn fix_discriminators(definitions: &mut [TypeDef]) {
    for ((id, property), value) in selecting_values(definitions) {
        let Some(value) = value else { continue };
        let position = match definitions.get(id.0).map(|found| &found.kind) {
            Some(TypeKind::Struct { fields, .. }) => fields.iter().position(|field| {
                field.wire == property && has_value(definitions, &field.ty, &value)
            }),
            _ => None,
        };
        if let Some(TypeKind::Struct { fields, .. }) =
            definitions.get_mut(id.0).map(|found| &mut found.kind)
            && let Some(field) = position.and_then(|index| fields.get_mut(index))
        {
            field.fixed = Some(Constant::Text(value));
        }
    }
}

/// Returns the value of each discriminator that selects an object, by the type and the property; `None` if several
/// values do.
fn selecting_values(definitions: &[TypeDef]) -> BTreeMap<(TypeId, String), Option<String>> {
    let mut values: BTreeMap<_, Option<String>> = BTreeMap::new();
    for definition in definitions {
        let TypeKind::Union {
            variants,
            tag: Some(tag),
        } = &definition.kind
        else {
            continue;
        };
        for variant in variants {
            let Some(id) = named(definitions, &variant.ty) else {
                continue;
            };
            let value = match variant.tags.as_slice() {
                [value] => Some(value.clone()),
                _ => None,
            };
            values
                .entry((id, tag.clone()))
                .and_modify(|present| {
                    if *present != value {
                        *present = None;
                    }
                })
                .or_insert(value);
        }
    }
    values
}

/// Returns the type that a type is an alias of.
fn named(definitions: &[TypeDef], ty: &Type) -> Option<TypeId> {
    let Type::Named(id) = ty else { return None };
    match &definitions.get(id.0)?.kind {
        TypeKind::Alias(ty) => named(definitions, ty),
        _ => Some(*id),
    }
}

/// Returns whether a type of strings has a value.
fn has_value(definitions: &[TypeDef], ty: &Type, value: &str) -> bool {
    match ty {
        Type::String => true,
        Type::Named(id) => match definitions.get(id.0).map(|found| &found.kind) {
            Some(TypeKind::Alias(ty)) => has_value(definitions, ty, value),
            Some(TypeKind::TextEnum(values)) => {
                let mut values = values.iter();
                values.any(|EnumValue { value: text, .. }| text == value)
            }
            _ => false,
        },
        _ => false,
    }
}
