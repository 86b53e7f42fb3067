//! Operations, held against each other: what they take, and what they answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    PlacePair,
    rules::{Bucket, DiffRule},
    walk::{Change, DiffWalk, KeyPair, Node, keys, resolved, told, values},
    wire_risk::Effect,
};
use crate::{
    load::spec::ObjectKind,
    lower::without_docs,
    model::{Method, Piece, ResponseKey, segments},
    pointer::Pointer,
};

/// An operation where it stands.
#[derive(Clone)]
struct OperationNode<'a> {
    path: &'a str,
    method: Method,
    /// The path item, where it really is.
    item: Node<'a>,
    at: Node<'a>,
}

/// By what operations of two documents are the same: a path or name, and a method.
type KeyOf<'a> = fn(&OperationNode<'a>) -> Option<(String, Option<Method>)>;

impl<'a> OperationNode<'a> {
    fn id(&self) -> Option<&'a str> {
        let id = self.at.value.get("operationId");
        id.and_then(Value::as_str).filter(|id| !id.is_empty())
    }
}

/// The names of operations that are where another one was, which is still there, too.
fn swapped<'a>(old: &[OperationNode<'a>], new: &[OperationNode<'a>]) -> BTreeSet<&'a str> {
    let by_id = |all: &[OperationNode<'a>]| -> BTreeMap<&'a str, (String, Method)> {
        let ids = all.iter();
        ids.filter_map(|one| Some((one.id()?, (form(one.path), one.method))))
            .collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let by_place: BTreeMap<_, _> = old.iter().map(|(id, place)| (place, *id)).collect();
    let has_moved = |id: &str| {
        let (was, is) = (old.get(id), new.get(id));
        was.is_some() && is.is_some() && was != is
    };
    let is_swapped = |id: &&str| {
        // Who was where this one is now is elsewhere, too.
        let now = new.get(*id).filter(|_| has_moved(id));
        now.and_then(|now| by_place.get(now))
            .is_some_and(|other| has_moved(other))
    };
    old.keys().copied().filter(is_swapped).collect()
}

/// A parameter where it is used, and where it really is.
#[derive(Clone)]
struct ParameterNode<'a> {
    place: Pointer,
    resolved: Node<'a>,
}

/// How much of the answers of an operation there is in one of the two documents: by key.
type Responses<'a> = BTreeMap<String, Node<'a>>;

/// A path by its form: the names of its parameters are no part of it.
fn form(path: &str) -> String {
    let segments = segments(path).into_iter();
    let texts = segments.map(|pieces| {
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Literal(text) => text,
            Piece::Parameter(_) => "{}".to_owned(),
        });
        pieces.collect::<String>()
    });
    texts.collect::<Vec<_>>().join("/")
}

/// The names of the parameters in a path, in its order.
fn names_in(path: &str) -> Vec<String> {
    let pieces = segments(path).into_iter().flatten();
    pieces
        .filter_map(|piece| match piece {
            Piece::Parameter(name) => Some(name),
            Piece::Literal(_) => None,
        })
        .collect()
}

/// Whether a name stands where another one stood, which is elsewhere now.
fn is_permuted(was: &[String], is: &[String]) -> bool {
    let moved = was.iter().zip(is).filter(|(was, is)| was != is);
    moved.into_iter().any(|(name, _)| is.contains(name))
}

fn operations<'a>(tree: &'a Value, paths: &Node<'a>) -> Vec<OperationNode<'a>> {
    let mut operations = Vec::new();
    for (path, place) in paths.members() {
        let Some(item) = resolved(tree, &place.place).filter(|_| path.starts_with('/')) else {
            continue;
        };
        for method in Method::ALL {
            if let Some(at) = item.get(&method.key()) {
                operations.push(OperationNode {
                    path,
                    method,
                    item: item.clone(),
                    at,
                });
            }
        }
    }
    operations
}

impl<'a> DiffWalk<'a> {
    /// A key that is looked at together with others; an empty list says as much as none.
    pub(super) fn deferred(&mut self, member: &KeyPair<'a>) {
        let is_empty = |at: &Option<Node<'a>>| {
            at.as_ref()
                .is_none_or(|at| at.items().is_empty() && at.members().is_empty())
        };
        if is_empty(&member.base) && is_empty(&member.head) {
            self.note(Bucket::Moved, member);
        }
    }

    /// Holds the operations against each other: by method and path, else by `operationId`.
    pub(super) fn paths(&mut self, base: &Node<'a>, head: &Node<'a>) {
        let mut old = operations(&self.base.tree, base);
        let mut new = operations(&self.head.tree, head);
        let mut pairs = Vec::new();
        let keys: [KeyOf<'a>; 3] = [
            |one| Some((one.path.to_owned(), Some(one.method))),
            |one| Some((form(one.path), Some(one.method))),
            |one| Some((one.id()?.to_owned(), None)),
        ];
        // Two that have changed places are told by what they are called.
        let swapped = swapped(&old, &new);
        for key in keys {
            let mut by_key: BTreeMap<_, Vec<OperationNode<'a>>> = BTreeMap::new();
            for one in new.drain(..) {
                by_key.entry(key(&one)).or_default().push(one);
            }
            old.retain(|was| {
                let key = key(was);
                let is_by_name = key.as_ref().is_some_and(|(_, method)| method.is_none());
                if !is_by_name && was.id().is_some_and(|id| swapped.contains(id)) {
                    return true;
                }
                let same = key.is_some().then(|| by_key.get_mut(&key)).flatten();
                let same = same
                    .filter(|same| !same.is_empty())
                    .map(|same| same.remove(0));
                match same {
                    Some(is) if is_by_name || is.id().is_none_or(|id| !swapped.contains(id)) => {
                        pairs.push((was.clone(), is));
                        false
                    }
                    Some(is) => {
                        by_key.entry(key).or_default().insert(0, is);
                        true
                    }
                    None => true,
                }
            });
            new.extend(by_key.into_values().flatten());
        }
        let by_place = |one: &OperationNode<'a>, other: &OperationNode<'a>| {
            (one.path, one.method).cmp(&(other.path, other.method))
        };
        pairs.sort_by(|(one, _), (other, _)| by_place(one, other));

        for (was, is) in &pairs {
            self.operation(was, is);
        }
        for was in old {
            let what = "is gone".to_owned();
            let spot = PlacePair::base(&was.at.place);
            self.change(DiffRule::OperationRemoved, spot, what, Effect::OLD_CLIENTS);
        }
        for is in new {
            let what = "is new".to_owned();
            let spot = PlacePair::head(&is.at.place);
            self.change(DiffRule::OperationAdded, spot, what, Effect::NONE);
        }
        self.items(base, head, &pairs);
    }

    fn operation(&mut self, was: &OperationNode<'a>, is: &OperationNode<'a>) {
        let spot = PlacePair::both(&was.at.place, &is.at.place);
        let is_elsewhere = (form(was.path), was.method) != (form(is.path), is.method)
            || is_permuted(&names_in(was.path), &names_in(is.path));
        if was.at.place != is.at.place {
            self.found.pairs.put(&was.at.place, &is.at.place);
            let places = (was.at.place.clone(), is.at.place.clone());
            self.found.moved.push(places);
        }
        if is_elsewhere {
            let title =
                |one: &OperationNode<'_>| Value::from(format!("{} {}", one.method, one.path));
            let (old, new) = (title(was), title(is));
            let what = "has another method or path".to_owned();
            let values = (Some(&old), Some(&new));
            let effect = Effect::OLD_CLIENTS;
            self.changed(DiffRule::OperationMoved, spot, what, values, effect);
        }
        self.parameters(was, is);
        self.members(ObjectKind::Operation, &was.at, &is.at);
    }

    /// What paths say beside their operations.
    fn items(
        &mut self,
        base: &Node<'a>,
        head: &Node<'a>,
        pairs: &[(OperationNode<'a>, OperationNode<'a>)],
    ) {
        let mut items: BTreeMap<Pointer, Pointer> = BTreeMap::new();
        for (was, is) in pairs {
            let place = was.item.place.clone();
            items.entry(place).or_insert_with(|| is.item.place.clone());
        }
        let mut told: BTreeSet<Pointer> = items.values().cloned().collect();
        for (key, at) in base.members() {
            let Some(was) = resolved(&self.base.tree, &at.place) else {
                continue;
            };
            if !key.starts_with('/') {
                continue;
            }
            let other = items.get(&was.place).cloned();
            let same = head
                .get(key)
                .and_then(|at| resolved(&self.head.tree, &at.place));
            let is = match other {
                Some(place) => self.in_head(&place),
                None => same,
            };
            let Some(is) = is else {
                let place = at.place.clone();
                self.one_sided(Some(at), None);
                if was.place != place {
                    self.found.along.push(PlacePair::base(&was.place));
                }
                continue;
            };
            told.insert(is.place.clone());
            let other = head
                .get(key)
                .map_or_else(|| is.place.clone(), |at| at.place);
            self.references(ObjectKind::PathItem, &at.place, &other);
            if was.place != is.place {
                self.found.moved.push((was.place.clone(), is.place.clone()));
            }
            self.members(ObjectKind::PathItem, &was, &is);
        }
        for (key, at) in head.members() {
            if let Some(is) = resolved(&self.head.tree, &at.place).filter(|_| key.starts_with('/'))
            {
                if told.contains(&is.place) {
                    self.found.ways.push(PlacePair::head(&at.place.key("$ref")));
                } else {
                    let place = at.place.clone();
                    self.one_sided(None, Some(at));
                    if is.place != place {
                        self.found.along.push(PlacePair::head(&is.place));
                    }
                }
            }
        }
        for key in keys(base, head)
            .into_iter()
            .filter(|key| !key.starts_with('/'))
        {
            let (was, is) = (base.get(key), head.get(key));
            if was.as_ref().map(|at| at.value) != is.as_ref().map(|at| at.value) {
                self.note(
                    Bucket::Extension,
                    &KeyPair {
                        kind: ObjectKind::Paths,
                        key,
                        owners: (base.clone(), head.clone()),
                        base: was,
                        head: is,
                    },
                );
            }
        }
    }

    /// A path on one of the two sides alone: its operations tell that, if it has some.
    fn one_sided(&mut self, base: Option<Node<'a>>, head: Option<Node<'a>>) {
        let Some(at) = base.clone().or(head.clone()) else {
            return;
        };
        let methods = Method::ALL.map(Method::key);
        let has_operations = methods.iter().any(|method| at.get(method).is_some());
        let member = KeyPair {
            kind: ObjectKind::PathItem,
            key: "",
            owners: (at.clone(), at.clone()),
            base,
            head,
        };
        if has_operations || at.get("$ref").is_some() {
            self.found.along.push(member.spot());
        } else {
            self.note(Bucket::Unused, &member);
        }
    }

    /// Nothing, for a key whose value is looked at from elsewhere.
    #[expect(clippy::unused_self, reason = "the shape of a row")]
    pub(super) fn ignored(&mut self, _: &KeyPair<'a>) {}

    /// The parameters of a path: those that every operation replaces are looked at nowhere else.
    pub(super) fn of_item(&mut self, member: &KeyPair<'a>) {
        let items = |at: &Option<Node<'a>>| at.as_ref().map(Node::items).unwrap_or_default();
        let (old, new) = (items(&member.base), items(&member.head));
        let spots = old
            .iter()
            .map(|at| PlacePair::base(&at.place))
            .chain(new.iter().map(|at| PlacePair::head(&at.place)));
        for spot in spots {
            let is_told = self.found.is_told(&spot);
            let at = |place: &Option<Pointer>, all: &[Node<'a>]| {
                let place = place.as_ref()?;
                all.iter().find(|at| at.place == *place).cloned()
            };
            let (base, head) = (at(&spot.base, &old), at(&spot.head, &new));
            let other = match (&base, &head) {
                (Some(at), _) => self.in_head(&at.place),
                (_, Some(at)) => self.in_base(&at.place),
                _ => None,
            };
            let own = base.as_ref().or(head.as_ref()).map(|at| at.value);
            if !is_told && other.map(|at| at.value) != own {
                self.note(
                    Bucket::Unused,
                    &KeyPair {
                        kind: ObjectKind::PathItem,
                        key: member.key,
                        owners: member.owners.clone(),
                        base,
                        head,
                    },
                );
            }
        }
    }

    /// The name and the place of a parameter, which are told where it is paired.
    pub(super) fn covered_elsewhere(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or_default();
        if text(was).eq_ignore_ascii_case(text(is)) && member.owners.1.text("in") == "header" {
            // The names of header fields know no case.
            return self.note(Bucket::Moved, member);
        }
        self.found.along.push(member.spot());
    }

    pub(super) fn operation_id(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = "is called otherwise".to_owned();
        let effect = Effect::NONE;
        self.changed(
            DiffRule::OperationRenamed,
            member.spot(),
            what,
            (was, is),
            effect,
        );
    }

    /// The tags that the document lists, by name.
    pub(super) fn listed_tags(&mut self, member: &KeyPair<'a>) {
        let by_name = |list: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            let tags = list.iter().flat_map(Node::items);
            tags.filter_map(|tag| Some((tag.value.get("name")?.as_str()?, tag)))
                .collect()
        };
        let (old, new) = (by_name(&member.base), by_name(&member.head));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let tag = KeyPair {
                kind: ObjectKind::OpenApi,
                key: member.key,
                owners: member.owners.clone(),
                base: old.get(name).cloned(),
                head: new.get(name).cloned(),
            };
            let chosen = |value: Option<&'a Value>| value.and_then(|tag| tag.get("x-name"));
            let (was, is) = values(&tag);
            let (was, is) = (chosen(was), chosen(is));
            match (&tag.base, &tag.head) {
                (Some(base), Some(head)) => self.pair(ObjectKind::Tag, &base.place, &head.place),
                _ if was.is_some() || is.is_some() => {
                    let what = told("x-name", was, is);
                    let rule = DiffRule::NameChanged;
                    self.changed(rule, tag.spot(), what, (was, is), Effect::NONE);
                }
                _ => self.words(&tag),
            }
        }
    }

    /// The tags of an operation, of which the first counts.
    pub(super) fn tags(&mut self, member: &KeyPair<'a>) {
        let first = |value: &'a Value| value.get(0);
        let (was, is) = values(member);
        let (was, is) = (was.and_then(first), is.and_then(first));
        if was == is {
            return self.words(member);
        }
        let what = match (was, is) {
            (None, _) => "has a tag",
            (_, None) => "has no tag",
            _ => "has another tag",
        };
        let rule = DiffRule::OperationTagged;
        self.changed(
            rule,
            member.spot(),
            what.to_owned(),
            (was, is),
            Effect::NONE,
        );
    }

    /// The parameters of an operation, and those of its path that it does not replace.
    fn parameters(&mut self, was: &OperationNode<'a>, is: &OperationNode<'a>) {
        let mut old = effective(&self.base.tree, was);
        let mut new = effective(&self.head.tree, is);
        // Those in the path are the same by their position.
        let renamed: Vec<_> = names_in(was.path)
            .into_iter()
            .zip(names_in(is.path))
            .filter(|(was, is)| was != is)
            .map(|(was, is)| (("path", was), ("path", is)))
            .collect();
        for (key, parameter) in old.clone() {
            if let Some(other) = new.remove(&key) {
                old.remove(&key);
                self.pair(ObjectKind::Parameter, &parameter.place, &other.place);
            }
        }
        for (was, is) in renamed {
            if let (Some(old), Some(new)) = (old.remove(&was), new.remove(&is)) {
                // The path reads the same.
                self.told_apart(&old, &new, Effect::NONE);
            }
        }
        // One that is described where it was, or is called as it was.
        for (key, parameter) in old.clone() {
            let mut others = new.iter();
            let same = others.find(|(other, one)| {
                let is_component = parameter.place != parameter.resolved.place;
                (is_component && one.resolved.place == parameter.resolved.place)
                    || (other.1.eq_ignore_ascii_case(&key.1) && other.0 != key.0)
            });
            let Some((other, _)) = same.map(|(key, one)| (key.clone(), one.clone())) else {
                continue;
            };
            if let (Some(was), Some(is)) = (old.remove(&key), new.remove(&other)) {
                let effect = not_heeded(&was);
                self.told_apart(&was, &is, effect);
            }
        }
        // One that says the same under another name.
        let bare = |tree: &Value, parameter: &ParameterNode<'_>| {
            let mut bare = without_docs(tree, ObjectKind::Parameter, parameter.resolved.value);
            if let Some(members) = bare.as_object_mut() {
                members.remove("name");
            }
            bare.to_string()
        };
        for (key, parameter) in old.clone() {
            let own = bare(&self.base.tree, &parameter);
            let mut alike = new
                .iter()
                .filter(|(other, one)| other.0 == key.0 && bare(&self.head.tree, one) == own);
            let same = match (alike.next(), alike.next()) {
                (Some((other, _)), None) => other.clone(),
                _ => continue,
            };
            let mut twins = old
                .iter()
                .filter(|(other, one)| other.0 == key.0 && bare(&self.base.tree, one) == own);
            if twins.nth(1).is_some() || key.0 == "path" {
                continue;
            }
            old.remove(&key);
            if let Some(other) = new.remove(&same) {
                let effect = not_heeded(&parameter);
                self.told_apart(&parameter, &other, effect);
            }
        }
        // One of the path is that of this operation alone, if another replaces it there.
        let here = PlacePair::both(&was.at.place, &is.at.place);
        for ((location, _), parameter) in old {
            let name = parameter.resolved.text("name");
            let what = format!("the {location} parameter `{name}` is gone");
            let effect = not_heeded(&parameter);
            self.of_operation(
                &here,
                DiffRule::ParameterRemoved,
                PlacePair::base(&parameter.place),
                what,
                effect,
            );
        }
        for ((location, _), parameter) in new {
            let name = parameter.resolved.text("name");
            let is_required = parameter.resolved.flag("required") || location == "path";
            let (word, effect) = if is_required {
                ("required", Effect::OLD_CLIENTS)
            } else {
                ("optional", Effect::NONE)
            };
            let what = format!("the {word} {location} parameter `{name}` is new");
            self.of_operation(
                &here,
                DiffRule::ParameterAdded,
                PlacePair::head(&parameter.place),
                what,
                effect,
            );
        }
    }

    /// A change that is one of an operation, wherever it stands.
    fn of_operation(
        &mut self,
        at: &PlacePair,
        rule: DiffRule,
        spot: PlacePair,
        what: String,
        effect: Effect,
    ) {
        self.push(Change {
            rule,
            spot,
            what,
            was: None,
            is: None,
            effect,
            used_at: Some(at.clone()),
        });
    }

    /// A parameter that has another name, or is elsewhere in the request.
    fn told_apart(&mut self, was: &ParameterNode<'a>, is: &ParameterNode<'a>, effect: Effect) {
        for (key, rule, what) in [
            ("name", DiffRule::ParameterRenamed, "is called otherwise"),
            (
                "in",
                DiffRule::SerializationChanged,
                "is elsewhere in the request",
            ),
        ] {
            let (Some(old), Some(new)) = (was.resolved.get(key), is.resolved.get(key)) else {
                continue;
            };
            if old.value != new.value {
                let spot = PlacePair::both(&old.place, &new.place);
                let values = (Some(old.value), Some(new.value));
                self.changed(rule, spot, what.to_owned(), values, effect);
            }
        }
        self.pair(ObjectKind::Parameter, &was.place, &is.place);
    }

    pub(super) fn parameter_required(&mut self, member: &KeyPair<'a>) {
        if member.owners.1.text("in") == "path" {
            return self.note(Bucket::Unused, member);
        }
        let (rule, what, effect) = if member.owners.1.flag("required") {
            (
                DiffRule::ParameterRequired,
                "is required",
                Effect::OLD_CLIENTS,
            )
        } else if member.owners.0.flag("required") {
            (
                DiffRule::ParameterOptional,
                "is optional",
                Effect::NEW_CLIENTS,
            )
        } else {
            // `false` goes without saying.
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.spot(), what.to_owned(), effect);
    }

    pub(super) fn header_required(&mut self, member: &KeyPair<'a>) {
        let (rule, what, effect) = if member.owners.1.flag("required") {
            (DiffRule::HeaderRequired, "is always there", Effect::NONE)
        } else if member.owners.0.flag("required") {
            let what = "need not be there";
            (DiffRule::HeaderOptional, what, Effect::OLD_CLIENTS)
        } else {
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.spot(), what.to_owned(), effect);
    }

    pub(super) fn body_required(&mut self, member: &KeyPair<'a>) {
        let (rule, what, effect) = if member.owners.1.flag("required") {
            (
                DiffRule::BodyRequired,
                "the content is required",
                Effect::OLD_CLIENTS,
            )
        } else if member.owners.0.flag("required") {
            (
                DiffRule::BodyOptional,
                "the content is optional",
                Effect::NEW_CLIENTS,
            )
        } else {
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.spot(), what.to_owned(), effect);
    }

    pub(super) fn deprecated(&mut self, member: &KeyPair<'a>) {
        let (rule, what) = match (
            member.owners.0.flag("deprecated"),
            member.owners.1.flag("deprecated"),
        ) {
            (false, true) => (DiffRule::Deprecated, "is deprecated"),
            (true, false) => (DiffRule::Undeprecated, "is no longer deprecated"),
            _ => return self.note(Bucket::Moved, member),
        };
        self.change(rule, member.spot(), what.to_owned(), Effect::NONE);
    }

    /// `style` and `explode`, which have values that go without saying.
    pub(super) fn serialization(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let usual = |owner: &Node<'a>, value: Option<&Value>| {
            let style = owner.value.get("style").and_then(Value::as_str);
            let usual = match owner.text("in") {
                "query" | "cookie" => "form",
                _ => "simple",
            };
            let style = style.unwrap_or(usual);
            match member.key {
                "style" => Value::from(style),
                _ => value.cloned().unwrap_or(Value::Bool(style == "form")),
            }
        };
        if usual(&member.owners.0, was) == usual(&member.owners.1, is) {
            return self.note(Bucket::Moved, member);
        }
        let what = told(member.key, was, is);
        self.changed(
            DiffRule::SerializationChanged,
            member.spot(),
            what,
            (was, is),
            Effect::ALL,
        );
    }

    /// `schema` and `content` of a parameter or header.
    pub(super) fn described(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) if member.key == "schema" => {
                self.pair(ObjectKind::Schema, &base.place, &head.place);
            }
            (Some(base), Some(head)) => self.content(base, head, Effect::ALL),
            _ => {
                let (was, is) = values(member);
                let what = told(member.key, was, is);
                let spot = member.spot();
                self.change(DiffRule::SerializationChanged, spot, what, Effect::ALL);
            }
        }
    }

    pub(super) fn example(&mut self, member: &KeyPair<'a>) {
        self.texts(Bucket::Example, member);
    }

    pub(super) fn unused(&mut self, member: &KeyPair<'a>) {
        self.texts(Bucket::Unused, member);
    }

    pub(super) fn version(&mut self, member: &KeyPair<'a>) {
        self.note(Bucket::Version, member);
    }

    pub(super) fn request_body(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => {
                self.pair(ObjectKind::RequestBody, &base.place, &head.place)
            }
            (None, Some(head)) => {
                let body = resolved(&self.head.tree, &head.place);
                let is_required = body.is_some_and(|body| body.flag("required"));
                let (word, effect) = if is_required {
                    ("required", Effect::OLD_CLIENTS)
                } else {
                    ("optional", Effect::NONE)
                };
                let what = format!("the request has {word} content now");
                self.change(DiffRule::BodyAdded, member.spot(), what, effect);
            }
            _ => {
                let what = "the request has no content any more".to_owned();
                self.change(
                    DiffRule::BodyRemoved,
                    member.spot(),
                    what,
                    Effect::OLD_CLIENTS,
                );
            }
        }
    }

    pub(super) fn request_content(&mut self, member: &KeyPair<'a>) {
        if let (Some(base), Some(head)) = (&member.base, &member.head) {
            self.content(base, head, Effect::OLD_CLIENTS);
        }
    }

    pub(super) fn response_content(&mut self, member: &KeyPair<'a>) {
        let is_empty = |at: &Option<Node<'a>>| at.as_ref().is_none_or(|at| at.members().is_empty());
        let is_of_head = |at: &Node<'a>| {
            let segments: Vec<_> = at.place.segments().take(3).collect();
            matches!(segments.as_slice(), [paths, _, method] if paths == "paths" && method == "head")
        };
        if is_of_head(&member.owners.0) && is_of_head(&member.owners.1) {
            // An answer to HEAD has no content (RFC 9110, section 9.3.2).
            return self.note(Bucket::Unused, member);
        }
        match (&member.base, &member.head) {
            (base, head) if is_empty(base) && is_empty(head) => self.note(Bucket::Moved, member),
            (base, _) if is_empty(base) => {
                let what = "the answer has content now".to_owned();
                self.change(
                    DiffRule::BodyAdded,
                    member.spot(),
                    what,
                    Effect::OLD_CLIENTS,
                );
            }
            (Some(base), Some(head)) if !head.members().is_empty() => {
                self.content(base, head, Effect::OLD_CLIENTS);
            }
            _ => {
                let what = "the answer has no content any more".to_owned();
                self.change(
                    DiffRule::BodyRemoved,
                    member.spot(),
                    what,
                    Effect::OLD_CLIENTS,
                );
            }
        }
    }

    /// Media types, with what is at risk when one is gone.
    fn content(&mut self, base: &Node<'a>, head: &Node<'a>, gone: Effect) {
        let mut old: BTreeMap<_, _> = base.members().into_iter().collect();
        let mut new: BTreeMap<_, _> = head.members().into_iter().collect();
        for key in keys(base, head) {
            if let (Some(was), Some(is)) = (old.get(key), new.get(key)) {
                self.pair(ObjectKind::MediaType, &was.place, &is.place);
                old.remove(key);
                new.remove(key);
            }
        }
        let (was, is): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        if let ([(old, was)], [(new, is)]) = (was.as_slice(), is.as_slice()) {
            let spot = PlacePair::both(&was.place, &is.place);
            if old.eq_ignore_ascii_case(new) {
                // The names of media types know no case (RFC 9110, section 8.3.1).
                let (was, is) = (was.place.clone(), is.place.clone());
                self.found.moved.push((was.clone(), is.clone()));
                return self.pair(ObjectKind::MediaType, &was, &is);
            }
            let what = "the content is of another media type".to_owned();
            let (old, new) = (Value::from(**old), Value::from(**new));
            let values = (Some(&old), Some(&new));
            self.changed(DiffRule::MediaTypeChanged, spot, what, values, Effect::ALL);
            let (was, is) = (was.place.clone(), is.place.clone());
            return self.pair(ObjectKind::MediaType, &was, &is);
        }
        for (media, was) in old {
            let what = format!("the content is no longer of `{media}`");
            self.change(
                DiffRule::MediaTypeRemoved,
                PlacePair::base(&was.place),
                what,
                gone,
            );
        }
        for (media, is) in new {
            let what = format!("the content may be of `{media}`");
            self.change(
                DiffRule::MediaTypeAdded,
                PlacePair::head(&is.place),
                what,
                Effect::NONE,
            );
        }
    }

    pub(super) fn schema_of_content(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => self.pair(ObjectKind::Schema, &base.place, &head.place),
            _ => {
                let (was, is) = values(member);
                let what = told("schema", was, is);
                self.change(DiffRule::TypeChanged, member.spot(), what, Effect::ALL);
            }
        }
    }

    pub(super) fn encoding(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = told("encoding", was, is);
        self.changed(
            DiffRule::EncodingChanged,
            member.spot(),
            what,
            (was, is),
            Effect::ALL,
        );
    }

    pub(super) fn responses(&mut self, member: &KeyPair<'a>) {
        let of = |at: &Option<Node<'a>>| -> Responses<'a> {
            let members = at.iter().flat_map(Node::members);
            let keys =
                members.filter_map(|(key, at)| Some((ResponseKey::parse(key)?.to_string(), at)));
            keys.collect()
        };
        let (mut old, mut new) = (of(&member.base), of(&member.head));
        if old.is_empty() && new.is_empty() && (member.base.is_none() || member.head.is_none()) {
            return self.note(Bucket::Moved, member);
        }
        for (key, was) in old.clone() {
            if let Some(is) = new.remove(&key) {
                old.remove(&key);
                self.pair(ObjectKind::Response, &was.place, &is.place);
                if was.place != is.place {
                    // `4xx` for `4XX`.
                    self.found.pairs.put(&was.place, &is.place);
                    self.found.moved.push((was.place, is.place));
                }
            }
        }
        self.replaced(&mut old, &mut new);
        let members = member.base.iter().flat_map(Node::members);
        let has_2xx = members.into_iter().any(|(key, _)| key.starts_with('2'));
        // An interim status is no answer (RFC 9110, section 15.2).
        let is_interim = |key: &str| key.starts_with('1') && key != "101";
        for (key, was) in old {
            let is_2xx = key.starts_with('2') || (key == "default" && !has_2xx);
            let effect = if is_interim(&key) {
                Effect::NONE
            } else if is_2xx {
                Effect::ALL
            } else {
                Effect::NEW_CLIENTS
            };
            let what = format!("does not answer with `{key}` any more");
            self.change(
                DiffRule::ResponseRemoved,
                PlacePair::base(&was.place),
                what,
                effect,
            );
        }
        for (key, is) in new {
            let what = format!("answers with `{key}` too");
            let spot = PlacePair::head(&is.place);
            let effect = if is_interim(&key) {
                Effect::NONE
            } else {
                Effect::OLD_CLIENTS
            };
            self.change(DiffRule::ResponseAdded, spot, what, effect);
        }
        let extensions = |at: &Option<Node<'a>>| -> Vec<&'a str> {
            let members = at.iter().flat_map(Node::members);
            members
                .map(|(key, _)| key)
                .filter(|key| key.starts_with("x-"))
                .collect()
        };
        let names: BTreeSet<_> = extensions(&member.base)
            .into_iter()
            .chain(extensions(&member.head))
            .collect();
        for key in names {
            let own = KeyPair {
                kind: ObjectKind::Responses,
                key,
                owners: member.owners.clone(),
                base: member.base.as_ref().and_then(|at| at.get(key)),
                head: member.head.as_ref().and_then(|at| at.get(key)),
            };
            let (was, is) = values(&own);
            if was != is && key == "x-name" {
                let what = told(key, was, is);
                self.changed(
                    DiffRule::NameChanged,
                    own.spot(),
                    what,
                    (was, is),
                    Effect::NONE,
                );
            } else if was != is {
                self.note(Bucket::Extension, &own);
            }
        }
    }

    /// One status in the place of another of its class, where only that has changed.
    fn replaced(&mut self, old: &mut Responses<'a>, new: &mut Responses<'a>) {
        let classes: BTreeSet<char> = old.keys().filter_map(|key| key.chars().next()).collect();
        for class in classes {
            let of = |all: &Responses<'a>| -> Vec<String> {
                let keys = all
                    .keys()
                    .filter(|key| key.starts_with(class) && !key.ends_with('X'));
                keys.cloned().collect()
            };
            let (was, is) = (of(old), of(new));
            let ([was], [is]) = (was.as_slice(), is.as_slice()) else {
                continue;
            };
            let (Some(before), Some(after)) = (old.get(was).cloned(), new.get(is).cloned()) else {
                continue;
            };
            let bare =
                |tree: &Value, at: &Node<'_>| without_docs(tree, ObjectKind::Response, at.value);
            if class == 'd' || bare(&self.base.tree, &before) != bare(&self.head.tree, &after) {
                continue;
            }
            old.remove(was);
            new.remove(is);
            let spot = PlacePair::both(&before.place, &after.place);
            let what = format!("answers with `{is}` in place of `{was}`");
            let values = (Value::from(was.as_str()), Value::from(is.as_str()));
            let values = (Some(&values.0), Some(&values.1));
            self.changed(DiffRule::ResponseReplaced, spot, what, values, Effect::ALL);
        }
    }

    /// Header fields, whose names know no case.
    pub(super) fn headers(&mut self, member: &KeyPair<'a>) {
        let of = |at: &Option<Node<'a>>| -> BTreeMap<String, (&'a str, Node<'a>)> {
            let members = at.iter().flat_map(Node::members);
            members
                .map(|(name, at)| (name.to_ascii_lowercase(), (name, at)))
                .collect()
        };
        let (mut old, mut new) = (of(&member.base), of(&member.head));
        for (name, (_, was)) in old.clone() {
            if let Some((_, is)) = new.remove(&name) {
                old.remove(&name);
                if was.place != is.place {
                    self.found.pairs.put(&was.place, &is.place);
                    self.found.moved.push((was.place.clone(), is.place.clone()));
                }
                self.pair(ObjectKind::Header, &was.place, &is.place);
            }
        }
        for (name, was) in old.into_values() {
            let what = format!("the header `{name}` is gone");
            let spot = PlacePair::base(&was.place);
            self.change(DiffRule::HeaderRemoved, spot, what, Effect::OLD_CLIENTS);
        }
        for (name, is) in new.into_values() {
            let what = format!("the header `{name}` is new");
            self.change(
                DiffRule::HeaderAdded,
                PlacePair::head(&is.place),
                what,
                Effect::NONE,
            );
        }
        let is_empty = |at: &Option<Node<'a>>| at.as_ref().is_none_or(|at| at.members().is_empty());
        match (is_empty(&member.base), is_empty(&member.head)) {
            // An empty list says as much as none.
            (true, true) => self.note(Bucket::Moved, member),
            (true, _) | (_, true) => self.found.along.push(member.spot()),
            (false, false) => {}
        }
    }
}

/// What it means that a server does not know a parameter any more: what old clients say is not heeded, and what
/// an old server asks for new clients do not say.
fn not_heeded(parameter: &ParameterNode<'_>) -> Effect {
    if parameter.resolved.flag("required") {
        Effect::ALL
    } else {
        Effect::OLD_CLIENTS
    }
}

/// The parameters of an operation, by where they are and their names: its own, and those of its path that it
/// does not replace.
fn effective<'a>(
    tree: &'a Value,
    operation: &OperationNode<'a>,
) -> BTreeMap<(&'a str, String), ParameterNode<'a>> {
    let mut all = BTreeMap::new();
    for owner in [&operation.item, &operation.at] {
        let Some(list) = owner.get("parameters") else {
            continue;
        };
        for item in list.items() {
            let Some(resolved) = resolved(tree, &item.place) else {
                continue;
            };
            let location = resolved.text("in");
            let name = match location {
                "header" => resolved.text("name").to_ascii_lowercase(),
                _ => resolved.text("name").to_owned(),
            };
            let place = item.place;
            all.insert((location, name), ParameterNode { place, resolved });
        }
    }
    all
}
