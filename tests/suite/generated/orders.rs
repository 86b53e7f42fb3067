//! The order service in `tests/orders`: a program with a database, as a user of a generated crate would write it.

use std::{fs, path::Path};

use statusquo_codegen::files;
use statusquo_tests::{
    catalogue,
    documents::{Document, cargo, file_stems, target, write_if_changed},
    source, workspace,
};

/// The service passes its tests, and so does the same service written by hand.
#[test]
#[ignore = "compiles a database; `.ci/run` includes it"]
fn the_order_service_works() {
    let (from, to) = (workspace().join("tests/orders"), target().join("orders"));
    for file in ["Cargo.toml", "Cargo.lock"] {
        copy(&from.join(file), &to.join(file));
    }
    for folder in ["src", "tests"] {
        for name in file_stems(&from.join(folder), "rs") {
            let file = format!("{folder}/{name}.rs");
            copy(&from.join(&file), &to.join(&file));
        }
    }
    let document = Document::new(&source("tests/orders/orders.yaml"), &catalogue()).unwrap();
    assert_eq!(document.warnings, "");
    files::apply(&document.files, &to.join("api")).unwrap();
    let output = cargo(&to, &["test", "--quiet"], &[("CARGO_INCREMENTAL", "0")]);
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn copy(from: &Path, to: &Path) {
    write_if_changed(to, &fs::read_to_string(from).unwrap());
}

/// The methods of the service are at most as long as the handlers of the one written by hand.
#[test]
fn methods_are_not_longer_than_handlers_by_hand() {
    let lines = |name: &str| {
        let path = workspace().join(format!("tests/orders/src/{name}.rs"));
        let text = fs::read_to_string(path).unwrap();
        let (_, handlers) = text.split_once("\n// Handlers\n").unwrap();
        let lines = handlers.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .count()
    };
    let (generated, by_hand) = (lines("service"), lines("by_hand"));
    assert!(generated <= by_hand, "{generated} > {by_hand}");
}
