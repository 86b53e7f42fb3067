//! Properties that go one way alone: `readOnly` and `writeOnly`.

use std::collections::BTreeSet;

use crate::model::{Direction, Operation, PartKind, ResponseEnum, Type, TypeDef, TypeId, TypeKind};

/// Lets a required property be absent where the document uses its object the other way.
///
/// "Required" then holds one way only (OpenAPI 3.0.3, section 4.7.24.2), and one type stands for both.
pub(super) fn ease(definitions: &mut [TypeDef], operations: &[Operation], sets: &[ResponseEnum]) {
    let mut asked = BTreeSet::new();
    let mut answered = BTreeSet::new();
    for operation in operations {
        for parameter in &operation.parameters {
            reach(definitions, &parameter.ty, &mut asked);
        }
        for content in operation
            .body
            .iter()
            .flat_map(|body| body.payload.contents())
        {
            reach(definitions, &content.ty, &mut asked);
        }
    }
    for answer in sets.iter().flat_map(|set| &set.variants) {
        for header in &answer.headers {
            reach(definitions, &header.ty, &mut answered);
        }
        for content in answer.body.contents() {
            reach(definitions, &content.ty, &mut answered);
        }
    }
    for (index, definition) in definitions.iter_mut().enumerate() {
        let TypeKind::Struct { fields, .. } = &mut definition.kind else {
            continue;
        };
        let id = TypeId(index);
        for field in fields {
            let goes_both = match field.direction {
                Direction::Both => continue,
                Direction::Response => asked.contains(&id),
                Direction::Request => answered.contains(&id),
            };
            field.required &= !goes_both;
        }
    }
}

/// Notes the types that a type is made of.
fn reach(definitions: &[TypeDef], ty: &Type, reached: &mut BTreeSet<TypeId>) {
    let mut rest = vec![ty];
    while let Some(ty) = rest.pop() {
        let id = match ty {
            Type::Array(inner) | Type::Boxed(inner) | Type::Map(inner) | Type::Nullable(inner) => {
                rest.push(inner);
                continue;
            }
            Type::Named(id) if reached.insert(*id) => *id,
            _ => continue,
        };
        match definitions.get(id.0).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => rest.push(ty),
            Some(TypeKind::Struct { fields, others }) => {
                rest.extend(fields.iter().map(|field| &field.ty));
                rest.extend(others.iter().map(|(_, ty)| ty));
            }
            Some(TypeKind::Union { variants, .. }) => {
                rest.extend(variants.iter().map(|variant| &variant.ty));
            }
            Some(TypeKind::Form { parts, .. }) => {
                rest.extend(parts.iter().filter_map(|part| match &part.kind {
                    PartKind::File => None,
                    PartKind::Text(ty) | PartKind::Json(ty) => Some(ty),
                }));
            }
            _ => {}
        }
    }
}
