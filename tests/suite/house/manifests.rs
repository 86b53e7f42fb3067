//! The manifests and packages in the repository, which must agree.

use statusquo_codegen::model::Library;
use statusquo_tests::read;
use toml_edit::DocumentMut;

#[test]
fn the_generator_and_its_commands_do_not_depend_on_the_generated_crate() {
    for manifest in ["codegen/Cargo.toml", "xtask/Cargo.toml"] {
        let manifest: DocumentMut = read(manifest).parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let section = manifest
                .get(section)
                .and_then(|section| section.get("statusquo"));
            assert!(section.is_none(), "the generated crate is a dependency");
        }
    }
}

/// The manifest of a new crate has the dependencies of the workspace and the features of the crate in
/// `generated`.
#[test]
fn the_manifest_template_matches_the_workspace() {
    let parse = |path: &str| read(path).parse::<DocumentMut>().unwrap();
    let workspace = parse("Cargo.toml");
    let generated = parse("generated/Cargo.toml");
    let template = parse("codegen/src/manifest/template.toml");
    assert_eq!(
        template["features"].to_string(),
        generated["features"].to_string()
    );
    assert_eq!(
        template["package"]["edition"].as_str(),
        workspace["workspace"]["package"]["edition"].as_str()
    );
    assert_eq!(
        template["package"]["rust-version"].as_str(),
        workspace["workspace"]["package"]["rust-version"].as_str()
    );
    for (name, dependency) in template["dependencies"].as_table().unwrap() {
        let declared = &workspace["workspace"]["dependencies"][name];
        let version = |item: &toml_edit::Item| {
            let item = item.get("version").unwrap_or(item);
            item.as_str().map(str::to_owned)
        };
        assert_eq!(version(dependency), version(declared), "{name}");
        let features = |item: &toml_edit::Item| {
            item.get("features")
                .map(|item| item.to_string().trim().to_owned())
        };
        assert_eq!(features(dependency), features(declared), "{name}");
        assert!(
            generated["dependencies"][name]["optional"]
                .as_bool()
                .unwrap(),
            "{name}"
        );
    }
}

/// The crates of the types of formats have the versions and features of the workspace.
#[test]
fn the_crates_of_formats_match_the_workspace() {
    let workspace = read("Cargo.toml").parse::<DocumentMut>().unwrap();
    for library in Library::all() {
        let declared = &workspace["workspace"]["dependencies"][library.name];
        assert_eq!(
            declared["version"].as_str(),
            Some(library.version),
            "{library:?}"
        );
        assert_eq!(
            declared["default-features"].as_bool(),
            Some(false),
            "{library:?}"
        );
        let features = declared["features"].as_array().unwrap();
        let features: Vec<_> = features
            .iter()
            .filter_map(|feature| feature.as_str())
            .collect();
        assert_eq!(features, library.features, "{library:?}");
    }
}

/// The package that `serve` builds has the code of the example, and the versions of the workspace.
#[test]
fn the_package_of_serve_matches_the_workspace() {
    assert!(
        read("codegen/src/cli/serve/main.rs") == read("generated/examples/serve.rs"),
        "copy the example to `codegen/src/cli/serve/main.rs`"
    );
    let parse = |path: &str| read(path).parse::<DocumentMut>().unwrap();
    let workspace = parse("Cargo.toml");
    let package = parse("codegen/src/cli/serve/manifest.toml");
    assert_eq!(
        package["profile"]["dev"].to_string(),
        workspace["profile"]["dev"].to_string()
    );
    for name in ["axum", "tokio"] {
        let declared = &workspace["workspace"]["dependencies"][name];
        let dependency = &package["dependencies"][name];
        assert_eq!(
            dependency["version"].as_str(),
            declared["version"].as_str(),
            "{name}"
        );
        assert_eq!(
            dependency["default-features"].as_bool(),
            declared["default-features"].as_bool(),
            "{name}"
        );
    }
}
