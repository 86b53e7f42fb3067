//! Schemas, held against each other keyword by keyword.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Spot,
    risk::{Effect, Ways},
    rules::{Bucket, Rule},
    walk::{At, Change, Member, Walk, is_of_other_type, keys, resolved, shown, told, values},
};
use crate::{load::shape::Kind, pointer::Pointer};

/// The formats that make a type of their own.
const TYPES: [&str; 3] = ["int32", "int64", "status-choice"];

/// The keywords that say the same of a value of any type.
const OF_ALL: [&str; 10] = [
    "default",
    "deprecated",
    "description",
    "example",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
    "type",
    "writeOnly",
];

impl<'a> Walk<'a> {
    /// Two schemas: keyword by keyword, unless one of them only leads to another one, or their values have
    /// nothing in common.
    pub(super) fn schema(&mut self, base: &At<'a>, head: &At<'a>) {
        if self.unwrapped(base, head) {
            return;
        }
        if !is_of_other_type(base, head) {
            return self.members(Kind::Schema, base, head);
        }
        for key in keys(base, head) {
            let member = Member {
                kind: Kind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let (was, is) = values(&member);
            if was == is {
                continue;
            }
            if OF_ALL.contains(&key) || key.starts_with("x-") {
                self.member(&member);
            } else {
                // That is said by the type being another one.
                self.found.along.push(member.spot());
            }
        }
    }

    pub(super) fn schema_type(&mut self, member: &Member<'a>) {
        let (was, is) = values(member);
        let (old, new) = (was.and_then(Value::as_str), is.and_then(Value::as_str));
        let effect = match (old, new) {
            (Some("integer"), Some("number")) | (Some(_), None) => Effect::WIDENED,
            (Some("number"), Some("integer")) | (None, Some(_)) => Effect::NARROWED,
            _ => Effect::ALL,
        };
        // What has properties is an object, whether it says so or not.
        let says = |owner: &At<'_>| {
            ["properties", "additionalProperties"].map(|key| owner.get(key).is_some())
        };
        let is_said = |owner: &At<'_>| says(owner).contains(&true);
        let effect = match (old, new) {
            (None, Some("object")) if is_said(&member.owners.0) => Effect::NONE,
            (Some("object"), None) if is_said(&member.owners.1) => Effect::NONE,
            _ => effect,
        };
        self.turned(
            Rule::TypeChanged,
            member.spot(),
            told("type", was, is),
            (was, is),
            effect,
        );
    }

    pub(super) fn format(&mut self, member: &Member<'a>) {
        let (was, is) = values(member);
        let is_type = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str).unwrap_or_default();
            TYPES.contains(&text) || text == "binary"
        };
        let (rule, effect) = match (was, is) {
            (None, Some(_)) => (Rule::LimitTightened, Effect::NARROWED),
            (Some(_), None) => (Rule::LimitRelaxed, Effect::RELAXED),
            _ => (Rule::LimitChanged, Effect::ALL),
        };
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        let (rule, effect) = match (text(was), text(is)) {
            ("int32", "int64" | "") => (Rule::TypeChanged, Effect::WIDENED),
            ("int64" | "", "int32") => (Rule::TypeChanged, Effect::NARROWED),
            // Numbers are floating-point either way, and integers have 64 bits if nothing else is said.
            ("", "double" | "float" | "int64") | ("double" | "float" | "int64", "") => {
                (Rule::LimitChanged, Effect::NONE)
            }
            _ if is_type(was) || is_type(is) => (Rule::TypeChanged, Effect::ALL),
            _ => (rule, effect),
        };
        self.turned(
            rule,
            member.spot(),
            told("format", was, is),
            (was, is),
            effect,
        );
    }

    pub(super) fn values(&mut self, member: &Member<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            let (was, is) = values(member);
            let (rule, effect) = match was {
                None => (Rule::EnumValueRemoved, Effect::NARROWED),
                Some(_) => (Rule::EnumValueAdded, Effect::WIDENED),
            };
            return self.turned(
                rule,
                member.spot(),
                told("enum", was, is),
                (was, is),
                effect,
            );
        };
        let is_in = |value: &Value, other: &At<'a>| {
            other
                .value
                .as_array()
                .is_some_and(|values| values.contains(value))
        };
        let mut is_told = false;
        for was in base.items() {
            if !is_in(was.value, head) {
                is_told = true;
                let what = format!("the value `{}` is gone", shown(was.value));
                let spot = Spot::base(&was.place);
                self.change(Rule::EnumValueRemoved, spot, what, Effect::NARROWED);
            }
        }
        for is in head.items() {
            if !is_in(is.value, base) {
                is_told = true;
                let what = format!("the value `{}` is new", shown(is.value));
                let spot = Spot::head(&is.place);
                self.change(Rule::EnumValueAdded, spot, what, Effect::WIDENED);
            }
        }
        if !is_told {
            return self.note(Bucket::Moved, member);
        }
        // What is behind a value that came or went stands elsewhere in the list.
        self.found
            .moved
            .push((base.place.clone(), head.place.clone()));
    }

    pub(super) fn nullable(&mut self, member: &Member<'a>) {
        let (rule, what, effect) = match (
            member.owners.0.flag("nullable"),
            member.owners.1.flag("nullable"),
        ) {
            (false, true) => (Rule::NullAdded, "may be `null`", Effect::WIDENED),
            (true, false) => (
                Rule::NullRemoved,
                "cannot be `null` any more",
                Effect::NARROWED,
            ),
            _ => return self.note(Bucket::Moved, member),
        };
        self.change(rule, member.spot(), what.to_owned(), effect);
    }

    /// `required`, name by name. What is required of a property that came or went is told with that.
    pub(super) fn required(&mut self, member: &Member<'a>) {
        let of = |at: &Option<At<'a>>| -> BTreeMap<&'a str, Pointer> {
            let items = at.iter().flat_map(At::items);
            items
                .filter_map(|item| Some((item.value.as_str()?, item.place)))
                .collect()
        };
        let (old, new) = (of(&member.base), of(&member.head));
        let declared = |owner: &At<'a>, name: &str| {
            owner
                .get("properties")
                .is_some_and(|all| all.get(name).is_some())
        };
        for (name, place) in &old {
            let is_gone = declared(&member.owners.0, name) && !declared(&member.owners.1, name);
            if !new.contains_key(name) && !is_gone {
                let what = format!("the property `{name}` is optional");
                let effect = Effect::OPTIONAL.only(self.ways(&member.owners, name));
                self.change(Rule::PropertyOptional, Spot::base(place), what, effect);
            }
        }
        for (name, place) in &new {
            let is_new = declared(&member.owners.1, name) && !declared(&member.owners.0, name);
            if !old.contains_key(name) && !is_new {
                let what = format!("the property `{name}` is required");
                let effect = Effect::REQUIRED.only(self.ways(&member.owners, name));
                self.change(Rule::PropertyRequired, Spot::head(place), what, effect);
            }
        }
        if old.keys().eq(new.keys()) {
            // In another order, or empty in place of nothing.
            return self.note(Bucket::Moved, member);
        }
        self.found.along.push(member.spot());
    }

    /// The ways in which a property goes.
    fn ways(&self, owners: &(At<'a>, At<'a>), name: &str) -> Ways {
        let property = |tree: &'a Value, owner: &At<'a>| {
            let at = owner.get("properties")?.get(name)?;
            resolved(tree, &at.place)
        };
        let of = [
            property(&self.base.tree, &owners.0),
            property(&self.head.tree, &owners.1),
        ];
        let all = |keyword: &str| {
            let mut found = of.iter().flatten().peekable();
            found.peek().is_some() && found.all(|at| at.flag(keyword))
        };
        Ways {
            requests: !all("readOnly"),
            responses: !all("writeOnly"),
        }
    }

    pub(super) fn properties(&mut self, member: &Member<'a>) {
        let nothing = |at: &Option<At<'a>>| -> BTreeMap<&'a str, At<'a>> {
            at.iter().flat_map(At::members).collect()
        };
        let (old, new) = (nothing(&member.base), nothing(&member.head));
        let requires = |owner: &At<'a>, name: &str| {
            let list = owner.value.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| one == name))
        };
        for (name, was) in &old {
            if let Some(is) = new.get(name) {
                self.pair(Kind::Schema, &was.place, &is.place);
                continue;
            }
            let is_required = requires(&member.owners.0, name);
            let ways = self.ways(&member.owners, name);
            // A server that does not know it any more may refuse it, and whoever relied on it misses it.
            let effect = if is_required {
                Effect::OLD_CLIENTS
            } else if is_closed(&member.owners.1) {
                Effect::NARROWED
            } else {
                Effect::NONE
            };
            let word = if is_required { "required" } else { "optional" };
            let what = format!("the {word} property `{name}` is gone");
            let spot = Spot::base(&was.place);
            self.change(Rule::PropertyRemoved, spot, what, effect.only(ways));
        }
        for (name, is) in &new {
            if old.contains_key(name) {
                continue;
            }
            let is_required = requires(&member.owners.1, name);
            let ways = self.ways(&member.owners, name);
            let effect = if is_required {
                Effect::REQUIRED
            } else if is_closed(&member.owners.0) {
                Effect::RELAXED
            } else {
                Effect::NONE
            };
            let word = if is_required { "required" } else { "optional" };
            let what = format!("the {word} property `{name}` is new");
            let spot = Spot::head(&is.place);
            self.change(Rule::PropertyAdded, spot, what, effect.only(ways));
        }
        if old.is_empty() && new.is_empty() {
            // An empty list says as much as none.
            self.note(Bucket::Moved, member);
        } else if old.is_empty() || new.is_empty() {
            self.found.along.push(member.spot());
        }
    }

    pub(super) fn additional_properties(&mut self, member: &Member<'a>) {
        let (was, is) = values(member);
        if let (Some(base), Some(head)) = (&member.base, &member.head)
            && base.value.is_object()
            && head.value.is_object()
        {
            return self.pair(Kind::Schema, &base.place, &head.place);
        }
        // All are allowed if nothing is said.
        let breadth = |value: Option<&Value>| match value {
            Some(Value::Bool(false)) => 0,
            Some(Value::Object(_)) => 1,
            _ => 2,
        };
        let effect = match breadth(was).cmp(&breadth(is)) {
            std::cmp::Ordering::Less => Effect::RELAXED,
            std::cmp::Ordering::Equal => Effect::NONE,
            std::cmp::Ordering::Greater => Effect::NARROWED,
        };
        let rule = Rule::AdditionalPropertiesChanged;
        let what = told("additionalProperties", was, is);
        self.turned(rule, member.spot(), what, (was, is), effect);
    }

    pub(super) fn elements(&mut self, member: &Member<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => self.pair(Kind::Schema, &base.place, &head.place),
            _ => {
                let (was, is) = values(member);
                let what = told("items", was, is);
                self.change(Rule::TypeChanged, member.spot(), what, Effect::ALL);
            }
        }
    }

    /// `oneOf` and `anyOf`: the alternatives by what they lead to, else by what they say, else in order.
    pub(super) fn alternatives(&mut self, member: &Member<'a>) {
        let (old, new) = self.in_pairs(member);
        if member.base.is_none() || member.head.is_none() {
            let (was, is) = values(member);
            let what = told(member.key, was, is);
            return self.change(Rule::TypeChanged, member.spot(), what, Effect::ALL);
        }
        for was in old {
            let what = format!("the alternative {} is gone", self.name(&was, true));
            let spot = Spot::base(&was.place);
            self.change(Rule::AlternativeRemoved, spot, what, Effect::NARROWED);
        }
        for is in new {
            let what = format!("the alternative {} is new", self.name(&is, false));
            let spot = Spot::head(&is.place);
            self.change(Rule::AlternativeAdded, spot, what, Effect::WIDENED);
        }
    }

    /// `allOf`: the parts likewise. What came or went says what it says of the whole.
    pub(super) fn parts(&mut self, member: &Member<'a>) {
        let (old, new) = self.in_pairs(member);
        if old.is_empty() && new.is_empty() {
            return;
        }
        let properties =
            |tree: &'a Value, parts: &[At<'a>], owner: &At<'a>| -> BTreeMap<&'a str, At<'a>> {
                let mut all = BTreeMap::new();
                let parts = parts.iter().filter_map(|part| resolved(tree, &part.place));
                for part in parts.chain([owner.clone()]) {
                    all.extend(part.get("properties").iter().flat_map(At::members));
                }
                all
            };
        let was = properties(&self.base.tree, &old, &member.owners.0);
        let is = properties(&self.head.tree, &new, &member.owners.1);
        let is_same = was.len() == is.len()
            && was.iter().all(|(name, at)| {
                let resolved = |tree, at: &At<'a>| resolved(tree, &at.place).map(|at| at.value);
                let other = is.get(name).and_then(|at| resolved(&self.head.tree, at));
                resolved(&self.base.tree, at) == other
            });
        let effect = if is_same { Effect::NONE } else { Effect::ALL };
        let names = |walk: &Self, parts: &[At<'a>], in_base| {
            let names = parts.iter().map(|part| walk.name(part, in_base));
            names.collect::<Vec<_>>().join(", ")
        };
        let what = match (names(self, &old, true), names(self, &new, false)) {
            (was, is) if is.is_empty() => format!("is no longer made of {was}"),
            (was, is) if was.is_empty() => format!("is made of {is}, too"),
            (was, is) => format!("is made of {is} in place of {was}"),
        };
        let places = |parts: Vec<At<'a>>| parts.into_iter().map(|part| part.place);
        let whole = (member.base.is_none() || member.head.is_none()).then(|| member.spot());
        let first = whole.unwrap_or_else(|| Spot {
            base: places(old.clone()).next(),
            head: places(new.clone()).next(),
        });
        self.push(Change {
            rule: Rule::CompositionChanged,
            spot: first,
            what,
            was: None,
            is: None,
            effect,
            used_at: None,
        });
        self.found
            .along
            .extend(places(old).map(|place| Spot::base(&place)));
        self.found
            .along
            .extend(places(new).map(|place| Spot::head(&place)));
    }

    /// What an alternative or part is called.
    fn name(&self, at: &At<'a>, in_base: bool) -> String {
        let tree = if in_base {
            &self.base.tree
        } else {
            &self.head.tree
        };
        let target = resolved(tree, &at.place).filter(|target| target.place != at.place);
        match target.and_then(|target| target.place.last().map(std::borrow::Cow::into_owned)) {
            Some(name) => format!("`{name}`"),
            None => "without a name".to_owned(),
        }
    }

    /// Pairs the elements of two lists of schemas; gives those that have no counterpart.
    fn in_pairs(&mut self, member: &Member<'a>) -> (Vec<At<'a>>, Vec<At<'a>>) {
        let items = |at: &Option<At<'a>>| at.as_ref().map(At::items).unwrap_or_default();
        let (mut old, mut new) = (items(&member.base), items(&member.head));
        let mut pairs: Vec<(Pointer, Pointer)> = Vec::new();
        let mut take = |is_same: &dyn Fn(&At<'a>, &At<'a>) -> bool| {
            old.retain(|was| {
                let found = new.iter().position(|is| is_same(was, is));
                if let Some(index) = found {
                    let is: At<'a> = new.remove(index);
                    pairs.push((was.place.clone(), is.place));
                }
                found.is_none()
            });
        };
        take(&|was, is| was.value == is.value);
        take(&|was, is| {
            was.place.last() == is.place.last() && leads(was) == leads(is) && !leads(was)
        });
        // A name that is in neither document's list of the other is the same under another name.
        let gone: BTreeSet<Pointer> = {
            let in_head = |at: &At<'a>| {
                let target = at.value.get("$ref").and_then(Value::as_str);
                let target = target.and_then(Pointer::from_fragment);
                target.is_some_and(|target| self.head.tree.pointer(target.as_str()).is_some())
            };
            let gone = old.iter().filter(|at| leads(at) && !in_head(at));
            gone.map(|at| at.place.clone()).collect()
        };
        let fresh: BTreeSet<Pointer> = {
            let in_base = |at: &At<'a>| {
                let target = at.value.get("$ref").and_then(Value::as_str);
                let target = target.and_then(Pointer::from_fragment);
                target.is_some_and(|target| self.base.tree.pointer(target.as_str()).is_some())
            };
            let fresh = new.iter().filter(|at| leads(at) && !in_base(at));
            fresh.map(|at| at.place.clone()).collect()
        };
        if gone.len() == 1 && fresh.len() == 1 {
            let (Some(was), Some(is)) = (gone.first(), fresh.first()) else {
                return (old, new);
            };
            old.retain(|at| at.place != *was);
            new.retain(|at| at.place != *is);
            pairs.push((was.clone(), is.clone()));
        }
        for (was, is) in pairs {
            if was != is {
                self.found.moved.push((was.clone(), is.clone()));
            }
            self.pair(Kind::Schema, &was, &is);
        }
        (old, new)
    }

    pub(super) fn discriminator(&mut self, member: &Member<'a>) {
        let (was, is) = values(member);
        let what = told("discriminator", was, is);
        self.turned(
            Rule::DiscriminatorChanged,
            member.spot(),
            what,
            (was, is),
            Effect::ALL,
        );
    }

    pub(super) fn upper_limit(&mut self, member: &Member<'a>) {
        self.bound(member, |was, is| is < was);
    }

    pub(super) fn lower_limit(&mut self, member: &Member<'a>) {
        self.bound(member, |was, is| is > was);
    }

    fn bound(&mut self, member: &Member<'a>, is_tighter: fn(f64, f64) -> bool) {
        let (was, is) = values(member);
        let (rule, effect) = match (was.and_then(Value::as_f64), is.and_then(Value::as_f64)) {
            (None, _) => (Rule::LimitTightened, Effect::NARROWED),
            (Some(was), Some(is)) if is_tighter(was, is) => {
                (Rule::LimitTightened, Effect::NARROWED)
            }
            _ => (Rule::LimitRelaxed, Effect::RELAXED),
        };
        self.turned(
            rule,
            member.spot(),
            told(member.key, was, is),
            (was, is),
            effect,
        );
    }

    /// A limit that is there or not, or another one.
    pub(super) fn limit(&mut self, member: &Member<'a>) {
        let (was, is) = values(member);
        let no = |value: Option<&Value>| value.is_none_or(|value| value == false);
        let (rule, effect) = match (no(was), no(is)) {
            (true, true) => return self.note(Bucket::Moved, member),
            (true, false) => (Rule::LimitTightened, Effect::NARROWED),
            (false, true) => (Rule::LimitRelaxed, Effect::RELAXED),
            (false, false) => (
                Rule::LimitChanged,
                Effect::ALL.only(Ways {
                    requests: true,
                    responses: false,
                }),
            ),
        };
        self.turned(
            rule,
            member.spot(),
            told(member.key, was, is),
            (was, is),
            effect,
        );
    }

    pub(super) fn default(&mut self, member: &Member<'a>) {
        let (was, is) = values(member);
        let what = told("default", was, is);
        // Who leaves it out gets something else than before.
        let effect = Effect::OLD_CLIENTS.only(Ways {
            requests: true,
            responses: false,
        });
        self.turned(Rule::DefaultChanged, member.spot(), what, (was, is), effect);
    }

    pub(super) fn way(&mut self, member: &Member<'a>) {
        let (was, is) = (
            member.owners.0.flag(member.key),
            member.owners.1.flag(member.key),
        );
        if was == is {
            return self.note(Bucket::Moved, member);
        }
        let (goes, effect) = match (member.key, is) {
            ("readOnly", true) => ("goes in answers alone", Effect::NARROWED),
            ("readOnly", false) => ("goes in requests, too", Effect::RELAXED),
            (_, true) => ("goes in requests alone", Effect::OLD_CLIENTS),
            _ => ("goes in answers, too", Effect::NONE),
        };
        self.change(Rule::PropertyWay, member.spot(), goes.to_owned(), effect);
    }
}

/// Whether an object has no properties but those that it names.
fn is_closed(at: &At<'_>) -> bool {
    at.value.get("additionalProperties") == Some(&Value::Bool(false))
}

/// Whether something is described elsewhere.
fn leads(at: &At<'_>) -> bool {
    at.value.get("$ref").is_some()
}
