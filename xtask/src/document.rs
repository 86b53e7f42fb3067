//! Reading documents, and saying what is wrong with them.

use std::{fs, io, path::Path};

use statusquo_codegen::{
    GeneratedCrate, Options,
    model::{Catalogue, Model},
    report::{Diagnostic, OutputStyle, Report, render},
    source::Source,
};

use crate::{
    error::CommandError,
    git::{Blob, Repository, Revision},
    paths,
};

/// Reads a document, and the files beside it that it leads to.
pub(crate) fn read(path: &Path) -> Result<Source, CommandError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(whole(alone(path)?, |file| beside(folder, file)))
}

/// Reads a document as it was in a revision; `None` if it was not there.
pub(crate) fn read_at(
    repository: &Repository,
    revision: &Revision,
    path: &Path,
) -> Result<Option<Source>, CommandError> {
    let path = match &revision.path {
        Some(path) => path.clone(),
        None => repository.path(path)?,
    };
    let is_absent = matches!(repository.read(revision, &path), Ok(Blob::Absent));
    let former = is_absent
        .then(|| repository.former(revision, &path))
        .flatten();
    let path = former.unwrap_or(path);
    let name = format!("{}:{path}", revision.name_in_paths());
    let unable = |why: &str| CommandError::Unable(format!("cannot read `{name}`: {why}"));
    let bytes = match repository
        .read(revision, &path)
        .map_err(|why| unable(&why))?
    {
        Blob::File(bytes) => bytes,
        Blob::Absent if revision.path.is_some() => return Err(unable("there is no such file")),
        Blob::Absent => return Ok(None),
        Blob::Link => return Err(unable("it is a link; name the document that it leads to")),
        Blob::Other => return Err(unable("it is no file")),
    };
    let source = text(&name, bytes)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Ok(Some(whole(source, |file| {
        let path = if folder.is_empty() {
            file.to_owned()
        } else {
            format!("{folder}/{file}")
        };
        match repository.read(revision, &path)? {
            Blob::File(bytes) => {
                String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
            }
            Blob::Absent => Err("there is no such file".to_owned()),
            Blob::Link => Err("it is a link".to_owned()),
            Blob::Other => Err("it is no file".to_owned()),
        }
    })))
}

/// A document with the files beside it.
fn whole(mut source: Source, read: impl Fn(&str) -> Result<String, String>) -> Source {
    loop {
        let missing = statusquo_codegen::missing_files(&source);
        if missing.is_empty() {
            return source;
        }
        for file in missing {
            let text = read(&file);
            source = source.with_file(file, text);
        }
    }
}

/// The text of a file in the folder of a document, or below; the error says why there is none.
fn beside(folder: &Path, file: &str) -> Result<String, String> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let path = folder.join(file);
    let unable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
        _ => error.to_string(),
    };
    // A link may lead out of the folder.
    let real = path.canonicalize().map_err(unable)?;
    if !real.starts_with(folder.canonicalize().map_err(unable)?) {
        return Err("it is a link out of the document's folder".to_owned());
    }
    if !real.is_file() {
        return Err("it is no file".to_owned());
    }
    fs::read_to_string(real).map_err(unable)
}

/// Reads a document without the files beside it.
fn alone(path: &Path) -> Result<Source, CommandError> {
    let name = paths::tidy(path).display().to_string();
    let unable = |why: &str| CommandError::Unable(format!("cannot read `{name}`: {why}"));
    if path.is_dir() {
        return Err(unable("it is a folder; name the document in it"));
    }
    let bytes = fs::read(path).map_err(|error| unable(&error.to_string()))?;
    text(&name, bytes)
}

fn text(name: &str, bytes: Vec<u8>) -> Result<Source, CommandError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, &text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..at).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(CommandError::Unable(format!(
                "cannot read `{name}`: it is no text in UTF-8\n  --> {name}:{line}\n  = help: save it as UTF-8"
            )))
        }
    }
}

/// The statuses that a document need not describe: those of the workspace's own document, and none for
/// that one itself.
pub(crate) fn catalogue(of: &Path) -> Result<Catalogue, CommandError> {
    let own = paths::own_spec();
    if paths::same(of, &own) {
        return Ok(Catalogue::empty());
    }
    let source = read(&own)?;
    statusquo_codegen::catalogue(&source).map_err(|findings| refused(&findings, &source))
}

/// Generates a crate; says on standard error what of the document is not in it.
pub(crate) fn generate(
    source: &Source,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<GeneratedCrate, CommandError> {
    let generated = statusquo_codegen::generate(source, catalogue, options)
        .map_err(|findings| refused(&findings, source))?;
    warn(&generated.warnings, source);
    Ok(generated)
}

/// Reads what a document means; says on standard error what is left out.
pub(crate) fn model(source: &Source, catalogue: &Catalogue) -> Result<Model, CommandError> {
    let (model, warnings) = statusquo_codegen::model(source, catalogue)
        .map_err(|findings| refused(&findings, source))?;
    warn(&warnings, source);
    Ok(model)
}

fn warn(warnings: &[Diagnostic], source: &Source) {
    let report = render(warnings, source, OutputStyle::Colored);
    anstream::eprint!("{}", report.text);
    if report.warnings > 1 {
        anstream::eprintln!("{}: {} warnings", source.name, report.warnings);
    }
}

/// Says what is wrong with a document of which nothing is generated then.
fn refused(findings: &[Diagnostic], source: &Source) -> CommandError {
    told(findings, source, "nothing is generated")
}

/// Says what is wrong with a document that cannot be compared then.
pub(crate) fn unreadable(findings: &[Diagnostic], source: &Source) -> CommandError {
    told(findings, source, "nothing is compared")
}

fn told(findings: &[Diagnostic], source: &Source, outcome: &str) -> CommandError {
    let Report {
        mut text, errors, ..
    } = render(findings, source, OutputStyle::Colored);
    let plural = if errors == 1 { "error" } else { "errors" };
    text.push_str(&format!("{}: {errors} {plural}, {outcome}\n", source.name));
    CommandError::Document(text)
}
