//! What the tests share.

pub mod compat_check;
pub mod diff_cases;
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

/// The folder of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// A file of the workspace.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn read(path: &str) -> String {
    let path = workspace().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A document of the workspace, with the files beside it that it leads to, under the name of its file.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn source(path: &str) -> Source {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    with_files(Source::new(name, &read(path)), folder)
}

/// A source with all that it leads to in a folder.
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

/// The workspace's own document.
#[must_use]
pub fn own_spec() -> Source {
    source("spec/status.yaml")
}

/// The catalogue that the workspace's own document is.
///
/// # Panics
/// If there is something wrong with it.
#[must_use]
pub fn catalogue() -> Catalogue {
    statusquo_codegen::catalogue(&own_spec())
        .unwrap_or_else(|findings| panic!("spec/status.yaml: {findings:#?}"))
}
