//! An independent implementation of OpenAPI's rule for which declaration a status has.
//!
//! It reads only the text of a document and shares no code with the generator or the generated crate, which
//! are compared with it.

use serde_json::Value;
use statusquo_codegen::{
    model::{Method, Model},
    source::Source,
};

use crate::schema_values::tree;

/// Returns a program that compares each operation of a generated crate with the document, for each status.
/// Only names are taken from the model.
///
/// # Panics
/// If the document cannot be read.
#[must_use]
pub fn program(crate_name: &str, source: &Source, model: &Model) -> String {
    let document = tree(&source.text);
    let mut checks = String::new();
    for operation in &model.operations {
        let keys = keys(&document, source, &operation.path, operation.method);
        checks.push_str(&format!(
            "    check_response_keys::<{crate_name}::{}>({:?}, &{keys:?});\n",
            operation.request,
            operation.title()
        ));
    }
    PROGRAM
        .replace("CRATE", crate_name)
        .replace("    CHECKS\n", &checks)
}

/// Returns the keys of an operation's `responses` that declare a final response, as they are written.
///
/// Interim codes are left out (RFC 9110, section 15.2), except a 101 with an `Upgrade` header field, which
/// ends the use of HTTP on the connection.
pub(crate) fn keys(document: &Value, source: &Source, path: &str, method: Method) -> Vec<String> {
    let item = document.get("paths").and_then(|paths| paths.get(path));
    // A path item may be in an external file.
    let file = item.and_then(|item| item.get("$ref")?.as_str());
    let file = file.and_then(|file| source.external_files.get(file)?.as_ref().ok());
    let file = file.map(|text| tree(text));
    let responses = file.as_ref().or(item).and_then(|item| {
        let operation = item.get(method.key())?;
        operation.get("responses")?.as_object()
    });
    let mut keys = Vec::new();
    for (key, response) in responses.into_iter().flatten() {
        let headers = response.get("headers").and_then(Value::as_object);
        let mut names = headers.into_iter().flatten().map(|(name, _)| name);
        let mut is_upgrade =
            || key == "101" && names.any(|name| name.eq_ignore_ascii_case("upgrade"));
        if !key.starts_with("x-") && (!key.starts_with('1') || is_upgrade()) {
            keys.push(key.clone());
        }
    }
    keys
}

const PROGRAM: &str = r#"//! Compares each operation of the crate with the text of its document.

use CRATE::{ResponseKey, Operation, Response, match_response_key, mock::Mock, server::router};

#[test]
fn the_router_can_be_built() {
    let _ = router(Mock);
}

#[test]
fn each_status_has_the_response_that_the_document_declares() {
    CHECKS
}

#[allow(dead_code, reason = "a document may have no operations")]
fn check_response_keys<O: Operation>(operation: &str, declared: &[&str]) {
    for code in 0..=1100 {
        let matched = match_response_key(O::Response::KEYS, code).map(|index| match O::Response::KEYS[index] {
            ResponseKey::Exact(code) => code.to_string(),
            ResponseKey::Range(digit) => format!("{digit}xx"),
            ResponseKey::Default => "default".to_owned(),
        });
        assert_eq!(matched, expected_key(declared, code), "{operation} {code}");
    }
}

/// OpenAPI 3.0.3, section 4.7.16: an exact code takes precedence over its range, and a range over `default`.
/// An operation that declares no response may return any status.
fn expected_key(declared: &[&str], code: u16) -> Option<String> {
    let exact = code.to_string();
    let range = format!("{}xx", code / 100);
    let declared: Vec<_> = declared.iter().map(|key| key.to_lowercase()).collect();
    let is_declared = |key: &String| declared.contains(key);
    if !(100..=999).contains(&code) || (code < 200 && !is_declared(&exact)) {
        return None;
    }
    let fallback = "default".to_owned();
    let key = [exact, range, fallback.clone()].into_iter().find(is_declared);
    key.or_else(|| declared.is_empty().then_some(fallback))
}
"#;
