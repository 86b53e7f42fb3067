//! Equal input generates equal bytes, and the order of map keys only decides the order of what is generated.

use statusquo_codegen::{
    Options,
    diff::{Side, WireRisk, diff},
    files::Files,
    model::Catalogue,
    source::Source,
};
use statusquo_tests::{catalogue, documents::file_stems, own_spec, source, workspace};

fn generate(source: &Source, catalogue: &Catalogue) -> Files {
    match statusquo_codegen::generate(source, catalogue, &Options::default()) {
        Ok(generated) => generated.files,
        Err(findings) => panic!("{findings:#?}"),
    }
}

#[test]
fn generating_twice_is_deterministic() {
    let source = own_spec();
    let empty = Catalogue::empty();
    assert_eq!(generate(&source, &empty), generate(&source, &empty));
}

/// Returns a document as JSON, with the keys of each map in reverse order.
fn reversed(value: &serde_yaml::Value) -> String {
    match value {
        serde_yaml::Value::Mapping(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}:{}", reversed(key), reversed(value)))
                .collect();
            members.reverse();
            format!("{{{}}}", members.join(","))
        }
        serde_yaml::Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(reversed).collect();
            format!("[{}]", items.join(","))
        }
        value => serde_json::to_string(value).unwrap(),
    }
}

/// Calls a function with each document of `tests/fixtures` and `spec/status.yaml`, and its catalogue.
fn for_each_document(check: impl Fn(&str, &Source, &Catalogue)) {
    let (empty, catalogue) = (Catalogue::empty(), catalogue());
    let documents = file_stems(&workspace().join("tests/fixtures"), "yaml")
        .into_iter()
        .map(|name| (format!("tests/fixtures/{name}.yaml"), &catalogue));
    // Generating the largest fixture takes as long as all others.
    let documents = documents.filter(|(path, _)| !path.ends_with("/reserved.yaml"));
    for (path, catalogue) in documents.chain([("spec/status.yaml".to_owned(), &empty)]) {
        check(&path, &source(&path), catalogue);
    }
}

/// A document generates the same crate if it is published by a server as one file, in JSON or in YAML.
#[test]
fn the_notation_does_not_matter() {
    for_each_document(|path, source, catalogue| {
        let generated = generate(source, catalogue);
        let published = statusquo_codegen::publish(source).unwrap();
        for text in [published.json, published.yaml] {
            let published = Source::new("published", &text);
            assert_eq!(generate(&published, catalogue), generated, "{path}");
        }
    });
}

/// If the keys of a document are in another order, then only the order of arguments changes: neither a name nor what
/// is sent.
#[test]
fn the_order_of_keys_only_changes_the_order_of_arguments() {
    for_each_document(|path, source, catalogue| {
        let mut reordered = source.clone();
        reordered.text = reversed(&serde_yaml::from_str(&source.text).unwrap());
        let text = &reordered.text;
        assert!(
            text.find("\"paths\"") < text.find("\"openapi\""),
            "{path} is in reverse order"
        );
        let side = |source: &Source| Side::read(source, catalogue, &Options::default()).unwrap();
        let diff = diff(&side(source), &side(&reordered));
        assert_eq!(diff.coverage.differences, 0, "{path}");
        assert!(diff.notes.is_empty(), "{path}: {:#?}", diff.notes);
        for finding in diff.findings {
            assert_eq!(finding.wire, WireRisk::default(), "{path}: {finding:#?}");
            for change in &finding.rust {
                let is_order = change.advice.contains("takes its arguments in the order");
                assert!(is_order, "{path}: {finding:#?}");
            }
        }
    });
}
