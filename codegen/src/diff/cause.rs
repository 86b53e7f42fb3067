//! Which change of the document a change of the crate comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Level, PlacePair, Side,
    api_change::{self, ApiChange, Aspect},
    names::NameOrigins,
    public_api::PublicApi,
    rules::DiffRule,
    walk::{Change, WalkResult},
};
use crate::{load::References, pointer::Pointer};

/// The changes of a crate, by what they come from.
pub(super) struct Traced {
    /// For each change of the document those of the crate.
    pub(super) by_change: Vec<Vec<ApiChange>>,
    /// Those that no change of the document explains.
    pub(super) unclaimed: Vec<Unclaimed>,
}

/// A change of the crate alone.
pub(super) struct Unclaimed {
    pub(super) api: ApiChange,
    /// CoveredBy the names come from.
    pub(super) spot: PlacePair,
}

/// Traces each change of the crate to one or several of the document.
pub(super) fn trace(
    (base, old): (&Side, &PublicApi),
    (head, new): (&Side, &PublicApi),
    found: &WalkResult,
) -> Traced {
    let names = (NameOrigins::of(&base.model), NameOrigins::of(&head.model));
    let renames = names.0.renamed(old, &names.1, new, &found.pairs);
    let index = CauseIndex::of(&found.changes);
    let mut by_item: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut left = Vec::new();
    let mut traced = Traced {
        by_change: vec![Vec::new(); found.changes.len()],
        unclaimed: Vec::new(),
    };
    let reused = names.0.reused(&names.1, &renames, &found.pairs);
    let changes = api_change::compare(old, new, &renames);
    for api in api_change::with_reused(changes, &reused, old, new) {
        let places = |path: &Option<String>, names: &NameOrigins| -> Vec<Pointer> {
            let places = path.as_ref().map(|path| match api.aspect {
                Aspect::Name => names.callers(path),
                _ => names.places(path).to_vec(),
            });
            places.unwrap_or_default()
        };
        let (mut was, mut is) = (places(&api.base, &names.0), places(&api.head, &names.1));
        // What is on one side alone may be so for what is on the other. CoveredBy nothing was, something may be that
        // says otherwise.
        let is_in =
            |side: &Side, place: &Pointer| side.document.tree.pointer(place.as_str()).is_some();
        let in_head = |place: &Pointer| {
            let same = found.pairs.same_in_head(place);
            same.or_else(|| (!is_in(base, place)).then(|| found.pairs.in_head(place)))
        };
        let in_base = |place: &Pointer| {
            let same = found.pairs.same_in_base(place);
            same.or_else(|| (!is_in(head, place)).then(|| place.clone()))
        };
        if api.head.is_none() {
            is = was.iter().filter_map(in_head).collect();
        } else if api.base.is_none() {
            was = is.iter().filter_map(in_base).collect();
        }
        let sides = [
            (was.as_slice(), &index.base, &base.document.references),
            (is.as_slice(), &index.head, &head.document.references),
        ];
        let ways: [Search; 4] = [
            CausesByPlace::inside,
            CausesByPlace::around,
            CausesByPlace::beyond,
            CausesByPlace::before,
        ];
        // The likely causes first, and only then what is possible at all.
        let filters: [fn(&Change, &ApiChange) -> bool; 2] = [is_likely, is_possible];
        let mut causes = BTreeSet::new();
        let mut is_indirect = false;
        let all = ways.iter().enumerate();
        for ((step, way), filter) in all.flat_map(|way| filters.map(|filter| (way, filter))) {
            // The last ways lead by a `$ref`.
            is_indirect = step > 1;
            for (places, by_spot, references) in sides {
                let is_cause = |at: &usize| {
                    let change = found.changes.get(*at);
                    change.is_some_and(|change| filter(change, &api))
                };
                let near = way(by_spot, places, references).into_iter();
                causes.extend(near.filter(is_cause));
            }
            if !causes.is_empty() {
                break;
            }
        }
        if causes.is_empty() {
            let spot = PlacePair {
                base: was.first().cloned(),
                head: is.first().cloned(),
            };
            left.push(Unclaimed { api, spot });
            continue;
        }
        by_item.entry(api.item.clone()).or_default().extend(&causes);
        let api = ApiChange { is_indirect, ..api };
        traced.claim(&causes, &api);
    }
    for one in left {
        // What is another name now of something that changes, changes by the same.
        let within = |item: &String| {
            let from = by_item.range(item.clone()..);
            let item = item.clone();
            from.take_while(move |(other, _)| other.starts_with(&item))
                .filter(|(other, _)| is_part(other, &one.api))
                .flat_map(|(_, causes)| causes.iter().copied())
        };
        let mut causes: BTreeSet<usize> = one.api.others.iter().flat_map(within).collect();
        if causes.is_empty() && one.api.is_of_server() {
            // Whether there are tags at all decides where all of the server is.
            let all = found.changes.iter().enumerate();
            let tagged = all.filter(|(_, change)| change.rule == DiffRule::OperationTagged);
            causes.extend(tagged.map(|(at, _)| at));
        }
        if causes.is_empty() {
            traced.unclaimed.push(one);
        } else {
            let api = ApiChange {
                is_indirect: true,
                ..one.api
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

/// Whether an item is one of those that a change names, or a part of one.
fn is_part(item: &str, api: &ApiChange) -> bool {
    api.others.iter().any(|other| {
        let rest = item.strip_prefix(other.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.', '(']))
    })
}

/// Whether a change of the document is what usually makes for such a change of the crate.
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

/// Whether a change of the document can be seen in the crate in this way.
fn is_possible(change: &Change, api: &ApiChange) -> bool {
    let is_about_advice = matches!(change.rule, DiffRule::Deprecated | DiffRule::Undeprecated);
    match api.aspect {
        Aspect::Deprecation => is_about_advice,
        // A type that is new is no reason for anything to be gone.
        _ if change.rule == DiffRule::SchemaAdded => api.level < Level::Major,
        _ => change.rule.is_seen_in_api() && !is_about_advice,
    }
}

/// The changes that some places lead to.
type Search = fn(&CausesByPlace, &[Pointer], &References) -> BTreeSet<usize>;

/// The changes by where they are.
struct CauseIndex {
    base: CausesByPlace,
    head: CausesByPlace,
}

struct CausesByPlace(BTreeMap<Pointer, Vec<usize>>);

impl CauseIndex {
    fn of(changes: &[Change]) -> Self {
        let mut index = Self {
            base: CausesByPlace(BTreeMap::new()),
            head: CausesByPlace(BTreeMap::new()),
        };
        for (at, change) in changes.iter().enumerate() {
            // What is only reached from somewhere is to be seen there.
            let spots = std::iter::once(&change.spot).chain(&change.used_at);
            for spot in spots {
                for (place, by_spot) in
                    [(&spot.base, &mut index.base), (&spot.head, &mut index.head)]
                {
                    if let Some(place) = place {
                        by_spot.0.entry(place.clone()).or_default().push(at);
                    }
                }
            }
        }
        index
    }
}

impl CausesByPlace {
    /// The changes at some places, and within them.
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

    /// The nearest changes around some places.
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

    /// The changes at the `$ref`s that lead to some places, or around them.
    fn before(&self, places: &[Pointer], references: &References) -> BTreeSet<usize> {
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

    /// The changes within what the `$ref`s at some places lead to: those with the fewest steps between.
    fn beyond(&self, places: &[Pointer], references: &References) -> BTreeSet<usize> {
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
