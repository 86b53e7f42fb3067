//! Checks whether an example matches its type.

use std::cell::Cell;

use serde_json::Value;

use crate::{
    model::{Constant, Direction, Type, TypeDef, TypeKind, UnionVariant, integer, weighted_status},
    pointer::Pointer,
    report::describe,
};

/// Returns whether a JSON value in a request or a response matches a type.
///
/// # Errors
/// The position of the first mismatch in the value, and the reason.
pub(super) fn check_type(
    value: &Value,
    ty: &Type,
    types: &[TypeDef],
    direction: Direction,
) -> Result<(), (Pointer, String)> {
    let remaining = Cell::new(MAX_CHECKS);
    TypeChecker {
        types,
        direction,
        remaining,
    }
    .check(value, ty, &Pointer::root())
}

/// The maximum number of checked values. Nested unions try all combinations of variants; an example that
/// takes longer is accepted unchecked.
const MAX_CHECKS: usize = 1_000_000;

/// A check of a value against a type.
struct TypeChecker<'a> {
    types: &'a [TypeDef],
    direction: Direction,
    /// The number of values that may still be checked.
    remaining: Cell<usize>,
}

impl TypeChecker<'_> {
    fn check(&self, value: &Value, ty: &Type, at: &Pointer) -> Result<(), (Pointer, String)> {
        let types = self.types;
        self.remaining.set(self.remaining.get().saturating_sub(1));
        if self.remaining.get() == 0 {
            return Ok(());
        }
        let wrong = |expected: &str| {
            let reason = format!("expected {expected}, found {}", describe(value));
            Err((at.clone(), reason))
        };
        match (ty, value) {
            (Type::Any, _)
            | (Type::Nullable(_), Value::Null)
            | (Type::Boolean, Value::Bool(_))
            | (Type::Number, Value::Number(_))
            | (Type::Bytes | Type::Format(_) | Type::String, Value::String(_)) => Ok(()),
            (Type::Integer(ty), Value::Number(number)) => match integer(number) {
                Some(number) if ty.range().contains(&number) => Ok(()),
                Some(_) => {
                    let (least, most) = ty.range().into_inner();
                    wrong(&format!("an integer from {least} to {most}"))
                }
                None => wrong("an integer"),
            },
            (Type::StatusChoice, Value::String(text)) => weighted_status::parse(text)
                .map(|_| ())
                .or_else(|_| wrong("a choice of status codes")),
            (Type::Boxed(inner) | Type::Nullable(inner), value) => self.check(value, inner, at),
            (Type::Array(item), Value::Array(items)) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, value)| self.check(value, item, &at.index(index))),
            (Type::Map(item), Value::Object(members)) => members
                .iter()
                .try_for_each(|(key, value)| self.check(value, item, &at.key(key))),
            (Type::Named(id), value) => match types.get(id.0).map(|def| &def.kind) {
                Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => self.check(value, ty, at),
                Some(TypeKind::TextEnum(_)) if value.is_string() => Ok(()),
                Some(TypeKind::TextEnum(_)) => wrong("a string"),
                Some(TypeKind::IntegerEnum(_)) if value.is_i64() => Ok(()),
                Some(TypeKind::IntegerEnum(_)) => wrong("an integer"),
                Some(TypeKind::MixedEnum(values)) => {
                    if values
                        .iter()
                        .any(|declared| declared.value == Constant::new(value))
                    {
                        Ok(())
                    } else {
                        wrong("one of the declared values")
                    }
                }
                Some(TypeKind::Union { variants, tag }) => {
                    let selected = tag.as_ref().and_then(|tag| value.get(tag)?.as_str());
                    let is_selected = |tags: &[String]| {
                        selected.is_none_or(|selected| {
                            tags.is_empty() || tags.iter().any(|tag| tag == selected)
                        })
                    };
                    let mut matching = variants.iter().filter(|variant| is_selected(&variant.tags));
                    let check = |variant: &UnionVariant| self.check(value, &variant.ty, at);
                    match matching.clone().count() {
                        1 => matching.next().map_or(Ok(()), check),
                        _ if matching.any(|variant| check(variant).is_ok()) => Ok(()),
                        _ => wrong("one of the alternatives"),
                    }
                }
                Some(TypeKind::Struct { fields, others }) => {
                    let Value::Object(members) = value else {
                        return wrong("a mapping");
                    };
                    for field in fields {
                        match members.get(&field.wire) {
                            Some(value) => self.check(value, &field.ty, &at.key(&field.wire))?,
                            // A property of the other direction only is not required here.
                            None if field.required_in.is_some_and(|direction| {
                                direction == Direction::Both || direction == self.direction
                            }) =>
                            {
                                return Err((at.clone(), format!("`{}` is missing", field.wire)));
                            }
                            None => {}
                        }
                    }
                    let Some((_, ty)) = others else { return Ok(()) };
                    members
                        .iter()
                        .filter(|(key, _)| !fields.iter().any(|field| field.wire == **key))
                        .try_for_each(|(key, value)| self.check(value, ty, &at.key(key)))
                }
                // Forms are not JSON values, and only requests have them.
                Some(TypeKind::Form { .. }) | None => Ok(()),
            },
            (Type::Boolean, _) => wrong("a boolean"),
            (Type::Number, _) => wrong("a number"),
            (Type::Integer(_), _) => wrong("an integer"),
            (Type::Bytes | Type::Format(_) | Type::String | Type::StatusChoice, _) => {
                wrong("a string")
            }
            (Type::Array(_), _) => wrong("a list"),
            (Type::Map(_), _) => wrong("a mapping"),
        }
    }
}
