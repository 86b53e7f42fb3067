//! Lowers schemas to types.

pub(super) mod constraints;
mod cycles;
pub(super) mod defaults;
mod direction;
pub(super) mod docs;
mod enums;
pub(super) mod fixed;
pub(super) mod merged;
mod named;
mod naming;
pub(super) mod scalars;
mod structs;
mod types;
mod unions;
pub(super) mod validity;

use serde_json::Value;

use self::merged::{AdditionalProperties, Schema, SchemaShape};
use super::{Context, Lowering, operations::requests::Request};
use crate::{
    model::{Origin, ResponseEnum, Type, TypeDef, TypeKind},
    name::Ident,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};
pub(super) use named::lower;
pub(super) use naming::{Naming, component};
pub(super) use types::Types;

/// Returns the types by ID, after the passes that depend on their uses.
pub(super) fn finish(
    types: Types,
    requests: &[Request],
    response_enums: &[ResponseEnum],
) -> Vec<TypeDef> {
    let mut definitions = types.into_definitions();
    direction::relax_required(&mut definitions, requests, response_enums);
    fixed::fix_discriminators(&mut definitions);
    cycles::break_cycles(&mut definitions);
    definitions
}

impl Lowering<'_> {
    /// Lowers the schema at a place to its type.
    pub(super) fn schema_type(&mut self, place: &Pointer, naming: &Naming) -> Type {
        self.merged_type(std::slice::from_ref(place), naming)
    }

    /// Lowers the merged schemas at several places to their type.
    pub(super) fn merged_type(&mut self, places: &[Pointer], naming: &Naming) -> Type {
        let Some(schema) = Schema::merge(self.cx, places) else {
            return Type::Any;
        };
        match places {
            [place] if schema.place != *place => {
                let naming = Naming::at(&schema.place, &naming.ident());
                self.lower_schema(&schema, &naming)
            }
            _ => self.lower_schema(&schema, naming),
        }
    }

    /// Adds a type that is not the type of a schema.
    pub(super) fn add_type(
        &mut self,
        naming: &Naming,
        doc: String,
        kind: TypeKind,
        origin: Origin,
    ) -> Type {
        let id = self.types.reserve();
        let wanted = naming.ident();
        let (name, _) = self
            .names
            .types
            .name(std::slice::from_ref(&wanted), wanted.as_str());
        let definition = TypeDef {
            name,
            doc,
            deprecated: false,
            kind,
            origin,
        };
        self.types.define(id, definition);
        Type::Named(id)
    }

    fn lower_schema(&mut self, schema: &Schema<'_>, naming: &Naming) -> Type {
        let cx = self.cx;
        let is_defined = needs_definition(schema.shape(cx));
        let ty = match self.types.by_schema(schema) {
            // An alias includes its own `nullable`, and its use may add another one.
            Some(id) if !is_defined => {
                let is_nullable_alias =
                    Schema::at(cx, &schema.place).is_some_and(|own| own.is_nullable(cx));
                return nullable(
                    Type::Named(id),
                    schema.is_nullable(cx) && !is_nullable_alias,
                );
            }
            Some(id) => Type::Named(id),
            None if is_defined => self.define_unnamed(schema, naming),
            None => self.inline_type(schema, naming),
        };
        nullable(ty, schema.is_nullable(cx))
    }

    /// Defines the type of a schema without a name.
    ///
    /// Identical schemas in other places have types of their own, so that an edit in one place never changes
    /// the type of another.
    fn define_unnamed(&mut self, schema: &Schema<'_>, naming: &Naming) -> Type {
        let default = naming.ident();
        let chosen = self
            .cx
            .chosen_name(&schema.place, |chosen| *chosen == default);
        let wanted = chosen.unwrap_or(default);
        let (name, _) = self.names.types.name(&[wanted], schema.place.as_str());
        let id = self.types.reserve_for(schema);
        let kind = self.kind(&name, schema);
        let definition = definition(self.cx, name, schema, kind);
        self.types.define(id, definition);
        Type::Named(id)
    }

    /// Lowers a schema to the kind of the type with a name.
    fn kind(&mut self, name: &Ident, schema: &Schema<'_>) -> TypeKind {
        let cx = self.cx;
        let naming = Naming::of_type(name);
        match schema.shape(cx) {
            SchemaShape::TextEnum => TypeKind::TextEnum(enums::text_variants(cx, schema)),
            SchemaShape::IntegerEnum => TypeKind::IntegerEnum(enums::integer_variants(cx, schema)),
            SchemaShape::MixedEnum => TypeKind::MixedEnum(enums::mixed_variants(cx, schema)),
            SchemaShape::Object => self.struct_kind(schema, &naming),
            SchemaShape::Union => self.union_kind(schema, &naming),
            _ => {
                let ty = self.inline_type(schema, &naming);
                TypeKind::Alias(nullable(ty, schema.is_nullable(cx)))
            }
        }
    }

    /// Lowers a schema that does not need a definition.
    fn inline_type(&mut self, schema: &Schema<'_>, naming: &Naming) -> Type {
        let cx = self.cx;
        match schema.shape(cx) {
            SchemaShape::Array => {
                let items = schema.items();
                let item = self.merged_type(&items, &naming.with("item"));
                Type::Array(Box::new(item))
            }
            SchemaShape::Boolean => Type::Boolean,
            SchemaShape::Integer => Type::Integer(scalars::integer_type(schema)),
            SchemaShape::Map => Type::Map(Box::new(match schema.additional() {
                AdditionalProperties::Typed(places) => {
                    self.merged_type(&places, &naming.with("value"))
                }
                _ => Type::Any,
            })),
            SchemaShape::Number => Type::Number,
            SchemaShape::Text if schema.text("format") == Some("status-choice") => {
                Type::StatusChoice
            }
            SchemaShape::Text => match scalars::format_type(cx, schema) {
                Some(ty) => {
                    cx.dependencies.borrow_mut().extend(ty.library);
                    Type::Format(ty)
                }
                None => Type::String,
            },
            SchemaShape::None(reason) => {
                cx.report(
                    Diagnostic::warning(
                        Rule::NoType,
                        Place::Key(schema.place.clone()),
                        format!("no type is generated for this schema: {reason}"),
                    )
                    .label("any JSON value is accepted")
                    .help("describe its values with a single `type`"),
                );
                Type::Any
            }
            // These shapes need a definition.
            SchemaShape::Any
            | SchemaShape::IntegerEnum
            | SchemaShape::MixedEnum
            | SchemaShape::Object
            | SchemaShape::TextEnum
            | SchemaShape::Union => Type::Any,
        }
    }
}

/// Returns the definition of the type of a schema.
fn definition(cx: &Context<'_>, name: Ident, schema: &Schema<'_>, kind: TypeKind) -> TypeDef {
    TypeDef {
        name,
        doc: docs::schema_docs(cx, schema),
        deprecated: schema.own("deprecated") == Some(&Value::Bool(true)),
        kind,
        origin: origin(schema),
    }
}

/// Returns the places of a schema and of its parts.
fn origin(schema: &Schema<'_>) -> Origin {
    let key = schema.key();
    std::iter::once(&schema.place)
        .chain(key.iter().map(|(place, _)| place))
        .collect()
}

/// Returns whether a shape needs a definition.
fn needs_definition(shape: SchemaShape) -> bool {
    matches!(
        shape,
        SchemaShape::IntegerEnum
            | SchemaShape::MixedEnum
            | SchemaShape::Object
            | SchemaShape::TextEnum
            | SchemaShape::Union
    )
}

fn nullable(ty: Type, nullable: bool) -> Type {
    match ty {
        Type::Any | Type::Nullable(_) => ty,
        ty if nullable => Type::Nullable(Box::new(ty)),
        ty => ty,
    }
}
