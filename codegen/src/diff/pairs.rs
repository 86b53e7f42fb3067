//! Which places of two documents are the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::pointer::Pointer;

/// The places of two documents that are the same under another name, and those that are on one side alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    to_head: BTreeMap<Pointer, Pointer>,
    to_base: BTreeMap<Pointer, Pointer>,
    gone: BTreeSet<Pointer>,
    fresh: BTreeSet<Pointer>,
}

impl Pairs {
    /// Notes that what stands at one place of the base is at another in the head.
    pub(super) fn put(&mut self, base: &Pointer, head: &Pointer) {
        if base != head && !self.to_head.contains_key(base) {
            self.to_head.insert(base.clone(), head.clone());
            self.to_base.insert(head.clone(), base.clone());
        }
    }

    /// Notes that what stands at a place of the base is not in the head.
    pub(super) fn is_gone(&mut self, base: &Pointer) {
        self.gone.insert(base.clone());
    }

    /// Notes that what stands at a place of the head is not in the base.
    pub(super) fn is_fresh(&mut self, head: &Pointer) {
        self.fresh.insert(head.clone());
    }

    /// CoveredBy in the head a place of the base is, or would be.
    pub(super) fn in_head(&self, base: &Pointer) -> Pointer {
        mapped(&self.to_head, base)
    }

    /// CoveredBy in the head that is which stands at a place of the base; `None` if it is not there.
    pub(super) fn same_in_head(&self, base: &Pointer) -> Option<Pointer> {
        let head = self.in_head(base);
        (!self.is_single(base, &head)).then_some(head)
    }

    /// CoveredBy in the base that is which stands at a place of the head; `None` if it is not there.
    pub(super) fn same_in_base(&self, head: &Pointer) -> Option<Pointer> {
        let base = mapped(&self.to_base, head);
        (!self.is_single(&base, head)).then_some(base)
    }

    fn is_single(&self, base: &Pointer, head: &Pointer) -> bool {
        is_within(base, &self.gone) || is_within(head, &self.fresh)
    }
}

/// A place, or the nearest thing around it, under its other name.
fn mapped(names: &BTreeMap<Pointer, Pointer>, place: &Pointer) -> Pointer {
    let mut around = (!names.is_empty()).then(|| place.clone());
    while let Some(outer) = around {
        if let (Some(other), Some(inner)) = (names.get(&outer), place.strip(&outer)) {
            return other.join(&inner);
        }
        around = outer.parent();
    }
    place.clone()
}

fn is_within(place: &Pointer, others: &BTreeSet<Pointer>) -> bool {
    let mut around = (!others.is_empty()).then(|| place.clone());
    while let Some(place) = around {
        if others.contains(&place) {
            return true;
        }
        around = place.parent();
    }
    false
}
