//! What a change of a document means.

use std::collections::BTreeSet;

use statusquo_codegen::{
    diff::{Level, Side, diff},
    model::Catalogue,
    source::Source,
};
use statusquo_tests::{catalogue, changes::ROWS};

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
