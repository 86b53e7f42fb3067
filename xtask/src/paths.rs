//! Where things are.

use std::path::{Component, Path, PathBuf};

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// The document of the workspace, which is the catalogue of all others.
pub(crate) fn own_spec() -> PathBuf {
    shown(&workspace().join("spec/status.yaml"))
}

/// The crate of the workspace.
pub(crate) fn own_crate() -> PathBuf {
    shown(&workspace().join("generated"))
}

/// A path as a user in the current folder would write it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(below) => below.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// Whether two paths lead to one file.
pub(crate) fn same(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(a) == real(b)
}

/// A path as a word of a command line.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A path without its `.` parts, for messages.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let tidied: PathBuf = path
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .collect();
    if tidied.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        tidied
    }
}
