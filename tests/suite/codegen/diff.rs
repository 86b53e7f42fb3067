//! Tests of comparing two documents.

use std::collections::BTreeSet;

use statusquo_codegen::{
    Options,
    diff::{Level, Side, diff},
    model::Catalogue,
    source::Source,
};
use statusquo_tests::{
    catalogue, compat_check,
    diff_cases::ROWS,
    documents::{self, file_stems},
    mutations, own_spec, source, workspace,
};

fn side(text: &str, catalogue: &Catalogue) -> Side {
    let source = Source::new("shop.yaml", text);
    Side::read(&source, catalogue, &Options::default())
        .unwrap_or_else(|findings| panic!("{findings:#?}"))
}

#[test]
fn every_row_has_the_expected_findings() {
    let mut wrong = Vec::new();
    let catalogue = catalogue();
    let base = side(&ROWS[0].texts().0, &catalogue);
    for row in ROWS {
        let diff = diff(&base, &side(&row.texts().1, &catalogue));
        let rules: BTreeSet<&str> = diff
            .findings
            .iter()
            .map(|finding| finding.rule.id())
            .collect();
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
            diff.coverage.uncovered.is_empty(),
            "{}: {:?}",
            row.name,
            diff.coverage
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The compiler agrees with the diff about a sample of the rows; `cargo run -p statusquo-tests --example
/// compat_check` checks all of them.
#[test]
#[ignore = "takes a minute; `.ci/run` includes it"]
fn the_compiler_agrees() {
    let catalogue = catalogue();
    let crate_of = |text: &str| {
        let files = compat_check::crate_files(&Source::new("shop.yaml", text), &catalogue);
        files.unwrap_or_else(|| panic!("{text}"))
    };
    let base = crate_of(&ROWS[0].texts().0);
    let rows: Vec<_> = ROWS.iter().step_by(3).collect();
    let heads: Vec<_> = rows.iter().map(|row| crate_of(&row.texts().1)).collect();
    let folder = documents::target().join("compat_check/suite");
    let errors = compat_check::check(&base, &heads, &folder);
    let rows = rows.iter().zip(errors);
    let wrong: Vec<_> = rows
        .filter(|(row, errors)| errors.is_some() != row.breaks)
        .map(|(row, errors)| (row.name, errors))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_mutation_is_reported() {
    check_mutations(&["pets"]);
}

#[test]
#[ignore = "takes half a minute; `.ci/run` includes it"]
fn every_mutation_of_more_documents_is_reported() {
    check_mutations(&[
        "bodies",
        "compositions",
        "files",
        "headers",
        "constraints",
        "names",
        "parameters",
        "security",
        "sets",
        "types",
    ]);
    check_document_mutations(&own_spec(), true, 50);
}

fn check_mutations(fixtures: &[&str]) {
    for name in fixtures {
        check_document_mutations(&source(&format!("tests/fixtures/{name}.yaml")), false, 20);
    }
}

/// Checks one of each `step` mutations; `cargo run -p statusquo-tests --example mutations` checks all of them.
fn check_document_mutations(source: &Source, is_catalogue: bool, step: usize) {
    let tally = mutations::check(source, is_catalogue, step, |line| {
        panic!("{}: {line}", source.name);
    });
    assert!(
        tally.found > 0 && tally.counted > 0,
        "{}: {tally}",
        source.name
    );
}

/// Code that uses swapped names compiles, but behaves differently.
#[test]
fn swapped_names_are_major_changes() {
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
        |cats: &str, dogs: &str| document(&(operation("/cats", cats) + &operation("/dogs", dogs)));
    let parameters = "parameters: [{name: from, in: path, required: true, schema: {type: string}}, \
                      {name: to, in: path, required: true, schema: {type: string}}]";
    let route = |path: &str| {
        document(&format!(
            "  {path}:\n    {parameters}\n    get: {{operationId: go, responses: {{'200': {{description: Fine.}}}}}}\n"
        ))
    };
    let catalogue = catalogue();
    for (base, head) in [
        (pair("cats", "dogs"), pair("dogs", "cats")),
        (route("/{from}/{to}"), route("/{to}/{from}")),
    ] {
        let diff = diff(&side(&base, &catalogue), &side(&head, &catalogue));
        let rules: BTreeSet<&str> = diff
            .findings
            .iter()
            .map(|finding| finding.rule.id())
            .collect();
        assert!(rules.contains("operation-moved"), "{rules:?}");
        assert_eq!(diff.level, Some(Level::Major));
        assert!(diff.wire().old_clients());
        assert!(diff.coverage.uncovered.is_empty());
    }
}

/// Differences that no finding reports are not counted as in findings.
#[test]
fn equivalent_notations_are_not_findings() {
    let catalogue = catalogue();
    let text =
        |paths: &str| format!("openapi: 3.0.3\ninfo: {{title: A, version: 1.0.0}}\n{paths}\n");
    let operation = "get: {responses: {'200': {description: Fine.}}}";
    for (base, head) in [
        (format!("paths: {{/a: {{{operation}}}}}"), format!("paths: {{/a: {{{operation}}}, /b: {{}}}}")),
        (format!("paths: {{/a: {{{operation}}}}}"), format!("servers: []\npaths: {{/a: {{{operation}}}}}")),
        (
            "paths: {/a: {get: {parameters: [{name: X-Key, in: header, schema: {type: string}}], responses: {'200': {description: Fine.}}}}}".to_owned(),
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
        let rules: Vec<_> = diff.findings.iter().map(|finding| finding.rule.id()).collect();
        assert_eq!((diff.coverage.in_findings, rules.as_slice()), (0, &[][..]), "{head}");
        assert!(diff.coverage.differences > 0 && diff.coverage.uncovered.is_empty(), "{head}");
    }
}

/// Small changes whose meaning depends on other parts of the document: each with its rules, and whether old clients are
/// at risk.
#[test]
fn changes_have_the_meaning_of_their_surroundings() {
    let catalogue = catalogue();
    let text = |parameter: &str, schema: &str| {
        format!(
            "openapi: 3.0.3
info: {{title: A, version: 1.0.0}}
paths:
  /a:
    post:
      operationId: a
      parameters: [{parameter}]
      requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/S'}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
components:
  schemas:
    S: {schema}
    R: {{type: object, required: [kind, r], properties: {{kind: {{type: string}}, r: {{type: string}}}}}}
    Q: {{type: object, required: [kind, q], properties: {{kind: {{type: string}}, q: {{type: string}}}}}}
"
        )
    };
    let (r, q) = (
        "{$ref: '#/components/schemas/R'}",
        "{$ref: '#/components/schemas/Q'}",
    );
    let mapped = |x: &str, y: &str| {
        let discriminator = format!("{{propertyName: kind, mapping: {{x: {x}, y: {y}}}}}");
        format!("{{oneOf: [{r}, {q}], discriminator: {discriminator}}}")
    };
    let plain = "{name: n, in: query, schema: {type: string}}";
    let unexploded = "{name: n, in: query, explode: false, schema: {type: string}}";
    for (base, head, rules, is_risk) in [
        (
            text(plain, &mapped("R", "Q")),
            text(plain, &mapped("Q", "R")),
            &[
                "discriminator-target-changed",
                "discriminator-target-changed",
            ][..],
            true,
        ),
        (text(plain, r), text(unexploded, r), &[], false),
        (
            text(plain, &format!("{{oneOf: [{r}]}}")),
            text(plain, &format!("{{oneOf: [{r}, {{type: integer}}]}}")),
            &["alternative-added"],
            false,
        ),
    ] {
        let diff = diff(&side(&base, &catalogue), &side(&head, &catalogue));
        let found: Vec<_> = diff
            .findings
            .iter()
            .map(|finding| finding.rule.id())
            .collect();
        assert_eq!(found, rules, "{head}\n{:#?}", diff.findings);
        assert_eq!(diff.wire().old_clients(), is_risk, "{head}");
        if is_risk {
            assert_eq!(diff.level, Some(Level::Major), "{head}");
        }
        assert!(diff.coverage.uncovered.is_empty(), "{head}");
    }
}

/// The items that do not come from a part of the document.
const WITHOUT_ORIGIN: &[&str] = &[
    "Mock: Api",
    "Server::ALL",
    "Status",
    "Status::ALL",
    "Status::allows_content",
    "Status::description",
    "Status::name",
    "Status::origin",
    "Status::reason",
    "Status::reference",
    "Status::required_headers",
    "Status::retry",
    "mock::as_declared",
    "server::Api",
    "server::BASE_PATH",
    "server::router",
];

/// The names of parts that share the origin of the item that has them.
const PARTS: &[&str] = &["0", "Other", "code", "get", "new", "others", "status"];

/// The diff can trace a change of any public item to the document. An item of a new output needs an
/// `ItemOrigin`, unless it is the same for every document.
/// The responses to DELETE become equal to those to PATCH, and one of two equal schemas gets a property.
#[test]
fn an_edit_is_a_finding_of_its_own_operation_only() {
    let catalogue = catalogue();
    let text = |not_found: &str, property: &str| {
        let schema = |properties: &str| {
            format!(
                "content: {{application/json: {{schema: {{type: object, properties: {{{properties}}}}}}}}}"
            )
        };
        format!(
            "openapi: 3.0.3
info: {{title: A, version: 1.0.0}}
paths:
  /a:
    get: {{operationId: getA, responses: {{'200': {{description: Fine., {}}}}}}}
    put: {{operationId: putA, responses: {{'200': {{description: Fine., {}}}}}}}
    patch: {{operationId: patchA, responses: {{'204': {{description: Done.}}, '404': {{description: Not here.}}}}}}
    delete: {{operationId: deleteA, responses: {{'204': {{description: Done.}}{not_found}}}}}
",
            schema(&format!("id: {{type: integer}}{property}")),
            schema("id: {type: integer}"),
        )
    };
    let base = side(&text("", ""), &catalogue);
    let head = text(
        ", '404': {description: Not here.}",
        ", name: {type: string}",
    );
    let diff = diff(&base, &side(&head, &catalogue));
    let findings = diff.findings.iter();
    let found: Vec<_> = findings
        .map(|finding| (finding.rule.id(), finding.subject.as_str()))
        .collect();
    let expected = [
        ("response-added", "`DELETE /a`"),
        ("property-added", "`GET /a`, response `200`"),
    ];
    assert_eq!(found, expected, "{:#?}", diff.findings);
    let items = diff.findings.iter().flat_map(|finding| &finding.rust);
    let items: BTreeSet<_> = items.map(|change| change.item.as_str()).collect();
    let expected = ["DeleteAResponse::NotFound", "types::GetAOkBody.name"];
    assert_eq!(items, expected.into(), "{:#?}", diff.findings);
}

#[test]
fn every_public_item_has_an_origin() {
    let mut unused: BTreeSet<&str> = WITHOUT_ORIGIN.iter().chain(PARTS).copied().collect();
    let names = file_stems(&workspace().join("tests/fixtures"), "yaml");
    let documents = names
        .iter()
        .map(|name| (source(&format!("tests/fixtures/{name}.yaml")), catalogue()));
    let mut wrong = BTreeSet::new();
    for (source, catalogue) in documents.chain([(own_spec(), Catalogue::empty())]) {
        let side = Side::read(&source, &catalogue, &Options::default())
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        for path in side.items_without_origin() {
            let name = path.rsplit([':', '.']).next().unwrap_or_default();
            let known = WITHOUT_ORIGIN.iter().find(|known| **known == path);
            let known = known.or(PARTS.iter().find(|part| **part == name));
            // The variants of credentials are combinations of schemes.
            let is_credential = path.starts_with("security::") && path.contains("Credentials::");
            match known {
                Some(known) => {
                    unused.remove(known);
                }
                None if is_credential => {}
                None => {
                    wrong.insert(format!("{}: {path}", source.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(unused.is_empty(), "not needed: {unused:?}");
}
