//! Reads documents from files and from Git.

use std::{fs, io, path::Path};

use crate::source::Source;

use super::{
    error::CommandError,
    git::{Blob, Repository, Revision},
    paths,
};

/// Reads a document and its external files.
pub(crate) fn read(path: &Path) -> Result<Source, CommandError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(with_external_files(read_file(path)?, |file| {
        read_external_file(folder, file)
    }))
}

/// Reads a document and its external files from a revision; `None` if the revision does not contain it.
pub(crate) fn read_revision(
    repository: &Repository,
    revision: &Revision,
    path: &Path,
) -> Result<Option<Source>, CommandError> {
    let path = match &revision.path {
        Some(path) => path.clone(),
        None => repository.path(path)?,
    };
    let is_absent = matches!(repository.read(revision, &path), Ok(Blob::Absent));
    let previous_path = is_absent
        .then(|| repository.previous_path(revision, &path))
        .flatten();
    let path = previous_path.unwrap_or(path);
    let name = format!("{}:{path}", revision.name_in_paths());
    let unable = |reason: &str| CommandError::Unable(format!("cannot read `{name}`: {reason}"));
    let bytes = match repository
        .read(revision, &path)
        .map_err(|reason| unable(&reason))?
    {
        Blob::File(bytes) => bytes,
        Blob::Absent if revision.path.is_some() => return Err(unable("there is no such file")),
        Blob::Absent => return Ok(None),
        Blob::Link => return Err(unable("it is a symbolic link; use the path of its target")),
        Blob::Other => return Err(unable("it is not a file")),
    };
    let source = decode(&name, bytes)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Ok(Some(with_external_files(source, |file| {
        let path = if folder.is_empty() {
            file.to_owned()
        } else {
            format!("{folder}/{file}")
        };
        match repository.read(revision, &path)? {
            Blob::File(bytes) => {
                String::from_utf8(bytes).map_err(|_| "it is not valid UTF-8".to_owned())
            }
            Blob::Absent => Err("there is no such file".to_owned()),
            Blob::Link => Err("it is a symbolic link".to_owned()),
            Blob::Other => Err("it is not a file".to_owned()),
        }
    })))
}

/// Adds the external files that a document references, directly or through other files.
fn with_external_files(
    mut source: Source,
    read: impl Fn(&str) -> Result<String, String>,
) -> Source {
    loop {
        let missing = crate::missing_files(&source);
        if missing.is_empty() {
            return source;
        }
        for file in missing {
            let text = read(&file);
            source = source.with_file(file, text);
        }
    }
}

/// Reads a file in a document's folder or its subfolders; the error is the reason for a message.
fn read_external_file(folder: &Path, file: &str) -> Result<String, String> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let path = folder.join(file);
    let unable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::InvalidData => "it is not valid UTF-8".to_owned(),
        _ => error.to_string(),
    };
    // A symbolic link may point to a file outside of the folder.
    let real = path.canonicalize().map_err(unable)?;
    if !real.starts_with(folder.canonicalize().map_err(unable)?) {
        return Err("it is a symbolic link to a file outside the document's folder".to_owned());
    }
    if !real.is_file() {
        return Err("it is not a file".to_owned());
    }
    fs::read_to_string(real).map_err(unable)
}

/// Reads a document without its external files.
fn read_file(path: &Path) -> Result<Source, CommandError> {
    let name = paths::normalized(path).display().to_string();
    let unable = |reason: &str| CommandError::Unable(format!("cannot read `{name}`: {reason}"));
    if path.is_dir() {
        return Err(unable("it is a folder; use the path of a document in it"));
    }
    let bytes = fs::read(path).map_err(|error| unable(&error.to_string()))?;
    decode(&name, bytes)
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<Source, CommandError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, &text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..at).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(CommandError::Unable(format!(
                "cannot read `{name}`: it is not valid UTF-8\n  --> {name}:{line}\n  = help: save it as UTF-8"
            )))
        }
    }
}
