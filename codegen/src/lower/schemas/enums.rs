//! Lowers `enum`s to enumerations.

use std::collections::BTreeMap;

use serde_json::Value;

use super::merged::Schema;
use crate::{
    lower::Context,
    model::{Constant, EnumValue},
    name::{Ident, Scope, reserved},
    pointer::Pointer,
    report::Place,
};

/// Returns the variants of an enumeration of strings, in the order of the document.
pub(super) fn text_variants(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<EnumValue<String>> {
    let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
    let values: Vec<_> = schema
        .values()
        .into_iter()
        .map(|(place, value)| match value {
            Value::String(text) => (place, text.clone()),
            // YAML parses `enum: [1.0]` as a number, even if the type is `string`.
            value => (place, value.to_string()),
        })
        .collect();
    let texts = values.iter().map(|(_, value)| value.as_str());
    let mut idents = scope.name_all(texts, Ident::pascal);
    let mut variants = Vec::new();
    for (place, value) in &values {
        // Removed, so that a repeated value is a single variant.
        let Some((name, adjusted)) = idents.remove(value) else {
            continue;
        };
        let subject = format!("the value `{}`", value.escape_debug());
        cx.report_adjusted_name(Place::Value(place.clone()), &subject, &name, adjusted);
        variants.push(EnumValue {
            name,
            value: value.clone(),
            origin: place.clone().into(),
        });
    }
    variants
}

pub(super) fn integer_variants(schema: &Schema<'_>) -> Vec<EnumValue<i64>> {
    let values = schema.values().into_iter();
    let values: BTreeMap<i64, Pointer> = values
        .filter_map(|(place, value)| Some((value.as_i64()?, place)))
        .collect();
    values
        .into_iter()
        .map(|(value, place)| EnumValue {
            name: number_name(&value.to_string()),
            value,
            origin: place.into(),
        })
        .collect()
}

/// Returns the name of the variant of a number: `ValueMinus1` for `-1`.
fn number_name(text: &str) -> Ident {
    Ident::pascal(&format!(
        "value {}",
        text.replace('-', " minus ").replace('.', " point ")
    ))
}

/// Returns the variants of an enumeration of strings, numbers and booleans, in the order of the document.
pub(super) fn mixed_variants(schema: &Schema<'_>) -> Vec<EnumValue<Constant>> {
    let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
    let mut variants: Vec<EnumValue<Constant>> = Vec::new();
    for (place, value) in schema.values() {
        let value = Constant::new(value);
        let wanted = match &value {
            Constant::Integer(_) | Constant::Number(_) => number_name(&value.to_string()),
            value => Ident::pascal(&value.to_string()),
        };
        if variants.iter().all(|variant| variant.value != value) {
            let (name, _) = scope.name(&[wanted], "a value");
            let origin = place.into();
            variants.push(EnumValue {
                name,
                value,
                origin,
            });
        }
    }
    variants
}
