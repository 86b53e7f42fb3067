//! The command `diff`: reports what a change of a document breaks.

mod github;
mod json;
mod markdown;
mod text;
mod view;
mod word_diff;

use std::path::{Path, PathBuf};

use crate::{
    Options,
    diff::{Diff, Level, Side, diff},
    files::{self, Files},
    source::Source,
};

use super::{
    Program, document,
    error::CommandError,
    git::{Blob, Repository, Revision},
    paths,
    reporting::ReportArgs,
};
use view::View;

/// Compare two versions of a document
#[derive(clap::Args)]
pub(crate) struct DiffArgs {
    /// The old document: a Git revision or a file [default: the merge base with origin/main or main, else
    /// HEAD]
    #[arg(value_name = "BASE")]
    base: Option<String>,
    /// The new document, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
    /// Exit with 1 at a change of this level or above, or at any risk on the wire [default: if the version
    /// is not raised enough]
    #[arg(long, value_enum, value_name = "LEVEL")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum DiffFormat {
    /// Text for a terminal
    Text,
    /// A comment for a pull request
    Markdown,
    /// JSON for programs
    Json,
    /// Annotations for GitHub workflows
    Github,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Code may no longer compile
    Major,
    /// The crate has additions or breaking changes
    Minor,
    /// The document or the crate changed
    Patch,
    /// Old clients of a new server, or new clients of an old server, may break
    Wire,
}

impl DiffArgs {
    /// Runs the command.
    pub(crate) fn run(&self, program: &Program) -> Result<String, CommandError> {
        let spec = &self.spec;
        let head = document::read(spec)?;
        let base = Base::find(program, self.base.as_deref(), spec)?;
        let Some(old) = base.read(spec)? else {
            // A new document must be valid, too.
            let model = self.report.model(&head, program.catalogue_for(spec)?)?;
            let view = view::New {
                base: base.shown(),
                head: paths::normalized(spec).display().to_string(),
                operations: model.operations.len(),
            };
            return Ok(match self.format {
                DiffFormat::Text => text::new(&view),
                DiffFormat::Markdown => markdown::new(&view),
                DiffFormat::Json => json::new(&view),
                DiffFormat::Github => github::new(&view),
            });
        };
        let (old, new) = sides(program, &self.report, spec, &old, &head)?;
        let old = base.with_crate(program, spec, old)?;
        let diff = diff(&old, &new);
        let (before, after) = (base.shown(), head_name(&base, spec, &head));
        let view = View::new(&diff, (&before, old.source()), (&after, &head));
        let results = match self.format {
            DiffFormat::Text => text::report(&view),
            DiffFormat::Markdown => markdown::report(&view, program),
            DiffFormat::Json => json::report(&view),
            DiffFormat::Github => github::report(&view),
        };
        match verdict(&diff, self.fail_on) {
            None => Ok(results),
            Some(message) => Err(CommandError::Findings { results, message }),
        }
    }
}

/// Reports the effect of an edited document on the crate as it is committed, or on the crate on disk if Git
/// does not track the document.
pub(crate) fn report_edit(
    program: &Program,
    report: &ReportArgs,
    spec: &Path,
    source: &Source,
    out: &Path,
) -> Result<String, CommandError> {
    let shown = paths::normalized(spec).display().to_string();
    let repository = Repository::containing(spec);
    let last = repository.and_then(|repository| {
        let revision = repository.revision("HEAD").ok()?;
        Some((repository, revision))
    });
    let committed = match &last {
        None => None,
        Some((repository, revision)) => {
            // The committed document may be invalid, and the edit may fix that.
            let old = document::read_revision(repository, revision, spec)?;
            old.and_then(|old| side(program, report, spec, &old).ok())
        }
    };
    let head = side(program, report, spec, source)?;
    let (name, base) = match (committed, &last) {
        (Some(base), Some((repository, revision))) => {
            let files = match repository.path(out) {
                Ok(_) => committed_files(repository, revision, out)?,
                Err(_) => Files::new(),
            };
            let name = revision.shown();
            if files.is_empty() {
                (name, on_disk(out, base)?)
            } else {
                (name, base.with_crate(&files).map_err(CommandError::Unable)?)
            }
        }
        _ => {
            let base = side(program, report, spec, source)?;
            let crate_name = paths::normalized(out).display().to_string();
            (crate_name, on_disk(out, base)?)
        }
    };
    let diff = diff(&base, &head);
    let view = View::new(&diff, (&name, base.source()), (&shown, source));
    Ok(text::report(&view))
}

/// Adds the crate on disk to a side, if there is one.
fn on_disk(folder: &Path, side: Side) -> Result<Side, CommandError> {
    let unable = |error: &dyn std::fmt::Display| {
        let folder = paths::normalized(folder).display().to_string();
        CommandError::Unable(format!("cannot read `{folder}`: {error}"))
    };
    let files = files::read_generated(folder).map_err(|error| unable(&error))?;
    if files.is_empty() {
        return Ok(side);
    }
    side.with_crate(&files).map_err(|error| unable(&error))
}

/// Returns the name of the head: the file, and the commit if it is unchanged since then.
fn head_name(base: &Base, spec: &Path, source: &Source) -> String {
    let shown = paths::normalized(spec).display().to_string();
    let committed = || {
        let Base::Revision(repository, _) = base else {
            return None;
        };
        let revision = repository.revision("HEAD").ok()?;
        let committed = document::read_revision(repository, &revision, spec).ok()??;
        let is_same =
            committed.text == source.text && committed.external_files == source.external_files;
        is_same.then(|| revision.short().to_owned())
    };
    match committed() {
        Some(commit) => format!("{shown} ({commit})"),
        None => shown,
    }
}

/// Returns the message for standard error if the change is not allowed.
fn verdict(diff: &Diff, fail_on: Option<FailOn>) -> Option<String> {
    let level = diff.level?;
    if fail_on == Some(FailOn::Wire) {
        let wire = diff.wire();
        let is_risky = wire.old_clients() || wire.new_clients();
        return is_risky.then(|| format!("the change is {}", wire.summary()));
    }
    let least = match fail_on {
        None => {
            let versions = &diff.versions;
            let stated = view::plain(&versions.stated);
            let advice = match &versions.needed {
                Some(needed) => format!("raise it to at least {needed}"),
                None => "choose a new one; none is suggested, because it is not a semantic version that can \
                         be incremented"
                    .to_owned(),
            };
            return (versions.is_sufficient == Some(false)).then(|| {
                format!("`info.version` is {stated}, but this is a {level} change: {advice}")
            });
        }
        Some(FailOn::Major) => Level::Major,
        Some(FailOn::Minor) => Level::Minor,
        Some(FailOn::Patch | FailOn::Wire) => Level::Patch,
    };
    (level >= least).then(|| format!("this is a {level} change"))
}

/// Reads both sides in parallel, because each takes equally long.
fn sides(
    program: &Program,
    report: &ReportArgs,
    spec: &Path,
    base: &Source,
    head: &Source,
) -> Result<(Side, Side), CommandError> {
    let (old, new) = Side::read_both(
        base,
        head,
        program.catalogue_for(spec)?,
        &Options::default(),
    );
    let old = old.map_err(|findings| report.comparison_error(&findings, base))?;
    let new = new.map_err(|findings| report.comparison_error(&findings, head))?;
    Ok((old, new))
}

/// Reads one side.
fn side(
    program: &Program,
    report: &ReportArgs,
    spec: &Path,
    source: &Source,
) -> Result<Side, CommandError> {
    Side::read(source, program.catalogue_for(spec)?, &Options::default())
        .map_err(|findings| report.comparison_error(&findings, source))
}

/// The document to compare with.
enum Base {
    /// Another file.
    File(PathBuf),
    /// The same file in a revision.
    Revision(Repository, Revision),
}

impl Base {
    /// Finds the base: a revision or a file, or by default the start of the branch.
    fn find(program: &Program, base: Option<&str>, spec: &Path) -> Result<Self, CommandError> {
        let repository = Repository::containing(spec);
        let Some(base) = base else {
            let repository = repository.ok_or_else(|| {
                let spec = paths::shell_quoted(spec);
                CommandError::Unable(format!(
                    "`{spec}` is not in a Git repository\n  = help: name the file to compare it with: \
                     `{} diff OLD --spec {spec}`",
                    program.name
                ))
            })?;
            let start = repository.start().map_err(CommandError::Unable)?;
            return Ok(Self::Revision(repository, start));
        };
        let file = Path::new(base);
        let revision = match &repository {
            Some(repository) => repository.revision(base),
            None => Err("the document is not in a Git repository".to_owned()),
        };
        match (file.exists(), revision, repository) {
            (true, Err(_), _) => Ok(Self::File(file.to_owned())),
            (false, Ok(revision), Some(repository)) => Ok(Self::Revision(repository, revision)),
            (true, Ok(_), _) => Err(CommandError::Unable(format!(
                "`{base}` is both a file and a revision\n  = help: write `./{base}` for the file, or \
                 `refs/heads/{base}` for the branch"
            ))),
            (false, Err(why), _) => Err(CommandError::Unable(format!(
                "`{base}` is not a file, and {why}\n  = help: name a file, or fetch the revision first"
            ))),
            (false, Ok(_), None) => Err(CommandError::Unable(
                "there is no Git repository".to_owned(),
            )),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::File(file) => paths::normalized(file).display().to_string(),
            Self::Revision(_, revision) => revision.shown(),
        }
    }

    /// Reads the old document; `None` if it did not exist yet.
    fn read(&self, spec: &Path) -> Result<Option<Source>, CommandError> {
        match self {
            Self::File(file) => document::read(file).map(Some),
            Self::Revision(repository, revision) => {
                document::read_revision(repository, revision, spec)
            }
        }
    }

    /// Adds the committed crate of the revision to a side, if the document is the workspace's own. That
    /// crate may have been generated by an older generator.
    fn with_crate(&self, program: &Program, spec: &Path, side: Side) -> Result<Side, CommandError> {
        match (self, program.workspace_of(spec)) {
            (Self::Revision(repository, revision), Some(workspace)) => {
                let files =
                    committed_files(repository, revision, &paths::relative(&workspace.out))?;
                if files.is_empty() {
                    return Ok(side);
                }
                side.with_crate(&files).map_err(CommandError::Unable)
            }
            _ => Ok(side),
        }
    }
}

/// Returns the files of a crate in a revision; empty if the folder does not exist.
fn committed_files(
    repository: &Repository,
    revision: &Revision,
    folder: &Path,
) -> Result<Files, CommandError> {
    let unable = |why: String| {
        let folder = paths::normalized(folder).display().to_string();
        CommandError::Unable(format!(
            "cannot read `{folder}` of {}: {why}",
            revision.shown()
        ))
    };
    let root = repository.path(folder)?;
    let mut files = Files::new();
    for path in repository.files(revision, &root).map_err(unable)? {
        let inner = path.strip_prefix(&format!("{root}/")).unwrap_or(&path);
        if !inner.starts_with("src/") {
            continue;
        }
        if let Blob::File(bytes) = repository.read(revision, &path).map_err(unable)? {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            files.insert(inner.to_owned(), text);
        }
    }
    Ok(files)
}
