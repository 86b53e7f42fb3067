//! Schemas, merged with the schemas in their `allOf`.
//!
//! They are read from the tree of the document, because [`openapiv3`] sorts schemas into kinds and loses
//! keywords of a schema of two kinds (`type` next to `allOf`, `enum` without `type`).

mod enforced;
mod shape;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use serde_json::{Map, Value};

use crate::{lower::Context, pointer::Pointer};
pub(crate) use shape::SchemaShape;
pub(crate) use unions::{UnionMember, base_union, discriminator_tags};

/// A merged schema: all of its parts apply to each value.
#[derive(Clone, Debug)]
pub(crate) struct Schema<'a> {
    /// The place of the schema, after `$ref`s and single-child `allOf`, `oneOf` and `anyOf`.
    pub(crate) place: Pointer,
    /// The schema itself, then the schemas in its `allOf`; each place once.
    parts: Vec<SchemaPart<'a>>,
    /// The schemas that lead to it, each a single-child `allOf`, `oneOf` or `anyOf`, the outermost one first. Their
    /// annotations override its own.
    wrappers: Vec<(Pointer, &'a Map<String, Value>)>,
    /// Whether it, or a schema that leads to it, is `nullable`.
    nullable: bool,
}

/// One of the schemas of a merged schema.
#[derive(Clone, Debug)]
struct SchemaPart<'a> {
    place: Pointer,
    keywords: &'a Map<String, Value>,
    /// The keywords in [`UNIONS`] for which an alternative has been chosen; `discriminator` if the value is not one
    /// of a schema that extends this one.
    decided: BTreeSet<&'static str>,
}

/// The identity of a merged schema: the places of its parts.
pub(crate) type SchemaKey = Vec<(Pointer, BTreeSet<&'static str>)>;

/// The keywords of unions.
pub(crate) const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

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

/// The facts about a property that the schemas of its object declare.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PropertyFlags {
    pub(crate) is_read_only: bool,
    pub(crate) is_write_only: bool,
    /// Whether no object may have it, because `additionalProperties: false` of a part excludes it.
    pub(crate) is_impossible: bool,
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
    // A schema with a discriminator is the base of those that extend it.
    let is_all_of = keyword == "allOf" && !keywords.contains_key("discriminator");
    let is_applicator = is_all_of || UNIONS.contains(&keyword.as_str());
    (is_only && is_applicator).then(|| place.key(keyword).index(0))
}

/// Returns whether a schema only allows `null`.
pub(crate) fn is_null(keywords: &Map<String, Value>) -> bool {
    matches!(list(keywords, "enum"), [Value::Null])
}

impl<'a> Schema<'a> {
    /// Returns the schema at a place, after following its `$ref`s.
    pub(crate) fn at(cx: &Context<'a>, place: &Pointer) -> Option<Self> {
        let (mut place, mut keywords) = cx.resolved(place)?;
        let mut nullable = flag(keywords, "nullable");
        let mut wrappers: Vec<(Pointer, &Map<String, Value>)> = Vec::new();
        while let Some(child) = only_child(&place, keywords) {
            cx.mark_seen(&place);
            if wrappers.iter().any(|(visited, _)| *visited == place) {
                break;
            }
            wrappers.push((place.clone(), keywords));
            (place, keywords) = cx.resolved(&child)?;
            nullable |= flag(keywords, "nullable");
        }
        let mut schema = Self {
            place: place.clone(),
            parts: Vec::new(),
            wrappers,
            nullable,
        };
        schema.add_place(cx, &place, false);
        Some(schema)
    }

    /// Merges the schemas at several places.
    pub(crate) fn merge(cx: &Context<'a>, places: &[Pointer]) -> Option<Self> {
        let mut schemas = places.iter().filter_map(|place| Self::at(cx, place));
        let mut merged = schemas.next()?;
        for schema in schemas {
            merged.nullable &= schema.nullable;
            merged.wrappers.extend(schema.wrappers);
            merged.add_parts(schema.parts);
        }
        Some(merged)
    }

    /// Adds the schema at a place, and the schemas in its `allOf`. A part of another schema does not stand for the
    /// schemas that extend it.
    fn add_place(&mut self, cx: &Context<'a>, place: &Pointer, is_part: bool) {
        let Some((place, keywords)) = cx.resolved(place) else {
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
            decided: (is_part && keywords.contains_key("discriminator"))
                .then_some("discriminator")
                .into_iter()
                .collect(),
        });
        for index in 0..list(keywords, "allOf").len() {
            self.add_place(cx, &place.key("allOf").index(index), true);
        }
    }

    fn add_parts(&mut self, parts: Vec<SchemaPart<'a>>) {
        for part in parts {
            if !self.parts.iter().any(|present| present.place == part.place) {
                self.parts.push(part);
            }
        }
    }

    /// Returns the places of the schema and of the schemas in its `allOf`.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Pointer> {
        self.parts.iter().map(|part| &part.place)
    }

    pub(crate) fn key(&self) -> SchemaKey {
        let parts = self.parts.iter();
        parts
            .map(|part| (part.place.clone(), part.decided.clone()))
            .collect()
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
        self.every_annotation(keyword)
            .any(|(_, value)| value == true)
    }

    /// Returns whether the schema, or a schema that leads to it, is deprecated.
    pub(crate) fn is_deprecated(&self) -> bool {
        self.own("deprecated") == Some(&Value::Bool(true))
            || self
                .wrappers
                .iter()
                .any(|(_, keywords)| flag(keywords, "deprecated"))
    }

    /// Returns the value of an annotation of the schema at a place, which leads to this one.
    pub(crate) fn own_annotation(&self, place: &Pointer, keyword: &str) -> Option<&'a Value> {
        let mut wrappers = self.wrappers.iter();
        let (_, keywords) = wrappers.find(|(wrapper, _)| wrapper == place)?;
        keywords.get(keyword)
    }

    /// Returns all values of an annotation, each with the place of its schema: first those of the schemas that lead
    /// to this one, then its own.
    pub(crate) fn every_annotation(
        &self,
        keyword: &str,
    ) -> impl Iterator<Item = (&Pointer, &'a Value)> {
        self.wrappers
            .iter()
            .filter_map(move |(place, keywords)| Some((place, keywords.get(keyword)?)))
            .chain(self.every(keyword))
    }

    /// Returns whether a place is that of a part of the schema, under `allOf`.
    pub(crate) fn has_part(&self, place: &Pointer) -> bool {
        *place != self.place && self.parts.iter().any(|part| part.place == *place)
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

    /// Returns the names of the declared properties, in the order of the document.
    pub(crate) fn property_names(&self) -> IndexSet<&'a str> {
        self.every("properties")
            .filter_map(|(_, value)| value.as_object())
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect()
    }

    /// Returns the places of the schemas that apply to a property: those under its name, and for each part that does
    /// not declare it, its schema of additional properties.
    pub(crate) fn property_places(&self, name: &str) -> Vec<Pointer> {
        let mut declared = Vec::new();
        let mut additional = Vec::new();
        for part in &self.parts {
            let properties = part.keywords.get("properties");
            if properties.is_some_and(|properties| properties.get(name).is_some()) {
                declared.push(part.place.key("properties").key(name));
            } else if part
                .keywords
                .get("additionalProperties")
                .is_some_and(Value::is_object)
            {
                additional.push(part.place.key("additionalProperties"));
            }
        }
        declared.extend(additional);
        declared
    }

    /// Returns the facts about a property.
    pub(crate) fn property(&self, cx: &Context<'a>, name: &str) -> PropertyFlags {
        let properties = self.properties();
        let places = properties.get(name).map(Vec::as_slice).unwrap_or_default();
        let property = Self::merge(cx, places);
        let has_flag = |keyword: &str| {
            property
                .as_ref()
                .is_some_and(|property| property.flag(keyword))
        };
        PropertyFlags {
            is_read_only: has_flag("readOnly"),
            is_write_only: has_flag("writeOnly"),
            is_impossible: self.is_impossible(name),
        }
    }

    /// Returns whether no object may have a property, because `additionalProperties: false` of a part excludes it.
    pub(crate) fn is_impossible(&self, name: &str) -> bool {
        self.parts.iter().any(|part| {
            let properties = part.keywords.get("properties");
            part.keywords.get("additionalProperties") == Some(&Value::Bool(false))
                && properties.is_none_or(|properties| properties.get(name).is_none())
        })
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

    /// Returns whether `null` is a value of the schema.
    pub(crate) fn is_nullable(&self, cx: &Context<'a>) -> bool {
        self.is_nullable_within(cx, &mut BTreeSet::new())
    }

    fn is_nullable_within(&self, cx: &Context<'a>, seen: &mut BTreeSet<SchemaKey>) -> bool {
        let lists_null = |part: &SchemaPart<'_>| list(part.keywords, "enum").contains(&Value::Null);
        let is_marked = |part: &SchemaPart<'_>| flag(part.keywords, "nullable") || lists_null(part);
        let allows_null = |part: &SchemaPart<'_>| {
            let has = |keyword: &str| part.keywords.contains_key(keyword);
            is_marked(part) || !(has("enum") || has("type"))
        };
        if self.nullable || (self.parts.iter().any(is_marked) && self.parts.iter().all(allows_null))
        {
            return true;
        }
        // A union may contain itself.
        seen.insert(self.key())
            && self.undecided_unions().any(|(part, keyword)| {
                part.children(keyword).iter().any(|place| {
                    Self::at(cx, place).is_some_and(|alternative| {
                        !seen.contains(&alternative.key())
                            && alternative.is_nullable_within(cx, seen)
                    })
                })
            })
    }
}
