//! Reads the defaults of parameters and properties.

use super::{
    merged::Schema,
    validity::{find_violation, report_mismatch},
};
use crate::{
    lower::Context,
    model::{Constant, Direction},
};

/// Returns the default of a schema. A default that the schema excludes is reported.
pub(crate) fn default(cx: &Context<'_>, schema: &Schema<'_>) -> Option<Constant> {
    let (place, value) = schema.every_annotation("default").next()?;
    if value.is_null() {
        return None;
    }
    if let Some((at, reason)) = find_violation(cx, schema, value, Direction::Both) {
        report_mismatch(cx, place.key("default"), &at, &reason);
        return None;
    }
    Some(Constant::new(value))
}
