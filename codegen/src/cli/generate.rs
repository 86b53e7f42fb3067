//! The command `gen`: generates a crate from a document.

use std::path::{Path, PathBuf};

use crate::{
    GeneratedCrate, Options,
    files::{self, Changes},
    manifest::{library, manifest},
    source::Source,
};

use super::{Program, diff, document, error::CommandError, paths, reporting::ReportArgs};

/// Generate a crate from an OpenAPI document
#[derive(clap::Args)]
pub(crate) struct GenArgs {
    /// The document, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// The folder of the crate
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
    /// Exit with 1 if there is a warning, without writing any file
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    report: ReportArgs,
}

impl GenArgs {
    /// Runs the command.
    pub(crate) fn run(&self, program: &Program) -> Result<String, CommandError> {
        let spec = &self.spec;
        let source = document::read(spec)?;
        let workspace = program.workspace_of(spec);
        let out = match (&self.out, workspace) {
            (Some(out), _) => out.clone(),
            (None, Some(workspace)) => paths::relative(&workspace.out),
            (None, None) => {
                return Err(CommandError::Unable(format!(
                    "`--out` is missing; pass the folder of the crate: `--spec {} --out DIR`\n  = help: only \
                     the workspace's own document has a default folder",
                    paths::shell_quoted(spec)
                )));
            }
        };
        let request = CrateRequest {
            spec,
            source: &source,
            folder: Some(&out),
            name: self.name.as_deref(),
        };
        let (generated, warnings) = crate_with_manifest(program, &self.report, &request)?;
        if self.deny_warnings && warnings > 0 {
            let plural = if warnings == 1 { "warning" } else { "warnings" };
            return Err(CommandError::Findings {
                results: String::new(),
                message: format!(
                    "{}: {warnings} {plural} denied, nothing is generated; correct the document, or pass \
                     `--allow RULE`",
                    source.name
                ),
            });
        }
        let files = &generated.files;
        // The catalogue belongs to the workspace's own crate.
        let catalogue = workspace
            .filter(|workspace| paths::is_same_file(&out, &workspace.out))
            .map(|workspace| CatalogueFile::compare(&workspace.catalogue, &generated))
            .transpose()?;
        let out_name = paths::normalized(&out).display().to_string();
        if self.dry_run {
            let changes = files::compare(files, &out)?;
            let count = changes.missing.len() + changes.stale.len() + changes.orphaned.len();
            let report = diff::report_edit(program, &self.report, spec, &source, &out)?;
            let word = if count == 1 { "file" } else { "files" };
            let mut results = format!("{report}{out_name}: {count} {word} would change\n");
            if let Some(catalogue) = catalogue.filter(|catalogue| catalogue.change.is_some()) {
                results.push_str(&format!("{}: would change\n", catalogue.path.display()));
            }
            return Ok(results);
        }
        if self.check {
            let changes = files::compare(files, &out)?;
            return check(
                &changes,
                catalogue.as_ref(),
                &out_name,
                &self.command_line(program),
            );
        }
        let changes = files::apply(files, &out)?;
        let written = changes.missing.len() + changes.stale.len();
        let removed = changes.orphaned.len();
        let mut results = format!(
            "{out_name}: {} files, {written} written, {removed} removed\n",
            files.len()
        );
        if let Some(catalogue) = catalogue.filter(|catalogue| catalogue.change.is_some()) {
            files::write(&catalogue.path, &catalogue.text)?;
            results.push_str(&format!("{}: written\n", catalogue.path.display()));
        }
        Ok(results)
    }

    /// Returns the command that brings the crate up to date.
    fn command_line(&self, program: &Program) -> String {
        let mut words = vec![format!("{} gen", program.name)];
        if program.workspace_of(&self.spec).is_none() {
            words.push(format!("--spec {}", paths::shell_quoted(&self.spec)));
        }
        if let Some(out) = &self.out {
            words.push(format!("--out {}", paths::shell_quoted(out)));
        }
        if let Some(name) = &self.name {
            words.push(format!("--name {}", paths::shell_quoted(Path::new(name))));
        }
        words.join(" ")
    }
}

/// The file of the catalogue that the workspace's document describes.
struct CatalogueFile {
    path: PathBuf,
    text: String,
    /// The difference of the file on disk, as a word; `None` if it is up to date.
    change: Option<&'static str>,
}

impl CatalogueFile {
    fn compare(path: &Path, generated: &GeneratedCrate) -> Result<Self, CommandError> {
        let path = paths::relative(path);
        let text = generated.catalogue.to_json();
        let change = match files::read(&path)? {
            None => Some("missing"),
            Some(existing) if existing != text => Some("stale"),
            Some(_) => None,
        };
        Ok(Self { path, text, change })
    }
}

/// A crate to generate.
pub(crate) struct CrateRequest<'a> {
    pub(crate) spec: &'a Path,
    pub(crate) source: &'a Source,
    /// The folder with the manifest to update; `None` for a new manifest.
    pub(crate) folder: Option<&'a Path>,
    /// The name of a new crate.
    pub(crate) name: Option<&'a str>,
}

/// Generates a crate with its manifest, prints warnings to standard error, and returns their number.
pub(crate) fn crate_with_manifest(
    program: &Program,
    report: &ReportArgs,
    request: &CrateRequest<'_>,
) -> Result<(GeneratedCrate, usize), CommandError> {
    let CrateRequest {
        spec,
        source,
        folder,
        name,
    } = *request;
    let path = folder.unwrap_or(Path::new("")).join("Cargo.toml");
    let existing = match folder {
        Some(_) => files::read(&path)?,
        None => None,
    };
    let options = Options {
        library: library(existing.as_deref(), name),
        ..Options::default()
    };
    let catalogue = program.catalogue_for(spec)?;
    let mut generated = crate::generate(source, catalogue, &options)
        .map_err(|findings| report.generation_error(&findings, source))?;
    let warnings = report.warn(&generated.warnings, source);
    let manifest = manifest(existing.as_deref(), name, &generated.package).map_err(|error| {
        CommandError::Unable(format!("`{}`: {error}", paths::normalized(&path).display()))
    })?;
    generated.files.insert("Cargo.toml".to_owned(), manifest);
    Ok((generated, warnings))
}

fn check(
    changes: &Changes,
    catalogue: Option<&CatalogueFile>,
    out: &str,
    command: &str,
) -> Result<String, CommandError> {
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
    let mut results: String = lines.collect();
    let mut outdated = Vec::from_iter((!changes.is_empty()).then(|| out.to_owned()));
    if let Some((catalogue, word)) = catalogue.and_then(|file| Some((file, file.change?))) {
        let path = catalogue.path.display();
        results.push_str(&format!("{word} {path}\n"));
        outdated.push(path.to_string());
    }
    if outdated.is_empty() {
        return Ok(format!("{out}: up to date\n"));
    }
    let verb = if outdated.len() == 1 { "is" } else { "are" };
    Err(CommandError::Findings {
        results,
        message: format!(
            "{} {verb} out of date; run `{command}`",
            outdated.join(" and ")
        ),
    })
}
