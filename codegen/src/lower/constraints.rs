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
    model::{Constant, Format, Kind, Limit, Limits, LimitsId, Operation},
    name::{Ident, Scope},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// What is known of a value before it is held against limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    /// That it is of the type in Rust, which says `type`, `nullable` and most of `required`.
    Type,
    /// Nothing: it may be another alternative.
    Nothing,
}

/// The limits of a document, while they are being found.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// By id; without content while they are open.
    found: Vec<Limits>,
    by_place: BTreeMap<(Pointer, Known), LimitsId>,
    /// Those that have not been looked into. They refer to each other, so none waits for another.
    open: Vec<(LimitsId, Pointer, Known)>,
    scope: Scope,
}

impl Gathered {
    /// What has to hold for the values of the schema at a place; where it has no name itself, it has
    /// that of its user.
    pub(super) fn of(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
    ) -> Option<LimitsId> {
        self.of_known(cx, place, naming, Known::Type)
    }

    /// The same for values of which no type in Rust says anything.
    pub(super) fn of_any(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
    ) -> Option<LimitsId> {
        self.of_known(cx, place, naming, Known::Nothing)
    }

    fn of_known(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        naming: &Naming,
        known: Known,
    ) -> Option<LimitsId> {
        let (target, _) = resolved(cx, place)?;
        let name = component(&target).unwrap_or_else(|| naming.ident().to_string());
        let id = self.reserve(&target, known, &name);
        while let Some((id, place, known)) = self.open.pop() {
            let limits = self.value(cx, &place, known);
            if let Some(found) = self.found.get_mut(id.0) {
                found.limits = limits;
            }
        }
        Some(id)
    }

    fn reserve(&mut self, place: &Pointer, known: Known, name: &str) -> LimitsId {
        let key = (place.clone(), known);
        if let Some(id) = self.by_place.get(&key) {
            return *id;
        }
        let id = LimitsId(self.found.len());
        let of = Ident::pascal(name);
        let (name, doc) = match known {
            Known::Type => (name.to_owned(), format!("What holds for each `{of}`.")),
            Known::Nothing => (
                format!("is {name}"),
                format!("What makes a value a `{of}`."),
            ),
        };
        let (name, _) = self
            .scope
            .name(&[Ident::snake(&name).shouted()], place.as_str());
        self.found.push(Limits {
            name,
            doc,
            limits: Vec::new(),
        });
        self.by_place.insert(key, id);
        self.open.push((id, place.clone(), known));
        id
    }

    /// The limits of a value.
    fn value(&mut self, cx: &Context<'_>, place: &Pointer, known: Known) -> Vec<Limit> {
        self.schema(cx, place, known, std::slice::from_ref(place))
    }

    /// The limits of a value that a schema adds to those of others, which are at these places.
    fn schema(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        known: Known,
        all: &[Pointer],
    ) -> Vec<Limit> {
        let Some((target, keywords)) = resolved(cx, place) else {
            return Vec::new();
        };
        if target != *place {
            let last = target.last().unwrap_or_default();
            let name = component(&target).unwrap_or_else(|| last.into_owned());
            return vec![Limit::Ref(self.reserve(&target, known, &name))];
        }
        let mut limits = Vec::new();
        if known == Known::Nothing {
            limits.extend(kind(keywords).map(Limit::Type));
        }
        limits.extend(of_words(cx, place, keywords));
        limits.extend(of_numbers(keywords));
        limits.extend(values(keywords));
        limits.extend(self.of_lists(cx, place, keywords, known));
        limits.extend(self.of_objects(cx, place, keywords, known, all));
        for index in 0..list(keywords, "allOf").len() {
            limits.extend(self.schema(cx, &place.key("allOf").index(index), known, all));
        }
        for keyword in merged_schema::UNIONS {
            limits.extend(self.alternatives(cx, place, keywords, keyword, known, all));
        }
        if keywords.contains_key("not") {
            let not = self.value(cx, &place.key("not"), Known::Nothing);
            limits.push(Limit::Not(not));
        }
        // Most say nothing of `null` anyway.
        let says_all = |limit: &Limit| {
            matches!(
                limit,
                Limit::AnyOf(_)
                    | Limit::Type(_)
                    | Limit::Not(_)
                    | Limit::Ref(_)
                    | Limit::Discriminator(..)
                    | Limit::Enum(_)
            )
        };
        if flag(keywords, "nullable") && limits.iter().any(says_all) {
            return vec![Limit::Nullable(limits)];
        }
        limits
    }

    fn of_lists(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        known: Known,
    ) -> Vec<Limit> {
        let mut limits = Vec::new();
        limits.extend(number(keywords, "minItems").map(Limit::MinItems));
        limits.extend(number(keywords, "maxItems").map(Limit::MaxItems));
        if flag(keywords, "uniqueItems") {
            limits.push(Limit::UniqueItems);
        }
        if keywords.contains_key("items") {
            limits.push(Limit::Items(self.value(cx, &place.key("items"), known)));
        }
        limits
    }

    fn of_objects(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        known: Known,
        all: &[Pointer],
    ) -> Vec<Limit> {
        let mut limits = Vec::new();
        limits.extend(number(keywords, "minProperties").map(Limit::MinProperties));
        limits.extend(number(keywords, "maxProperties").map(Limit::MaxProperties));
        let properties = keywords.get("properties").and_then(Value::as_object);
        let names: BTreeSet<&str> = properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let required = list(keywords, "required").iter().filter_map(Value::as_str);
        let required: BTreeSet<_> = required
            .filter(|name| known == Known::Nothing || !names.contains(name))
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
            limits.push(Limit::Required(name.to_owned()));
        }
        for name in &names {
            let place = place.key("properties").key(name);
            let of_property = self.value(cx, &place, known);
            limits.push(Limit::Property((*name).to_owned(), of_property));
        }
        if known == Known::Type {
            let never = never_null(cx, &names, all);
            limits.extend((!never.is_empty()).then_some(Limit::NotNull(never)));
        }
        let names = || names.iter().map(|name| (*name).to_owned()).collect();
        match keywords.get("additionalProperties") {
            Some(Value::Bool(false)) => limits.push(Limit::NoAdditionalProperties(names())),
            Some(Value::Object(_)) => {
                let of_others = self.value(cx, &place.key("additionalProperties"), known);
                limits.push(Limit::AdditionalProperties(names(), of_others));
            }
            _ => {}
        }
        limits
    }

    /// What one of the alternatives says, or that which the tag tells.
    fn alternatives(
        &mut self,
        cx: &Context<'_>,
        place: &Pointer,
        keywords: &Map<String, Value>,
        keyword: &str,
        known: Known,
        all: &[Pointer],
    ) -> Vec<Limit> {
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
            let limits = self.schema(cx, only, known, all);
            return if null.is_empty() {
                limits
            } else {
                vec![Limit::Nullable(limits)]
            };
        }
        if let Some((tag, tags)) = merged_schema::told(cx, keywords, &children) {
            let mut by_tag = Vec::new();
            for (place, tags) in children.iter().zip(tags) {
                by_tag.push((tags, self.schema(cx, place, known, all)));
            }
            return vec![Limit::Discriminator(tag.to_owned(), by_tag)];
        }
        let mut alternatives = Vec::new();
        for place in &children {
            let mut all = all.to_vec();
            all.push(place.clone());
            alternatives.push(self.schema(cx, place, Known::Nothing, &all));
        }
        vec![Limit::AnyOf(alternatives)]
    }

    /// What the operations need of it; what says nothing is taken from them.
    pub(super) fn finish(mut self, operations: &mut [Operation]) -> Vec<Limits> {
        self.open_cycles();
        let solid = self.solid();
        for limits in &mut self.found {
            keep(&mut limits.limits, &solid);
        }
        // An alternative that takes every value is no limit, and so what it stood in may be none.
        let is_solid = |id: LimitsId| solid.get(id.0) == Some(&true);
        let mut used = BTreeSet::new();
        for limits in used_by(operations) {
            *limits = limits.filter(|id| is_solid(*id));
            used.extend(*limits);
        }
        let mut rest: Vec<_> = used.iter().copied().collect();
        while let Some(id) = rest.pop() {
            let found = self.found.get(id.0).map(|found| found.limits.as_slice());
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
            .map(|(index, id)| (*id, LimitsId(index)))
            .collect();
        for limits in used_by(operations) {
            *limits = limits.and_then(|id| new.get(&id).copied());
        }
        let mut found = Vec::new();
        for id in order {
            let Some(limits) = self.found.get(id.0) else {
                continue;
            };
            let mut limits = limits.clone();
            renumber(&mut limits.limits, &new);
            found.push(limits);
        }
        found
    }

    /// Which limits can be broken at all.
    fn solid(&self) -> Vec<bool> {
        let mut solid = vec![false; self.found.len()];
        loop {
            let next: Vec<_> = self
                .found
                .iter()
                .map(|found| says_something(&found.limits, &solid))
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
            self.open_from(LimitsId(index), &mut Vec::new(), &mut done);
        }
    }

    fn open_from(&mut self, id: LimitsId, way: &mut Vec<LimitsId>, done: &mut BTreeSet<LimitsId>) {
        if !done.insert(id) {
            return;
        }
        way.push(id);
        let Some(found) = self.found.get_mut(id.0) else {
            return;
        };
        let mut limits = std::mem::take(&mut found.limits);
        remove(&mut limits, way);
        let mut next = Vec::new();
        same_value(&limits, &mut |id| next.push(id));
        if let Some(found) = self.found.get_mut(id.0) {
            found.limits = limits;
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

fn kind(keywords: &Map<String, Value>) -> Option<Kind> {
    Some(match keywords.get("type")?.as_str()? {
        "array" => Kind::Array,
        "boolean" => Kind::Boolean,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "object" => Kind::Object,
        "string" => Kind::String,
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

fn of_words(cx: &Context<'_>, place: &Pointer, keywords: &Map<String, Value>) -> Vec<Limit> {
    let mut limits = Vec::new();
    limits.extend(number(keywords, "minLength").map(Limit::MinLength));
    limits.extend(number(keywords, "maxLength").map(Limit::MaxLength));
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
        match Regex::new(pattern) {
            Ok(_) => limits.push(Limit::Pattern(pattern.to_owned())),
            Err(why) => unchecked(cx, place, &why.to_string()),
        }
    }
    let format = keywords.get("format").and_then(Value::as_str);
    let format = Format::ALL
        .into_iter()
        .find(|known| Some(known.name()) == format);
    limits.extend(format.map(Limit::Format));
    limits
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

fn of_numbers(keywords: &Map<String, Value>) -> Vec<Limit> {
    let bound = |keyword: &str| {
        let value = keywords.get(keyword).filter(|value| value.is_number());
        value.map(Constant::new)
    };
    let mut limits = Vec::new();
    limits.extend(bound("minimum").map(if flag(keywords, "exclusiveMinimum") {
        Limit::ExclusiveMinimum
    } else {
        Limit::Minimum
    }));
    limits.extend(bound("maximum").map(if flag(keywords, "exclusiveMaximum") {
        Limit::ExclusiveMaximum
    } else {
        Limit::Maximum
    }));
    limits.extend(bound("multipleOf").map(Limit::MultipleOf));
    limits
}

fn values(keywords: &Map<String, Value>) -> Option<Limit> {
    let values = keywords.get("enum")?.as_array()?;
    let is_text = keywords.get("type").is_some_and(|ty| ty == "string");
    let values = values.iter().map(|value| match value {
        // YAML takes `enum: [1.0]` for a number, whatever the type.
        Value::Number(_) | Value::Bool(_) if is_text => Constant::Text(value.to_string()),
        value => Constant::new(value),
    });
    Some(Limit::Enum(values.collect()))
}

/// The limits within a limit, and whether they are of the same value.
fn parts(limit: &Limit) -> (Vec<&[Limit]>, bool) {
    match limit {
        Limit::Items(limits)
        | Limit::Property(_, limits)
        | Limit::AdditionalProperties(_, limits) => (vec![limits], false),
        Limit::Nullable(limits) | Limit::Not(limits) => (vec![limits], true),
        Limit::AnyOf(alternatives) => (alternatives.iter().map(Vec::as_slice).collect(), true),
        Limit::Discriminator(_, alternatives) => {
            let limits = alternatives.iter().map(|(_, limits)| limits.as_slice());
            (limits.collect(), true)
        }
        _ => (Vec::new(), true),
    }
}

/// The same, to be changed.
fn parts_mut(limit: &mut Limit) -> (Vec<&mut Vec<Limit>>, bool) {
    match limit {
        Limit::Items(limits)
        | Limit::Property(_, limits)
        | Limit::AdditionalProperties(_, limits) => (vec![limits], false),
        Limit::Nullable(limits) | Limit::Not(limits) => (vec![limits], true),
        Limit::AnyOf(alternatives) => (alternatives.iter_mut().collect(), true),
        Limit::Discriminator(_, alternatives) => {
            let limits = alternatives.iter_mut().map(|(_, limits)| limits);
            (limits.collect(), true)
        }
        _ => (Vec::new(), true),
    }
}

/// Visits each reference among limits.
fn for_each_of(limits: &[Limit], visit: &mut impl FnMut(LimitsId)) {
    for limit in limits {
        if let Limit::Ref(id) = limit {
            visit(*id);
        }
        for limits in parts(limit).0 {
            for_each_of(limits, visit);
        }
    }
}

/// The same, without those of other values: items and properties.
fn same_value(limits: &[Limit], visit: &mut impl FnMut(LimitsId)) {
    for limit in limits {
        if let Limit::Ref(id) = limit {
            visit(*id);
        }
        let (parts, true) = parts(limit) else {
            continue;
        };
        for limits in parts {
            same_value(limits, visit);
        }
    }
}

/// Removes the references to some limits that are of the same value.
fn remove(limits: &mut Vec<Limit>, ids: &[LimitsId]) {
    limits.retain(|limit| !matches!(limit, Limit::Ref(id) if ids.contains(id)));
    for limit in limits {
        if let (parts, true) = parts_mut(limit) {
            for limits in parts {
                remove(limits, ids);
            }
        }
    }
}

fn renumber(limits: &mut [Limit], new: &BTreeMap<LimitsId, LimitsId>) {
    for limit in limits {
        if let Limit::Ref(id) = limit
            && let Some(new) = new.get(id)
        {
            *id = *new;
        }
        for limits in parts_mut(limit).0 {
            renumber(limits, new);
        }
    }
}

fn says_something(limits: &[Limit], solid: &[bool]) -> bool {
    limits.iter().any(|limit| match limit {
        Limit::Ref(id) => solid.get(id.0) == Some(&true),
        Limit::Items(limits)
        | Limit::Property(_, limits)
        | Limit::AdditionalProperties(_, limits)
        | Limit::Nullable(limits) => says_something(limits, solid),
        Limit::AnyOf(alternatives) => alternatives
            .iter()
            .all(|limits| says_something(limits, solid)),
        _ => true,
    })
}

/// Removes what says nothing.
fn keep(limits: &mut Vec<Limit>, solid: &[bool]) {
    limits.retain(|limit| says_something(std::slice::from_ref(limit), solid));
    for limit in limits {
        for limits in parts_mut(limit).0 {
            keep(limits, solid);
        }
    }
}

/// The limits of all that operations take.
fn used_by(operations: &mut [Operation]) -> impl Iterator<Item = &mut Option<LimitsId>> {
    operations.iter_mut().flat_map(|operation| {
        let parameters = operation.parameters.iter_mut();
        let parameters = parameters.map(|parameter| &mut parameter.limits);
        let bodies = operation.body.iter_mut();
        let contents = bodies.flat_map(|body| body.payload.contents_mut());
        parameters.chain(contents.map(|content| &mut content.limits))
    })
}
