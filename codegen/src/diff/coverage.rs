//! Whether every place that differs is told.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::{
    PlacePair, Side,
    rules::Bucket,
    walk::{PendingNote, WalkResult},
};
use crate::pointer::Pointer;

/// How many places of two documents differ, and where they are told.
///
/// A place is a value that is no list and no object, or an empty one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// All places that differ.
    pub places: usize,
    /// Those that findings tell.
    pub in_findings: usize,
    /// Those in each bucket.
    pub in_buckets: BTreeMap<Bucket, usize>,
    /// Those that nothing tells. None, unless the comparison has a fault.
    pub left: Vec<PlacePair>,
}

/// The places of one side that are told, each with all that is in it.
struct CoveredPlaces {
    findings: HashSet<Pointer>,
    notes: BTreeMap<Pointer, Bucket>,
    moved: HashSet<Pointer>,
    ways: HashSet<Pointer>,
}

/// CoveredBy a place is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum CoveredBy {
    Finding,
    Bucket(Bucket),
}

/// Counts the places that differ. What of a file beside the document nothing leads to is noted.
pub(super) fn coverage(base: &Side, head: &Side, found: &mut WalkResult) -> Coverage {
    let mut spots = Vec::new();
    let (was, is) = (Some(&base.document.tree), Some(&head.document.tree));
    differing(was, is, &Pointer::root(), &mut spots);
    let old = CoveredPlaces::of(found, |spot| spot.base.as_ref(), |moved| &moved.0);
    let new = CoveredPlaces::of(found, |spot| spot.head.as_ref(), |moved| &moved.1);
    let mut coverage = Coverage {
        places: spots.len(),
        ..Coverage::default()
    };
    for spot in spots {
        let side = |place: &Option<Pointer>, told: &CoveredPlaces| match place {
            Some(place) => told.place(place).map(Some),
            None => Some(None),
        };
        let told = (side(&spot.base, &old), side(&spot.head, &new));
        let (Some(was), Some(is)) = told else {
            if spot.pointer().in_file().is_none() {
                coverage.left.push(spot);
                continue;
            }
            let value = |place: &Option<Pointer>, side: &Side| {
                let value = side.document.tree.pointer(place.as_ref()?.as_str())?;
                Some(value.clone())
            };
            *coverage.in_buckets.entry(Bucket::Unused).or_default() += 1;
            found.notes.push(PendingNote {
                bucket: Bucket::Unused,
                was: value(&spot.base, base),
                is: value(&spot.head, head),
                spot,
            });
            continue;
        };
        match [was, is].into_iter().flatten().min() {
            Some(CoveredBy::Bucket(bucket)) => {
                *coverage.in_buckets.entry(bucket).or_default() += 1;
            }
            _ => coverage.in_findings += 1,
        }
    }
    coverage
}

impl CoveredPlaces {
    fn of<'a>(
        found: &'a WalkResult,
        side: impl Fn(&'a PlacePair) -> Option<&'a Pointer>,
        of_moved: impl Fn(&'a (Pointer, Pointer)) -> &'a Pointer,
    ) -> Self {
        let changes = found.changes.iter().map(|change| &change.spot);
        let notes = found.notes.iter();
        Self {
            findings: changes
                .chain(&found.along)
                .filter_map(&side)
                .cloned()
                .collect(),
            notes: notes
                .filter_map(|note| Some((side(&note.spot)?.clone(), note.bucket)))
                .collect(),
            moved: found.moved.iter().map(of_moved).cloned().collect(),
            ways: found.ways.iter().filter_map(&side).cloned().collect(),
        }
    }

    fn place(&self, place: &Pointer) -> Option<CoveredBy> {
        let mut is_moved = false;
        let mut at = Some(place.clone());
        while let Some(place) = at {
            if self.findings.contains(&place) {
                return Some(CoveredBy::Finding);
            }
            if let Some(bucket) = self.notes.get(&place) {
                return Some(CoveredBy::Bucket(*bucket));
            }
            is_moved |= self.moved.contains(&place) || self.ways.contains(&place);
            at = place.parent();
        }
        is_moved.then_some(CoveredBy::Bucket(Bucket::Moved))
    }
}

/// The places at which two documents differ.
fn differing(was: Option<&Value>, is: Option<&Value>, at: &Pointer, spots: &mut Vec<PlacePair>) {
    if was == is {
        return;
    }
    let inner = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        }
    };
    let (old, new) = (inner(was), inner(is));
    let is_inner = |value: Option<&Value>| {
        value
            .map(|value| (value.is_object(), value.is_array()))
            .filter(|is| *is != (false, false))
    };
    // Of two lists, or two objects, what is in them says it all.
    let is_alike = is_inner(was).is_some() && is_inner(was) == is_inner(is);
    if !is_alike && (old.is_empty() || new.is_empty()) {
        // A value, or nothing, against a value or all that is in something.
        if old.is_empty() && new.is_empty() {
            spots.push(PlacePair {
                base: was.map(|_| at.clone()),
                head: is.map(|_| at.clone()),
            });
            return;
        }
        if was.is_some() && old.is_empty() {
            spots.push(PlacePair::base(at));
        }
        if is.is_some() && new.is_empty() {
            spots.push(PlacePair::head(at));
        }
    }
    let mut keys = old;
    keys.extend(new);
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        differing(child(was, &key), child(is, &key), &at.key(&key), spots);
    }
}

fn child<'a>(value: Option<&'a Value>, key: &str) -> Option<&'a Value> {
    match value? {
        Value::Object(members) => members.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}
