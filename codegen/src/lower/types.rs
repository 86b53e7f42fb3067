//! Schemas to types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    Context, NameScopes,
    constraints::ConstraintTable,
    cycles, direction, docs,
    merged_schema::{
        AdditionalProperties, Schema, SchemaKey, SchemaShape, UnionMember, around, component,
    },
};
use crate::{
    model::{
        Constant, Constraints, Direction, EnumValue, Field, Operation, Origin, Payload,
        ResponseEnum, Type, TypeDef, TypeId, TypeKind, UnionVariant,
    },
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// What a type without a name of its own is called: words that tell where it is used.
#[derive(Clone, Debug)]
pub(super) struct Naming(String);

impl Naming {
    /// By the component that the place is in, else by words of its user.
    pub(super) fn at(place: &Pointer, otherwise: &Ident) -> Self {
        Self(match around(place) {
            Some(component) => Ident::pascal(&component).as_str().to_owned(),
            None => otherwise.as_str().to_owned(),
        })
    }

    /// The name of a part.
    pub(super) fn with(&self, part: &str) -> Self {
        Self(format!("{}{}", self.0, Ident::pascal(part)))
    }

    /// The name.
    pub(super) fn ident(&self) -> Ident {
        Ident::pascal(&self.0)
    }
}

/// The types of a document, while they are being found.
pub(super) struct Types {
    /// By id; `None` while a type is being lowered.
    definitions: Vec<Option<TypeDef>>,
    /// The type that each schema defines.
    by_key: BTreeMap<SchemaKey, TypeId>,
    /// The types by what their schemas say: schemas that say the same, word for word, are one type.
    by_meaning: BTreeMap<u64, Vec<(SchemaKey, TypeId)>>,
    /// The content that each place declares, so that a component has one type and not one for each
    /// of its users.
    pub(super) payloads: BTreeMap<Pointer, Payload>,
    /// What has to hold beyond the types.
    pub(super) constraints: ConstraintTable,
}

impl Types {
    /// Lowers the schemas that have a name.
    pub(super) fn declare(cx: &Context<'_>, names: &mut NameScopes) -> Self {
        let mut types = Self {
            definitions: Vec::new(),
            by_key: BTreeMap::new(),
            by_meaning: BTreeMap::new(),
            payloads: BTreeMap::new(),
            constraints: ConstraintTable::default(),
        };
        let section = Pointer::root().key("components").key("schemas");
        let schemas = cx
            .document
            .tree
            .pointer(section.as_str())
            .and_then(Value::as_object);
        let texts = schemas.into_iter().flat_map(Map::keys).map(String::as_str);
        let mut declared = Vec::new();
        // All have a name and an id before the first is looked into, for they refer to each other.
        let name = |text: &str| {
            let usual = Ident::pascal(text);
            cx.chosen_name(&section.key(text), |chosen| *chosen == usual)
                .unwrap_or(usual)
        };
        for (text, (name, adjusted)) in names.types.name_all(texts, name) {
            let place = section.key(&text);
            cx.adjusted(
                Place::Key(place.clone()),
                &format!("the schema `{text}`"),
                &name,
                adjusted,
            );
            let Some(schema) = Schema::at(cx, &place) else {
                continue;
            };
            let id = types.reserve();
            // What only says in which file it is has that as its definition.
            let is_own = schema.place == place
                || (schema.place.in_file().is_some() && !types.by_key.contains_key(&schema.key()));
            if is_own {
                types.by_key.insert(schema.key(), id);
                types.remember(&schema, id);
            }
            declared.push((id, name, place, schema, is_own));
        }
        types.reserve_files(cx, names, &mut declared);
        for (id, name, place, schema, is_own) in declared {
            if is_own {
                types.define(cx, names, id, name, &schema);
                continue;
            }
            let target = types.of(cx, names, &place, &Naming(name.to_string()));
            let doc = docs::of_alias(cx, &place, &schema);
            let origin = place.into();
            types.put(id, name, doc, &schema, TypeKind::Alias(target), origin);
        }
        types
    }

    /// Gives a name and an id to each schema in a file beside the document that needs a type, too: they may
    /// lead to one another for as long as those of the document itself.
    fn reserve_files<'a>(
        &mut self,
        cx: &Context<'a>,
        names: &mut NameScopes,
        declared: &mut Vec<(TypeId, Ident, Pointer, Schema<'a>, bool)>,
    ) {
        let mut places = BTreeMap::new();
        for place in cx.document.schemas_in_files() {
            let Some(schema) = Schema::at(cx, place) else {
                continue;
            };
            let is_known = self.by_key.contains_key(&schema.key());
            if schema.place == *place && !is_known && is_defined(schema.shape(cx)) {
                places.insert(place.reference(), schema);
            }
        }
        let usual = |text: &str| {
            let place = places.get(text).map(|schema| &schema.place);
            let name = place.and_then(component).unwrap_or_default();
            Ident::pascal(&name)
        };
        let name = |text: &str| {
            let chosen = places
                .get(text)
                .and_then(|schema| cx.chosen_name(&schema.place, |chosen| *chosen == usual(text)));
            chosen.unwrap_or_else(|| usual(text))
        };
        let all = names
            .types
            .name_all(places.keys().map(String::as_str), name);
        for (text, (name, adjusted)) in all {
            let Some(schema) = places.remove(&text) else {
                continue;
            };
            let what = format!("the schema `{text}`");
            cx.adjusted(Place::Key(schema.place.clone()), &what, &name, adjusted);
            let id = self.reserve();
            self.by_key.insert(schema.key(), id);
            self.remember(&schema, id);
            declared.push((id, name, schema.place.clone(), schema, true));
        }
    }

    /// The types, by id, of what these operations and their answers use, and what has to hold for the
    /// values beyond.
    pub(super) fn finish(
        self,
        operations: &mut [Operation],
        sets: &[ResponseEnum],
    ) -> (Vec<TypeDef>, Vec<Constraints>) {
        let mut definitions: Vec<_> = self.definitions.into_iter().flatten().collect();
        direction::ease(&mut definitions, operations, sets);
        cycles::put(&mut definitions);
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

    /// The type of the schema at a place.
    pub(super) fn of(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        place: &Pointer,
        naming: &Naming,
    ) -> Type {
        self.of_all(cx, names, std::slice::from_ref(place), naming)
    }

    /// A type that no schema alone defines.
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

    /// The type of what the schemas at several places say together.
    pub(super) fn of_all(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        places: &[Pointer],
        naming: &Naming,
    ) -> Type {
        let Some(schema) = Schema::of_all(cx, places) else {
            return Type::Any;
        };
        match places {
            [place] if schema.place != *place => {
                let naming = Naming::at(&schema.place, &naming.ident());
                self.of_schema(cx, names, &schema, &naming)
            }
            _ => self.of_schema(cx, names, &schema, naming),
        }
    }

    fn of_schema(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> Type {
        let defined = is_defined(schema.shape(cx));
        let ty = match self.by_key.get(&schema.key()) {
            // An alias says itself whether it is nullable, but where it is used may say so, too.
            Some(id) if !defined => {
                let alias = Type::Named(*id);
                let says_itself =
                    Schema::at(cx, &schema.place).is_some_and(|own| own.is_nullable(cx));
                return nullable(alias, schema.is_nullable(cx) && !says_itself);
            }
            Some(id) => Type::Named(*id),
            None if defined => {
                let id = self.reserve();
                self.by_key.insert(schema.key(), id);
                let usual = naming.ident();
                let chosen = cx.chosen_name(&schema.place, |chosen| *chosen == usual);
                let wanted = chosen.unwrap_or(usual);
                let (name, _) = names.types.name(&[wanted], schema.place.as_str());
                match self.known(cx, schema) {
                    Some(same) => {
                        for (place, _) in schema.key() {
                            cx.account_for(place);
                        }
                        let kind = TypeKind::Alias(Type::Named(same));
                        self.put(
                            id,
                            name,
                            docs::documentation(schema),
                            schema,
                            kind,
                            origin(schema),
                        );
                    }
                    None => {
                        self.remember(schema, id);
                        self.define(cx, names, id, name, schema);
                    }
                }
                Type::Named(id)
            }
            None => self.plain(cx, names, schema, naming),
        };
        nullable(ty, schema.is_nullable(cx))
    }

    /// The type of another schema that says the same.
    fn known(&self, cx: &Context<'_>, schema: &Schema<'_>) -> Option<TypeId> {
        let mut alike = self.by_meaning.get(&schema.fingerprint())?.iter();
        alike
            .find(|(key, _)| schema.says(cx, key))
            .map(|(_, id)| *id)
    }

    fn remember(&mut self, schema: &Schema<'_>, id: TypeId) {
        let alike = self.by_meaning.entry(schema.fingerprint()).or_default();
        alike.push((schema.key(), id));
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
            SchemaShape::TextEnum => TypeKind::TextEnum(texts(cx, schema)),
            SchemaShape::IntegerEnum => TypeKind::IntegerEnum(integers(schema)),
            SchemaShape::MixedEnum => TypeKind::MixedEnum(scalars(schema)),
            SchemaShape::Object => self.object(cx, names, schema, &naming),
            SchemaShape::Union => self.union(cx, names, schema, &naming),
            _ => {
                let ty = self.plain(cx, names, schema, &naming);
                TypeKind::Alias(nullable(ty, schema.is_nullable(cx)))
            }
        };
        self.put(
            id,
            name,
            docs::documentation(schema),
            schema,
            kind,
            origin(schema),
        );
    }

    fn put(
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
        // The generated struct has a function of this name.
        let mut scope = Scope::reserving(&["new"]);
        let mut properties = schema.properties();
        let required = schema.required();
        let additional = schema.additional();
        // What has to be there is a property, even if nobody says what it is.
        if matches!(
            additional,
            AdditionalProperties::Unsaid | AdditionalProperties::Closed
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
            let what = format!("the property `{wire}`");
            cx.adjusted(Place::Key(place.clone()), &what, &name, adjusted);
            let property = Schema::of_all(cx, places);
            let is = |keyword: &str| property.as_ref().is_some_and(|schema| schema.flag(keyword));
            fields.push(Field {
                name,
                ty: self.of_all(cx, names, places, &naming.with(&wire)),
                required: required.contains(wire.as_str()),
                direction: match (is("readOnly"), is("writeOnly")) {
                    (true, false) => Direction::Response,
                    (false, true) => Direction::Request,
                    _ => Direction::Both,
                },
                doc: docs::of_property(cx, places),
                deprecated: is("deprecated"),
                origin: places.iter().chain(&schema.requiring(&wire)).collect(),
                wire,
            });
        }
        let others = match additional {
            AdditionalProperties::Unsaid | AdditionalProperties::Closed => None,
            AdditionalProperties::Open => Some(Type::Any),
            AdditionalProperties::Typed(places) => {
                Some(self.of_all(cx, names, &places, &naming.with("value")))
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
        let mut scope = Scope::reserving(&["Other"]);
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
            let hint = hint.unwrap_or_else(|| noun(schema.shape(cx)).to_owned());
            let part = naming.with(&hint);
            let naming = if is_extended || component.is_none() {
                part
            } else {
                Naming::at(&schema.place, &part.ident())
            };
            let ty = match self.of_schema(cx, names, &schema, &naming) {
                // The union itself is nullable then.
                Type::Nullable(inner) => *inner,
                ty => ty,
            };
            // What is anything is what all other values are.
            if ty == Type::Any {
                continue;
            }
            let known = variants.iter_mut().find(|variant| variant.ty == ty);
            if let Some(known) = known {
                let more = tags.into_iter().filter(|tag| !known.tags.contains(tag));
                let more: Vec<_> = more.collect();
                known.tags.extend(more);
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
        // A tag that stands for two of them does not tell which it is.
        let mut told = BTreeSet::new();
        let is_clear = variants
            .iter()
            .flat_map(|one| &one.tags)
            .all(|tag| told.insert(tag));
        let tag = union.tag.filter(|_| is_clear).map(str::to_owned);
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

    /// The type of a schema that needs no definition.
    fn plain(
        &mut self,
        cx: &Context<'_>,
        names: &mut NameScopes,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> Type {
        match schema.shape(cx) {
            SchemaShape::Array => {
                let items = schema.items();
                let item = self.of_all(cx, names, &items, &naming.with("item"));
                Type::Array(Box::new(item))
            }
            SchemaShape::Boolean => Type::Boolean,
            SchemaShape::Integer if schema.text("format") == Some("int32") => Type::Integer32,
            SchemaShape::Integer => Type::Integer64,
            SchemaShape::Map => Type::Map(Box::new(match schema.additional() {
                AdditionalProperties::Typed(places) => {
                    self.of_all(cx, names, &places, &naming.with("value"))
                }
                _ => Type::Any,
            })),
            SchemaShape::Number => Type::Number,
            SchemaShape::Text if schema.text("format") == Some("status-choice") => {
                Type::StatusChoice
            }
            SchemaShape::Text => Type::String,
            SchemaShape::None(why) => {
                cx.report(
                    Diagnostic::warning(
                        Rule::NoType,
                        Place::Key(schema.place.clone()),
                        format!("no type is made of this schema: {why}"),
                    )
                    .label("any value of JSON is taken")
                    .help("describe its values by one `type`"),
                );
                Type::Any
            }
            // The others have a definition.
            SchemaShape::Any
            | SchemaShape::IntegerEnum
            | SchemaShape::MixedEnum
            | SchemaShape::Object
            | SchemaShape::TextEnum
            | SchemaShape::Union => Type::Any,
        }
    }
}

/// Where a schema stands, and all that it is made of.
fn origin(schema: &Schema<'_>) -> Origin {
    let key = schema.key();
    std::iter::once(&schema.place)
        .chain(key.iter().map(|(place, _)| place))
        .collect()
}

/// Whether a shape needs a definition.
fn is_defined(shape: SchemaShape) -> bool {
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

/// What an alternative without a name is called.
fn noun(shape: SchemaShape) -> &'static str {
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

/// The variants of an enumeration of texts, in the order of the document.
fn texts(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<EnumValue<String>> {
    let mut scope = Scope::reserving(&["Other"]);
    let values: Vec<_> = schema
        .values()
        .into_iter()
        .map(|(place, value)| match value {
            Value::String(text) => (place, text.clone()),
            // Its type is a text, and YAML takes `enum: [1.0]` for a number.
            value => (place, value.to_string()),
        })
        .collect();
    let texts = values.iter().map(|(_, value)| value.as_str());
    let mut idents = scope.name_all(texts, Ident::pascal);
    let mut variants = Vec::new();
    for (place, value) in &values {
        // Removed, so that a value that stands twice is one variant.
        let Some((name, adjusted)) = idents.remove(value) else {
            continue;
        };
        let what = format!("the value `{}`", value.escape_debug());
        cx.adjusted(Place::Value(place.clone()), &what, &name, adjusted);
        variants.push(EnumValue {
            name,
            value: value.clone(),
            origin: place.clone().into(),
        });
    }
    variants
}

fn integers(schema: &Schema<'_>) -> Vec<EnumValue<i64>> {
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

/// The variant of a number: `-1` is `ValueMinus1`.
fn number_name(text: &str) -> Ident {
    Ident::pascal(&format!(
        "value {}",
        text.replace('-', " minus ").replace('.', " point ")
    ))
}

/// The variants of an enumeration of texts, numbers and booleans, in the order of the document.
fn scalars(schema: &Schema<'_>) -> Vec<EnumValue<Constant>> {
    let mut scope = Scope::reserving(&["Other"]);
    let mut variants: Vec<EnumValue<Constant>> = Vec::new();
    for (place, value) in schema.values() {
        let value = Constant::new(value);
        let wanted = match &value {
            Constant::Integer(_) | Constant::Number(_) => number_name(&value.to_string()),
            value => Ident::pascal(&value.to_string()),
        };
        if variants.iter().all(|known| known.value != value) {
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
