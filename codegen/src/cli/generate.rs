//! `cargo xtask gen`: generates a crate from a document.

use std::path::{Path, PathBuf};

use crate::{
    Options,
    files::{self, Changes, Files, FilesError},
    manifest::{library, manifest},
    source::Source,
};

use super::{diff, document, error::CommandError, paths};

/// Generate a crate from an OpenAPI document
#[derive(clap::Args)]
pub(crate) struct GenArgs {
    /// The document, as YAML or JSON [default: spec/status.yaml of the workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The folder of the crate [default: generated/ of the workspace, for the default document]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of a new crate [default: derived from the document's title]
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    /// Exit with 1 if a file would change, without writing any
    #[arg(long)]
    check: bool,
    /// Report what an edit of the document changes since the last commit, without writing any file
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &GenArgs) -> Result<String, CommandError> {
    let spec = arguments.spec.clone().unwrap_or_else(paths::workspace_spec);
    let source = document::read(&spec)?;
    let out = match &arguments.out {
        Some(out) => out.clone(),
        None if paths::is_same_file(&spec, &paths::workspace_spec()) => paths::workspace_crate(),
        None => {
            return Err(CommandError::Unable(format!(
                "`--out` is missing; pass the folder of the crate: `--spec {} --out DIR`\n  = help: only \
                 the workspace's own document is generated into `generated/` by default",
                paths::shell_quoted(&spec)
            )));
        }
    };
    let files = crate_files(&spec, &source, Some(&out), arguments.name.as_deref())?;
    let out_name = paths::normalized(&out).display().to_string();
    if arguments.dry_run {
        let changes = files::compare(&files, &out).map_err(unable)?;
        let count = changes.missing.len() + changes.stale.len() + changes.orphaned.len();
        let report = diff::report_edit(&spec, &source, &out)?;
        let word = if count == 1 { "file" } else { "files" };
        return Ok(format!("{report}{out_name}: {count} {word} would change\n"));
    }
    if arguments.check {
        let changes = files::compare(&files, &out).map_err(unable)?;
        return check(&changes, &out_name, &command_line(arguments));
    }
    let changes = files::apply(&files, &out).map_err(unable)?;
    let written = changes.missing.len() + changes.stale.len();
    let removed = changes.orphaned.len();
    Ok(format!(
        "{out_name}: {} files, {written} written, {removed} removed\n",
        files.len()
    ))
}

/// Returns the files of a document's crate, including the manifest: an update of the manifest in `folder`,
/// or a new one.
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
        CommandError::Unable(format!("`{}`: {error}", paths::normalized(&path).display()))
    })?;
    let mut files = generated.files;
    files.insert("Cargo.toml".to_owned(), manifest);
    Ok(files)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` passes the error by value"
)]
fn unable(error: FilesError) -> CommandError {
    CommandError::Unable(error.to_string())
}

fn check(changes: &Changes, out: &str, command: &str) -> Result<String, CommandError> {
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
        message: format!("{out} is out of date; run `{command}`"),
    })
}

/// Returns the command that brings the crate up to date.
fn command_line(arguments: &GenArgs) -> String {
    let mut words = vec!["cargo xtask gen".to_owned()];
    if let Some(spec) = &arguments.spec {
        words.push(format!("--spec {}", paths::shell_quoted(spec)));
    }
    if let Some(out) = &arguments.out {
        words.push(format!("--out {}", paths::shell_quoted(out)));
    }
    if let Some(name) = &arguments.name {
        words.push(format!("--name {}", paths::shell_quoted(Path::new(name))));
    }
    words.join(" ")
}
