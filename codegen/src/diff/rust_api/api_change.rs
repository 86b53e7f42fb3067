//! Compares two public APIs, and tells users of the crate what to change.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    public_api::{ApiItem, ItemKind, PublicApi, display},
    renames::Renames,
};
use crate::diff::Level;

/// A change of the public API of the generated crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiChange {
    /// The next version that the change requires (Cargo's "`SemVer` Compatibility").
    pub level: Level,
    /// The path of the item in the new crate, or in the old crate if it was removed.
    pub item: String,
    /// The type or name of the item before the change, if that differs.
    pub before: Option<String>,
    /// The type or name of the item after the change, if that differs.
    pub after: Option<String>,
    /// The advice to users of the crate.
    pub advice: String,
    /// The path of the item in the old crate.
    pub(in crate::diff) base: Option<String>,
    /// The path of the item in the new crate.
    pub(in crate::diff) head: Option<String>,
    /// The changed aspect of the item.
    pub(in crate::diff) aspect: Aspect,
    /// Whether another change of the crate causes this one.
    pub(in crate::diff) is_indirect: bool,
    /// The names in the old and new type of the item, any of which may have caused the change.
    pub(in crate::diff) type_names: Vec<String>,
}

/// The aspect of an item that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diff) enum Aspect {
    /// Whether the item is deprecated.
    Deprecation,
    /// The name of the item.
    Name,
    /// The kind, type or existence of the item.
    Shape,
}

/// Compares two public APIs, after replacing renamed names in the first with those of the second.
pub(in crate::diff) fn compare(
    base: &PublicApi,
    head: &PublicApi,
    renames: &Renames,
) -> Vec<ApiChange> {
    let mut changes = Vec::new();
    let mut base_items: BTreeMap<String, (&String, ApiItem)> = BTreeMap::new();
    let new_names: BTreeSet<&String> = renames.to.values().collect();
    for (path, item) in &base.items {
        let now = renames.path(path);
        if new_names.contains(&now) {
            changes.push(renamed(path, &now, item));
        }
        let item = ApiItem {
            parent: item.parent.as_ref().map(|parent| renames.path(parent)),
            ty: renames.tokens(&item.ty),
            ..item.clone()
        };
        base_items.insert(now, (path, item));
    }
    let base_items = by_position(base_items, head);
    let base_aliases = aliases(base_items.iter().map(|(path, (_, item))| (path, item)));
    let head_aliases = aliases(head.items.iter());

    let mut replaced = BTreeSet::new();
    for (path, (old_path, before)) in &base_items {
        let parent = before.parent.as_ref();
        match head.items.get(path) {
            None => {
                let is_covered = parent.is_some_and(|parent| {
                    replaced.contains(parent)
                        || (base_items.contains_key(parent) && !head.items.contains_key(parent))
                });
                if !is_covered {
                    changes.push(removed(old_path, before));
                }
            }
            Some(after) if after.kind != before.kind => {
                replaced.insert(path.clone());
                changes.push(kind_changed(old_path, path, before, after));
            }
            Some(after) => {
                let old = expanded(&before.ty, &base_aliases);
                let new = expanded(&after.ty, &head_aliases);
                if before.ty != after.ty && old != new {
                    if after.kind == ItemKind::Variant {
                        // The change of the variant's type covers its fields.
                        replaced.insert(path.clone());
                    }
                    changes.push(type_changed(old_path, path, before, after));
                }
                changes.extend(attributes_changed(old_path, path, before, after));
            }
        }
    }
    for (path, item) in &head.items {
        let parent = item.parent.as_ref();
        let is_covered = parent.is_some_and(|parent| {
            replaced.contains(parent)
                || (head.items.contains_key(parent) && !base_items.contains_key(parent))
        });
        if !base_items.contains_key(path) && !is_covered {
            changes.push(added(path, item, head));
        }
    }
    changes.extend(reordered(&base_items, head));
    changes.sort_by(|a, b| a.rank().cmp(&b.rank()));
    changes
}

impl ApiChange {
    /// Returns whether the item belongs to the traits of the server.
    pub(in crate::diff) fn is_of_server(&self) -> bool {
        self.item.starts_with("server::") || self.item.starts_with("Mock: ")
    }

    /// Returns the sort key: the worst changes first, and changes of the call builder last.
    pub(in crate::diff) fn rank(&self) -> impl Ord + '_ {
        let is_on_call = self.item.starts_with("Call<");
        (
            std::cmp::Reverse(self.level),
            self.is_indirect,
            is_on_call,
            &self.item,
        )
    }
}

/// Adds a change for each name that was reused for something else, unless the item already has a major
/// change.
pub(in crate::diff) fn with_reused(
    mut changes: Vec<ApiChange>,
    reused: &[(String, String)],
    base: &PublicApi,
    head: &PublicApi,
) -> Vec<ApiChange> {
    for (before, after) in reused {
        let is_there = base.items.contains_key(before) && head.items.contains_key(after);
        let is_reported = changes
            .iter()
            .any(|change| change.level == Level::Major && change.item == *after);
        if is_there && !is_reported {
            changes.push(ApiChange {
                base: Some(before.clone()),
                head: Some(after.clone()),
                ..change(
                    Level::Major,
                    after,
                    format!("`{after}` still compiles, but means something else in the document"),
                )
            });
        }
    }
    changes
}

/// Renames parameters to their names in the next crate by position, because callers do not write the names.
fn by_position<'a>(
    items: BTreeMap<String, (&'a String, ApiItem)>,
    head: &PublicApi,
) -> BTreeMap<String, (&'a String, ApiItem)> {
    let mut unmatched: BTreeMap<&str, [Vec<(usize, &str)>; 2]> = BTreeMap::new();
    for (path, (_, item)) in &items {
        if let (ItemKind::Parameter, Some(parent)) = (item.kind, &item.parent)
            && !head.items.contains_key(path)
        {
            let [old, _] = unmatched.entry(parent).or_default();
            old.push((item.order, path));
        }
    }
    for (path, item) in &head.items {
        if let (ItemKind::Parameter, Some(parent)) = (item.kind, &item.parent)
            && !items.contains_key(path)
            && let Some([_, new]) = unmatched.get_mut(parent.as_str())
        {
            new.push((item.order, path));
        }
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for [mut old, mut new] in unmatched.into_values() {
        old.sort_unstable();
        new.sort_unstable();
        // Both have the same number of unmatched parameters, at the same positions.
        let is_same = old.len() == new.len()
            && old
                .iter()
                .zip(&new)
                .all(|(before, after)| before.0 == after.0);
        if is_same {
            let pairs = old.into_iter().zip(new);
            names.extend(
                pairs.map(|((_, before), (_, after))| (before.to_owned(), after.to_owned())),
            );
        }
    }
    let items = items.into_iter().map(|(path, item)| {
        let path = names.get(&path).cloned().unwrap_or(path);
        (path, item)
    });
    items.collect()
}

fn aliases<'a>(
    items: impl Iterator<Item = (&'a String, &'a ApiItem)>,
) -> BTreeMap<&'a str, &'a [String]> {
    items
        .filter(|(_, item)| item.kind == ItemKind::Alias)
        .map(|(path, item)| (path.as_str(), item.ty.as_slice()))
        .collect()
}

/// Expands the aliases in a type, and drops the index of a `StatusIn` type, which nobody writes out.
fn expanded(ty: &[String], aliases: &BTreeMap<&str, &[String]>) -> Vec<String> {
    let mut tokens: Vec<String> = ty.to_vec();
    // Aliases cannot be cyclic, because the crate compiles.
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
    let status_in = tokens.iter().position(|token| token == "StatusIn");
    if let Some(index) = status_in.and_then(|at| tokens.get_mut(at + 4)) {
        index.clear();
    }
    tokens
}

fn change(level: Level, item: &str, advice: String) -> ApiChange {
    ApiChange {
        level,
        item: item.to_owned(),
        before: None,
        after: None,
        advice,
        base: None,
        head: None,
        aspect: Aspect::Shape,
        is_indirect: false,
        type_names: Vec::new(),
    }
}

/// Returns the last name in a path.
fn last(path: &str) -> &str {
    let path = path.strip_suffix(')').unwrap_or(path);
    path.rsplit(['.', '(', ':']).next().unwrap_or(path).trim()
}

/// Returns the noun for a kind of item.
fn noun(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Alias => "a type alias",
        ItemKind::AssociatedType => "an associated type",
        ItemKind::Const => "a constant",
        ItemKind::Enum => "an enum",
        ItemKind::Field => "a field",
        ItemKind::Function => "a function",
        ItemKind::Implementation => "an implementation",
        ItemKind::Method => "a required method",
        ItemKind::Parameter => "a parameter",
        ItemKind::Reexport => "a re-export",
        ItemKind::Struct => "a struct",
        ItemKind::Trait => "a trait",
        ItemKind::Variant => "a variant",
    }
}

/// Returns an item's type as it is written in Rust; for a variant, the pattern: `Ok(Pet)`, `Ok { .. }`.
fn display_item(path: &str, item: &ApiItem) -> String {
    match item.kind {
        ItemKind::Variant if item.ty.first().is_some_and(|token| token == "{") => {
            format!("{path} {{ .. }}")
        }
        ItemKind::Variant => format!("{path}{}", display(&item.ty)),
        _ => display(&item.ty),
    }
}

fn added(path: &str, item: &ApiItem, head: &PublicApi) -> ApiChange {
    let parent = item.parent.as_deref().unwrap_or_default();
    let is_open = head.items.get(parent).is_some_and(|parent| parent.is_open);
    let ty = display(&item.ty);
    let change = match item.kind {
        ItemKind::Variant if !is_open => {
            let advice = format!("add a `match` arm for `{}`", display_item(path, item));
            change(Level::Major, path, advice)
        }
        ItemKind::Field if !is_open => {
            let advice = format!(
                "add `{}: {ty}` to patterns and values of `{parent}`",
                last(path)
            );
            change(Level::Major, path, advice)
        }
        ItemKind::Method => {
            let advice = format!("implement `{}` in `impl {parent}`", last(path));
            change(Level::Major, path, advice)
        }
        ItemKind::Parameter => {
            let advice = format!("`{parent}` now takes `{}: {ty}`", last(path));
            change(Level::Major, path, advice)
        }
        ItemKind::Implementation => {
            let (parent, name) = path.split_once(": ").unwrap_or((path, ""));
            change(
                Level::Minor,
                path,
                format!("`{parent}` now implements `{name}`"),
            )
        }
        _ => change(Level::Minor, path, format!("`{path}` was added")),
    };
    ApiChange {
        after: Some(display_item(path, item)).filter(|text| !text.is_empty()),
        head: Some(path.to_owned()),
        type_names: item.ty.clone(),
        ..change
    }
}

fn removed(path: &str, item: &ApiItem) -> ApiChange {
    let parent = item.parent.as_deref().unwrap_or_default();
    let advice = match item.kind {
        ItemKind::Variant => format!("`{path}` was removed; remove its `match` arms"),
        ItemKind::Parameter => format!("`{parent}` no longer takes `{}`", last(path)),
        ItemKind::Method => format!("remove `{}` from `impl {parent}`", last(path)),
        ItemKind::Implementation => {
            let (parent, name) = path.split_once(": ").unwrap_or((path, ""));
            format!("`{parent}` no longer implements `{name}`")
        }
        _ => format!("`{path}` was removed"),
    };
    ApiChange {
        before: Some(display_item(path, item)).filter(|text| !text.is_empty()),
        base: Some(path.to_owned()),
        type_names: item.ty.clone(),
        ..change(Level::Major, path, advice)
    }
}

fn renamed(base: &str, head: &str, item: &ApiItem) -> ApiChange {
    let level = match item.kind {
        // Callers do not write the names of parameters.
        ItemKind::Parameter => Level::Patch,
        _ => Level::Major,
    };
    ApiChange {
        before: Some(base.to_owned()),
        after: Some(head.to_owned()),
        base: Some(base.to_owned()),
        head: Some(head.to_owned()),
        aspect: Aspect::Name,
        ..change(level, head, format!("replace `{base}` with `{head}`"))
    }
}

fn kind_changed(base: &str, head: &str, before: &ApiItem, after: &ApiItem) -> ApiChange {
    let (old, new) = (noun(before.kind), noun(after.kind));
    let advice = match (before.kind, after.kind) {
        (ItemKind::Alias, _) => {
            let target = display(&before.ty);
            format!("`{head}` is now {new}, no longer an alias of `{target}`")
        }
        (_, ItemKind::Alias) => format!(
            "`{head}` is now an alias of `{}`, no longer {old}",
            display(&after.ty)
        ),
        _ => format!("`{head}` is now {new}, no longer {old}"),
    };
    ApiChange {
        before: Some(old.to_owned()),
        after: Some(new.to_owned()),
        base: Some(base.to_owned()),
        head: Some(head.to_owned()),
        type_names: before.ty.iter().chain(&after.ty).cloned().collect(),
        ..change(Level::Major, head, advice)
    }
}

fn type_changed(base: &str, head: &str, before: &ApiItem, after: &ApiItem) -> ApiChange {
    let (old, new) = (display_item(head, before), display_item(head, after));
    let advice = match after.kind {
        ItemKind::Variant => format!("replace `{old}` with `{new}`"),
        ItemKind::Parameter => {
            let parent = after.parent.as_deref().unwrap_or_default();
            format!(
                "`{parent}` now takes `{}: {new}`, took `{old}` before",
                last(head)
            )
        }
        ItemKind::Trait => format!("`{head}` now requires `{new}`, required `{old}` before"),
        _ => format!("`{head}` is now `{new}`, was `{old}`"),
    };
    ApiChange {
        before: Some(old),
        after: Some(new),
        base: Some(base.to_owned()),
        head: Some(head.to_owned()),
        type_names: before.ty.iter().chain(&after.ty).cloned().collect(),
        ..change(Level::Major, head, advice)
    }
}

fn attributes_changed(base: &str, head: &str, before: &ApiItem, after: &ApiItem) -> Vec<ApiChange> {
    let mut changes = Vec::new();
    let mut note = |level, advice: String, aspect| {
        changes.push(ApiChange {
            aspect,
            base: Some(base.to_owned()),
            head: Some(head.to_owned()),
            ..change(level, head, advice)
        });
    };
    match (before.is_open, after.is_open) {
        (false, true) => note(
            Level::Major,
            format!(
                "`{head}` is now `#[non_exhaustive]`: add a `_` arm to `match`, and `..` to patterns"
            ),
            Aspect::Shape,
        ),
        (true, false) => note(
            Level::Minor,
            format!("`{head}` is no longer `#[non_exhaustive]`"),
            Aspect::Shape,
        ),
        _ => {}
    }
    match (before.is_deprecated, after.is_deprecated) {
        (false, true) => note(
            Level::Minor,
            format!("`{head}` is now deprecated; uses cause a warning"),
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

/// Reports functions that take their remaining parameters in another order.
fn reordered(
    base_items: &BTreeMap<String, (&String, ApiItem)>,
    head: &PublicApi,
) -> Vec<ApiChange> {
    let mut functions: BTreeMap<&str, Vec<(usize, usize, &str)>> = BTreeMap::new();
    for (path, (_, before)) in base_items {
        if let (ItemKind::Parameter, Some(parent), Some(after)) =
            (before.kind, before.parent.as_deref(), head.items.get(path))
        {
            let arguments = functions.entry(parent).or_default();
            arguments.push((before.order, after.order, last(path)));
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
        let base = base_items.get(function).map(|(path, _)| (*path).clone());
        let advice = format!(
            "`{function}` takes its arguments in the order ({})",
            order.join(", ")
        );
        changes.push(ApiChange {
            base,
            head: Some(function.to_owned()),
            ..change(Level::Major, function, advice)
        });
    }
    changes
}
