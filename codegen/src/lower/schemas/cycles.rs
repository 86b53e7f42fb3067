//! Breaks cycles of types that contain themselves.

use std::collections::BTreeSet;

use crate::model::{Type, TypeDef, TypeId, TypeKind};

/// Replaces aliases by newtypes and boxes types, so that no type contains itself.
pub(crate) fn break_cycles(definitions: &mut [TypeDef]) {
    for start in 0..definitions.len() {
        wrap_alias(definitions, TypeId(start));
    }
    let mut done = BTreeSet::new();
    for start in 0..definitions.len() {
        box_cycles(definitions, TypeId(start), &mut done);
    }
}

/// Turns an alias that refers to itself into a newtype, because Rust aliases must not be recursive.
fn wrap_alias(definitions: &mut [TypeDef], start: TypeId) {
    let mut seen = BTreeSet::new();
    let mut pending = vec![start];
    while let Some(id) = pending.pop() {
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
            pending.push(next);
        }
    }
}

/// Walks from a type through the types that it contains, and boxes those that lead back to the path.
///
/// The path is a list rather than the call stack, because a document may have a chain of a hundred thousand
/// types.
fn box_cycles(definitions: &mut [TypeDef], start: TypeId, done: &mut BTreeSet<TypeId>) {
    if !done.insert(start) {
        return;
    }
    // Each type on the path, with the number of its fields that are done.
    let mut path = vec![(start, 0)];
    let mut on_path = BTreeSet::from([start]);
    while let Some((id, index)) = path.last_mut() {
        let field = definitions
            .get_mut(id.0)
            .and_then(|definition| field(&mut definition.kind, *index));
        *index += 1;
        let Some(ty) = field else {
            on_path.remove(id);
            path.pop();
            continue;
        };
        let Some(contained) = contained(ty) else {
            continue;
        };
        if on_path.contains(&contained) {
            box_type(ty);
        } else if done.insert(contained) {
            on_path.insert(contained);
            path.push((contained, 0));
        }
    }
}

/// Returns the type of a part of a type, by index.
fn field(kind: &mut TypeKind, index: usize) -> Option<&mut Type> {
    match kind {
        TypeKind::Struct { fields, .. } => fields.get_mut(index).map(|field| &mut field.ty),
        TypeKind::Union { variants, .. } => variants.get_mut(index).map(|variant| &mut variant.ty),
        TypeKind::Alias(ty) | TypeKind::Wrapper(ty) if index == 0 => Some(ty),
        _ => None,
    }
}

/// Returns the named type that a type contains directly, not on the heap.
fn contained(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Nullable(inner) => contained(inner),
        _ => None,
    }
}

fn box_type(ty: &mut Type) {
    match ty {
        Type::Nullable(inner) => box_type(inner),
        ty => *ty = Type::Boxed(Box::new(ty.clone())),
    }
}
