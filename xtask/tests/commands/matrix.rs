//! `matrix`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{run, workspace};

fn rows(arguments: &[&str]) -> Vec<Value> {
    let done = run(
        &workspace(),
        &[&["matrix", "--format", "json"], arguments].concat(),
    );
    assert_eq!(done.code, Some(0), "{}", done.messages);
    serde_json::from_str(&done.results).unwrap()
}

#[test]
fn each_declared_status_has_one_row() {
    let rows = rows(&[]);
    let keys: BTreeSet<String> = rows
        .iter()
        .map(|row| format!("{} {} {}", row["method"], row["path"], row["status"]))
        .collect();
    assert_eq!(keys.len(), rows.len());
    let spec = std::fs::read_to_string(workspace().join("spec/status.yaml")).unwrap();
    let declared = spec
        .lines()
        .filter(|line| line.contains("{$ref: '#/components/responses/"))
        .count();
    assert_eq!(rows.len(), 7 * declared);
    let teapot = rows
        .iter()
        .find(|row| row["status"] == 418 && row["method"] == "GET")
        .unwrap();
    assert_eq!(teapot["operation"], "getStatus");
    assert_eq!(teapot["variant"], "StatusResponse::ImATeapot");
    assert_eq!(teapot["body"], "String");
    assert_eq!(teapot["media_types"], serde_json::json!(["text/plain"]));
    assert_eq!(teapot["headers"], serde_json::json!(["X-More-Info"]));
    let interim = rows.iter().find(|row| row["status"] == 100).unwrap();
    assert_eq!(interim["source"], "interim");
}

#[test]
fn what_the_server_answers_by_itself_is_listed_when_asked_for() {
    let built_in: Vec<_> = rows(&["--built-in"])
        .into_iter()
        .filter(|row| row["source"] == "built-in")
        .collect();
    let of_get: Vec<_> = built_in
        .iter()
        .filter(|row| row["method"] == "GET")
        .map(|row| (row["status"].as_u64().unwrap(), row["declared"].as_str()))
        .collect();
    assert_eq!(of_get, [(400, Some("400")), (500, Some("500"))]);
    let of_any: Vec<_> = built_in
        .iter()
        .filter(|row| row["method"].is_null())
        .map(|row| &row["status"])
        .collect();
    assert_eq!(of_any, [400, 404, 405, 431, 503]);
    // The document has HEAD itself, and no OPTIONS.
    let options: Vec<_> = built_in
        .iter()
        .filter(|row| row["method"] == "OPTIONS")
        .collect();
    assert_eq!(options.len(), 1);
    assert_eq!(options[0]["status"], 204);
    assert_eq!(options[0]["headers"], serde_json::json!(["Allow"]));
    assert!(built_in.iter().all(|row| row["as"].is_null()));
}

#[test]
fn what_the_server_answers_by_itself_is_held_against_what_is_declared() {
    let built_in: Vec<_> = rows(&["--built-in", "--spec", "tests/documents/pets.yaml"])
        .into_iter()
        .filter(|row| row["source"] == "built-in")
        .collect();
    let of = |method: &str, path: &str| -> Vec<_> {
        let rows = built_in
            .iter()
            .filter(|row| row["method"] == method && row["path"] == path);
        rows.map(|row| {
            (
                row["status"].as_u64(),
                row["declared"].as_str(),
                row["content_declared"].as_bool(),
                row["headers"][0].as_str(),
            )
        })
        .collect()
    };
    assert_eq!(
        of("GET", "/pets/{id}"),
        [
            (Some(400), Some("4XX"), Some(true), None),
            (Some(406), Some("4XX"), Some(true), None),
            (Some(500), Some("default"), Some(true), None)
        ]
    );
    assert!(of("POST", "/pets").contains(&(
        Some(415),
        Some("default"),
        Some(true),
        Some("Accept")
    )));
    assert_eq!(of("HEAD", "/pets"), [(None, None, None, None)]);

    let rows = rows(&["--built-in", "--spec", "tests/documents/sets.yaml"]);
    let of = |path: &str| {
        let mut own = rows
            .iter()
            .filter(|row| row["path"] == path && row["source"] == "built-in");
        own.find(|row| row["status"] == 500).unwrap()
    };
    assert_eq!(of("/range")["declared"], "5XX");
    assert_eq!(of("/range")["content_declared"], false);
    assert_eq!(of("/nothing")["declared"], Value::Null);
}

#[test]
fn an_operation_without_an_answer_has_a_row_too() {
    let rows = rows(&["--spec", "tests/documents/sets.yaml"]);
    let nothing: Vec<_> = rows
        .iter()
        .filter(|row| row["path"] == "/nothing")
        .collect();
    assert_eq!(nothing.len(), 1);
    assert_eq!(nothing[0]["status"], Value::Null);
    let statuses = |path: &str| {
        let of_path = rows
            .iter()
            .filter(|row| row["path"] == path && row["method"] == "GET");
        of_path.map(|row| row["status"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        statuses("/range"),
        [Value::from(200), "2XX".into(), "5XX".into()]
    );
    assert_eq!(statuses("/interim"), [100, 101, 200]);
    assert_eq!(statuses("/only-default"), ["default"]);
}

#[test]
fn text_and_markdown_have_the_same_rows() {
    let lines = |format: &str| {
        let done = run(&workspace(), &["matrix", "--format", format]);
        assert_eq!(done.code, Some(0));
        done.results.lines().count()
    };
    assert_eq!(lines("text") + 1, lines("markdown"));
}

#[test]
fn the_last_line_counts_what_the_document_has() {
    for (format, document, last) in [
        (
            "text",
            "tests/documents/pets.yaml",
            "4 operations, 11 responses, 5 parameters, 17 schemas; nothing is left out",
        ),
        (
            "markdown",
            "tests/diagnostics/lost.yaml",
            "1 operation, 2 responses, 2 parameters, 10 schemas; left out, as the warnings say: 2 \
             parameters, 4 schemas",
        ),
    ] {
        let arguments = ["matrix", "--spec", document, "--format", format];
        let done = run(&workspace(), &arguments);
        assert_eq!(done.results.lines().next_back(), Some(last));
    }
}
