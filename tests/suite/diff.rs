//! What a change of a document means.

use std::collections::BTreeSet;

use statusquo_codegen::{
    diff::{Level, Side, diff},
    model::Catalogue,
    source::Source,
};
use statusquo_tests::{catalogue, changes::ROWS, documents, mutations, own_spec, source, witness};

fn side(text: &str, catalogue: &Catalogue) -> Side {
    let source = Source::new("shop.yaml", text);
    Side::read(&source, catalogue).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

#[test]
fn every_row_of_the_table() {
    let mut wrong = Vec::new();
    let catalogue = catalogue();
    let base = side(&ROWS[0].texts().0, &catalogue);
    for row in ROWS {
        let diff = diff(&base, &side(&row.texts().1, &catalogue));
        let rules: BTreeSet<&str> = diff.findings.iter().map(|one| one.rule.id()).collect();
        let wire = (diff.wire().old_clients(), diff.wire().new_clients());
        let level = diff.level.unwrap_or(Level::Patch);
        let expected: BTreeSet<&str> = row.rules.iter().copied().collect();
        if (rules != expected) || wire != row.wire || level != row.level {
            wrong.push(format!(
                "{}: {rules:?} {wire:?} {level}\n    {:#?}",
                row.name, diff.findings
            ));
        }
        assert!(
            diff.coverage.left.is_empty(),
            "{}: {:?}",
            row.name,
            diff.coverage
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The compiler itself says of some rows what the diff says: all of them are for
/// `cargo run -p statusquo-tests --example witness`.
#[test]
fn the_compiler_agrees() {
    let catalogue = catalogue();
    let crate_of = |text: &str| {
        let files = witness::of(&Source::new("shop.yaml", text), &catalogue);
        files.unwrap_or_else(|| panic!("{text}"))
    };
    let base = crate_of(&ROWS[0].texts().0);
    let rows: Vec<_> = ROWS.iter().step_by(3).collect();
    let heads: Vec<_> = rows.iter().map(|row| crate_of(&row.texts().1)).collect();
    let folder = documents::target().join("witness/suite");
    let errors = witness::against(&base, &heads, &folder);
    for (row, errors) in rows.iter().zip(errors) {
        assert_eq!(errors.is_some(), row.breaks, "{}: {errors:?}", row.name);
    }
}

/// A sample of the mutations; all of them are for `cargo run -p statusquo-tests --example mutations`.
#[test]
fn every_place_that_differs_is_told() {
    let documents = [
        "bodies",
        "compositions",
        "files",
        "headers",
        "limits",
        "names",
        "parameters",
        "pets",
        "security",
        "sets",
        "types",
    ];
    let documents = documents.map(|name| source(&format!("tests/documents/{name}.yaml")));
    let own = (own_spec(), true, 160);
    let others = documents.into_iter().map(|source| (source, false, 20));
    for (source, is_catalogue, step) in std::iter::once(own).chain(others) {
        let tally = mutations::hold(&source, is_catalogue, step, |line| {
            panic!("{}: {line}", source.name);
        });
        assert!(
            tally.found > 3 && tally.counted > 1,
            "{}: {tally}",
            source.name
        );
    }
}
