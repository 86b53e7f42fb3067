//! Compares the diff's verdicts with the compiler's: for every row of the table of cases, or for mutations
//! of documents.
//!
//! |`cargo run --release -p statusquo-tests --example compat_check -- [STEP FILE...]`
//!
//! |The rows are also checked with cargo-semver-checks, if that is installed.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a development tool"
)]

use std::{collections::BTreeMap, env, fs, path::Path, process::ExitCode};

use statusquo_codegen::{
    Options,
    diff::{Diff, Level, Side, diff},
    files::Files,
    source::Source,
};
use statusquo_tests::{
    catalogue, compat_check, diff_cases::ROWS, documents, mutations, schema_values, with_files,
};

/// A change with its diff and the resulting crate.
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
    overestimated: BTreeMap<String, usize>,
    has_semver_checks: bool,
    /// The number of cases checked with cargo-semver-checks, and of those where its level is higher or
    /// lower than the diff's.
    checked: usize,
    higher: usize,
    lower: usize,
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
            check("table", &source(&text), rows, &mut tally);
        }
        Some((step, files)) => {
            let step = step.parse().unwrap();
            for file in files {
                let text = fs::read_to_string(file).unwrap();
                let folder = Path::new(file).parent().unwrap();
                let source = with_files(Source::new(file, &text), &folder.to_string_lossy());
                let tree = schema_values::tree(&source.text);
                let base = Source {
                    text: tree.to_string(),
                    ..source
                };
                let changed = mutations::every(&tree, step).map(|mutation| {
                    let name = format!("{} at {}", mutation.change, mutation.pointer);
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
                check(&name, &base, changed, &mut tally);
            }
        }
    }
    println!(
        "{} changes: {} break the program, {} of them missed; {} reported as major but compile",
        tally.cases,
        tally.breaking,
        tally.missed,
        tally.overestimated.values().sum::<usize>()
    );
    for (rules, count) in &tally.overestimated {
        println!("    {count} by {rules}");
    }
    if tally.checked > 0 {
        println!(
            "cargo-semver-checks on {} changes: a higher level than the diff for {}, a lower one for {}",
            tally.checked, tally.higher, tally.lower
        );
    }
    ExitCode::from(u8::from(tally.missed + tally.higher > 0))
}

fn check(
    name: &str,
    base: &Source,
    heads: impl Iterator<Item = (String, Source)>,
    tally: &mut Tally,
) {
    let catalogue = catalogue();
    let old = Side::read(base, &catalogue, &Options::default()).unwrap();
    let base_files = compat_check::crate_files(base, &catalogue).unwrap();
    let mut cases = Vec::new();
    for (name, source) in heads {
        let (Ok(side), Some(files)) = (
            Side::read(&source, &catalogue, &Options::default()),
            compat_check::crate_files(&source, &catalogue),
        ) else {
            continue;
        };
        // An unchanged crate cannot break anything.
        if files == base_files {
            continue;
        }
        let diff = diff(&old, &side);
        cases.push(Case { name, diff, files });
    }
    // The number of crates is limited by disk space.
    for cases in cases.chunks(40) {
        let heads: Vec<_> = cases.iter().map(|case| case.files.clone()).collect();
        let folder = documents::target().join("compat_check").join(name);
        let errors = compat_check::check(&base_files, &heads, &folder);
        for (case, error) in cases.iter().zip(errors) {
            compare_with_compiler(name, case, error, tally);
            if tally.has_semver_checks {
                let folder = documents::target().join("compat_check/semver");
                let theirs = compat_check::semver_checks(&base_files, &case.files, &folder);
                compare_with_semver_checks(name, case, theirs, tally);
            }
        }
    }
}

fn compare_with_semver_checks(document: &str, case: &Case, theirs: Level, tally: &mut Tally) {
    let ours = case.diff.level.unwrap_or(Level::Patch);
    tally.checked += 1;
    if theirs != ours {
        println!(
            "{document}: {}: {ours}, cargo-semver-checks: {theirs}",
            case.name
        );
    }
    tally.higher += usize::from(theirs > ours);
    tally.lower += usize::from(theirs < ours);
}

fn compare_with_compiler(document: &str, case: &Case, error: Option<String>, tally: &mut Tally) {
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
            let reasons: Vec<_> = majors
                .map(|finding| {
                    let advice = finding.rust.first().map(|change| change.advice.as_str());
                    format!("{}: {}", finding.rule, advice.unwrap_or("by rule"))
                })
                .collect();
            println!(
                "{document}: {}: reported as major, but compiles: {}",
                case.name,
                reasons.join("; ")
            );
            let rules: Vec<_> = reasons
                .iter()
                .map(|reason| reason.split(": ").next().unwrap_or_default())
                .collect();
            *tally.overestimated.entry(rules.join(", ")).or_default() += 1;
        }
        None => {}
    }
}
