//! Compares the parts of a document that all operations share: components, security, servers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    node::{KeyPair, Node, describe_change, keys, values},
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::{
        References,
        spec::{ObjectKind, SECTIONS},
    },
    model::{Location, SecurityScheme},
};

impl<'a> DiffWalk<'a> {
    /// Compares the components by name.
    pub(in crate::diff) fn components(&mut self, member: &KeyPair<'a>) {
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
            let section_pair = KeyPair {
                kind: ObjectKind::Components,
                key: section,
                owners: member.owners.clone(),
                base: old.get(section).cloned(),
                head: new.get(section).cloned(),
            };
            match kind(section) {
                None => self.note(Bucket::Extension, &section_pair),
                Some(ObjectKind::Example) => self.note_values(Bucket::Example, &section_pair),
                Some(ObjectKind::Link | ObjectKind::Callback) => {
                    self.note_values(Bucket::Unused, &section_pair);
                }
                Some(kind) => self.section(kind, &section_pair),
            }
        }
    }

    fn section(&mut self, kind: ObjectKind, member: &KeyPair<'a>) {
        let members = |at: &Option<Node<'a>>| -> BTreeMap<&'a str, Node<'a>> {
            at.iter().flat_map(Node::members).collect()
        };
        let (old, mut new) = (members(&member.base), members(&member.head));
        for (name, before) in old {
            match new.remove(name) {
                Some(after) => self.pair(kind, &before.place, &after.place),
                None => self.component_removed(kind, member, before),
            }
        }
        for (_, after) in new {
            self.component_added(kind, member, after);
        }
    }

    fn component_removed(&mut self, kind: ObjectKind, member: &KeyPair<'a>, before: Node<'a>) {
        let place = PlacePair::base(&before.place);
        let is_elsewhere = self.result.pairs.in_head(&before.place) != before.place;
        match kind {
            _ if is_elsewhere => {}
            ObjectKind::Schema => {
                let message = "the schema was removed".to_owned();
                self.change(DiffRule::SchemaRemoved, place, message, Effect::NONE);
            }
            ObjectKind::SecurityScheme => {
                let message = "the security scheme was removed".to_owned();
                self.change(DiffRule::SchemeRemoved, place, message, Effect::NONE);
            }
            _ => self.component(member, Some(before), None),
        }
    }

    fn component_added(&mut self, kind: ObjectKind, member: &KeyPair<'a>, after: Node<'a>) {
        let place = PlacePair::head(&after.place);
        let is_elsewhere = self
            .result
            .moved
            .iter()
            .any(|(_, head)| *head == after.place);
        match kind {
            _ if is_elsewhere => {}
            ObjectKind::Schema => {
                let message = "the schema was added".to_owned();
                self.change(DiffRule::SchemaAdded, place, message, Effect::NONE);
            }
            ObjectKind::SecurityScheme => {
                let message = "the security scheme was added".to_owned();
                self.change(DiffRule::SchemeAdded, place, message, Effect::NONE);
            }
            _ => self.component(member, None, Some(after)),
        }
    }

    /// Handles a component that is only in one of the documents. If it is used, its users report the
    /// change.
    fn component(&mut self, member: &KeyPair<'a>, base: Option<Node<'a>>, head: Option<Node<'a>>) {
        let is_used = |references: &References, at: &Option<Node<'a>>| {
            let place = at.as_ref().map(|at| &at.place);
            references.keys().any(|(target, _)| Some(target) == place)
        };
        let used = is_used(&self.base.references, &base) || is_used(&self.head.references, &head);
        let component = KeyPair {
            kind: ObjectKind::Components,
            key: member.key,
            owners: member.owners.clone(),
            base,
            head,
        };
        if used {
            self.result.compared_elsewhere.push(component.place());
        } else {
            self.note(Bucket::Unused, &component);
        }
    }

    pub(in crate::diff) fn scheme(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change(member.key, before, after);
        self.changed(
            DiffRule::SchemeChanged,
            member.place(),
            message,
            (before, after),
            Effect::OLD_CLIENTS,
        );
    }

    /// Compares the security requirements of the document, which apply to operations without their own.
    pub(in crate::diff) fn document_security(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        self.compare_security(member, before, after);
    }

    /// Compares the security requirements of an operation, which at least one of the documents declares.
    pub(in crate::diff) fn operation_security(&mut self, member: &KeyPair<'a>) {
        let inherited = |tree: &'a Value| tree.get("security");
        let (before, after) = values(member);
        let before = before.or_else(|| inherited(&self.base.tree));
        let after = after.or_else(|| inherited(&self.head.tree));
        self.compare_security(member, before, after);
    }

    fn compare_security(
        &mut self,
        member: &KeyPair<'a>,
        before: Option<&'a Value>,
        after: Option<&'a Value>,
    ) {
        let (old, new) = (
            alternatives(self.schemes.0, before),
            alternatives(self.schemes.1, after),
        );
        // Credentials for one alternative satisfy every alternative that requires a subset of them.
        let satisfies = |alternative: &SecurityAlternative,
                         alternatives: &[SecurityAlternative]| {
            alternatives.iter().any(|required| {
                required.iter().all(|(scheme, scopes)| {
                    alternative
                        .get(scheme)
                        .is_some_and(|granted| scopes.is_subset(granted))
                })
            })
        };
        let breaks_old = old.iter().any(|alternative| !satisfies(alternative, &new));
        let breaks_new = new.iter().any(|alternative| !satisfies(alternative, &old));
        let effect = match (breaks_old, breaks_new) {
            (true, true) => Effect::ALL,
            (true, false) => Effect::OLD_CLIENTS,
            (false, true) => Effect::NEW_CLIENTS,
            (false, false) => Effect::NONE,
        };
        if before == after
            || (effect == Effect::NONE
                && old.len() == new.len()
                && before.is_none() == after.is_none()
                && scheme_names(before) == scheme_names(after))
        {
            return self.note(Bucket::Moved, member);
        }
        let none = Value::from("none");
        let displayed = (before.or(Some(&none)), after.or(Some(&none)));
        let message = "requires different credentials".to_owned();
        self.changed(
            DiffRule::SecurityChanged,
            member.place(),
            message,
            displayed,
            effect,
        );
    }

    /// Compares the servers of a path or an operation, which replace those of the document.
    pub(in crate::diff) fn overriding_servers(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = "declares different servers".to_owned();
        self.changed(
            DiffRule::ServerChanged,
            member.place(),
            message,
            (before, after),
            Effect::DEPLOYMENT,
        );
    }

    /// Compares the URLs for obtaining tokens; everything else in a flow is documentation.
    pub(in crate::diff) fn flows(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let urls = |value: Option<&'a Value>| {
            let mut urls = Vec::new();
            collect_urls(value.unwrap_or(&Value::Null), &mut urls);
            urls
        };
        if urls(before) == urls(after) {
            return self.documentation(member);
        }
        let message = describe_change(member.key, before, after);
        self.changed(
            DiffRule::SchemeChanged,
            member.place(),
            message,
            (before, after),
            Effect::DEPLOYMENT,
        );
    }

    /// Compares the servers of the document by URL; their order does not matter.
    pub(in crate::diff) fn servers(&mut self, member: &KeyPair<'a>) {
        let items = |at: &Option<Node<'a>>| -> Vec<Node<'a>> {
            at.as_ref().map(Node::items).unwrap_or_default()
        };
        let (old, mut new) = (items(&member.base), items(&member.head));
        let mut removed = Vec::new();
        for before in old {
            match new
                .iter()
                .position(|after| after.text("url") == before.text("url"))
            {
                Some(index) => {
                    let after = new.remove(index);
                    self.server(&before, &after);
                }
                None => removed.push(before),
            }
        }
        let mut new = new.into_iter();
        for before in removed {
            let after = new.next();
            if let Some(after) = &after {
                self.server(&before, after);
            }
            let place = PlacePair {
                base: Some(before.place.key("url")),
                head: after.as_ref().map(|after| after.place.key("url")),
            };
            let place = if after.is_some() {
                place
            } else {
                PlacePair::base(&before.place)
            };
            self.server_url_changed(
                place,
                before.value.get("url"),
                after.and_then(|after| after.value.get("url")),
            );
        }
        for after in new {
            self.server_url_changed(PlacePair::head(&after.place), None, after.value.get("url"));
        }
        let (before, after) = values(member);
        let is_empty =
            |value: Option<&Value>| value.and_then(Value::as_array).is_none_or(Vec::is_empty);
        if is_empty(before) && is_empty(after) {
            self.note(Bucket::Moved, member);
        } else if before.is_none() || after.is_none() {
            self.result.covered.push(member.place());
        }
    }

    fn server_url_changed(
        &mut self,
        place: PlacePair,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let message = match (before, after) {
            (Some(_), Some(_)) => "the server URL changed",
            (None, _) => "the server was added",
            _ => "the server was removed",
        };
        // An additional server takes nothing away.
        let effect = if before.is_some() {
            Effect::DEPLOYMENT
        } else {
            Effect::NONE
        };
        self.changed(
            DiffRule::ServerChanged,
            place,
            message.to_owned(),
            (before, after),
            effect,
        );
    }

    /// Compares two servers, except for their URLs.
    fn server(&mut self, before: &Node<'a>, after: &Node<'a>) {
        if before.place != after.place {
            self.result
                .moved
                .push((before.place.clone(), after.place.clone()));
        }
        for key in keys(before, after) {
            let member = KeyPair {
                kind: ObjectKind::Server,
                key,
                owners: (before.clone(), after.clone()),
                base: before.get(key),
                head: after.get(key),
            };
            let (old, new) = values(&member);
            match key {
                "url" => {}
                _ if old == new => {}
                "variables" => {
                    let message = describe_change("variables", old, new);
                    let effect = Effect::DEPLOYMENT;
                    self.changed(
                        DiffRule::ServerChanged,
                        member.place(),
                        message,
                        (old, new),
                        effect,
                    );
                }
                key if key.starts_with("x-") => self.note(Bucket::Extension, &member),
                _ => self.documentation(&member),
            }
        }
    }
}

/// The credentials that one alternative requires together: each scheme, with its scopes.
type SecurityAlternative = BTreeMap<InRequest, BTreeSet<String>>;

/// The place of a credential in a request, or the name of a scheme that is not declared.
type InRequest = Result<(Location, String, String), String>;

/// Returns the alternatives of a security requirement; no requirement is one empty alternative.
fn alternatives(schemes: &[SecurityScheme], value: Option<&Value>) -> Vec<SecurityAlternative> {
    let in_request = |id: &str| {
        let mut schemes = schemes.iter();
        let scheme = schemes.find(|scheme| scheme.id == id);
        scheme.map_or_else(|| Err(id.to_owned()), |scheme| Ok(scheme.kind.in_request()))
    };
    let list = value.and_then(Value::as_array);
    let requirements = list.into_iter().flatten().filter_map(Value::as_object);
    let mut requirements: Vec<SecurityAlternative> = requirements
        .map(|requirement| {
            let schemes = requirement.iter().map(|(id, scopes)| {
                let scopes = scopes.as_array().into_iter().flatten();
                let scopes = scopes.filter_map(Value::as_str).map(str::to_owned);
                (in_request(id), scopes.collect())
            });
            schemes.collect()
        })
        .collect();
    if requirements.is_empty() {
        requirements.push(SecurityAlternative::new());
    }
    requirements
}

/// Returns the names of the schemes in a security requirement.
fn scheme_names(value: Option<&Value>) -> BTreeSet<&str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    let members = list.filter_map(Value::as_object).flatten();
    members.map(|(id, _)| id.as_str()).collect()
}

fn collect_urls<'v>(value: &'v Value, urls: &mut Vec<(&'v str, &'v str)>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(url) if key.ends_with("Url") => urls.push((key, url)),
            _ => collect_urls(value, urls),
        }
    }
}
