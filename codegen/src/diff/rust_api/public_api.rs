//! The public API of a generated crate: every item that its users can name, with its type and its origin.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{emit::ItemOrigin, model::Method, pointer::Pointer};

/// The public API of a crate.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicApi {
    /// The items by path, as [`ItemPath`] formats it.
    pub(in crate::diff) items: BTreeMap<String, ApiItem>,
}

/// A public item.
#[derive(Clone, Debug)]
pub(in crate::diff) struct ApiItem {
    pub(in crate::diff) kind: ItemKind,
    /// The path of the enclosing item.
    pub(in crate::diff) parent: Option<String>,
    /// The type as tokens; a name of the crate is one token, including its path.
    pub(in crate::diff) ty: Vec<String>,
    /// Whether the item is `#[non_exhaustive]`, so that users have to expect more parts.
    pub(in crate::diff) is_open: bool,
    /// Whether the item is `#[deprecated]`.
    pub(in crate::diff) is_deprecated: bool,
    /// The position among the siblings, where that matters.
    pub(in crate::diff) order: usize,
    /// The module of the generated crate that has the code of the item.
    pub(in crate::diff) module: Arc<str>,
    /// The part of the document that the item is generated from.
    pub(in crate::diff) origin: Option<ItemOrigin>,
}

/// The kind of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::diff) enum ItemKind {
    Alias,
    AssociatedType,
    Const,
    Enum,
    /// A field of a struct or variant.
    Field,
    Function,
    /// The implementation of a trait for a type.
    Implementation,
    /// A required method of a trait.
    Method,
    Parameter,
    /// An item of another module that a public `use` makes visible.
    Reexport,
    Struct,
    Trait,
    Variant,
}

/// Formats paths of items: as in Rust where possible, with a dot before a field and parentheses around a
/// parameter.
pub(in crate::diff) struct ItemPath;

impl ItemPath {
    pub(in crate::diff) fn member(parent: &str, name: &str) -> String {
        format!("{parent}::{name}")
    }

    pub(in crate::diff) fn field(parent: &str, name: &str) -> String {
        format!("{parent}.{name}")
    }

    pub(in crate::diff) fn parameter(parent: &str, name: &str) -> String {
        format!("{parent}({name})")
    }

    pub(in crate::diff) fn implementation(parent: &str, name: &str) -> String {
        format!("{parent}: {name}")
    }
}

impl PublicApi {
    /// Takes over the origins of the same items in the crate that is generated now.
    pub(in crate::diff) fn with_origins_of(mut self, generated: &Self) -> Self {
        for (path, item) in &generated.items {
            if let Some(own) = self.items.get_mut(path) {
                own.module.clone_from(&item.module);
                own.origin.clone_from(&item.origin);
            }
        }
        self
    }

    /// Returns the items that come from the document, by path.
    pub(super) fn with_origins(&self) -> impl Iterator<Item = (&str, &ApiItem, &ItemOrigin)> {
        let items = self.items.iter();
        items.filter_map(|(path, item)| Some((path.as_str(), item, item.origin.as_ref()?)))
    }

    /// Returns the items without an origin, except for parts that always share the origin of another item:
    /// re-exports, implementations and parameters.
    pub(in crate::diff) fn without_origin(&self) -> BTreeSet<String> {
        let is_part = |item: &ApiItem| match item.kind {
            ItemKind::Reexport => true,
            ItemKind::AssociatedType | ItemKind::Implementation | ItemKind::Parameter => {
                let parent = item.parent.as_ref();
                parent.is_some_and(|parent| self.items.contains_key(parent))
            }
            _ => false,
        };
        let without = |item: &ApiItem| item.origin.is_none() && !is_part(item);
        let items = self.items.iter().filter(|(_, item)| without(item));
        items.map(|(path, _)| path.clone()).collect()
    }

    /// Returns the places of the document that an item comes from.
    pub(super) fn places(&self, path: &str) -> &[Pointer] {
        let origin = self.origin(path);
        origin
            .map(|origin| origin.places.as_slice())
            .unwrap_or_default()
    }

    /// Returns the places that the name of an item comes from: its own, and those of the enclosing operation.
    pub(super) fn naming_places(&self, path: &str) -> Vec<Pointer> {
        match self.origin(path) {
            None => Vec::new(),
            Some(origin) if !origin.named_after.is_empty() => origin.named_after.clone(),
            Some(ItemOrigin { places, .. }) => {
                let operations = places.iter().filter_map(operation_around);
                places.iter().cloned().chain(operations).collect()
            }
        }
    }

    /// Returns the origin of an item, or that of the nearest enclosing item with an origin.
    fn origin(&self, path: &str) -> Option<&ItemOrigin> {
        let mut item = self.items.get(path)?;
        loop {
            if let Some(origin) = &item.origin {
                return Some(origin);
            }
            item = self.items.get(item.parent.as_ref()?)?;
        }
    }
}

/// Returns the place of the operation that encloses a place.
fn operation_around(place: &Pointer) -> Option<Pointer> {
    let mut segments = place.segments();
    let (paths, path, method) = (segments.next()?, segments.next()?, segments.next()?);
    let is_operation = paths == "paths"
        && Method::ALL
            .iter()
            .any(|candidate| candidate.key() == method);
    is_operation.then(|| Pointer::root().key(&paths).key(&path).key(&method))
}

/// Formats tokens as Rust code.
pub(in crate::diff) fn display(tokens: &[String]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let is_word = |text: &str| {
            text.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                || matches!(text, "," | "->" | "+" | "=" | ":")
        };
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        let starts_word = token.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '\'');
        let spaced = before.is_some_and(|before| {
            matches!(token.as_str(), "->" | "+" | "=")
                || (is_word(before) && (starts_word || matches!(token.as_str(), "&" | "(")))
                    && !(token == "(" && before.ends_with(char::is_alphanumeric))
        });
        if spaced {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}
