//! The small documents of `tests/fixtures`, their crates and the programs that use the crates.
//!
//! Each document covers one area. It may have a program of the same name, a test that uses the generated crate.
//! All crates form one workspace below `target/`, with one package for the programs. To build dependencies only
//! once, it is built in the target folder of this workspace, with its profile and the features of its crates.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use statusquo_codegen::{
    Options, files,
    manifest::manifest,
    model::{Catalogue, Formats},
    report::{Detail, OutputStyle, render},
    source::Source,
};
use toml_edit::DocumentMut;

use crate::{catalogue, oracle, roundtrip, workspace};

/// A document and its generated crate.
#[derive(Debug)]
pub struct Document {
    /// The name of the document's file, without its extension.
    pub name: String,
    /// The files of the crate, by path.
    pub files: files::Files,
    /// The warnings, as a user reads them.
    pub warnings: String,
    /// A test of the crate that is derived from the document: each status has the declared response, and all
    /// requests and responses survive a round trip.
    pub program: String,
}

impl Document {
    /// Generates the crate of a document.
    ///
    /// # Errors
    /// If the document is rejected, with the messages as a user reads them.
    pub fn new(source: &Source, catalogue: &Catalogue) -> Result<Self, String> {
        let messages =
            |findings: &[_]| render(findings, source, OutputStyle::Plain, Detail::All).text;
        let name = source.name.rsplit('/').next().unwrap_or_default();
        let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
        let crate_name = crate_name(name);
        let library = crate_name.replace('-', "_");
        let options = Options {
            library: Some(library.clone()),
            formats: formats(name),
        };
        let (model, _) = statusquo_codegen::model(source, catalogue, &options)
            .map_err(|findings| messages(&findings))?;
        let generated = statusquo_codegen::generate(source, catalogue, &options)
            .map_err(|findings| messages(&findings))?;
        let manifest = manifest(None, Some(&crate_name), &generated.package)
            .map_err(|error| error.to_string())?;
        let mut files = generated.files;
        let front_page = files.get("src/lib.rs").map_or("", String::as_str);
        let examples = front_page_examples(front_page);
        files.insert("Cargo.toml".to_owned(), manifest);
        Ok(Self {
            name: name.to_owned(),
            files,
            warnings: messages(&generated.warnings),
            program: oracle::program(&library, source, &model)
                + &roundtrip::program(&library, source, &model)
                + &examples,
        })
    }
}

impl Document {
    /// Returns the name of the crate.
    fn crate_name(&self) -> String {
        crate_name(&self.name)
    }
}

fn crate_name(document: &str) -> String {
    let slug: String = document
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("doc-{}", slug.to_lowercase())
}

/// Returns the types that the crate of a document has for formats: not the default ones in `choices`.
fn formats(document: &str) -> Formats {
    let mut formats = Formats::default();
    let choices: &[_] = match document {
        "choices" => &[
            ("date", "time"),
            ("date-time", "jiff"),
            ("decimal", "rust_decimal"),
            ("ipv4", "String"),
            ("token", "uuid::fmt::Simple"),
            ("uri", "url"),
        ],
        "instants" => &[("date", "jiff"), ("date-time", "time")],
        _ => &[],
    };
    for (format, choice) in choices {
        let result = formats.choose(format, choice);
        result.unwrap_or_else(|error| panic!("{error}"));
    }
    formats
}

/// Returns the examples of a crate's front page as modules, so that the compiler checks them.
fn front_page_examples(front_page: &str) -> String {
    let mut examples = String::new();
    let mut count = 0;
    let mut is_inside = false;
    for line in front_page.lines() {
        let Some(line) = line.strip_prefix("//!") else {
            continue;
        };
        let line = line.strip_prefix(' ').unwrap_or(line);
        match line {
            "```no_run" => {
                is_inside = true;
                count += 1;
            }
            "```" => is_inside = false,
            // These lines are hidden from readers; the attribute depends on features of the crate.
            "# fn main() {}" => {}
            line if line.starts_with("# #[cfg(") => {
                examples.push_str("#[allow(dead_code, deprecated, unused_variables)]\n");
            }
            "# mod example {" => examples.push_str(&format!("mod front_page_{count} {{\n")),
            line if is_inside => {
                examples.push_str(line.strip_prefix("# ").unwrap_or(line));
                examples.push('\n');
            }
            _ => {}
        }
    }
    examples
}

/// Generates the crate of every document in `tests/fixtures`.
///
/// # Panics
/// If a document is rejected.
#[must_use]
pub fn generate_all() -> Vec<Document> {
    let catalogue = catalogue();
    let folder = workspace().join("tests/fixtures");
    file_stems(&folder, "yaml")
        .into_iter()
        .map(|name| {
            let source = crate::source(&format!("tests/fixtures/{name}.yaml"));
            Document::new(&source, &catalogue).unwrap_or_else(|messages| panic!("{messages}"))
        })
        .collect()
}

/// Returns the sorted names of the files of a folder with an extension, without the extension.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn file_stems(folder: &Path, extension: &str) -> Vec<String> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let has_extension = path.extension().is_some_and(|actual| actual == extension);
            has_extension.then(|| {
                path.file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned()
            })
        })
        .collect();
    names.sort();
    names
}

/// The package with the programs in `tests/fixtures`, and its test.
pub const PROGRAMS: &str = "programs";

/// The package with the programs that are derived from the documents, and its test.
pub const DERIVED: &str = "derived";

/// The manifest of a package with programs, without its name and the crates that they use.
const PROGRAMS_MANIFEST: &str = r#"version = "0.0.0"
edition = "2024"

[dev-dependencies]
axum = { version = "0.8", default-features = false, features = ["http1", "tokio"] }
bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
fastrand = "2"
http-body-util = "0.1"
jiff = { version = "1", default-features = false }
reqwest = { version = "0.13", default-features = false }
rust_decimal = { version = "1", default-features = false }
serde = "1"
serde_json = "1"
time = { version = "0.3", default-features = false, features = ["macros"] }
tokio = { version = "1", features = ["io-util", "macros", "net", "rt-multi-thread", "signal", "sync"] }
tower = { version = "0.5", default-features = false, features = ["util"] }
url = { version = "2", default-features = false }
uuid = { version = "1", default-features = false }
"#;

/// The start of a test with many programs.
const PROGRAMS_HEADER: &str = "\
//! The programs of many documents.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = \"a panic in a test reports its place and reason\"
)]
";

/// The features that the programs need of a crate.
const FEATURES: &str = r#"["client-base", "gzip", "mock"]"#;

/// Writes a workspace with the crates of documents, and two packages with programs that use them.
///
/// # Panics
/// If a file cannot be written.
pub fn write(documents: &[Document], folder: &Path) {
    let mut written = Vec::new();
    let mut derived = Vec::new();
    let mut members = vec![format!("{PROGRAMS:?}"), format!("{DERIVED:?}")];
    for document in documents {
        let Document { name, program, .. } = document;
        files::apply(&document.files, &folder.join(name)).unwrap_or_else(|error| panic!("{error}"));
        members.push(format!("{name:?}"));
        let path = workspace().join(format!("tests/fixtures/{name}.rs"));
        if let Ok(program) = fs::read_to_string(path) {
            written.push((document, program));
        }
        derived.push((document, program.clone()));
    }
    write_programs(PROGRAMS, "", &written, folder);
    let no_lints = "#[allow(clippy::all, clippy::pedantic)]\n";
    write_programs(DERIVED, no_lints, &derived, folder);
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[workspace.lints]\n\n[profile.dev]\n{}",
        members.join(", "),
        profile(),
    );
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    write_if_changed(&folder.join("Cargo.lock"), &crate::read("Cargo.lock"));
}

/// Writes a package with one test for all programs, because linking a test takes longer than compiling a program.
fn write_programs(
    package: &str,
    attributes: &str,
    programs: &[(&Document, String)],
    folder: &Path,
) {
    let folder = folder.join(package);
    let tests = folder.join("tests").join(package);
    let mut manifest = format!("[package]\nname = {package:?}\n{PROGRAMS_MANIFEST}");
    let mut main = PROGRAMS_HEADER.to_owned();
    for (document, program) in programs {
        let crate_name = document.crate_name();
        manifest.push_str(&format!(
            "{crate_name} = {{ path = \"../{}\", features = {FEATURES} }}\n",
            document.name
        ));
        let module = crate_name.replace('-', "_");
        main.push_str(&format!("{attributes}mod {module};\n"));
        write_if_changed(&tests.join(format!("{module}.rs")), program);
    }
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    write_if_changed(
        &folder.join("src/lib.rs"),
        "//! Programs that use the crates.\n",
    );
    write_if_changed(&tests.join("main.rs"), &main);
}

/// Returns the `dev` profile of this workspace.
fn profile() -> String {
    let manifest: DocumentMut = crate::read("Cargo.toml")
        .parse()
        .unwrap_or_else(|error| panic!("{error}"));
    let profile = manifest.get("profile");
    let dev = profile.and_then(|profile| profile.get("dev"));
    dev.map(ToString::to_string).unwrap_or_default()
}

/// Writes a file unless it has the same content already, because cargo rebuilds files whose time has changed.
///
/// # Panics
/// If the file cannot be written.
pub fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|current| current == text) {
        return;
    }
    let result = path.parent().map_or(Ok(()), fs::create_dir_all);
    let result = result.and_then(|()| fs::write(path, text));
    result.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Returns the target folder of this workspace.
#[must_use]
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// Runs cargo in a folder.
///
/// # Panics
/// If cargo cannot be run.
#[must_use]
pub fn cargo(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env_remove("RUSTFLAGS")
        .envs(variables.iter().copied())
        .output()
        .unwrap_or_else(|error| panic!("cannot run cargo: {error}"))
}
