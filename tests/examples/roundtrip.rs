//! Sends requests of each operation of documents, and each declared response, between the generated client
//! and the generated server: `cargo run -p statusquo-tests --example roundtrip -- FILE...`.

use std::{env, fs, process::ExitCode};

use statusquo_codegen::source::Source;
use statusquo_tests::{
    catalogue,
    documents::{DERIVED, Document, cargo, target, write},
};

fn main() -> ExitCode {
    let mut is_success = true;
    let mut documents = Vec::new();
    for path in env::args().skip(1) {
        let text = fs::read_to_string(&path).map_err(|error| error.to_string());
        let document =
            text.and_then(|text| Document::new(&Source::new(&path, &text), &catalogue()));
        match document {
            Ok(document) => documents.push(document),
            Err(messages) => {
                eprintln!("{path}\n{messages}");
                is_success = false;
            }
        }
    }
    // One at a time, so that a crate that does not compile does not prevent the tests of others.
    for document in documents {
        let name = document.name.clone();
        let folder = target().join("roundtrip").join(&name);
        write(&[document], &folder);
        let arguments = ["test", "--quiet", "--test", DERIVED, "--", "--nocapture"];
        let variables = [("RUST_BACKTRACE", "0")];
        let output = cargo(&folder.join(DERIVED), &arguments, &variables);
        is_success &= output.status.success();
        println!("{name}");
        let (results, messages) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if output.status.success() {
            let summary = results.lines().filter(|line| line.starts_with("  "));
            summary.for_each(|line| println!("{line}"));
        } else {
            println!("{results}{messages}");
        }
    }
    if is_success {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
