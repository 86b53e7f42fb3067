//! Two documents, walked together: what differs, place by place.
//!
//! Places are paired by what they mean, not by where they stand: parameters by name, answers by status,
//! whatever a `$ref` leads to by the place it leads from. So each part of a document is looked at once with
//! its counterpart, and what is left without one is new or gone. Nothing is passed over: a key without a
//! rule of its own falls to [`DiffWalk::leaf`].

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{
    PlacePair, Side,
    pairs::Pairs,
    rules::{Bucket, DiffRule},
    wire_risk::Effect,
};
use crate::{
    load::{
        Document,
        spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind},
    },
    lower::only_child,
    model::SecurityScheme,
    pointer::Pointer,
};

/// What the walk has found.
#[derive(Default)]
pub(super) struct WalkResult {
    /// The changes that mean something.
    pub(super) changes: Vec<Change>,
    /// Those that are only counted.
    pub(super) notes: Vec<PendingNote>,
    /// Which places are the same under another name.
    pub(super) pairs: Pairs,
    /// The places that have been held against another place, each with all that is in it.
    pub(super) moved: Vec<(Pointer, Pointer)>,
    /// What belongs to something else that is told.
    pub(super) along: Vec<PlacePair>,
    /// What only says where something is that is looked at by itself.
    pub(super) ways: Vec<PlacePair>,
}

impl WalkResult {
    /// Whether a place is told of, on the one side that the spot has.
    pub(super) fn is_told(&self, spot: &PlacePair) -> bool {
        let changes = self.changes.iter().map(|change| &change.spot);
        let notes = self.notes.iter().map(|note| &note.spot);
        let mut spots = changes.chain(notes).chain(&self.along).chain(&self.ways);
        let is_moved = |(base, head): &(Pointer, Pointer)| {
            spot.base.as_ref() == Some(base) || spot.head.as_ref() == Some(head)
        };
        spots.any(|known| spot.is_in(known)) || self.moved.iter().any(is_moved)
    }
}

/// A change that means something.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) rule: DiffRule,
    pub(super) spot: PlacePair,
    /// What has changed, in words: "the response `410` is new".
    pub(super) what: String,
    pub(super) was: Option<String>,
    pub(super) is: Option<String>,
    pub(super) effect: Effect,
    /// CoveredBy it is used, if not wherever it stands.
    pub(super) used_at: Option<PlacePair>,
}

/// A change that is counted.
#[derive(Clone, Debug)]
pub(super) struct PendingNote {
    pub(super) bucket: Bucket,
    pub(super) spot: PlacePair,
    pub(super) was: Option<Value>,
    pub(super) is: Option<Value>,
}

/// What stands at a place, if anything does.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) place: Pointer,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value, place: Pointer) -> Self {
        Self { value, place }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self::new(value, self.place.key(key)))
    }

    pub(super) fn index(&self, index: usize) -> Option<Self> {
        let value = self.value.get(index)?;
        Some(Self::new(value, self.place.index(index)))
    }

    pub(super) fn text(&self, key: &str) -> &'a str {
        let text = self.value.get(key).and_then(Value::as_str);
        text.unwrap_or_default()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn items(&self) -> Vec<Self> {
        let count = self.value.as_array().map_or(0, Vec::len);
        (0..count).filter_map(|index| self.index(index)).collect()
    }

    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), Self::new(value, self.place.key(key))))
            .collect()
    }
}

/// A key of an object on both sides, at least one of which has it.
pub(super) struct KeyPair<'a> {
    /// What has the key.
    pub(super) kind: ObjectKind,
    pub(super) key: &'a str,
    pub(super) owners: (Node<'a>, Node<'a>),
    pub(super) base: Option<Node<'a>>,
    pub(super) head: Option<Node<'a>>,
}

impl KeyPair<'_> {
    /// The places on both sides, those of what lacks the key left out.
    pub(super) fn spot(&self) -> PlacePair {
        PlacePair {
            base: self.base.as_ref().map(|at| at.place.clone()),
            head: self.head.as_ref().map(|at| at.place.clone()),
        }
    }
}

/// What a value is, in words for a reader: texts as they are.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The walk, on its way.
pub(super) struct DiffWalk<'a> {
    pub(super) base: &'a Document,
    pub(super) head: &'a Document,
    /// The security schemes of both, as they are lowered.
    pub(super) schemes: (&'a [SecurityScheme], &'a [SecurityScheme]),
    pub(super) found: WalkResult,
    seen: HashSet<(Pointer, Pointer, Option<PlacePair>)>,
    told: HashSet<(DiffRule, PlacePair, String, Option<PlacePair>)>,
    /// The place that leads to what is looked at, where that is not what else leads there.
    pub(super) used_at: Option<PlacePair>,
}

/// Holds two documents against each other.
pub(super) fn walk(base: &Side, head: &Side) -> WalkResult {
    let mut walk = DiffWalk {
        base: &base.document,
        head: &head.document,
        schemes: (&base.model.schemes, &head.model.schemes),
        found: WalkResult::default(),
        seen: HashSet::new(),
        told: HashSet::new(),
        used_at: None,
    };
    walk.document();
    walk.found
}

impl<'a> DiffWalk<'a> {
    fn document(&mut self) {
        let base = Node::new(&self.base.tree, Pointer::root());
        let head = Node::new(&self.head.tree, Pointer::root());
        // What operations lead to tells which components are the same under another name.
        if let (Some(base), Some(head)) = (base.get("paths"), head.get("paths")) {
            self.paths(&base, &head);
        }
        self.referenced();
        self.members(ObjectKind::OpenApi, &base, &head);
    }

    /// Pairs all that a `$ref` leads to on both sides.
    fn referenced(&mut self) {
        for (place, kind) in self.base.references.keys() {
            if self.head.tree.pointer(place.as_str()).is_some() {
                self.pair(*kind, place, place);
            }
        }
    }

    pub(super) fn change(&mut self, rule: DiffRule, spot: PlacePair, what: String, effect: Effect) {
        self.push(Change {
            rule,
            spot,
            what,
            was: None,
            is: None,
            effect,
            used_at: None,
        });
    }

    /// Notes a change from something to something else.
    pub(super) fn changed(
        &mut self,
        rule: DiffRule,
        spot: PlacePair,
        what: String,
        (was, is): (Option<&Value>, Option<&Value>),
        effect: Effect,
    ) {
        self.push(Change {
            rule,
            spot,
            what,
            was: was.map(shown),
            is: is.map(shown),
            effect,
            used_at: None,
        });
    }

    pub(super) fn push(&mut self, change: Change) {
        let key = (
            change.rule,
            change.spot.clone(),
            change.what.clone(),
            self.used_at.clone(),
        );
        if self.told.insert(key) {
            match (&change.spot.base, &change.spot.head) {
                (Some(base), None) => self.found.pairs.is_gone(base),
                (None, Some(head)) => self.found.pairs.is_fresh(head),
                _ => {}
            }
            let used_at = change.used_at.clone().or_else(|| self.used_at.clone());
            self.found.changes.push(Change { used_at, ..change });
        }
    }

    pub(super) fn note(&mut self, bucket: Bucket, member: &KeyPair<'_>) {
        self.found.notes.push(PendingNote {
            bucket,
            spot: member.spot(),
            was: member.base.as_ref().map(|at| at.value.clone()),
            is: member.head.as_ref().map(|at| at.value.clone()),
        });
    }

    /// What stands at a place of the base.
    pub(super) fn in_base(&self, place: &Pointer) -> Option<Node<'a>> {
        let value = self.base.tree.pointer(place.as_str())?;
        Some(Node::new(value, place.clone()))
    }

    /// What stands at a place of the head.
    pub(super) fn in_head(&self, place: &Pointer) -> Option<Node<'a>> {
        let value = self.head.tree.pointer(place.as_str())?;
        Some(Node::new(value, place.clone()))
    }

    /// Holds what stands at two places against each other, by way of any `$ref`.
    pub(super) fn pair(&mut self, kind: ObjectKind, base: &Pointer, head: &Pointer) {
        let (Some(was), Some(is)) = (
            resolved(&self.base.tree, base),
            resolved(&self.head.tree, head),
        ) else {
            return;
        };
        let (old, new) = (&was.place, &is.place);
        if matches!(kind, ObjectKind::Callback | ObjectKind::Link) {
            let member = KeyPair {
                kind,
                key: "",
                owners: (was.clone(), is.clone()),
                base: Some(was),
                head: Some(is),
            };
            return self.texts(Bucket::Unused, &member);
        }
        self.references(kind, base, head);
        if self.used_at.is_none() && (old != base || new != head) {
            self.found.pairs.put(base, head);
        }
        if kind == ObjectKind::Schema && self.leads_to(&was, &is) {
            // One of the two only adds words to the other.
            self.unwrapped(&was, &is);
            return;
        }
        let is_same = old == new || self.found.pairs.in_head(old) == *new;
        let by_name = (old != base, new != head);
        // What still is there, or was there before, is not the same under another name.
        let stays = by_name.0 && self.head.tree.pointer(old.as_str()).is_some();
        let was_there = by_name.1 && self.base.tree.pointer(new.as_str()).is_some();
        if !is_same && (stays || was_there) {
            self.switched(kind, (base, head), &was, &is);
            return;
        }
        if kind == ObjectKind::Schema && by_name != (false, false) && !is_same {
            let name = |by_name: bool, place: &Pointer| {
                let name = place.last().filter(|_| by_name);
                name.map(std::borrow::Cow::into_owned)
            };
            let what = match by_name {
                (true, true) => "is called otherwise",
                (false, _) => "has a name now",
                _ => "has no name any more",
            };
            self.push(Change {
                rule: DiffRule::SchemaRenamed,
                spot: PlacePair::both(old, new),
                what: what.to_owned(),
                was: name(by_name.0, old),
                is: name(by_name.1, new),
                effect: Effect::NONE,
                used_at: None,
            });
        }
        self.inner(kind, &was, &is);
    }

    /// Notes the `$ref`s at two places, which are looked at by what they lead to, and what stands beside them,
    /// of which nothing is made.
    pub(super) fn references(&mut self, kind: ObjectKind, base: &Pointer, head: &Pointer) {
        let leads = |at: Option<Node<'a>>| at.filter(|at| at.value.get("$ref").is_some());
        let (was, is) = (leads(self.in_base(base)), leads(self.in_head(head)));
        let nothing = |place: &Pointer| Node::new(&Value::Null, place.clone());
        let owners = (
            was.unwrap_or_else(|| nothing(base)),
            is.unwrap_or_else(|| nothing(head)),
        );
        for key in keys(&owners.0, &owners.1) {
            let member = KeyPair {
                kind,
                key,
                base: owners.0.get(key),
                head: owners.1.get(key),
                owners: owners.clone(),
            };
            let (old, new) = values(&member);
            if key == "$ref" {
                if old != new || base != head {
                    self.found.ways.push(member.spot());
                }
            } else if old != new {
                self.note(Bucket::Unused, &member);
            }
        }
    }

    /// A place that leads to something else than before, which both are there still.
    fn switched(
        &mut self,
        kind: ObjectKind,
        at: (&Pointer, &Pointer),
        was: &Node<'a>,
        is: &Node<'a>,
    ) {
        let spot = PlacePair::both(at.0, at.1);
        let name = |place: &Pointer, at: &Pointer| {
            let name = (place != at).then(|| place.last()).flatten();
            name.map_or_else(|| kind.noun().to_owned(), std::borrow::Cow::into_owned)
        };
        let (old, new) = (name(&was.place, at.0), name(&is.place, at.1));
        if kind == ObjectKind::Schema {
            let (differences, effect) = self.between(was, is);
            let what = match differences.as_str() {
                "" => "leads to another schema that says the same".to_owned(),
                differences => format!("leads to another schema: {differences}"),
            };
            return self.push(Change {
                rule: DiffRule::TypeChanged,
                spot,
                what,
                was: Some(old),
                is: Some(new),
                effect,
                used_at: None,
            });
        }
        let around = self.used_at.clone();
        self.used_at = around.clone().or_else(|| Some(spot.clone()));
        let before = self.found.changes.len();
        self.inner(kind, was, is);
        self.used_at = around;
        if self.found.changes.len() == before {
            self.found.ways.push(spot);
        }
    }

    /// Holds two things against each other, which stand here.
    fn inner(&mut self, kind: ObjectKind, base: &Node<'a>, head: &Node<'a>) {
        let key = (base.place.clone(), head.place.clone(), self.used_at.clone());
        if !self.seen.insert(key) {
            return;
        }
        if base.place != head.place {
            if self.used_at.is_none() {
                self.found.pairs.put(&base.place, &head.place);
            }
            let places = (base.place.clone(), head.place.clone());
            self.found.moved.push(places);
        }
        if base.value == head.value {
            // Its `$ref`s lead to the same, which is looked at by itself.
            return;
        }
        if kind == ObjectKind::Schema {
            return self.schema(base, head);
        }
        self.members(kind, base, head);
    }

    /// Whether one of two schemas is only another way to the other one.
    fn leads_to(&self, was: &Node<'a>, is: &Node<'a>) -> bool {
        let leads = |tree: &'a Value, at: &Node<'a>, other: &Node<'a>| {
            let child = child_of(at).and_then(|child| resolved(tree, &child));
            let child = child.filter(|child| child.place != at.place);
            child_of(other).is_none() && child.is_some_and(|child| child.place == other.place)
        };
        leads(&self.base.tree, was, is) || leads(&self.head.tree, is, was)
    }

    /// A schema that only says more words of another one, on one of the two sides.
    pub(super) fn unwrapped(&mut self, base: &Node<'a>, head: &Node<'a>) -> bool {
        let (wrapper, child) = match (child_of(base), child_of(head)) {
            (Some(child), None) => (base, child),
            (None, Some(child)) => (head, child),
            _ => return false,
        };
        let is_base = std::ptr::eq(wrapper.value, base.value);
        let tree = if is_base {
            &self.base.tree
        } else {
            &self.head.tree
        };
        // What leads back to itself is not made of anything else.
        let Some(target) = resolved(tree, &child).filter(|at| at.place != wrapper.place) else {
            return false;
        };
        for (key, at) in wrapper.members() {
            let is_way = key == "type" || at.value.is_array();
            let (old, new) = if is_base {
                (Some(at), None)
            } else {
                (None, Some(at))
            };
            let member = KeyPair {
                kind: ObjectKind::Schema,
                key,
                owners: (base.clone(), head.clone()),
                base: old,
                head: new,
            };
            if is_way {
                self.note(Bucket::Moved, &member);
            } else {
                self.member(&member);
            }
        }
        let other = if is_base { &head.place } else { &base.place };
        if target.place == *other || self.found.pairs.in_head(&target.place) == *other {
            // The other side leads to the same without the words.
            let (base, head) = if is_base {
                (&child, other)
            } else {
                (other, &child)
            };
            self.references(ObjectKind::Schema, base, head);
        } else if is_base {
            self.pair(ObjectKind::Schema, &child, other);
        } else {
            self.pair(ObjectKind::Schema, other, &child);
        }
        true
    }

    /// Holds the members of two objects against each other.
    pub(super) fn members(&mut self, kind: ObjectKind, base: &Node<'a>, head: &Node<'a>) {
        for key in keys(base, head) {
            let member = KeyPair {
                kind,
                key,
                owners: (base.clone(), head.clone()),
                base: base.get(key),
                head: head.get(key),
            };
            let value = |at: &Option<Node<'a>>| at.as_ref().map(|at| at.value);
            if value(&member.base) != value(&member.head) {
                self.member(&member);
            }
        }
    }

    /// Holds what stands under a key against its counterpart: by its [`row`], else by its form.
    pub(super) fn member(&mut self, member: &KeyPair<'a>) {
        if member.key.starts_with("x-") {
            self.extension(member);
            return;
        }
        if let Some(compare) = row(member.kind, member.key) {
            return compare(self, member);
        }
        let field = match member.kind.members() {
            ObjectKeys::Fields(fields) => fields.iter().find(|field| field.name == member.key),
            ObjectKeys::Named(_) => None,
        };
        match field {
            Some(field) if field.usage == KeyUse::Meaning => self.by_form(field.form, member),
            Some(field) if field.usage == KeyUse::Prose => self.words(member),
            _ => self.note(Bucket::Unused, member),
        }
    }

    /// Holds two values of a form against each other.
    fn by_form(&mut self, form: ValueKind, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            return self.leaf(member);
        };
        match form {
            ValueKind::Is(kind) | ValueKind::Ref(kind) => self.pair(kind, &base.place, &head.place),
            ValueKind::FlagOrRef(kind) if base.value.is_object() && head.value.is_object() => {
                self.pair(kind, &base.place, &head.place);
            }
            ValueKind::Map(ValueKind::Is(kind) | ValueKind::Ref(kind)) => {
                for key in keys(base, head) {
                    let (base, head) = (base.get(key), head.get(key));
                    match (&base, &head) {
                        (Some(base), Some(head)) => self.pair(*kind, &base.place, &head.place),
                        _ => self.leaf(&KeyPair {
                            key,
                            owners: member.owners.clone(),
                            kind: member.kind,
                            base,
                            head,
                        }),
                    }
                }
            }
            _ => self.leaf(member),
        }
    }

    /// A value that has no rule of its own.
    pub(super) fn leaf(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = told(member.key, was, is);
        self.changed(
            DiffRule::Changed,
            member.spot(),
            what,
            (was, is),
            Effect::ALL,
        );
    }

    /// Words for people, text by text.
    pub(super) fn words(&mut self, member: &KeyPair<'a>) {
        self.texts(Bucket::Documentation, member);
    }

    /// A part of the document, as notes: one for each value in it that differs.
    pub(super) fn texts(&mut self, bucket: Bucket, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            return self.note(bucket, member);
        };
        let is_parted = (base.value.is_object() && head.value.is_object())
            || (base.value.is_array() && head.value.is_array());
        if !is_parted {
            return self.note(bucket, member);
        }
        let of_list = |at: &Node<'a>| (0..at.items().len()).map(|index| index.to_string());
        let all: BTreeSet<String> = if base.value.is_array() {
            of_list(base).chain(of_list(head)).collect()
        } else {
            keys(base, head).into_iter().map(str::to_owned).collect()
        };
        for key in all {
            let inner = |at: &Node<'a>| match at.value {
                Value::Array(_) => at.index(key.parse().ok()?),
                _ => at.get(&key),
            };
            let part = KeyPair {
                kind: member.kind,
                key: member.key,
                owners: member.owners.clone(),
                base: inner(base),
                head: inner(head),
            };
            if values(&part).0 != values(&part).1 {
                self.texts(bucket, &part);
            }
        }
    }

    fn extension(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        match (member.key, member.kind) {
            // The files beside the document are held against each other where a `$ref` leads to them.
            (key, ObjectKind::OpenApi) if key == Pointer::FILES => {}
            ("x-name", _) => {
                let what = told("x-name", was, is);
                self.changed(
                    DiffRule::NameChanged,
                    member.spot(),
                    what,
                    (was, is),
                    Effect::NONE,
                );
            }
            ("x-status", ObjectKind::Response) => self.status(member),
            _ => self.note(Bucket::Extension, member),
        }
    }

    /// What is known of a status, fact by fact.
    fn status(&mut self, member: &KeyPair<'a>) {
        let (Some(base), Some(head)) = (&member.base, &member.head) else {
            let (was, is) = values(member);
            let what = told("x-status", was, is);
            return self.changed(
                DiffRule::StatusChanged,
                member.spot(),
                what,
                (was, is),
                Effect::NONE,
            );
        };
        for key in keys(base, head) {
            let (old, new) = (base.get(key), head.get(key));
            let (was, is) = (
                old.as_ref().map(|at| at.value),
                new.as_ref().map(|at| at.value),
            );
            if was != is {
                let spot = PlacePair {
                    base: old.map(|at| at.place),
                    head: new.map(|at| at.place),
                };
                let what = told(key, was, is);
                self.changed(DiffRule::StatusChanged, spot, what, (was, is), Effect::NONE);
            }
        }
    }
}

macro_rules! rows {
    ($($kind:ident [$($key:literal),*] => $compare:path;)*) => {
        /// How a key is looked at that is not looked at by its form: [`DiffWalk::by_form`].
        fn row<'a>(kind: ObjectKind, key: &str) -> Option<fn(&mut DiffWalk<'a>, &KeyPair<'a>)> {
            match (kind, key) {
                $((ObjectKind::$kind, $($key)|*) => Some($compare),)*
                _ => None,
            }
        }
    };
}

rows! {
    OpenApi ["openapi"] => DiffWalk::version;
    OpenApi ["servers"] => DiffWalk::servers;
    OpenApi ["tags"] => DiffWalk::listed_tags;
    OpenApi ["security"] => DiffWalk::security_of_all;
    OpenApi ["components"] => DiffWalk::components;
    // They come first.
    OpenApi ["paths"] => DiffWalk::deferred;
    Info ["version"] => DiffWalk::version;
    Info ["title"] => DiffWalk::words;

    // By what operations are paired.
    PathItem ["$ref", "get", "put", "post", "delete"] => DiffWalk::ignored;
    PathItem ["options", "head", "patch", "trace"] => DiffWalk::ignored;
    PathItem ["parameters"] => DiffWalk::of_item;
    PathItem ["servers"] => DiffWalk::other_servers;

    Operation ["tags"] => DiffWalk::tags;
    Operation ["operationId"] => DiffWalk::operation_id;
    Operation ["parameters"] => DiffWalk::deferred;
    Operation ["security"] => DiffWalk::security_of;
    Operation ["requestBody"] => DiffWalk::request_body;
    Operation ["responses"] => DiffWalk::responses;
    Operation ["deprecated"] => DiffWalk::deprecated;
    Operation ["servers"] => DiffWalk::other_servers;

    Parameter ["name", "in"] => DiffWalk::covered_elsewhere;
    Parameter ["required"] => DiffWalk::parameter_required;
    Parameter ["deprecated"] => DiffWalk::deprecated;
    Parameter ["style", "explode"] => DiffWalk::serialization;
    Parameter ["schema", "content"] => DiffWalk::described;
    Parameter ["example", "examples"] => DiffWalk::example;
    Header ["required"] => DiffWalk::header_required;
    Header ["deprecated"] => DiffWalk::deprecated;
    Header ["style", "explode"] => DiffWalk::serialization;
    Header ["schema", "content"] => DiffWalk::described;
    Header ["example", "examples"] => DiffWalk::example;

    RequestBody ["required"] => DiffWalk::body_required;
    RequestBody ["content"] => DiffWalk::request_content;
    Response ["content"] => DiffWalk::response_content;
    Response ["headers"] => DiffWalk::headers;
    Response ["links"] => DiffWalk::unused;
    MediaType ["schema"] => DiffWalk::schema_of_content;
    MediaType ["example", "examples"] => DiffWalk::example;
    MediaType ["encoding"] => DiffWalk::encoding;
    Example ["value", "externalValue"] => DiffWalk::example;
    SecurityScheme ["type", "in", "name", "scheme"] => DiffWalk::scheme;
    SecurityScheme ["bearerFormat"] => DiffWalk::words;
    SecurityScheme ["flows", "openIdConnectUrl"] => DiffWalk::flows;

    Schema ["type"] => DiffWalk::schema_type;
    Schema ["format"] => DiffWalk::format;
    Schema ["enum"] => DiffWalk::values;
    Schema ["nullable"] => DiffWalk::nullable;
    Schema ["required"] => DiffWalk::required;
    Schema ["properties"] => DiffWalk::properties;
    Schema ["additionalProperties"] => DiffWalk::additional_properties;
    Schema ["items"] => DiffWalk::elements;
    Schema ["oneOf", "anyOf"] => DiffWalk::alternatives;
    Schema ["allOf"] => DiffWalk::parts;
    Schema ["discriminator"] => DiffWalk::discriminator;
    Schema ["maxLength", "maxItems", "maxProperties", "maximum"] => DiffWalk::upper_limit;
    Schema ["minLength", "minItems", "minProperties", "minimum"] => DiffWalk::lower_limit;
    Schema ["pattern", "multipleOf", "not"] => DiffWalk::limit;
    Schema ["uniqueItems", "exclusiveMinimum", "exclusiveMaximum"] => DiffWalk::limit;
    Schema ["default"] => DiffWalk::default;
    Schema ["readOnly", "writeOnly"] => DiffWalk::way;
    Schema ["deprecated"] => DiffWalk::deprecated;
    Schema ["example"] => DiffWalk::example;
    Schema ["xml"] => DiffWalk::unused;
}

/// Whether the values of two schemas have nothing in common.
pub(super) fn is_of_other_type(base: &Node<'_>, head: &Node<'_>) -> bool {
    let types = (base.text("type"), head.text("type"));
    let is_number = |ty: &str| matches!(ty, "integer" | "number");
    let is_said = !types.0.is_empty() && !types.1.is_empty();
    let are_numbers = is_number(types.0) && is_number(types.1);
    is_said && types.0 != types.1 && !are_numbers
}

/// The keys of two objects.
pub(super) fn keys<'a>(base: &Node<'a>, head: &Node<'a>) -> BTreeSet<&'a str> {
    let members = [base, head]
        .into_iter()
        .filter_map(|at| at.value.as_object());
    members.flat_map(Map::keys).map(String::as_str).collect()
}

/// The values of a member on both sides.
pub(super) fn values<'a>(member: &KeyPair<'a>) -> (Option<&'a Value>, Option<&'a Value>) {
    let value = |at: &Option<Node<'a>>| at.as_ref().map(|at| at.value);
    (value(&member.base), value(&member.head))
}

/// That a key is new, is gone, or has another value.
pub(super) fn told(key: &str, was: Option<&Value>, is: Option<&Value>) -> String {
    match (was, is) {
        (None, _) => format!("`{key}` is new"),
        (_, None) => format!("`{key}` is gone"),
        _ => format!("`{key}` has changed"),
    }
}

/// What stands at a place, or where the `$ref` there leads to.
pub(super) fn resolved<'a>(tree: &'a Value, place: &Pointer) -> Option<Node<'a>> {
    let mut place = place.clone();
    // Each `$ref` ends: loading has followed them all.
    loop {
        let value = tree.pointer(place.as_str())?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => place = Pointer::from_fragment(reference)?,
            None => return Some(Node::new(value, place)),
        }
    }
}

/// The schema that one is made of, where it adds nothing but words.
fn child_of(at: &Node<'_>) -> Option<Pointer> {
    only_child(&at.place, at.value.as_object()?)
}
