//! Serializes examples as they are sent.

use serde_json::{Map, Value};

use crate::model::{Parameter, Style};

/// Serializes a value in the style `simple`, or as JSON.
pub(super) fn simple_text(parameter: &Parameter, value: &Value) -> Option<String> {
    match value {
        value if parameter.style == Style::Json => Some(value.to_string()),
        Value::Object(members) => {
            let separator = if parameter.explode { '=' } else { ',' };
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let members = members
                .map(|(name, value)| Some(format!("{name}{separator}{}", flat_text(value)?)));
            Some(members.collect::<Option<Vec<_>>>()?.join(","))
        }
        value => flat_text(value),
    }
}

/// Serializes a parameter in its style, without percent-encoding; `None` if the style cannot represent the
/// value.
pub(super) fn parameter_text(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = &parameter.wire;
    match (parameter.style, value) {
        (Style::Json, value) => Some(value.to_string()),
        (Style::Label, value) => Some(format!(".{}", flat_text(value)?)),
        (Style::Matrix, value) => Some(format!(";{name}={}", flat_text(value)?)),
        (Style::Form, Value::Object(members)) if parameter.explode => Some(form_text(members)),
        (Style::Form | Style::Simple, value) => simple_text(parameter, value),
        (Style::SpaceDelimited, value) => {
            Some(format!("{name}={}", flat_text(value)?.replace(',', "%20")))
        }
        (Style::PipeDelimited, value) => {
            Some(format!("{name}={}", flat_text(value)?.replace(',', "|")))
        }
        (Style::DeepObject, Value::Array(items)) => {
            let pairs = items.iter().map(|item| {
                Some(form_text(&Map::from_iter([(
                    format!("{name}[]"),
                    flat_text(item)?.into(),
                )])))
            });
            Some(pairs.collect::<Option<Vec<_>>>()?.join("&"))
        }
        (Style::DeepObject, value) => {
            let members = value.as_object()?.iter();
            let members = members
                .map(|(key, value)| Some((format!("{name}[{key}]"), flat_text(value)?.into())));
            Some(form_text(&members.collect::<Option<Map<String, Value>>>()?))
        }
    }
}

/// Serializes a scalar, or a list of scalars separated by commas; `None` for other values.
pub(super) fn flat_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(flat_text).collect();
            Some(items?.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}

pub(super) fn form_text(members: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in members {
        match value {
            Value::Array(items) => {
                form.extend_pairs(items.iter().filter_map(flat_text).map(|item| (name, item)));
            }
            value => {
                form.extend_pairs(flat_text(value).map(|value| (name, value)));
            }
        }
    }
    form.finish()
}

/// Returns whether a text can be the value of a header field.
pub(super) fn is_field_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'\t' || (byte >= b' ' && byte != b'\x7f'))
}
