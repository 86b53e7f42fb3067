//! What can be said of a type: whether a value is of it, and where it can be written.

use std::cell::Cell;

use serde_json::Value;

use super::{Context, types::Types};
use crate::{
    model::{Constant, Direction, Type, TypeKind, weighted_status},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe},
};

/// What of a type cannot be written as the words of a parameter or of a form, in words.
pub(super) fn not_flat(ty: &Type, types: &Types) -> Option<&'static str> {
    const NESTED: &str = "a list or an object within another";
    match ty {
        Type::Nullable(inner) | Type::Boxed(inner) => not_flat(inner, types),
        Type::Array(inner) | Type::Map(inner) => (!is_word(inner, types)).then_some(NESTED),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => not_flat(ty, types),
            Some(TypeKind::Struct { fields, others }) => {
                let of_fields = fields.iter().map(|field| &field.ty);
                let mut all = of_fields.chain(others.iter().map(|(_, ty)| ty));
                (!all.all(|ty| is_word(ty, types))).then_some(NESTED)
            }
            Some(TypeKind::Union { variants, .. }) => {
                let is_words = variants.iter().all(|variant| is_word(&variant.ty, types));
                (!is_words).then_some("a list or an object where a text may be, too")
            }
            _ => None,
        },
        _ => None,
    }
}

/// The same for the fields of a form, which can be lists.
pub(super) fn no_form(ty: &Type, types: &Types) -> Option<&'static str> {
    let Type::Named(id) = ty else {
        return not_flat(ty, types);
    };
    match types.definition(*id).map(|definition| &definition.kind) {
        Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => no_form(ty, types),
        Some(TypeKind::Struct {
            fields,
            others: None,
        }) => {
            let is_object = |ty: &Type| !matches!(ty, Type::Array(_)) && !is_word(ty, types);
            fields
                .iter()
                .find_map(|field| match not_flat(&field.ty, types) {
                    None if is_object(&field.ty) => Some("an object within another"),
                    why => why,
                })
        }
        _ => not_flat(ty, types),
    }
}

/// Whether the values of a type are a word each.
pub(super) fn is_word(ty: &Type, types: &Types) -> bool {
    match ty {
        Type::Array(_) | Type::Map(_) => false,
        Type::Boxed(inner) | Type::Nullable(inner) => is_word(inner, types),
        Type::Named(id) => match types.definition(*id).map(|definition| &definition.kind) {
            Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => is_word(ty, types),
            Some(TypeKind::Struct { .. }) => false,
            Some(TypeKind::Union { variants, .. }) => {
                variants.iter().all(|variant| is_word(&variant.ty, types))
            }
            _ => true,
        },
        _ => true,
    }
}

/// Whether a value of JSON, of a request or an answer, is of a type; if not, where it is not, and why.
pub(super) fn check_type(
    value: &Value,
    ty: &Type,
    types: &Types,
    direction: Direction,
) -> Result<(), (Pointer, String)> {
    let left = Cell::new(LOOKS);
    TypeChecker {
        types,
        direction,
        left,
    }
    .at(value, ty, &Pointer::root())
}

/// How many values are looked at. Unions within unions try each other's variants; an example that takes
/// longer is taken as it is.
const LOOKS: usize = 1_000_000;

/// A value that is held against its type.
struct TypeChecker<'a> {
    types: &'a Types,
    direction: Direction,
    left: Cell<usize>,
}

impl TypeChecker<'_> {
    fn at(&self, value: &Value, ty: &Type, at: &Pointer) -> Result<(), (Pointer, String)> {
        let types = self.types;
        self.left.set(self.left.get().saturating_sub(1));
        if self.left.get() == 0 {
            return Ok(());
        }
        let wrong =
            |expected: &str| Err((at.clone(), format!("{}, not {expected}", describe(value))));
        match (ty, value) {
            (Type::Any, _)
            | (Type::Nullable(_), Value::Null)
            | (Type::Boolean, Value::Bool(_))
            | (Type::Number, Value::Number(_))
            | (Type::Bytes | Type::String, Value::String(_)) => Ok(()),
            (Type::Integer32, Value::Number(number)) => match number.as_i64().map(i32::try_from) {
                Some(Ok(_)) => Ok(()),
                _ => wrong("a 32-bit integer"),
            },
            (Type::Integer64, Value::Number(number)) => {
                if number.is_i64() {
                    Ok(())
                } else {
                    wrong("a 64-bit integer")
                }
            }
            (Type::StatusChoice, Value::String(text)) => weighted_status::parse(text)
                .map(|_| ())
                .or_else(|_| wrong("a choice of status codes")),
            (Type::Boxed(inner) | Type::Nullable(inner), value) => self.at(value, inner, at),
            (Type::Array(item), Value::Array(items)) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, value)| self.at(value, item, &at.index(index))),
            (Type::Map(item), Value::Object(members)) => members
                .iter()
                .try_for_each(|(key, value)| self.at(value, item, &at.key(key))),
            (Type::Named(id), value) => match types.definition(*id).map(|def| &def.kind) {
                Some(TypeKind::Alias(ty) | TypeKind::Wrapper(ty)) => self.at(value, ty, at),
                Some(TypeKind::TextEnum(_)) if value.is_string() => Ok(()),
                Some(TypeKind::TextEnum(_)) => wrong("a string"),
                Some(TypeKind::IntegerEnum(_)) if value.is_i64() => Ok(()),
                Some(TypeKind::IntegerEnum(_)) => wrong("an integer"),
                Some(TypeKind::MixedEnum(values)) => {
                    if values
                        .iter()
                        .any(|known| known.value == Constant::new(value))
                    {
                        Ok(())
                    } else {
                        wrong("one of the declared values")
                    }
                }
                Some(TypeKind::Union { variants, tag }) => {
                    let told = tag.as_ref().and_then(|tag| value.get(tag)?.as_str());
                    let is_told = |tags: &[String]| {
                        told.is_none_or(|told| {
                            tags.is_empty() || tags.iter().any(|tag| tag == told)
                        })
                    };
                    let mut named = variants.iter().filter(|variant| is_told(&variant.tags));
                    match named.clone().count() {
                        1 => named
                            .next()
                            .map_or(Ok(()), |variant| self.at(value, &variant.ty, at)),
                        _ if named.any(|one| self.at(value, &one.ty, at).is_ok()) => Ok(()),
                        _ => wrong("one of the alternatives"),
                    }
                }
                Some(TypeKind::Struct { fields, others }) => {
                    let Value::Object(members) = value else {
                        return wrong("a mapping");
                    };
                    for field in fields {
                        match members.get(&field.wire) {
                            Some(value) => self.at(value, &field.ty, &at.key(&field.wire))?,
                            // What goes the other way alone is not needed here.
                            None if field.required
                                && (field.direction == Direction::Both
                                    || field.direction == self.direction) =>
                            {
                                return Err((at.clone(), format!("without `{}`", field.wire)));
                            }
                            None => {}
                        }
                    }
                    let Some((_, ty)) = others else { return Ok(()) };
                    members
                        .iter()
                        .filter(|(key, _)| !fields.iter().any(|field| field.wire == **key))
                        .try_for_each(|(key, value)| self.at(value, ty, &at.key(key)))
                }
                // Forms are no values of JSON, and no answer is one.
                Some(TypeKind::Form { .. }) | None => Ok(()),
            },
            (Type::Boolean, _) => wrong("a boolean"),
            (Type::Number, _) => wrong("a number"),
            (Type::Integer32 | Type::Integer64, _) => wrong("an integer"),
            (Type::Bytes | Type::String | Type::StatusChoice, _) => wrong("a string"),
            (Type::Array(_), _) => wrong("a list"),
            (Type::Map(_), _) => wrong("a mapping"),
        }
    }
}

/// Says that an example is not of its schema.
pub(super) fn report_mismatch(cx: &Context<'_>, place: Pointer, at: &Pointer, why: &str) {
    let inside = if at.as_str().is_empty() {
        String::new()
    } else {
        format!(" at `{at}`")
    };
    let what = match place.last().as_deref() {
        Some("default") => "default",
        _ => "example",
    };
    cx.report(
        Diagnostic::warning(
            Rule::ExampleMismatch,
            Place::Key(place),
            format!("the {what} is not of its schema: it is {why}{inside}"),
        )
        .label("the mock answers with a value made from the schema instead")
        .help(format!("correct the {what}, or the schema")),
    );
}
