//! Compares tags, the first of which selects the server trait of an operation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    node::{KeyPair, Node, describe_change, values},
    walk::DiffWalk,
};
use crate::{
    diff::{rules::DiffRule, wire_risk::Effect},
    load::spec::ObjectKind,
};

impl<'a> DiffWalk<'a> {
    /// Compares the tags of the document by name.
    pub(in crate::diff) fn listed_tags(&mut self, member: &KeyPair<'a>) {
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
            let (before, after) = values(&tag);
            let (before, after) = (chosen(before), chosen(after));
            match (&tag.base, &tag.head) {
                (Some(base), Some(head)) => self.pair(ObjectKind::Tag, &base.place, &head.place),
                _ if before.is_some() || after.is_some() => {
                    let message = describe_change("x-name", before, after);
                    let rule = DiffRule::NameChanged;
                    self.changed(rule, tag.place(), message, (before, after), Effect::NONE);
                }
                _ => self.documentation(&tag),
            }
        }
    }

    /// Compares the tags of an operation; the first one selects its server trait.
    pub(in crate::diff) fn tags(&mut self, member: &KeyPair<'a>) {
        let first = |value: &'a Value| value.get(0);
        let (before, after) = values(member);
        let (before, after) = (before.and_then(first), after.and_then(first));
        if before == after {
            return self.documentation(member);
        }
        let message = match (before, after) {
            (None, _) => "now has a tag",
            (_, None) => "no longer has a tag",
            _ => "the first tag changed",
        };
        let rule = DiffRule::OperationTagged;
        self.changed(
            rule,
            member.place(),
            message.to_owned(),
            (before, after),
            Effect::NONE,
        );
    }
}
