//! Compares the content of requests and responses.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    node::{KeyPair, Node, describe_change, keys, resolved, values},
    walk::DiffWalk,
};
use crate::{
    diff::{
        PlacePair,
        rules::{Bucket, DiffRule},
        wire_risk::Effect,
    },
    load::spec::ObjectKind,
};

impl<'a> DiffWalk<'a> {
    pub(in crate::diff) fn request_body(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => {
                self.pair(ObjectKind::RequestBody, &base.place, &head.place);
            }
            (None, Some(head)) => {
                let body = resolved(&self.head.tree, &head.place);
                let is_required = body.is_some_and(|body| body.flag("required"));
                let (necessity, effect) = if is_required {
                    ("required", Effect::OLD_CLIENTS)
                } else {
                    ("optional", Effect::NONE)
                };
                let message = format!("added ({necessity})");
                self.change(DiffRule::BodyAdded, member.place(), message, effect);
            }
            _ => {
                let message = "removed".to_owned();
                self.change(
                    DiffRule::BodyRemoved,
                    member.place(),
                    message,
                    Effect::OLD_CLIENTS,
                );
            }
        }
    }

    pub(in crate::diff) fn body_required(&mut self, member: &KeyPair<'a>) {
        let (rule, message, effect) = if member.owners.1.flag("required") {
            (DiffRule::BodyRequired, "now required", Effect::OLD_CLIENTS)
        } else if member.owners.0.flag("required") {
            (DiffRule::BodyOptional, "now optional", Effect::NEW_CLIENTS)
        } else {
            return self.note(Bucket::Moved, member);
        };
        self.change(rule, member.place(), message.to_owned(), effect);
    }

    pub(in crate::diff) fn request_content(&mut self, member: &KeyPair<'a>) {
        if let (Some(base), Some(head)) = (&member.base, &member.head) {
            self.content(base, head, Effect::OLD_CLIENTS);
        }
    }

    pub(in crate::diff) fn response_content(&mut self, member: &KeyPair<'a>) {
        let is_empty = |at: &Option<Node<'a>>| at.as_ref().is_none_or(|at| at.members().is_empty());
        let is_of_head = |at: &Node<'a>| {
            let segments: Vec<_> = at.place.segments().take(3).collect();
            matches!(segments.as_slice(), [paths, _, method] if paths == "paths" && method == "head")
        };
        if is_of_head(&member.owners.0) && is_of_head(&member.owners.1) {
            // A response to HEAD has no content (RFC 9110, section 9.3.2).
            return self.note(Bucket::Unused, member);
        }
        match (&member.base, &member.head) {
            (base, head) if is_empty(base) && is_empty(head) => self.note(Bucket::Moved, member),
            (base, _) if is_empty(base) => {
                let message = "now has content".to_owned();
                self.change(
                    DiffRule::BodyAdded,
                    member.place(),
                    message,
                    Effect::OLD_CLIENTS,
                );
            }
            (Some(base), Some(head)) if !head.members().is_empty() => {
                self.content(base, head, Effect::OLD_CLIENTS);
            }
            _ => {
                let message = "no longer has content".to_owned();
                self.change(
                    DiffRule::BodyRemoved,
                    member.place(),
                    message,
                    Effect::OLD_CLIENTS,
                );
            }
        }
    }

    /// Compares media types; `removal` is the effect of removing one.
    pub(super) fn content(&mut self, base: &Node<'a>, head: &Node<'a>, removal: Effect) {
        let mut old: BTreeMap<_, _> = base.members().into_iter().collect();
        let mut new: BTreeMap<_, _> = head.members().into_iter().collect();
        for key in keys(base, head) {
            if let (Some(before), Some(after)) = (old.get(key), new.get(key)) {
                self.pair(ObjectKind::MediaType, &before.place, &after.place);
                old.remove(key);
                new.remove(key);
            }
        }
        let (before, after): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        if let ([(old, before)], [(new, after)]) = (before.as_slice(), after.as_slice()) {
            let place = PlacePair::both(&before.place, &after.place);
            if old.eq_ignore_ascii_case(new) {
                // The names of media types are case-insensitive (RFC 9110, section 8.3.1).
                let (before, after) = (before.place.clone(), after.place.clone());
                self.result.moved.push((before.clone(), after.clone()));
                return self.pair(ObjectKind::MediaType, &before, &after);
            }
            let message = "the media type of the content changed".to_owned();
            let (old, new) = (Value::from(**old), Value::from(**new));
            let values = (Some(&old), Some(&new));
            self.changed(
                DiffRule::MediaTypeChanged,
                place,
                message,
                values,
                Effect::ALL,
            );
            let (before, after) = (before.place.clone(), after.place.clone());
            return self.pair(ObjectKind::MediaType, &before, &after);
        }
        for (media, before) in old {
            let message = format!("the media type `{media}` was removed");
            self.change(
                DiffRule::MediaTypeRemoved,
                PlacePair::base(&before.place),
                message,
                removal,
            );
        }
        for (media, after) in new {
            let message = format!("the media type `{media}` was added");
            self.change(
                DiffRule::MediaTypeAdded,
                PlacePair::head(&after.place),
                message,
                Effect::NONE,
            );
        }
    }

    pub(in crate::diff) fn schema_of_content(&mut self, member: &KeyPair<'a>) {
        match (&member.base, &member.head) {
            (Some(base), Some(head)) => self.pair(ObjectKind::Schema, &base.place, &head.place),
            _ => {
                let (before, after) = values(member);
                let message = describe_change("schema", before, after);
                self.change(DiffRule::TypeChanged, member.place(), message, Effect::ALL);
            }
        }
    }

    pub(in crate::diff) fn encoding(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change("encoding", before, after);
        self.changed(
            DiffRule::EncodingChanged,
            member.place(),
            message,
            (before, after),
            Effect::ALL,
        );
    }
}
