//! What a document says once for all operations: components, security, servers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    PlacePair,
    rules::{Bucket, DiffRule},
    walk::{DiffWalk, KeyPair, Node, keys, told, values},
    wire_risk::Effect,
};
use crate::{
    load::{
        References,
        spec::{ObjectKind, SECTIONS},
    },
    model::{Location, SecurityScheme},
};

impl<'a> DiffWalk<'a> {
    /// The components, by name.
    pub(super) fn components(&mut self, member: &KeyPair<'a>) {
        let members = |at: &Option<Node<'a>>| at.as_ref().map(Node::members).unwrap_or_default();
        let old: BTreeMap<_, _> = members(&member.base).into_iter().collect();
        let new: BTreeMap<_, _> = members(&member.head).into_iter().collect();
        let kind = |section: &str| {
            let mut sections = SECTIONS.iter();
            sections
                .find(|(name, _)| *name == section)
                .map(|(_, kind)| *kind)
        };
        let mut sections: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
        sections.sort_unstable();
        sections.dedup();
        for section in sections {
            let own = KeyPair {
                kind: ObjectKind::Components,
                key: section,
                owners: member.owners.clone(),
                base: old.get(section).cloned(),
                head: new.get(section).cloned(),
            };
            match kind(section) {
                None => self.note(Bucket::Extension, &own),
                Some(ObjectKind::Example) => self.texts(Bucket::Example, &own),
                Some(ObjectKind::Link | ObjectKind::Callback) => self.texts(Bucket::Unused, &own),
                Some(kind) => self.section(kind, &own),
            }
        }
    }

    fn section(&mut self, kind: ObjectKind, member: &KeyPair<'a>) {
        let of = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            at.iter().flat_map(Node::members).collect()
        };
        let (old, mut new) = (of(&member.base), of(&member.head));
        for (name, was) in old {
            match new.remove(name) {
                Some(is) => self.pair(kind, &was.place, &is.place),
                None => self.component_gone(kind, member, was),
            }
        }
        for (_, is) in new {
            self.component_new(kind, member, is);
        }
    }

    fn component_gone(&mut self, kind: ObjectKind, member: &KeyPair<'a>, was: Node<'a>) {
        let spot = PlacePair::base(&was.place);
        let is_elsewhere = self.found.pairs.in_head(&was.place) != was.place;
        match kind {
            _ if is_elsewhere => {}
            ObjectKind::Schema => {
                let what = "the schema is gone".to_owned();
                self.change(DiffRule::SchemaRemoved, spot, what, Effect::NONE);
            }
            ObjectKind::SecurityScheme => {
                let what = "the security scheme is gone".to_owned();
                self.change(DiffRule::SchemeRemoved, spot, what, Effect::NONE);
            }
            _ => self.component(member, Some(was), None),
        }
    }

    fn component_new(&mut self, kind: ObjectKind, member: &KeyPair<'a>, is: Node<'a>) {
        let spot = PlacePair::head(&is.place);
        let is_elsewhere = self.found.moved.iter().any(|(_, head)| *head == is.place);
        match kind {
            _ if is_elsewhere => {}
            ObjectKind::Schema => {
                let what = "the schema is new".to_owned();
                self.change(DiffRule::SchemaAdded, spot, what, Effect::NONE);
            }
            ObjectKind::SecurityScheme => {
                let what = "the security scheme is new".to_owned();
                self.change(DiffRule::SchemeAdded, spot, what, Effect::NONE);
            }
            _ => self.component(member, None, Some(is)),
        }
    }

    /// A component on one of the two sides alone: whoever uses it tells what that means.
    fn component(&mut self, member: &KeyPair<'a>, base: Option<Node<'a>>, head: Option<Node<'a>>) {
        let is_used = |references: &References, at: &Option<Node<'a>>| {
            let place = at.as_ref().map(|at| &at.place);
            references.keys().any(|(target, _)| Some(target) == place)
        };
        let used = is_used(&self.base.references, &base) || is_used(&self.head.references, &head);
        let own = KeyPair {
            kind: ObjectKind::Components,
            key: member.key,
            owners: member.owners.clone(),
            base,
            head,
        };
        if used {
            self.found.ways.push(own.spot());
        } else {
            self.note(Bucket::Unused, &own);
        }
    }

    pub(super) fn scheme(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = told(member.key, was, is);
        self.changed(
            DiffRule::SchemeChanged,
            member.spot(),
            what,
            (was, is),
            Effect::OLD_CLIENTS,
        );
    }

    /// What the document asks for wherever an operation does not say it itself.
    pub(super) fn security_of_all(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        self.requirement(member, was, is);
    }

    /// What an operation asks for itself, on one of the two sides at least.
    pub(super) fn security_of(&mut self, member: &KeyPair<'a>) {
        let of_all = |tree: &'a Value| tree.get("security");
        let (was, is) = values(member);
        let was = was.or_else(|| of_all(&self.base.tree));
        let is = is.or_else(|| of_all(&self.head.tree));
        self.requirement(member, was, is);
    }

    fn requirement(&mut self, member: &KeyPair<'a>, was: Option<&'a Value>, is: Option<&'a Value>) {
        let (old, new) = (
            alternatives(self.schemes.0, was),
            alternatives(self.schemes.1, is),
        );
        // What satisfies one satisfies another that asks for no more.
        let satisfies = |one: &SecurityAlternative, others: &[SecurityAlternative]| {
            others.iter().any(|other| {
                other.iter().all(|(scheme, scopes)| {
                    one.get(scheme).is_some_and(|own| scopes.is_subset(own))
                })
            })
        };
        let is_refused = old.iter().any(|one| !satisfies(one, &new));
        let is_needed = new.iter().any(|one| !satisfies(one, &old));
        let effect = match (is_refused, is_needed) {
            (true, true) => Effect::ALL,
            (true, false) => Effect::OLD_CLIENTS,
            (false, true) => Effect::NEW_CLIENTS,
            (false, false) => Effect::NONE,
        };
        if was == is
            || (effect == Effect::NONE
                && old.len() == new.len()
                && was.is_none() == is.is_none()
                && names(was) == names(is))
        {
            return self.note(Bucket::Moved, member);
        }
        let nothing = Value::from("nothing");
        let shown = (was.or(Some(&nothing)), is.or(Some(&nothing)));
        let what = "asks for other credentials".to_owned();
        self.changed(
            DiffRule::SecurityChanged,
            member.spot(),
            what,
            shown,
            effect,
        );
    }

    /// The servers of a path or an operation, of which the client makes nothing.
    pub(super) fn other_servers(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let what = "is served elsewhere than the rest".to_owned();
        self.changed(
            DiffRule::ServerChanged,
            member.spot(),
            what,
            (was, is),
            Effect::DEPLOYMENT,
        );
    }

    /// CoveredBy tokens are had, and the words about what they are for.
    pub(super) fn flows(&mut self, member: &KeyPair<'a>) {
        let (was, is) = values(member);
        let urls = |value: Option<&'a Value>| {
            let mut urls = Vec::new();
            gather_urls(value.unwrap_or(&Value::Null), &mut urls);
            urls
        };
        if urls(was) == urls(is) {
            return self.words(member);
        }
        let what = told(member.key, was, is);
        self.changed(
            DiffRule::SchemeChanged,
            member.spot(),
            what,
            (was, is),
            Effect::DEPLOYMENT,
        );
    }

    /// CoveredBy the API is served: by URL, so that another order is none.
    pub(super) fn servers(&mut self, member: &KeyPair<'a>) {
        let of = |at: &Option<Node<'a>>| -> Vec<Node<'a>> {
            at.as_ref().map(Node::items).unwrap_or_default()
        };
        let (old, mut new) = (of(&member.base), of(&member.head));
        let mut gone = Vec::new();
        for was in old {
            match new.iter().position(|is| is.text("url") == was.text("url")) {
                Some(index) => {
                    let is = new.remove(index);
                    self.server(&was, &is);
                }
                None => gone.push(was),
            }
        }
        let mut new = new.into_iter();
        for was in gone {
            let is = new.next();
            if let Some(is) = &is {
                self.server(&was, is);
            }
            let spot = PlacePair {
                base: Some(was.place.key("url")),
                head: is.as_ref().map(|is| is.place.key("url")),
            };
            let spot = if is.is_some() {
                spot
            } else {
                PlacePair::base(&was.place)
            };
            self.served(
                spot,
                was.value.get("url"),
                is.and_then(|is| is.value.get("url")),
            );
        }
        for is in new {
            self.served(PlacePair::head(&is.place), None, is.value.get("url"));
        }
        let (was, is) = values(member);
        let is_empty =
            |value: Option<&Value>| value.and_then(Value::as_array).is_none_or(Vec::is_empty);
        if is_empty(was) && is_empty(is) {
            self.note(Bucket::Moved, member);
        } else if was.is_none() || is.is_none() {
            self.found.along.push(member.spot());
        }
    }

    fn served(&mut self, spot: PlacePair, was: Option<&Value>, is: Option<&Value>) {
        let what = match (was, is) {
            (Some(_), Some(_)) => "the API is served elsewhere",
            (None, _) => "the API is served here, too",
            _ => "the API is no longer served here",
        };
        // One more takes nothing away.
        let effect = if was.is_some() {
            Effect::DEPLOYMENT
        } else {
            Effect::NONE
        };
        self.changed(
            DiffRule::ServerChanged,
            spot,
            what.to_owned(),
            (was, is),
            effect,
        );
    }

    /// A server, beside its URL.
    fn server(&mut self, was: &Node<'a>, is: &Node<'a>) {
        if was.place != is.place {
            self.found.moved.push((was.place.clone(), is.place.clone()));
        }
        for key in keys(was, is) {
            let member = KeyPair {
                kind: ObjectKind::Server,
                key,
                owners: (was.clone(), is.clone()),
                base: was.get(key),
                head: is.get(key),
            };
            let (old, new) = values(&member);
            match key {
                "url" => {}
                _ if old == new => {}
                "variables" => {
                    let what = told("variables", old, new);
                    let effect = Effect::DEPLOYMENT;
                    self.changed(
                        DiffRule::ServerChanged,
                        member.spot(),
                        what,
                        (old, new),
                        effect,
                    );
                }
                key if key.starts_with("x-") => self.note(Bucket::Extension, &member),
                _ => self.words(&member),
            }
        }
    }
}

/// What has to go together: each scheme, by how it stands in a request, with its scopes.
type SecurityAlternative = BTreeMap<InRequest, BTreeSet<String>>;

/// How a credential stands in a request; a scheme that is not declared has a name and no more.
type InRequest = Result<(Location, String, String), String>;

/// The alternatives of a requirement; that of nothing is empty.
fn alternatives(schemes: &[SecurityScheme], value: Option<&Value>) -> Vec<SecurityAlternative> {
    let in_request = |id: &str| {
        let mut schemes = schemes.iter();
        let scheme = schemes.find(|scheme| scheme.id == id);
        scheme.map_or_else(|| Err(id.to_owned()), |scheme| Ok(scheme.kind.in_request()))
    };
    let list = value.and_then(Value::as_array);
    let all = list.into_iter().flatten().filter_map(Value::as_object);
    let mut all: Vec<SecurityAlternative> = all
        .map(|one| {
            let schemes = one.iter().map(|(id, scopes)| {
                let scopes = scopes.as_array().into_iter().flatten();
                let scopes = scopes.filter_map(Value::as_str).map(str::to_owned);
                (in_request(id), scopes.collect())
            });
            schemes.collect()
        })
        .collect();
    if all.is_empty() {
        all.push(SecurityAlternative::new());
    }
    all
}

/// The names in a requirement.
fn names(value: Option<&Value>) -> BTreeSet<&str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    let members = list.filter_map(Value::as_object).flatten();
    members.map(|(id, _)| id.as_str()).collect()
}

fn gather_urls<'v>(value: &'v Value, urls: &mut Vec<(&'v str, &'v str)>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(url) if key.ends_with("Url") => urls.push((key, url)),
            _ => gather_urls(value, urls),
        }
    }
}
