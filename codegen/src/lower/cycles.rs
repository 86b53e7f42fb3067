//! Types that contain themselves.

use std::collections::BTreeSet;

use crate::model::{Type, TypeDef, TypeId, TypeKind};

/// Puts a type of its own, or a box, where a type would contain itself otherwise.
pub(super) fn put(definitions: &mut [TypeDef]) {
    for start in 0..definitions.len() {
        wrap(definitions, TypeId(start));
    }
    let mut done = BTreeSet::new();
    for start in 0..definitions.len() {
        close(definitions, TypeId(start), &mut done);
    }
}

/// Makes a type of its own of a name that stands for itself: Rust's aliases have to end.
fn wrap(definitions: &mut [TypeDef], start: TypeId) {
    let mut seen = BTreeSet::new();
    let mut rest = vec![start];
    while let Some(id) = rest.pop() {
        let Some(TypeKind::Alias(ty)) = definitions.get(id.0).map(|definition| &definition.kind)
        else {
            continue;
        };
        let mut ty = ty;
        while let Type::Array(inner)
        | Type::Boxed(inner)
        | Type::Map(inner)
        | Type::Nullable(inner) = ty
        {
            ty = inner;
        }
        let Type::Named(next) = *ty else { continue };
        if next == start {
            if let Some(definition) = definitions.get_mut(start.0)
                && let TypeKind::Alias(ty) = &definition.kind
            {
                definition.kind = TypeKind::Wrapper(ty.clone());
            }
            return;
        }
        if seen.insert(next) {
            rest.push(next);
        }
    }
}

/// Walks from a type through the types it contains, and boxes what leads back to the way.
///
/// With a list for the way, and not by calls: a document may have a chain of a hundred thousand types.
fn close(definitions: &mut [TypeDef], start: TypeId, done: &mut BTreeSet<TypeId>) {
    if !done.insert(start) {
        return;
    }
    // Each type on the way, with the number of its fields that have been looked at.
    let mut way = vec![(start, 0)];
    let mut on_way = BTreeSet::from([start]);
    while let Some((id, index)) = way.last_mut() {
        let field = definitions
            .get_mut(id.0)
            .and_then(|definition| field(&mut definition.kind, *index));
        *index += 1;
        let Some(ty) = field else {
            on_way.remove(id);
            way.pop();
            continue;
        };
        let Some(contained) = contained(ty) else {
            continue;
        };
        if on_way.contains(&contained) {
            box_it(ty);
        } else if done.insert(contained) {
            on_way.insert(contained);
            way.push((contained, 0));
        }
    }
}

/// A type that another is made of, by its index.
fn field(kind: &mut TypeKind, index: usize) -> Option<&mut Type> {
    match kind {
        TypeKind::Struct { fields, .. } => fields.get_mut(index).map(|field| &mut field.ty),
        TypeKind::Union { variants, .. } => variants.get_mut(index).map(|variant| &mut variant.ty),
        TypeKind::Alias(ty) | TypeKind::Wrapper(ty) if index == 0 => Some(ty),
        _ => None,
    }
}

/// The type that a value of a type has inside itself, and not on the heap.
fn contained(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Nullable(inner) => contained(inner),
        _ => None,
    }
}

fn box_it(ty: &mut Type) {
    match ty {
        Type::Nullable(inner) => box_it(inner),
        ty => *ty = Type::Boxed(Box::new(ty.clone())),
    }
}
