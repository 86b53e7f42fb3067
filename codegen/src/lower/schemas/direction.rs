//! `readOnly` and `writeOnly` properties.

use std::collections::BTreeSet;

use crate::{
    lower::operations::requests::Request,
    model::{Direction, PartKind, ResponseEnum, Type, TypeDef, TypeId, TypeKind},
};

/// Makes a required `readOnly` property optional if the document uses its object in requests, and a required
/// `writeOnly` property if it uses the object in responses.
///
/// `required` applies to one direction only (OpenAPI 3.0.3, section 4.7.24.2), and both share one type.
pub(crate) fn relax_required(
    definitions: &mut [TypeDef],
    requests: &[Request],
    response_enums: &[ResponseEnum],
) {
    let mut requested = BTreeSet::new();
    let mut returned = BTreeSet::new();
    for request in requests {
        for parameter in &request.parameters {
            reach(definitions, &parameter.ty, &mut requested);
        }
        let contents = request.body.iter();
        for content in contents.flat_map(|body| body.payload.contents()) {
            reach(definitions, &content.ty, &mut requested);
        }
    }
    let variants = response_enums
        .iter()
        .flat_map(|response_enum| &response_enum.variants);
    for response in variants {
        for header in &response.headers {
            reach(definitions, &header.ty, &mut returned);
        }
        for content in response.body.contents() {
            reach(definitions, &content.ty, &mut returned);
        }
    }
    for (index, definition) in definitions.iter_mut().enumerate() {
        let TypeKind::Struct { fields, .. } = &mut definition.kind else {
            continue;
        };
        let id = TypeId(index);
        for field in fields {
            field.required = match field.required_in {
                None => false,
                Some(Direction::Both) => true,
                Some(Direction::Response) => !requested.contains(&id),
                Some(Direction::Request) => !returned.contains(&id),
            };
        }
    }
}

/// Adds a type and the types that it consists of to `reached`.
fn reach(definitions: &[TypeDef], ty: &Type, reached: &mut BTreeSet<TypeId>) {
    let mut pending = vec![ty];
    while let Some(ty) = pending.pop() {
        let id = match ty {
            Type::Array(inner) | Type::Boxed(inner) | Type::Map(inner) | Type::Nullable(inner) => {
                pending.push(inner);
                continue;
            }
            Type::Named(id) if reached.insert(*id) => *id,
            _ => continue,
        };
        match definitions.get(id.0).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => pending.push(ty),
            Some(TypeKind::Struct { fields, others }) => {
                pending.extend(fields.iter().map(|field| &field.ty));
                pending.extend(others.iter().map(|(_, ty)| ty));
            }
            Some(TypeKind::Union { variants, .. }) => {
                pending.extend(variants.iter().map(|variant| &variant.ty));
            }
            Some(TypeKind::Form { parts, .. }) => {
                pending.extend(parts.iter().filter_map(|part| match &part.kind {
                    PartKind::File => None,
                    PartKind::Text(ty) | PartKind::Json(ty) => Some(ty),
                }));
            }
            _ => {}
        }
    }
}
