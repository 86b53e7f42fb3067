//! JSON that others have written.

use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

/// Why a text is not the JSON that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonError {
    /// In words that tell nothing of the types of this program.
    pub(crate) detail: String,
    /// The place of the value that is wrong, as a JSON pointer; `None` if the text is no JSON at all.
    pub(crate) pointer: Option<String>,
}

/// Reads a value.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    serde_json::from_slice(text).map_err(|error| explain::<T>(text, &error))
}

/// Finds the place of an error, in a second reading that only those pay who send nonsense.
fn explain<T: DeserializeOwned>(text: &[u8], error: &serde_json::Error) -> JsonError {
    if error.classify() != Category::Data {
        let place = match error.line() {
            0 => String::new(),
            line => format!(", at line {line} column {}", error.column()),
        };
        return JsonError {
            detail: format!("this is no JSON{place}"),
            pointer: None,
        };
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let (pointer, message) = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => (String::new(), error.to_string()),
        Err(error) => (pointer(error.path()), error.inner().to_string()),
    };
    let place = if pointer.is_empty() {
        "the value"
    } else {
        pointer.as_str()
    };
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split_once('`'));
    let detail = if let Some((field, _)) = missing {
        format!("{place} has no `{field}`")
    } else {
        let value = serde_json::from_slice::<Value>(text).unwrap_or_default();
        let found = value
            .pointer(&pointer)
            .map_or("of the wrong type", describe);
        format!("{place} is {found}, which is not what is declared")
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

fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
