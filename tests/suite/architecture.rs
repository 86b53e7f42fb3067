//! The shape of the code, as the README draws it.

use std::{collections::BTreeSet, fs, path::Path};

use statusquo_tests::{
    documents::{all, names},
    read, workspace,
};
use toml_edit::DocumentMut;

/// The Rust files below a folder, by their path in the workspace.
fn sources(folder: &str) -> Vec<String> {
    fn walk(place: &Path, path: &str, found: &mut Vec<String>) {
        let mut entries: Vec<_> = fs::read_dir(place)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for entry in entries {
            let path = format!("{path}/{}", entry.file_name().unwrap().to_string_lossy());
            if entry.is_dir() {
                walk(&entry, &path, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&workspace().join(folder), folder, &mut found);
    found
}

/// Returns the files below `codegen/src` and `xtask/src` whose code contains a path: `fs::`, but not `refs::`.
fn users(path: &str) -> BTreeSet<String> {
    let contains = |line: &str| {
        line.match_indices(path).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    };
    let is_user = |file: &String| {
        let text = read(file);
        let mut code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        code.any(contains)
    };
    let files = sources("codegen/src")
        .into_iter()
        .chain(sources("xtask/src"));
    files.filter(is_user).collect()
}

fn below(users: &BTreeSet<String>, rooms: &[&str]) -> bool {
    users
        .iter()
        .all(|path| rooms.iter().any(|room| path.starts_with(room)))
}

#[test]
fn each_library_has_its_room() {
    assert_eq!(
        users("serde_yaml::"),
        ["codegen/src/load/parse.rs".to_owned()].into()
    );
    assert!(below(
        &users("openapiv3"),
        &["codegen/src/load", "codegen/src/lower"]
    ));
    // Code is written in the one, and read in the other.
    let code = ["codegen/src/emit", "codegen/src/diff/public_api.rs"];
    assert!(below(&users("quote::"), &code));
    assert!(below(
        &users("TokenStream"),
        &[&code[..], &["codegen/src/format.rs"]].concat()
    ));
    assert!(below(&users("prettyplease"), &["codegen/src/format.rs"]));
    assert!(below(
        &users("fs::"),
        &["codegen/src/files.rs", "xtask/src/"]
    ));
    assert!(below(&users("annotate_snippets"), &["codegen/src/report"]));
}

/// The modules of its crate that a file names: `crate::a`, or one of `crate::{a, b}`.
fn modules(path: &str) -> BTreeSet<String> {
    let code: String = read(path).split_whitespace().collect();
    let mut found = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (at, c) in group.char_indices() {
            if depth == 0 && start {
                found.insert(word(&group[at..]));
            }
            start = depth == 0 && c == ',';
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}

/// A room imports nothing from those that come after it.
#[test]
fn data_flows_one_way() {
    let lowering = modules("codegen/src/lower.rs");
    assert!(lowering.contains("load") && lowering.contains("model"));
    let stages = ["load", "lower", "emit", "format", "files"];
    for (index, stage) in stages.iter().enumerate() {
        let later = stages.get(index + 1..).unwrap();
        let files = sources("codegen/src").into_iter().filter(|path| {
            path.starts_with(&format!("codegen/src/{stage}.rs"))
                || path.starts_with(&format!("codegen/src/{stage}/"))
        });
        for file in files {
            let modules = modules(&file);
            for later in later.iter().chain(&["diff"]) {
                assert!(!modules.contains(*later), "{file} knows of {later}");
            }
        }
    }
    for model in [
        "codegen/src/model.rs",
        "codegen/src/name.rs",
        "codegen/src/doc.rs",
    ] {
        for stage in stages {
            assert!(!modules(model).contains(stage), "{model} knows of {stage}");
        }
    }
}

/// Neither the generator nor its commands need what is generated.
#[test]
fn the_generator_does_not_depend_on_the_generated() {
    for manifest in ["codegen/Cargo.toml", "xtask/Cargo.toml"] {
        let manifest: DocumentMut = read(manifest).parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let section = manifest
                .get(section)
                .and_then(|section| section.get("statusquo"));
            assert!(section.is_none());
        }
    }
}

/// A file that is generated has the name of the file that generates it.
#[test]
fn emitters_and_outputs_have_the_same_names() {
    let emitters = names(&workspace().join("codegen/src/emit"), "rs");
    let all = all();
    let outputs: BTreeSet<_> = all
        .iter()
        .flat_map(|document| document.files.keys())
        .filter_map(|path| path.strip_prefix("src/")?.strip_suffix(".rs"))
        .filter(|name| !name.contains('/'))
        .collect();
    assert_eq!(outputs.into_iter().collect::<Vec<_>>(), emitters);
    let runtime = names(&workspace().join("codegen/runtime"), "rs");
    assert_eq!(
        names(&workspace().join("generated/src/runtime"), "rs"),
        runtime
    );
}

/// The manifest of a new crate asks for what the workspace asks for, and has the features that the
/// workspace's own crate has.
#[test]
fn the_template_is_like_the_workspace() {
    let parse = |path: &str| read(path).parse::<DocumentMut>().unwrap();
    let (workspace, own) = (parse("Cargo.toml"), parse("generated/Cargo.toml"));
    let template = parse("codegen/src/manifest/template.toml");
    assert_eq!(
        template["features"].to_string(),
        own["features"].to_string()
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
        let known = &workspace["workspace"]["dependencies"][name];
        let version = |item: &toml_edit::Item| {
            let item = item.get("version").unwrap_or(item);
            item.as_str().map(str::to_owned)
        };
        assert_eq!(version(dependency), version(known), "{name}");
        let features = |item: &toml_edit::Item| {
            item.get("features")
                .map(|item| item.to_string().trim().to_owned())
        };
        assert_eq!(features(dependency), features(known), "{name}");
        assert!(
            own["dependencies"][name]["optional"].as_bool().unwrap(),
            "{name}"
        );
    }
}

/// What users read and what tests compare has no machine in it.
#[test]
fn generated_files_say_that_they_are() {
    for path in sources("generated/src") {
        let text = read(&path);
        assert!(text.starts_with("// @generated by statusquo"), "{path}");
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{path}");
    }
}
