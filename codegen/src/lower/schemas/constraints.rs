//! Lowers the constraints of schemas that Rust types do not enforce, keyword by keyword.

mod keywords;
mod simplify;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use self::{
    keywords::{enum_constraint, json_type, number_constraints, string_constraints, unsigned},
    simplify::ConstraintList,
};
use super::{
    merged::{self, Schema, flag, is_null, list},
    naming::{Naming, component},
};
use crate::{
    lower::{Context, operations::requests::Request},
    model::{Constraint, Constraints, ConstraintsId},
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

/// The constraints of a document, during lowering.
#[derive(Debug, Default)]
pub(crate) struct ConstraintTable {
    /// The name of the constraints with each ID, and their documentation.
    names: Vec<(Ident, String)>,
    /// The constraints that have been lowered: all except those in `pending`.
    lowered: BTreeMap<ConstraintsId, Vec<Constraint>>,
    by_place: BTreeMap<(Pointer, Assumption), ConstraintsId>,
    /// The schemas that have an ID and are not lowered yet. Schemas may refer to each other, so an ID comes
    /// first.
    pending: Vec<(ConstraintsId, Pointer, Assumption)>,
    scope: Scope,
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

    /// Returns the constraints that the requests use, without those that have no effect.
    pub(crate) fn finish(self, requests: &mut [Request]) -> Vec<Constraints> {
        // `lowered` is in the order of the IDs and has all of them.
        let entries = self.names.into_iter().zip(self.lowered.into_values());
        let entries = entries.map(|((name, doc), constraints)| Constraints {
            name,
            doc,
            constraints,
        });
        ConstraintList(entries.collect()).finish(requests)
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
        let id = self.reserve(&target, assumption, &name);
        while let Some((id, place, assumption)) = self.pending.pop() {
            let constraints = self.value_constraints(cx, &place, assumption);
            self.lowered.insert(id, constraints);
        }
        Some(id)
    }

    fn reserve(&mut self, place: &Pointer, assumption: Assumption, name: &str) -> ConstraintsId {
        let key = (place.clone(), assumption);
        if let Some(id) = self.by_place.get(&key) {
            return *id;
        }
        let id = ConstraintsId(self.names.len());
        let ty = Ident::pascal(name);
        let (name, doc) = match assumption {
            Assumption::Type => (name.to_owned(), format!("The constraints on a `{ty}`.")),
            Assumption::Nothing => (
                format!("is {name}"),
                format!("The constraints that a value must satisfy to be a `{ty}`."),
            ),
        };
        let (name, _) = self
            .scope
            .name(&[Ident::snake(&name).screaming_snake()], place.as_str());
        self.names.push((name, doc));
        self.by_place.insert(key, id);
        self.pending.push((id, place.clone(), assumption));
        id
    }

    /// Returns the constraints on a value that only has the schema at a place.
    fn value_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        assumption: Assumption,
    ) -> Vec<Constraint> {
        self.schema_constraints(cx, place, assumption, std::slice::from_ref(place))
    }

    /// Returns the constraints that the schema at a place adds to a value.
    ///
    /// `merged` are the places of all schemas that apply to the same value.
    fn schema_constraints(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        assumption: Assumption,
        merged: &[Pointer],
    ) -> Vec<Constraint> {
        let Some((target, keywords)) = cx.resolved(place) else {
            return Vec::new();
        };
        if target != *place {
            let last = target.last().unwrap_or_default();
            let name = component(&target).unwrap_or_else(|| last.into_owned());
            return vec![Constraint::Ref(self.reserve(&target, assumption, &name))];
        }
        let mut constraints = Vec::new();
        if assumption == Assumption::Nothing {
            constraints.extend(json_type(keywords).map(Constraint::Type));
        }
        constraints.extend(string_constraints(cx, place, keywords));
        constraints.extend(number_constraints(keywords));
        constraints.extend(enum_constraint(keywords));
        constraints.extend(self.array_constraints(cx, place, keywords, assumption));
        constraints.extend(self.object_constraints(cx, place, keywords, assumption, merged));
        for index in 0..list(keywords, "allOf").len() {
            constraints.extend(self.schema_constraints(
                cx,
                &place.key("allOf").index(index),
                assumption,
                merged,
            ));
        }
        for keyword in merged::UNIONS {
            constraints
                .extend(self.union_constraints(cx, place, keywords, keyword, assumption, merged));
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
        assumption: Assumption,
        merged: &[Pointer],
    ) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        constraints.extend(unsigned(keywords, "minProperties").map(Constraint::MinProperties));
        constraints.extend(unsigned(keywords, "maxProperties").map(Constraint::MaxProperties));
        let properties = keywords.get("properties").and_then(Value::as_object);
        let names: BTreeSet<&str> = properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let required = list(keywords, "required").iter().filter_map(Value::as_str);
        let required: BTreeSet<_> = required
            .filter(|name| assumption == Assumption::Nothing || !names.contains(name))
            .collect();
        let read_only = if required.is_empty() {
            BTreeSet::new()
        } else {
            read_only_properties(cx, merged)
        };
        for name in required
            .into_iter()
            .filter(|name| !read_only.contains(*name))
        {
            constraints.push(Constraint::Required(name.to_owned()));
        }
        for name in &names {
            let place = place.key("properties").key(name);
            let property = self.value_constraints(cx, &place, assumption);
            constraints.push(Constraint::Property((*name).to_owned(), property));
        }
        if assumption == Assumption::Type {
            let not_null = not_null_properties(cx, &names, merged);
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
        assumption: Assumption,
        merged: &[Pointer],
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
            let constraints = self.schema_constraints(cx, only, assumption, merged);
            return if null.is_empty() {
                constraints
            } else {
                vec![Constraint::Nullable(constraints)]
            };
        }
        if let Some((tag, tags)) = merged::discriminator_tags(cx, keywords, &children) {
            let mut by_tag = Vec::new();
            for (place, tags) in children.iter().zip(tags) {
                by_tag.push((tags, self.schema_constraints(cx, place, assumption, merged)));
            }
            return vec![Constraint::Discriminator(tag.to_owned(), by_tag)];
        }
        let mut alternatives = Vec::new();
        for place in &children {
            let mut merged = merged.to_vec();
            merged.push(place.clone());
            alternatives.push(self.schema_constraints(cx, place, Assumption::Nothing, &merged));
        }
        vec![Constraint::AnyOf(alternatives)]
    }
}

/// Returns the optional properties that must not be `null`, which Rust types do not distinguish from absent
/// ones.
fn not_null_properties(
    cx: &Context<'_>,
    names: &BTreeSet<&str>,
    places: &[Pointer],
) -> Vec<String> {
    let Some(schema) = Schema::merge(cx, places) else {
        return Vec::new();
    };
    let (properties, required) = (schema.properties(), schema.required());
    let optional = names.iter().filter(|name| !required.contains(**name));
    let not_null = optional.filter(|name| {
        let property = properties.get(**name);
        let property = property.and_then(|places| Schema::merge(cx, places));
        // Without a type, any value is allowed, including `null`.
        property.is_some_and(|property| property.has("type") && !property.is_nullable(cx))
    });
    not_null.map(|name| (*name).to_owned()).collect()
}

/// Returns the names of the `readOnly` properties of the merged schemas at some places.
fn read_only_properties(cx: &Context<'_>, places: &[Pointer]) -> BTreeSet<String> {
    let Some(schema) = Schema::merge(cx, places) else {
        return BTreeSet::new();
    };
    let properties = schema.properties().into_iter();
    properties
        .filter(|(_, places)| {
            Schema::merge(cx, places).is_some_and(|property| property.flag("readOnly"))
        })
        .map(|(name, _)| name.to_owned())
        .collect()
}
