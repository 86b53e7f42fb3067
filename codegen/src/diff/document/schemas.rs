//! Compares schemas keyword by keyword.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::walk::{
    DiffWalk, KeyPair, Node, describe_change, display_value, is_of_other_type, keys, resolved,
    values,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::{Directions, Effect},
    },
    load::spec::ObjectKind,
    lower::without_docs,
    pointer::Pointer,
};

/// The formats that select a Rust type.
const TYPES: [&str; 3] = ["int32", "int64", "status-choice"];

/// The keywords that apply to values of any type.
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

/// The keywords that are merged over the parts of an `allOf`.
const GATHERED: [&str; 4] = ["allOf", "properties", "required", "type"];

/// The properties of a schema, merged with those of the parts of its `allOf`.
#[derive(Default)]
struct MergedObject<'a> {
    properties: BTreeMap<&'a str, Node<'a>>,
    required: BTreeMap<&'a str, Pointer>,
    /// All other constraints on the values.
    constraints: BTreeSet<String>,
}

impl<'a> MergedObject<'a> {
    fn merge(tree: &'a Value, at: &Node<'a>) -> Self {
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
            let is_merged =
                GATHERED.contains(&key) || OF_ALL.contains(&key) || key.starts_with("x-");
            if is_type || !is_merged {
                self.constraints.insert(format!("{key}: {}", value.value));
            }
        }
        for part in at.get("allOf").iter().flat_map(Node::items) {
            self.gather(tree, &part, seen);
        }
    }
}

impl<'a> DiffWalk<'a> {
    /// Compares two schemas keyword by keyword, unless one of them only wraps another schema, or their
    /// values have nothing in common.
    pub(super) fn schema(&mut self, base: &Node<'a>, head: &Node<'a>) {
        if self.compare_wrapped(base, head) {
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
            let (before, after) = values(&member);
            if before == after || (is_recomposed && GATHERED.contains(&key)) {
                continue;
            }
            if swapped.is_some_and(|swapped| swapped.contains(&key)) {
                continue;
            }
            match key {
                "discriminator" if before.is_some() && after.is_some() && !is_other => {
                    // The effect of the discriminator is compared, not its notation.
                    if is_tagged {
                        self.result.covered.push(member.place());
                    } else {
                        self.note(Bucket::Moved, &member);
                    }
                }
                key if is_other && !OF_ALL.contains(&key) && !key.starts_with("x-") => {
                    // The change of the type covers this keyword.
                    self.result.covered.push(member.place());
                }
                _ => self.member(&member),
            }
        }
    }

    /// Returns whether the parts of an `allOf` are different ones, and not only their contents.
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
        let mut before: Vec<_> = old.iter().filter_map(target).collect();
        let mut after: Vec<_> = new.iter().filter_map(target).collect();
        let inline = (old.len() - before.len(), new.len() - after.len());
        before.retain(|place| {
            let same = self.result.pairs.in_head(place);
            let found = after.iter().position(|other| *other == same);
            found.map(|index| after.remove(index)).is_none()
        });
        let is_renamed = matches!((before.as_slice(), after.as_slice()), ([before], [after])
            if self.in_head(before).is_none() && self.in_base(after).is_none());
        inline.0 != inline.1 || !(is_renamed || (before.is_empty() && after.is_empty()))
    }

    /// Compares two objects with different `allOf` parts by their merged properties.
    fn recomposed(&mut self, base: &Node<'a>, head: &Node<'a>) {
        let change_count = self.result.changes.len();
        let old = MergedObject::merge(&self.base.tree, base);
        let new = MergedObject::merge(&self.head.tree, head);
        // Parts that are defined elsewhere did not change there; this schema only starts or stops including
        // them.
        let parts = |at: &Node<'a>| {
            at.get("allOf")
                .map_or_else(|| at.place.clone(), |at| at.place)
        };
        let all_of = PlacePair::both(&parts(base), &parts(head));
        let outer_use = self.used_at.clone();
        self.used_at = outer_use.clone().or_else(|| Some(all_of.clone()));
        let in_base = |place: &Pointer| {
            let own = place.is_within(&base.place).then(|| PlacePair::base(place));
            own.unwrap_or_else(|| all_of.clone())
        };
        let in_head = |place: &Pointer| {
            let own = place.is_within(&head.place).then(|| PlacePair::head(place));
            own.unwrap_or_else(|| all_of.clone())
        };
        for (name, before) in &old.properties {
            match new.properties.get(name) {
                Some(after) => {
                    let is_own =
                        before.place.is_within(&base.place) && after.place.is_within(&head.place);
                    let here = self.used_at.clone();
                    if is_own {
                        self.used_at.clone_from(&outer_use);
                    }
                    self.pair(ObjectKind::Schema, &before.place, &after.place);
                    self.used_at = here;
                }
                None => {
                    let is_required = old.required.contains_key(name);
                    self.property_removed(name, in_base(&before.place), is_required, false);
                }
            }
        }
        for (name, after) in &new.properties {
            if !old.properties.contains_key(name) {
                let is_required = new.required.contains_key(name);
                self.property_added(name, in_head(&after.place), is_required, false);
            }
        }
        let both =
            |name: &str| old.properties.contains_key(name) == new.properties.contains_key(name);
        for (name, place) in &old.required {
            if !new.required.contains_key(name) && both(name) {
                let message = format!("the property `{name}` is now optional");
                self.change(
                    DiffRule::PropertyOptional,
                    in_base(place),
                    message,
                    Effect::OPTIONAL,
                );
            }
        }
        for (name, place) in &new.required {
            if !old.required.contains_key(name) && both(name) {
                let message = format!("the property `{name}` is now required");
                self.change(
                    DiffRule::PropertyRequired,
                    in_head(place),
                    message,
                    Effect::REQUIRED,
                );
            }
        }
        if old.constraints != new.constraints {
            let message = "the parts of `allOf` changed".to_owned();
            let place = PlacePair {
                base: base.get("allOf").map(|at| at.place),
                head: head.get("allOf").map(|at| at.place),
            };
            self.change(DiffRule::CompositionChanged, place, message, Effect::ALL);
        }
        self.used_at = outer_use;
        let is_covered = self.result.changes.len() > change_count;
        for key in GATHERED {
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let (before, after) = values(&member);
            if before == after {
                continue;
            }
            if is_covered {
                self.result.covered.push(member.place());
            } else {
                self.note(Bucket::Moved, &member);
            }
        }
    }

    /// Compares `oneOf` with `anyOf` by their alternatives.
    fn swapped_union(&mut self, base: &Node<'a>, head: &Node<'a>) -> Option<[&'static str; 2]> {
        let keys = ["oneOf", "anyOf"];
        let has = |at: &Node<'a>| keys.map(|key| at.get(key));
        let (([Some(old), None], [None, Some(new)]) | ([None, Some(old)], [Some(new), None])) =
            (has(base), has(head))
        else {
            return None;
        };
        self.result
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

    /// Reports changes of the discriminator's property and values; returns whether there are any.
    fn tags_differ(&mut self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let (Some(before), Some(after)) = (base.get("discriminator"), head.get("discriminator"))
        else {
            return false;
        };
        let place = PlacePair::both(&before.place, &after.place);
        let (old, new) = (before.text("propertyName"), after.text("propertyName"));
        if old != new {
            let message = "the discriminator property changed".to_owned();
            let names = (Value::from(old), Value::from(new));
            let values = (Some(&names.0), Some(&names.1));
            self.changed(
                DiffRule::DiscriminatorChanged,
                place,
                message,
                values,
                Effect::ALL,
            );
            return true;
        }
        let (old, new) = (tags(&self.base.tree, base), tags(&self.head.tree, head));
        for tag in old.difference(&new) {
            let message = format!(
                "the value `{tag}` of `{}` was removed",
                before.text("propertyName")
            );
            let effect = Effect::TIGHTENED;
            self.change(
                DiffRule::DiscriminatorChanged,
                place.clone(),
                message,
                effect,
            );
        }
        for tag in new.difference(&old) {
            let message = format!(
                "the value `{tag}` of `{}` was added",
                before.text("propertyName")
            );
            let effect = Effect::WIDENED;
            self.change(
                DiffRule::DiscriminatorChanged,
                place.clone(),
                message,
                effect,
            );
        }
        old != new
    }

    /// Describes the differences of two schemas that the same place refers to, and returns their effect.
    pub(super) fn schema_differences(
        &self,
        before: &Node<'a>,
        after: &Node<'a>,
    ) -> (String, Effect) {
        const MOST: usize = 4;
        let bare = |tree: &Value, at: &Node<'_>| without_docs(tree, ObjectKind::Schema, at.value);
        if bare(&self.base.tree, before) == bare(&self.head.tree, after) {
            return (String::new(), Effect::NONE);
        }
        let old = MergedObject::merge(&self.base.tree, before);
        let new = MergedObject::merge(&self.head.tree, after);
        if old.properties.is_empty()
            || new.properties.is_empty()
            || old.constraints != new.constraints
        {
            return ("its values are different".to_owned(), Effect::ALL);
        }
        let mut differences = Vec::new();
        let mut effect = Effect::NONE;
        let mut note = |text: String, more: Effect| {
            differences.push(text);
            effect = effect.and(more);
        };
        for (name, at) in &old.properties {
            let required = (
                old.required.contains_key(name),
                new.required.contains_key(name),
            );
            match (new.properties.get(name), required) {
                (None, (true, _)) => {
                    note(format!("the required `{name}` was removed"), Effect::LOST);
                }
                (None, _) => note(format!("`{name}` was removed"), Effect::UNHEEDED),
                (Some(head_property), _)
                    if bare(&self.base.tree, at) != bare(&self.head.tree, head_property) =>
                {
                    note(format!("`{name}` changed"), Effect::ALL);
                }
                (_, (true, false)) => note(format!("`{name}` is now optional"), Effect::OPTIONAL),
                (_, (false, true)) => note(format!("`{name}` is now required"), Effect::REQUIRED),
                _ => {}
            }
        }
        for name in new
            .properties
            .keys()
            .filter(|name| !old.properties.contains_key(*name))
        {
            if new.required.contains_key(name) {
                note(format!("the required `{name}` was added"), Effect::REQUIRED);
            } else {
                note(format!("`{name}` was added"), Effect::NONE);
            }
        }
        let more = differences.len().saturating_sub(MOST);
        differences.truncate(MOST);
        if more > 0 {
            differences.push(format!("and {more} more"));
        }
        (differences.join(", "), effect)
    }

    pub(super) fn schema_type(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let (old, new) = (
            before.and_then(Value::as_str),
            after.and_then(Value::as_str),
        );
        let effect = match (old, new) {
            (Some("integer"), Some("number")) | (Some(_), None) => Effect::WIDENED,
            (Some("number"), Some("integer")) | (None, Some(_)) => Effect::NARROWED,
            _ => Effect::ALL,
        };
        // A schema with properties describes an object, with or without `type`.
        let object_keys = |owner: &Node<'_>| {
            ["properties", "additionalProperties"].map(|key| owner.get(key).is_some())
        };
        let has_properties = |owner: &Node<'_>| object_keys(owner).contains(&true);
        let effect = match (old, new) {
            (None, Some("object")) if has_properties(&member.owners.0) => Effect::NONE,
            (Some("object"), None) if has_properties(&member.owners.1) => Effect::NONE,
            _ => effect,
        };
        self.changed(
            DiffRule::TypeChanged,
            member.place(),
            describe_change("type", before, after),
            (before, after),
            effect,
        );
    }

    pub(super) fn format(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        if member.owners.0.text("type") != member.owners.1.text("type") {
            // The change of the type covers this keyword.
            return self.result.covered.push(member.place());
        }
        let is_type = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str).unwrap_or_default();
            TYPES.contains(&text) || text == "binary"
        };
        let (rule, effect) = match (before, after) {
            (None, Some(_)) => (DiffRule::ConstraintTightened, Effect::TIGHTENED),
            (Some(_), None) => (DiffRule::ConstraintRelaxed, Effect::RELAXED),
            _ => (DiffRule::ConstraintChanged, Effect::ALL),
        };
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        let (rule, effect) = match (text(before), text(after)) {
            ("int32", "int64" | "") => (DiffRule::TypeChanged, Effect::WIDENED),
            ("int64" | "", "int32") => (DiffRule::TypeChanged, Effect::NARROWED),
            // All numbers are floating-point, and integers have 64 bits by default.
            ("" | "double" | "float", "" | "double" | "float") | ("", "int64") | ("int64", "") => {
                (DiffRule::ConstraintChanged, Effect::NONE)
            }
            _ if is_type(before) || is_type(after) => (DiffRule::TypeChanged, Effect::ALL),
            _ => (rule, effect),
        };
        self.changed(
            rule,
            member.place(),
            describe_change("format", before, after),
            (before, after),
            effect,
        );
    }

    pub(super) fn enum_values(&mut self, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            let (before, after) = values(member);
            let (rule, effect) = match before {
                None => (DiffRule::EnumValueRemoved, Effect::TIGHTENED),
                Some(_) => (DiffRule::EnumValueAdded, Effect::WIDENED),
            };
            return self.changed(
                rule,
                member.place(),
                describe_change("enum", before, after),
                (before, after),
                effect,
            );
        };
        let is_in = |value: &Value, other: &Node<'a>| {
            other
                .value
                .as_array()
                .is_some_and(|values| values.contains(value))
        };
        let mut is_covered = false;
        for before in base.items() {
            let same = head
                .items()
                .into_iter()
                .find(|after| after.value == before.value);
            if let Some(after) = &same {
                self.result.pairs.insert(&before.place, &after.place);
            }
            if !is_in(before.value, head) {
                is_covered = true;
                let message = format!("the value `{}` was removed", display_value(before.value));
                let place = PlacePair::base(&before.place);
                self.change(
                    DiffRule::EnumValueRemoved,
                    place,
                    message,
                    Effect::TIGHTENED,
                );
            }
        }
        for after in head.items() {
            if !is_in(after.value, base) {
                is_covered = true;
                let message = format!("the value `{}` was added", display_value(after.value));
                let place = PlacePair::head(&after.place);
                self.change(DiffRule::EnumValueAdded, place, message, Effect::WIDENED);
            }
        }
        if !is_covered {
            return self.note(Bucket::Moved, member);
        }
        // A value that was added or removed moves the later ones in the list.
        self.result
            .moved
            .push((base.place.clone(), head.place.clone()));
    }

    pub(super) fn nullable(&mut self, member: &KeyPair<'a>) {
        let (rule, message, effect) = match (
            member.owners.0.flag("nullable"),
            member.owners.1.flag("nullable"),
        ) {
            (false, true) => (DiffRule::NullAdded, "may now be `null`", Effect::WIDENED),
            (true, false) => (
                DiffRule::NullRemoved,
                "can no longer be `null`",
                Effect::NARROWED,
            ),
            _ => return self.note(Bucket::Moved, member),
        };
        self.change(rule, member.place(), message.to_owned(), effect);
    }

    /// Compares `required` by name. A property that was added or removed is not reported here.
    pub(super) fn required(&mut self, member: &KeyPair<'a>) {
        let places_by_name = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Pointer> {
            let items = at.iter().flat_map(Node::items);
            items
                .filter_map(|item| Some((item.value.as_str()?, item.place)))
                .collect()
        };
        let (old, new) = (places_by_name(&member.base), places_by_name(&member.head));
        let declared = |owner: &Node<'a>, name: &str| {
            owner
                .get("properties")
                .is_some_and(|properties| properties.get(name).is_some())
        };
        for (name, place) in &old {
            let is_gone = declared(&member.owners.0, name) && !declared(&member.owners.1, name);
            if !new.contains_key(name) && !is_gone {
                let message = format!("the property `{name}` is now optional");
                let effect = Effect::OPTIONAL.only(self.directions(&member.owners, name));
                self.change(
                    DiffRule::PropertyOptional,
                    PlacePair::base(place),
                    message,
                    effect,
                );
            }
        }
        for (name, place) in &new {
            let is_new = declared(&member.owners.1, name) && !declared(&member.owners.0, name);
            if !old.contains_key(name) && !is_new {
                let message = format!("the property `{name}` is now required");
                let effect = Effect::REQUIRED.only(self.directions(&member.owners, name));
                self.change(
                    DiffRule::PropertyRequired,
                    PlacePair::head(place),
                    message,
                    effect,
                );
            }
        }
        if old.keys().eq(new.keys()) {
            // Only the order changed, or an empty list equals a missing one.
            return self.note(Bucket::Moved, member);
        }
        self.result.covered.push(member.place());
    }

    /// Returns the directions in which a property is sent.
    fn directions(&self, owners: &(Node<'a>, Node<'a>), name: &str) -> Directions {
        let property = |tree: &'a Value, owner: &Node<'a>| {
            let at = owner.get("properties")?.get(name)?;
            resolved(tree, &at.place)
        };
        let definitions = [
            property(&self.base.tree, &owners.0),
            property(&self.head.tree, &owners.1),
        ];
        let has_everywhere = |keyword: &str| {
            let mut values = definitions.iter().flatten().peekable();
            values.peek().is_some() && values.all(|at| at.flag(keyword))
        };
        Directions {
            requests: !has_everywhere("readOnly"),
            responses: !has_everywhere("writeOnly"),
        }
    }

    pub(super) fn properties(&mut self, member: &KeyPair<'a>) {
        let members_of = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            at.iter().flat_map(Node::members).collect()
        };
        let (old, new) = (members_of(&member.base), members_of(&member.head));
        let requires = |owner: &Node<'a>, name: &str| {
            let list = owner.value.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|item| item == name))
        };
        for (name, before) in &old {
            if let Some(after) = new.get(name) {
                self.pair(ObjectKind::Schema, &before.place, &after.place);
                continue;
            }
            if requires(&member.owners.1, name) {
                let message = format!(
                    "the property `{name}` may now have any value: only `required` lists it"
                );
                let effect = Effect::WIDENED.only(self.directions(&member.owners, name));
                self.change(
                    DiffRule::TypeChanged,
                    PlacePair::base(&before.place),
                    message,
                    effect,
                );
                continue;
            }
            let is_required = requires(&member.owners.0, name);
            let place = PlacePair::base(&before.place);
            self.property_removed(name, place, is_required, is_closed(&member.owners.1));
        }
        for (name, after) in &new {
            if !old.contains_key(name) {
                let is_required = requires(&member.owners.1, name);
                let place = PlacePair::head(&after.place);
                self.property_added(name, place, is_required, is_closed(&member.owners.0));
            }
        }
        if old.is_empty() && new.is_empty() {
            // An empty list equals a missing one.
            self.note(Bucket::Moved, member);
        } else if old.is_empty() || new.is_empty() {
            self.result.covered.push(member.place());
        }
    }

    fn property_removed(
        &mut self,
        name: &str,
        place: PlacePair,
        is_required: bool,
        is_closed: bool,
    ) {
        let effect = match (is_required, is_closed) {
            (true, true) => Effect::LOST.and(Effect::TIGHTENED),
            (true, false) => Effect::LOST,
            // A server rejects or ignores the property.
            (false, _) => Effect::UNHEEDED,
        };
        let necessity = if is_required { "required" } else { "optional" };
        let message = format!("the {necessity} property `{name}` was removed");
        self.change(DiffRule::PropertyRemoved, place, message, effect);
    }

    fn property_added(
        &mut self,
        name: &str,
        place: PlacePair,
        is_required: bool,
        was_closed: bool,
    ) {
        let effect = match (is_required, was_closed) {
            (true, _) => Effect::REQUIRED,
            (false, true) => Effect::RELAXED,
            (false, false) => Effect::NONE,
        };
        let necessity = if is_required { "required" } else { "optional" };
        let message = format!("the {necessity} property `{name}` was added");
        self.change(DiffRule::PropertyAdded, place, message, effect);
    }

    pub(super) fn additional_properties(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        if let (Some(base), Some(head)) = (&member.base, &member.head)
            && base.value.is_object()
            && head.value.is_object()
        {
            return self.pair(ObjectKind::Schema, &base.place, &head.place);
        }
        // Additional properties are allowed by default.
        let breadth = |value: Option<&Value>| match value {
            Some(Value::Bool(false)) => 0,
            Some(Value::Object(schema)) if !schema.is_empty() => 1,
            _ => 2,
        };
        let effect = match breadth(before).cmp(&breadth(after)) {
            std::cmp::Ordering::Less => Effect::RELAXED,
            std::cmp::Ordering::Equal => Effect::NONE,
            std::cmp::Ordering::Greater => Effect::TIGHTENED,
        };
        let rule = DiffRule::AdditionalPropertiesChanged;
        let message = describe_change("additionalProperties", before, after);
        self.changed(rule, member.place(), message, (before, after), effect);
    }

    pub(super) fn array_items(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => self.pair(ObjectKind::Schema, &base.place, &head.place),
            _ => {
                let (before, after) = values(member);
                let message = describe_change("items", before, after);
                self.change(DiffRule::TypeChanged, member.place(), message, Effect::ALL);
            }
        }
    }

    /// Compares `oneOf` and `anyOf`: pairs the alternatives by reference, then by content, then in order.
    pub(super) fn alternatives(&mut self, member: &KeyPair<'a>) {
        let (old, new) = self.pair_schemas(member);
        if member.base.is_none() || member.head.is_none() {
            let (before, after) = values(member);
            let message = describe_change(member.key, before, after);
            return self.change(DiffRule::TypeChanged, member.place(), message, Effect::ALL);
        }
        for before in old {
            let message = format!("the {} was removed", self.name(&before, true));
            let place = PlacePair::base(&before.place);
            self.change(
                DiffRule::AlternativeRemoved,
                place,
                message,
                Effect::TIGHTENED,
            );
        }
        for after in new {
            let message = format!("the {} was added", self.name(&after, false));
            let place = PlacePair::head(&after.place);
            self.change(DiffRule::AlternativeAdded, place, message, Effect::WIDENED);
        }
    }

    /// Compares the parts of an `allOf` that has the same parts on both sides.
    pub(super) fn all_of(&mut self, member: &KeyPair<'a>) {
        let _ = self.pair_schemas(member);
        if member.base.is_none() || member.head.is_none() {
            self.result.compared_elsewhere.push(member.place());
        }
    }

    /// Describes an alternative.
    fn name(&self, at: &Node<'a>, in_base: bool) -> String {
        let tree = if in_base {
            &self.base.tree
        } else {
            &self.head.tree
        };
        let target = resolved(tree, &at.place).filter(|target| target.place != at.place);
        match target.and_then(|target| target.place.last().map(std::borrow::Cow::into_owned)) {
            Some(name) => format!("alternative `{name}`"),
            None => "unnamed alternative".to_owned(),
        }
    }

    /// Pairs the elements of two lists of schemas, and compares the pairs; returns the unpaired elements.
    fn pair_schemas(&mut self, member: &KeyPair<'a>) -> (Vec<Node<'a>>, Vec<Node<'a>>) {
        let items = |at: &Option<Node<'a>>| at.as_ref().map(Node::items).unwrap_or_default();
        let (mut old, mut new) = (items(&member.base), items(&member.head));
        let mut pairs: Vec<(Pointer, Pointer)> = Vec::new();
        let mut take = |is_same: &dyn Fn(&Node<'a>, &Node<'a>) -> bool| {
            old.retain(|before| {
                let found = new.iter().position(|after| is_same(before, after));
                if let Some(index) = found {
                    let after: Node<'a> = new.remove(index);
                    pairs.push((before.place.clone(), after.place));
                }
                found.is_none()
            });
        };
        take(&|before, after| before.value == after.value);
        let bare = |tree: &Value, at: &Node<'_>| {
            let at = resolved(tree, &at.place);
            at.map(|at| without_docs(tree, ObjectKind::Schema, at.value))
        };
        let target = |at: &Node<'_>| at.value.get("$ref").cloned();
        take(&|before, after| is_reference(before) && target(before) == target(after));
        // Pairs an inline schema with a reference to an equal schema.
        take(&|before, after| {
            is_reference(before) != is_reference(after)
                && bare(&self.base.tree, before) == bare(&self.head.tree, after)
        });
        take(&|before, after| {
            before.place.last() == after.place.last()
                && is_reference(before) == is_reference(after)
                && !is_reference(before)
        });
        // A reference to a removed schema and one to an added schema are the same schema under another
        // name.
        let dangling = |list: &[Node<'a>], other_tree: &Value| -> BTreeSet<Pointer> {
            let is_in = |at: &Node<'a>| {
                let target = at.value.get("$ref").and_then(Value::as_str);
                let target = target.and_then(Pointer::from_fragment);
                target.is_some_and(|target| other_tree.pointer(target.as_str()).is_some())
            };
            let list = list.iter().filter(|at| is_reference(at) && !is_in(at));
            list.map(|at| at.place.clone()).collect()
        };
        let removed = dangling(&old, &self.head.tree);
        let added = dangling(&new, &self.base.tree);
        if removed.len() == 1 && added.len() == 1 {
            let (Some(before), Some(after)) = (removed.first(), added.first()) else {
                return (old, new);
            };
            old.retain(|at| at.place != *before);
            new.retain(|at| at.place != *after);
            pairs.push((before.clone(), after.clone()));
        }
        // Pairs the remaining inline schemas in order, if there are equally many.
        let inline = |list: &[Node<'a>]| list.iter().filter(|at| !is_reference(at)).count();
        if inline(&old) == inline(&new) {
            let plain = |list: &mut Vec<Node<'a>>| -> Vec<Pointer> {
                let (plain, references) = list.drain(..).partition(|at| !is_reference(at));
                *list = references;
                let plain: Vec<Node<'a>> = plain;
                plain.into_iter().map(|at| at.place).collect()
            };
            pairs.extend(plain(&mut old).into_iter().zip(plain(&mut new)));
        }
        for (before, after) in pairs {
            if before != after {
                self.result.moved.push((before.clone(), after.clone()));
            }
            self.pair(ObjectKind::Schema, &before, &after);
        }
        (old, new)
    }

    pub(super) fn discriminator(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change("discriminator", before, after);
        self.changed(
            DiffRule::DiscriminatorChanged,
            member.place(),
            message,
            (before, after),
            Effect::ALL,
        );
    }

    pub(super) fn direction(&mut self, member: &KeyPair<'a>) {
        let (before, after) = (
            member.owners.0.flag(member.key),
            member.owners.1.flag(member.key),
        );
        if before == after {
            return self.note(Bucket::Moved, member);
        }
        let (message, effect) = match (member.key, after) {
            ("readOnly", true) => ("now only sent in responses", Effect::UNHEEDED),
            ("readOnly", false) => ("now also accepted in requests", Effect::RELAXED),
            (_, true) => ("now only accepted in requests", Effect::LOST_IN_RESPONSES),
            _ => ("now also sent in responses", Effect::NONE),
        };
        self.change(
            DiffRule::PropertyDirectionChanged,
            member.place(),
            message.to_owned(),
            effect,
        );
    }
}

/// Returns whether an object rejects additional properties.
fn is_closed(at: &Node<'_>) -> bool {
    at.value.get("additionalProperties") == Some(&Value::Bool(false))
}

/// Returns whether a schema is a `$ref`.
fn is_reference(at: &Node<'_>) -> bool {
    at.value.get("$ref").is_some()
}

/// Returns the discriminator values of a schema: those of the mapping, and for each alternative that is not
/// mapped the values of its property, or else its name (OpenAPI 3.0.3, section 4.7.25).
fn tags(tree: &Value, at: &Node<'_>) -> BTreeSet<String> {
    let discriminator = at.value.get("discriminator");
    let mapping = discriminator.and_then(|object| object.get("mapping")?.as_object());
    let tag = discriminator.and_then(|object| object.get("propertyName")?.as_str());
    let mut tags: BTreeSet<String> = mapping
        .into_iter()
        .flatten()
        .map(|(tag, _)| tag.clone())
        .collect();
    let mapped: BTreeSet<Pointer> = mapping
        .into_iter()
        .flatten()
        .filter_map(|(_, target)| {
            let target = target.as_str()?;
            let section = Pointer::root().key("components").key("schemas");
            Some(Pointer::from_fragment(target).unwrap_or_else(|| section.key(target)))
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
            let object = MergedObject::merge(tree, &target);
            let values = tag.and_then(|tag| resolved(tree, &object.properties.get(tag)?.place));
            let values = values.and_then(|values| values.get("enum"));
            let values: Vec<_> = values.iter().flat_map(Node::items).collect();
            if values.is_empty() {
                tags.extend(target.place.last().map(std::borrow::Cow::into_owned));
            } else {
                tags.extend(values.iter().map(|value| display_value(value.value)));
            }
        }
    }
    tags
}
