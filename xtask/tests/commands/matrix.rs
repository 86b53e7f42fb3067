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
    let glue: Vec<_> = rows(&["--glue"])
        .into_iter()
        .filter(|row| row["source"] == "glue")
        .collect();
    let of_get: Vec<_> = glue
        .iter()
        .filter(|row| row["method"] == "GET")
        .map(|row| (row["status"].as_u64().unwrap(), row["declared"].as_str()))
        .collect();
    assert_eq!(of_get, [(400, Some("400")), (500, Some("500"))]);
    let of_any: Vec<_> = glue
        .iter()
        .filter(|row| row["method"].is_null())
        .map(|row| &row["status"])
        .collect();
    assert_eq!(of_any, [404, 405]);
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
