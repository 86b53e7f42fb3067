//! Paths of the workspace, and helpers to show paths.

use std::path::{Component, Path, PathBuf};

/// Returns the folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Returns the workspace's own document, which is the catalogue of all others.
pub(crate) fn workspace_spec() -> PathBuf {
    relative_to_current_dir(&workspace().join("spec/status.yaml"))
}

/// Returns the crate generated from the workspace's own document.
pub(crate) fn workspace_crate() -> PathBuf {
    relative_to_current_dir(&workspace().join("generated"))
}

/// Makes a path relative if it is in the current folder.
fn relative_to_current_dir(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&current) {
        Ok(relative) => relative.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// Returns whether two paths refer to the same file.
pub(crate) fn is_same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(a) == real(b)
}

/// Quotes a path for a shell if necessary.
pub(crate) fn shell_quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Removes the `.` components of a path, for messages.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let normalized: PathBuf = path
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .collect();
    if normalized.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        normalized
    }
}
