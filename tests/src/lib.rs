//! What the tests share.

pub mod documents;
pub mod golden;
pub mod oracle;
pub mod raw;

use std::{
    fs,
    path::{Path, PathBuf},
};

use statusquo_codegen::model::Catalogue;

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

/// The text of the workspace's own document.
#[must_use]
pub fn own_spec() -> String {
    read("spec/status.yaml")
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
