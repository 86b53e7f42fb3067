//! Code that the tests share.

pub mod compat_check;
pub mod diff_cases;
pub mod differential;
pub mod documents;
pub mod fault_server;
pub mod golden;
pub mod http1;
pub mod mutations;
pub mod oracle;
pub mod roundtrip;
pub mod schema_values;

use std::{
    fs,
    path::{Path, PathBuf},
};

use statusquo_codegen::{model::Catalogue, source::Source};

/// Returns the folder of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Reads a file of the workspace.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn read(path: &str) -> String {
    let path = workspace().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a document of the workspace, with the external files that it refers to. Its name is that of its
/// file.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn source(path: &str) -> Source {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    with_files(Source::new(name, &read(path)), folder)
}

/// Adds the files in a folder that a source refers to, directly or through other files.
#[must_use]
pub fn with_files(mut source: Source, folder: &str) -> Source {
    loop {
        let missing = statusquo_codegen::missing_files(&source);
        if missing.is_empty() {
            return source;
        }
        for file in missing {
            let text = fs::read_to_string(workspace().join(folder).join(&file));
            let text = text.map_err(|_| "there is no such file".to_owned());
            source = source.with_file(file, text);
        }
    }
}

/// Reads `spec/status.yaml`.
#[must_use]
pub fn own_spec() -> Source {
    source("spec/status.yaml")
}

/// Returns the catalogue of statuses that is embedded in the generator.
///
/// # Panics
/// If it is invalid.
#[must_use]
pub fn catalogue() -> Catalogue {
    let catalogue = Catalogue::embedded().unwrap_or_else(|error| panic!("{error}"));
    catalogue.clone()
}
