//! Checks that every difference between two documents is reported.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::changes::{PendingNote, WalkResult};
use crate::{
    diff::{PlacePair, Side, rules::Bucket},
    pointer::Pointer,
};

/// The number of differences between two documents, and where they are reported.
///
/// A difference is counted for each scalar, empty list or empty object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The number of all differences.
    pub differences: usize,
    /// The number of differences that findings cover.
    pub in_findings: usize,
    /// The number of differences in each bucket.
    pub in_buckets: BTreeMap<Bucket, usize>,
    /// The differences that nothing covers; empty unless the comparison has a bug.
    pub uncovered: Vec<PlacePair>,
}

/// The covered places of one side; each includes everything within it.
struct CoveredPlaces {
    findings: HashSet<Pointer>,
    notes: BTreeMap<Pointer, Bucket>,
    moved: HashSet<Pointer>,
    compared_elsewhere: HashSet<Pointer>,
}

/// The report that covers a place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum CoveredBy {
    Finding,
    Bucket(Bucket),
}

/// Counts the differences. Differences in unused parts of external files are added as notes.
pub(in crate::diff) fn coverage(base: &Side, head: &Side, result: &mut WalkResult) -> Coverage {
    let mut places = Vec::new();
    let (before, after) = (Some(&base.document.tree), Some(&head.document.tree));
    differing(before, after, &Pointer::root(), &mut places);
    let old = CoveredPlaces::new(result, |place| place.base.as_ref(), |moved| &moved.0);
    let new = CoveredPlaces::new(result, |place| place.head.as_ref(), |moved| &moved.1);
    let mut coverage = Coverage {
        differences: places.len(),
        ..Coverage::default()
    };
    for place in places {
        let side = |place: &Option<Pointer>, covered: &CoveredPlaces| match place {
            Some(place) => covered.covered_by(place).map(Some),
            None => Some(None),
        };
        let covered = (side(&place.base, &old), side(&place.head, &new));
        let (Some(before), Some(after)) = covered else {
            if place.pointer().external_file().is_none() {
                coverage.uncovered.push(place);
                continue;
            }
            let value = |place: &Option<Pointer>, side: &Side| {
                let value = place.as_ref()?.find(&side.document.tree)?;
                Some(value.clone())
            };
            *coverage.in_buckets.entry(Bucket::Unused).or_default() += 1;
            result.notes.push(PendingNote {
                bucket: Bucket::Unused,
                before: value(&place.base, base),
                after: value(&place.head, head),
                place,
            });
            continue;
        };
        match [before, after].into_iter().flatten().min() {
            Some(CoveredBy::Bucket(bucket)) => {
                *coverage.in_buckets.entry(bucket).or_default() += 1;
            }
            _ => coverage.in_findings += 1,
        }
    }
    coverage
}

impl CoveredPlaces {
    fn new<'a>(
        result: &'a WalkResult,
        side: impl Fn(&'a PlacePair) -> Option<&'a Pointer>,
        moved_side: impl Fn(&'a (Pointer, Pointer)) -> &'a Pointer,
    ) -> Self {
        let changes = result.changes.iter().map(|change| &change.place);
        let notes = result.notes.iter();
        Self {
            findings: changes
                .chain(&result.covered)
                .filter_map(&side)
                .cloned()
                .collect(),
            notes: notes
                .filter_map(|note| Some((side(&note.place)?.clone(), note.bucket)))
                .collect(),
            moved: result.moved.iter().map(moved_side).cloned().collect(),
            compared_elsewhere: result
                .compared_elsewhere
                .iter()
                .filter_map(&side)
                .cloned()
                .collect(),
        }
    }

    fn covered_by(&self, place: &Pointer) -> Option<CoveredBy> {
        let mut is_moved = false;
        let mut at = Some(place.clone());
        while let Some(place) = at {
            if self.findings.contains(&place) {
                return Some(CoveredBy::Finding);
            }
            if let Some(bucket) = self.notes.get(&place) {
                return Some(CoveredBy::Bucket(*bucket));
            }
            is_moved |= self.moved.contains(&place) || self.compared_elsewhere.contains(&place);
            at = place.parent();
        }
        is_moved.then_some(CoveredBy::Bucket(Bucket::Moved))
    }
}

/// Collects the places at which two documents differ.
fn differing(
    before: Option<&Value>,
    after: Option<&Value>,
    at: &Pointer,
    places: &mut Vec<PlacePair>,
) {
    if before == after {
        return;
    }
    let keys_of = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        }
    };
    let (old, new) = (keys_of(before), keys_of(after));
    let compound_kind = |value: Option<&Value>| {
        value
            .map(|value| (value.is_object(), value.is_array()))
            .filter(|after| *after != (false, false))
    };
    // Two lists, or two objects, are compared by their elements.
    let both_compound =
        compound_kind(before).is_some() && compound_kind(before) == compound_kind(after);
    if !both_compound && (old.is_empty() || new.is_empty()) {
        // A scalar or a missing value on one side, compared with a scalar or a non-empty list or object on
        // the other.
        if old.is_empty() && new.is_empty() {
            places.push(PlacePair {
                base: before.map(|_| at.clone()),
                head: after.map(|_| at.clone()),
            });
            return;
        }
        if before.is_some() && old.is_empty() {
            places.push(PlacePair::base(at));
        }
        if after.is_some() && new.is_empty() {
            places.push(PlacePair::head(at));
        }
    }
    let mut keys = old;
    keys.extend(new);
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        differing(
            child(before, &key),
            child(after, &key),
            &at.key(&key),
            places,
        );
    }
}

fn child<'a>(value: Option<&'a Value>, key: &str) -> Option<&'a Value> {
    match value? {
        Value::Object(members) => members.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}
