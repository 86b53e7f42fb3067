//! The unions that schemas describe with `oneOf` and `anyOf`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Schema, SchemaKey, SchemaPart, UNIONS, is_annotation, is_null, is_object_type, list};
use crate::{
    lower::{Context, schemas::naming::component},
    pointer::Pointer,
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
    pub(crate) schema: Schema<'a>,
    /// The name of the component that it refers to.
    pub(crate) component: Option<String>,
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
            let Some((target, keywords)) = cx.resolved(&place) else {
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
        let (target, _) = cx.resolved(place)?;
        let tags = Schema::at(cx, place)?.tags(cx, tag, discriminator, &target);
        if tags.is_empty() || !tags.iter().all(|tag| seen.insert(tag.clone())) {
            return None;
        }
        by_alternative.push(tags);
    }
    Some((tag, by_alternative))
}
