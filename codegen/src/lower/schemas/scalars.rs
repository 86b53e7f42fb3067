//! Lowers integers and strings, and finds the values of types that parameters, header fields and forms cannot represent.

use super::{
    Types,
    merged::{Schema, SchemaShape},
    validity::excludes,
};
use crate::{
    lower::Context,
    model::{FormatType, IntegerType, Type, TypeKind, integer},
};

/// Returns the type of an integer: that of its format, or else the one whose range is from `minimum` to `maximum`, or
/// else one that has all values up to `maximum`.
pub(super) fn integer_type(schema: &Schema<'_>) -> IntegerType {
    let format = schema.text("format").and_then(IntegerType::from_format);
    format.unwrap_or_else(|| {
        let bounds = |keyword: &str| {
            let values = schema.every(keyword);
            let values = values.filter_map(|(_, value)| integer(value.as_number()?));
            values.collect::<Vec<_>>()
        };
        let (least, most) = (bounds("minimum"), bounds("maximum"));
        let range = least.into_iter().max().zip(most.iter().copied().min());
        let is_exclusive = schema.flag("exclusiveMinimum") || schema.flag("exclusiveMaximum");
        let is_whole = |ty: &IntegerType| {
            range.is_some_and(|(least, most)| ty.range() == (least..=most)) && !is_exclusive
        };
        let has_more = |most: &i128| !IntegerType::Int64.range().contains(most);
        match IntegerType::ALL.into_iter().find(is_whole) {
            Some(ty) => ty,
            None if most.iter().min().is_some_and(has_more) => IntegerType::Uint64,
            None => IntegerType::Int64,
        }
    })
}

/// Returns the type of a string with a format; `None` for `String`.
///
/// The text that the type writes must be valid, so a schema whose pattern or lengths exclude it is a `String`.
pub(super) fn format_type(cx: &Context<'_>, schema: &Schema<'_>) -> Option<FormatType> {
    let format = schema
        .text("format")
        .filter(|_| schema.shape(cx) == SchemaShape::Text)?;
    let mut formats = schema.every("format");
    let ty = cx.formats.get(format)?;
    let is_only = formats.all(|(_, other)| other.as_str() == Some(format));
    let mut samples = ty.samples.iter();
    (is_only && !samples.any(|text| excludes(cx, schema, text))).then_some(ty)
}

/// Describes the values of a type that a parameter or header field cannot represent, if there are any.
pub(crate) fn find_unwritable(ty: &Type, types: &Types) -> Option<&'static str> {
    const NESTED: &str = "a list or an object nested in another";
    match ty {
        Type::Nullable(inner) | Type::Boxed(inner) => find_unwritable(inner, types),
        Type::Array(inner) | Type::Map(inner) => (!is_scalar(inner, types)).then_some(NESTED),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => find_unwritable(ty, types),
            Some(TypeKind::Struct { fields, others }) => {
                let field_types = fields.iter().map(|field| &field.ty);
                let mut value_types = field_types.chain(others.iter().map(|(_, ty)| ty));
                (!value_types.all(|ty| is_scalar(ty, types))).then_some(NESTED)
            }
            // A list is distinguished from a scalar by the items of its text.
            Some(TypeKind::Union { variants, .. }) => variants.iter().find_map(|variant| {
                if is_list(&variant.ty, types) {
                    find_unwritable(&variant.ty, types)
                } else {
                    let is_scalar = is_scalar(&variant.ty, types);
                    (!is_scalar).then_some("an object in place of a scalar or a list")
                }
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Describes the values of a type that a form cannot represent, if there are any; fields may be lists.
pub(crate) fn find_unwritable_in_form(ty: &Type, types: &Types) -> Option<&'static str> {
    let Type::Named(id) = ty else {
        return find_unwritable(ty, types);
    };
    match types.definition(*id).map(|definition| &definition.kind) {
        Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => find_unwritable_in_form(ty, types),
        Some(TypeKind::Struct {
            fields,
            others: None,
        }) => {
            let is_object = |ty: &Type| !matches!(ty, Type::Array(_)) && !is_scalar(ty, types);
            fields
                .iter()
                .find_map(|field| match find_unwritable(&field.ty, types) {
                    None if is_object(&field.ty) => Some("an object nested in another"),
                    values => values,
                })
        }
        _ => find_unwritable(ty, types),
    }
}

/// Returns whether all values of a type are lists.
pub(crate) fn is_list(ty: &Type, types: &Types) -> bool {
    match ty {
        Type::Array(_) => true,
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => is_list(ty, types),
            _ => false,
        },
        _ => false,
    }
}

/// Returns whether all values of a type are scalars.
pub(crate) fn is_scalar(ty: &Type, types: &Types) -> bool {
    match ty {
        Type::Array(_) | Type::Map(_) => false,
        Type::Boxed(inner) | Type::Nullable(inner) => is_scalar(inner, types),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => is_scalar(ty, types),
            Some(TypeKind::Struct { .. }) => false,
            Some(TypeKind::Union { variants, .. }) => {
                variants.iter().all(|variant| is_scalar(&variant.ty, types))
            }
            _ => true,
        },
        _ => true,
    }
}
