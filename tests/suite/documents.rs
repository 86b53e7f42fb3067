//! The small documents: their goldens, their crates and the programs that use the crates.

use statusquo_codegen::{model::Counts, report::Rule};
use statusquo_tests::{
    catalogue,
    documents::{cargo, file_stems, generate_all, target, write},
    golden::assert_golden,
    source, workspace,
};

/// The generated files of each document that have a golden; the others would show nothing new.
const GOLDENS: &[(&str, &[&str])] = &[
    ("bodies", &["requests"]),
    ("calls", &["client"]),
    ("codes", &["client"]),
    ("compositions", &["types"]),
    (
        "empty",
        &["client", "mock", "requests", "responses", "server", "types"],
    ),
    ("files", &["responses", "types"]),
    ("headers", &["responses"]),
    ("constraints", &["constraints", "requests"]),
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
    ("sets", &["responses", "server"]),
    ("statuses", &["responses"]),
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
            let text = &document.files[&format!("src/{file}.rs")];
            assert_golden(&format!("goldens/{name}/{file}.rs"), text);
        }
        assert_golden(&format!("goldens/{name}/warnings.txt"), &document.warnings);
    }
}

/// Each part of a document is generated, or a warning reports that it is left out.
#[test]
fn everything_that_is_left_out_has_a_warning() {
    let catalogue = catalogue();
    for folder in ["tests/documents", "tests/diagnostics"] {
        for name in file_stems(&workspace().join(folder), "yaml") {
            let source = source(&format!("{folder}/{name}.yaml"));
            let Ok((model, warnings)) = statusquo_codegen::model(&source, &catalogue) else {
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
                assert!(
                    has(&[Rule::IgnoredParameter, Rule::PathParameter]),
                    "{name}"
                );
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

/// The arguments and environment variables of a run of cargo.
type Run<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

#[test]
fn every_document_becomes_a_usable_crate() {
    let folder = target().join("documents");
    write(&generate_all(), &folder);
    let features = "client-base,gzip,mock,serde,server";
    let runs: [Run<'_>; 3] = [
        (
            &[
                "clippy",
                "--workspace",
                "--lib",
                "--features",
                features,
                "--quiet",
                "--",
            ],
            &[],
        ),
        (
            &[
                "doc",
                "--workspace",
                "--no-deps",
                "--features",
                features,
                "--quiet",
            ],
            &[("RUSTDOCFLAGS", "-Dwarnings")],
        ),
        (
            &["test", "--workspace", "--features", features, "--quiet"],
            &[],
        ),
    ];
    for (arguments, variables) in runs {
        let mut arguments = arguments.to_vec();
        if arguments.contains(&"clippy") {
            arguments.extend(LINTS.split_whitespace());
        }
        // Incremental compilation would only make later builds faster and costs more time than it saves.
        let variables = [variables, &[("CARGO_INCREMENTAL", "0")]].concat();
        let output = cargo(&folder, &arguments, &variables);
        assert!(
            output.status.success(),
            "cargo {arguments:?}\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
