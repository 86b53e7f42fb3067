//! The shape of the values of a schema.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{AdditionalProperties, Schema};
use crate::lower::Context;

/// The shape of the values that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaShape {
    Any,
    Array,
    Boolean,
    Integer,
    IntegerEnum,
    /// An object without declared properties.
    Map,
    /// An enumeration of strings, numbers and booleans.
    MixedEnum,
    /// A shape without a type, with the reason.
    None(&'static str),
    Number,
    Object,
    Text,
    TextEnum,
    Union,
}

impl Schema<'_> {
    /// Returns the shape: by `type`, or without it, by the keywords of a type.
    pub(crate) fn shape(&self, cx: &Context<'_>) -> SchemaShape {
        if self.union(cx).is_some() {
            return SchemaShape::Union;
        }
        let values = self.values();
        let is_enum = !values.is_empty();
        let all_values =
            |is: fn(&Value) -> bool| is_enum && values.iter().all(|(_, value)| is(value));
        let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
        let has_any = |keywords: &[&str]| keywords.iter().any(|keyword| self.has(keyword));
        let types: BTreeSet<&str> = self
            .every("type")
            .filter_map(|(_, value)| value.as_str())
            .collect();
        let types: Vec<_> = types.into_iter().collect();
        let ty = match types.as_slice() {
            [ty] => Some(*ty),
            ["integer", "number"] => Some("integer"),
            [] => match () {
                () if has_any(&["properties", "additionalProperties", "required"]) => {
                    Some("object")
                }
                () if has_any(&["items", "minItems", "maxItems"]) => Some("array"),
                () if all_values(Value::is_string)
                    || has_any(&["pattern", "minLength", "maxLength"]) =>
                {
                    Some("string")
                }
                () if all_values(Value::is_i64) => Some("integer"),
                () if has_any(&["minimum", "maximum", "multipleOf"]) => Some("number"),
                () => None,
            },
            _ => return SchemaShape::None("its parts have different types"),
        };
        match ty {
            Some("array") => SchemaShape::Array,
            Some("boolean") => SchemaShape::Boolean,
            Some("integer") if all_values(Value::is_i64) => SchemaShape::IntegerEnum,
            Some("integer") if !is_enum => SchemaShape::Integer,
            Some("number") if !is_enum || all_values(Value::is_number) => SchemaShape::Number,
            Some("object") if !self.properties().is_empty() => SchemaShape::Object,
            Some("object") if self.additional() == AdditionalProperties::Closed => {
                SchemaShape::Object
            }
            Some("object") if !self.required().is_empty() => SchemaShape::Object,
            Some("object") => SchemaShape::Map,
            Some("string") if all_values(is_scalar) => SchemaShape::TextEnum,
            Some("string") if !is_enum => SchemaShape::Text,
            None if !is_enum => SchemaShape::Any,
            _ if all_values(is_scalar) => SchemaShape::MixedEnum,
            _ => SchemaShape::None("its values are arrays or objects"),
        }
    }
}
