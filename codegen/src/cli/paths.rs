//! Helpers to compare and show paths.

use std::path::{Component, Path, PathBuf, absolute};

/// Makes a path relative if it is in the current folder.
pub(crate) fn relative(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&current) {
        Ok(relative) => relative.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// Returns whether two paths refer to the same file.
pub(crate) fn is_same_file(a: &Path, b: &Path) -> bool {
    // A file that does not exist has no canonical path.
    let real = |path: &Path| path.canonicalize().or_else(|_| absolute(path));
    matches!((real(a), real(b)), (Ok(a), Ok(b)) if a == b)
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
