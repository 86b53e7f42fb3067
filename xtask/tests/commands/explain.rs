//! `explain`.

use crate::{run, workspace};

#[test]
fn a_status_is_found_by_number_phrase_name_and_word() {
    for (words, title) in [
        (vec!["404"], "404 Not Found"),
        (vec!["not found"], "404 Not Found"),
        (vec!["Not", "Found"], "404 Not Found"),
        (vec!["NotFound"], "404 Not Found"),
        (vec!["404 not found"], "404 Not Found"),
        (vec![" Not  Found "], "404 Not Found"),
        (vec!["teapot"], "418 I'm a teapot"),
        (vec!["im a teapot"], "418 I'm a teapot"),
        (vec!["railgun"], "527 Railgun Error"),
        (vec!["unauthorized"], "401 Unauthorized"),
        (vec!["IdentityProviderError"], "561 Unauthorized"),
    ] {
        let done = run(&workspace(), &[&["explain"], &words[..]].concat());
        assert_eq!(
            (done.code, done.messages.as_str()),
            (Some(0), ""),
            "{words:?}"
        );
        assert!(
            done.results.starts_with(&format!("{title}\n")),
            "{words:?}: {}",
            done.results
        );
        assert!(!done.results.contains('\u{1b}'), "no colour in a pipe");
    }
}

#[test]
fn an_unknown_status_gets_the_nearest() {
    for (words, near) in [
        ("299", "  226 IM Used: "),
        ("499999", "nearest"),
        ("tepot", "  418 I'm a teapot: "),
        ("not", "  404 Not Found: "),
        ("getaway timeout", "  504 Gateway Timeout: "),
    ] {
        let done = run(&workspace(), &["explain", words]);
        assert_eq!((done.code, done.results.as_str()), (Some(1), ""), "{words}");
        assert!(
            done.messages
                .starts_with(&format!("`{words}` is no known status")),
            "{}",
            done.messages
        );
        assert!(done.messages.contains(near), "{words}: {}", done.messages);
    }
    for arguments in [&["explain"][..], &["explain", " "]] {
        let done = run(&workspace(), arguments);
        assert_eq!((done.code, done.results.as_str()), (Some(2), ""));
    }
}

#[test]
fn a_class_is_explained_with_its_statuses() {
    for class in ["5xx", "5XX"] {
        let done = run(&workspace(), &["explain", class]);
        assert_eq!((done.code, done.messages.as_str()), (Some(0), ""));
        assert!(done.results.starts_with("5xx, server error\nRetry later"));
        assert!(done.results.contains("\n503 Service Unavailable: "));
        assert!(!done.results.contains("\n404 "));
    }
    assert_eq!(run(&workspace(), &["explain", "6xx"]).code, Some(1));
}
