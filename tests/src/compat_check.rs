//! Compiles a program that uses everything in a generated crate with other versions of the crate. A version with
//! which it does not compile is a breaking change.
//!
//! The program is generated from the text of the crate, and not from the diff's own reading of the API,
//! which it verifies.

mod program;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use serde_json::Value;
use statusquo_codegen::{
    diff::Level,
    files::{self, Files},
    manifest::manifest,
    model::Catalogue,
    source::Source,
};

use crate::documents::{cargo, write_if_changed};
use program::{CRATE, program};

/// Returns the crate of a document, ready to be compiled; `None` if the document is invalid.
///
/// # Panics
///
/// Panics if the manifest cannot be created.
#[must_use]
pub fn crate_files(source: &Source, catalogue: &Catalogue) -> Option<Files> {
    let generated =
        statusquo_codegen::generate(source, catalogue, &statusquo_codegen::Options::default())
            .ok()?;
    let manifest = manifest(None, Some("placeholder"), &generated.package);
    let mut files = generated.files;
    files.insert(
        "Cargo.toml".to_owned(),
        manifest.unwrap_or_else(|error| panic!("{error}")),
    );
    Some(files)
}

/// Compiles the program of a crate with other versions of the crate; returns the errors for each, if any.
///
/// # Panics
///
/// Panics if the program does not compile with its own crate, or if a crate does not compile by itself.
#[must_use]
pub fn check(base: &Files, heads: &[Files], folder: &Path) -> Vec<Option<String>> {
    let _ = fs::remove_dir_all(folder);
    let program = program(base);
    let crates: Vec<&Files> = std::iter::once(base).chain(heads).collect();
    // Cargo may reuse an earlier build of the same name, so the name depends on the content.
    let names: Vec<_> = crates
        .iter()
        .map(|files| {
            let library = format!("compat-check-crate-{:016x}", hash(files));
            let user = format!("compat-check-{:016x}", hash(&(&library, &program)));
            (library, user)
        })
        .collect();
    for (files, (library, user)) in crates.iter().zip(&names) {
        let mut files = (*files).clone();
        if let Some(manifest) = files.get_mut("Cargo.toml") {
            *manifest = manifest.replace("\"placeholder\"", &format!("{library:?}"));
        }
        files::apply(&files, &folder.join(library)).unwrap_or_else(|error| panic!("{error}"));
        let manifest = format!(
            "[package]\nname = {user:?}\nedition = \"2024\"\n\n[dependencies]\n{CRATE} = {{ package = \
             {library:?}, path = \"../{library}\", features = [\"server\", \"client-base\"] }}\n\
             bytes = \"1\"\nhttp = \"1\"\nchrono = {{ version = \"0.4\", default-features = false }}\nserde = \"1\"\nserde_json = \"1\"\nuuid = \"1\"\n"
        );
        write_if_changed(&folder.join(user).join("Cargo.toml"), &manifest);
        write_if_changed(&folder.join(user).join("src/lib.rs"), &program);
    }
    let members: BTreeSet<_> = names
        .iter()
        .flat_map(|(library, user)| [library, user])
        .collect();
    let members: Vec<_> = members.into_iter().collect();
    let manifest =
        format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[workspace.lints]\n");
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    write_if_changed(&folder.join("Cargo.lock"), &crate::read("Cargo.lock"));
    let arguments = [
        "check",
        "--quiet",
        "--workspace",
        "--keep-going",
        "--message-format=json",
    ];
    let output = cargo(folder, &arguments, &[("CARGO_INCREMENTAL", "0")]);
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    let mut done = BTreeSet::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let target = message.pointer("/target/name").and_then(Value::as_str);
        let name = target.unwrap_or_default().replace('_', "-");
        match message.get("reason").and_then(Value::as_str) {
            Some("compiler-artifact") => {
                done.insert(name);
            }
            Some("compiler-message")
                if message.pointer("/message/level") == Some(&"error".into()) =>
            {
                let text = message.pointer("/message/rendered").and_then(Value::as_str);
                errors
                    .entry(name)
                    .or_default()
                    .push_str(text.unwrap_or_default());
            }
            _ => {}
        }
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    for (library, _) in &names {
        let errors = errors.get(library);
        assert!(done.contains(library), "{library}: {errors:?}\n{stderr}");
    }
    let user_error = |(_, user): &(String, String)| {
        let error = errors.get(user).cloned();
        assert!(error.is_some() != done.contains(user), "{user}\n{stderr}");
        error
    };
    let mut results = names.iter().map(user_error);
    let base_error = results.next().flatten();
    assert!(base_error.is_none(), "{base_error:?}");
    results.collect()
}

/// Checks whether cargo-semver-checks is installed.
#[must_use]
pub fn has_semver_checks() -> bool {
    let version = cargo(Path::new("."), &["semver-checks", "--version"], &[]);
    version.status.success()
}

/// Returns the next version that a change of a crate requires according to cargo-semver-checks.
///
/// # Panics
///
/// Panics if the output does not contain a verdict.
#[must_use]
pub fn semver_checks(base: &Files, head: &Files, folder: &Path) -> Level {
    let _ = fs::remove_dir_all(folder);
    for (name, files) in [("old", base), ("new", head)] {
        let mut files = files.clone();
        if let Some(manifest) = files.get_mut("Cargo.toml") {
            manifest.push_str("\n[workspace]\n");
        }
        let place = folder.join(name);
        files::apply(&files, &place).unwrap_or_else(|error| panic!("{error}"));
        write_if_changed(&place.join("Cargo.lock"), &crate::read("Cargo.lock"));
    }
    let arguments = [
        "semver-checks",
        "check-release",
        "--manifest-path",
        "new/Cargo.toml",
        "--baseline-root",
        "old",
        "--only-explicit-features",
        "--features",
        "server,client-base",
        "--release-type",
        "patch",
    ];
    let output = cargo(folder, &arguments, &[]);
    let output = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if output.contains("semver requires new major version") {
        Level::Major
    } else if output.contains("semver requires new minor version") {
        Level::Minor
    } else {
        assert!(output.contains("no semver update required"), "{output}");
        Level::Patch
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
