//! The small documents of `tests/documents`, their crates and the programs that use the crates.
//!
//! Each document covers one area. It may have a program of the same name, a test that is written into the
//! generated crate. All crates form one workspace below `target/`. To build dependencies only once, it is
//! built by one run of cargo, in the target folder of this workspace, with its profile and the features of
//! its crates.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use statusquo_codegen::{
    Options, files,
    manifest::manifest,
    model::Catalogue,
    report::{OutputStyle, render},
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
        let messages = |findings: &[_]| render(findings, source, OutputStyle::Plain).text;
        let (model, _) =
            statusquo_codegen::model(source, catalogue).map_err(|findings| messages(&findings))?;
        let name = source.name.rsplit('/').next().unwrap_or_default();
        let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
        let slug: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let crate_name = format!("doc-{}", slug.to_lowercase());
        let library = crate_name.replace('-', "_");
        let options = Options {
            library: Some(library.clone()),
        };
        let generated = statusquo_codegen::generate(source, catalogue, &options)
            .map_err(|findings| messages(&findings))?;
        let manifest = manifest(None, Some(&crate_name), &generated.package)
            .map_err(|error| error.to_string())?;
        let mut files = generated.files;
        let front_page = files.get("src/lib.rs").map_or("", String::as_str);
        let examples = front_page_examples(front_page);
        files.insert("Cargo.toml".to_owned(), manifest + DEV_DEPENDENCIES);
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

/// Generates the crate of every document in `tests/documents`.
///
/// # Panics
/// If a document is rejected.
#[must_use]
pub fn generate_all() -> Vec<Document> {
    let catalogue = catalogue();
    let folder = workspace().join("tests/documents");
    file_stems(&folder, "yaml")
        .into_iter()
        .map(|name| {
            let source = crate::source(&format!("tests/documents/{name}.yaml"));
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

/// The dependencies of the programs, in addition to those of the crate.
const DEV_DEPENDENCIES: &str = r#"
[dev-dependencies]
axum = { version = "0.8", default-features = false, features = ["http1", "tokio"] }
fastrand = "2"
http-body-util = "0.1"
tokio = { version = "1", features = ["io-util", "macros", "net", "rt-multi-thread", "signal", "sync"] }
tower = { version = "0.5", default-features = false, features = ["util"] }
"#;

/// Writes a workspace with the crates of documents and their programs.
///
/// # Panics
/// If a file cannot be written.
pub fn write(documents: &[Document], folder: &Path) {
    let mut members = Vec::new();
    for document in documents {
        let package = folder.join(&document.name);
        files::apply(&document.files, &package).unwrap_or_else(|error| panic!("{error}"));
        let program = workspace().join(format!("tests/documents/{}.rs", document.name));
        if let Ok(program) = fs::read_to_string(program) {
            write_if_changed(&package.join("tests/program.rs"), &program);
        }
        write_if_changed(&package.join("tests/oracle.rs"), &document.program);
        members.push(format!("{:?}", document.name));
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[workspace.lints]\n\n[profile.dev]\n{}",
        members.join(", "),
        profile(),
    );
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    write_if_changed(&folder.join("Cargo.lock"), &crate::read("Cargo.lock"));
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
pub(crate) fn write_if_changed(path: &Path, text: &str) {
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
