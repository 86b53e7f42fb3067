//! Lowers `oneOf` and `anyOf` to unions.

use std::collections::BTreeSet;

use super::{
    Naming,
    merged::{Schema, SchemaShape, UnionMember},
    origin,
    scalars::format_type,
};
use crate::{
    lower::Lowering,
    model::{Type, TypeKind, UnionVariant},
    name::{Ident, Scope, reserved},
};

impl Lowering<'_> {
    /// Lowers a union, with a variant for each type of its alternatives.
    pub(super) fn union_kind(&mut self, schema: &Schema<'_>, naming: &Naming) -> TypeKind {
        let cx = self.cx;
        let Some(union) = schema.union(cx) else {
            return TypeKind::Alias(Type::Any);
        };
        let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
        let mut variants: Vec<UnionVariant> = Vec::new();
        let mut accepts_any = false;
        for UnionMember {
            place,
            schema,
            component,
            is_base,
            is_extended,
            tags,
        } in union.alternatives
        {
            let hint = component
                .clone()
                .or_else(|| schema.text("title").map(str::to_owned));
            let hint = hint.or_else(|| tags.first().cloned());
            let hint = hint.unwrap_or_else(|| match format_type(cx, &schema) {
                Some(_) => schema.text("format").unwrap_or_default().to_owned(),
                None => shape_name(schema.shape(cx)).to_owned(),
            });
            let part = naming.with(if is_base { "base" } else { &hint });
            let naming = if is_extended || component.is_none() {
                part
            } else {
                Naming::at(&schema.place, &part.ident())
            };
            let ty = match self.lower_schema(&schema, &naming) {
                // The union itself is nullable in this case.
                Type::Nullable(inner) => *inner,
                ty => ty,
            };
            // The variant `Other` already holds any value.
            if ty == Type::Any {
                accepts_any = true;
                continue;
            }
            let constraints = match union.tag {
                Some(_) => None,
                None => self
                    .constraints
                    .lower_alternative(cx, &place, &schema, &naming),
            };
            let same_type = variants.iter_mut().find(|variant| variant.ty == ty);
            if let Some(variant) = same_type {
                let new_tags = tags.into_iter().filter(|tag| !variant.tags.contains(tag));
                let new_tags: Vec<_> = new_tags.collect();
                variant.tags.extend(new_tags);
                variant.constraints.extend(constraints);
                continue;
            }
            let (name, _) = scope.name(&[Ident::pascal(&hint)], &hint);
            let origin = origin(&schema);
            variants.push(UnionVariant {
                name,
                ty,
                tags,
                constraints: constraints.into_iter().collect(),
                origin,
            });
        }
        // A discriminator is only used if no value selects two variants.
        let mut seen = BTreeSet::new();
        let is_unambiguous = variants
            .iter()
            .flat_map(|variant| &variant.tags)
            .all(|tag| seen.insert(tag));
        let tag = union.tag.filter(|_| is_unambiguous).map(str::to_owned);
        match <[UnionVariant; 1]>::try_from(variants) {
            Ok([only]) if tag.is_none() && !accepts_any => TypeKind::Alias(only.ty),
            Ok(variants) => TypeKind::Union {
                variants: variants.into(),
                tag,
            },
            Err(variants) if variants.is_empty() => TypeKind::Alias(Type::Any),
            Err(variants) => TypeKind::Union { variants, tag },
        }
    }
}

/// Returns a fallback name for an alternative, by its shape.
fn shape_name(shape: SchemaShape) -> &'static str {
    match shape {
        SchemaShape::Any | SchemaShape::None(_) => "value",
        SchemaShape::Array => "list",
        SchemaShape::Boolean => "boolean",
        SchemaShape::Integer | SchemaShape::IntegerEnum => "integer",
        SchemaShape::Map | SchemaShape::Object => "object",
        SchemaShape::MixedEnum | SchemaShape::Union => "choice",
        SchemaShape::Number => "number",
        SchemaShape::Text | SchemaShape::TextEnum => "text",
    }
}
