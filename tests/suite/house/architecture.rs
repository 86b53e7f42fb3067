//! The structure of the modules: which module uses which, and which uses which library.

use std::collections::{BTreeMap, BTreeSet};

use statusquo_tests::{
    documents::{file_stems, generate_all},
    read, workspace,
};

use super::imports::{Imports, imports, is_within, sources};

/// The libraries that only some files of the generator use, with the files: a module, a folder or one file.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("annotate_snippets", &["report"]),
    ("openapiv3", &["load", "lower"]),
    ("prettyplease", &["format"]),
    (
        "proc_macro2",
        &["diff/rust_api/api_reader", "emit", "format"],
    ),
    // `emit` writes generated code, and the diff reads it.
    ("quote", &["diff/rust_api/api_reader", "emit"]),
    ("serde_yaml", &["load/parse"]),
    ("std::fs", &["cli/", "files"]),
];

#[test]
fn each_library_is_used_in_one_part_of_the_code() {
    let imports = imports("codegen/src", "crate");
    for (library, places) in LIBRARIES {
        let users = users(library, &imports);
        let is_in = |file: &str, place: &str| {
            let rest = file.strip_prefix(place);
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/') || place.ends_with('/'))
        };
        for file in &users {
            let is_allowed = places.iter().any(|place| is_in(file, place));
            assert!(is_allowed, "{file} uses {library}");
        }
        for place in *places {
            let is_used = users.iter().any(|file| is_in(file, place));
            assert!(is_used, "{place} does not use {library}");
        }
    }
}

/// Returns the files that use a library, or a module of one.
fn users<'a>(library: &str, imports: &'a Imports) -> Vec<&'a str> {
    let uses = |paths: &BTreeSet<String>| paths.iter().any(|path| is_within(path, library));
    let users = imports.iter().filter(|(_, paths)| uses(paths));
    users.map(|(file, _)| file.as_str()).collect()
}

/// The modules of the generator, with the modules that each uses. A stage uses no later stage: the order is
/// `load`, `lower`, `emit`, `format`, `files`. Only the diff looks at several of them.
const GENERATOR_MODULES: &[(&str, &[&str])] = &[
    ("catalogue", &["model", "name"]),
    (
        "cli",
        &[
            "diff", "doc", "files", "manifest", "model", "pointer", "report", "source",
        ],
    ),
    (
        "diff",
        &[
            "emit", "files", "format", "load", "lower", "model", "pointer", "report", "rules",
            "source",
        ],
    ),
    ("doc", &[]),
    ("emit", &["doc", "model", "name", "pointer"]),
    ("files", &["format"]),
    ("format", &["emit"]),
    ("load", &["model", "pointer", "report", "source"]),
    (
        "lower",
        &[
            "doc", "load", "manifest", "model", "name", "pointer", "report",
        ],
    ),
    ("manifest", &["model", "name"]),
    ("model", &["name", "pointer"]),
    // Only the tests of `name` use these two.
    ("name", &["model", "source"]),
    ("pointer", &[]),
    ("report", &["pointer", "rules", "source"]),
    // Only the tests of `rules` use these two.
    ("rules", &["diff", "report"]),
    ("source", &[]),
];

#[test]
fn a_stage_uses_nothing_of_later_stages() {
    assert_modules(GENERATOR_MODULES, "codegen/src", "crate");
}

/// The folders of the runtime, with the folders that each uses: client and server do not use each other, and
/// nothing is circular.
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
    assert_modules(RUNTIME_FOLDERS, "codegen/runtime", "crate::runtime");
}

#[test]
fn only_one_file_of_the_runtime_uses_axum() {
    let imports = imports("codegen/runtime", "crate::runtime");
    assert_eq!(users("axum", &imports), ["server/axum.rs"]);
}

/// Checks that each module in a folder uses the modules that a table lists, and no others.
fn assert_modules(table: &[(&str, &[&str])], folder: &str, folder_module: &str) {
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, paths) in imports(folder, folder_module) {
        let module = file.split(['/', '.']).next().unwrap();
        if !["lib", "main", "mod"].contains(&module) {
            modules.entry(module.to_owned()).or_default().extend(paths);
        }
    }
    for (module, paths) in &modules {
        let others = paths.iter().filter_map(|path| {
            let path = path.strip_prefix(folder_module)?.strip_prefix("::")?;
            let other = path.split("::").next()?;
            (other != module && modules.contains_key(other)).then_some(other)
        });
        let others: BTreeSet<_> = others.collect();
        let row = table.iter().find(|(name, _)| name == module);
        let (_, expected) = row.unwrap_or_else(|| panic!("`{module}` is not in the table"));
        assert_eq!(
            others,
            expected.iter().copied().collect(),
            "the modules that `{module}` uses"
        );
    }
    assert_eq!(table.len(), modules.len(), "modules in {folder}");
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
        .filter_map(|path| path.strip_prefix("src/"))
        .filter(|path| !path.contains('/'))
        .filter_map(|path| Some(path.rsplit_once('.')?.0))
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
