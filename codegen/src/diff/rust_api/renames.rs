//! Finds names of a crate that changed, and names that are reused for something else.

use std::collections::{BTreeMap, BTreeSet};

use super::public_api::{ApiItem, ItemKind, PublicApi};
use crate::{diff::document::pairs::Pairs, pointer::Pointer};

/// The role of an item: the module and the kind. The same place may have names in several roles.
type Role<'a> = (&'a str, ItemKind);

impl ApiItem {
    fn role(&self) -> Role<'_> {
        let kind = match self.kind {
            // A type stays the same thing if it is defined in another way.
            ItemKind::Alias | ItemKind::Enum => ItemKind::Struct,
            kind => kind,
        };
        (&self.module, kind)
    }

    /// Returns whether users of the item depend on the place that it comes from, and not only on its type.
    fn has_meaning(&self, path: &str) -> bool {
        match self.role() {
            ("types", ItemKind::Struct | ItemKind::Variant) => true,
            ("requests", ItemKind::Struct) => self.kind == ItemKind::Struct,
            // The field of the content has the same name in every response.
            (module, ItemKind::Field) => {
                module != "responses" || path.rsplit('.').next() != Some("body")
            }
            _ => false,
        }
    }
}

/// Returns the names that stand for something else in the head, so that code using them still compiles.
pub(super) fn reused(
    base: &PublicApi,
    head: &PublicApi,
    renames: &Renames,
    pairs: &Pairs,
) -> Vec<(String, String)> {
    let mut reused = Vec::new();
    for (path, before, old) in base.with_origins() {
        let now = renames.path(path);
        let Some(after) = head.items.get(&now) else {
            continue;
        };
        let Some(new) = after
            .origin
            .as_ref()
            .filter(|_| after.role() == before.role())
        else {
            continue;
        };
        let (Some(old_place), Some(new_place)) = (old.places.first(), new.places.first()) else {
            continue;
        };
        let is_other = match (&old.wire, &new.wire) {
            (Some(old), Some(new)) => old != new,
            _ => {
                before.has_meaning(path)
                    && pairs.same_in_head(old_place).as_ref() != Some(new_place)
            }
        };
        if is_other {
            reused.push((path.to_owned(), now));
        }
    }
    reused
}

/// Returns the number of items that enclose a path.
fn depth(path: &str) -> usize {
    path.matches("::").count() + path.matches(['.', '(']).count()
}

/// The names of one crate that are different in the next.
#[derive(Clone, Debug, Default)]
pub(in crate::diff) struct Renames {
    pub(in crate::diff) to: BTreeMap<String, String>,
}

impl Renames {
    /// Finds the names that changed although the named thing is the same.
    pub(super) fn find(base: &PublicApi, head: &PublicApi, pairs: &Pairs) -> Self {
        let mut by_place: BTreeMap<(Role<'_>, &Pointer), Vec<&str>> = BTreeMap::new();
        for (path, item, origin) in head.with_origins() {
            if !base.items.contains_key(path)
                && let Some(place) = origin.places.first()
            {
                by_place.entry((item.role(), place)).or_default().push(path);
            }
        }
        let mut renames = Self::default();
        let mut taken = BTreeSet::new();
        // Enclosing items come first, because the paths of their parts contain their names.
        let mut items: Vec<_> = base.with_origins().collect();
        items.sort_by_key(|(path, ..)| depth(path));
        for (path, item, origin) in items {
            let now = renames.path(path);
            if head.items.contains_key(&now) {
                continue;
            }
            let place = origin.places.first();
            let Some(place) = place.and_then(|place| pairs.same_in_head(place)) else {
                continue;
            };
            let same = by_place.get(&(item.role(), &place)).into_iter().flatten();
            let same = same
                .copied()
                .find(|path| !taken.contains(path) && depth(path) == depth(&now));
            if let Some(new) = same {
                taken.insert(new);
                renames.to.insert(now, new.to_owned());
            }
        }
        renames
    }

    /// Returns a path with the names of the next crate.
    pub(in crate::diff) fn path(&self, path: &str) -> String {
        if self.to.is_empty() {
            return path.to_owned();
        }
        let mut text = String::new();
        let mut rest = path;
        while let Some(start) = rest.find(|c: char| c.is_alphanumeric() || c == '_') {
            let (before, name) = rest.split_at(start);
            text.push_str(before);
            let length = name_length(name);
            let (name, after) = name.split_at(length);
            text.push_str(&self.name(name));
            rest = after;
        }
        text.push_str(rest);
        self.to.get(&text).cloned().unwrap_or(text)
    }

    /// Returns a name with its longest renamed prefix replaced.
    fn name(&self, name: &str) -> String {
        let mut end = name.len();
        loop {
            let Some((candidate, rest)) = name.split_at_checked(end) else {
                return name.to_owned();
            };
            if let Some(new) = self.to.get(candidate) {
                return format!("{new}{rest}");
            }
            match candidate.rfind("::") {
                Some(at) => end = at,
                None => return name.to_owned(),
            }
        }
    }

    pub(in crate::diff) fn tokens(&self, tokens: &[String]) -> Vec<String> {
        tokens.iter().map(|token| self.name(token)).collect()
    }
}

/// Returns the length of the name at the start of a text: `a::b` in `a::b: C`.
fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii() {
            at += 1;
        } else if bytes.get(at..at + 2) == Some(b"::") {
            at += 2;
        } else {
            break;
        }
    }
    at
}
