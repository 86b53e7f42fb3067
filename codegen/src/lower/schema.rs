//! Schemas to types.
//!
//! Schemas are read from the tree: [`openapiv3`] sorts them into kinds, and what is of two kinds at
//! once (`type` beside `allOf`, `enum` without `type`) loses its meaning there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Context, Names};
use crate::{
    doc::code,
    model::{EnumValue, Field, Payload, Type, TypeDef, TypeId, TypeKind, weights},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe},
};

/// What a type without a name of its own is called: words that tell where it is used.
#[derive(Clone, Debug)]
pub(super) struct Naming(String);

impl Naming {
    /// By the component that the place is in, else by words of its user.
    pub(super) fn at(place: &Pointer, otherwise: &Ident) -> Self {
        Self(match component_name(place) {
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

/// A schema: its keywords, and where they stand.
#[derive(Clone, Debug)]
pub(super) struct Schema<'a> {
    pub(super) keywords: &'a Map<String, Value>,
    pub(super) place: Pointer,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Array,
    Boolean,
    Integer,
    IntegerEnum,
    /// An object whose properties have no names here.
    Map,
    Number,
    Object,
    Text,
    TextEnum,
    /// What no type is made of yet, in words.
    Unsupported(&'static str),
}

impl<'a> Schema<'a> {
    /// The schema at a place, or the one that a `$ref` there leads to.
    pub(super) fn at(cx: &Context<'a>, place: &Pointer) -> Option<Self> {
        let mut place = place.clone();
        loop {
            let keywords = cx.document.tree.pointer(place.as_str())?.as_object()?;
            match keywords.get("$ref").and_then(Value::as_str) {
                Some(reference) => place = Pointer::from_fragment(reference)?,
                None => return Some(Self { keywords, place }),
            }
        }
    }

    pub(super) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.keywords.get(keyword)?.as_str()
    }

    fn has(&self, keyword: &str) -> bool {
        self.keywords.contains_key(keyword)
    }

    fn flag(&self, keyword: &str) -> bool {
        self.keywords
            .get(keyword)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// The values of `enum` but for `null`.
    fn values(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let values = self.keywords.get("enum").and_then(Value::as_array);
        values
            .into_iter()
            .flatten()
            .filter(|value| !value.is_null())
    }

    pub(super) fn properties(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.keywords
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    }

    pub(super) fn required(&self) -> BTreeSet<&'a str> {
        let required = self.keywords.get("required").and_then(Value::as_array);
        required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    pub(super) fn is_nullable(&self) -> bool {
        let null = self.keywords.get("enum").and_then(Value::as_array);
        self.flag("nullable") || null.is_some_and(|values| values.contains(&Value::Null))
    }

    /// What it describes; by `type`, or where that is missing, by the keywords of a type.
    pub(super) fn shape(&self) -> Shape {
        for (keyword, words) in [
            ("allOf", "`allOf`"),
            ("anyOf", "`anyOf`"),
            ("oneOf", "`oneOf`"),
            ("not", "`not`"),
        ] {
            if self.has(keyword) {
                return Shape::Unsupported(words);
            }
        }
        let texts = self.has("enum") && self.values().all(Value::is_string);
        let integers = self.has("enum") && self.values().all(Value::is_i64);
        let any = |keywords: &[&str]| keywords.iter().any(|keyword| self.has(keyword));
        let ty = self.text("type").or_else(|| match () {
            () if any(&["properties", "additionalProperties", "required"]) => Some("object"),
            () if any(&["items", "minItems", "maxItems"]) => Some("array"),
            () if texts || any(&["pattern", "minLength", "maxLength"]) => Some("string"),
            () if integers => Some("integer"),
            () if any(&["minimum", "maximum", "multipleOf"]) => Some("number"),
            () => None,
        });
        match ty {
            Some("array") => Shape::Array,
            Some("boolean") => Shape::Boolean,
            Some("integer") if integers => Shape::IntegerEnum,
            Some("integer") => Shape::Integer,
            Some("number") => Shape::Number,
            Some("object") if self.properties().next().is_some() => Shape::Object,
            Some("object")
                if self.keywords.get("additionalProperties") == Some(&Value::Bool(false)) =>
            {
                Shape::Object
            }
            Some("object") => Shape::Map,
            Some("string") if texts && self.values().next().is_some() => Shape::TextEnum,
            Some("string") if self.has("enum") => Shape::Unsupported("an `enum` of mixed values"),
            Some("string") => Shape::Text,
            _ if self.has("enum") => Shape::Unsupported("an `enum` of mixed values"),
            _ => Shape::Any,
        }
    }
}

/// The types of a document, while they are being found.
pub(super) struct Types {
    /// By id; `None` while a type is being lowered.
    definitions: Vec<Option<TypeDef>>,
    /// The type that each place defines.
    by_place: BTreeMap<Pointer, TypeId>,
    /// The content that each place declares, so that a component has one type and not one for each
    /// of its users.
    pub(super) payloads: BTreeMap<Pointer, Payload>,
}

impl Types {
    /// Lowers the schemas that have a name.
    pub(super) fn declare(cx: &Context<'_>, names: &mut Names) -> Self {
        let mut types = Self {
            definitions: Vec::new(),
            by_place: BTreeMap::new(),
            payloads: BTreeMap::new(),
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
        for (text, (name, adjusted)) in names.types.name_all(texts, Ident::pascal) {
            let place = section.key(&text);
            cx.adjusted(
                Place::Key(place.clone()),
                &format!("the schema `{text}`"),
                &name,
                adjusted,
            );
            declared.push((types.reserve(place.clone()), name, place));
        }
        for (id, name, place) in declared {
            types.declare_one(cx, names, id, name, &place);
        }
        types
    }

    fn declare_one(
        &mut self,
        cx: &Context<'_>,
        names: &mut Names,
        id: TypeId,
        name: Ident,
        place: &Pointer,
    ) {
        let Some(schema) = Schema::at(cx, place) else {
            return;
        };
        if schema.place == *place {
            self.define(cx, names, id, name, &schema);
        } else {
            let target = self.of(cx, names, place, &Naming(name.to_string()));
            self.put(id, name, &schema, TypeKind::Alias(target));
        }
    }

    /// The types, by id.
    pub(super) fn finish(self) -> Vec<TypeDef> {
        let mut definitions: Vec<_> = self.definitions.into_iter().flatten().collect();
        box_cycles(&mut definitions);
        definitions
    }

    pub(super) fn definition(&self, id: TypeId) -> Option<&TypeDef> {
        self.definitions.get(id.0)?.as_ref()
    }

    fn reserve(&mut self, place: Pointer) -> TypeId {
        let id = TypeId(self.definitions.len());
        self.definitions.push(None);
        self.by_place.insert(place, id);
        id
    }

    /// The type of the schema at a place.
    pub(super) fn of(
        &mut self,
        cx: &Context<'_>,
        names: &mut Names,
        place: &Pointer,
        naming: &Naming,
    ) -> Type {
        let Some(schema) = Schema::at(cx, place) else {
            return Type::Any;
        };
        let naming = if schema.place == *place {
            naming.clone()
        } else {
            Naming::at(&schema.place, &naming.ident())
        };
        let shape = schema.shape();
        let defined = matches!(shape, Shape::IntegerEnum | Shape::Object | Shape::TextEnum);
        let ty = match self.by_place.get(&schema.place) {
            // An alias says itself whether it is nullable.
            Some(id) if !defined => return Type::Named(*id),
            Some(id) => Type::Named(*id),
            None if defined => {
                let id = self.reserve(schema.place.clone());
                let (name, _) = names.types.name(&[naming.ident()], schema.place.as_str());
                self.define(cx, names, id, name, &schema);
                Type::Named(id)
            }
            None => self.plain(cx, names, &schema, &naming),
        };
        if schema.is_nullable() && ty != Type::Any {
            Type::Nullable(Box::new(ty))
        } else {
            ty
        }
    }

    fn define(
        &mut self,
        cx: &Context<'_>,
        names: &mut Names,
        id: TypeId,
        name: Ident,
        schema: &Schema<'_>,
    ) {
        let naming = Naming(name.to_string());
        let kind = match schema.shape() {
            Shape::TextEnum => TypeKind::TextEnum(texts(cx, schema)),
            Shape::IntegerEnum => TypeKind::IntegerEnum(integers(schema)),
            Shape::Object => self.object(cx, names, schema, &naming),
            _ => {
                let ty = self.plain(cx, names, schema, &naming);
                let nullable = schema.is_nullable() && ty != Type::Any;
                TypeKind::Alias(if nullable {
                    Type::Nullable(Box::new(ty))
                } else {
                    ty
                })
            }
        };
        self.put(id, name, schema, kind);
    }

    fn put(&mut self, id: TypeId, name: Ident, schema: &Schema<'_>, kind: TypeKind) {
        if let Some(slot) = self.definitions.get_mut(id.0) {
            *slot = Some(TypeDef {
                name,
                doc: documentation(schema),
                deprecated: schema.flag("deprecated"),
                kind,
            });
        }
    }

    fn object(
        &mut self,
        cx: &Context<'_>,
        names: &mut Names,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> TypeKind {
        // The generated struct has a function of this name.
        let mut scope = Scope::reserving(&["new"]);
        let properties = schema.place.key("properties");
        let wires = schema.properties().map(|(name, _)| name.as_str());
        let required = schema.required();
        let mut fields = Vec::new();
        for (wire, (name, adjusted)) in scope.name_all(wires, Ident::snake) {
            let place = properties.key(&wire);
            let what = format!("the property `{wire}`");
            cx.adjusted(Place::Key(place.clone()), &what, &name, adjusted);
            let Some(property) = Schema::at(cx, &place) else {
                continue;
            };
            fields.push(Field {
                name,
                ty: self.of(cx, names, &place, &naming.with(&wire)),
                required: required.contains(wire.as_str()),
                // What a `$ref` leads to is documented there.
                doc: if property.place == place {
                    documentation(&property)
                } else {
                    String::new()
                },
                deprecated: property.flag("deprecated"),
                wire,
            });
        }
        let others = schema.place.key("additionalProperties");
        let others = match schema.keywords.get("additionalProperties") {
            None | Some(Value::Bool(false)) => None,
            Some(Value::Bool(true)) => Some(Type::Any),
            Some(_) => Some(self.of(cx, names, &others, &naming.with("value"))),
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

    /// The type of a schema that needs no definition.
    fn plain(
        &mut self,
        cx: &Context<'_>,
        names: &mut Names,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> Type {
        match schema.shape() {
            Shape::Array if schema.has("items") => {
                let items = schema.place.key("items");
                Type::Array(Box::new(self.of(cx, names, &items, &naming.with("item"))))
            }
            Shape::Array => Type::Array(Box::new(Type::Any)),
            Shape::Boolean => Type::Boolean,
            Shape::Integer if schema.text("format") == Some("int32") => Type::Integer32,
            Shape::Integer => Type::Integer64,
            Shape::Map => {
                let values = schema.place.key("additionalProperties");
                let typed = schema
                    .keywords
                    .get("additionalProperties")
                    .is_some_and(Value::is_object);
                Type::Map(Box::new(if typed {
                    self.of(cx, names, &values, &naming.with("value"))
                } else {
                    Type::Any
                }))
            }
            Shape::Number => Type::Number,
            Shape::Text if schema.text("format") == Some("status-choice") => Type::StatusChoice,
            Shape::Text => Type::String,
            Shape::Unsupported(what) => {
                cx.unsupported(
                    Place::Key(schema.place.clone()),
                    what,
                    "describe the value by its `type`, and an `enum` by values of one type",
                );
                Type::Any
            }
            // The others have a definition.
            Shape::Any | Shape::IntegerEnum | Shape::Object | Shape::TextEnum => Type::Any,
        }
    }
}

fn texts(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<EnumValue<String>> {
    let mut scope = Scope::reserving(&["Other"]);
    let values = schema.keywords.get("enum").and_then(Value::as_array);
    let values: Vec<_> = values
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(index, value)| Some((index, value.as_str()?)))
        .collect();
    let mut idents = scope.name_all(values.iter().map(|(_, value)| *value), Ident::pascal);
    let mut variants = Vec::new();
    for (index, value) in values {
        // Removed, so that a value that stands twice is one variant.
        let Some((name, adjusted)) = idents.remove(value) else {
            continue;
        };
        let place = Place::Value(schema.place.key("enum").index(index));
        let what = format!("the value `{}`", value.escape_debug());
        cx.adjusted(place, &what, &name, adjusted);
        variants.push(EnumValue {
            name,
            value: value.to_owned(),
        });
    }
    variants
}

fn integers(schema: &Schema<'_>) -> Vec<EnumValue<i64>> {
    let values: BTreeSet<i64> = schema.values().filter_map(Value::as_i64).collect();
    let name = |value: i64| {
        let sign = if value < 0 { "Minus" } else { "" };
        Ident::pascal("value").with(&format!("{sign}{}", value.unsigned_abs()))
    };
    values
        .into_iter()
        .map(|value| EnumValue {
            name: name(value),
            value,
        })
        .collect()
}

/// What a schema says of itself: title, description, and its limits, which no type says.
/// What the document says of a parameter or header field: its description, and what its schema says,
/// unless that is documented elsewhere; without a description a name.
pub(super) fn described(
    cx: &Context<'_>,
    description: Option<&str>,
    schema: &Pointer,
    name: &str,
) -> String {
    let own = Schema::at(cx, schema).filter(|found| found.place == *schema);
    let description = description.unwrap_or_default().trim();
    let mut paragraphs = vec![description.to_owned()];
    if let Some(schema) = &own {
        paragraphs.extend(prose(schema).into_iter().filter(|text| text != description));
    }
    if paragraphs.iter().all(String::is_empty) {
        paragraphs.push(name.to_owned());
    }
    if let Some(schema) = &own {
        paragraphs.extend(limits(schema));
    }
    joined(paragraphs)
}

/// What a schema says of itself.
fn documentation(schema: &Schema<'_>) -> String {
    let mut paragraphs = prose(schema);
    paragraphs.extend(limits(schema));
    joined(paragraphs)
}

fn joined(mut paragraphs: Vec<String>) -> String {
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// The title and the description of a schema.
fn prose(schema: &Schema<'_>) -> Vec<String> {
    let text = |keyword: &str| schema.text(keyword).map(str::trim).unwrap_or_default();
    let (title, description) = (text("title"), text("description"));
    let title = if description.starts_with(title) {
        ""
    } else {
        title
    };
    vec![title.to_owned(), description.to_owned()]
}

/// What the values of a schema are, beyond what their type says.
fn limits(schema: &Schema<'_>) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let limits = [
        ("format", "Format"),
        ("minLength", "Characters at least"),
        ("maxLength", "Characters at most"),
        ("pattern", "Pattern"),
        ("minimum", "At least"),
        ("maximum", "At most"),
        ("multipleOf", "Multiple of"),
        ("minItems", "Items at least"),
        ("maxItems", "Items at most"),
        ("uniqueItems", "No item twice"),
        ("minProperties", "Properties at least"),
        ("maxProperties", "Properties at most"),
        ("default", "Default"),
        ("readOnly", "In answers alone"),
        ("writeOnly", "In requests alone"),
    ];
    for (keyword, words) in limits {
        let Some(value) = schema.keywords.get(keyword) else {
            continue;
        };
        // What the type says already.
        let told = ["double", "int32", "int64", "status-choice"];
        if keyword == "format" && value.as_str().is_some_and(|format| told.contains(&format)) {
            continue;
        }
        let exclusive = match keyword {
            "minimum" if schema.flag("exclusiveMinimum") => ", exclusive",
            "maximum" if schema.flag("exclusiveMaximum") => ", exclusive",
            _ => "",
        };
        paragraphs.push(match value {
            Value::Bool(false) if keyword != "default" => continue,
            Value::Bool(true) if keyword != "default" => format!("{words}."),
            Value::String(text) => format!("{words}: {}", code(text)),
            value => format!("{words}{exclusive}: {}", code(&value.to_string())),
        });
    }
    if schema.keywords.get("additionalProperties") == Some(&Value::Bool(false)) {
        paragraphs.push("No property beside these.".to_owned());
    }
    paragraphs
}

/// Puts a box where a type would contain itself otherwise.
fn box_cycles(definitions: &mut [TypeDef]) {
    for start in 0..definitions.len() {
        let mut way = Vec::new();
        let mut done = BTreeSet::new();
        close(definitions, TypeId(start), &mut way, &mut done);
    }
}

/// Walks from a type through the types it contains, and boxes what leads back to the way.
fn close(
    definitions: &mut [TypeDef],
    id: TypeId,
    way: &mut Vec<TypeId>,
    done: &mut BTreeSet<TypeId>,
) {
    if !done.insert(id) {
        return;
    }
    way.push(id);
    let fields = match definitions.get(id.0).map(|definition| &definition.kind) {
        Some(TypeKind::Struct { fields, .. }) => fields.len(),
        Some(TypeKind::Alias(_)) => 1,
        _ => 0,
    };
    for index in 0..fields {
        let field = definitions
            .get_mut(id.0)
            .and_then(|definition| match &mut definition.kind {
                TypeKind::Struct { fields, .. } => fields.get_mut(index).map(|field| &mut field.ty),
                TypeKind::Alias(ty) => Some(ty),
                _ => None,
            });
        let Some(ty) = field else { continue };
        let Some(contained) = contained(ty) else {
            continue;
        };
        if way.contains(&contained) {
            box_it(ty);
        } else {
            close(definitions, contained, way, done);
        }
    }
    way.pop();
}

/// The type that a value of a type has inside itself, and not on the heap.
fn contained(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Nullable(inner) => contained(inner),
        _ => None,
    }
}

fn box_it(ty: &mut Type) {
    match ty {
        Type::Nullable(inner) => box_it(inner),
        ty => *ty = Type::Boxed(Box::new(ty.clone())),
    }
}

/// What of a type cannot be written as the words of a parameter or of a form, in words.
pub(super) fn not_flat(ty: &Type, types: &Types) -> Option<&'static str> {
    const NESTED: &str = "a list or an object within another";
    match ty {
        Type::Nullable(inner) | Type::Boxed(inner) => not_flat(inner, types),
        Type::Array(inner) | Type::Map(inner) => (!is_word(inner, types)).then_some(NESTED),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty)) => not_flat(ty, types),
            Some(TypeKind::Struct { fields, others }) => {
                let of_fields = || fields.iter().map(|field| &field.ty);
                let of_others = || others.iter().map(|(_, ty)| ty);
                if !of_fields().chain(of_others()).all(|ty| is_word(ty, types)) {
                    return Some(NESTED);
                }
                // Serde takes what is flattened as it comes, and all that comes is text.
                let is_mixed = others.is_some()
                    && !of_fields().chain(of_others()).all(|ty| is_text(ty, types));
                is_mixed.then_some("numbers or booleans beside properties of any name")
            }
            _ => None,
        },
        _ => None,
    }
}

/// The same for the fields of a form, which can be lists.
pub(super) fn no_form(ty: &Type, types: &Types) -> Option<&'static str> {
    let Type::Named(id) = ty else {
        return not_flat(ty, types);
    };
    match types.definition(*id).map(|definition| &definition.kind) {
        Some(TypeKind::Alias(ty)) => no_form(ty, types),
        Some(TypeKind::Struct {
            fields,
            others: None,
        }) => {
            let is_object = |ty: &Type| !matches!(ty, Type::Array(_)) && !is_word(ty, types);
            fields
                .iter()
                .find_map(|field| match not_flat(&field.ty, types) {
                    None if is_object(&field.ty) => Some("an object within another"),
                    why => why,
                })
        }
        _ => not_flat(ty, types),
    }
}

/// Whether the values of a type are a word each.
fn is_word(ty: &Type, types: &Types) -> bool {
    match ty {
        Type::Array(_) | Type::Map(_) => false,
        Type::Boxed(inner) | Type::Nullable(inner) => is_word(inner, types),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty)) => is_word(ty, types),
            Some(TypeKind::Struct { .. }) => false,
            _ => true,
        },
        _ => true,
    }
}

/// Whether the values of a type are a text each.
fn is_text(ty: &Type, types: &Types) -> bool {
    match ty {
        Type::Any | Type::String | Type::StatusChoice => true,
        Type::Nullable(inner) => is_text(inner, types),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty)) => is_text(ty, types),
            Some(TypeKind::TextEnum(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a value of JSON is of a type; if not, where it is not, and why.
pub(super) fn fits(value: &Value, ty: &Type, types: &Types) -> Result<(), (Pointer, String)> {
    fits_at(value, ty, types, &Pointer::root())
}

fn fits_at(value: &Value, ty: &Type, types: &Types, at: &Pointer) -> Result<(), (Pointer, String)> {
    let wrong = |expected: &str| Err((at.clone(), format!("{}, not {expected}", describe(value))));
    match (ty, value) {
        (Type::Any, _)
        | (Type::Nullable(_), Value::Null)
        | (Type::Boolean, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::Bytes | Type::String, Value::String(_)) => Ok(()),
        (Type::Integer32, Value::Number(number)) => match number.as_i64().map(i32::try_from) {
            Some(Ok(_)) => Ok(()),
            _ => wrong("a 32-bit integer"),
        },
        (Type::Integer64, Value::Number(number)) => {
            if number.is_i64() {
                Ok(())
            } else {
                wrong("a 64-bit integer")
            }
        }
        (Type::StatusChoice, Value::String(text)) => weights::parse(text)
            .map(|_| ())
            .or_else(|_| wrong("a choice of status codes")),
        (Type::Boxed(inner) | Type::Nullable(inner), value) => fits_at(value, inner, types, at),
        (Type::Array(item), Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| fits_at(value, item, types, &at.index(index))),
        (Type::Map(item), Value::Object(members)) => members
            .iter()
            .try_for_each(|(key, value)| fits_at(value, item, types, &at.key(key))),
        (Type::Named(id), value) => match types.definition(*id).map(|def| &def.kind) {
            Some(TypeKind::Alias(ty)) => fits_at(value, ty, types, at),
            Some(TypeKind::TextEnum(_)) if value.is_string() => Ok(()),
            Some(TypeKind::TextEnum(_)) => wrong("a string"),
            Some(TypeKind::IntegerEnum(_)) if value.is_i64() => Ok(()),
            Some(TypeKind::IntegerEnum(_)) => wrong("an integer"),
            Some(TypeKind::Struct { fields, others }) => {
                let Value::Object(members) = value else {
                    return wrong("a mapping");
                };
                for field in fields {
                    match members.get(&field.wire) {
                        Some(value) => fits_at(value, &field.ty, types, &at.key(&field.wire))?,
                        None if field.required => {
                            return Err((at.clone(), format!("without `{}`", field.wire)));
                        }
                        None => {}
                    }
                }
                let Some((_, ty)) = others else { return Ok(()) };
                members
                    .iter()
                    .filter(|(key, _)| !fields.iter().any(|field| field.wire == **key))
                    .try_for_each(|(key, value)| fits_at(value, ty, types, &at.key(key)))
            }
            None => Ok(()),
        },
        (Type::Boolean, _) => wrong("a boolean"),
        (Type::Number, _) => wrong("a number"),
        (Type::Integer32 | Type::Integer64, _) => wrong("an integer"),
        (Type::Bytes | Type::String | Type::StatusChoice, _) => wrong("a string"),
        (Type::Array(_), _) => wrong("a list"),
        (Type::Map(_), _) => wrong("a mapping"),
    }
}

/// Says that an example is not of its schema.
pub(super) fn misfit(cx: &Context<'_>, place: Pointer, at: &Pointer, why: &str) {
    let inside = if at.as_str().is_empty() {
        String::new()
    } else {
        format!(" at `{at}`")
    };
    let what = match place.last().as_deref() {
        Some("default") => "default",
        _ => "example",
    };
    cx.report(
        Diagnostic::warning(
            Rule::ExampleMismatch,
            Place::Key(place),
            format!("the {what} is not of its schema: it is {why}{inside}"),
        )
        .label("the mock answers with a value made from the schema instead")
        .help(format!("correct the {what}, or the schema")),
    );
}

/// The name of a place under `components`, if it is there.
fn component_name(place: &Pointer) -> Option<String> {
    let mut segments = place.segments();
    let first = segments.next()?;
    segments.next()?;
    (first == "components").then(|| segments.next().map(std::borrow::Cow::into_owned))?
}
