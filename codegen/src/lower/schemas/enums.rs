//! Lowers `enum`s to enumerations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::merged::Schema;
use crate::{
    lower::Context,
    model::{Constant, EnumValue},
    name::{Ident, Scope, reserved, words},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The extension with the names of the values of an `enum`, in the same order.
const NAMES: &str = "x-enum-varnames";

/// Returns the name that `x-enum-varnames` gives the value at a place.
fn declared_name(cx: &Context<'_>, value: &Pointer) -> Option<Ident> {
    let index: usize = value.last()?.parse().ok()?;
    let schema = value.parent()?.parent()?;
    let names = cx.document.member(&schema, NAMES)?;
    let name = names.as_array()?.get(index)?.as_str()?;
    (!words(name).is_empty()).then(|| Ident::pascal(name))
}

/// Warns if `x-enum-varnames` does not have a name for each value.
fn report_name_count(cx: &Context<'_>, schema: &Schema<'_>) {
    let values = schema.values();
    let schemas = values
        .iter()
        .filter_map(|(place, _)| place.parent()?.parent());
    for schema in schemas.collect::<BTreeSet<_>>() {
        let count = |key: &str| cx.document.member(&schema, key)?.as_array().map(Vec::len);
        let Some(values) = count("enum") else {
            continue;
        };
        let has_names = cx.document.member(&schema, NAMES).is_some();
        if has_names && count(NAMES) != Some(values) {
            let place = Place::Key(schema.key(NAMES));
            let message = format!("`{NAMES}` is not a list of {values} names, one for each value");
            cx.report(
                Diagnostic::warning(Rule::WrongValue, place, message)
                    .label("a value without a name is named after itself")
                    .help("give each value of `enum` a name, in the same order"),
            );
        }
    }
}

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
    let names: BTreeMap<&str, Ident> = values
        .iter()
        .filter_map(|(place, value)| Some((value.as_str(), declared_name(cx, place)?)))
        .collect();
    report_name_count(cx, schema);
    let texts = values.iter().map(|(_, value)| value.as_str());
    let mut idents = scope.name_all(texts, |text| {
        names
            .get(text)
            .cloned()
            .unwrap_or_else(|| Ident::pascal(text))
    });
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

/// Returns the variants of an enumeration of integers, in the order of the document.
pub(super) fn integer_variants(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<EnumValue<i64>> {
    let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
    report_name_count(cx, schema);
    let values = schema.values().into_iter();
    // A repeated value is a single variant.
    let mut seen = BTreeSet::new();
    values
        .filter_map(|(place, value)| Some((value.as_i64()?, place)))
        .filter(|(value, _)| seen.insert(*value))
        .map(|(value, place)| {
            let wanted = declared_name(cx, &place);
            let wanted = wanted.unwrap_or_else(|| number_name(&value.to_string()));
            let (name, adjusted) = scope.name(&[wanted], &value.to_string());
            let subject = format!("the value `{value}`");
            cx.report_adjusted_name(Place::Value(place.clone()), &subject, &name, adjusted);
            EnumValue {
                name,
                value,
                origin: place.into(),
            }
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
pub(super) fn mixed_variants(cx: &Context<'_>, schema: &Schema<'_>) -> Vec<EnumValue<Constant>> {
    let mut scope = Scope::reserving(reserved::UNKNOWN_VARIANT);
    let mut variants: Vec<EnumValue<Constant>> = Vec::new();
    report_name_count(cx, schema);
    for (place, value) in schema.values() {
        let value = Constant::new(value);
        let wanted = declared_name(cx, &place).unwrap_or_else(|| match &value {
            Constant::Integer(_) | Constant::Number(_) => number_name(&value.to_string()),
            value => Ident::pascal(&value.to_string()),
        });
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
