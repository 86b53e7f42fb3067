//! Removes constraints without effect, and those that no request uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    lower::operations::requests::Request,
    model::{Constraint, Constraints, ConstraintsId, TypeDef, TypeKind},
};

/// The constraints by ID.
pub(super) struct ConstraintList(pub(super) Vec<Constraints>);

impl ConstraintList {
    /// Returns the constraints that requests and unions use, without those that have no effect, and changes the IDs
    /// in requests and types to those of the returned list.
    pub(super) fn finish(
        mut self,
        requests: &mut [Request],
        types: &mut [TypeDef],
    ) -> Vec<Constraints> {
        self.break_cycles();
        let fallible = self.fallible();
        for constraints in &mut self.0 {
            retain_fallible(&mut constraints.constraints, &fallible);
        }
        // A union with an alternative that accepts every value rejects nothing, so it is dropped as well.
        let is_fallible = |id: ConstraintsId| fallible.get(id.0) == Some(&true);
        let mut used = BTreeSet::new();
        for constraints in request_constraints(requests) {
            *constraints = constraints.filter(|id| is_fallible(*id));
            used.extend(*constraints);
        }
        for constraints in union_constraints(types) {
            // One alternative that accepts every value of the type makes the others irrelevant.
            if !constraints.iter().all(|id| is_fallible(*id)) {
                constraints.clear();
            }
            used.extend(constraints.iter().copied());
        }
        let mut pending: Vec<_> = used.iter().copied().collect();
        while let Some(id) = pending.pop() {
            let constraints = self.0.get(id.0).map(|entry| entry.constraints.as_slice());
            visit_refs(constraints.unwrap_or_default(), &mut |id| {
                if used.insert(id) {
                    pending.push(id);
                }
            });
        }
        // Sorted by name, so that readers of the generated code find them.
        let mut order: Vec<_> = used.into_iter().collect();
        order.sort_by_key(|id| self.0.get(id.0).map(|entry| entry.name.clone()));
        let new_ids: BTreeMap<_, _> = order
            .iter()
            .enumerate()
            .map(|(index, id)| (*id, ConstraintsId(index)))
            .collect();
        for constraints in request_constraints(requests) {
            *constraints = constraints.and_then(|id| new_ids.get(&id).copied());
        }
        for id in union_constraints(types).flatten() {
            if let Some(new_id) = new_ids.get(id) {
                *id = *new_id;
            }
        }
        let mut sorted = Vec::new();
        for id in order {
            let Some(constraints) = self.0.get(id.0) else {
                continue;
            };
            let mut constraints = constraints.clone();
            renumber(&mut constraints.constraints, &new_ids);
            sorted.push(constraints);
        }
        sorted
    }

    /// Returns for each ID whether a value can violate its constraints.
    fn fallible(&self) -> Vec<bool> {
        let mut fallible = vec![false; self.0.len()];
        loop {
            let next: Vec<_> = self
                .0
                .iter()
                .map(|entry| is_fallible(&entry.constraints, &fallible))
                .collect();
            if next == fallible {
                return fallible;
            }
            fallible = next;
        }
    }

    /// Removes references that lead back to themselves for the same value: they add no constraint, and
    /// validation would not terminate.
    fn break_cycles(&mut self) {
        let mut done = BTreeSet::new();
        for index in 0..self.0.len() {
            self.break_cycles_from(ConstraintsId(index), &mut Vec::new(), &mut done);
        }
    }

    fn break_cycles_from(
        &mut self,
        id: ConstraintsId,
        path: &mut Vec<ConstraintsId>,
        done: &mut BTreeSet<ConstraintsId>,
    ) {
        if !done.insert(id) {
            return;
        }
        path.push(id);
        let Some(entry) = self.0.get_mut(id.0) else {
            return;
        };
        let mut constraints = std::mem::take(&mut entry.constraints);
        remove_refs(&mut constraints, path);
        let mut next = Vec::new();
        visit_same_value_refs(&constraints, &mut |id| next.push(id));
        if let Some(entry) = self.0.get_mut(id.0) {
            entry.constraints = constraints;
        }
        for id in next {
            self.break_cycles_from(id, path, done);
        }
        path.pop();
    }
}

/// Returns the constraints nested in a constraint, and whether they apply to the same value.
fn nested(constraint: &Constraint) -> (Vec<&[Constraint]>, bool) {
    match constraint {
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints) => (vec![constraints], false),
        Constraint::Nullable(constraints) | Constraint::Not(constraints) => {
            (vec![constraints], true)
        }
        Constraint::AnyOf(alternatives) | Constraint::OneOf(alternatives) => {
            (alternatives.iter().map(Vec::as_slice).collect(), true)
        }
        Constraint::Discriminator(_, alternatives) => {
            let constraints = alternatives
                .iter()
                .map(|(_, constraints)| constraints.as_slice());
            (constraints.collect(), true)
        }
        _ => (Vec::new(), true),
    }
}

/// Returns the constraints nested in a constraint, mutable, and whether they apply to the same value.
fn nested_mut(constraint: &mut Constraint) -> (Vec<&mut Vec<Constraint>>, bool) {
    match constraint {
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints) => (vec![constraints], false),
        Constraint::Nullable(constraints) | Constraint::Not(constraints) => {
            (vec![constraints], true)
        }
        Constraint::AnyOf(alternatives) | Constraint::OneOf(alternatives) => {
            (alternatives.iter_mut().collect(), true)
        }
        Constraint::Discriminator(_, alternatives) => {
            let constraints = alternatives.iter_mut().map(|(_, constraints)| constraints);
            (constraints.collect(), true)
        }
        _ => (Vec::new(), true),
    }
}

/// Visits each reference in constraints, nested ones included.
fn visit_refs(constraints: &[Constraint], visit: &mut impl FnMut(ConstraintsId)) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint {
            visit(*id);
        }
        for constraints in nested(constraint).0 {
            visit_refs(constraints, visit);
        }
    }
}

/// Visits each reference that applies to the same value: none in items and properties.
fn visit_same_value_refs(constraints: &[Constraint], visit: &mut impl FnMut(ConstraintsId)) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint {
            visit(*id);
        }
        let (nested, true) = nested(constraint) else {
            continue;
        };
        for constraints in nested {
            visit_same_value_refs(constraints, visit);
        }
    }
}

/// Removes the references to some constraints that apply to the same value.
fn remove_refs(constraints: &mut Vec<Constraint>, ids: &[ConstraintsId]) {
    constraints.retain(|constraint| !matches!(constraint, Constraint::Ref(id) if ids.contains(id)));
    for constraint in constraints {
        if let (nested, true) = nested_mut(constraint) {
            for constraints in nested {
                remove_refs(constraints, ids);
            }
        }
    }
}

fn renumber(constraints: &mut [Constraint], new_ids: &BTreeMap<ConstraintsId, ConstraintsId>) {
    for constraint in constraints {
        if let Constraint::Ref(id) = constraint
            && let Some(new_id) = new_ids.get(id)
        {
            *id = *new_id;
        }
        for constraints in nested_mut(constraint).0 {
            renumber(constraints, new_ids);
        }
    }
}

fn is_fallible(constraints: &[Constraint], fallible: &[bool]) -> bool {
    constraints.iter().any(|constraint| match constraint {
        Constraint::Ref(id) => fallible.get(id.0) == Some(&true),
        Constraint::Items(constraints)
        | Constraint::Property(_, constraints)
        | Constraint::AdditionalProperties(_, constraints)
        | Constraint::Nullable(constraints) => is_fallible(constraints, fallible),
        Constraint::AnyOf(alternatives) => alternatives
            .iter()
            .all(|constraints| is_fallible(constraints, fallible)),
        _ => true,
    })
}

/// Removes the constraints that no value can violate.
fn retain_fallible(constraints: &mut Vec<Constraint>, fallible: &[bool]) {
    constraints.retain(|constraint| is_fallible(std::slice::from_ref(constraint), fallible));
    for constraint in constraints {
        for constraints in nested_mut(constraint).0 {
            retain_fallible(constraints, fallible);
        }
    }
}

/// Returns the constraints of all parameters and request bodies.
fn request_constraints(
    requests: &mut [Request],
) -> impl Iterator<Item = &mut Option<ConstraintsId>> {
    requests.iter_mut().flat_map(|request| {
        let parameters = request.parameters.iter_mut();
        let parameters = parameters.map(|parameter| &mut parameter.constraints);
        let bodies = request.body.iter_mut();
        let contents = bodies.flat_map(|body| body.payload.contents_mut());
        parameters.chain(contents.map(|content| &mut content.constraints))
    })
}

/// Returns the constraints of the alternatives of all unions.
fn union_constraints(types: &mut [TypeDef]) -> impl Iterator<Item = &mut Vec<ConstraintsId>> {
    types
        .iter_mut()
        .filter_map(|definition| match &mut definition.kind {
            TypeKind::Union { variants, .. } => Some(variants),
            _ => None,
        })
        .flatten()
        .map(|variant| &mut variant.constraints)
}
