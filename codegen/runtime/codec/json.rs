//! Decodes JSON, with errors that are fit for API callers, and its integers.

use serde::de::DeserializeOwned;
use serde_json::{Number, Value, error::Category};

/// The error of content that is not the expected JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonError {
    /// The message, which does not mention types of the program.
    pub(crate) detail: String,
    /// The JSON pointer of the invalid value; `None` if the content is malformed.
    pub(crate) pointer: Option<String>,
}

/// Decodes a value.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    serde_json::from_slice(text).map_err(|error| explain::<T>(text, &error))
}

/// Decodes the content again to find the invalid value, so that only invalid content has this cost.
fn explain<T: DeserializeOwned>(text: &[u8], error: &serde_json::Error) -> JsonError {
    if error.classify() != Category::Data {
        let place = match error.line() {
            0 => String::new(),
            line => format!(" at line {line} column {}", error.column()),
        };
        return JsonError {
            detail: format!("malformed JSON{place}"),
            pointer: None,
        };
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let (pointer, message) = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => (String::new(), error.to_string()),
        Err(error) => (pointer(error.path()), error.inner().to_string()),
    };
    let place = if pointer.is_empty() {
        "the value".to_owned()
    } else {
        format!("`{pointer}`")
    };
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split_once('`'));
    let detail = if let Some((field, _)) = missing {
        format!("{place} must have the property `{field}`")
    } else {
        let value = serde_json::from_slice::<Value>(text).unwrap_or_default();
        let actual = value.pointer(&pointer).map_or("a value", describe);
        format!("{place} is {actual}, which does not match its schema")
    };
    JsonError {
        detail,
        pointer: Some(pointer),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;

    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.extend(["/", &index.to_string()]),
            Segment::Map { key } => {
                pointer.extend(["/", &key.replace('~', "~0").replace('/', "~1")]);
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// Returns the name of a value's type, with an article.
fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Returns a number that is written as an integer in JSON.
pub(crate) fn integer(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}
