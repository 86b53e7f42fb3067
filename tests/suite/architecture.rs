//! The module structure that the README describes.

use std::{collections::BTreeSet, fs, path::Path};

use statusquo_tests::{
    documents::{file_stems, generate_all},
    read, workspace,
};
use toml_edit::DocumentMut;

/// Returns the paths of the Rust files below a folder, relative to the workspace.
fn sources(folder: &str) -> Vec<String> {
    fn walk(folder: &Path, path: &str, files: &mut Vec<String>) {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for entry in entries {
            let path = format!("{path}/{}", entry.file_name().unwrap().to_string_lossy());
            if entry.is_dir() {
                walk(&entry, &path, files);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&workspace().join(folder), folder, &mut files);
    files
}

/// Returns the files below `codegen/src` whose code contains a path: `fs::`, but not `refs::`.
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
    sources("codegen/src").into_iter().filter(is_user).collect()
}

fn are_all_below(users: &BTreeSet<String>, folders: &[&str]) -> bool {
    users
        .iter()
        .all(|path| folders.iter().any(|folder| path.starts_with(folder)))
}

#[test]
fn each_dependency_is_used_in_one_part_of_the_code() {
    assert_eq!(
        users("serde_yaml::"),
        ["codegen/src/load/parse.rs".to_owned()].into()
    );
    assert!(are_all_below(
        &users("openapiv3"),
        &["codegen/src/load", "codegen/src/lower"]
    ));
    // The first writes generated code, the second reads it.
    let code = [
        "codegen/src/emit",
        "codegen/src/diff/rust_api/api_reader.rs",
    ];
    assert!(are_all_below(&users("quote::"), &code));
    assert!(are_all_below(
        &users("TokenStream"),
        &[&code[..], &["codegen/src/format.rs"]].concat()
    ));
    assert!(are_all_below(
        &users("prettyplease"),
        &["codegen/src/format.rs"]
    ));
    assert!(are_all_below(
        &users("fs::"),
        &["codegen/src/cli/", "codegen/src/files.rs"]
    ));
    assert!(are_all_below(
        &users("annotate_snippets"),
        &["codegen/src/report"]
    ));
}

/// Returns the modules of its crate that a file names: `crate::a`, or one of `crate::{a, b}`.
fn modules(path: &str) -> BTreeSet<String> {
    let code: String = read(path).split_whitespace().collect();
    let mut modules = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            modules.insert(first_word(rest));
            continue;
        };
        let mut depth = 0;
        let mut is_start = true;
        for (at, c) in group.char_indices() {
            if depth == 0 && is_start {
                modules.insert(first_word(&group[at..]));
            }
            is_start = depth == 0 && c == ',';
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    modules
}

fn first_word(text: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}

#[test]
fn a_stage_imports_nothing_from_later_stages() {
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
            for later in later.iter().chain(&["diff", "cli"]) {
                assert!(!modules.contains(*later), "{file} imports {later}");
            }
        }
    }
    for file in sources("codegen/src/diff") {
        assert!(!modules(&file).contains("cli"), "{file} imports cli");
    }
    for model in [
        "codegen/src/model.rs",
        "codegen/src/name.rs",
        "codegen/src/doc.rs",
    ] {
        for stage in stages.iter().chain(&["diff", "cli"]) {
            assert!(!modules(model).contains(*stage), "{model} imports {stage}");
        }
    }
}

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

#[test]
fn a_generated_file_has_the_name_of_its_emitter() {
    let mut emitters = file_stems(&workspace().join("codegen/src/emit"), "rs");
    // This module has the parts that several emitters share.
    emitters.retain(|name| name != "shared");
    let documents = generate_all();
    let outputs: BTreeSet<_> = documents
        .iter()
        .flat_map(|document| document.files.keys())
        .filter_map(|path| path.strip_prefix("src/")?.strip_suffix(".rs"))
        .filter(|name| !name.contains('/'))
        .collect();
    assert_eq!(outputs.into_iter().collect::<Vec<_>>(), emitters);
}

/// Every file of the runtime is copied into generated crates.
#[test]
fn the_runtime_is_copied_as_a_whole() {
    let relative = |folder: &str| {
        let paths = sources(folder).into_iter();
        let names = paths.filter_map(|path| path.strip_prefix(folder).map(str::to_owned));
        names.collect::<Vec<_>>()
    };
    assert_eq!(
        relative("codegen/runtime"),
        relative("generated/src/runtime")
    );
}

/// The folders of the runtime that a folder may use: client and server do not use each other, and nothing is
/// circular.
const RUNTIME_FOLDERS: &[(&str, &[&str])] = &[
    ("client", &["codec", "message"]),
    ("codec", &[]),
    ("message", &["codec"]),
    ("mock", &["codec", "message", "server"]),
    ("server", &["codec", "message"]),
    ("status", &[]),
];

#[test]
fn the_folders_of_the_runtime_do_not_form_a_circle() {
    let names: BTreeSet<_> = RUNTIME_FOLDERS.iter().map(|(name, _)| *name).collect();
    for path in sources("codegen/runtime") {
        let Some((folder, _)) = path
            .strip_prefix("codegen/runtime/")
            .and_then(|path| path.split_once('/'))
        else {
            continue;
        };
        let (_, allowed) = RUNTIME_FOLDERS
            .iter()
            .find(|(name, _)| *name == folder)
            .unwrap_or_else(|| panic!("{path}: an unknown folder"));
        let file = syn::parse_file(&read(&path)).unwrap();
        let mut imports = Vec::new();
        for item in &file.items {
            if let syn::Item::Use(item) = item {
                flatten(&item.tree, "", &mut imports);
            }
        }
        for import in imports {
            let used = import
                .strip_prefix("crate::runtime::")
                .and_then(|path| path.split("::").next());
            let Some(used) = used.filter(|used| names.contains(used)) else {
                continue;
            };
            assert!(
                used == folder || allowed.contains(&used),
                "{path}: `{import}`"
            );
        }
        let uses_axum = read(&path).lines().any(|line| line.starts_with("use axum"));
        assert!(
            !uses_axum || path == "codegen/runtime/server/axum.rs",
            "{path}: only `server/axum.rs` uses axum"
        );
    }
}

/// Lists the paths of a `use` declaration.
fn flatten(tree: &syn::UseTree, prefix: &str, paths: &mut Vec<String>) {
    match tree {
        syn::UseTree::Path(path) => {
            flatten(&path.tree, &format!("{prefix}{}::", path.ident), paths);
        }
        syn::UseTree::Name(name) => paths.push(format!("{prefix}{}", name.ident)),
        syn::UseTree::Rename(name) => paths.push(format!("{prefix}{}", name.ident)),
        syn::UseTree::Glob(_) => paths.push(format!("{prefix}*")),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix, paths);
            }
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

#[test]
fn generated_files_are_marked_and_contain_no_local_paths() {
    for path in sources("generated/src") {
        let text = read(&path);
        assert!(text.starts_with("// @generated by statusquo"), "{path}");
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{path}");
    }
}

/// A name means one thing: no crate declares two types with the same name.
#[test]
fn each_type_of_a_crate_has_its_own_name() {
    for folder in ["codegen/src", "codegen/runtime", "tests/src"] {
        let mut names = BTreeSet::new();
        for file in sources(folder) {
            let code = syn::parse_file(&read(&file)).unwrap();
            for item in code.items {
                let name = match item {
                    syn::Item::Enum(item) => item.ident,
                    syn::Item::Struct(item) => item.ident,
                    syn::Item::Trait(item) => item.ident,
                    syn::Item::Type(item) => item.ident,
                    _ => continue,
                };
                assert!(
                    names.insert(name.to_string()),
                    "{file}: `{name}` exists already"
                );
            }
        }
        assert!(names.len() > 5, "{folder}: {names:?}");
    }
}
