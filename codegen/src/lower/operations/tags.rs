//! Groups operations by tag: the server has a trait for each group.

use std::collections::BTreeMap;

use super::routes::Route;
use crate::{
    lower::{Context, Lowering},
    model::{Handler, TagGroup},
    name::Ident,
    pointer::Pointer,
    report::Place,
};

/// The groups of operations.
pub(crate) struct Groups {
    pub(crate) list: Vec<TagGroup>,
    /// The index of the group of each route.
    pub(crate) by_route: Vec<Option<usize>>,
}

/// Groups the operations: one group for each tag, and one for operations without a tag. There are no groups if
/// no operation has a tag.
///
/// An operation belongs to the group of its first tag. Groups are in the order of the document's `tags`; tags
/// that are not listed there follow by name, and operations without a tag are last.
pub(crate) fn lower(
    lowering: &mut Lowering<'_>,
    routes: &[Route<'_>],
    handlers: &[Handler],
) -> Groups {
    let mut groups = Groups {
        list: Vec::new(),
        by_route: vec![None; routes.len()],
    };
    for (tag, members) in by_tag(lowering.cx, routes, handlers) {
        for index in &members {
            if let Some(group) = groups.by_route.get_mut(*index) {
                *group = Some(groups.list.len());
            }
        }
        let users = members.iter().filter_map(|index| routes.get(*index));
        groups.list.push(group(lowering, tag, users));
    }
    groups
}

fn group<'a>(
    lowering: &mut Lowering<'_>,
    tag: Option<&str>,
    users: impl Iterator<Item = &'a Route<'a>>,
) -> TagGroup {
    let cx = lowering.cx;
    let listed = tag.and_then(|tag| find_listed(cx, tag));
    let default = Ident::snake(tag.unwrap_or("untagged"));
    let chosen = listed
        .as_ref()
        .and_then(|(place, _)| cx.chosen_name(place, |chosen| *chosen == default));
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
    let wanted = chosen.unwrap_or(default);
    let (name, adjusted) = lowering.names.root.name(&[wanted], &subject);
    if let Some(first) = places.first() {
        cx.report_adjusted_name(Place::Value(first.clone()), &subject, &name, adjusted);
    }
    TagGroup {
        tag: tag.map(str::to_owned),
        name,
        description: listed
            .and_then(|(_, description)| description)
            .unwrap_or_default(),
        origin: places.iter().collect(),
    }
}

/// Returns the indices of the operations with methods, for each tag.
fn by_tag<'a>(
    cx: &Context<'_>,
    routes: &'a [Route<'_>],
    handlers: &[Handler],
) -> Vec<(Option<&'a str>, Vec<usize>)> {
    let mut members: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (index, (route, handler)) in routes.iter().zip(handlers).enumerate() {
        if *handler == Handler::Own {
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
