//! The selection of media types.

use crate::runtime::codec::media::{accepts, select, select_json};

#[test]
fn the_most_specific_declared_media_type_is_selected() {
    let declared = [
        "*/*",
        "text/*",
        "text/csv",
        "application/json; v=1",
        "application/json",
    ];
    for (actual, selected) in [
        ("text/csv", "text/csv"),
        ("TEXT/CSV; charset=utf-8", "text/csv"),
        ("text/plain", "text/*"),
        ("application/json; v=1", "application/json; v=1"),
        ("application/json;v=\"1\"", "application/json; v=1"),
        ("application/json", "application/json"),
        ("image/png", "*/*"),
    ] {
        assert_eq!(select(&declared, Some(actual)), Some(selected), "{actual}");
    }
    assert_eq!(select(&["text/csv"], Some("text/plain")), None);
}

#[test]
fn content_without_a_media_type_has_the_only_declared_one() {
    assert_eq!(select(&["text/csv"], None), Some("text/csv"));
    assert_eq!(select(&["text/csv", "text/plain"], None), None);
}

#[test]
fn other_json_is_selected_except_problem_details() {
    let declared = ["text/csv", "application/json"];
    let select = |actual| select_json(&declared, Some(actual));
    assert_eq!(select("application/vnd.api+json"), Some("application/json"));
    assert_eq!(select("application/problem+json"), None);
    assert_eq!(select("text/plain"), None);
}

#[test]
fn accept_is_evaluated_by_specificity_and_weight() {
    let offered = ["application/json"];
    for (accept, is_accepted) in [
        ("application/json", true),
        ("application/*", true),
        ("*/*;q=0.1", true),
        ("text/html", false),
        ("*/*, application/json;q=0", false),
        ("application/*;q=0, application/json", true),
        ("malformed", true),
    ] {
        assert_eq!(accepts(accept, &offered), is_accepted, "{accept}");
    }
}
