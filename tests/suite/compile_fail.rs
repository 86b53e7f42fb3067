//! What does not compile: programs that break the promise of a document.
//!
//! Each program says in a comment which error its line gives: `//~ E0004`. The messages of the compiler
//! change with each version, its codes and lines do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;
use statusquo_tests::{
    documents::{cargo, names, target},
    workspace,
};

#[test]
fn a_program_that_breaks_the_promise_does_not_compile() {
    let folder = workspace().join("tests/compile_fail");
    let place = target().join("compile_fail");
    let programs = names(&folder, "rs");
    fs::create_dir_all(place.join("examples")).unwrap();
    fs::create_dir_all(place.join("src")).unwrap();
    fs::write(place.join("src/lib.rs"), "").unwrap();
    fs::write(
        place.join("Cargo.lock"),
        statusquo_tests::read("Cargo.lock"),
    )
    .unwrap();
    let path = workspace().join("generated");
    fs::write(
        place.join("Cargo.toml"),
        format!(
            "[package]\nname = \"compile_fail\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nstatusquo = {{ path = {path:?}, features = [\"server\", \"client-base\"] }}\n"
        ),
    )
    .unwrap();
    for name in &programs {
        let program = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        fs::write(place.join(format!("examples/{name}.rs")), program).unwrap();
    }
    // Built, not only checked: some constants are computed only then.
    let arguments = [
        "build",
        "--examples",
        "--keep-going",
        "--message-format=json",
        "--quiet",
    ];
    let output = cargo(&place, &arguments, &[]);
    let found = errors(&String::from_utf8_lossy(&output.stdout));
    let mut expected = BTreeSet::new();
    for name in &programs {
        let program = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        for (line, text) in (1..).zip(program.lines()) {
            if let Some((_, code)) = text.split_once("//~ ") {
                expected.insert((name.clone(), line, code.to_owned()));
            }
        }
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(found, expected, "{stderr}");
    assert!(
        expected.len() >= programs.len() - 1,
        "every program except `compiles` must have an expected error"
    );
}

/// The errors that cargo reports: program, line and code.
fn errors(messages: &str) -> BTreeSet<(String, u64, String)> {
    let mut errors = BTreeSet::new();
    // By program: several are compiled at once, and cargo passes on what they say as it comes.
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
            // A constant that fails is told where it is computed; a note behind tells what for.
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

/// The line of a program that a message is about.
fn line(message: &Value) -> Option<u64> {
    let spans = message["spans"].as_array()?;
    let here = |span: &&Value| {
        let file = span["file_name"].as_str();
        span["is_primary"] == true && file.is_some_and(|file| file.starts_with("examples"))
    };
    spans.iter().find(here)?["line_start"].as_u64()
}
