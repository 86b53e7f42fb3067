//! Lowers the constraints of schemas that Rust types do not enforce, keyword by keyword.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::{
    Naming,
    merged::{self, Schema, component, flag, is_null, list, resolved},
};
use crate::{
    lower::{Context, operations::requests::Request},
    model::{Constant, Constraint, Constraints, ConstraintsId, Format, JsonType},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
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
    /// The constraints by ID; still empty for those in `pending`.
    entries: Vec<Constraints>,
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

    fn lower_assuming(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
        assumption: Assumption,
    ) -> Option<ConstraintsId> {
        let (target, _) = resolved(cx, place)?;
        let name = component(&target).unwrap_or_else(|| naming.ident().to_string());
        let id = self.reserve(&target, assumption, &name);
        while let Some((id, place, assumption)) = self.pending.pop() {
            let constraints = self.value_constraints(cx, &place, assumption);
            if let Some(entry) = self.entries.get_mut(id.0) {
                entry.constraints = constraints;
            }
        }
        Some(id)
    }

    fn reserve(&mut self, place: &Pointer, assumption: Assumption, name: &str) -> ConstraintsId {
        let key = (place.clone(), assumption);
        if let Some(id) = self.by_place.get(&key) {
            return *id;
        }
        let id = ConstraintsId(self.entries.len());
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
        self.entries.push(Constraints {
            name,
            doc,
            constraints: Vec::new(),
        });
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
        let Some((target, keywords)) = resolved(cx, place) else {
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
        let is_null =
            |place: &Pointer| resolved(cx, place).is_some_and(|(_, keywords)| is_null(keywords));
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

    /// Returns the constraints that the operations use, and removes constraints without effect.
    pub(crate) fn finish(mut self, requests: &mut [Request]) -> Vec<Constraints> {
        self.break_cycles();
        let fallible = self.fallible();
        for constraints in &mut self.entries {
            retain_fallible(&mut constraints.constraints, &fallible);
        }
        // A union with an alternative that accepts every value rejects nothing, so it is dropped as well.
        let is_fallible = |id: ConstraintsId| fallible.get(id.0) == Some(&true);
        let mut used = BTreeSet::new();
        for constraints in request_constraints(requests) {
            *constraints = constraints.filter(|id| is_fallible(*id));
            used.extend(*constraints);
        }
        let mut pending: Vec<_> = used.iter().copied().collect();
        while let Some(id) = pending.pop() {
            let constraints = self
                .entries
                .get(id.0)
                .map(|entry| entry.constraints.as_slice());
            visit_refs(constraints.unwrap_or_default(), &mut |id| {
                if used.insert(id) {
                    pending.push(id);
                }
            });
        }
        // Sorted by name, so that readers of the generated code find them.
        let mut order: Vec<_> = used.into_iter().collect();
        order.sort_by_key(|id| self.entries.get(id.0).map(|entry| entry.name.clone()));
        let new_ids: BTreeMap<_, _> = order
            .iter()
            .enumerate()
            .map(|(index, id)| (*id, ConstraintsId(index)))
            .collect();
        for constraints in request_constraints(requests) {
            *constraints = constraints.and_then(|id| new_ids.get(&id).copied());
        }
        let mut sorted = Vec::new();
        for id in order {
            let Some(constraints) = self.entries.get(id.0) else {
                continue;
            };
            let mut constraints = constraints.clone();
            renumber(&mut constraints.constraints, &new_ids);
            sorted.push(constraints);
        }
        sorted
    }

    /// Returns for each ID whether a value can violate its constraints.
    fn fallible(&self) -> Vec<bool> {
        let mut fallible = vec![false; self.entries.len()];
        loop {
            let next: Vec<_> = self
                .entries
                .iter()
                .map(|entry| is_fallible(&entry.constraints, &fallible))
                .collect();
            if next == fallible {
                return fallible;
            }
            fallible = next;
        }
    }

    /// Removes references that lead back to themselves for the same value: they add no constraint, and
    /// validation would not terminate.
    fn break_cycles(&mut self) {
        let mut done = BTreeSet::new();
        for index in 0..self.entries.len() {
            self.break_cycles_from(ConstraintsId(index), &mut Vec::new(), &mut done);
        }
    }

    fn break_cycles_from(
        &mut self,
        id: ConstraintsId,
        path: &mut Vec<ConstraintsId>,
        done: &mut BTreeSet<ConstraintsId>,
    ) {
        if !done.insert(id) {
            return;
        }
        path.push(id);
        let Some(entry) = self.entries.get_mut(id.0) else {
            return;
        };
        let mut constraints = std::mem::take(&mut entry.constraints);
        remove_refs(&mut constraints, path);
        let mut next = Vec::new();
        visit_same_value_refs(&constraints, &mut |id| next.push(id));
        if let Some(entry) = self.entries.get_mut(id.0) {
            entry.constraints = constraints;
        }
        for id in next {
            self.break_cycles_from(id, path, done);
        }
        path.pop();
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

fn json_type(keywords: &Map<String, Value>) -> Option<JsonType> {
    Some(match keywords.get("type")?.as_str()? {
        "array" => JsonType::Array,
        "boolean" => JsonType::Boolean,
        "integer" => JsonType::Integer,
        "number" => JsonType::Number,
        "object" => JsonType::Object,
        "string" => JsonType::String,
        _ => return None,
    })
}

fn unsigned(keywords: &Map<String, Value>, keyword: &str) -> Option<u64> {
    // A minimum of 0 has no effect.
    keywords
        .get(keyword)?
        .as_u64()
        .filter(|number| *number > 0 || keyword.starts_with("max"))
}

fn string_constraints(
    cx: &Context<'_>,
    place: &Pointer,
    keywords: &Map<String, Value>,
) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    constraints.extend(unsigned(keywords, "minLength").map(Constraint::MinLength));
    constraints.extend(unsigned(keywords, "maxLength").map(Constraint::MaxLength));
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
        match Regex::new(pattern) {
            Ok(_) => constraints.push(Constraint::Pattern(pattern.to_owned())),
            Err(error) => report_unchecked_pattern(cx, place, &error.to_string()),
        }
    }
    let format = keywords.get("format").and_then(Value::as_str);
    let format = Format::ALL
        .into_iter()
        .find(|candidate| Some(candidate.name()) == format);
    constraints.extend(format.map(Constraint::Format));
    constraints
}

fn report_unchecked_pattern(cx: &Context<'_>, place: &Pointer, error: &str) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Value(place.key("pattern")),
            "this pattern is not validated",
        )
        .label(error)
        .help("avoid lookaround, backreferences and Unicode classes: `(?=`, `(?!`, `\\1`, `\\p`"),
    );
}

fn number_constraints(keywords: &Map<String, Value>) -> Vec<Constraint> {
    let bound = |keyword: &str| {
        let value = keywords.get(keyword).filter(|value| value.is_number());
        value.map(Constant::new)
    };
    let mut constraints = Vec::new();
    constraints.extend(bound("minimum").map(if flag(keywords, "exclusiveMinimum") {
        Constraint::ExclusiveMinimum
    } else {
        Constraint::Minimum
    }));
    constraints.extend(bound("maximum").map(if flag(keywords, "exclusiveMaximum") {
        Constraint::ExclusiveMaximum
    } else {
        Constraint::Maximum
    }));
    constraints.extend(bound("multipleOf").map(Constraint::MultipleOf));
    constraints
}

fn enum_constraint(keywords: &Map<String, Value>) -> Option<Constraint> {
    let values = keywords.get("enum")?.as_array()?;
    let is_string = keywords.get("type").is_some_and(|ty| ty == "string");
    let values = values.iter().map(|value| match value {
        // YAML parses `enum: [1.0]` as a number, even if the type is `string`.
        Value::Number(_) | Value::Bool(_) if is_string => Constant::Text(value.to_string()),
        value => Constant::new(value),
    });
    Some(Constraint::Enum(values.collect()))
}

/// Returns the constraints nested in a constraint, and whether they apply to the same value.
fn nested(constraint: &Constraint) -> (Vec<&[Constraint]>, bool) {
    match constraint {
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints) => (vec![constraints], false),
        Constraint::Nullable(constraints) | Constraint::Not(constraints) => {
            (vec![constraints], true)
        }
        Constraint::AnyOf(alternatives) => (alternatives.iter().map(Vec::as_slice).collect(), true),
        Constraint::Discriminator(_, alternatives) => {
            let constraints = alternatives
                .iter()
                .map(|(_, constraints)| constraints.as_slice());
            (constraints.collect(), true)
        }
        _ => (Vec::new(), true),
    }
}

/// Returns the constraints nested in a constraint, mutable, and whether they apply to the same value.
fn nested_mut(constraint: &mut Constraint) -> (Vec<&mut Vec<Constraint>>, bool) {
    match constraint {
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints) => (vec![constraints], false),
        Constraint::Nullable(constraints) | Constraint::Not(constraints) => {
            (vec![constraints], true)
        }
        Constraint::AnyOf(alternatives) => (alternatives.iter_mut().collect(), true),
        Constraint::Discriminator(_, alternatives) => {
            let constraints = alternatives.iter_mut().map(|(_, constraints)| constraints);
            (constraints.collect(), true)
        }
        _ => (Vec::new(), true),
    }
}

/// Visits each reference in constraints, nested ones included.
fn visit_refs(constraints: &[Constraint], visit: &mut impl FnMut(ConstraintsId)) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint {
            visit(*id);
        }
        for constraints in nested(constraint).0 {
            visit_refs(constraints, visit);
        }
    }
}

/// Visits each reference that applies to the same value: none in items and properties.
fn visit_same_value_refs(constraints: &[Constraint], visit: &mut impl FnMut(ConstraintsId)) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint {
            visit(*id);
        }
        let (nested, true) = nested(constraint) else {
            continue;
        };
        for constraints in nested {
            visit_same_value_refs(constraints, visit);
        }
    }
}

/// Removes the references to some constraints that apply to the same value.
fn remove_refs(constraints: &mut Vec<Constraint>, ids: &[ConstraintsId]) {
    constraints.retain(|constraint| !matches!(constraint, Constraint::Ref(id) if ids.contains(id)));
    for constraint in constraints {
        if let (nested, true) = nested_mut(constraint) {
            for constraints in nested {
                remove_refs(constraints, ids);
            }
        }
    }
}

fn renumber(constraints: &mut [Constraint], new_ids: &BTreeMap<ConstraintsId, ConstraintsId>) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint
            && let Some(new_id) = new_ids.get(id)
        {
            *id = *new_id;
        }
        for constraints in nested_mut(constraint).0 {
            renumber(constraints, new_ids);
        }
    }
}

fn is_fallible(constraints: &[Constraint], fallible: &[bool]) -> bool {
    constraints.iter().any(|constraint| match constraint {
        Constraint::Ref(id) => fallible.get(id.0) == Some(&true),
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints)
        | Constraint::Nullable(constraints) => is_fallible(constraints, fallible),
        Constraint::AnyOf(alternatives) => alternatives
            .iter()
            .all(|constraints| is_fallible(constraints, fallible)),
        _ => true,
    })
}

/// Removes the constraints that no value can violate.
fn retain_fallible(constraints: &mut Vec<Constraint>, fallible: &[bool]) {
    constraints.retain(|constraint| is_fallible(std::slice::from_ref(constraint), fallible));
    for constraint in constraints {
        for constraints in nested_mut(constraint).0 {
            retain_fallible(constraints, fallible);
        }
    }
}

/// Returns the constraints of all parameters and request bodies.
fn request_constraints(
    requests: &mut [Request],
) -> impl Iterator<Item = &mut Option<ConstraintsId>> {
    requests.iter_mut().flat_map(|request| {
        let parameters = request.parameters.iter_mut();
        let parameters = parameters.map(|parameter| &mut parameter.constraints);
        let bodies = request.body.iter_mut();
        let contents = bodies.flat_map(|body| body.payload.contents_mut());
        parameters.chain(contents.map(|content| &mut content.constraints))
    })
}
