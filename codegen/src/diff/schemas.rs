//! Schemas, held against each other keyword by keyword.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    PlacePair,
    rules::{Bucket, DiffRule},
    walk::{DiffWalk, KeyPair, Node, is_of_other_type, keys, resolved, shown, told, values},
    wire_risk::{Directions, Effect},
};
use crate::{load::spec::ObjectKind, lower::without_docs, pointer::Pointer};

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

/// The keywords that several schemas say together, whichever of them does.
const GATHERED: [&str; 4] = ["allOf", "properties", "required", "type"];

/// What a schema says of its properties, together with all that its `allOf` leads to.
#[derive(Default)]
struct MergedObject<'a> {
    properties: BTreeMap<&'a str, Node<'a>>,
    required: BTreeMap<&'a str, Pointer>,
    /// All else that it says of its values.
    rest: BTreeSet<String>,
}

impl<'a> MergedObject<'a> {
    fn of(tree: &'a Value, at: &Node<'a>) -> Self {
        let mut object = Self::default();
        object.gather(tree, at, &mut BTreeSet::new());
        object
    }

    fn gather(&mut self, tree: &'a Value, at: &Node<'a>, seen: &mut BTreeSet<Pointer>) {
        let Some(at) = resolved(tree, &at.place).filter(|at| seen.insert(at.place.clone())) else {
            return;
        };
        for (name, property) in at.get("properties").iter().flat_map(Node::members) {
            self.properties.entry(name).or_insert(property);
        }
        for name in at.get("required").iter().flat_map(Node::items) {
            if let Some(text) = name.value.as_str() {
                self.required.entry(text).or_insert(name.place);
            }
        }
        for (key, value) in at.members() {
            let is_type = key == "type" && value.value != "object";
            let is_said = GATHERED.contains(&key) || OF_ALL.contains(&key) || key.starts_with("x-");
            if is_type || !is_said {
                self.rest.insert(format!("{key}: {}", value.value));
            }
        }
        for part in at.get("allOf").iter().flat_map(Node::items) {
            self.gather(tree, &part, seen);
        }
    }
}

impl<'a> DiffWalk<'a> {
    /// Two schemas: keyword by keyword, unless one of them only leads to another one, or their values have
    /// nothing in common.
    pub(super) fn schema(&mut self, base: &Node<'a>, head: &Node<'a>) {
        if self.unwrapped(base, head) {
            return;
        }
        let is_other = is_of_other_type(base, head);
        let is_recomposed = !is_other && self.is_recomposed(base, head);
        if is_recomposed {
            self.recomposed(base, head);
        }
        let swapped = (!is_other)
            .then(|| self.swapped_union(base, head))
            .flatten();
        let is_tagged = !is_other && self.tags_differ(base, head);
        for key in keys(base, head) {
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let (was, is) = values(&member);
            if was == is || (is_recomposed && GATHERED.contains(&key)) {
                continue;
            }
            if swapped.is_some_and(|swapped| swapped.contains(&key)) {
                continue;
            }
            match key {
                "discriminator" if was.is_some() && is.is_some() && !is_other => {
                    // By what it does, not by how it is written.
                    if is_tagged {
                        self.found.along.push(member.spot());
                    } else {
                        self.note(Bucket::Moved, &member);
                    }
                }
                key if is_other && !OF_ALL.contains(&key) && !key.starts_with("x-") => {
                    // That is said by the type being another one.
                    self.found.along.push(member.spot());
                }
                _ => self.member(&member),
            }
        }
    }

    /// Whether the parts of an `allOf` are others, and not only what is in them.
    fn is_recomposed(&self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let parts = |at: &Node<'a>| {
            at.get("allOf")
                .iter()
                .flat_map(Node::items)
                .collect::<Vec<_>>()
        };
        let (old, new) = (parts(base), parts(head));
        let target = |at: &Node<'a>| {
            let text = at.value.get("$ref").and_then(Value::as_str);
            text.and_then(Pointer::from_fragment)
        };
        let mut was: Vec<_> = old.iter().filter_map(target).collect();
        let mut is: Vec<_> = new.iter().filter_map(target).collect();
        let inline = (old.len() - was.len(), new.len() - is.len());
        was.retain(|place| {
            let same = self.found.pairs.in_head(place);
            let found = is.iter().position(|other| *other == same);
            found.map(|index| is.remove(index)).is_none()
        });
        let is_renamed = matches!((was.as_slice(), is.as_slice()), ([was], [is])
            if self.in_head(was).is_none() && self.in_base(is).is_none());
        inline.0 != inline.1 || !(is_renamed || (was.is_empty() && is.is_empty()))
    }

    /// Two objects that are made of other parts: by all that they say together.
    fn recomposed(&mut self, base: &Node<'a>, head: &Node<'a>) {
        let before = self.found.changes.len();
        let old = MergedObject::of(&self.base.tree, base);
        let new = MergedObject::of(&self.head.tree, head);
        // What stands elsewhere is not changed there, but no longer, or only now, a part of this.
        let parts = |at: &Node<'a>| {
            at.get("allOf")
                .map_or_else(|| at.place.clone(), |at| at.place)
        };
        let whole = PlacePair::both(&parts(base), &parts(head));
        let around = self.used_at.clone();
        self.used_at = around.clone().or_else(|| Some(whole.clone()));
        let in_base = |place: &Pointer| {
            let own = place.is_within(&base.place).then(|| PlacePair::base(place));
            own.unwrap_or_else(|| whole.clone())
        };
        let in_head = |place: &Pointer| {
            let own = place.is_within(&head.place).then(|| PlacePair::head(place));
            own.unwrap_or_else(|| whole.clone())
        };
        for (name, was) in &old.properties {
            match new.properties.get(name) {
                Some(is) => {
                    let is_own =
                        was.place.is_within(&base.place) && is.place.is_within(&head.place);
                    let here = self.used_at.clone();
                    if is_own {
                        self.used_at.clone_from(&around);
                    }
                    self.pair(ObjectKind::Schema, &was.place, &is.place);
                    self.used_at = here;
                }
                None => {
                    let is_required = old.required.contains_key(name);
                    self.property_gone(name, in_base(&was.place), is_required, false);
                }
            }
        }
        for (name, is) in &new.properties {
            if !old.properties.contains_key(name) {
                let is_required = new.required.contains_key(name);
                self.property_new(name, in_head(&is.place), is_required, false);
            }
        }
        let both =
            |name: &str| old.properties.contains_key(name) == new.properties.contains_key(name);
        for (name, place) in &old.required {
            if !new.required.contains_key(name) && both(name) {
                let what = format!("the property `{name}` is optional");
                self.change(
                    DiffRule::PropertyOptional,
                    in_base(place),
                    what,
                    Effect::OPTIONAL,
                );
            }
        }
        for (name, place) in &new.required {
            if !old.required.contains_key(name) && both(name) {
                let what = format!("the property `{name}` is required");
                self.change(
                    DiffRule::PropertyRequired,
                    in_head(place),
                    what,
                    Effect::REQUIRED,
                );
            }
        }
        if old.rest != new.rest {
            let what = "is made of other parts".to_owned();
            let spot = PlacePair {
                base: base.get("allOf").map(|at| at.place),
                head: head.get("allOf").map(|at| at.place),
            };
            self.change(DiffRule::CompositionChanged, spot, what, Effect::ALL);
        }
        self.used_at = around;
        let is_told = self.found.changes.len() > before;
        for key in GATHERED {
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let (was, is) = values(&member);
            if was == is {
                continue;
            }
            if is_told {
                self.found.along.push(member.spot());
            } else {
                self.note(Bucket::Moved, &member);
            }
        }
    }

    /// `oneOf` in the place of `anyOf`, or the other way round: the alternatives are what counts.
    fn swapped_union(&mut self, base: &Node<'a>, head: &Node<'a>) -> Option<[&'static str; 2]> {
        let keys = ["oneOf", "anyOf"];
        let has = |at: &Node<'a>| keys.map(|key| at.get(key));
        let (([Some(old), None], [None, Some(new)]) | ([None, Some(old)], [Some(new), None])) =
            (has(base), has(head))
        else {
            return None;
        };
        self.found
            .moved
            .push((old.place.clone(), new.place.clone()));
        self.alternatives(&KeyPair {
            kind: ObjectKind::Schema,
            key: "oneOf",
            owners: (base.clone(), head.clone()),
            base: Some(old),
            head: Some(new),
        });
        Some(keys)
    }

    /// Tells the values by which alternatives are known that came or went; gives whether there are any.
    fn tags_differ(&mut self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let (Some(was), Some(is)) = (base.get("discriminator"), head.get("discriminator")) else {
            return false;
        };
        let spot = PlacePair::both(&was.place, &is.place);
        let (old, new) = (was.text("propertyName"), is.text("propertyName"));
        if old != new {
            let what = "another property tells the alternatives apart".to_owned();
            let names = (Value::from(old), Value::from(new));
            let values = (Some(&names.0), Some(&names.1));
            self.changed(
                DiffRule::DiscriminatorChanged,
                spot,
                what,
                values,
                Effect::ALL,
            );
            return true;
        }
        let (old, new) = (tags(&self.base.tree, base), tags(&self.head.tree, head));
        for tag in old.difference(&new) {
            let what = format!(
                "the value `{tag}` of `{}` is gone",
                was.text("propertyName")
            );
            let effect = Effect::TIGHTENED;
            self.change(DiffRule::DiscriminatorChanged, spot.clone(), what, effect);
        }
        for tag in new.difference(&old) {
            let what = format!("the value `{tag}` of `{}` is new", was.text("propertyName"));
            let effect = Effect::WIDENED;
            self.change(DiffRule::DiscriminatorChanged, spot.clone(), what, effect);
        }
        old != new
    }

    /// What differs between two schemas that a place may lead to, in words, and what that means.
    pub(super) fn between(&self, was: &Node<'a>, is: &Node<'a>) -> (String, Effect) {
        const MOST: usize = 4;
        let bare = |tree: &Value, at: &Node<'_>| without_docs(tree, ObjectKind::Schema, at.value);
        if bare(&self.base.tree, was) == bare(&self.head.tree, is) {
            return (String::new(), Effect::NONE);
        }
        let old = MergedObject::of(&self.base.tree, was);
        let new = MergedObject::of(&self.head.tree, is);
        if old.properties.is_empty() || new.properties.is_empty() || old.rest != new.rest {
            return ("its values are others".to_owned(), Effect::ALL);
        }
        let mut words = Vec::new();
        let mut effect = Effect::NONE;
        let mut note = |text: String, more: Effect| {
            words.push(text);
            effect = effect.and(more);
        };
        for (name, at) in &old.properties {
            let required = (
                old.required.contains_key(name),
                new.required.contains_key(name),
            );
            match (new.properties.get(name), required) {
                (None, (true, _)) => note(format!("the required `{name}` is gone"), Effect::LOST),
                (None, _) => note(format!("`{name}` is gone"), Effect::UNHEEDED),
                (Some(other), _) if bare(&self.base.tree, at) != bare(&self.head.tree, other) => {
                    note(format!("`{name}` is described otherwise"), Effect::ALL);
                }
                (_, (true, false)) => note(format!("`{name}` is optional"), Effect::OPTIONAL),
                (_, (false, true)) => note(format!("`{name}` is required"), Effect::REQUIRED),
                _ => {}
            }
        }
        for name in new
            .properties
            .keys()
            .filter(|name| !old.properties.contains_key(*name))
        {
            if new.required.contains_key(name) {
                note(format!("the required `{name}` is new"), Effect::REQUIRED);
            } else {
                note(format!("`{name}` is new"), Effect::NONE);
            }
        }
        let more = words.len().saturating_sub(MOST);
        words.truncate(MOST);
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        (words.join(", "), effect)
    }

    pub(super) fn schema_type(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let (old, new) = (was.and_then(Value::as_str), is.and_then(Value::as_str));
        let effect = match (old, new) {
            (Some("integer"), Some("number")) | (Some(_), None) => Effect::WIDENED,
            (Some("number"), Some("integer")) | (None, Some(_)) => Effect::NARROWED,
            _ => Effect::ALL,
        };
        // What has properties is an object, whether it says so or not.
        let says = |owner: &Node<'_>| {
            ["properties", "additionalProperties"].map(|key| owner.get(key).is_some())
        };
        let is_said = |owner: &Node<'_>| says(owner).contains(&true);
        let effect = match (old, new) {
            (None, Some("object")) if is_said(&member.owners.0) => Effect::NONE,
            (Some("object"), None) if is_said(&member.owners.1) => Effect::NONE,
            _ => effect,
        };
        self.changed(
            DiffRule::TypeChanged,
            member.spot(),
            told("type", was, is),
            (was, is),
            effect,
        );
    }

    pub(super) fn format(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        if member.owners.0.text("type") != member.owners.1.text("type") {
            // That is said by the type being another one.
            return self.found.along.push(member.spot());
        }
        let is_type = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str).unwrap_or_default();
            TYPES.contains(&text) || text == "binary"
        };
        let (rule, effect) = match (was, is) {
            (None, Some(_)) => (DiffRule::LimitTightened, Effect::TIGHTENED),
            (Some(_), None) => (DiffRule::LimitRelaxed, Effect::RELAXED),
            _ => (DiffRule::LimitChanged, Effect::ALL),
        };
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        let (rule, effect) = match (text(was), text(is)) {
            ("int32", "int64" | "") => (DiffRule::TypeChanged, Effect::WIDENED),
            ("int64" | "", "int32") => (DiffRule::TypeChanged, Effect::NARROWED),
            // Numbers are floating-point either way, and integers have 64 bits if nothing else is said.
            ("" | "double" | "float", "" | "double" | "float") | ("", "int64") | ("int64", "") => {
                (DiffRule::LimitChanged, Effect::NONE)
            }
            _ if is_type(was) || is_type(is) => (DiffRule::TypeChanged, Effect::ALL),
            _ => (rule, effect),
        };
        self.changed(
            rule,
            member.spot(),
            told("format", was, is),
            (was, is),
            effect,
        );
    }

    pub(super) fn values(&mut self, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            let (was, is) = values(member);
            let (rule, effect) = match was {
                None => (DiffRule::EnumValueRemoved, Effect::TIGHTENED),
                Some(_) => (DiffRule::EnumValueAdded, Effect::WIDENED),
            };
            return self.changed(
                rule,
                member.spot(),
                told("enum", was, is),
                (was, is),
                effect,
            );
        };
        let is_in = |value: &Value, other: &Node<'a>| {
            other
                .value
                .as_array()
                .is_some_and(|values| values.contains(value))
        };
        let mut is_told = false;
        for was in base.items() {
            let same = head.items().into_iter().find(|is| is.value == was.value);
            if let Some(is) = &same {
                self.found.pairs.put(&was.place, &is.place);
            }
            if !is_in(was.value, head) {
                is_told = true;
                let what = format!("the value `{}` is gone", shown(was.value));
                let spot = PlacePair::base(&was.place);
                self.change(DiffRule::EnumValueRemoved, spot, what, Effect::TIGHTENED);
            }
        }
        for is in head.items() {
            if !is_in(is.value, base) {
                is_told = true;
                let what = format!("the value `{}` is new", shown(is.value));
                let spot = PlacePair::head(&is.place);
                self.change(DiffRule::EnumValueAdded, spot, what, Effect::WIDENED);
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

    pub(super) fn nullable(&mut self, member: &KeyPair<'a>) {
        let (rule, what, effect) = match (
            member.owners.0.flag("nullable"),
            member.owners.1.flag("nullable"),
        ) {
            (false, true) => (DiffRule::NullAdded, "may be `null`", Effect::WIDENED),
            (true, false) => (
                DiffRule::NullRemoved,
                "cannot be `null` any more",
                Effect::NARROWED,
            ),
            _ => return self.note(Bucket::Moved, member),
        };
        self.change(rule, member.spot(), what.to_owned(), effect);
    }

    /// `required`, name by name. What is required of a property that came or went is told with that.
    pub(super) fn required(&mut self, member: &KeyPair<'a>) {
        let of = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Pointer> {
            let items = at.iter().flat_map(Node::items);
            items
                .filter_map(|item| Some((item.value.as_str()?, item.place)))
                .collect()
        };
        let (old, new) = (of(&member.base), of(&member.head));
        let declared = |owner: &Node<'a>, name: &str| {
            owner
                .get("properties")
                .is_some_and(|all| all.get(name).is_some())
        };
        for (name, place) in &old {
            let is_gone = declared(&member.owners.0, name) && !declared(&member.owners.1, name);
            if !new.contains_key(name) && !is_gone {
                let what = format!("the property `{name}` is optional");
                let effect = Effect::OPTIONAL.only(self.ways(&member.owners, name));
                self.change(
                    DiffRule::PropertyOptional,
                    PlacePair::base(place),
                    what,
                    effect,
                );
            }
        }
        for (name, place) in &new {
            let is_new = declared(&member.owners.1, name) && !declared(&member.owners.0, name);
            if !old.contains_key(name) && !is_new {
                let what = format!("the property `{name}` is required");
                let effect = Effect::REQUIRED.only(self.ways(&member.owners, name));
                self.change(
                    DiffRule::PropertyRequired,
                    PlacePair::head(place),
                    what,
                    effect,
                );
            }
        }
        if old.keys().eq(new.keys()) {
            // In another order, or empty in place of nothing.
            return self.note(Bucket::Moved, member);
        }
        self.found.along.push(member.spot());
    }

    /// The ways in which a property goes.
    fn ways(&self, owners: &(Node<'a>, Node<'a>), name: &str) -> Directions {
        let property = |tree: &'a Value, owner: &Node<'a>| {
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
        Directions {
            requests: !all("readOnly"),
            responses: !all("writeOnly"),
        }
    }

    pub(super) fn properties(&mut self, member: &KeyPair<'a>) {
        let of = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            at.iter().flat_map(Node::members).collect()
        };
        let (old, new) = (of(&member.base), of(&member.head));
        let requires = |owner: &Node<'a>, name: &str| {
            let list = owner.value.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| one == name))
        };
        for (name, was) in &old {
            if let Some(is) = new.get(name) {
                self.pair(ObjectKind::Schema, &was.place, &is.place);
                continue;
            }
            if requires(&member.owners.1, name) {
                let what =
                    format!("the property `{name}` may be anything: only `required` names it");
                let effect = Effect::WIDENED.only(self.ways(&member.owners, name));
                self.change(
                    DiffRule::TypeChanged,
                    PlacePair::base(&was.place),
                    what,
                    effect,
                );
                continue;
            }
            let is_required = requires(&member.owners.0, name);
            let spot = PlacePair::base(&was.place);
            self.property_gone(name, spot, is_required, is_closed(&member.owners.1));
        }
        for (name, is) in &new {
            if !old.contains_key(name) {
                let is_required = requires(&member.owners.1, name);
                let spot = PlacePair::head(&is.place);
                self.property_new(name, spot, is_required, is_closed(&member.owners.0));
            }
        }
        if old.is_empty() && new.is_empty() {
            // An empty list says as much as none.
            self.note(Bucket::Moved, member);
        } else if old.is_empty() || new.is_empty() {
            self.found.along.push(member.spot());
        }
    }

    fn property_gone(&mut self, name: &str, spot: PlacePair, is_required: bool, is_closed: bool) {
        let effect = match (is_required, is_closed) {
            (true, true) => Effect::LOST.and(Effect::TIGHTENED),
            (true, false) => Effect::LOST,
            // It is refused, or not heeded.
            (false, _) => Effect::UNHEEDED,
        };
        let word = if is_required { "required" } else { "optional" };
        let what = format!("the {word} property `{name}` is gone");
        self.change(DiffRule::PropertyRemoved, spot, what, effect);
    }

    fn property_new(&mut self, name: &str, spot: PlacePair, is_required: bool, was_closed: bool) {
        let effect = match (is_required, was_closed) {
            (true, _) => Effect::REQUIRED,
            (false, true) => Effect::RELAXED,
            (false, false) => Effect::NONE,
        };
        let word = if is_required { "required" } else { "optional" };
        let what = format!("the {word} property `{name}` is new");
        self.change(DiffRule::PropertyAdded, spot, what, effect);
    }

    pub(super) fn additional_properties(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        if let (Some(base), Some(head)) = (&member.base, &member.head)
            && base.value.is_object()
            && head.value.is_object()
        {
            return self.pair(ObjectKind::Schema, &base.place, &head.place);
        }
        // All are allowed if nothing is said.
        let breadth = |value: Option<&Value>| match value {
            Some(Value::Bool(false)) => 0,
            Some(Value::Object(schema)) if !schema.is_empty() => 1,
            _ => 2,
        };
        let effect = match breadth(was).cmp(&breadth(is)) {
            std::cmp::Ordering::Less => Effect::RELAXED,
            std::cmp::Ordering::Equal => Effect::NONE,
            std::cmp::Ordering::Greater => Effect::TIGHTENED,
        };
        let rule = DiffRule::AdditionalPropertiesChanged;
        let what = told("additionalProperties", was, is);
        self.changed(rule, member.spot(), what, (was, is), effect);
    }

    pub(super) fn elements(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => self.pair(ObjectKind::Schema, &base.place, &head.place),
            _ => {
                let (was, is) = values(member);
                let what = told("items", was, is);
                self.change(DiffRule::TypeChanged, member.spot(), what, Effect::ALL);
            }
        }
    }

    /// `oneOf` and `anyOf`: the alternatives by what they lead to, else by what they say, else in order.
    pub(super) fn alternatives(&mut self, member: &KeyPair<'a>) {
        let (old, new) = self.in_pairs(member);
        if member.base.is_none() || member.head.is_none() {
            let (was, is) = values(member);
            let what = told(member.key, was, is);
            return self.change(DiffRule::TypeChanged, member.spot(), what, Effect::ALL);
        }
        for was in old {
            let what = format!("the alternative {} is gone", self.name(&was, true));
            let spot = PlacePair::base(&was.place);
            self.change(DiffRule::AlternativeRemoved, spot, what, Effect::TIGHTENED);
        }
        for is in new {
            let what = format!("the alternative {} is new", self.name(&is, false));
            let spot = PlacePair::head(&is.place);
            self.change(DiffRule::AlternativeAdded, spot, what, Effect::WIDENED);
        }
    }

    /// `allOf`: what is in its parts, which are the same ones.
    pub(super) fn parts(&mut self, member: &KeyPair<'a>) {
        let _ = self.in_pairs(member);
        if member.base.is_none() || member.head.is_none() {
            self.found.ways.push(member.spot());
        }
    }

    /// What an alternative or part is called.
    fn name(&self, at: &Node<'a>, in_base: bool) -> String {
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
    fn in_pairs(&mut self, member: &KeyPair<'a>) -> (Vec<Node<'a>>, Vec<Node<'a>>) {
        let items = |at: &Option<Node<'a>>| at.as_ref().map(Node::items).unwrap_or_default();
        let (mut old, mut new) = (items(&member.base), items(&member.head));
        let mut pairs: Vec<(Pointer, Pointer)> = Vec::new();
        let mut take = |is_same: &dyn Fn(&Node<'a>, &Node<'a>) -> bool| {
            old.retain(|was| {
                let found = new.iter().position(|is| is_same(was, is));
                if let Some(index) = found {
                    let is: Node<'a> = new.remove(index);
                    pairs.push((was.place.clone(), is.place));
                }
                found.is_none()
            });
        };
        take(&|was, is| was.value == is.value);
        let bare = |tree: &Value, at: &Node<'_>| {
            let at = resolved(tree, &at.place);
            at.map(|at| without_docs(tree, ObjectKind::Schema, at.value))
        };
        let target = |at: &Node<'_>| at.value.get("$ref").cloned();
        take(&|was, is| leads(was) && target(was) == target(is));
        // One that says the same, by a name or without one.
        take(&|was, is| {
            leads(was) != leads(is) && bare(&self.base.tree, was) == bare(&self.head.tree, is)
        });
        take(&|was, is| {
            was.place.last() == is.place.last() && leads(was) == leads(is) && !leads(was)
        });
        // One that is nowhere in the head, for one that is nowhere in the base, is the same under another name.
        let alone = |list: &[Node<'a>], other: &Value| -> BTreeSet<Pointer> {
            let is_in = |at: &Node<'a>| {
                let target = at.value.get("$ref").and_then(Value::as_str);
                let target = target.and_then(Pointer::from_fragment);
                target.is_some_and(|target| other.pointer(target.as_str()).is_some())
            };
            let list = list.iter().filter(|at| leads(at) && !is_in(at));
            list.map(|at| at.place.clone()).collect()
        };
        let gone = alone(&old, &self.head.tree);
        let fresh = alone(&new, &self.base.tree);
        if gone.len() == 1 && fresh.len() == 1 {
            let (Some(was), Some(is)) = (gone.first(), fresh.first()) else {
                return (old, new);
            };
            old.retain(|at| at.place != *was);
            new.retain(|at| at.place != *is);
            pairs.push((was.clone(), is.clone()));
        }
        // As many as before, and nothing to tell them by: each for the one that was there.
        let inline = |list: &[Node<'a>]| list.iter().filter(|at| !leads(at)).count();
        if inline(&old) == inline(&new) {
            let plain = |list: &mut Vec<Node<'a>>| -> Vec<Pointer> {
                let (plain, rest) = list.drain(..).partition(|at| !leads(at));
                *list = rest;
                let plain: Vec<Node<'a>> = plain;
                plain.into_iter().map(|at| at.place).collect()
            };
            pairs.extend(plain(&mut old).into_iter().zip(plain(&mut new)));
        }
        for (was, is) in pairs {
            if was != is {
                self.found.moved.push((was.clone(), is.clone()));
            }
            self.pair(ObjectKind::Schema, &was, &is);
        }
        (old, new)
    }

    pub(super) fn discriminator(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = told("discriminator", was, is);
        self.changed(
            DiffRule::DiscriminatorChanged,
            member.spot(),
            what,
            (was, is),
            Effect::ALL,
        );
    }

    pub(super) fn upper_limit(&mut self, member: &KeyPair<'a>) {
        self.bound(member, |was, is| is < was);
    }

    pub(super) fn lower_limit(&mut self, member: &KeyPair<'a>) {
        self.bound(member, |was, is| is > was);
    }

    fn bound(&mut self, member: &KeyPair<'a>, is_tighter: fn(f64, f64) -> bool) {
        let (was, is) = values(member);
        let no_limit = |value: Option<&Value>| {
            // Nothing is shorter than nothing.
            member.key.starts_with("min")
                && member.key != "minimum"
                && value.is_some_and(|is| is == 0)
        };
        let (was_none, is_none) = (was.is_none() || no_limit(was), is.is_none() || no_limit(is));
        let numbers = (was.and_then(Value::as_f64), is.and_then(Value::as_f64));
        let is_whole =
            |value: Option<&Value>| value.is_none_or(|value| value.is_i64() || value.is_f64());
        if (was_none && is_none) || (numbers.0 == numbers.1 && is_whole(was) && is_whole(is)) {
            return self.note(Bucket::Moved, member);
        }
        let (rule, effect) = match numbers {
            (None, _) => (DiffRule::LimitTightened, Effect::TIGHTENED),
            (Some(was), Some(is)) if is_tighter(was, is) => {
                (DiffRule::LimitTightened, Effect::TIGHTENED)
            }
            _ => (DiffRule::LimitRelaxed, Effect::RELAXED),
        };
        self.changed(
            rule,
            member.spot(),
            told(member.key, was, is),
            (was, is),
            effect,
        );
    }

    /// A limit that is there or not, or another one.
    pub(super) fn limit(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let no = |value: Option<&Value>| value.is_none_or(|value| value == false);
        let (rule, effect) = match (no(was), no(is)) {
            (true, true) => return self.note(Bucket::Moved, member),
            (true, false) => (DiffRule::LimitTightened, Effect::TIGHTENED),
            (false, true) => (DiffRule::LimitRelaxed, Effect::RELAXED),
            (false, false) => (
                DiffRule::LimitChanged,
                Effect::ALL.only(Directions {
                    requests: true,
                    responses: false,
                }),
            ),
        };
        self.changed(
            rule,
            member.spot(),
            told(member.key, was, is),
            (was, is),
            effect,
        );
    }

    pub(super) fn default(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = told("default", was, is);
        // Who leaves it out gets something else than before.
        let effect = Effect::OLD_CLIENTS.only(Directions {
            requests: true,
            responses: false,
        });
        self.changed(
            DiffRule::DefaultChanged,
            member.spot(),
            what,
            (was, is),
            effect,
        );
    }

    pub(super) fn way(&mut self, member: &KeyPair<'a>) {
        let (was, is) = (
            member.owners.0.flag(member.key),
            member.owners.1.flag(member.key),
        );
        if was == is {
            return self.note(Bucket::Moved, member);
        }
        let (goes, effect) = match (member.key, is) {
            ("readOnly", true) => ("goes in answers alone", Effect::UNHEEDED),
            ("readOnly", false) => ("goes in requests, too", Effect::RELAXED),
            (_, true) => ("goes in requests alone", Effect::LOST_IN_ANSWERS),
            _ => ("goes in answers, too", Effect::NONE),
        };
        self.change(
            DiffRule::PropertyWay,
            member.spot(),
            goes.to_owned(),
            effect,
        );
    }
}

/// Whether an object has no properties but those that it names.
fn is_closed(at: &Node<'_>) -> bool {
    at.value.get("additionalProperties") == Some(&Value::Bool(false))
}

/// Whether something is described elsewhere.
fn leads(at: &Node<'_>) -> bool {
    at.value.get("$ref").is_some()
}

/// The values by which the alternatives of a schema are known: those of the mapping, else those that the
/// alternative names itself, else its own name (OpenAPI 3.0.3, section 4.7.25).
fn tags(tree: &Value, at: &Node<'_>) -> BTreeSet<String> {
    let discriminator = at.value.get("discriminator");
    let mapping = discriminator.and_then(|one| one.get("mapping")?.as_object());
    let tag = discriminator.and_then(|one| one.get("propertyName")?.as_str());
    let mut tags: BTreeSet<String> = mapping
        .into_iter()
        .flatten()
        .map(|(tag, _)| tag.clone())
        .collect();
    let mapped: BTreeSet<Pointer> = mapping
        .into_iter()
        .flatten()
        .filter_map(|(_, leads)| {
            let leads = leads.as_str()?;
            let section = Pointer::root().key("components").key("schemas");
            Some(Pointer::from_fragment(leads).unwrap_or_else(|| section.key(leads)))
        })
        .collect();
    for key in ["oneOf", "anyOf"] {
        for alternative in at.get(key).iter().flat_map(Node::items) {
            let Some(target) = resolved(tree, &alternative.place) else {
                continue;
            };
            if mapped.contains(&target.place) {
                continue;
            }
            let object = MergedObject::of(tree, &target);
            let said = tag.and_then(|tag| resolved(tree, &object.properties.get(tag)?.place));
            let said = said.and_then(|said| said.get("enum"));
            let said: Vec<_> = said.iter().flat_map(Node::items).collect();
            if said.is_empty() {
                tags.extend(target.place.last().map(std::borrow::Cow::into_owned));
            } else {
                tags.extend(said.iter().map(|value| shown(value.value)));
            }
        }
    }
    tags
}
