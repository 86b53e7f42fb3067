//! Decides whether a Rust type enforces the schema that it was generated for.

use std::collections::BTreeSet;

use super::{AdditionalProperties, Schema, SchemaKey, SchemaShape};
use crate::{lower::Context, pointer::Pointer};

impl<'a> Schema<'a> {
    /// Returns whether each value of the schema's Rust type has the `type` that each part of the schema declares, is
    /// `null` only if all parts allow that, and has the `required` properties that a part declares.
    ///
    /// The type of a union also has values that are valid for none of its alternatives.
    pub(crate) fn is_enforced(&self, cx: &Context<'a>) -> bool {
        self.is_enforced_within(cx, &mut BTreeSet::new())
    }

    fn is_enforced_within(&self, cx: &Context<'a>, seen: &mut BTreeSet<SchemaKey>) -> bool {
        if !seen.insert(self.key()) {
            return true;
        }
        match self.shape(cx) {
            SchemaShape::Any => return true,
            SchemaShape::None(_) => return false,
            SchemaShape::MixedEnum => return !self.has("type"),
            SchemaShape::Union => {
                return self.union(cx).is_some_and(|union| {
                    let mut alternatives = union.alternatives.iter();
                    union.tag.is_some()
                        && alternatives.all(|member| member.schema.is_enforced_within(cx, seen))
                });
            }
            SchemaShape::Array
            | SchemaShape::Boolean
            | SchemaShape::Integer
            | SchemaShape::IntegerEnum
            | SchemaShape::Map
            | SchemaShape::Number
            | SchemaShape::Object
            | SchemaShape::Text
            | SchemaShape::TextEnum => {}
        }
        // A schema without parts for the same value is the only schema of its properties and items.
        if self.parts.len() == 1 {
            return true;
        }
        let additional = match self.additional() {
            AdditionalProperties::Typed(places) => places,
            _ => Vec::new(),
        };
        let properties = self.properties();
        let names: BTreeSet<_> = properties.keys().copied().collect();
        self.are_additional_declared(&names)
            && properties
                .values()
                .chain([&self.items(), &additional])
                .all(|places| are_enforced(cx, places, seen))
    }

    /// Returns whether each part with a schema for additional properties declares all properties itself, because the
    /// types of properties do not depend on it.
    fn are_additional_declared(&self, names: &BTreeSet<&str>) -> bool {
        self.parts.iter().all(|part| {
            let additional = part.keywords.get("additionalProperties");
            let properties = part
                .keywords
                .get("properties")
                .and_then(|value| value.as_object());
            let is_declared =
                |name: &&str| properties.is_some_and(|names| names.contains_key(*name));
            additional.is_none_or(|schema| !schema.is_object()) || names.iter().all(is_declared)
        })
    }
}

/// Returns whether the merged schema at several places is enforced.
fn are_enforced(cx: &Context<'_>, places: &[Pointer], seen: &mut BTreeSet<SchemaKey>) -> bool {
    places.len() < 2
        || Schema::merge(cx, places).is_none_or(|schema| schema.is_enforced_within(cx, seen))
}
