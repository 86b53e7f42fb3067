//! Groups operations by tag: the server has a trait for each group.

use std::collections::BTreeMap;

use crate::lower::{Context, NameScopes, operations::routes::Route};
use crate::{
    model::{Handler, Operation, TagGroup},
    name::Ident,
    pointer::Pointer,
    report::Place,
};

/// Groups the operations: one group for each tag, and one for operations without a tag. Returns no groups if
/// no operation has a tag.
///
/// An operation belongs to the group of its first tag. Groups are in the order of the document's `tags`; tags
/// that are not listed there follow by name, and operations without a tag are last.
pub(crate) fn lower(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    operations: &mut [Operation],
    names: &mut NameScopes,
) -> Vec<TagGroup> {
    let mut groups: Vec<TagGroup> = Vec::new();
    for (tag, members) in by_tag(cx, routes, operations) {
        let listed = tag.and_then(|tag| find_listed(cx, tag));
        let default = Ident::snake(tag.unwrap_or("untagged"));
        let chosen = listed
            .as_ref()
            .and_then(|(place, _)| cx.chosen_name(place, |chosen| *chosen == default));
        let users = members.iter().filter_map(|index| routes.get(*index));
        let users = users.map(|route| route.declared.place.key("tags"));
        let places: Vec<_> = listed
            .iter()
            .map(|(place, _)| place.clone())
            .chain(users)
            .collect();
        let subject = match tag {
            Some(tag) => format!("the tag `{tag}`"),
            None => "the group of operations without a tag".to_owned(),
        };
        let (name, adjusted) = names.root.name(&[chosen.unwrap_or(default)], &subject);
        if let Some(first) = places.first() {
            cx.report_adjusted_name(Place::Value(first.clone()), &subject, &name, adjusted);
        }
        for index in members {
            if let Some(operation) = operations.get_mut(index) {
                operation.group = Some(groups.len());
            }
        }
        groups.push(TagGroup {
            tag: tag.map(str::to_owned),
            name,
            description: listed
                .and_then(|(_, description)| description)
                .unwrap_or_default(),
            origin: places.iter().collect(),
        });
    }
    groups
}

/// Returns the indices of the operations with methods, for each tag.
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

/// Returns the place and the description of a tag in the document's `tags`.
fn find_listed(cx: &Context<'_>, tag: &str) -> Option<(Pointer, Option<String>)> {
    let mut tags = cx.document.api.tags.iter().enumerate();
    let (index, listed) = tags.find(|(_, listed)| listed.name == tag)?;
    let place = Pointer::root().key("tags").index(index);
    Some((place, listed.description.clone()))
}
