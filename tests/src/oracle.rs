//! What OpenAPI says that a status means, read from the text of a document and from nothing else.
//!
//! Neither the generator nor the generated crate has a part in it: it is what they are held against.

use serde_json::Value;
use statusquo_codegen::{
    model::{Method, Model},
    source::Source,
};

use crate::schema_values::tree;

/// A program that holds each operation of a generated crate against a document, for each status.
/// Only the names are the model's.
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
            "    holds::<{crate_name}::{}>({:?}, &{keys:?});\n",
            operation.request,
            operation.title()
        ));
    }
    PROGRAM
        .replace("CRATE", crate_name)
        .replace("    CHECKS\n", &checks)
}

/// The keys of an operation's `responses` that are answers, as they are written.
///
/// An interim code is none (RFC 9110, section 15.2), but for the 101 that ends the talk in HTTP, and says
/// in `Upgrade` what comes then.
pub(crate) fn keys(document: &Value, source: &Source, path: &str, method: Method) -> Vec<String> {
    let item = document.get("paths").and_then(|paths| paths.get(path));
    // A path may stand in a file of its own.
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

const PROGRAM: &str = r#"//! Each operation of the crate, held against the text of its document.

use CRATE::{ResponseKey, Operation, Response, match_response_key, mock::Mock, server::router};

#[test]
fn the_router_can_be_made() {
    let _ = router(Mock);
}

#[test]
fn each_status_has_the_answer_that_the_document_says() {
    CHECKS
}

#[allow(dead_code, reason = "a document may have no operations")]
fn holds<O: Operation>(operation: &str, written: &[&str]) {
    for code in 0..=1100 {
        let found = match_response_key(O::Response::KEYS, code).map(|index| match O::Response::KEYS[index] {
            ResponseKey::Exact(code) => code.to_string(),
            ResponseKey::Range(digit) => format!("{digit}xx"),
            ResponseKey::Default => "default".to_owned(),
        });
        assert_eq!(found, said(written, code), "{operation} {code}");
    }
}

/// OpenAPI 3.0.3, section 4.7.16: an exact code, else its range, else `default`; what declares no answer
/// may answer anything.
fn said(written: &[&str], code: u16) -> Option<String> {
    let exact = code.to_string();
    let range = format!("{}xx", code / 100);
    let written: Vec<_> = written.iter().map(|key| key.to_lowercase()).collect();
    let has = |key: &String| written.contains(key);
    if !(100..=999).contains(&code) || (code < 200 && !has(&exact)) {
        return None;
    }
    let fallback = "default".to_owned();
    let of = [exact, range, fallback.clone()].into_iter().find(has);
    of.or_else(|| written.is_empty().then_some(fallback))
}
"#;
