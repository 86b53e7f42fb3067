//! Tests of `cargo xtask matrix`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{run, workspace};

fn rows(arguments: &[&str]) -> Vec<Value> {
    let output = run(
        &workspace(),
        &[&["matrix", "--format", "json"], arguments].concat(),
    );
    assert_eq!(output.code, Some(0), "{}", output.messages);
    serde_json::from_str(&output.results).unwrap()
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
fn built_in_responses_are_listed_on_request() {
    let built_in: Vec<_> = rows(&["--built-in"])
        .into_iter()
        .filter(|row| row["source"] == "built-in")
        .collect();
    let get: Vec<_> = built_in
        .iter()
        .filter(|row| row["method"] == "GET")
        .map(|row| (row["status"].as_u64().unwrap(), row["declared"].as_str()))
        .collect();
    assert_eq!(get, [(400, Some("400")), (500, Some("500"))]);
    let any: Vec<_> = built_in
        .iter()
        .filter(|row| row["method"].is_null())
        .map(|row| &row["status"])
        .collect();
    assert_eq!(any, [400, 400, 404, 405, 414, 431, 503, 505]);
    // The document declares HEAD, but not OPTIONS.
    let options: Vec<_> = built_in
        .iter()
        .filter(|row| row["method"] == "OPTIONS")
        .collect();
    assert_eq!(options.len(), 1);
    assert_eq!(options[0]["status"], 204);
    assert_eq!(options[0]["headers"], serde_json::json!(["Allow"]));
    assert!(built_in.iter().all(|row| row["handled_as"].is_null()));
}

#[test]
fn built_in_responses_are_compared_with_declared_ones() {
    let built_in: Vec<_> = rows(&["--built-in", "--spec", "tests/fixtures/pets.yaml"])
        .into_iter()
        .filter(|row| row["source"] == "built-in")
        .collect();
    let responses = |method: &str, path: &str| -> Vec<_> {
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
        responses("GET", "/pets/{id}"),
        [
            (Some(400), Some("4XX"), Some(true), None),
            (Some(406), Some("4XX"), Some(true), None),
            (Some(500), Some("default"), Some(true), None)
        ]
    );
    assert!(responses("POST", "/pets").contains(&(
        Some(415),
        Some("default"),
        Some(true),
        Some("Accept")
    )));
    assert_eq!(responses("HEAD", "/pets"), [(None, None, None, None)]);

    let rows = rows(&["--built-in", "--spec", "tests/fixtures/sets.yaml"]);
    let row = |path: &str| {
        let mut built_in = rows
            .iter()
            .filter(|row| row["path"] == path && row["source"] == "built-in");
        built_in.find(|row| row["status"] == 500).unwrap()
    };
    assert_eq!(row("/range")["declared"], "5XX");
    assert_eq!(row("/range")["content_declared"], false);
    assert_eq!(row("/nothing")["declared"], Value::Null);
}

#[test]
fn an_operation_without_responses_has_a_row() {
    let rows = rows(&["--spec", "tests/fixtures/sets.yaml"]);
    let nothing: Vec<_> = rows
        .iter()
        .filter(|row| row["path"] == "/nothing")
        .collect();
    assert_eq!(nothing.len(), 1);
    assert_eq!(nothing[0]["status"], Value::Null);
    let statuses = |path: &str| {
        let path_rows = rows
            .iter()
            .filter(|row| row["path"] == path && row["method"] == "GET");
        path_rows
            .map(|row| row["status"].clone())
            .collect::<Vec<_>>()
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
        let output = run(&workspace(), &["matrix", "--format", format]);
        assert_eq!(output.code, Some(0));
        output.results.lines().count()
    };
    assert_eq!(lines("text") + 1, lines("markdown"));
}

#[test]
fn the_last_line_counts_the_parts_of_the_document() {
    for (format, document, last) in [
        (
            "text",
            "tests/fixtures/pets.yaml",
            "4 operations, 11 responses, 5 parameters, 17 schemas; nothing is left out",
        ),
        (
            "markdown",
            "tests/diagnostics/ignored-parts.yaml",
            "1 operation, 2 responses, 2 parameters, 10 schemas; left out (see the warnings): 2 \
             parameters, 4 schemas",
        ),
    ] {
        let arguments = ["matrix", "--spec", document, "--format", format];
        let output = run(&workspace(), &arguments);
        assert_eq!(output.results.lines().next_back(), Some(last));
    }
}
