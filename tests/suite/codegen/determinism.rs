//! Equal input generates equal bytes, regardless of the order of map keys.

use statusquo_codegen::{files::Files, model::Catalogue, source::Source};
use statusquo_tests::{catalogue, documents::file_stems, own_spec, source, workspace};

fn generate(source: &Source, catalogue: &Catalogue) -> Files {
    match statusquo_codegen::generate(source, catalogue, &statusquo_codegen::Options::default()) {
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

/// A document generates the same crate if its keys have another order, and if it is published by a server as
/// one file, in JSON or in YAML.
#[test]
fn the_order_of_keys_and_the_notation_do_not_matter() {
    let (empty, catalogue) = (Catalogue::empty(), catalogue());
    let documents = file_stems(&workspace().join("tests/fixtures"), "yaml")
        .into_iter()
        .map(|name| (format!("tests/fixtures/{name}.yaml"), &catalogue));
    // Generating the largest fixture takes as long as all others.
    let documents = documents.filter(|(path, _)| !path.ends_with("/reserved.yaml"));
    for (path, catalogue) in documents.chain([("spec/status.yaml".to_owned(), &empty)]) {
        let source = source(&path);
        let generated = generate(&source, catalogue);
        let mut reordered = source.clone();
        reordered.text = reversed(&serde_yaml::from_str(&source.text).unwrap());
        let text = &reordered.text;
        assert!(
            text.find("\"paths\"") < text.find("\"openapi\""),
            "{path} is in reverse order"
        );
        let published = statusquo_codegen::publish(&source).unwrap();
        let published =
            [published.json, published.yaml].map(|text| Source::new("published", &text));
        for equal in [reordered].into_iter().chain(published) {
            assert_eq!(
                generate(&equal, catalogue),
                generated,
                "{path}: {}",
                equal.name
            );
        }
    }
}
