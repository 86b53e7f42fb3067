//! Describes the part of a document that a place belongs to.

use serde_json::Value;

use super::node::resolved;
use crate::pointer::Pointer;

/// Describes the part of a document that a place belongs to: "`GET /pets`, response `200`, property
/// `name`".
///
/// Returns an empty string for the document as a whole.
pub(in crate::diff) fn subject(tree: &Value, place: &Pointer) -> String {
    let (file, place) = match place.external_file() {
        Some((file, inner)) => (Some(file), inner),
        None => (None, place.clone()),
    };
    let segments: Vec<_> = place.segments().map(std::borrow::Cow::into_owned).collect();
    let mut parts: Vec<String> = file.iter().map(|file| format!("`{file}`")).collect();
    let mut properties = Vec::new();
    let mut at = Pointer::root();
    let mut rest: Vec<&str> = segments.iter().map(String::as_str).collect();
    loop {
        let step = next(tree, &at, &rest, parts.is_empty() && properties.is_empty());
        let Some((part, length)) = step else { break };
        let (taken, remaining) = rest.split_at(length);
        at = taken.iter().fold(at, |at, key| at.key(key));
        rest = remaining.to_vec();
        match part {
            SubjectPart::Omitted => {}
            SubjectPart::Property(name) => properties.push(name),
            SubjectPart::Named(part) => {
                parts.extend(property(&mut properties));
                parts.push(part);
            }
        }
    }
    parts.extend(property(&mut properties));
    parts.join(", ")
}

enum SubjectPart {
    Omitted,
    Property(String),
    Named(String),
}

fn property(names: &mut Vec<String>) -> Option<String> {
    let name = std::mem::take(names).join(".");
    (!name.is_empty()).then(|| format!("property `{name}`"))
}

/// Describes the first keys of a path, and returns how many keys that covers.
fn next(tree: &Value, at: &Pointer, rest: &[&str], is_first: bool) -> Option<(SubjectPart, usize)> {
    let named = |text: String| SubjectPart::Named(text);
    Some(match rest {
        ["paths", path, method, ..] if is_first && METHODS.contains(method) => {
            (named(format!("`{} {path}`", method.to_uppercase())), 3)
        }
        ["paths", path, ..] if is_first => (named(format!("`{path}`")), 2),
        ["components", section, name, ..] if is_first => {
            let noun = match *section {
                "headers" => "header ",
                "parameters" => "parameter ",
                "requestBodies" => "request body ",
                "responses" => "response ",
                "securitySchemes" => "security scheme ",
                _ => "",
            };
            (named(format!("{noun}`{name}`")), 3)
        }
        ["parameters", index, ..] => {
            let place = at.key("parameters").key(index);
            let parameter = resolved(tree, &place)?;
            let (location, name) = (parameter.text("in"), parameter.text("name"));
            (named(format!("{location} parameter `{name}`")), 2)
        }
        ["requestBody", ..] => (named("request body".to_owned()), 1),
        ["responses", key, ..] => (named(format!("response `{key}`")), 2),
        ["headers", name, ..] => (named(format!("header `{name}`")), 2),
        ["content", media, ..] => {
            let is_only = at
                .key("content")
                .find(tree)
                .and_then(Value::as_object)
                .is_some_and(|content| content.len() == 1);
            let part = if is_only {
                SubjectPart::Omitted
            } else {
                named(format!("`{media}`"))
            };
            (part, 2)
        }
        ["properties", name, ..] => (SubjectPart::Property((*name).to_owned()), 2),
        ["items", ..] => (SubjectPart::Property("[]".to_owned()), 1),
        ["additionalProperties", ..] => (SubjectPart::Property("*".to_owned()), 1),
        ["allOf", _, ..] => (SubjectPart::Omitted, 2),
        ["oneOf" | "anyOf", index, ..] => {
            let number = index.parse::<usize>().map_or(0, |index| index + 1);
            (named(format!("alternative {number}")), 2)
        }
        ["schema" | "schemas", ..] => (SubjectPart::Omitted, 1),
        _ => return None,
    })
}

/// The keys of a path item that are operations.
const METHODS: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];
