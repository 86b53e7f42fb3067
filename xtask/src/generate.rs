//! `cargo xtask gen`: from a document to a crate.

use std::path::{Path, PathBuf};

use statusquo_codegen::{
    Options,
    files::{self, Changes, Files, FilesError},
    manifest::{library, manifest},
    source::Source,
};

use crate::{diff, document, error::CommandError, paths};

/// Generate a crate from an OpenAPI document
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The document, JSON or YAML [default: spec/status.yaml of the workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The folder of the crate [default: generated/ of the workspace, for its own document]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of the crate, if it is new [default: from the document's title]
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    /// Write nothing; end with 1 if something would be written
    #[arg(long)]
    check: bool,
    /// Write nothing; say what the edit at hand means, against the crate as it is committed
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<String, CommandError> {
    let spec = arguments.spec.clone().unwrap_or_else(paths::own_spec);
    let source = document::read(&spec)?;
    let out = match &arguments.out {
        Some(out) => out.clone(),
        None if paths::same(&spec, &paths::own_spec()) => paths::own_crate(),
        None => {
            return Err(CommandError::Unable(format!(
                "say where to generate: `--spec {} --out DIR`\n  = help: `generated/` is for the \
                 workspace's own document",
                paths::quoted(&spec)
            )));
        }
    };
    let files = crate_files(&spec, &source, Some(&out), arguments.name.as_deref())?;
    let shown = paths::tidy(&out).display().to_string();
    if arguments.dry_run {
        let changes = files::compare(&files, &out).map_err(unable)?;
        let count = changes.missing.len() + changes.stale.len() + changes.orphaned.len();
        let meaning = diff::report_edit(&spec, &source, &out)?;
        let word = if count == 1 { "file" } else { "files" };
        return Ok(format!("{meaning}{shown}: {count} {word} would change\n"));
    }
    if arguments.check {
        let changes = files::compare(&files, &out).map_err(unable)?;
        return check(&changes, &shown, &mend(arguments));
    }
    let changes = files::apply(&files, &out).map_err(unable)?;
    let written = changes.missing.len() + changes.stale.len();
    let removed = changes.orphaned.len();
    Ok(format!(
        "{shown}: {} files, {written} written, {removed} removed\n",
        files.len()
    ))
}

/// The files of the crate that a document gives, its manifest among them: the one in a folder, with
/// what it lacks, or a new one.
pub(crate) fn crate_files(
    spec: &Path,
    source: &Source,
    folder: Option<&Path>,
    name: Option<&str>,
) -> Result<Files, CommandError> {
    let path = folder.unwrap_or(Path::new("")).join("Cargo.toml");
    let existing = match folder {
        Some(_) => files::read(&path).map_err(unable)?,
        None => None,
    };
    let options = Options {
        library: library(existing.as_deref(), name),
    };
    let generated = document::generate(source, &document::catalogue(spec)?, &options)?;
    let manifest = manifest(existing.as_deref(), name, &generated.package).map_err(|error| {
        CommandError::Unable(format!("`{}`: {error}", paths::tidy(&path).display()))
    })?;
    let mut files = generated.files;
    files.insert("Cargo.toml".to_owned(), manifest);
    Ok(files)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
fn unable(error: FilesError) -> CommandError {
    CommandError::Unable(error.to_string())
}

fn check(changes: &Changes, out: &str, mend: &str) -> Result<String, CommandError> {
    if changes.is_empty() {
        return Ok(format!("{out}: up to date\n"));
    }
    let lists = [
        ("missing", &changes.missing),
        ("stale", &changes.stale),
        ("orphaned", &changes.orphaned),
    ];
    let lines = lists.iter().flat_map(|(word, paths)| {
        paths
            .iter()
            .map(move |path| format!("{word} {out}/{path}\n"))
    });
    Err(CommandError::Findings {
        results: lines.collect(),
        message: format!("{out} is not what the document says; run `{mend}`"),
    })
}

/// The command that makes the crate what the document says.
fn mend(arguments: &Arguments) -> String {
    let mut words = vec!["cargo xtask gen".to_owned()];
    if let Some(spec) = &arguments.spec {
        words.push(format!("--spec {}", paths::quoted(spec)));
    }
    if let Some(out) = &arguments.out {
        words.push(format!("--out {}", paths::quoted(out)));
    }
    if let Some(name) = &arguments.name {
        words.push(format!("--name {}", paths::quoted(Path::new(name))));
    }
    words.join(" ")
}
