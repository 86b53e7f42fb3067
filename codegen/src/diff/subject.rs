//! What stands at a place of a document, in words.

use serde_json::Value;

use super::walk::resolved;
use crate::pointer::Pointer;

/// What a place belongs to, in words: "`GET /pets`, response `200`, property `name`".
///
/// Empty for what belongs to the document as a whole.
pub(super) fn subject(tree: &Value, place: &Pointer) -> String {
    let (file, place) = match place.in_file() {
        Some((file, inner)) => (Some(file), inner),
        None => (None, place.clone()),
    };
    let segments: Vec<_> = place.segments().map(std::borrow::Cow::into_owned).collect();
    let mut words: Vec<String> = file.iter().map(|file| format!("`{file}`")).collect();
    let mut properties = Vec::new();
    let mut at = Pointer::root();
    let mut rest: Vec<&str> = segments.iter().map(String::as_str).collect();
    loop {
        let known = next(tree, &at, &rest, words.is_empty() && properties.is_empty());
        let Some((word, length)) = known else { break };
        let (taken, left) = rest.split_at(length);
        at = taken.iter().fold(at, |at, key| at.key(key));
        rest = left.to_vec();
        match word {
            SubjectPart::Silent => {}
            SubjectPart::Property(name) => properties.push(name),
            SubjectPart::Other(word) => {
                words.extend(property(&mut properties));
                words.push(word);
            }
        }
    }
    words.extend(property(&mut properties));
    words.join(", ")
}

enum SubjectPart {
    Silent,
    Property(String),
    Other(String),
}

fn property(names: &mut Vec<String>) -> Option<String> {
    let name = std::mem::take(names).join(".");
    (!name.is_empty()).then(|| format!("property `{name}`"))
}

/// What the first of some keys say, and how many of them say it.
fn next(tree: &Value, at: &Pointer, rest: &[&str], is_first: bool) -> Option<(SubjectPart, usize)> {
    let other = |text: String| SubjectPart::Other(text);
    Some(match rest {
        ["paths", path, method, ..] if is_first && METHODS.contains(method) => {
            (other(format!("`{} {path}`", method.to_uppercase())), 3)
        }
        ["paths", path, ..] if is_first => (other(format!("`{path}`")), 2),
        ["components", section, name, ..] if is_first => {
            let noun = match *section {
                "headers" => "header ",
                "parameters" => "parameter ",
                "requestBodies" => "request body ",
                "responses" => "response ",
                "securitySchemes" => "security scheme ",
                _ => "",
            };
            (other(format!("{noun}`{name}`")), 3)
        }
        ["parameters", index, ..] => {
            let place = at.key("parameters").key(index);
            let parameter = resolved(tree, &place)?;
            let (location, name) = (parameter.text("in"), parameter.text("name"));
            (other(format!("{location} parameter `{name}`")), 2)
        }
        ["requestBody", ..] => (other("the content of the request".to_owned()), 1),
        ["responses", key, ..] => (other(format!("response `{key}`")), 2),
        ["headers", name, ..] => (other(format!("header `{name}`")), 2),
        ["content", media, ..] => {
            let is_only = tree
                .pointer(at.key("content").as_str())
                .and_then(Value::as_object)
                .is_some_and(|all| all.len() == 1);
            let word = if is_only {
                SubjectPart::Silent
            } else {
                other(format!("`{media}`"))
            };
            (word, 2)
        }
        ["properties", name, ..] => (SubjectPart::Property((*name).to_owned()), 2),
        ["items", ..] => (SubjectPart::Property("[]".to_owned()), 1),
        ["additionalProperties", ..] => (SubjectPart::Property("*".to_owned()), 1),
        ["allOf", _, ..] => (SubjectPart::Silent, 2),
        ["oneOf" | "anyOf", index, ..] => {
            let number = index.parse::<usize>().map_or(0, |index| index + 1);
            (other(format!("alternative {number}")), 2)
        }
        ["schema" | "schemas", ..] => (SubjectPart::Silent, 1),
        _ => return None,
    })
}

/// The keys of a path item that are operations.
const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];
