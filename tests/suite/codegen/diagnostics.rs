//! The exact text of the messages about invalid documents.

use std::fs;

use statusquo_codegen::{
    model::Catalogue,
    report::{Detail, OutputStyle, render},
    source::Source,
};
use statusquo_tests::{
    catalogue, documents::file_stems, golden::assert_golden, with_files, workspace,
};

/// Returns the messages about a document, as a user reads them. A document that is itself a catalogue gets an
/// empty one.
fn messages(file: &str, text: &str, catalogue: &Catalogue) -> String {
    let source = with_files(Source::new(file, text), "tests/diagnostics");
    let empty = Catalogue::empty();
    let catalogue = if file == "catalogue.yaml" {
        &empty
    } else {
        catalogue
    };
    let (findings, outcome) = match statusquo_codegen::generate(
        &source,
        catalogue,
        &statusquo_codegen::Options::default(),
    ) {
        Ok(generated) => (generated.warnings, "generated"),
        Err(findings) => (findings, "rejected"),
    };
    format!(
        "{}{outcome}\n",
        render(&findings, &source, OutputStyle::Plain, Detail::All).text
    )
}

#[test]
fn each_invalid_document_has_its_exact_messages() {
    let catalogue = catalogue();
    let folder = workspace().join("tests/diagnostics");
    for extension in ["json", "yaml"] {
        for name in file_stems(&folder, extension) {
            let file = format!("{name}.{extension}");
            let text = fs::read_to_string(folder.join(&file)).unwrap();
            let messages = messages(&file, &text, &catalogue);
            assert_golden(&format!("diagnostics/{name}.txt"), &messages);
        }
    }
}

#[test]
fn each_finding_has_a_place_and_a_help() {
    let folder = workspace().join("tests/diagnostics");
    for name in file_stems(&folder, "txt") {
        let text = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        for finding in text.split("\n\n").filter(|part| part.contains('[')) {
            let has_place =
                finding.contains(&format!("--> {name}.")) || finding.contains("--> files/");
            assert!(has_place, "{finding}");
            assert!(finding.contains("= help: "), "{finding}");
        }
    }
}

/// A truncated or changed document is either generated or rejected.
#[test]
fn a_damaged_document_does_not_make_the_generator_panic() {
    let catalogue = catalogue();
    let mut random = fastrand::Rng::with_seed(1);
    for document in [
        "tests/fixtures/pets.yaml",
        "tests/fixtures/compositions.yaml",
        "tests/fixtures/bodies.yaml",
        "tests/fixtures/prose.yaml",
        "tests/diagnostics/one-line.json",
    ] {
        let text = statusquo_tests::read(document);
        let words: Vec<&str> = text.split_inclusive([' ', '\n', ',']).collect();
        for _ in 0..100 {
            let mut damaged: Vec<&str> = words.clone();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(0..damaged.len());
                match random.u8(0..3) {
                    0 => {
                        damaged.remove(at);
                    }
                    1 => damaged.insert(at, words[random.usize(0..words.len())]),
                    _ => damaged.truncate(at.max(1)),
                }
            }
            let source = Source::new("damaged", &damaged.concat());
            if let Err(findings) = statusquo_codegen::generate(
                &source,
                &catalogue,
                &statusquo_codegen::Options::default(),
            ) {
                assert!(
                    !render(&findings, &source, OutputStyle::Plain, Detail::All)
                        .text
                        .is_empty()
                );
            }
        }
    }
}
