//! What a change of a document means.

use std::collections::BTreeSet;

use statusquo_codegen::{
    diff::{Level, Side, diff},
    model::Catalogue,
    source::Source,
};
use statusquo_tests::{
    catalogue, compat_check, diff_cases::ROWS, documents, mutations, own_spec, source,
};

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
/// `cargo run -p statusquo-tests --example compat_check`.
#[test]
fn the_compiler_agrees() {
    let catalogue = catalogue();
    let crate_of = |text: &str| {
        let files = compat_check::of(&Source::new("shop.yaml", text), &catalogue);
        files.unwrap_or_else(|| panic!("{text}"))
    };
    let base = crate_of(&ROWS[0].texts().0);
    let rows: Vec<_> = ROWS.iter().step_by(3).collect();
    let heads: Vec<_> = rows.iter().map(|row| crate_of(&row.texts().1)).collect();
    let folder = documents::target().join("witness/suite");
    let errors = compat_check::against(&base, &heads, &folder);
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

/// Names that change places compile as before, and mean something else.
#[test]
fn names_that_change_places() {
    let document = |paths: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: Pets, version: 1.0.0}}\npaths:\n{paths}\ncomponents: {{schemas: {{}}}}\n"
        )
    };
    let operation = |path: &str, id: &str| {
        format!(
            "  {path}:\n    get: {{operationId: {id}, responses: {{'200': {{description: Fine.}}}}}}\n"
        )
    };
    let pair =
        |one: &str, other: &str| document(&(operation("/cats", one) + &operation("/dogs", other)));
    let parameters = "parameters: [{name: from, in: path, required: true, schema: {type: string}}, \
                      {name: to, in: path, required: true, schema: {type: string}}]";
    let ways = |path: &str| {
        document(&format!(
            "  {path}:\n    {parameters}\n    get: {{operationId: go, responses: {{'200': {{description: Fine.}}}}}}\n"
        ))
    };
    let catalogue = catalogue();
    for (base, head) in [
        (pair("cats", "dogs"), pair("dogs", "cats")),
        (ways("/{from}/{to}"), ways("/{to}/{from}")),
    ] {
        let diff = diff(&side(&base, &catalogue), &side(&head, &catalogue));
        let rules: BTreeSet<&str> = diff.findings.iter().map(|one| one.rule.id()).collect();
        assert!(rules.contains("operation-moved"), "{rules:?}");
        assert_eq!(diff.level, Some(Level::Major));
        assert!(diff.wire().old_clients());
        assert!(diff.coverage.left.is_empty());
    }
}

/// What no finding tells is not counted as told by one.
#[test]
fn what_is_only_written_otherwise_is_no_finding() {
    let catalogue = catalogue();
    let text =
        |paths: &str| format!("openapi: 3.0.3\ninfo: {{title: A, version: 1.0.0}}\n{paths}\n");
    let operation = "get: {responses: {'200': {description: Fine.}}}";
    for (base, head) in [
        (format!("paths: {{/a: {{{operation}}}}}"), format!("paths: {{/a: {{{operation}}}, /b: {{}}}}")),
        (format!("paths: {{/a: {{{operation}}}}}"), format!("servers: []\npaths: {{/a: {{{operation}}}}}")),
        (
            "paths: {/a: {get: {parameters: [{name: X-ResponseKey, in: header, schema: {type: string}}], responses: {'200': {description: Fine.}}}}}".to_owned(),
            "paths: {/a: {get: {parameters: [{name: x-key, in: header, schema: {type: string}}], responses: {'200': {description: Fine.}}}}}".to_owned(),
        ),
        (
            "paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/R'}}}}}\ncomponents: {responses: {R: {description: Fine.}}}".to_owned(),
            format!("paths: {{/a: {{{operation}}}}}"),
        ),
    ] {
        let diff = diff(
            &side(&text(&base), &catalogue),
            &side(&text(&head), &catalogue),
        );
        let told: Vec<_> = diff.findings.iter().map(|one| one.rule.id()).collect();
        assert_eq!((diff.coverage.in_findings, told.as_slice()), (0, &[][..]), "{head}");
        assert!(diff.coverage.places > 0 && diff.coverage.left.is_empty(), "{head}");
    }
}
