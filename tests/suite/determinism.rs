//! Equal input gives equal bytes, whatever the order of the maps.

use statusquo_codegen::{files::Files, model::Catalogue, source::Source};
use statusquo_tests::{catalogue, documents::names, own_spec, source, workspace};

fn generate(source: &Source, catalogue: &Catalogue) -> Files {
    match statusquo_codegen::generate(source, catalogue, &statusquo_codegen::Options::default()) {
        Ok(generated) => generated.files,
        Err(findings) => panic!("{findings:#?}"),
    }
}

#[test]
fn twice_is_the_same() {
    let source = own_spec();
    let empty = Catalogue::empty();
    assert_eq!(generate(&source, &empty), generate(&source, &empty));
}

/// A document as JSON, the keys of each map in the opposite order of the one they are written in.
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

#[test]
fn the_order_of_maps_does_not_matter() {
    let (own, others) = (Catalogue::empty(), catalogue());
    let documents = names(&workspace().join("tests/documents"), "yaml")
        .into_iter()
        .map(|name| (format!("tests/documents/{name}.yaml"), &others));
    for (path, catalogue) in documents.chain([("spec/status.yaml".to_owned(), &own)]) {
        let source = source(&path);
        let mut backwards = source.clone();
        backwards.text = reversed(&serde_yaml::from_str(&source.text).unwrap());
        let text = &backwards.text;
        assert!(
            text.find("\"paths\"") < text.find("\"openapi\""),
            "{path} is turned around"
        );
        assert_eq!(
            generate(&backwards, catalogue),
            generate(&source, catalogue),
            "{path}"
        );
    }
}

/// What a server shows as its document is the same document.
#[test]
fn what_is_published_is_the_same() {
    let others = catalogue();
    for name in names(&workspace().join("tests/documents"), "yaml") {
        let source = source(&format!("tests/documents/{name}.yaml"));
        let published = statusquo_codegen::publish(&source).unwrap();
        let crate_of = generate(&source, &others);
        for text in [published.json, published.yaml] {
            let alone = Source::new("published", &text);
            assert_eq!(generate(&alone, &others), crate_of, "{name}");
        }
    }
}
