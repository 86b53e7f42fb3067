//! Maps places of the base to the same places of the head.

use std::collections::{BTreeMap, BTreeSet};

use crate::pointer::Pointer;

/// The places that are different in the two documents, and those that are only in one of them.
#[derive(Clone, Debug, Default)]
pub(in crate::diff) struct Pairs {
    to_head: BTreeMap<Pointer, Pointer>,
    to_base: BTreeMap<Pointer, Pointer>,
    removed: BTreeSet<Pointer>,
    added: BTreeSet<Pointer>,
}

impl Pairs {
    /// Records that a place of the base is at another place in the head.
    pub(in crate::diff) fn insert(&mut self, base: &Pointer, head: &Pointer) {
        if base != head && !self.to_head.contains_key(base) {
            self.to_head.insert(base.clone(), head.clone());
            self.to_base.insert(head.clone(), base.clone());
        }
    }

    /// Records that a place of the base is not in the head.
    pub(in crate::diff) fn mark_removed(&mut self, base: &Pointer) {
        self.removed.insert(base.clone());
    }

    /// Records that a place of the head is not in the base.
    pub(in crate::diff) fn mark_added(&mut self, head: &Pointer) {
        self.added.insert(head.clone());
    }

    /// Returns the place in the head that corresponds to a place of the base, or where it would be.
    pub(in crate::diff) fn in_head(&self, base: &Pointer) -> Pointer {
        mapped(&self.to_head, base)
    }

    /// Returns the head's counterpart of a place in the base; `None` if it was removed.
    pub(in crate::diff) fn same_in_head(&self, base: &Pointer) -> Option<Pointer> {
        let head = self.in_head(base);
        (!self.is_one_sided(base, &head)).then_some(head)
    }

    /// Returns the place in the base that is the same as a place of the head; `None` if it was added.
    pub(in crate::diff) fn same_in_base(&self, head: &Pointer) -> Option<Pointer> {
        let base = mapped(&self.to_base, head);
        (!self.is_one_sided(&base, head)).then_some(base)
    }

    fn is_one_sided(&self, base: &Pointer, head: &Pointer) -> bool {
        is_within(base, &self.removed) || is_within(head, &self.added)
    }
}

/// Maps a place by itself, or by the nearest enclosing place with a new name.
fn mapped(names: &BTreeMap<Pointer, Pointer>, place: &Pointer) -> Pointer {
    let mut around = (!names.is_empty()).then(|| place.clone());
    while let Some(outer) = around {
        if let (Some(counterpart), Some(inner)) = (names.get(&outer), place.strip(&outer)) {
            return counterpart.join(&inner);
        }
        around = outer.parent();
    }
    place.clone()
}

fn is_within(place: &Pointer, places: &BTreeSet<Pointer>) -> bool {
    let mut around = (!places.is_empty()).then(|| place.clone());
    while let Some(place) = around {
        if places.contains(&place) {
            return true;
        }
        around = place.parent();
    }
    false
}
