//! The text of example values in parameters, header fields and content.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::schema_values::{Direction, example};

/// Returns the text of a parameter or header field, with its name if the style includes it; `None` for
/// combinations that this test does not support.
pub(super) fn parameter_text(
    tree: &Value,
    parameter: &Value,
    name: &str,
    location: &str,
) -> Option<String> {
    let style = parameter.get("style").and_then(Value::as_str);
    let explode = parameter.get("explode").and_then(Value::as_bool);
    let is_encoded = location != "header";
    let write = |text: &str| {
        if is_encoded {
            encoded(text)
        } else {
            text.to_owned()
        }
    };
    let named = |text: &str| match location {
        "path" | "header" => text.to_owned(),
        _ => format!("{}={text}", encoded(name)),
    };
    if let Some(content) = parameter.get("content").and_then(Value::as_object) {
        let (media, content) = content.iter().next()?;
        let (_, text) = content_text(tree, media, content, Direction::Request)?;
        return Some(named(&write(&text)));
    }
    let anything = Value::Object(Map::new());
    let schema = parameter.get("schema").unwrap_or(&anything);
    let value = example(tree, schema, Direction::Request)?;
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(write(text)),
        Value::Bool(_) | Value::Number(_) => Some(write(&value.to_string())),
        _ => None,
    };
    let style = style.unwrap_or(if matches!(location, "query" | "cookie") {
        "form"
    } else {
        "simple"
    });
    let is_exploded = explode.unwrap_or(style == "form");
    Some(match (&value, style) {
        (Value::Array(items), _) => {
            // Only lists with one item are supported: they have the same text in most styles.
            let [item] = items.as_slice() else {
                return None;
            };
            match style {
                "label" => format!(".{}", scalar(item)?),
                "matrix" => format!(";{name}={}", scalar(item)?),
                "deepObject" => format!("{}%5B%5D={}", encoded(name), scalar(item)?),
                _ => named(&scalar(item)?),
            }
        }
        (Value::Object(members), "deepObject") => {
            let pairs = members.iter().map(|(key, value)| {
                Some(format!(
                    "{}%5B{}%5D={}",
                    encoded(name),
                    encoded(key),
                    scalar(value)?
                ))
            });
            pairs.collect::<Option<Vec<_>>>()?.join("&")
        }
        (Value::Object(members), _) => {
            let separator = if is_exploded { "=" } else { "," };
            let pairs = members
                .iter()
                .map(|(key, value)| Some(format!("{}{separator}{}", write(key), scalar(value)?)));
            let pairs = pairs.collect::<Option<Vec<_>>>()?;
            match (style, is_exploded) {
                ("form", true) if location == "query" => pairs.join("&"),
                ("simple", _) | ("form", false) => named(&pairs.join(",")),
                _ => return None,
            }
        }
        (value, "label") => format!(".{}", scalar(value)?),
        (value, "matrix") => format!(";{name}={}", scalar(value)?),
        (value, _) => named(&scalar(value)?),
    })
}

/// Returns example content and its media type.
pub(super) fn content_text(
    tree: &Value,
    media: &str,
    content: &Value,
    direction: Direction,
) -> Option<(String, String)> {
    let essence = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let anything = Value::Object(Map::new());
    let schema = content.get("schema").unwrap_or(&anything);
    let value = || example(tree, schema, direction);
    let concrete = match essence.split_once('/')? {
        ("*", "*") => "application/octet-stream".to_owned(),
        (family, "*") => format!("{family}/x-any"),
        _ => media.trim().to_owned(),
    };
    let media = concrete.as_str();
    let plain_text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    Some(if essence.ends_with("json") {
        (media.to_owned(), value()?.to_string())
    } else if essence == "application/x-www-form-urlencoded" {
        let Value::Object(members) = value()? else {
            return Some((media.to_owned(), "text".to_owned()));
        };
        let mut fields = Vec::new();
        for (name, value) in &members {
            match value {
                Value::Array(items) => {
                    fields.extend(items.iter().map(|item| (name, item)));
                }
                Value::Object(_) => return None,
                value => fields.push((name, value)),
            }
        }
        let fields = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(&plain_text(value))));
        (media.to_owned(), fields.collect::<Vec<_>>().join("&"))
    } else if essence == "multipart/form-data" && direction == Direction::Request {
        let mut body = String::new();
        for (name, value) in value()?.as_object().into_iter().flatten() {
            let values = match value {
                Value::Array(items) => items.clone(),
                value => vec![value.clone()],
            };
            for value in values {
                body.push_str(&format!(
                    "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\
                         Content-Type: text/plain\r\n\r\n{}\r\n",
                    plain_text(&value)
                ));
            }
        }
        (
            "multipart/form-data; boundary=b".to_owned(),
            body + "--b--\r\n",
        )
    } else if essence.starts_with("text/") {
        (
            media.to_owned(),
            value().map_or_else(String::new, |value| plain_text(&value)),
        )
    } else {
        (media.to_owned(), "bytes".to_owned())
    })
}

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
