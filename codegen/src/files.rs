//! Compares a generated crate with a folder, and writes the differences.
//!
//! Only this module and the commands access the file system.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::format::is_marked;

/// The contents of files, by path relative to the crate's folder, with `/` as the separator on every system.
pub type Files = BTreeMap<String, String>;

/// The changes that make the generated files of a folder up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The files that do not exist.
    pub missing: Vec<String>,
    /// The files whose content differs.
    pub stale: Vec<String>,
    /// The files that are no longer generated.
    pub orphaned: Vec<String>,
    /// Temporary files of a killed run.
    leftovers: Vec<PathBuf>,
}

impl Changes {
    /// Returns whether the folder is up to date.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.stale.is_empty() && self.orphaned.is_empty()
    }
}

/// An error while reading or writing a folder.
#[derive(Debug)]
pub enum FilesError {
    /// A file that was not generated would be overwritten.
    NotGenerated(PathBuf),
    /// The folder contains a crate that was not generated.
    OtherCrate {
        /// The folder.
        folder: PathBuf,
        /// A file of that crate.
        file: PathBuf,
    },
    /// An I/O operation failed.
    Io {
        /// The operation, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
}

impl fmt::Display for FilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGenerated(path) => write!(
                f,
                "`{}` would be overwritten, but its first line does not mark it as generated; move it, or \
                 generate into another folder",
                path.display()
            ),
            Self::OtherCrate { folder, file } => write!(
                f,
                "`{}` contains another crate: `{}` was not generated; generate into a separate folder",
                folder.display(),
                file.display()
            ),
            Self::Io {
                action,
                path,
                error,
            } => {
                write!(f, "cannot {action} `{}`: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for FilesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotGenerated(_) | Self::OtherCrate { .. } => None,
            Self::Io { error, .. } => Some(error),
        }
    }
}

fn io<T>(action: &'static str, path: &Path, result: io::Result<T>) -> Result<T, FilesError> {
    result.map_err(|error| FilesError::Io {
        action,
        path: path.to_owned(),
        error,
    })
}

/// The file of a crate that belongs to the user and has no mark.
pub(crate) const MANIFEST: &str = "Cargo.toml";

/// The suffix of files that are being written.
const TEMPORARY_SUFFIX: &str = ".statusquo-tmp";

/// Reads a file; `None` if it does not exist.
///
/// # Errors
/// Returns an error if the file cannot be read.
pub fn read(path: &Path) -> Result<Option<String>, FilesError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => io("read", path, Err(error)),
    }
}

/// Reads the generated files in a folder.
///
/// # Errors
/// Returns an error if a file cannot be read.
pub fn read_generated(folder: &Path) -> Result<Files, FilesError> {
    let mut files = Files::new();
    walk(&folder.join("src"), &mut |place| {
        if is_generated(place)?
            && let Some(text) = read(place)?
        {
            let path = place.strip_prefix(folder).unwrap_or(place);
            files.insert(path.display().to_string().replace('\\', "/"), text);
        }
        Ok(())
    })?;
    Ok(files)
}

/// Compares a folder with the files that it should contain, without writing anything.
///
/// # Errors
/// Returns an error if the folder cannot be read, if a file that was not generated would be overwritten, or
/// if the folder contains another crate.
pub fn compare(files: &Files, folder: &Path) -> Result<Changes, FilesError> {
    let mut changes = Changes::default();
    for (path, text) in files {
        let place = folder.join(path);
        match read(&place)? {
            None => changes.missing.push(path.clone()),
            Some(existing) if existing == *text => {}
            Some(existing) if path == MANIFEST || is_marked(&existing) => {
                changes.stale.push(path.clone());
            }
            Some(_) => return Err(FilesError::NotGenerated(place)),
        }
    }
    let expected: BTreeSet<_> = files.keys().map(|path| folder.join(path)).collect();
    let mut has_generated = false;
    let mut other = None;
    walk(&folder.join("src"), &mut |place| {
        if is_temporary(place) {
            changes.leftovers.push(place.to_owned());
        } else if expected.contains(place) {
            has_generated = true;
        } else if is_generated(place)? {
            has_generated = true;
            let path = place.strip_prefix(folder).unwrap_or(place);
            changes
                .orphaned
                .push(path.display().to_string().replace('\\', "/"));
        } else if place.extension().is_some_and(|extension| extension == "rs") {
            other.get_or_insert_with(|| place.to_owned());
        }
        Ok(())
    })?;
    // A generated crate may contain additional files, but another crate is not overwritten.
    if let Some(file) = other.filter(|_| !has_generated) {
        let folder = folder.to_owned();
        return Err(FilesError::OtherCrate { folder, file });
    }
    let manifest = temporary(&folder.join(MANIFEST));
    if manifest.is_file() {
        changes.leftovers.push(manifest);
    }
    changes.orphaned.sort();
    Ok(changes)
}

/// Writes the files that differ, each with [`write()`], and removes those that are no longer generated.
///
/// # Errors
/// Returns the errors of [`compare`] before anything is written, and an error if a file cannot be written.
pub fn apply(files: &Files, folder: &Path) -> Result<Changes, FilesError> {
    let changes = compare(files, folder)?;
    for place in &changes.leftovers {
        io("remove", place, fs::remove_file(place))?;
    }
    for path in changes.missing.iter().chain(&changes.stale) {
        if let Some(text) = files.get(path) {
            write(&folder.join(path), text)?;
        }
    }
    for path in &changes.orphaned {
        let place = folder.join(path);
        io("remove", &place, fs::remove_file(&place))?;
        // This removes the folder only if it is empty now.
        if let Some(parent) = place.parent() {
            let _ = fs::remove_dir(parent);
        }
    }
    Ok(changes)
}

/// Writes a file to a temporary file and renames it, so that it is never incomplete.
///
/// # Errors
/// Returns an error if the file cannot be written.
pub fn write(place: &Path, text: &str) -> Result<(), FilesError> {
    if let Some(parent) = place.parent() {
        io("create", parent, fs::create_dir_all(parent))?;
    }
    let temporary = temporary(place);
    io("write", &temporary, fs::write(&temporary, text))?;
    io("write", place, fs::rename(&temporary, place))
}

fn temporary(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(TEMPORARY_SUFFIX);
    place.with_file_name(name)
}

fn is_temporary(place: &Path) -> bool {
    place
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(TEMPORARY_SUFFIX))
}

fn is_generated(place: &Path) -> Result<bool, FilesError> {
    // Generated files are valid UTF-8.
    match fs::read_to_string(place) {
        Ok(text) => Ok(is_marked(&text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(error) => io("read", place, Err(error)),
    }
}

/// Visits the files in a folder and its subfolders, without following links.
fn walk(
    folder: &Path,
    visit: &mut dyn FnMut(&Path) -> Result<(), FilesError>,
) -> Result<(), FilesError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return io("read", folder, Err(error)),
    };
    for entry in entries {
        let entry = io("read", folder, entry)?;
        let kind = io("read", &entry.path(), entry.file_type())?;
        if kind.is_dir() {
            walk(&entry.path(), visit)?;
        } else if kind.is_file() {
            visit(&entry.path())?;
        }
    }
    Ok(())
}
