//! Programs that violate a document, which must not compile.
//!
//! A comment states the error that is expected in its line, `//~ E0004`, or in the line above, `//~^ E0004`, as
//! in the tests of rustc. Codes and lines are compared because the compiler's messages change with each version;
//! a text after the code is part of a message that the generated crate itself defines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;
use statusquo_tests::{
    documents::{cargo, file_stems, target},
    workspace,
};

#[test]
fn programs_that_violate_the_document_do_not_compile() {
    let folder = workspace().join("tests/compile_fail");
    let package = target().join("compile_fail");
    let programs = file_stems(&folder, "rs");
    // Programs of an earlier run may have been renamed or removed since.
    let _ = fs::remove_dir_all(package.join("examples"));
    fs::create_dir_all(package.join("examples")).unwrap();
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("src/lib.rs"), "").unwrap();
    fs::write(
        package.join("Cargo.lock"),
        statusquo_tests::read("Cargo.lock"),
    )
    .unwrap();
    let path = workspace().join("generated");
    fs::write(
        package.join("Cargo.toml"),
        format!(
            "[package]\nname = \"compile_fail\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nstatusquo = {{ path = {path:?}, features = [\"server\", \"client-base\"] }}\n"
        ),
    )
    .unwrap();
    for name in &programs {
        let program = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        fs::write(package.join(format!("examples/{name}.rs")), program).unwrap();
    }
    // `check` is not enough because some constants are only evaluated by `build`.
    let arguments = [
        "build",
        "--examples",
        "--keep-going",
        "--message-format=json",
        "--quiet",
    ];
    let output = cargo(&package, &arguments, &[]);
    let messages = String::from_utf8_lossy(&output.stdout);
    let reported = errors(&messages);
    let mut expected = BTreeSet::new();
    for name in &programs {
        let program = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        for (line, text) in (1..).zip(program.lines()) {
            if let Some((_, marker)) = text.split_once("//~") {
                let above = marker.strip_prefix('^');
                let line = if above.is_some() { line - 1 } else { line };
                let error = above.unwrap_or(marker).trim();
                let (code, text) = error.split_once(' ').unwrap_or((error, ""));
                expected.insert((name.clone(), line, code.to_owned()));
                assert!(
                    messages.contains(serde_json::json!(text).to_string().trim_matches('"')),
                    "{name}, line {line}: no message contains {text:?}"
                );
            }
        }
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(reported, expected, "{stderr}");
    assert!(
        expected.len() >= programs.len() - 1,
        "every program except `compiles` must have an expected error"
    );
}

/// Returns the errors that cargo reports, as program, line and code.
fn errors(messages: &str) -> BTreeSet<(String, u64, String)> {
    let mut errors = BTreeSet::new();
    // Keyed by program because cargo compiles several at once and interleaves their messages.
    let mut constants = BTreeMap::new();
    for message in messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
    {
        let program = message["target"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let message = &message["message"];
        let line = line(message);
        match (message["level"].as_str(), message["code"]["code"].as_str()) {
            (Some("error"), Some(code)) => match line {
                Some(line) => {
                    errors.insert((program, line, code.to_owned()));
                }
                None => {
                    constants.insert(program, code.to_owned());
                }
            },
            // The error of a constant is located where it is defined; a note after it locates its use.
            (Some("note"), None) => {
                if let Some(line) = line {
                    let code = constants.remove(&program);
                    errors.extend(code.map(|code| (program, line, code)));
                }
            }
            _ => {}
        }
    }
    errors
}

/// Returns the line of a program that a message is about.
fn line(message: &Value) -> Option<u64> {
    let spans = message["spans"].as_array()?;
    let is_in_program = |span: &&Value| {
        let file = span["file_name"].as_str();
        span["is_primary"] == true && file.is_some_and(|file| file.starts_with("examples"))
    };
    spans.iter().find(is_in_program)?["line_start"].as_u64()
}
