//! Tests of `cargo xtask explain`.

use crate::{run, workspace};

#[test]
fn a_status_is_found_by_code_phrase_name_and_word() {
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
        let output = run(&workspace(), &[&["explain"], &words[..]].concat());
        assert_eq!(
            (output.code, output.messages.as_str()),
            (Some(0), ""),
            "{words:?}"
        );
        assert!(
            output.results.starts_with(&format!("{title}\n")),
            "{words:?}: {}",
            output.results
        );
        assert!(!output.results.contains('\u{1b}'), "no colors in a pipe");
    }
}

#[test]
fn similar_statuses_are_suggested_for_an_unknown_one() {
    for (words, suggestion) in [
        ("299", "  226 IM Used: "),
        ("499999", "most similar"),
        ("tepot", "  418 I'm a teapot: "),
        ("not", "  404 Not Found: "),
        ("getaway timeout", "  504 Gateway Timeout: "),
    ] {
        let output = run(&workspace(), &["explain", words]);
        assert_eq!(
            (output.code, output.results.as_str()),
            (Some(1), ""),
            "{words}"
        );
        assert!(
            output
                .messages
                .starts_with(&format!("unknown status `{words}`")),
            "{}",
            output.messages
        );
        assert!(
            output.messages.contains(suggestion),
            "{words}: {}",
            output.messages
        );
    }
    for arguments in [&["explain"][..], &["explain", " "]] {
        let output = run(&workspace(), arguments);
        assert_eq!((output.code, output.results.as_str()), (Some(2), ""));
    }
}

#[test]
fn a_rule_is_explained_by_its_id() {
    for (id, expected) in [
        (
            "duplicate-key",
            "duplicate-key\nA key occurs twice in one mapping.\n\nSeverity   error\n",
        ),
        (
            "useless-name",
            "useless-name\nAn `x-name` equals the generated name.\n\nSeverity   warning\n",
        ),
        (
            "parameter-required",
            "parameter-required\nA parameter became required.\n\n\
             Level      that of the change in the crate's API\n",
        ),
    ] {
        let output = run(&workspace(), &["explain", id]);
        assert_eq!((output.code, output.messages.as_str()), (Some(0), ""));
        assert_eq!(output.results, expected);
    }
    // A word of a phrase that is also a rule.
    let output = run(&workspace(), &["explain", "version"]);
    assert!(
        output
            .results
            .starts_with("505 HTTP Version Not Supported\n")
    );
    assert!(
        output
            .results
            .contains("\nversion\n`info.version` is not a version")
    );
}

#[test]
fn a_class_is_explained_with_its_statuses() {
    for class in ["5xx", "5XX"] {
        let output = run(&workspace(), &["explain", class]);
        assert_eq!((output.code, output.messages.as_str()), (Some(0), ""));
        assert!(output.results.starts_with("5xx, server error\nRetry later"));
        assert!(output.results.contains("\n503 Service Unavailable: "));
        assert!(!output.results.contains("\n404 "));
    }
    assert_eq!(run(&workspace(), &["explain", "6xx"]).code, Some(1));
}
