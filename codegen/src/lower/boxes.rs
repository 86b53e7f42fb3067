//! Types that contain themselves.

use std::collections::BTreeSet;

use crate::model::{Type, TypeDef, TypeId, TypeKind};

/// Puts a type of its own, or a box, where a type would contain itself otherwise.
pub(super) fn put(definitions: &mut [TypeDef]) {
    for start in 0..definitions.len() {
        wrap(definitions, TypeId(start));
    }
    for start in 0..definitions.len() {
        let mut way = Vec::new();
        let mut done = BTreeSet::new();
        close(definitions, TypeId(start), &mut way, &mut done);
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
fn close(
    definitions: &mut [TypeDef],
    id: TypeId,
    way: &mut Vec<TypeId>,
    done: &mut BTreeSet<TypeId>,
) {
    if !done.insert(id) {
        return;
    }
    way.push(id);
    let fields = match definitions.get(id.0).map(|definition| &definition.kind) {
        Some(TypeKind::Struct { fields, .. }) => fields.len(),
        Some(TypeKind::Union { variants, .. }) => variants.len(),
        Some(TypeKind::Alias(_) | TypeKind::Wrapper(_)) => 1,
        _ => 0,
    };
    for index in 0..fields {
        let field = definitions
            .get_mut(id.0)
            .and_then(|definition| match &mut definition.kind {
                TypeKind::Struct { fields, .. } => fields.get_mut(index).map(|field| &mut field.ty),
                TypeKind::Union { variants, .. } => {
                    variants.get_mut(index).map(|variant| &mut variant.ty)
                }
                TypeKind::Alias(ty) | TypeKind::Wrapper(ty) => Some(ty),
                _ => None,
            });
        let Some(ty) = field else { continue };
        let Some(contained) = contained(ty) else {
            continue;
        };
        if way.contains(&contained) {
            box_it(ty);
        } else {
            close(definitions, contained, way, done);
        }
    }
    way.pop();
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
