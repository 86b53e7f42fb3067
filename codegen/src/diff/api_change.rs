//! What differs between two public APIs, and what those who use them have to change.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Level,
    names::Renames,
    public_api::{ApiItem, ItemKind, PublicApi, display},
};

/// A change of the public API of the generated crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiChange {
    /// What it asks of the next version (Cargo's "`SemVer` Compatibility").
    pub level: Level,
    /// The item concerned, by its path in the new crate, or in the old one where it is gone.
    pub item: String,
    /// Its type or name before, where that differs.
    pub was: Option<String>,
    /// Its type or name now, where that differs.
    pub is: Option<String>,
    /// What those who use the crate have to change, or have now.
    pub advice: String,
    /// Its path in the old crate.
    pub(super) base: Option<String>,
    /// Its path in the new crate.
    pub(super) head: Option<String>,
    /// What about the item has changed.
    pub(super) aspect: Aspect,
    /// Whether it follows from another change of the crate.
    pub(super) is_indirect: bool,
    /// The names in its type, old and new: it may have changed by what they stand for.
    pub(super) others: Vec<String>,
}

/// What about an item has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    /// Whether the document advises against it.
    Deprecation,
    /// Its name.
    Name,
    /// What it is, or whether it is.
    Shape,
}

/// Holds two public APIs against each other; names in the first are seen as what they are in the second.
pub(super) fn compare(base: &PublicApi, head: &PublicApi, renames: &Renames) -> Vec<ApiChange> {
    let mut changes = Vec::new();
    let mut renamed: BTreeMap<String, (&String, ApiItem)> = BTreeMap::new();
    let named: BTreeSet<&String> = renames.to.values().collect();
    for (path, item) in &base.items {
        let now = renames.path(path);
        if named.contains(&now) {
            changes.push(of_name(path, &now, item));
        }
        let item = ApiItem {
            parent: item.parent.as_ref().map(|parent| renames.path(parent)),
            ty: renames.tokens(&item.ty),
            ..item.clone()
        };
        renamed.insert(now, (path, item));
    }
    let renamed = by_position(renamed, head);
    let base_aliases = aliases(renamed.iter().map(|(path, (_, item))| (path, item)));
    let head_aliases = aliases(head.items.iter());

    let mut apart = BTreeSet::new();
    for (path, (old_path, was)) in &renamed {
        let parent = was.parent.as_deref().map(inside_call);
        match head.items.get(path) {
            None => {
                let is_told = parent.as_ref().is_some_and(|parent| {
                    apart.contains(parent)
                        || (renamed.contains_key(parent) && !head.items.contains_key(parent))
                });
                if !is_told {
                    changes.push(gone(old_path, was));
                }
            }
            Some(is) if is.kind != was.kind => {
                apart.insert(path.clone());
                changes.push(of_kind(old_path, path, was, is));
            }
            Some(is) => {
                let old = expanded(&was.ty, &base_aliases);
                let new = expanded(&is.ty, &head_aliases);
                if was.ty != is.ty && old != new {
                    if is.kind == ItemKind::Variant {
                        // What it holds is told as a whole.
                        apart.insert(path.clone());
                    }
                    changes.push(of_type(old_path, path, was, is));
                }
                changes.extend(of_attributes(old_path, path, was, is));
            }
        }
    }
    for (path, item) in &head.items {
        let parent = item.parent.as_deref().map(inside_call);
        let is_told = parent.as_ref().is_some_and(|parent| {
            apart.contains(parent)
                || (head.items.contains_key(parent) && !renamed.contains_key(parent))
        });
        if !renamed.contains_key(path) && !is_told {
            changes.push(new(path, item, head));
        }
    }
    changes.extend(reordered(&renamed, head));
    changes.sort_by(|a, b| a.rank().cmp(&b.rank()));
    changes
}

impl ApiChange {
    /// Whether it is about the traits of the server, and what is beside them.
    pub(super) fn is_of_server(&self) -> bool {
        self.item.starts_with("server::") || self.item.starts_with("Mock: ")
    }

    /// What a reader should see first: the worst, and what is called more often.
    pub(super) fn rank(&self) -> impl Ord + '_ {
        let is_said_twice = self.item.starts_with("Call<");
        (
            std::cmp::Reverse(self.level),
            self.is_indirect,
            is_said_twice,
            &self.item,
        )
    }
}

/// Adds the names that stand for something else, of which nothing else is told.
pub(super) fn with_reused(
    mut changes: Vec<ApiChange>,
    reused: &[(String, String)],
    base: &PublicApi,
    head: &PublicApi,
) -> Vec<ApiChange> {
    for (was, is) in reused {
        let is_there = base.items.contains_key(was) && head.items.contains_key(is);
        let is_told = changes
            .iter()
            .any(|change| change.level == Level::Major && change.item == *is);
        if is_there && !is_told {
            changes.push(ApiChange {
                base: Some(was.clone()),
                head: Some(is.clone()),
                ..change(
                    Level::Major,
                    is,
                    format!("`{is}` compiles as before, and is something else in the document"),
                )
            });
        }
    }
    changes
}

/// What extends the call of a request is a part of the request.
fn inside_call(path: &str) -> String {
    let inner = path
        .strip_prefix("Call<")
        .and_then(|path| path.strip_suffix('>'));
    inner.unwrap_or(path).to_owned()
}

/// Arguments under the names that they have in the next crate: who calls a function gives none.
fn by_position<'a>(
    items: BTreeMap<String, (&'a String, ApiItem)>,
    head: &PublicApi,
) -> BTreeMap<String, (&'a String, ApiItem)> {
    let mut alone: BTreeMap<&str, [Vec<(usize, &str)>; 2]> = BTreeMap::new();
    for (path, (_, item)) in &items {
        if let (ItemKind::Parameter, Some(of)) = (item.kind, &item.parent)
            && !head.items.contains_key(path)
        {
            let [old, _] = alone.entry(of).or_default();
            old.push((item.order, path));
        }
    }
    for (path, item) in &head.items {
        if let (ItemKind::Parameter, Some(of)) = (item.kind, &item.parent)
            && !items.contains_key(path)
            && let Some([_, new]) = alone.get_mut(of.as_str())
        {
            new.push((item.order, path));
        }
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for [mut old, mut new] in alone.into_values() {
        old.sort_unstable();
        new.sort_unstable();
        // As many as before, each where one was.
        let is_same = old.len() == new.len() && old.iter().zip(&new).all(|(was, is)| was.0 == is.0);
        if is_same {
            let pairs = old.into_iter().zip(new);
            names.extend(pairs.map(|((_, was), (_, is))| (was.to_owned(), is.to_owned())));
        }
    }
    let renamed = items.into_iter().map(|(path, item)| {
        let path = names.get(&path).cloned().unwrap_or(path);
        (path, item)
    });
    renamed.collect()
}

fn aliases<'a>(
    items: impl Iterator<Item = (&'a String, &'a ApiItem)>,
) -> BTreeMap<&'a str, &'a [String]> {
    items
        .filter(|(_, item)| item.kind == ItemKind::Alias)
        .map(|(path, item)| (path.as_str(), item.ty.as_slice()))
        .collect()
}

/// A type without aliases. The index that tells an answer's statuses from those of others is no part of it:
/// nobody writes it.
fn expanded(ty: &[String], aliases: &BTreeMap<&str, &[String]>) -> Vec<String> {
    let mut tokens: Vec<String> = ty.to_vec();
    // Aliases of aliases end: the crate compiles.
    for _ in 0..aliases.len() {
        let mut is_plain = true;
        let mut next = Vec::new();
        for token in tokens {
            match aliases.get(token.as_str()) {
                Some(ty) => {
                    is_plain = false;
                    next.extend(ty.iter().cloned());
                }
                None => next.push(token),
            }
        }
        tokens = next;
        if is_plain {
            break;
        }
    }
    let carried = tokens.iter().position(|token| token == "StatusIn");
    if let Some(index) = carried.and_then(|at| tokens.get_mut(at + 4)) {
        index.clear();
    }
    tokens
}

fn change(level: Level, item: &str, advice: String) -> ApiChange {
    ApiChange {
        level,
        item: item.to_owned(),
        was: None,
        is: None,
        advice,
        base: None,
        head: None,
        aspect: Aspect::Shape,
        is_indirect: false,
        others: Vec::new(),
    }
}

/// The last name of a path.
fn last(path: &str) -> &str {
    let path = path.strip_suffix(')').unwrap_or(path);
    path.rsplit(['.', '(', ':']).next().unwrap_or(path).trim()
}

/// What an item is, in words.
fn noun(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Alias => "another name for a type",
        ItemKind::AssociatedType => "an associated type",
        ItemKind::Const => "a constant",
        ItemKind::Enum => "an enum",
        ItemKind::Field => "a field",
        ItemKind::Function => "a function",
        ItemKind::Implementation => "an implementation",
        ItemKind::Method => "a method to be implemented",
        ItemKind::Parameter => "an argument",
        ItemKind::Reexport => "a name from elsewhere",
        ItemKind::Struct => "a struct",
        ItemKind::Trait => "a trait",
        ItemKind::Variant => "a variant",
    }
}

/// The parts of an item that is one, as one writes it: `Ok(Pet)`, `Ok { .. }`.
fn shown(path: &str, item: &ApiItem) -> String {
    match item.kind {
        ItemKind::Variant if item.ty.first().is_some_and(|token| token == "{") => {
            format!("{path} {{ .. }}")
        }
        ItemKind::Variant => format!("{path}{}", display(&item.ty)),
        _ => display(&item.ty),
    }
}

fn new(path: &str, item: &ApiItem, head: &PublicApi) -> ApiChange {
    let parent = item.parent.as_deref().unwrap_or_default();
    let is_open = head.items.get(parent).is_some_and(|parent| parent.is_open);
    let ty = display(&item.ty);
    let change = match item.kind {
        ItemKind::Variant if !is_open => {
            let advice = format!("`match` needs an arm for `{}`", shown(path, item));
            change(Level::Major, path, advice)
        }
        ItemKind::Field if !is_open => {
            let advice = format!(
                "patterns and values of `{parent}` need `{}: {ty}`",
                last(path)
            );
            change(Level::Major, path, advice)
        }
        ItemKind::Method => {
            let advice = format!("`impl {parent}` needs `{}`", last(path));
            change(Level::Major, path, advice)
        }
        ItemKind::Parameter => {
            let advice = format!("`{parent}` needs `{}: {ty}`", last(path));
            change(Level::Major, path, advice)
        }
        ItemKind::Implementation => {
            let (of, name) = path.split_once(": ").unwrap_or((path, ""));
            change(Level::Minor, path, format!("`{of}` is `{name}`"))
        }
        _ => change(Level::Minor, path, format!("`{path}` is new")),
    };
    ApiChange {
        is: Some(shown(path, item)).filter(|text| !text.is_empty()),
        head: Some(path.to_owned()),
        others: item.ty.clone(),
        ..change
    }
}

fn gone(path: &str, item: &ApiItem) -> ApiChange {
    let parent = item.parent.as_deref().unwrap_or_default();
    let advice = match item.kind {
        ItemKind::Variant => format!("`{path}` is gone: remove its arms"),
        ItemKind::Parameter => format!("`{parent}` no longer takes `{}`", last(path)),
        ItemKind::Method => format!("`impl {parent}` has no `{}` any more", last(path)),
        ItemKind::Implementation => {
            let (of, name) = path.split_once(": ").unwrap_or((path, ""));
            format!("`{of}` is no longer `{name}`")
        }
        _ => format!("`{path}` is gone"),
    };
    ApiChange {
        was: Some(shown(path, item)).filter(|text| !text.is_empty()),
        base: Some(path.to_owned()),
        others: item.ty.clone(),
        ..change(Level::Major, path, advice)
    }
}

fn of_name(base: &str, head: &str, item: &ApiItem) -> ApiChange {
    let level = match item.kind {
        // Arguments have no name where they are given.
        ItemKind::Parameter => Level::Patch,
        _ => Level::Major,
    };
    ApiChange {
        was: Some(base.to_owned()),
        is: Some(head.to_owned()),
        base: Some(base.to_owned()),
        head: Some(head.to_owned()),
        aspect: Aspect::Name,
        ..change(level, head, format!("write `{head}` for `{base}`"))
    }
}

fn of_kind(base: &str, head: &str, was: &ApiItem, is: &ApiItem) -> ApiChange {
    let (old, new) = (noun(was.kind), noun(is.kind));
    let advice = match (was.kind, is.kind) {
        (ItemKind::Alias, _) => {
            let target = display(&was.ty);
            format!("`{head}` is {new} of its own, no longer `{target}`")
        }
        (_, ItemKind::Alias) => format!("`{head}` is `{}`, no longer {old}", display(&is.ty)),
        _ => format!("`{head}` is {new}, no longer {old}"),
    };
    ApiChange {
        was: Some(old.to_owned()),
        is: Some(new.to_owned()),
        base: Some(base.to_owned()),
        head: Some(head.to_owned()),
        others: was.ty.iter().chain(&is.ty).cloned().collect(),
        ..change(Level::Major, head, advice)
    }
}

fn of_type(base: &str, head: &str, was: &ApiItem, is: &ApiItem) -> ApiChange {
    let (old, new) = (shown(head, was), shown(head, is));
    let advice = match is.kind {
        ItemKind::Variant => format!("write `{new}` for `{old}`"),
        ItemKind::Parameter => {
            let of = is.parent.as_deref().unwrap_or_default();
            format!("`{of}` takes `{}: {new}`, took `{old}`", last(head))
        }
        ItemKind::Trait => format!("`{head}` asks for `{new}`, asked for `{old}`"),
        _ => format!("`{head}` is `{new}`, was `{old}`"),
    };
    ApiChange {
        was: Some(old),
        is: Some(new),
        base: Some(base.to_owned()),
        head: Some(head.to_owned()),
        others: was.ty.iter().chain(&is.ty).cloned().collect(),
        ..change(Level::Major, head, advice)
    }
}

fn of_attributes(base: &str, head: &str, was: &ApiItem, is: &ApiItem) -> Vec<ApiChange> {
    let mut changes = Vec::new();
    let mut note = |level, advice: String, aspect| {
        changes.push(ApiChange {
            aspect,
            base: Some(base.to_owned()),
            head: Some(head.to_owned()),
            ..change(level, head, advice)
        });
    };
    match (was.is_open, is.is_open) {
        (false, true) => note(
            Level::Major,
            format!("`{head}` is `#[non_exhaustive]`: `match` needs `_`, and patterns need `..`"),
            Aspect::Shape,
        ),
        (true, false) => note(
            Level::Minor,
            format!("`{head}` is no longer `#[non_exhaustive]`"),
            Aspect::Shape,
        ),
        _ => {}
    }
    match (was.is_deprecated, is.is_deprecated) {
        (false, true) => note(
            Level::Minor,
            format!("calls of `{head}` warn: it is deprecated"),
            Aspect::Deprecation,
        ),
        (true, false) => note(
            Level::Patch,
            format!("`{head}` is no longer deprecated"),
            Aspect::Deprecation,
        ),
        _ => {}
    }
    changes
}

/// Functions whose arguments are in another order, beside those that came or went.
fn reordered(renamed: &BTreeMap<String, (&String, ApiItem)>, head: &PublicApi) -> Vec<ApiChange> {
    let mut functions: BTreeMap<&str, Vec<(usize, usize, &str)>> = BTreeMap::new();
    for (path, (_, was)) in renamed {
        if let (ItemKind::Parameter, Some(of), Some(is)) =
            (was.kind, was.parent.as_deref(), head.items.get(path))
        {
            let arguments = functions.entry(of).or_default();
            arguments.push((was.order, is.order, last(path)));
        }
    }
    let mut changes = Vec::new();
    for (function, mut arguments) in functions {
        arguments.sort_unstable();
        if arguments.is_sorted_by_key(|(_, now, _)| *now) {
            continue;
        }
        arguments.sort_unstable_by_key(|(_, now, _)| *now);
        let order: Vec<_> = arguments.iter().map(|(_, _, name)| *name).collect();
        let base = renamed.get(function).map(|(path, _)| (*path).clone());
        let advice = format!("`{function}` takes its arguments as ({})", order.join(", "));
        changes.push(ApiChange {
            base,
            head: Some(function.to_owned()),
            ..change(Level::Major, function, advice)
        });
    }
    changes
}
