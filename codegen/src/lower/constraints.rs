//! What schemas say of values beyond their types, keyword by keyword.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::{
    Context,
    merged_schema::{self, Schema, component, flag, is_null, list, resolved},
    types::Naming,
};
use crate::{
    model::{Constant, Constraint, Constraints, ConstraintsId, Format, JsonType, Operation},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// What is known of a value before it is held against constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Assumption {
    /// That it is of the type in Rust, which says `type`, `nullable` and most of `required`.
    Type,
    /// Nothing: it may be another alternative.
    Nothing,
}

/// The constraints of a document, while they are being found.
#[derive(Debug, Default)]
pub(super) struct ConstraintTable {
    /// By id; without content while they are open.
    found: Vec<Constraints>,
    by_place: BTreeMap<(Pointer, Assumption), ConstraintsId>,
    /// Those that have not been looked into. They refer to each other, so none waits for another.
    open: Vec<(ConstraintsId, Pointer, Assumption)>,
    scope: Scope,
}

impl ConstraintTable {
    /// What has to hold for the values of the schema at a place; where it has no name itself, it has
    /// that of its user.
    pub(super) fn of(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
    ) -> Option<ConstraintsId> {
        self.of_known(cx, place, naming, Assumption::Type)
    }

    /// The same for values of which no type in Rust says anything.
    pub(super) fn of_any(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
    ) -> Option<ConstraintsId> {
        self.of_known(cx, place, naming, Assumption::Nothing)
    }

    fn of_known(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
        known: Assumption,
    ) -> Option<ConstraintsId> {
        let (target, _) = resolved(cx, place)?;
        let name = component(&target).unwrap_or_else(|| naming.ident().to_string());
        let id = self.reserve(&target, known, &name);
        while let Some((id, place, known)) = self.open.pop() {
            let constraints = self.value(cx, &place, known);
            if let Some(found) = self.found.get_mut(id.0) {
                found.constraints = constraints;
            }
        }
        Some(id)
    }

    fn reserve(&mut self, place: &Pointer, known: Assumption, name: &str) -> ConstraintsId {
        let key = (place.clone(), known);
        if let Some(id) = self.by_place.get(&key) {
            return *id;
        }
        let id = ConstraintsId(self.found.len());
        let of = Ident::pascal(name);
        let (name, doc) = match known {
            Assumption::Type => (name.to_owned(), format!("What holds for each `{of}`.")),
            Assumption::Nothing => (
                format!("is {name}"),
                format!("What makes a value a `{of}`."),
            ),
        };
        let (name, _) = self
            .scope
            .name(&[Ident::snake(&name).screaming_snake()], place.as_str());
        self.found.push(Constraints {
            name,
            doc,
            constraints: Vec::new(),
        });
        self.by_place.insert(key, id);
        self.open.push((id, place.clone(), known));
        id
    }

    /// The constraints of a value.
    fn value(&mut self, cx: &Context<'_>, place: &Pointer, known: Assumption) -> Vec<Constraint> {
        self.schema(cx, place, known, std::slice::from_ref(place))
    }

    /// The constraints of a value that a schema adds to those of others, which are at these places.
    fn schema(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        known: Assumption,
        all: &[Pointer],
    ) -> Vec<Constraint> {
        let Some((target, keywords)) = resolved(cx, place) else {
            return Vec::new();
        };
        if target != *place {
            let last = target.last().unwrap_or_default();
            let name = component(&target).unwrap_or_else(|| last.into_owned());
            return vec![Constraint::Ref(self.reserve(&target, known, &name))];
        }
        let mut constraints = Vec::new();
        if known == Assumption::Nothing {
            constraints.extend(kind(keywords).map(Constraint::Type));
        }
        constraints.extend(of_words(cx, place, keywords));
        constraints.extend(of_numbers(keywords));
        constraints.extend(values(keywords));
        constraints.extend(self.of_lists(cx, place, keywords, known));
        constraints.extend(self.of_objects(cx, place, keywords, known, all));
        for index in 0..list(keywords, "allOf").len() {
            constraints.extend(self.schema(cx, &place.key("allOf").index(index), known, all));
        }
        for keyword in merged_schema::UNIONS {
            constraints.extend(self.alternatives(cx, place, keywords, keyword, known, all));
        }
        if keywords.contains_key("not") {
            let not = self.value(cx, &place.key("not"), Assumption::Nothing);
            constraints.push(Constraint::Not(not));
        }
        // Most say nothing of `null` anyway.
        let says_all = |constraint: &Constraint| {
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
        if flag(keywords, "nullable") && constraints.iter().any(says_all) {
            return vec![Constraint::Nullable(constraints)];
        }
        constraints
    }

    fn of_lists(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        known: Assumption,
    ) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        constraints.extend(number(keywords, "minItems").map(Constraint::MinItems));
        constraints.extend(number(keywords, "maxItems").map(Constraint::MaxItems));
        if flag(keywords, "uniqueItems") {
            constraints.push(Constraint::UniqueItems);
        }
        if keywords.contains_key("items") {
            constraints.push(Constraint::Items(self.value(
                cx,
                &place.key("items"),
                known,
            )));
        }
        constraints
    }

    fn of_objects(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        known: Assumption,
        all: &[Pointer],
    ) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        constraints.extend(number(keywords, "minProperties").map(Constraint::MinProperties));
        constraints.extend(number(keywords, "maxProperties").map(Constraint::MaxProperties));
        let properties = keywords.get("properties").and_then(Value::as_object);
        let names: BTreeSet<&str> = properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let required = list(keywords, "required").iter().filter_map(Value::as_str);
        let required: BTreeSet<_> = required
            .filter(|name| known == Assumption::Nothing || !names.contains(name))
            .collect();
        let in_answers = if required.is_empty() {
            BTreeSet::new()
        } else {
            in_answers(cx, all)
        };
        for name in required
            .into_iter()
            .filter(|name| !in_answers.contains(*name))
        {
            constraints.push(Constraint::Required(name.to_owned()));
        }
        for name in &names {
            let place = place.key("properties").key(name);
            let of_property = self.value(cx, &place, known);
            constraints.push(Constraint::Property((*name).to_owned(), of_property));
        }
        if known == Assumption::Type {
            let never = never_null(cx, &names, all);
            constraints.extend((!never.is_empty()).then_some(Constraint::NotNull(never)));
        }
        let names = || names.iter().map(|name| (*name).to_owned()).collect();
        match keywords.get("additionalProperties") {
            Some(Value::Bool(false)) => {
                constraints.push(Constraint::NoAdditionalProperties(names()))
            }
            Some(Value::Object(_)) => {
                let of_others = self.value(cx, &place.key("additionalProperties"), known);
                constraints.push(Constraint::AdditionalProperties(names(), of_others));
            }
            _ => {}
        }
        constraints
    }

    /// What one of the alternatives says, or that which the tag tells.
    fn alternatives(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        keyword: &str,
        known: Assumption,
        all: &[Pointer],
    ) -> Vec<Constraint> {
        let children: Vec<_> = (0..list(keywords, keyword).len())
            .map(|index| place.key(keyword).index(index))
            .collect();
        if children.is_empty() {
            return Vec::new();
        }
        let is_null =
            |place: &Pointer| resolved(cx, place).is_some_and(|(_, keywords)| is_null(keywords));
        let (null, others): (Vec<_>, Vec<_>) = children.iter().partition(|place| is_null(place));
        if let [only] = others.as_slice() {
            let constraints = self.schema(cx, only, known, all);
            return if null.is_empty() {
                constraints
            } else {
                vec![Constraint::Nullable(constraints)]
            };
        }
        if let Some((tag, tags)) = merged_schema::told(cx, keywords, &children) {
            let mut by_tag = Vec::new();
            for (place, tags) in children.iter().zip(tags) {
                by_tag.push((tags, self.schema(cx, place, known, all)));
            }
            return vec![Constraint::Discriminator(tag.to_owned(), by_tag)];
        }
        let mut alternatives = Vec::new();
        for place in &children {
            let mut all = all.to_vec();
            all.push(place.clone());
            alternatives.push(self.schema(cx, place, Assumption::Nothing, &all));
        }
        vec![Constraint::AnyOf(alternatives)]
    }

    /// What the operations need of it; what says nothing is taken from them.
    pub(super) fn finish(mut self, operations: &mut [Operation]) -> Vec<Constraints> {
        self.open_cycles();
        let solid = self.solid();
        for constraints in &mut self.found {
            keep(&mut constraints.constraints, &solid);
        }
        // An alternative that takes every value is no constraint, and so what it stood in may be none.
        let is_solid = |id: ConstraintsId| solid.get(id.0) == Some(&true);
        let mut used = BTreeSet::new();
        for constraints in used_by(operations) {
            *constraints = constraints.filter(|id| is_solid(*id));
            used.extend(*constraints);
        }
        let mut rest: Vec<_> = used.iter().copied().collect();
        while let Some(id) = rest.pop() {
            let found = self
                .found
                .get(id.0)
                .map(|found| found.constraints.as_slice());
            for_each_of(found.unwrap_or_default(), &mut |id| {
                if used.insert(id) {
                    rest.push(id);
                }
            });
        }
        // By name, so that they are found.
        let mut order: Vec<_> = used.into_iter().collect();
        order.sort_by_key(|id| self.found.get(id.0).map(|found| found.name.clone()));
        let new: BTreeMap<_, _> = order
            .iter()
            .enumerate()
            .map(|(index, id)| (*id, ConstraintsId(index)))
            .collect();
        for constraints in used_by(operations) {
            *constraints = constraints.and_then(|id| new.get(&id).copied());
        }
        let mut found = Vec::new();
        for id in order {
            let Some(constraints) = self.found.get(id.0) else {
                continue;
            };
            let mut constraints = constraints.clone();
            renumber(&mut constraints.constraints, &new);
            found.push(constraints);
        }
        found
    }

    /// Which constraints can be broken at all.
    fn solid(&self) -> Vec<bool> {
        let mut solid = vec![false; self.found.len()];
        loop {
            let next: Vec<_> = self
                .found
                .iter()
                .map(|found| says_something(&found.constraints, &solid))
                .collect();
            if next == solid {
                return solid;
            }
            solid = next;
        }
    }

    /// Removes what leads back to itself for the same value: it adds nothing, and would never end.
    fn open_cycles(&mut self) {
        let mut done = BTreeSet::new();
        for index in 0..self.found.len() {
            self.open_from(ConstraintsId(index), &mut Vec::new(), &mut done);
        }
    }

    fn open_from(
        &mut self,
        id: ConstraintsId,
        way: &mut Vec<ConstraintsId>,
        done: &mut BTreeSet<ConstraintsId>,
    ) {
        if !done.insert(id) {
            return;
        }
        way.push(id);
        let Some(found) = self.found.get_mut(id.0) else {
            return;
        };
        let mut constraints = std::mem::take(&mut found.constraints);
        remove(&mut constraints, way);
        let mut next = Vec::new();
        same_value(&constraints, &mut |id| next.push(id));
        if let Some(found) = self.found.get_mut(id.0) {
            found.constraints = constraints;
        }
        for id in next {
            self.open_from(id, way, done);
        }
        way.pop();
    }
}

/// Those of some properties that may be absent, and cannot be `null`: what is absent and what is `null` is the same in
/// Rust.
fn never_null(cx: &Context<'_>, names: &BTreeSet<&str>, places: &[Pointer]) -> Vec<String> {
    let Some(schema) = Schema::of_all(cx, places) else {
        return Vec::new();
    };
    let (properties, required) = (schema.properties(), schema.required());
    let optional = names.iter().filter(|name| !required.contains(**name));
    let never = optional.filter(|name| {
        let property = properties.get(**name);
        let property = property.and_then(|places| Schema::of_all(cx, places));
        // Without a type it may be anything, and `null` is something.
        property.is_some_and(|property| property.has("type") && !property.is_nullable(cx))
    });
    never.map(|name| (*name).to_owned()).collect()
}

/// The names of the properties that go in answers alone, of what the schemas at some places say together.
fn in_answers(cx: &Context<'_>, places: &[Pointer]) -> BTreeSet<String> {
    let Some(schema) = Schema::of_all(cx, places) else {
        return BTreeSet::new();
    };
    let properties = schema.properties().into_iter();
    properties
        .filter(|(_, places)| {
            Schema::of_all(cx, places).is_some_and(|property| property.flag("readOnly"))
        })
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn kind(keywords: &Map<String, Value>) -> Option<JsonType> {
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

fn number(keywords: &Map<String, Value>, keyword: &str) -> Option<u64> {
    // What goes without saying is not checked.
    keywords
        .get(keyword)?
        .as_u64()
        .filter(|number| *number > 0 || keyword.starts_with("max"))
}

fn of_words(cx: &Context<'_>, place: &Pointer, keywords: &Map<String, Value>) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    constraints.extend(number(keywords, "minLength").map(Constraint::MinLength));
    constraints.extend(number(keywords, "maxLength").map(Constraint::MaxLength));
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
        match Regex::new(pattern) {
            Ok(_) => constraints.push(Constraint::Pattern(pattern.to_owned())),
            Err(why) => unchecked(cx, place, &why.to_string()),
        }
    }
    let format = keywords.get("format").and_then(Value::as_str);
    let format = Format::ALL
        .into_iter()
        .find(|known| Some(known.name()) == format);
    constraints.extend(format.map(Constraint::Format));
    constraints
}

fn unchecked(cx: &Context<'_>, place: &Pointer, why: &str) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Value(place.key("pattern")),
            "this pattern is not checked",
        )
        .label(why)
        .help(
            "write it without what needs more than one look at a text: `(?=`, `(?!`, `\\1`, `\\p`",
        ),
    );
}

fn of_numbers(keywords: &Map<String, Value>) -> Vec<Constraint> {
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

fn values(keywords: &Map<String, Value>) -> Option<Constraint> {
    let values = keywords.get("enum")?.as_array()?;
    let is_text = keywords.get("type").is_some_and(|ty| ty == "string");
    let values = values.iter().map(|value| match value {
        // YAML takes `enum: [1.0]` for a number, whatever the type.
        Value::Number(_) | Value::Bool(_) if is_text => Constant::Text(value.to_string()),
        value => Constant::new(value),
    });
    Some(Constraint::Enum(values.collect()))
}

/// The constraints within a constraint, and whether they are of the same value.
fn parts(constraint: &Constraint) -> (Vec<&[Constraint]>, bool) {
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

/// The same, to be changed.
fn parts_mut(constraint: &mut Constraint) -> (Vec<&mut Vec<Constraint>>, bool) {
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

/// Visits each reference among constraints.
fn for_each_of(constraints: &[Constraint], visit: &mut impl FnMut(ConstraintsId)) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint {
            visit(*id);
        }
        for constraints in parts(constraint).0 {
            for_each_of(constraints, visit);
        }
    }
}

/// The same, without those of other values: items and properties.
fn same_value(constraints: &[Constraint], visit: &mut impl FnMut(ConstraintsId)) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint {
            visit(*id);
        }
        let (parts, true) = parts(constraint) else {
            continue;
        };
        for constraints in parts {
            same_value(constraints, visit);
        }
    }
}

/// Removes the references to some constraints that are of the same value.
fn remove(constraints: &mut Vec<Constraint>, ids: &[ConstraintsId]) {
    constraints.retain(|constraint| !matches!(constraint, Constraint::Ref(id) if ids.contains(id)));
    for constraint in constraints {
        if let (parts, true) = parts_mut(constraint) {
            for constraints in parts {
                remove(constraints, ids);
            }
        }
    }
}

fn renumber(constraints: &mut [Constraint], new: &BTreeMap<ConstraintsId, ConstraintsId>) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint
            && let Some(new) = new.get(id)
        {
            *id = *new;
        }
        for constraints in parts_mut(constraint).0 {
            renumber(constraints, new);
        }
    }
}

fn says_something(constraints: &[Constraint], solid: &[bool]) -> bool {
    constraints.iter().any(|constraint| match constraint {
        Constraint::Ref(id) => solid.get(id.0) == Some(&true),
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints)
        | Constraint::Nullable(constraints) => says_something(constraints, solid),
        Constraint::AnyOf(alternatives) => alternatives
            .iter()
            .all(|constraints| says_something(constraints, solid)),
        _ => true,
    })
}

/// Removes what says nothing.
fn keep(constraints: &mut Vec<Constraint>, solid: &[bool]) {
    constraints.retain(|constraint| says_something(std::slice::from_ref(constraint), solid));
    for constraint in constraints {
        for constraints in parts_mut(constraint).0 {
            keep(constraints, solid);
        }
    }
}

/// The constraints of all that operations take.
fn used_by(operations: &mut [Operation]) -> impl Iterator<Item = &mut Option<ConstraintsId>> {
    operations.iter_mut().flat_map(|operation| {
        let parameters = operation.parameters.iter_mut();
        let parameters = parameters.map(|parameter| &mut parameter.constraints);
        let bodies = operation.body.iter_mut();
        let contents = bodies.flat_map(|body| body.payload.contents_mut());
        parameters.chain(contents.map(|content| &mut content.constraints))
    })
}
