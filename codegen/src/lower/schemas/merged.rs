//! Schemas, merged with the schemas in their `allOf`.
//!
//! They are read from the tree of the document, because [`openapiv3`] sorts schemas into kinds and loses
//! keywords of a schema of two kinds (`type` next to `allOf`, `enum` without `type`).

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Map, Value};

use crate::lower::Context;
use crate::{load::resolve, pointer::Pointer};

/// A merged schema: all of its parts apply to each value.
#[derive(Clone, Debug)]
pub(crate) struct Schema<'a> {
    /// The place of the schema, after `$ref`s and single-child `allOf`, `oneOf` and `anyOf`.
    pub(crate) place: Pointer,
    /// The schema itself, then the schemas in its `allOf`; each place once.
    parts: Vec<SchemaPart<'a>>,
    /// Whether it, or a schema that leads to it, is `nullable`.
    nullable: bool,
}

/// One of the schemas of a merged schema.
#[derive(Clone, Debug)]
struct SchemaPart<'a> {
    place: Pointer,
    keywords: &'a Map<String, Value>,
    /// The keywords in [`UNIONS`] for which an alternative has been chosen.
    decided: BTreeSet<&'static str>,
}

/// The identity of a merged schema: the places of its parts.
pub(crate) type SchemaKey = Vec<(Pointer, BTreeSet<&'static str>)>;

/// The keywords of unions.
pub(crate) const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

/// The shape of the values that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaShape {
    Any,
    Array,
    Boolean,
    Integer,
    IntegerEnum,
    /// An object without declared properties.
    Map,
    /// An enumeration of strings, numbers and booleans.
    MixedEnum,
    /// A shape without a type, with the reason.
    None(&'static str),
    Number,
    Object,
    Text,
    TextEnum,
    Union,
}

/// The additional properties that an object allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum AdditionalProperties {
    /// The schema does not declare `additionalProperties`, so any are allowed.
    #[default]
    Unspecified,
    /// None are allowed.
    Closed,
    /// Any values are allowed.
    Open,
    /// Values of the merged schemas at these places are allowed.
    Typed(Vec<Pointer>),
}

/// The union that a schema describes.
#[derive(Clone, Debug)]
pub(crate) struct SchemaUnion<'a> {
    pub(crate) alternatives: Vec<UnionMember<'a>>,
    /// The discriminator property, if it distinguishes all alternatives.
    pub(crate) tag: Option<&'a str>,
}

/// An alternative of a union.
#[derive(Clone, Debug)]
pub(crate) struct UnionMember<'a> {
    pub(crate) schema: Schema<'a>,
    /// The name of the component that it refers to.
    pub(crate) component: Option<String>,
    /// Whether the schema of the union adds keywords to it.
    pub(crate) is_extended: bool,
    /// The values of the discriminator that select it.
    pub(crate) tags: Vec<String>,
}

/// Returns whether a keyword does not constrain values.
fn is_annotation(keyword: &str) -> bool {
    let annotations = [
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "externalDocs",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    ];
    annotations.contains(&keyword) || keyword.starts_with("x-")
}

/// Returns the object at a place, after following its `$ref`s.
pub(crate) fn resolved<'a>(
    cx: &Context<'a>,
    place: &Pointer,
) -> Option<(Pointer, &'a Map<String, Value>)> {
    let target = resolve(&cx.document.tree, place)?;
    Some((target.place, target.node.as_object()?))
}

pub(crate) fn flag(keywords: &Map<String, Value>, keyword: &str) -> bool {
    keywords.get(keyword) == Some(&Value::Bool(true))
}

pub(crate) fn list<'a>(keywords: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    let list = keywords.get(keyword).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn is_object_type(keyword: &str, value: &Value) -> bool {
    keyword == "type" && value == "object"
}

/// Returns the place of the only child of a schema that has no other constraints, such as an `allOf` of a
/// single `$ref`.
pub(crate) fn only_child(place: &Pointer, keywords: &Map<String, Value>) -> Option<Pointer> {
    let mut constraints = keywords
        .iter()
        .filter(|(keyword, value)| !is_annotation(keyword) && !is_object_type(keyword, value));
    let (keyword, value) = constraints.next()?;
    let is_only = constraints.next().is_none() && value.as_array()?.len() == 1;
    let is_applicator = keyword == "allOf" || UNIONS.contains(&keyword.as_str());
    (is_only && is_applicator).then(|| place.key(keyword).index(0))
}

/// Returns whether a schema only allows `null`.
pub(crate) fn is_null(keywords: &Map<String, Value>) -> bool {
    matches!(list(keywords, "enum"), [Value::Null])
}

impl<'a> Schema<'a> {
    /// Returns the schema at a place, after following its `$ref`s.
    pub(crate) fn at(cx: &Context<'a>, place: &Pointer) -> Option<Self> {
        let (mut place, mut keywords) = resolved(cx, place)?;
        let mut nullable = flag(keywords, "nullable");
        let mut visited = BTreeSet::new();
        while let Some(child) = only_child(&place, keywords) {
            cx.mark_seen(&place);
            if !visited.insert(place.clone()) {
                break;
            }
            (place, keywords) = resolved(cx, &child)?;
            nullable |= flag(keywords, "nullable");
        }
        let mut schema = Self {
            place: place.clone(),
            parts: Vec::new(),
            nullable,
        };
        schema.add_place(cx, &place);
        Some(schema)
    }

    /// Merges the schemas at several places.
    pub(crate) fn merge(cx: &Context<'a>, places: &[Pointer]) -> Option<Self> {
        let mut schemas = places.iter().filter_map(|place| Self::at(cx, place));
        let mut merged = schemas.next()?;
        for schema in schemas {
            merged.nullable &= schema.nullable;
            merged.add_parts(schema.parts);
        }
        Some(merged)
    }

    fn add_place(&mut self, cx: &Context<'a>, place: &Pointer) {
        let Some((place, keywords)) = resolved(cx, place) else {
            return;
        };
        // A schema that is already a part adds nothing.
        if self.parts.iter().any(|part| part.place == place) {
            return;
        }
        cx.mark_seen(&place);
        self.parts.push(SchemaPart {
            place: place.clone(),
            keywords,
            decided: BTreeSet::new(),
        });
        for index in 0..list(keywords, "allOf").len() {
            self.add_place(cx, &place.key("allOf").index(index));
        }
    }

    fn add_parts(&mut self, parts: Vec<SchemaPart<'a>>) {
        for part in parts {
            if !self.parts.iter().any(|present| present.place == part.place) {
                self.parts.push(part);
            }
        }
    }

    pub(crate) fn key(&self) -> SchemaKey {
        let parts = self.parts.iter();
        parts
            .map(|part| (part.place.clone(), part.decided.clone()))
            .collect()
    }

    /// Returns a hash that is equal for identical schemas.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for part in &self.parts {
            (part.keywords, &part.decided).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Returns whether the schema with a key is identical, keyword by keyword.
    pub(crate) fn is_identical(&self, cx: &Context<'a>, key: &SchemaKey) -> bool {
        self.parts.len() == key.len()
            && self.parts.iter().zip(key).all(|(part, (place, decided))| {
                let keywords = cx.document.get(place);
                part.decided == *decided
                    && keywords.and_then(Value::as_object) == Some(part.keywords)
            })
    }

    /// Returns the value of a keyword of the schema itself, not of its `allOf`.
    pub(crate) fn own(&self, keyword: &str) -> Option<&'a Value> {
        self.parts.first()?.keywords.get(keyword)
    }

    /// Returns the first value of a keyword.
    pub(crate) fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.every(keyword).next().map(|(_, value)| value)
    }

    /// Returns all values of a keyword, each with the place of its schema.
    pub(crate) fn every(&self, keyword: &str) -> impl Iterator<Item = (&Pointer, &'a Value)> {
        self.parts
            .iter()
            .filter_map(move |part| Some((&part.place, part.keywords.get(keyword)?)))
    }

    pub(crate) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.get(keyword)?.as_str()
    }

    pub(crate) fn has(&self, keyword: &str) -> bool {
        self.every(keyword).next().is_some()
    }

    pub(crate) fn flag(&self, keyword: &str) -> bool {
        self.every(keyword).any(|(_, value)| value == true)
    }

    /// Returns the values of `enum` except `null`, with their places.
    pub(crate) fn values(&self) -> Vec<(Pointer, &'a Value)> {
        let mut lists = self
            .every("enum")
            .filter_map(|(place, value)| Some((place.key("enum"), value.as_array()?)));
        let Some((place, first)) = lists.next() else {
            return Vec::new();
        };
        let others: Vec<_> = lists.map(|(_, values)| values).collect();
        first
            .iter()
            .enumerate()
            .filter(|(_, value)| !value.is_null())
            .filter(|(_, value)| others.iter().all(|values| values.contains(value)))
            .map(|(index, value)| (place.index(index), value))
            .collect()
    }

    /// Returns the declared properties by name, each with the places of its schemas.
    pub(crate) fn properties(&self) -> BTreeMap<&'a str, Vec<Pointer>> {
        let mut properties: BTreeMap<&str, Vec<Pointer>> = BTreeMap::new();
        for (place, value) in self.every("properties") {
            let place = place.key("properties");
            for name in value.as_object().into_iter().flat_map(Map::keys) {
                properties.entry(name).or_default().push(place.key(name));
            }
        }
        properties
    }

    pub(crate) fn required(&self) -> BTreeSet<&'a str> {
        let lists = self
            .every("required")
            .filter_map(|(_, value)| value.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// Returns the places in `required` that name a property.
    pub(crate) fn required_places(&self, name: &str) -> Vec<Pointer> {
        let mut places = Vec::new();
        for (place, value) in self.every("required") {
            let names = value.as_array().into_iter().flatten().enumerate();
            let found = names.filter(|(_, required)| *required == name);
            places.extend(found.map(|(index, _)| place.key("required").index(index)));
        }
        places
    }

    /// Returns the places of the schemas of the items of an array.
    pub(crate) fn items(&self) -> Vec<Pointer> {
        self.every("items")
            .map(|(place, _)| place.key("items"))
            .collect()
    }

    pub(crate) fn additional(&self) -> AdditionalProperties {
        let mut merged = AdditionalProperties::Unspecified;
        for (place, value) in self.every("additionalProperties") {
            merged = match (value, merged) {
                (Value::Bool(false), _) => return AdditionalProperties::Closed,
                (Value::Bool(true), AdditionalProperties::Typed(places)) => {
                    AdditionalProperties::Typed(places)
                }
                (Value::Bool(true), _) => AdditionalProperties::Open,
                (_, previous) => {
                    let mut places = match previous {
                        AdditionalProperties::Typed(places) => places,
                        _ => Vec::new(),
                    };
                    places.push(place.key("additionalProperties"));
                    AdditionalProperties::Typed(places)
                }
            };
        }
        merged
    }

    pub(crate) fn is_nullable(&self, cx: &Context<'a>) -> bool {
        let is_in_enum = self
            .every("enum")
            .filter_map(|(_, value)| value.as_array())
            .any(|values| values.contains(&Value::Null));
        let has_nullable_alternative = || {
            let lists = self
                .undecided_unions()
                .flat_map(|(part, keyword)| part.children(keyword));
            lists.into_iter().any(|place| {
                resolved(cx, &place)
                    .is_some_and(|(_, keywords)| is_null(keywords) || flag(keywords, "nullable"))
            })
        };
        let are_all_nullable = || {
            let mut parts = self.parts.iter();
            parts.all(|part| flag(part.keywords, "nullable"))
        };
        self.nullable || is_in_enum || has_nullable_alternative() || are_all_nullable()
    }

    fn undecided_unions(&self) -> impl Iterator<Item = (&SchemaPart<'a>, &'static str)> {
        self.parts.iter().flat_map(|part| {
            let open = UNIONS
                .into_iter()
                .filter(|keyword| !part.decided.contains(keyword));
            open.map(move |keyword| (part, keyword))
        })
    }

    /// Returns the shape: by `type`, or without it, by the keywords of a type.
    pub(crate) fn shape(&self, cx: &Context<'a>) -> SchemaShape {
        if self.union(cx).is_some() {
            return SchemaShape::Union;
        }
        let values = self.values();
        let is_enum = !values.is_empty();
        let all_values =
            |is: fn(&Value) -> bool| is_enum && values.iter().all(|(_, value)| is(value));
        let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
        let has_any = |keywords: &[&str]| keywords.iter().any(|keyword| self.has(keyword));
        let types: BTreeSet<&str> = self
            .every("type")
            .filter_map(|(_, value)| value.as_str())
            .collect();
        let types: Vec<_> = types.into_iter().collect();
        let ty = match types.as_slice() {
            [ty] => Some(*ty),
            ["integer", "number"] => Some("integer"),
            [] => match () {
                () if has_any(&["properties", "additionalProperties", "required"]) => {
                    Some("object")
                }
                () if has_any(&["items", "minItems", "maxItems"]) => Some("array"),
                () if all_values(Value::is_string)
                    || has_any(&["pattern", "minLength", "maxLength"]) =>
                {
                    Some("string")
                }
                () if all_values(Value::is_i64) => Some("integer"),
                () if has_any(&["minimum", "maximum", "multipleOf"]) => Some("number"),
                () => None,
            },
            _ => return SchemaShape::None("its parts have different types"),
        };
        match ty {
            Some("array") => SchemaShape::Array,
            Some("boolean") => SchemaShape::Boolean,
            Some("integer") if all_values(Value::is_i64) => SchemaShape::IntegerEnum,
            Some("integer") if !is_enum => SchemaShape::Integer,
            Some("number") if !is_enum || all_values(Value::is_number) => SchemaShape::Number,
            Some("object") if !self.properties().is_empty() => SchemaShape::Object,
            Some("object") if self.additional() == AdditionalProperties::Closed => {
                SchemaShape::Object
            }
            Some("object") if !self.required().is_empty() => SchemaShape::Object,
            Some("object") => SchemaShape::Map,
            Some("string") if all_values(is_scalar) => SchemaShape::TextEnum,
            Some("string") if !is_enum => SchemaShape::Text,
            None if !is_enum => SchemaShape::Any,
            _ if all_values(is_scalar) => SchemaShape::MixedEnum,
            _ => SchemaShape::None("its values are arrays or objects"),
        }
    }

    /// Returns the union, each alternative merged with the keywords around the union.
    pub(crate) fn union(&self, cx: &Context<'a>) -> Option<SchemaUnion<'a>> {
        let mut union = self.declared_union(cx)?;
        let own = self.key();
        let leads_back = |alternative: &UnionMember<'a>| {
            let key = alternative.schema.key();
            key == own
                || alternative
                    .schema
                    .leads_to(cx, &own, &mut BTreeSet::from([key]))
        };
        // A union that contains itself is replaced by its other alternatives, at all levels.
        if union.alternatives.iter().any(leads_back) {
            let mut seen = BTreeSet::from([own.clone()]);
            let mut flat = Vec::new();
            let mut pending: Vec<_> = union.alternatives.into_iter().rev().collect();
            while let Some(alternative) = pending.pop() {
                if !leads_back(&alternative) {
                    flat.push(alternative);
                } else if seen.insert(alternative.schema.key())
                    && let Some(union) = alternative.schema.declared_union(cx)
                {
                    pending.extend(union.alternatives.into_iter().rev());
                }
            }
            union.alternatives = flat;
            union.tag = None;
        }
        (!union.alternatives.is_empty()).then_some(union)
    }

    /// Returns whether the schema with a key is one of the alternatives, at any level.
    fn leads_to(&self, cx: &Context<'a>, key: &SchemaKey, seen: &mut BTreeSet<SchemaKey>) -> bool {
        let union = self.declared_union(cx);
        union
            .into_iter()
            .flat_map(|union| union.alternatives)
            .any(|alternative| {
                let own = alternative.schema.key();
                own == *key || (seen.insert(own) && alternative.schema.leads_to(cx, key, seen))
            })
    }

    /// Returns the first union that is not decided, without resolving cycles.
    fn declared_union(&self, cx: &Context<'a>) -> Option<SchemaUnion<'a>> {
        let (at, keyword) = self.parts.iter().enumerate().find_map(|(at, part)| {
            let mut open = UNIONS
                .into_iter()
                .filter(|keyword| !part.decided.contains(keyword));
            let union = open.find(|keyword| {
                let is_union = part.is_union(cx, keyword);
                if !is_union {
                    // Alternatives that only add constraints have no types, and are validated.
                    part.children(keyword)
                        .iter()
                        .for_each(|place| cx.mark_seen(place));
                }
                is_union
            });
            Some((at, union?))
        })?;
        let mut base = self.clone();
        base.nullable = false;
        let part = base.parts.get_mut(at)?;
        part.decided.insert(keyword);
        let part = self.parts.get(at)?;
        let discriminator = part.keywords.get("discriminator");
        let tag =
            discriminator.and_then(|discriminator| discriminator.get("propertyName")?.as_str());
        if let Some(tag) = tag {
            // The alternatives declare the property as well, or it is added when they are written.
            cx.account_for(part.place.key("properties").key(tag));
        }
        let is_extended = base.parts.iter().any(|part| part.has_more_than_unions(tag));
        let mut alternatives = Vec::new();
        for place in part.children(keyword) {
            let Some((target, keywords)) = resolved(cx, &place) else {
                continue;
            };
            cx.mark_seen(&target);
            let Some(mut schema) = Self::at(cx, &place).filter(|_| !is_null(keywords)) else {
                continue;
            };
            if is_extended {
                let alternative = std::mem::replace(&mut schema, base.clone());
                schema.place = alternative.place;
                schema.add_parts(alternative.parts);
            }
            alternatives.push(UnionMember {
                tags: tag.map_or_else(Vec::new, |tag| schema.tags(cx, tag, discriminator, &target)),
                component: (target != place).then(|| component(&target)).flatten(),
                is_extended,
                schema,
            });
        }
        // A discriminator is only used if it distinguishes all alternatives.
        let are_all_tagged = alternatives
            .iter()
            .all(|alternative| !alternative.tags.is_empty());
        (!alternatives.is_empty()).then_some(SchemaUnion {
            alternatives,
            tag: tag.filter(|_| are_all_tagged),
        })
    }

    /// Returns the values of a discriminator that select the schema: those in the mapping, else those that
    /// the schema declares for the property, else the name of the component.
    fn tags(
        &self,
        cx: &Context<'a>,
        tag: &str,
        discriminator: Option<&Value>,
        target: &Pointer,
    ) -> Vec<String> {
        let mapping =
            discriminator.and_then(|discriminator| discriminator.get("mapping")?.as_object());
        let section = Pointer::root().key("components").key("schemas");
        let mapped: Vec<_> = mapping
            .into_iter()
            .flatten()
            .filter(|(_, reference)| {
                let reference = reference.as_str().unwrap_or_default();
                Pointer::from_fragment(reference).as_ref() == Some(target)
                    || section.key(reference) == *target
            })
            .map(|(value, _)| value.clone())
            .collect();
        if !mapped.is_empty() {
            return mapped;
        }
        let properties = self.properties();
        let property = properties
            .get(tag)
            .and_then(|places| Self::merge(cx, places));
        let values = property
            .map(|property| property.values())
            .unwrap_or_default();
        let texts: Vec<_> = values
            .iter()
            .filter_map(|(_, value)| value.as_str())
            .collect();
        if texts.is_empty() {
            component(target).into_iter().collect()
        } else {
            let texts: BTreeSet<_> = texts.into_iter().map(str::to_owned).collect();
            texts.into_iter().collect()
        }
    }
}

impl SchemaPart<'_> {
    /// Returns the places of the alternatives of a keyword.
    fn children(&self, keyword: &str) -> Vec<Pointer> {
        let place = self.place.key(keyword);
        let count = list(self.keywords, keyword).len();
        (0..count).map(|index| place.index(index)).collect()
    }

    /// Returns whether the alternatives of a keyword describe types, rather than only constraints of objects.
    fn is_union(&self, cx: &Context<'_>, keyword: &str) -> bool {
        self.children(keyword).iter().any(|place| {
            resolved(cx, place).is_some_and(|(_, keywords)| {
                let members = keywords.iter().filter(|(keyword, value)| {
                    !is_annotation(keyword) && !is_object_type(keyword, value)
                });
                let constraints = ["required", "not", "minProperties", "maxProperties"];
                let mut members =
                    members.filter(|(keyword, _)| !constraints.contains(&keyword.as_str()));
                !is_null(keywords) && members.next().is_some()
            })
        })
    }

    /// Returns whether this part constrains values beyond its unions and their discriminator.
    fn has_more_than_unions(&self, tag: Option<&str>) -> bool {
        self.keywords
            .iter()
            .any(|(keyword, value)| match keyword.as_str() {
                "allOf" | "required" => false,
                "properties" => value
                    .as_object()
                    .is_some_and(|names| names.keys().any(|name| Some(name.as_str()) != tag)),
                union if UNIONS.contains(&union) => !self.decided.contains(union),
                keyword => !is_annotation(keyword) && !is_object_type(keyword, value),
            })
    }
}

/// Returns the discriminator of the alternatives at some places, and for each the values that select it;
/// `None` if the values do not distinguish all alternatives.
pub(crate) fn discriminator_tags<'a>(
    cx: &Context<'a>,
    keywords: &'a Map<String, Value>,
    places: &[Pointer],
) -> Option<(&'a str, Vec<Vec<String>>)> {
    let discriminator = keywords.get("discriminator");
    let tag = discriminator?.get("propertyName")?.as_str()?;
    let mut seen = BTreeSet::new();
    let mut by_alternative = Vec::new();
    for place in places {
        let (target, _) = resolved(cx, place)?;
        let tags = Schema::at(cx, place)?.tags(cx, tag, discriminator, &target);
        if tags.is_empty() || !tags.iter().all(|tag| seen.insert(tag.clone())) {
            return None;
        }
        by_alternative.push(tags);
    }
    Some((tag, by_alternative))
}

/// Returns the name of the component at a place; in an external file, the last key of the place, or the name
/// of the file.
pub(crate) fn component(place: &Pointer) -> Option<String> {
    if let Some((file, inner)) = place.external_file() {
        return Some(match inner.last() {
            Some(name) => name.into_owned(),
            None => file_stem(&file),
        });
    }
    let segments: Vec<_> = place.segments().collect();
    match segments.as_slice() {
        [first, _, name] if first == "components" => Some(name.to_string()),
        _ => None,
    }
}

/// Returns the name of the component around a place.
pub(crate) fn enclosing_component(place: &Pointer) -> Option<String> {
    let file = place.external_file();
    let inner = file.as_ref().map_or(place, |(_, inner)| inner);
    let mut segments = inner.segments();
    let first = segments.next();
    match (first.as_deref(), &file) {
        (Some("components"), _) => segments.nth(1).map(Cow::into_owned),
        // A file is a single component, or has several components by name.
        (Some(name), Some((file, _))) => Some(if IN_COMPONENTS.contains(&name) {
            file_stem(file)
        } else {
            name.to_owned()
        }),
        (None, Some((file, _))) => Some(file_stem(file)),
        (_, None) => None,
    }
}

/// The keys in a component that lead to unnamed parts of it.
const IN_COMPONENTS: [&str; 11] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "content",
    "headers",
    "items",
    "not",
    "oneOf",
    "parameters",
    "properties",
    "schema",
];

/// Returns the name of a file without its directory and its extension.
fn file_stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).to_owned()
}
