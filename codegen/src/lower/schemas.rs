//! Lowers schemas to types.

pub(super) mod constraints;
pub(super) mod cycles;
pub(super) mod direction;
pub(super) mod docs;
pub(super) mod merged;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use self::{
    constraints::ConstraintTable,
    merged::{
        AdditionalProperties, Schema, SchemaKey, SchemaShape, UnionMember, component,
        enclosing_component,
    },
};
use super::{Context, NameScopes};
use crate::{
    model::{
        Constant, Constraints, Direction, EnumValue, Field, Operation, Origin, Payload,
        ResponseEnum, Type, TypeDef, TypeId, TypeKind, UnionVariant,
    },
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The name of a type whose schema has no name, made of the names of its users.
#[derive(Clone, Debug)]
pub(super) struct Naming(String);

impl Naming {
    /// Returns the name of the component around a place, or else `fallback`.
    pub(super) fn at(place: &Pointer, fallback: &Ident) -> Self {
        Self(match enclosing_component(place) {
            Some(component) => Ident::pascal(&component).as_str().to_owned(),
            None => fallback.as_str().to_owned(),
        })
    }

    /// Returns the name of a part.
    pub(super) fn with(&self, part: &str) -> Self {
        Self(format!("{}{}", self.0, Ident::pascal(part)))
    }

    /// Returns the name as an identifier.
    pub(super) fn ident(&self) -> Ident {
        Ident::pascal(&self.0)
    }
}

/// The types of a document, during lowering.
pub(super) struct Types {
    /// The definitions by ID; `None` while a type is being lowered.
    definitions: Vec<Option<TypeDef>>,
    /// The type of each schema.
    by_key: BTreeMap<SchemaKey, TypeId>,
    /// The types by the hash of their schemas: identical schemas share one type.
    by_fingerprint: BTreeMap<u64, Vec<(SchemaKey, TypeId)>>,
    /// The content at each place, so that all users of a component share its types.
    pub(super) payloads: BTreeMap<Pointer, Payload>,
    /// The constraints that types do not enforce.
    pub(super) constraints: ConstraintTable,
}

impl Types {
    /// Lowers the named schemas.
    pub(super) fn declare(cx: &Context<'_>, names: &mut NameScopes) -> Self {
        let mut types = Self {
            definitions: Vec::new(),
            by_key: BTreeMap::new(),
            by_fingerprint: BTreeMap::new(),
            payloads: BTreeMap::new(),
            constraints: ConstraintTable::default(),
        };
        let section = Pointer::root().key("components").key("schemas");
        let schemas = cx.document.get(&section).and_then(Value::as_object);
        let texts = schemas.into_iter().flat_map(Map::keys).map(String::as_str);
        let mut declared = Vec::new();
        // All schemas have a name and an ID before the first one is lowered, because they may refer to each
        // other.
        let name = |text: &str| {
            let default = Ident::pascal(text);
            cx.chosen_name(&section.key(text), |chosen| *chosen == default)
                .unwrap_or(default)
        };
        for (text, (name, adjusted)) in names.types.name_all(texts, name) {
            let place = section.key(&text);
            cx.report_adjusted_name(
                Place::Key(place.clone()),
                &format!("the schema `{text}`"),
                &name,
                adjusted,
            );
            let Some(schema) = Schema::at(cx, &place) else {
                continue;
            };
            let id = types.reserve();
            // A schema that is only a `$ref` into another file is defined there.
            let is_definition = schema.place == place
                || (schema.place.external_file().is_some()
                    && !types.by_key.contains_key(&schema.key()));
            if is_definition {
                types.by_key.insert(schema.key(), id);
                types.insert_fingerprint(&schema, id);
            }
            declared.push((id, name, place, schema, is_definition));
        }
        types.reserve_files(cx, names, &mut declared);
        for (id, name, place, schema, is_definition) in declared {
            if is_definition {
                types.define(cx, names, id, name, &schema);
                continue;
            }
            let target = types.lower(cx, names, &place, &Naming(name.to_string()));
            let doc = docs::alias_docs(cx, &place, &schema);
            let origin = place.into();
            types.set_definition(id, name, doc, &schema, TypeKind::Alias(target), origin);
        }
        types
    }

    /// Reserves a name and an ID for each schema in an external file that needs a definition, because these
    /// schemas may refer to each other as well.
    fn reserve_files<'a>(
        &mut self,
        cx: &Context<'a>,
        names: &mut NameScopes,
        declared: &mut Vec<(TypeId, Ident, Pointer, Schema<'a>, bool)>,
    ) {
        let mut places = BTreeMap::new();
        for place in cx.document.external_schemas() {
            let Some(schema) = Schema::at(cx, place) else {
                continue;
            };
            let is_reserved = self.by_key.contains_key(&schema.key());
            if schema.place == *place && !is_reserved && needs_definition(schema.shape(cx)) {
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
        let named = names
            .types
            .name_all(places.keys().map(String::as_str), name);
        for (text, (name, adjusted)) in named {
            let Some(schema) = places.remove(&text) else {
                continue;
            };
            let subject = format!("the schema `{text}`");
            cx.report_adjusted_name(Place::Key(schema.place.clone()), &subject, &name, adjusted);
            let id = self.reserve();
            self.by_key.insert(schema.key(), id);
            self.insert_fingerprint(&schema, id);
            declared.push((id, name, schema.place.clone(), schema, true));
        }
    }

    /// Returns the types by ID, and the constraints that the operations use.
    pub(super) fn finish(
        self,
        operations: &mut [Operation],
        response_enums: &[ResponseEnum],
    ) -> (Vec<TypeDef>, Vec<Constraints>) {
        let mut definitions: Vec<_> = self.definitions.into_iter().flatten().collect();
        direction::relax_required(&mut definitions, operations, response_enums);
        cycles::break_cycles(&mut definitions);
        (definitions, self.constraints.finish(operations))
    }

    pub(super) fn definition(&self, id: TypeId) -> Option<&TypeDef> {
        self.definitions.get(id.0)?.as_ref()
    }

    fn reserve(&mut self) -> TypeId {
        let id = TypeId(self.definitions.len());
        self.definitions.push(None);
        id
    }

    /// Lowers the schema at a place to its type.
    pub(super) fn lower(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        place: &Pointer,
        naming: &Naming,
    ) -> Type {
        self.lower_merged(cx, names, std::slice::from_ref(place), naming)
    }

    /// Adds a type that is not the type of a schema.
    pub(super) fn add(
        &mut self,
        names: &mut NameScopes,
        naming: &Naming,
        doc: String,
        kind: TypeKind,
        origin: Origin,
    ) -> Type {
        let id = self.reserve();
        let wanted = naming.ident();
        let (name, _) = names
            .types
            .name(std::slice::from_ref(&wanted), wanted.as_str());
        if let Some(slot) = self.definitions.get_mut(id.0) {
            *slot = Some(TypeDef {
                name,
                doc,
                deprecated: false,
                kind,
                origin,
            });
        }
        Type::Named(id)
    }

    /// Lowers the merged schemas at several places to their type.
    pub(super) fn lower_merged(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        places: &[Pointer],
        naming: &Naming,
    ) -> Type {
        let Some(schema) = Schema::merge(cx, places) else {
            return Type::Any;
        };
        match places {
            [place] if schema.place != *place => {
                let naming = Naming::at(&schema.place, &naming.ident());
                self.lower_schema(cx, names, &schema, &naming)
            }
            _ => self.lower_schema(cx, names, &schema, naming),
        }
    }

    fn lower_schema(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> Type {
        let is_defined = needs_definition(schema.shape(cx));
        let ty = match self.by_key.get(&schema.key()) {
            // An alias includes its own `nullable`, and its use may add another one.
            Some(id) if !is_defined => {
                let alias = Type::Named(*id);
                let is_nullable_alias =
                    Schema::at(cx, &schema.place).is_some_and(|own| own.is_nullable(cx));
                return nullable(alias, schema.is_nullable(cx) && !is_nullable_alias);
            }
            Some(id) => Type::Named(*id),
            None if is_defined => {
                let id = self.reserve();
                self.by_key.insert(schema.key(), id);
                let default = naming.ident();
                let chosen = cx.chosen_name(&schema.place, |chosen| *chosen == default);
                let wanted = chosen.unwrap_or(default);
                let (name, _) = names.types.name(&[wanted], schema.place.as_str());
                match self.find_identical(cx, schema) {
                    Some(identical) => {
                        for (place, _) in schema.key() {
                            cx.account_for(place);
                        }
                        let kind = TypeKind::Alias(Type::Named(identical));
                        self.set_definition(
                            id,
                            name,
                            docs::schema_docs(schema),
                            schema,
                            kind,
                            origin(schema),
                        );
                    }
                    None => {
                        self.insert_fingerprint(schema, id);
                        self.define(cx, names, id, name, schema);
                    }
                }
                Type::Named(id)
            }
            None => self.inline_type(cx, names, schema, naming),
        };
        nullable(ty, schema.is_nullable(cx))
    }

    /// Returns the type of an identical schema.
    fn find_identical(&self, cx: &Context<'_>, schema: &Schema<'_>) -> Option<TypeId> {
        let mut candidates = self.by_fingerprint.get(&schema.fingerprint())?.iter();
        candidates
            .find(|(key, _)| schema.is_identical(cx, key))
            .map(|(_, id)| *id)
    }

    fn insert_fingerprint(&mut self, schema: &Schema<'_>, id: TypeId) {
        let candidates = self.by_fingerprint.entry(schema.fingerprint()).or_default();
        candidates.push((schema.key(), id));
    }

    fn define(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        id: TypeId,
        name: Ident,
        schema: &Schema<'_>,
    ) {
        let naming = Naming(name.to_string());
        let kind = match schema.shape(cx) {
            SchemaShape::TextEnum => TypeKind::TextEnum(text_variants(cx, schema)),
            SchemaShape::IntegerEnum => TypeKind::IntegerEnum(integer_variants(schema)),
            SchemaShape::MixedEnum => TypeKind::MixedEnum(mixed_variants(schema)),
            SchemaShape::Object => self.object(cx, names, schema, &naming),
            SchemaShape::Union => self.union(cx, names, schema, &naming),
            _ => {
                let ty = self.inline_type(cx, names, schema, &naming);
                TypeKind::Alias(nullable(ty, schema.is_nullable(cx)))
            }
        };
        self.set_definition(
            id,
            name,
            docs::schema_docs(schema),
            schema,
            kind,
            origin(schema),
        );
    }

    fn set_definition(
        &mut self,
        id: TypeId,
        name: Ident,
        doc: String,
        schema: &Schema<'_>,
        kind: TypeKind,
        origin: Origin,
    ) {
        if let Some(slot) = self.definitions.get_mut(id.0) {
            *slot = Some(TypeDef {
                name,
                doc,
                deprecated: schema.own("deprecated") == Some(&Value::Bool(true)),
                kind,
                origin,
            });
        }
    }

    fn object(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> TypeKind {
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
            let property = Schema::merge(cx, places);
            let has_flag =
                |keyword: &str| property.as_ref().is_some_and(|schema| schema.flag(keyword));
            fields.push(Field {
                name,
                ty: self.lower_merged(cx, names, places, &naming.with(&wire)),
                required: required.contains(wire.as_str()),
                direction: match (has_flag("readOnly"), has_flag("writeOnly")) {
                    (true, false) => Direction::Response,
                    (false, true) => Direction::Request,
                    _ => Direction::Both,
                },
                doc: docs::property_docs(cx, places),
                deprecated: has_flag("deprecated"),
                origin: places
                    .iter()
                    .chain(&schema.required_places(&wire))
                    .collect(),
                wire,
            });
        }
        let others = match additional {
            AdditionalProperties::Unspecified | AdditionalProperties::Closed => None,
            AdditionalProperties::Open => Some(Type::Any),
            AdditionalProperties::Typed(places) => {
                Some(self.lower_merged(cx, names, &places, &naming.with("value")))
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

    fn union(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> TypeKind {
        let Some(union) = schema.union(cx) else {
            return TypeKind::Alias(Type::Any);
        };
        let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
        let mut variants: Vec<UnionVariant> = Vec::new();
        for UnionMember {
            schema,
            component,
            is_extended,
            tags,
        } in union.alternatives
        {
            let hint = component
                .clone()
                .or_else(|| schema.text("title").map(str::to_owned));
            let hint = hint.or_else(|| tags.first().cloned());
            let hint = hint.unwrap_or_else(|| shape_name(schema.shape(cx)).to_owned());
            let part = naming.with(&hint);
            let naming = if is_extended || component.is_none() {
                part
            } else {
                Naming::at(&schema.place, &part.ident())
            };
            let ty = match self.lower_schema(cx, names, &schema, &naming) {
                // The union itself is nullable in this case.
                Type::Nullable(inner) => *inner,
                ty => ty,
            };
            // The variant `Other` already holds any value.
            if ty == Type::Any {
                continue;
            }
            let same_type = variants.iter_mut().find(|variant| variant.ty == ty);
            if let Some(variant) = same_type {
                let new_tags = tags.into_iter().filter(|tag| !variant.tags.contains(tag));
                let new_tags: Vec<_> = new_tags.collect();
                variant.tags.extend(new_tags);
                continue;
            }
            let (name, _) = scope.name(&[Ident::pascal(&hint)], &hint);
            let origin = origin(&schema);
            variants.push(UnionVariant {
                name,
                ty,
                tags,
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
            Ok([only]) if tag.is_none() => TypeKind::Alias(only.ty),
            Ok(variants) => TypeKind::Union {
                variants: variants.into(),
                tag,
            },
            Err(variants) if variants.is_empty() => TypeKind::Alias(Type::Any),
            Err(variants) => TypeKind::Union { variants, tag },
        }
    }

    /// Lowers a schema that does not need a definition.
    fn inline_type(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> Type {
        match schema.shape(cx) {
            SchemaShape::Array => {
                let items = schema.items();
                let item = self.lower_merged(cx, names, &items, &naming.with("item"));
                Type::Array(Box::new(item))
            }
            SchemaShape::Boolean => Type::Boolean,
            SchemaShape::Integer if schema.text("format") == Some("int32") => Type::Integer32,
            SchemaShape::Integer => Type::Integer64,
            SchemaShape::Map => Type::Map(Box::new(match schema.additional() {
                AdditionalProperties::Typed(places) => {
                    self.lower_merged(cx, names, &places, &naming.with("value"))
                }
                _ => Type::Any,
            })),
            SchemaShape::Number => Type::Number,
            SchemaShape::Text if schema.text("format") == Some("status-choice") => {
                Type::StatusChoice
            }
            SchemaShape::Text => Type::String,
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

/// Returns the variants of an enumeration of strings, in the order of the document.
fn text_variants(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<EnumValue<String>> {
    let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
    let values: Vec<_> = schema
        .values()
        .into_iter()
        .map(|(place, value)| match value {
            Value::String(text) => (place, text.clone()),
            // YAML parses `enum: [1.0]` as a number, even if the type is `string`.
            value => (place, value.to_string()),
        })
        .collect();
    let texts = values.iter().map(|(_, value)| value.as_str());
    let mut idents = scope.name_all(texts, Ident::pascal);
    let mut variants = Vec::new();
    for (place, value) in &values {
        // Removed, so that a repeated value is a single variant.
        let Some((name, adjusted)) = idents.remove(value) else {
            continue;
        };
        let subject = format!("the value `{}`", value.escape_debug());
        cx.report_adjusted_name(Place::Value(place.clone()), &subject, &name, adjusted);
        variants.push(EnumValue {
            name,
            value: value.clone(),
            origin: place.clone().into(),
        });
    }
    variants
}

fn integer_variants(schema: &Schema<'_>) -> Vec<EnumValue<i64>> {
    let values = schema.values().into_iter();
    let values: BTreeMap<i64, Pointer> = values
        .filter_map(|(place, value)| Some((value.as_i64()?, place)))
        .collect();
    values
        .into_iter()
        .map(|(value, place)| EnumValue {
            name: number_name(&value.to_string()),
            value,
            origin: place.into(),
        })
        .collect()
}

/// Returns the name of the variant of a number: `ValueMinus1` for `-1`.
fn number_name(text: &str) -> Ident {
    Ident::pascal(&format!(
        "value {}",
        text.replace('-', " minus ").replace('.', " point ")
    ))
}

/// Returns the variants of an enumeration of strings, numbers and booleans, in the order of the document.
fn mixed_variants(schema: &Schema<'_>) -> Vec<EnumValue<Constant>> {
    let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
    let mut variants: Vec<EnumValue<Constant>> = Vec::new();
    for (place, value) in schema.values() {
        let value = Constant::new(value);
        let wanted = match &value {
            Constant::Integer(_) | Constant::Number(_) => number_name(&value.to_string()),
            value => Ident::pascal(&value.to_string()),
        };
        if variants.iter().all(|variant| variant.value != value) {
            let (name, _) = scope.name(&[wanted], "a value");
            let origin = place.into();
            variants.push(EnumValue {
                name,
                value,
                origin,
            });
        }
    }
    variants
}
