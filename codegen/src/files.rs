//! Files of a generated crate: what they are, what is on disk, and how the one becomes the other.
//!
//! The only place of the generator that touches the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::format::MARK;

/// Files by their path in a crate, which has `/` on every system.
pub type Files = BTreeMap<String, String>;

/// What has to be done to a folder so that it holds some files and no others of the generator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The files that are not there.
    pub missing: Vec<String>,
    /// The files whose content differs.
    pub stale: Vec<String>,
    /// The files that are no longer generated.
    pub orphaned: Vec<String>,
    /// Left-overs of a run that was killed.
    leftovers: Vec<PathBuf>,
}

impl Changes {
    /// Whether the folder is as it should be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.stale.is_empty() && self.orphaned.is_empty()
    }
}

/// Why a folder cannot be read or written.
#[derive(Debug)]
pub enum FilesError {
    /// A file is in the way that is not of the generator.
    Foreign(PathBuf),
    /// The folder has a crate that is not of the generator.
    Inhabited {
        /// The folder.
        folder: PathBuf,
        /// A file of that crate.
        by: PathBuf,
    },
    /// The system refuses something.
    Io {
        /// What was to be done.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for FilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(path) => write!(
                f,
                "`{}` is in the way: its first line does not say that it is generated, so it is \
                 not overwritten; move it, or generate into another folder",
                path.display()
            ),
            Self::Inhabited { folder, by } => write!(
                f,
                "`{}` is a crate that is not generated: `{}` is not, and nothing beside it; generate \
                 into a folder of its own",
                folder.display(),
                by.display()
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
            Self::Foreign(_) | Self::Inhabited { .. } => None,
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

/// The file of a crate that belongs to the user, and is never held for one of the generator.
pub(crate) const MANIFEST: &str = "Cargo.toml";

/// What stands at the end of the name of a file that is being written.
const TEMPORARY: &str = ".statusquo-tmp";

/// The content of a file, or `None` if it is not there.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: &Path) -> Result<Option<String>, FilesError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => io("read", path, Err(error)),
    }
}

/// The files of the generator that are in a folder.
///
/// # Errors
/// If one cannot be read.
pub fn generated(folder: &Path) -> Result<Files, FilesError> {
    let mut files = Files::new();
    walk(&folder.join("src"), &mut |place| {
        if is_own(place)?
            && let Some(text) = read(place)?
        {
            let path = place.strip_prefix(folder).unwrap_or(place);
            files.insert(path.display().to_string().replace('\\', "/"), text);
        }
        Ok(())
    })?;
    Ok(files)
}

/// Compares a folder with what it should hold. Nothing is written.
///
/// # Errors
/// If the folder cannot be read, or holds a file of somebody else in the place of a generated one, or
/// another crate.
pub fn compare(files: &Files, folder: &Path) -> Result<Changes, FilesError> {
    let mut changes = Changes::default();
    for (path, text) in files {
        let place = folder.join(path);
        match read(&place)? {
            None => changes.missing.push(path.clone()),
            Some(found) if found == *text => {}
            Some(found) if path == MANIFEST || found.starts_with(MARK) => {
                changes.stale.push(path.clone());
            }
            Some(_) => return Err(FilesError::Foreign(place)),
        }
    }
    let known: BTreeSet<_> = files.keys().map(|path| folder.join(path)).collect();
    let mut own = false;
    let mut foreign = None;
    walk(&folder.join("src"), &mut |place| {
        if is_temporary(place) {
            changes.leftovers.push(place.to_owned());
        } else if known.contains(place) {
            own = true;
        } else if is_own(place)? {
            own = true;
            let path = place.strip_prefix(folder).unwrap_or(place);
            changes
                .orphaned
                .push(path.display().to_string().replace('\\', "/"));
        } else if place.extension().is_some_and(|extension| extension == "rs") {
            foreign.get_or_insert_with(|| place.to_owned());
        }
        Ok(())
    })?;
    // What somebody adds to a generated crate is theirs; a crate of theirs is no place for ours.
    if let Some(by) = foreign.filter(|_| !own) {
        let folder = folder.to_owned();
        return Err(FilesError::Inhabited { folder, by });
    }
    let manifest = temporary(&folder.join(MANIFEST));
    if manifest.is_file() {
        changes.leftovers.push(manifest);
    }
    changes.orphaned.sort();
    Ok(changes)
}

/// Makes a folder hold some files: writes what differs, and removes what is no longer generated.
///
/// Each file is written beside its place and moved there, so that it is old or new at any moment.
///
/// # Errors
/// As [`compare`], before anything is written; and if something cannot be written.
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
        // A folder that is empty now was made for the file. Others stay.
        if let Some(parent) = place.parent() {
            let _ = fs::remove_dir(parent);
        }
    }
    Ok(changes)
}

fn write(place: &Path, text: &str) -> Result<(), FilesError> {
    if let Some(parent) = place.parent() {
        io("create", parent, fs::create_dir_all(parent))?;
    }
    let temporary = temporary(place);
    io("write", &temporary, fs::write(&temporary, text))?;
    io("write", place, fs::rename(&temporary, place))
}

fn temporary(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(TEMPORARY);
    place.with_file_name(name)
}

fn is_temporary(place: &Path) -> bool {
    place
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(TEMPORARY))
}

fn is_own(place: &Path) -> Result<bool, FilesError> {
    if place.extension().is_none_or(|extension| extension != "rs") {
        return Ok(false);
    }
    // Generated files are text; a file that is not is somebody else's.
    match fs::read_to_string(place) {
        Ok(text) => Ok(text.starts_with(MARK)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(error) => io("read", place, Err(error)),
    }
}

/// Visits the files below a folder; links are not followed.
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
