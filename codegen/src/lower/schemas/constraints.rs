//! Lowers the constraints of schemas that Rust types do not enforce, keyword by keyword.

mod keywords;
mod simplify;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub(crate) use self::keywords::json_type;
use self::{
    keywords::{enum_constraint, number_constraints, string_constraints, unsigned},
    simplify::ConstraintList,
};
use super::{
    merged::{self, Schema, flag, is_null, list},
    naming::{Naming, component},
};
use crate::{
    lower::{Context, operations::requests::Request},
    model::{Constraint, Constraints, ConstraintsId, TypeDef},
    name::{Ident, Scope},
    pointer::Pointer,
};

/// The assumption about a value before it is validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Assumption {
    /// The value has the Rust type, which enforces `type`, `nullable` and most of `required`.
    Type,
    /// The value may be any JSON value, such as one of another alternative.
    Nothing,
}

/// The extent of the values that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// The values of the schema, and of the schemas that extend it if it has a discriminator.
    Whole,
    /// The values of another schema that has this one in its `allOf`, or that extends it.
    Part,
}

/// The constraints of a document, during lowering.
#[derive(Debug, Default)]
pub(crate) struct ConstraintTable {
    /// The name of the constraints with each ID, and their documentation.
    names: Vec<(Ident, String)>,
    /// The constraints that have been lowered: all except those in `pending`.
    lowered: BTreeMap<ConstraintsId, Vec<Constraint>>,
    by_place: BTreeMap<Key, ConstraintsId>,
    /// The schemas that have an ID and are not lowered yet. Schemas may refer to each other, so an ID comes
    /// first.
    pending: Vec<(ConstraintsId, Key)>,
    scope: Scope,
}

/// The identity of constraints: the place of the schema, and the values that they apply to.
type Key = (Pointer, Extent, Assumption);

/// The value whose constraints are being lowered.
#[derive(Clone, Copy)]
struct ConstrainedValue<'a> {
    assumption: Assumption,
    /// The places of all schemas that apply to it.
    merged: &'a [Pointer],
}

impl ConstraintTable {
    /// Lowers the constraints of the schema at a place, for values of its Rust type.
    ///
    /// If the schema is not a component, the constraints are named after its user.
    pub(crate) fn lower_typed(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
    ) -> Option<ConstraintsId> {
        self.lower_assuming(cx, place, naming, Assumption::Type)
    }

    /// Lowers the constraints of the schema at a place, for values that have no Rust type.
    pub(crate) fn lower_untyped(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
    ) -> Option<ConstraintsId> {
        self.lower_assuming(cx, place, naming, Assumption::Nothing)
    }

    /// Lowers the constraints that decide whether a value belongs to an alternative of a union, after it has been
    /// decoded as the Rust type of the alternative.
    ///
    /// `schema` is the alternative, merged with the keywords around the union.
    pub(crate) fn lower_alternative(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        schema: &Schema<'_>,
        naming: &Naming,
    ) -> Option<ConstraintsId> {
        let assumption = if schema.is_enforced(cx) {
            Assumption::Type
        } else {
            Assumption::Nothing
        };
        self.lower_assuming(cx, place, naming, assumption)
    }

    /// Returns the constraints that requests and unions use, without those that have no effect.
    pub(crate) fn finish(
        self,
        requests: &mut [Request],
        types: &mut [TypeDef],
    ) -> Vec<Constraints> {
        // `lowered` is in the order of the IDs and has all of them.
        let entries = self.names.into_iter().zip(self.lowered.into_values());
        let entries = entries.map(|((name, doc), constraints)| Constraints {
            name,
            doc,
            constraints,
        });
        ConstraintList(entries.collect()).finish(requests, types)
    }

    fn lower_assuming(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
        assumption: Assumption,
    ) -> Option<ConstraintsId> {
        let (target, _) = cx.resolved(place)?;
        let name = component(&target).unwrap_or_else(|| naming.ident().to_string());
        let key = (
            target.clone(),
            Extent::Whole,
            effective(cx, &target, assumption),
        );
        let id = self.reserve(key, &name);
        while let Some((id, (place, extent, assumption))) = self.pending.pop() {
            let value = ConstrainedValue {
                assumption,
                merged: std::slice::from_ref(&place),
            };
            let constraints = self.schema_constraints(cx, &place, extent, value);
            self.lowered.insert(id, constraints);
        }
        Some(id)
    }

    fn reserve(&mut self, key: Key, name: &str) -> ConstraintsId {
        if let Some(id) = self.by_place.get(&key) {
            return *id;
        }
        let (place, extent, assumption) = &key;
        let id = ConstraintsId(self.names.len());
        let ty = Ident::pascal(name);
        let (name, doc) = match assumption {
            Assumption::Type => (name.to_owned(), format!("The constraints on a `{ty}`.")),
            Assumption::Nothing => (
                format!("is {name}"),
                format!("The constraints that a value must satisfy to be a `{ty}`."),
            ),
        };
        let name = match extent {
            Extent::Whole => name,
            Extent::Part => format!("{name} base"),
        };
        let (name, _) = self
            .scope
            .name(&[Ident::snake(&name).screaming_snake()], place.as_str());
        self.names.push((name, doc));
        self.by_place.insert(key.clone(), id);
        self.pending.push((id, key));
        id
    }

    /// Returns the constraints on a value that only has the schema at a place.
    fn value_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        assumption: Assumption,
    ) -> Vec<Constraint> {
        let value = ConstrainedValue {
            assumption: effective(cx, place, assumption),
            merged: std::slice::from_ref(place),
        };
        self.schema_constraints(cx, place, Extent::Whole, value)
    }

    /// Returns the constraints that the schema at a place adds to a value.
    fn schema_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        extent: Extent,
        value: ConstrainedValue<'_>,
    ) -> Vec<Constraint> {
        let Some((target, keywords)) = cx.resolved(place) else {
            return Vec::new();
        };
        let ConstrainedValue { assumption, .. } = value;
        if target != *place {
            let last = target.last().unwrap_or_default();
            let name = component(&target).unwrap_or_else(|| last.into_owned());
            let key = match extent {
                Extent::Part if merged::base_union(cx, &target).is_some() => {
                    (target, extent, assumption)
                }
                _ => {
                    let assumption = effective(cx, &target, assumption);
                    (target, Extent::Whole, assumption)
                }
            };
            return vec![Constraint::Ref(self.reserve(key, &name))];
        }
        let mut constraints = Vec::new();
        if assumption == Assumption::Nothing {
            constraints.extend(json_type(keywords).map(Constraint::Type));
        }
        constraints.extend(string_constraints(cx, place, keywords));
        constraints.extend(number_constraints(keywords));
        constraints.extend(enum_constraint(keywords));
        constraints.extend(self.array_constraints(cx, place, keywords, assumption));
        constraints.extend(self.object_constraints(cx, place, keywords, value));
        let part_extent = if merged::only_child(place, keywords).is_some() {
            Extent::Whole
        } else {
            Extent::Part
        };
        for index in 0..list(keywords, "allOf").len() {
            let part = place.key("allOf").index(index);
            constraints.extend(self.schema_constraints(cx, &part, part_extent, value));
        }
        for keyword in merged::UNIONS {
            constraints.extend(self.union_constraints(cx, place, keywords, keyword, value));
        }
        if let Extent::Whole = extent
            && let Some((tag, by_extension)) = merged::base_union(cx, place)
        {
            let mut by_tag = Vec::new();
            for (extension, tags) in by_extension {
                let constraints = if extension == *place {
                    Vec::new()
                } else {
                    self.extension_constraints(cx, extension, assumption)
                };
                by_tag.push((tags, constraints));
            }
            constraints.push(Constraint::Discriminator(tag.to_owned(), by_tag));
        }
        if keywords.contains_key("not") {
            let not = self.value_constraints(cx, &place.key("not"), Assumption::Nothing);
            constraints.push(Constraint::Not(not));
        }
        // The other constraints do not apply to `null`.
        let applies_to_null = |constraint: &Constraint| {
            matches!(
                constraint,
                Constraint::AnyOf(_)
                    | Constraint::OneOf(_)
                    | Constraint::Type(_)
                    | Constraint::Not(_)
                    | Constraint::Ref(_)
                    | Constraint::Discriminator(..)
                    | Constraint::Enum(_)
            )
        };
        if flag(keywords, "nullable") && constraints.iter().any(applies_to_null) {
            return vec![Constraint::Nullable(constraints)];
        }
        constraints
    }

    /// Returns the constraints of a component that extends another one.
    fn extension_constraints(
        &mut self,
        cx: &Context<'_>,
        place: Pointer,
        assumption: Assumption,
    ) -> Vec<Constraint> {
        let extent = if merged::base_union(cx, &place).is_some() {
            Extent::Part
        } else {
            Extent::Whole
        };
        let name = component(&place).unwrap_or_default();
        vec![Constraint::Ref(
            self.reserve((place, extent, assumption), &name),
        )]
    }

    fn array_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        assumption: Assumption,
    ) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        constraints.extend(unsigned(keywords, "minItems").map(Constraint::MinItems));
        constraints.extend(unsigned(keywords, "maxItems").map(Constraint::MaxItems));
        if flag(keywords, "uniqueItems") {
            constraints.push(Constraint::UniqueItems);
        }
        if keywords.contains_key("items") {
            constraints.push(Constraint::Items(self.value_constraints(
                cx,
                &place.key("items"),
                assumption,
            )));
        }
        constraints
    }

    fn object_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        value: ConstrainedValue<'_>,
    ) -> Vec<Constraint> {
        let ConstrainedValue { assumption, merged } = value;
        let mut constraints = Vec::new();
        constraints.extend(unsigned(keywords, "minProperties").map(Constraint::MinProperties));
        constraints.extend(unsigned(keywords, "maxProperties").map(Constraint::MaxProperties));
        let properties = keywords.get("properties").and_then(Value::as_object);
        let names: BTreeSet<&str> = properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let schema = (!names.is_empty() || keywords.contains_key("required"))
            .then(|| Schema::merge(cx, merged))
            .flatten();
        for name in list(keywords, "required").iter().filter_map(Value::as_str) {
            let property = schema.as_ref().map(|schema| schema.property(cx, name));
            let property = property.unwrap_or_default();
            // The type requires a declared property, unless messages of one direction do not have it.
            let is_enforced = assumption == Assumption::Type
                && names.contains(name)
                && !property.is_write_only
                && !property.is_impossible;
            if is_enforced || property.is_read_only {
                continue;
            }
            let name = name.to_owned();
            constraints.push(if property.is_write_only {
                Constraint::RequiredInRequest(name)
            } else {
                Constraint::Required(name)
            });
        }
        for name in &names {
            let place = place.key("properties").key(name);
            let property = self.value_constraints(cx, &place, assumption);
            constraints.push(Constraint::Property((*name).to_owned(), property));
        }
        if assumption == Assumption::Type {
            let not_null = not_null_properties(cx, &names, schema.as_ref());
            constraints.extend((!not_null.is_empty()).then_some(Constraint::NotNull(not_null)));
        }
        let names = || names.iter().map(|name| (*name).to_owned()).collect();
        match keywords.get("additionalProperties") {
            Some(Value::Bool(false)) => {
                constraints.push(Constraint::NoAdditionalProperties(names()));
            }
            Some(Value::Object(_)) => {
                let additional =
                    self.value_constraints(cx, &place.key("additionalProperties"), assumption);
                constraints.push(Constraint::AdditionalProperties(names(), additional));
            }
            _ => {}
        }
        constraints
    }

    /// Returns a constraint that requires one of the alternatives, or the alternative that the discriminator
    /// selects.
    fn union_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        keyword: &str,
        value: ConstrainedValue<'_>,
    ) -> Vec<Constraint> {
        let children: Vec<_> = (0..list(keywords, keyword).len())
            .map(|index| place.key(keyword).index(index))
            .collect();
        if children.is_empty() {
            return Vec::new();
        }
        let is_null = |place: &Pointer| {
            cx.resolved(place)
                .is_some_and(|(_, keywords)| is_null(keywords))
        };
        let (null, not_null): (Vec<_>, Vec<_>) = children.iter().partition(|place| is_null(place));
        if let [only] = not_null.as_slice() {
            let constraints = self.schema_constraints(cx, only, Extent::Whole, value);
            return if null.is_empty() {
                constraints
            } else {
                vec![Constraint::Nullable(constraints)]
            };
        }
        if let Some((tag, tags)) = merged::discriminator_tags(cx, place, keywords, &children) {
            let mut by_tag = Vec::new();
            for (place, tags) in children.iter().zip(tags) {
                let constraints = self.schema_constraints(cx, place, Extent::Whole, value);
                by_tag.push((tags, constraints));
            }
            return vec![Constraint::Discriminator(tag.to_owned(), by_tag)];
        }
        let mut alternatives = Vec::new();
        for place in &children {
            let merged = [value.merged, std::slice::from_ref(place)].concat();
            let value = ConstrainedValue {
                assumption: Assumption::Nothing,
                merged: &merged,
            };
            alternatives.push(self.schema_constraints(cx, place, Extent::Whole, value));
        }
        vec![if keyword == "oneOf" {
            Constraint::OneOf(alternatives)
        } else {
            Constraint::AnyOf(alternatives)
        }]
    }
}

/// Returns the optional properties that must not be `null`, which Rust types do not distinguish from absent
/// ones.
fn not_null_properties(
    cx: &Context<'_>,
    names: &BTreeSet<&str>,
    schema: Option<&Schema<'_>>,
) -> Vec<String> {
    let Some(schema) = schema else {
        return Vec::new();
    };
    let (properties, required) = (schema.properties(), schema.required());
    let optional = names.iter().filter(|name| {
        let flags = schema.property(cx, name);
        // Messages of the other direction do not have the property, so the type does not require it.
        !required.contains(**name) || flags.is_read_only || flags.is_write_only
    });
    let not_null = optional.filter(|name| {
        let property = properties.get(**name);
        let property = property.and_then(|places| Schema::merge(cx, places));
        // Without a type, any value is allowed, including `null`.
        property.is_some_and(|property| property.has("type") && !property.is_nullable(cx))
    });
    not_null.map(|name| (*name).to_owned()).collect()
}

/// Returns the assumption about a value of the schema at a place: none if its type does not enforce the schema.
fn effective(cx: &Context<'_>, place: &Pointer, assumption: Assumption) -> Assumption {
    let is_enforced = || Schema::at(cx, place).is_none_or(|schema| schema.is_enforced(cx));
    match assumption {
        Assumption::Type if is_enforced() => Assumption::Type,
        _ => Assumption::Nothing,
    }
}
