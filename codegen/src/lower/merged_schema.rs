//! Schemas as they are read: what a schema says, together with all that its `allOf` leads to.
//!
//! Schemas are read from the tree: [`openapiv3`] sorts them into kinds, and what is of two kinds at
//! once (`type` beside `allOf`, `enum` without `type`) loses its meaning there.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Map, Value};

use super::Context;
use crate::pointer::Pointer;

/// A schema: all that its values have to be at once.
#[derive(Clone, Debug)]
pub(super) struct Schema<'a> {
    /// Where it stands, or where the `$ref` leads to that stands there.
    pub(super) place: Pointer,
    /// What it says itself, then what each `allOf` adds; every place once.
    parts: Vec<SchemaPart<'a>>,
    /// Whether it, or what leads to it, says `nullable`.
    nullable: bool,
}

/// What one place says.
#[derive(Clone, Debug)]
struct SchemaPart<'a> {
    place: Pointer,
    keywords: &'a Map<String, Value>,
    /// Those of [`UNIONS`] that have been decided already, by choosing an alternative.
    decided: BTreeSet<&'static str>,
}

/// What tells one schema from another: the places that it is made of.
pub(super) type SchemaKey = Vec<(Pointer, BTreeSet<&'static str>)>;

/// The keywords whose alternatives make a union.
pub(super) const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SchemaShape {
    Any,
    Array,
    Boolean,
    Integer,
    IntegerEnum,
    /// An object whose properties have no names here.
    Map,
    /// One of some texts, numbers and booleans.
    MixedEnum,
    /// What no type is made of, and why.
    None(&'static str),
    Number,
    Object,
    Text,
    TextEnum,
    Union,
}

/// What an object says of the properties that it does not name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum AdditionalProperties {
    /// Nothing, so that there may be some.
    #[default]
    Unsaid,
    /// There are none.
    Closed,
    /// They may be anything.
    Open,
    /// They are what the schemas at these places say.
    Typed(Vec<Pointer>),
}

/// The alternatives of a schema.
#[derive(Clone, Debug)]
pub(super) struct SchemaUnion<'a> {
    pub(super) alternatives: Vec<UnionMember<'a>>,
    /// The property that tells which it is.
    pub(super) tag: Option<&'a str>,
}

/// One of several schemas that a value may be of.
#[derive(Clone, Debug)]
pub(super) struct UnionMember<'a> {
    pub(super) schema: Schema<'a>,
    /// The component that it is, by name.
    pub(super) component: Option<String>,
    /// Whether more holds for it than where it is declared.
    pub(super) is_extended: bool,
    /// The values of the tag that stand for it.
    pub(super) tags: Vec<String>,
}

/// Whether a keyword says nothing of the values.
fn is_annotation(keyword: &str) -> bool {
    let known = [
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
    known.contains(&keyword) || keyword.starts_with("x-")
}

/// What stands at a place, or at the end of the `$ref`s there.
pub(super) fn resolved<'a>(
    cx: &Context<'a>,
    place: &Pointer,
) -> Option<(Pointer, &'a Map<String, Value>)> {
    let mut place = place.clone();
    loop {
        let keywords = cx.document.tree.pointer(place.as_str())?.as_object()?;
        match keywords.get("$ref").and_then(Value::as_str) {
            Some(reference) => place = Pointer::from_fragment(reference)?,
            None => return Some((place, keywords)),
        }
    }
}

pub(super) fn flag(keywords: &Map<String, Value>, keyword: &str) -> bool {
    keywords.get(keyword) == Some(&Value::Bool(true))
}

pub(super) fn list<'a>(keywords: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    let list = keywords.get(keyword).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn is_object_type(keyword: &str, value: &Value) -> bool {
    keyword == "type" && value == "object"
}

/// The only schema that one is made of, where it adds nothing but words: `allOf` of a single `$ref`.
pub(crate) fn only_child(place: &Pointer, keywords: &Map<String, Value>) -> Option<Pointer> {
    let mut said = keywords
        .iter()
        .filter(|(keyword, value)| !is_annotation(keyword) && !is_object_type(keyword, value));
    let (keyword, value) = said.next()?;
    let is_only = said.next().is_none() && value.as_array()?.len() == 1;
    let leads = keyword == "allOf" || UNIONS.contains(&keyword.as_str());
    (is_only && leads).then(|| place.key(keyword).index(0))
}

/// Whether a schema is `null` alone.
pub(super) fn is_null(keywords: &Map<String, Value>) -> bool {
    matches!(list(keywords, "enum"), [Value::Null])
}

impl<'a> Schema<'a> {
    /// The schema at a place, or the one that a `$ref` there leads to.
    pub(super) fn at(cx: &Context<'a>, place: &Pointer) -> Option<Self> {
        let (mut place, mut keywords) = resolved(cx, place)?;
        let mut nullable = flag(keywords, "nullable");
        let mut way = BTreeSet::new();
        while let Some(child) = only_child(&place, keywords) {
            cx.saw(&place);
            if !way.insert(place.clone()) {
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
        schema.gather(cx, &place);
        Some(schema)
    }

    /// What the schemas at several places say together.
    pub(super) fn of_all(cx: &Context<'a>, places: &[Pointer]) -> Option<Self> {
        let mut schemas = places.iter().filter_map(|place| Self::at(cx, place));
        let mut all = schemas.next()?;
        for schema in schemas {
            all.nullable &= schema.nullable;
            all.add(schema.parts);
        }
        Some(all)
    }

    fn gather(&mut self, cx: &Context<'a>, place: &Pointer) {
        let Some((place, keywords)) = resolved(cx, place) else {
            return;
        };
        // What leads back to itself adds nothing.
        if self.parts.iter().any(|part| part.place == place) {
            return;
        }
        cx.saw(&place);
        self.parts.push(SchemaPart {
            place: place.clone(),
            keywords,
            decided: BTreeSet::new(),
        });
        for index in 0..list(keywords, "allOf").len() {
            self.gather(cx, &place.key("allOf").index(index));
        }
    }

    fn add(&mut self, parts: Vec<SchemaPart<'a>>) {
        for part in parts {
            if !self.parts.iter().any(|known| known.place == part.place) {
                self.parts.push(part);
            }
        }
    }

    pub(super) fn key(&self) -> SchemaKey {
        let parts = self.parts.iter();
        parts
            .map(|part| (part.place.clone(), part.decided.clone()))
            .collect()
    }

    /// A number that schemas which say the same have in common.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for part in &self.parts {
            (part.keywords, &part.decided).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Whether it says the same as the one that is made of some places, word for word.
    pub(super) fn says(&self, cx: &Context<'a>, key: &SchemaKey) -> bool {
        self.parts.len() == key.len()
            && self.parts.iter().zip(key).all(|(part, (place, decided))| {
                let keywords = cx.document.tree.pointer(place.as_str());
                part.decided == *decided
                    && keywords.and_then(Value::as_object) == Some(part.keywords)
            })
    }

    /// What it says itself, without what its `allOf` adds.
    pub(super) fn own(&self, keyword: &str) -> Option<&'a Value> {
        self.parts.first()?.keywords.get(keyword)
    }

    /// What it says first of a keyword.
    pub(super) fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.every(keyword).next().map(|(_, value)| value)
    }

    /// All that it says of a keyword, and where.
    pub(super) fn every(&self, keyword: &str) -> impl Iterator<Item = (&Pointer, &'a Value)> {
        self.parts
            .iter()
            .filter_map(move |part| Some((&part.place, part.keywords.get(keyword)?)))
    }

    pub(super) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.get(keyword)?.as_str()
    }

    pub(super) fn has(&self, keyword: &str) -> bool {
        self.every(keyword).next().is_some()
    }

    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.every(keyword).any(|(_, value)| value == true)
    }

    /// The values of `enum` but for `null`, with their places.
    pub(super) fn values(&self) -> Vec<(Pointer, &'a Value)> {
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

    /// The properties by name, each with the places of all that is said of it.
    pub(super) fn properties(&self) -> BTreeMap<&'a str, Vec<Pointer>> {
        let mut properties: BTreeMap<&str, Vec<Pointer>> = BTreeMap::new();
        for (place, value) in self.every("properties") {
            let place = place.key("properties");
            for name in value.as_object().into_iter().flat_map(Map::keys) {
                properties.entry(name).or_default().push(place.key(name));
            }
        }
        properties
    }

    pub(super) fn required(&self) -> BTreeSet<&'a str> {
        let lists = self
            .every("required")
            .filter_map(|(_, value)| value.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// The places that say that a property has to be there.
    pub(super) fn requiring(&self, name: &str) -> Vec<Pointer> {
        let mut places = Vec::new();
        for (place, value) in self.every("required") {
            let names = value.as_array().into_iter().flatten().enumerate();
            let found = names.filter(|(_, one)| *one == name);
            places.extend(found.map(|(index, _)| place.key("required").index(index)));
        }
        places
    }

    /// The places of what is said of the items of a list.
    pub(super) fn items(&self) -> Vec<Pointer> {
        self.every("items")
            .map(|(place, _)| place.key("items"))
            .collect()
    }

    pub(super) fn additional(&self) -> AdditionalProperties {
        let mut said = AdditionalProperties::Unsaid;
        for (place, value) in self.every("additionalProperties") {
            said = match (value, said) {
                (Value::Bool(false), _) => return AdditionalProperties::Closed,
                (Value::Bool(true), AdditionalProperties::Typed(places)) => {
                    AdditionalProperties::Typed(places)
                }
                (Value::Bool(true), _) => AdditionalProperties::Open,
                (_, known) => {
                    let mut places = match known {
                        AdditionalProperties::Typed(places) => places,
                        _ => Vec::new(),
                    };
                    places.push(place.key("additionalProperties"));
                    AdditionalProperties::Typed(places)
                }
            };
        }
        said
    }

    pub(super) fn is_nullable(&self, cx: &Context<'a>) -> bool {
        let is_in_enum = self
            .every("enum")
            .filter_map(|(_, value)| value.as_array())
            .any(|values| values.contains(&Value::Null));
        let of_alternatives = || {
            let lists = self
                .undecided()
                .flat_map(|(part, keyword)| part.children(keyword));
            lists.into_iter().any(|place| {
                resolved(cx, &place)
                    .is_some_and(|(_, keywords)| is_null(keywords) || flag(keywords, "nullable"))
            })
        };
        let all = || {
            let mut parts = self.parts.iter();
            parts.all(|part| flag(part.keywords, "nullable"))
        };
        self.nullable || is_in_enum || of_alternatives() || all()
    }

    fn undecided(&self) -> impl Iterator<Item = (&SchemaPart<'a>, &'static str)> {
        self.parts.iter().flat_map(|part| {
            let open = UNIONS
                .into_iter()
                .filter(|keyword| !part.decided.contains(keyword));
            open.map(move |keyword| (part, keyword))
        })
    }

    /// What it describes; by `type`, or where that is missing, by the keywords of a type.
    pub(super) fn shape(&self, cx: &Context<'a>) -> SchemaShape {
        if self.union(cx).is_some() {
            return SchemaShape::Union;
        }
        let values = self.values();
        let is_enum = !values.is_empty();
        let all = |is: fn(&Value) -> bool| is_enum && values.iter().all(|(_, value)| is(value));
        let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
        let any = |keywords: &[&str]| keywords.iter().any(|keyword| self.has(keyword));
        let types: BTreeSet<&str> = self
            .every("type")
            .filter_map(|(_, value)| value.as_str())
            .collect();
        let types: Vec<_> = types.into_iter().collect();
        let ty = match types.as_slice() {
            [ty] => Some(*ty),
            ["integer", "number"] => Some("integer"),
            [] => match () {
                () if any(&["properties", "additionalProperties", "required"]) => Some("object"),
                () if any(&["items", "minItems", "maxItems"]) => Some("array"),
                () if all(Value::is_string) || any(&["pattern", "minLength", "maxLength"]) => {
                    Some("string")
                }
                () if all(Value::is_i64) => Some("integer"),
                () if any(&["minimum", "maximum", "multipleOf"]) => Some("number"),
                () => None,
            },
            _ => return SchemaShape::None("its parts are of different types"),
        };
        match ty {
            Some("array") => SchemaShape::Array,
            Some("boolean") => SchemaShape::Boolean,
            Some("integer") if all(Value::is_i64) => SchemaShape::IntegerEnum,
            Some("integer") if !is_enum => SchemaShape::Integer,
            Some("number") if !is_enum || all(Value::is_number) => SchemaShape::Number,
            Some("object") if !self.properties().is_empty() => SchemaShape::Object,
            Some("object") if self.additional() == AdditionalProperties::Closed => {
                SchemaShape::Object
            }
            Some("object") if !self.required().is_empty() => SchemaShape::Object,
            Some("object") => SchemaShape::Map,
            Some("string") if all(is_scalar) => SchemaShape::TextEnum,
            Some("string") if !is_enum => SchemaShape::Text,
            None if !is_enum => SchemaShape::Any,
            _ if all(is_scalar) => SchemaShape::MixedEnum,
            _ => SchemaShape::None("its values are lists or objects"),
        }
    }

    /// The alternatives, with what holds for all of them.
    pub(super) fn union(&self, cx: &Context<'a>) -> Option<SchemaUnion<'a>> {
        let mut union = self.declared_union(cx)?;
        let own = self.key();
        let leads_back = |one: &UnionMember<'a>| {
            let key = one.schema.key();
            key == own || one.schema.leads_to(cx, &own, &mut BTreeSet::from([key]))
        };
        // What is one of its own alternatives, or one of theirs, is what else they are.
        if union.alternatives.iter().any(leads_back) {
            let mut seen = BTreeSet::from([own.clone()]);
            let mut flat = Vec::new();
            let mut rest: Vec<_> = union.alternatives.into_iter().rev().collect();
            while let Some(one) = rest.pop() {
                if !leads_back(&one) {
                    flat.push(one);
                } else if seen.insert(one.schema.key())
                    && let Some(union) = one.schema.declared_union(cx)
                {
                    rest.extend(union.alternatives.into_iter().rev());
                }
            }
            union.alternatives = flat;
            union.tag = None;
        }
        (!union.alternatives.is_empty()).then_some(union)
    }

    /// Whether a schema is one of the alternatives, or one of theirs.
    fn leads_to(&self, cx: &Context<'a>, key: &SchemaKey, seen: &mut BTreeSet<SchemaKey>) -> bool {
        let union = self.declared_union(cx);
        union
            .into_iter()
            .flat_map(|union| union.alternatives)
            .any(|one| {
                let own = one.schema.key();
                own == *key || (seen.insert(own) && one.schema.leads_to(cx, key, seen))
            })
    }

    /// The alternatives as they are declared.
    fn declared_union(&self, cx: &Context<'a>) -> Option<SchemaUnion<'a>> {
        let (at, keyword) = self.parts.iter().enumerate().find_map(|(at, part)| {
            let mut open = UNIONS
                .into_iter()
                .filter(|keyword| !part.decided.contains(keyword));
            let union = open.find(|keyword| {
                let is_union = part.is_union(cx, keyword);
                if !is_union {
                    // What is said of limits alone is no type, and is checked.
                    part.children(keyword)
                        .iter()
                        .for_each(|place| cx.saw(place));
                }
                is_union
            });
            Some((at, union?))
        })?;
        let mut rest = self.clone();
        rest.nullable = false;
        let part = rest.parts.get_mut(at)?;
        part.decided.insert(keyword);
        let part = self.parts.get(at)?;
        let discriminator = part.keywords.get("discriminator");
        let tag = discriminator.and_then(|it| it.get("propertyName")?.as_str());
        if let Some(tag) = tag {
            // It stands in the alternatives, too, or is written with them.
            cx.account_for(part.place.key("properties").key(tag));
        }
        let says_more = rest.parts.iter().any(|part| part.says_more(tag));
        let mut alternatives = Vec::new();
        for place in part.children(keyword) {
            let Some((target, keywords)) = resolved(cx, &place) else {
                continue;
            };
            cx.saw(&target);
            let Some(mut schema) = Self::at(cx, &place).filter(|_| !is_null(keywords)) else {
                continue;
            };
            if says_more {
                let alone = std::mem::replace(&mut schema, rest.clone());
                schema.place = alone.place;
                schema.add(alone.parts);
            }
            alternatives.push(UnionMember {
                tags: tag.map_or_else(Vec::new, |tag| schema.tags(cx, tag, discriminator, &target)),
                component: (target != place).then(|| component(&target)).flatten(),
                is_extended: says_more,
                schema,
            });
        }
        // A tag that does not tell all of them apart tells nothing.
        let is_told = alternatives.iter().all(|one| !one.tags.is_empty());
        (!alternatives.is_empty()).then_some(SchemaUnion {
            alternatives,
            tag: tag.filter(|_| is_told),
        })
    }

    /// The values of a tag that stand for a schema: those of the mapping, else those that it says itself,
    /// else the name of the component.
    fn tags(
        &self,
        cx: &Context<'a>,
        tag: &str,
        discriminator: Option<&Value>,
        target: &Pointer,
    ) -> Vec<String> {
        let mapping = discriminator.and_then(|it| it.get("mapping")?.as_object());
        let section = Pointer::root().key("components").key("schemas");
        let mapped: Vec<_> = mapping
            .into_iter()
            .flatten()
            .filter(|(_, leads)| {
                let leads = leads.as_str().unwrap_or_default();
                Pointer::from_fragment(leads).as_ref() == Some(target)
                    || section.key(leads) == *target
            })
            .map(|(value, _)| value.clone())
            .collect();
        if !mapped.is_empty() {
            return mapped;
        }
        let properties = self.properties();
        let said = properties
            .get(tag)
            .and_then(|places| Self::of_all(cx, places));
        let said = said.map(|property| property.values()).unwrap_or_default();
        let texts: Vec<_> = said
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
    /// The places of the alternatives of a keyword.
    fn children(&self, keyword: &str) -> Vec<Pointer> {
        let place = self.place.key(keyword);
        let count = list(self.keywords, keyword).len();
        (0..count).map(|index| place.index(index)).collect()
    }

    /// Whether the alternatives of a keyword are of different types, and not only of different limits.
    fn is_union(&self, cx: &Context<'_>, keyword: &str) -> bool {
        self.children(keyword).iter().any(|place| {
            resolved(cx, place).is_some_and(|(_, keywords)| {
                let said = keywords.iter().filter(|(keyword, value)| {
                    !is_annotation(keyword) && !is_object_type(keyword, value)
                });
                let constraints = ["required", "not", "minProperties", "maxProperties"];
                let mut said = said.filter(|(keyword, _)| !constraints.contains(&keyword.as_str()));
                !is_null(keywords) && said.next().is_some()
            })
        })
    }

    /// Whether it says something of the values beside its alternatives and their tag.
    fn says_more(&self, tag: Option<&str>) -> bool {
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

/// The property that tells which of the alternatives at some places a value is, and for each the values
/// that stand for it; `None` if nothing tells all of them apart.
pub(super) fn told<'a>(
    cx: &Context<'a>,
    keywords: &'a Map<String, Value>,
    places: &[Pointer],
) -> Option<(&'a str, Vec<Vec<String>>)> {
    let discriminator = keywords.get("discriminator");
    let tag = discriminator?.get("propertyName")?.as_str()?;
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    for place in places {
        let (target, _) = resolved(cx, place)?;
        let tags = Schema::at(cx, place)?.tags(cx, tag, discriminator, &target);
        if tags.is_empty() || !tags.iter().all(|tag| told.insert(tag.clone())) {
            return None;
        }
        all.push(tags);
    }
    Some((tag, all))
}

/// The name of the component that a place is; of what a `$ref` finds in a file beside the document, the
/// last word of its place, or the file's own name.
pub(super) fn component(place: &Pointer) -> Option<String> {
    if let Some((file, inner)) = place.in_file() {
        return Some(match inner.last() {
            Some(name) => name.into_owned(),
            None => stem(&file),
        });
    }
    let segments: Vec<_> = place.segments().collect();
    match segments.as_slice() {
        [first, _, name] if first == "components" => Some(name.to_string()),
        _ => None,
    }
}

/// The name of the component that a place is in.
pub(super) fn around(place: &Pointer) -> Option<String> {
    let file = place.in_file();
    let inner = file.as_ref().map_or(place, |(_, inner)| inner);
    let mut segments = inner.segments();
    let first = segments.next();
    match (first.as_deref(), &file) {
        (Some("components"), _) => segments.nth(1).map(Cow::into_owned),
        // A file is one thing, or has several by name.
        (Some(name), Some((file, _))) => Some(if IN_COMPONENTS.contains(&name) {
            stem(file)
        } else {
            name.to_owned()
        }),
        (None, Some((file, _))) => Some(stem(file)),
        (_, None) => None,
    }
}

/// The keys within a component that lead to what is named by it.
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

/// A file's name without its folder and its ending.
fn stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).to_owned()
}
