//! Asks the compiler whether a change of a document breaks those who use the crate, and holds the diff against
//! what it says: of every row of the table, and of mutations of documents.
//!
//! `cargo run --release -p statusquo-tests --example compat_check -- [STEP FILE...]`
//!
//! Of the rows it asks cargo-semver-checks as well, if that is installed.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a tool of the tests"
)]

use std::{collections::BTreeMap, env, fs, path::Path, process::ExitCode};

use statusquo_codegen::{
    diff::{Diff, Level, Side, diff},
    files::Files,
    source::Source,
};
use statusquo_tests::{
    catalogue, compat_check, diff_cases::ROWS, documents, mutations, schema_values, with_files,
};

/// A change, with what the diff says and the crate that comes of it.
struct Case {
    name: String,
    diff: Diff,
    files: Files,
}

#[derive(Default)]
struct Tally {
    cases: usize,
    breaking: usize,
    missed: usize,
    over: BTreeMap<String, usize>,
    has_semver_checks: bool,
    /// Those that cargo-semver-checks was asked about, those of which it says more than the diff, and less.
    checked: usize,
    above: usize,
    below: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut tally = Tally::default();
    let source = |text: &str| Source::new("document.json", text);
    match arguments.split_first() {
        None => {
            tally.has_semver_checks = compat_check::has_semver_checks();
            let text = ROWS[0].texts().0;
            let rows = ROWS
                .iter()
                .map(|row| (row.name.to_owned(), source(&row.texts().1)));
            hold("table", &source(&text), rows, &mut tally);
        }
        Some((step, files)) => {
            let step = step.parse().unwrap();
            for file in files {
                let text = fs::read_to_string(file).unwrap();
                let folder = Path::new(file).parent().unwrap();
                let whole = with_files(Source::new(file, &text), &folder.to_string_lossy());
                let tree = schema_values::tree(&whole.text);
                let base = Source {
                    text: tree.to_string(),
                    ..whole
                };
                let changed = mutations::every(&tree, step).map(|mutation| {
                    let name = format!("{} at {}", mutation.what, mutation.pointer);
                    let text = mutation.document.to_string();
                    (
                        name,
                        Source {
                            text,
                            ..base.clone()
                        },
                    )
                });
                let name = Path::new(file).file_stem().unwrap().to_string_lossy();
                hold(&name, &base, changed, &mut tally);
            }
        }
    }
    println!(
        "{} changes: {} break the witness, {} of them are missed; {} are called major and compile",
        tally.cases,
        tally.breaking,
        tally.missed,
        tally.over.values().sum::<usize>()
    );
    for (rules, count) in &tally.over {
        println!("    {count} by {rules}");
    }
    if tally.checked > 0 {
        println!(
            "cargo-semver-checks on {}: more than the diff says of {}, less of {}",
            tally.checked, tally.above, tally.below
        );
    }
    ExitCode::from(u8::from(tally.missed + tally.above > 0))
}

fn hold(
    name: &str,
    base: &Source,
    heads: impl Iterator<Item = (String, Source)>,
    tally: &mut Tally,
) {
    let catalogue = catalogue();
    let old = Side::read(base, &catalogue).unwrap();
    let own = compat_check::of(base, &catalogue).unwrap();
    let mut cases = Vec::new();
    for (name, source) in heads {
        let (Ok(side), Some(files)) = (
            Side::read(&source, &catalogue),
            compat_check::of(&source, &catalogue),
        ) else {
            continue;
        };
        // What is no other crate breaks nobody.
        if files == own {
            continue;
        }
        let diff = diff(&old, &side);
        cases.push(Case { name, diff, files });
    }
    // As many at once as a disk can hold.
    for cases in cases.chunks(40) {
        let heads: Vec<_> = cases.iter().map(|case| case.files.clone()).collect();
        let folder = documents::target().join("witness").join(name);
        let errors = compat_check::against(&own, &heads, &folder);
        for (case, error) in cases.iter().zip(errors) {
            one(name, case, error, tally);
            if tally.has_semver_checks {
                let folder = documents::target().join("witness/semver");
                let theirs = compat_check::semver_checks(&own, &case.files, &folder);
                other(name, case, theirs, tally);
            }
        }
    }
}

fn other(document: &str, case: &Case, theirs: Level, tally: &mut Tally) {
    let ours = case.diff.level.unwrap_or(Level::Patch);
    tally.checked += 1;
    if theirs != ours {
        println!(
            "{document}: {}: {ours}, cargo-semver-checks: {theirs}",
            case.name
        );
    }
    tally.above += usize::from(theirs > ours);
    tally.below += usize::from(theirs < ours);
}

fn one(document: &str, case: &Case, error: Option<String>, tally: &mut Tally) {
    tally.cases += 1;
    let is_major = case.diff.level == Some(Level::Major);
    match error {
        Some(error) => {
            tally.breaking += 1;
            if !is_major {
                tally.missed += 1;
                println!("{document}: {}: missed: {error}", case.name);
            }
        }
        None if is_major => {
            let majors = case.diff.findings.iter();
            let majors = majors.filter(|finding| finding.level == Level::Major);
            let told: Vec<_> = majors
                .map(|finding| {
                    let advice = finding.rust.first().map(|one| one.advice.as_str());
                    format!("{}: {}", finding.rule, advice.unwrap_or("by rule"))
                })
                .collect();
            println!(
                "{document}: {}: called major: {}",
                case.name,
                told.join("; ")
            );
            let rules: Vec<_> = told
                .iter()
                .map(|one| one.split(": ").next().unwrap_or_default())
                .collect();
            *tally.over.entry(rules.join(", ")).or_default() += 1;
        }
        None => {}
    }
}
