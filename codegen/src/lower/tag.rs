//! Tags: by what the server is split.

use std::collections::BTreeMap;

use super::{Context, NameScopes, route::Route};
use crate::{
    model::{Handler, Operation, TagGroup},
    name::Ident,
    pointer::Pointer,
    report::Place,
};

/// The groups of operations that have a trait of their own: those of each tag, and the rest. None at all, if
/// no operation has a tag.
///
/// The first of an operation's tags counts. Groups are in the order in which the document lists its tags;
/// those that it does not list follow by name.
pub(super) fn lower(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    operations: &mut [Operation],
    names: &mut NameScopes,
) -> Vec<TagGroup> {
    let mut groups: Vec<TagGroup> = Vec::new();
    for (tag, members) in by_tag(cx, routes, operations) {
        let listed = tag.and_then(|tag| listed(cx, tag));
        let usual = Ident::snake(tag.unwrap_or("untagged"));
        let chosen = listed
            .as_ref()
            .and_then(|(place, _)| cx.chosen_name(place, |chosen| *chosen == usual));
        let users = members.iter().filter_map(|index| routes.get(*index));
        let users = users.map(|route| route.declared.place.key("tags"));
        let places: Vec<_> = listed
            .iter()
            .map(|(place, _)| place.clone())
            .chain(users)
            .collect();
        let what = match tag {
            Some(tag) => format!("the tag `{tag}`"),
            None => "what has no tag".to_owned(),
        };
        let (name, adjusted) = names.root.name(&[chosen.unwrap_or(usual)], &what);
        if let Some(first) = places.first() {
            cx.adjusted(Place::Value(first.clone()), &what, &name, adjusted);
        }
        for index in members {
            if let Some(operation) = operations.get_mut(index) {
                operation.group = Some(groups.len());
            }
        }
        groups.push(TagGroup {
            tag: tag.map(str::to_owned),
            name,
            description: listed.and_then(|(_, words)| words).unwrap_or_default(),
            origin: places.iter().collect(),
        });
    }
    groups
}

/// The operations that have methods, by index, for each tag.
fn by_tag<'a>(
    cx: &Context<'_>,
    routes: &'a [Route<'_>],
    operations: &[Operation],
) -> Vec<(Option<&'a str>, Vec<usize>)> {
    let mut members: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (index, (route, operation)) in routes.iter().zip(operations).enumerate() {
        if operation.handler == Handler::Own {
            let tag = route.declared.node.tags.first();
            members
                .entry(tag.map(String::as_str))
                .or_default()
                .push(index);
        }
    }
    let mut members: Vec<_> = members.into_iter().collect();
    if let [(None, _)] = members.as_slice() {
        return Vec::new();
    }
    let tags = &cx.document.api.tags;
    let position = |tag: &str| tags.iter().position(|listed| listed.name == tag);
    members.sort_by_key(|(tag, _)| {
        let position = tag.map(|tag| position(tag).unwrap_or(usize::MAX));
        (tag.is_none(), position)
    });
    members
}

/// Where the document lists a tag, and what it says of it.
fn listed(cx: &Context<'_>, tag: &str) -> Option<(Pointer, Option<String>)> {
    let mut listed = cx.document.api.tags.iter().enumerate();
    let (index, found) = listed.find(|(_, listed)| listed.name == tag)?;
    let place = Pointer::root().key("tags").index(index);
    Some((place, found.description.clone()))
}
