//! Traces changes of the generated crate to the changes of the document that cause them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    api_change::{self, ApiChange, Aspect},
    public_api::PublicApi,
    renames::{self, Renames},
};
use crate::{
    diff::{
        Level, PlacePair, Side,
        document::changes::{Change, WalkResult},
        rules::DiffRule,
    },
    load::References,
    pointer::Pointer,
};

/// The changes of a crate, by cause.
pub(in crate::diff) struct Traced {
    /// For each change of the document, the changes of the crate that it causes.
    pub(in crate::diff) by_change: Vec<Vec<ApiChange>>,
    /// The changes that no change of the document explains.
    pub(in crate::diff) unclaimed: Vec<Unclaimed>,
}

/// A change of the crate that no change of the document explains.
pub(in crate::diff) struct Unclaimed {
    pub(in crate::diff) api: ApiChange,
    /// The place that the item is generated from.
    pub(in crate::diff) place: PlacePair,
}

/// Traces each change of the crate to one or more changes of the document.
pub(in crate::diff) fn trace(
    (base, old): (&Side, &PublicApi),
    (head, new): (&Side, &PublicApi),
    result: &WalkResult,
) -> Traced {
    let renames = Renames::find(old, new, &result.pairs);
    let index = CauseIndex::new(&result.changes);
    let mut by_item: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut unexplained = Vec::new();
    let mut traced = Traced {
        by_change: vec![Vec::new(); result.changes.len()],
        unclaimed: Vec::new(),
    };
    let reused = renames::reused(old, new, &renames, &result.pairs);
    let changes = api_change::compare(old, new, &renames);
    for api in api_change::with_reused(changes, &reused, old, new) {
        let places = |path: &Option<String>, crate_api: &PublicApi| -> Vec<Pointer> {
            let places = path.as_ref().map(|path| match api.aspect {
                Aspect::Name => crate_api.naming_places(path),
                _ => crate_api.places(path).to_vec(),
            });
            places.unwrap_or_default()
        };
        let (mut before, mut after) = (places(&api.base, old), places(&api.head, new));
        // An item that is only in one crate may have been added or removed because of the corresponding
        // place in the other document, or because of a new value in a place that had none.
        let is_in = |side: &Side, place: &Pointer| place.find(&side.document.tree).is_some();
        let in_head = |place: &Pointer| {
            let same = result.pairs.same_in_head(place);
            same.or_else(|| (!is_in(base, place)).then(|| result.pairs.in_head(place)))
        };
        let in_base = |place: &Pointer| {
            let same = result.pairs.same_in_base(place);
            same.or_else(|| (!is_in(head, place)).then(|| place.clone()))
        };
        if api.head.is_none() {
            after = before.iter().filter_map(in_head).collect();
        } else if api.base.is_none() {
            before = after.iter().filter_map(in_base).collect();
        }
        let sides = [
            (before.as_slice(), &index.base, &base.document.references),
            (after.as_slice(), &index.head, &head.document.references),
        ];
        let searches: [Search; 4] = [
            CausesByPlace::inside,
            CausesByPlace::around,
            CausesByPlace::referenced,
            CausesByPlace::referencing,
        ];
        // Likely causes take precedence over possible ones.
        let filters: [fn(&Change, &ApiChange) -> bool; 2] = [is_likely, is_possible];
        let mut causes = BTreeSet::new();
        let mut is_indirect = false;
        let steps = searches.iter().enumerate();
        for ((step, search), filter) in steps.flat_map(|s| filters.map(|f| (s, f))) {
            // The last two searches follow a `$ref`.
            is_indirect = step > 1;
            for (places, by_place, references) in sides {
                let is_cause = |at: &usize| {
                    let change = result.changes.get(*at);
                    change.is_some_and(|change| filter(change, &api))
                };
                let near = search(by_place, places, references).into_iter();
                causes.extend(near.filter(is_cause));
            }
            if !causes.is_empty() {
                break;
            }
        }
        if causes.is_empty() {
            let place = PlacePair {
                base: before.first().cloned(),
                head: after.first().cloned(),
            };
            unexplained.push(Unclaimed { api, place });
            continue;
        }
        by_item.entry(api.item.clone()).or_default().extend(&causes);
        let api = ApiChange { is_indirect, ..api };
        traced.claim(&causes, &api);
    }
    for entry in unexplained {
        // An alias of an item that changed has the same causes.
        let within = |item: &String| {
            let from = by_item.range(item.clone()..);
            let item = item.clone();
            from.take_while(move |(path, _)| path.starts_with(&item))
                .filter(|(path, _)| is_part(path, &entry.api))
                .flat_map(|(_, causes)| causes.iter().copied())
        };
        let mut causes: BTreeSet<usize> = entry.api.type_names.iter().flat_map(within).collect();
        if causes.is_empty() && entry.api.is_of_server() {
            // The module of every server trait depends on whether any operation has a tag.
            let changes = result.changes.iter().enumerate();
            let tagged = changes.filter(|(_, change)| change.rule == DiffRule::OperationTagged);
            causes.extend(tagged.map(|(at, _)| at));
        }
        if causes.is_empty() {
            traced.unclaimed.push(entry);
        } else {
            let api = ApiChange {
                is_indirect: true,
                ..entry.api
            };
            traced.claim(&causes, &api);
        }
    }
    traced
}

impl Traced {
    fn claim(&mut self, causes: &BTreeSet<usize>, api: &ApiChange) {
        for at in causes {
            if let Some(changes) = self.by_change.get_mut(*at) {
                changes.push(api.clone());
            }
        }
    }
}

/// Returns whether a path is one of the names in a change, or a part of one.
fn is_part(item: &str, api: &ApiChange) -> bool {
    api.type_names.iter().any(|name| {
        let rest = item.strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.', '(']))
    })
}

/// Returns whether a change of the document usually has this kind of effect on the crate.
fn is_likely(change: &Change, api: &ApiChange) -> bool {
    let is_about_names = matches!(
        change.rule,
        DiffRule::NameChanged
            | DiffRule::OperationMoved
            | DiffRule::OperationRenamed
            | DiffRule::OperationTagged
            | DiffRule::ParameterRenamed
            | DiffRule::SchemaRenamed
            | DiffRule::StatusChanged
    );
    is_possible(change, api) && is_about_names == (api.aspect == Aspect::Name)
}

/// Returns whether a change of the document can have this kind of effect on the crate.
fn is_possible(change: &Change, api: &ApiChange) -> bool {
    let is_about_advice = matches!(change.rule, DiffRule::Deprecated | DiffRule::Undeprecated);
    match api.aspect {
        Aspect::Deprecation => is_about_advice,
        // Adding a schema never removes or breaks an item.
        _ if change.rule == DiffRule::SchemaAdded => api.level < Level::Major,
        _ => change.rule.affects_api() && !is_about_advice,
    }
}

/// A function that finds changes near some places.
type Search = fn(&CausesByPlace, &[Pointer], &References) -> BTreeSet<usize>;

/// The changes of the document, by place.
struct CauseIndex {
    base: CausesByPlace,
    head: CausesByPlace,
}

struct CausesByPlace(BTreeMap<Pointer, Vec<usize>>);

impl CauseIndex {
    fn new(changes: &[Change]) -> Self {
        let mut index = Self {
            base: CausesByPlace(BTreeMap::new()),
            head: CausesByPlace(BTreeMap::new()),
        };
        for (at, change) in changes.iter().enumerate() {
            // A change that is only seen where it is used is also indexed by that place.
            let places = std::iter::once(&change.place).chain(&change.used_at);
            for place in places {
                for (place, by_place) in [
                    (&place.base, &mut index.base),
                    (&place.head, &mut index.head),
                ] {
                    if let Some(place) = place {
                        by_place.0.entry(place.clone()).or_default().push(at);
                    }
                }
            }
        }
        index
    }
}

impl CausesByPlace {
    /// Finds the changes at some places, and within them.
    fn inside(&self, places: &[Pointer], _: &References) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for place in places {
            let from = self.0.range(place.clone()..);
            let within = from.take_while(|(at, _)| at.as_str().starts_with(place.as_str()));
            let within = within.filter(|(at, _)| at.is_within(place));
            found.extend(within.flat_map(|(_, changes)| changes));
        }
        found
    }

    /// Finds the nearest changes that enclose some places.
    fn around(&self, places: &[Pointer], _: &References) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for place in places {
            let mut outer = place.parent();
            while let Some(at) = outer {
                if let Some(changes) = self.0.get(&at) {
                    found.extend(changes);
                    break;
                }
                outer = at.parent();
            }
        }
        found
    }

    /// Finds the changes at the `$ref`s to some places or their enclosing objects.
    fn referencing(&self, places: &[Pointer], references: &References) -> BTreeSet<usize> {
        let is_here = |target: &Pointer| places.iter().any(|place| place.is_within(target));
        let from: Vec<Pointer> = references
            .iter()
            .filter(|((target, _), _)| is_here(target))
            .flat_map(|(_, from)| from.iter().cloned())
            .collect();
        let mut found = self.inside(&from, references);
        found.extend(self.around(&from, references));
        found
    }

    /// Finds the changes within the targets of the `$ref`s at some places, with the fewest steps.
    fn referenced(&self, places: &[Pointer], references: &References) -> BTreeSet<usize> {
        let mut seen: BTreeSet<Pointer> = places.iter().cloned().collect();
        let mut places = places.to_vec();
        while !places.is_empty() {
            let is_here = |at: &Pointer| places.iter().any(|place| at.is_within(place));
            let next: Vec<_> = references
                .iter()
                .filter(|(_, from)| from.iter().any(is_here))
                .map(|((target, _), _)| target.clone())
                .filter(|target| !seen.contains(target))
                .collect();
            let found = self.inside(&next, references);
            if !found.is_empty() {
                return found;
            }
            seen.extend(next.iter().cloned());
            places = next;
        }
        BTreeSet::new()
    }
}
