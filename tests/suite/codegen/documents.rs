//! The small documents: their goldens, their crates and the programs that use the crates.

use std::{path::PathBuf, sync::LazyLock};

use statusquo_codegen::{Options, model::Counts, report::Rule};
use statusquo_tests::{
    catalogue,
    documents::{DERIVED, PROGRAMS, cargo, file_stems, generate_all, target, write},
    golden::assert_golden,
    source, workspace,
};

/// The generated files of each document that have a golden, by name, or by name and extension if that is not `rs`; the others would show nothing new.
const GOLDENS: &[(&str, &[&str])] = &[
    ("bodies", &["requests"]),
    ("calls", &["client"]),
    ("choices", &["types"]),
    ("codes", &["client"]),
    ("compositions", &["types"]),
    (
        "empty",
        &["client", "mock", "requests", "responses", "server", "types"],
    ),
    ("construction", &["requests", "types"]),
    ("files", &["responses", "types"]),
    ("formats", &["requests", "responses", "types"]),
    ("handlers", &["responses", "server"]),
    ("headers", &["responses"]),
    ("constraints", &["constraints", "requests"]),
    ("instants", &["types"]),
    ("media", &["mock"]),
    ("names", &["types"]),
    ("parameters", &["requests"]),
    (
        "pets",
        &[
            "client",
            "lib",
            "mock",
            "requests",
            "responses",
            "server",
            "types",
        ],
    ),
    ("prose", &["lib", "requests", "responses", "types"]),
    ("quickstart", &[]),
    ("reserved", &[]),
    ("security", &["client", "requests", "security", "server"]),
    ("serving", &["server"]),
    ("servers", &["requests"]),
    ("sets", &["responses", "server"]),
    ("statuses", &["responses"]),
    ("streams", &["requests", "responses"]),
    ("tags", &["mock", "server"]),
    ("types", &["types"]),
];

#[test]
fn generated_files_equal_their_goldens() {
    for document in generate_all() {
        let name = &document.name;
        let (_, files) = GOLDENS
            .iter()
            .find(|(document, _)| document == name)
            .unwrap();
        for file in *files {
            let file = if file.contains('.') {
                (*file).to_owned()
            } else {
                format!("{file}.rs")
            };
            let text = &document.files[&format!("src/{file}")];
            assert_golden(&format!("goldens/{name}/{file}"), text);
        }
        assert_golden(&format!("goldens/{name}/warnings.txt"), &document.warnings);
    }
}

/// Each part of a document is generated, or a warning reports that it is left out.
#[test]
fn everything_that_is_left_out_has_a_warning() {
    let catalogue = catalogue();
    for folder in ["tests/fixtures", "tests/diagnostics"] {
        for name in file_stems(&workspace().join(folder), "yaml") {
            let source = source(&format!("{folder}/{name}.yaml"));
            let Ok((model, warnings)) =
                statusquo_codegen::model(&source, &catalogue, &Options::default())
            else {
                continue;
            };
            let Counts {
                operations,
                responses,
                parameters,
                schemas,
            } = model.counts;
            assert_eq!(operations.declared, operations.lowered, "{name}");
            assert_eq!(responses.declared, responses.lowered, "{name}");
            let has = |rules: &[Rule]| warnings.iter().any(|warning| rules.contains(&warning.rule));
            if parameters.lowered < parameters.declared {
                let rules = [
                    Rule::IgnoredParameter,
                    Rule::PathParameter,
                    Rule::WrongValue,
                ];
                assert!(has(&rules), "{name}");
            }
            if schemas.lowered < schemas.declared {
                let rules = [Rule::ForbiddenContent, Rule::NoType, Rule::UnsupportedPart];
                assert!(has(&rules), "{name}");
            }
        }
    }
}

/// The lints of the workspace's own code, and some more.
const LINTS: &str = "-Dwarnings -Wclippy::pedantic -Wclippy::unwrap_used -Wclippy::expect_used \
                     -Wclippy::indexing_slicing -Wmissing_docs -Wunreachable_pub";

/// The features of the crates, without TLS.
const FEATURES: &str = "client-base,gzip,mock,serde,server";

/// Runs cargo in the workspace with the crates of all documents.
fn run(arguments: &[&str], variables: &[(&str, &str)]) {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = target().join("documents");
        write(&generate_all(), &folder);
        folder
    });
    // Incremental compilation would only make later builds faster and costs more time than it saves.
    let variables = [variables, &[("CARGO_INCREMENTAL", "0")]].concat();
    let output = cargo(&FOLDER, arguments, &variables);
    assert!(
        output.status.success(),
        "cargo {arguments:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The programs in `tests/fixtures` use the crates over sockets.
#[test]
fn the_programs_of_all_documents_pass() {
    run(
        &["test", "--quiet", "--package", PROGRAMS, "--test", PROGRAMS],
        &[],
    );
}

/// Each crate agrees with the text of its document about statuses, and each request and response survives a round
/// trip over sockets.
#[test]
#[ignore = "takes a minute; `.ci/run` includes it"]
fn the_derived_programs_of_all_documents_pass() {
    run(
        &["test", "--quiet", "--package", DERIVED, "--test", DERIVED],
        &[],
    );
}

#[test]
#[ignore = "takes a minute; `.ci/run` includes it"]
fn generated_crates_and_programs_have_no_warnings() {
    let mut arguments = vec!["clippy", "--quiet", "--workspace", "--lib", "--test"];
    arguments.extend([PROGRAMS, "--test", DERIVED, "--features", FEATURES, "--"]);
    arguments.extend(LINTS.split_whitespace());
    run(&arguments, &[]);
}

/// Descriptions become neither broken links nor tests.
#[test]
#[ignore = "takes a minute; `.ci/run` includes it"]
fn the_docs_of_generated_crates_have_no_warnings() {
    run(
        &[
            "doc",
            "--quiet",
            "--workspace",
            "--no-deps",
            "--features",
            FEATURES,
        ],
        &[("RUSTDOCFLAGS", "-Dwarnings")],
    );
    run(
        &[
            "test",
            "--quiet",
            "--workspace",
            "--doc",
            "--features",
            FEATURES,
        ],
        &[],
    );
}
