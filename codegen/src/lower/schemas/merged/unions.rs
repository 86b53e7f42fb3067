//! The unions that schemas describe with `oneOf` and `anyOf`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    AdditionalProperties, Schema, SchemaKey, SchemaPart, SchemaShape, UNIONS, is_annotation,
    is_null, is_object_type, list,
};
use crate::{
    lower::{Context, schemas::naming::component},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

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
    /// The place of the alternative in the union.
    pub(crate) place: Pointer,
    pub(crate) schema: Schema<'a>,
    /// The name of the component that it refers to.
    pub(crate) component: Option<String>,
    /// Whether it is an object itself, and the other alternatives extend it.
    pub(crate) is_base: bool,
    /// Whether the schema of the union adds keywords to it.
    pub(crate) is_extended: bool,
    /// The values of the discriminator that select it.
    pub(crate) tags: Vec<String>,
}

impl<'a> Schema<'a> {
    /// Returns the keywords of unions for which no alternative has been chosen, with their schemas.
    pub(super) fn undecided_unions(&self) -> impl Iterator<Item = (&SchemaPart<'a>, &'static str)> {
        self.parts.iter().flat_map(|part| {
            let open = UNIONS
                .into_iter()
                .filter(|keyword| !part.decided.contains(keyword));
            open.map(move |keyword| (part, keyword))
        })
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
        if let Some(union) = self.extensions(cx) {
            return Some(union);
        }
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
        let children = part.children(keyword);
        let (tag, tags) = match discriminator_tags(cx, &part.place, part.keywords, &children) {
            Some((tag, tags)) => (Some(tag), tags),
            None => (None, vec![Vec::new(); children.len()]),
        };
        if let Some(tag) = tag {
            // The alternatives declare the property as well, or it is added when they are written.
            cx.account_for(part.place.key("properties").key(tag));
        }
        let is_extended = base.parts.iter().any(|part| part.has_more_than_unions(tag));
        let mut alternatives = Vec::new();
        for (place, tags) in children.into_iter().zip(tags) {
            let Some((target, keywords)) = cx.resolved(&place) else {
                continue;
            };
            cx.mark_seen(&target);
            let Some(mut schema) = Self::at(cx, &place).filter(|_| !is_null(keywords)) else {
                continue;
            };
            // An alternative must have a field for each property that is required next to the union.
            let is_extended = is_extended
                || base
                    .required()
                    .iter()
                    .any(|name| Some(*name) != tag && !schema.has_field(cx, name));
            if is_extended {
                let alternative = std::mem::replace(&mut schema, base.clone());
                schema.place = alternative.place;
                schema.add_parts(alternative.parts);
            }
            alternatives.push(UnionMember {
                tags,
                component: (target != place).then(|| component(&target)).flatten(),
                is_base: false,
                is_extended,
                schema,
                place,
            });
        }
        (!alternatives.is_empty()).then_some(SchemaUnion { alternatives, tag })
    }

    /// Returns the union of an object with a `discriminator` and the components that extend it with `allOf`.
    fn extensions(&self, cx: &Context<'a>) -> Option<SchemaUnion<'a>> {
        let mut parts = self.parts.iter().enumerate();
        let (at, (tag, by_extension)) = parts.find_map(|(at, part)| {
            let is_open = !part.decided.contains("discriminator");
            Some((at, base_union(cx, &part.place).filter(|_| is_open)?))
        })?;
        let own = self.parts.get(at)?;
        let mut base = self.clone();
        base.nullable = false;
        base.parts.get_mut(at)?.decided.insert("discriminator");
        let is_extended = self.parts.iter().any(|part| !part.is_part_of(cx, own));
        let mut alternatives = Vec::new();
        for (place, tags) in by_extension {
            let is_base = place == own.place;
            let mut schema = base.clone();
            if !is_base {
                let extension = Self::plain(cx, &place)?;
                if is_extended {
                    schema.place = place.clone();
                    schema.add_parts(extension.parts);
                } else {
                    schema = extension;
                }
            }
            alternatives.push(UnionMember {
                tags,
                component: component(&place),
                is_base,
                is_extended: is_extended || is_base,
                schema,
                place,
            });
        }
        Some(SchemaUnion {
            alternatives,
            tag: Some(tag),
        })
    }

    /// Returns whether the type of the schema keeps a property, if its values are objects.
    fn has_field(&self, cx: &Context<'a>, name: &str) -> bool {
        match self.shape(cx) {
            SchemaShape::Object => {
                let is_closed = matches!(
                    self.additional(),
                    AdditionalProperties::Unspecified | AdditionalProperties::Closed
                );
                !is_closed || self.properties().contains_key(name) || self.required().contains(name)
            }
            SchemaShape::Union => self.union(cx).is_none_or(|union| {
                let mut alternatives = union.alternatives.iter();
                alternatives.all(|alternative| alternative.schema.has_field(cx, name))
            }),
            _ => true,
        }
    }

    /// Returns the schema at a place with the schemas in its `allOf`, even if it only wraps another one.
    fn plain(cx: &Context<'a>, place: &Pointer) -> Option<Self> {
        let (place, _) = cx.resolved(place)?;
        let mut schema = Self {
            place: place.clone(),
            parts: Vec::new(),
            wrappers: Vec::new(),
            nullable: false,
        };
        schema.add_place(cx, &place, true);
        Some(schema)
    }

    /// Returns the values that the schema declares for the property of a discriminator.
    fn declared_tags(&self, cx: &Context<'a>, tag: &str) -> Vec<String> {
        let properties = self.properties();
        let property = properties
            .get(tag)
            .and_then(|places| Self::merge(cx, places));
        let values = property
            .map(|property| property.values())
            .unwrap_or_default();
        let texts: BTreeSet<_> = values
            .iter()
            .filter_map(|(_, value)| value.as_str())
            .map(str::to_owned)
            .collect();
        texts.into_iter().collect()
    }
}

impl SchemaPart<'_> {
    /// Returns whether this part belongs to another one: it is the part itself, or in its `allOf`.
    fn is_part_of(&self, cx: &Context<'_>, owner: &Self) -> bool {
        let mut parts = Vec::new();
        if let Some(schema) = Schema::plain(cx, &owner.place) {
            parts.extend(schema.parts.into_iter().map(|part| part.place));
        }
        parts.contains(&self.place)
    }

    /// Returns the places of the alternatives of a keyword.
    pub(super) fn children(&self, keyword: &str) -> Vec<Pointer> {
        let place = self.place.key(keyword);
        let count = list(self.keywords, keyword).len();
        (0..count).map(|index| place.index(index)).collect()
    }

    /// Returns whether the alternatives of a keyword describe types, rather than only constraints of objects.
    fn is_union(&self, cx: &Context<'_>, keyword: &str) -> bool {
        self.children(keyword).iter().any(|place| {
            cx.resolved(place).is_some_and(|(_, keywords)| {
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

/// Returns the discriminator of a schema, and for each of its alternatives the values that select it: those in the
/// mapping, else those that only this alternative declares for the property, else the name of the component.
///
/// Returns `None`, and reports it, if the values do not distinguish all alternatives.
pub(crate) fn discriminator_tags<'a>(
    cx: &Context<'a>,
    place: &Pointer,
    keywords: &'a Map<String, Value>,
    alternatives: &[Pointer],
) -> Option<(&'a str, Vec<Vec<String>>)> {
    let discriminator = keywords.get("discriminator")?;
    let tag = discriminator.get("propertyName")?.as_str()?;
    let targets: Vec<_> = alternatives
        .iter()
        .filter_map(|place| Some(cx.resolved(place)?.0))
        .collect();
    let names: Vec<_> = targets
        .iter()
        .map(|target| names(discriminator, target))
        .collect();
    let mut by_alternative = Vec::new();
    for (index, (alternative, names_of_alternative)) in alternatives.iter().zip(&names).enumerate()
    {
        let mapped = mapped(discriminator, targets.get(index)?);
        let declared = match mapped.as_slice() {
            [] => Schema::at(cx, alternative)?.declared_tags(cx, tag),
            _ => Vec::new(),
        };
        let is_of_other = |tag: &String| {
            let mut others = names
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            others.any(|(_, names)| names.contains(tag))
        };
        let own: Vec<_> = declared
            .into_iter()
            .filter(|tag| !is_of_other(tag))
            .collect();
        by_alternative.push(if own.is_empty() {
            names_of_alternative.clone()
        } else {
            own
        });
    }
    let mut seen = BTreeSet::new();
    let is_decisive = by_alternative.len() == alternatives.len()
        && by_alternative.iter().all(|tags| !tags.is_empty())
        && by_alternative.iter().flatten().all(|tag| seen.insert(tag));
    if is_decisive {
        return Some((tag, by_alternative));
    }
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Key(place.key("discriminator")),
            format!("the values of `{tag}` do not distinguish the alternatives"),
        )
        .label("the discriminator is ignored; an alternative is chosen by its schema")
        .help("add a `mapping`, or an `enum` for the property in each alternative"),
    );
    None
}

/// Returns the values of a discriminator that its mapping assigns to a schema, in alphabetical order: the first one
/// is written, and the order of a map does not change what is sent.
fn mapped(discriminator: &Value, target: &Pointer) -> Vec<String> {
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let section = Pointer::root().key("components").key("schemas");
    let mut values: Vec<_> = mapping
        .into_iter()
        .flatten()
        .filter(|(_, reference)| {
            let reference = reference.as_str().unwrap_or_default();
            Pointer::from_fragment(reference).as_ref() == Some(target)
                || section.key(reference) == *target
        })
        .map(|(value, _)| value.clone())
        .collect();
    values.sort_unstable();
    values
}

/// Returns the values of a discriminator that name a schema: those in the mapping, else the name of the component.
fn names(discriminator: &Value, target: &Pointer) -> Vec<String> {
    match mapped(discriminator, target) {
        mapped if mapped.is_empty() => component(target).into_iter().collect(),
        mapped => mapped,
    }
}

/// A discriminator, and the places of a base and of the components that extend it, each with the values that select
/// it.
type BaseUnion<'a> = (&'a str, Vec<(Pointer, Vec<String>)>);

/// Returns the discriminator of a base, a component that other components extend with `allOf`, and the values that
/// select each of them.
pub(crate) fn base_union<'a>(cx: &Context<'a>, place: &Pointer) -> Option<BaseUnion<'a>> {
    let keywords = cx.document.get(place)?.as_object()?;
    let discriminator = keywords.get("discriminator")?;
    let tag = discriminator.get("propertyName")?.as_str()?;
    if UNIONS.iter().any(|keyword| keywords.contains_key(*keyword)) {
        return None;
    }
    let mut places = vec![place.clone()];
    let mut index = 0;
    while let Some(place) = places.get(index) {
        for extension in cx.extensions(place) {
            if !places.contains(extension) {
                places.push(extension.clone());
            }
        }
        index += 1;
    }
    if places.len() == 1 {
        return None;
    }
    let mut seen = BTreeSet::new();
    let by_place = places.into_iter().map(|place| {
        let mut names = names(discriminator, &place);
        names.retain(|name| seen.insert(name.clone()));
        (place, names)
    });
    let by_place: Vec<_> = by_place.filter(|(_, names)| !names.is_empty()).collect();
    Some((tag, by_place))
}
