//! `cargo xtask diff`: what a change of a document means.

mod github;
mod json;
mod markdown;
mod text;
mod view;
mod word_diff;

use std::path::{Path, PathBuf};

use statusquo_codegen::{
    diff::{Diff, Level, Side, diff},
    files::{self, Files},
    source::Source,
};

use crate::{
    document,
    error::CommandError,
    git::{Blob, Repository, Revision},
    paths,
};
use view::View;

/// Say what a change of a document means, for callers and for those who compile
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What the document was: a revision of git, or a file [default: where the branch left origin/main,
    /// else main, else the last commit]
    #[arg(value_name = "BASE")]
    base: Option<String>,
    /// The document as it is, JSON or YAML [default: spec/status.yaml of the workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// End with 1 at a change of this level or above, or at any risk on the wire [default: where the
    /// version is not raised enough]
    #[arg(long, value_enum, value_name = "LEVEL")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For a comment on a pull request
    Markdown,
    /// For programs
    Json,
    /// For annotations of GitHub's workflows
    Github,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// What may not compile any more
    Major,
    /// What can be used in addition, too
    Minor,
    /// Anything at all
    Patch,
    /// What old clients may be refused for, or may not expect, and new ones from an old server
    Wire,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<String, CommandError> {
    let spec = arguments.spec.clone().unwrap_or_else(paths::own_spec);
    let head = document::read(&spec)?;
    let base = Base::find(arguments.base.as_deref(), &spec)?;
    let Some(old) = base.read(&spec)? else {
        // Both sides have to be sound, and one is not there.
        let model = document::model(&head, &document::catalogue(&spec)?)?;
        let view = view::New {
            base: base.shown(),
            head: paths::tidy(&spec).display().to_string(),
            operations: model.operations.len(),
        };
        return Ok(match arguments.format {
            Format::Text => text::new(&view),
            Format::Markdown => markdown::new(&view),
            Format::Json => json::new(&view),
            Format::Github => github::new(&view),
        });
    };
    let (old, new) = sides(&spec, &old, &head)?;
    let old = base.with_crate(&spec, old)?;
    let diff = diff(&old, &new);
    let (was, is) = (base.shown(), head_name(&base, &spec, &head));
    let view = View::of(&diff, (&was, old.source()), (&is, &head));
    let results = match arguments.format {
        Format::Text => text::report(&view),
        Format::Markdown => markdown::report(&view),
        Format::Json => json::report(&view),
        Format::Github => github::report(&view),
    };
    match verdict(&diff, arguments.fail_on) {
        None => Ok(results),
        Some(message) => Err(CommandError::Findings { results, message }),
    }
}

/// What the edit of a document means against the crate as it is committed, or as it is on the disk where git
/// does not know the document.
pub(crate) fn of_edit(spec: &Path, source: &Source, out: &Path) -> Result<String, CommandError> {
    let shown = paths::tidy(spec).display().to_string();
    let repository = Repository::around(spec);
    let last = repository.and_then(|repository| {
        let revision = repository.revision("HEAD").ok()?;
        Some((repository, revision))
    });
    let committed = match &last {
        None => None,
        Some((repository, revision)) => {
            // The edit at hand may be what mends it.
            let old = document::read_at(repository, revision, spec)?;
            old.and_then(|old| side(spec, &old).ok())
        }
    };
    let head = side(spec, source)?;
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
            let base = side(spec, source)?;
            let crate_name = paths::tidy(out).display().to_string();
            (crate_name, on_disk(out, base)?)
        }
    };
    let diff = diff(&base, &head);
    let view = View::of(&diff, (&name, base.source()), (&shown, source));
    Ok(text::report(&view))
}

/// A side with the crate as it is on the disk, if it is there.
fn on_disk(folder: &Path, side: Side) -> Result<Side, CommandError> {
    let unable = |error: &dyn std::fmt::Display| {
        let folder = paths::tidy(folder).display().to_string();
        CommandError::Unable(format!("cannot read `{folder}`: {error}"))
    };
    let files = files::generated(folder).map_err(|error| unable(&error))?;
    if files.is_empty() {
        return Ok(side);
    }
    side.with_crate(&files).map_err(|error| unable(&error))
}

/// What messages call the head: the file, and held against a revision, the commit that it is as in.
fn head_name(base: &Base, spec: &Path, source: &Source) -> String {
    let shown = paths::tidy(spec).display().to_string();
    let committed = || {
        let Base::Revision(repository, _) = base else {
            return None;
        };
        let revision = repository.revision("HEAD").ok()?;
        let committed = document::read_at(repository, &revision, spec).ok()??;
        let is_same =
            committed.text == source.text && committed.external_files == source.external_files;
        is_same.then(|| revision.short().to_owned())
    };
    match committed() {
        Some(commit) => format!("{shown} ({commit})"),
        None => shown,
    }
}

/// What is to be said on standard error, if the change is more than is allowed.
fn verdict(diff: &Diff, fail_on: Option<FailOn>) -> Option<String> {
    let level = diff.level?;
    if fail_on == Some(FailOn::Wire) {
        let wire = diff.wire();
        let is_risky = wire.old_clients() || wire.new_clients();
        return is_risky.then(|| format!("the change is a risk on the wire: {}", wire.words()));
    }
    let least = match fail_on {
        None => {
            let versions = &diff.versions;
            let needs = versions.needs.as_deref().unwrap_or_default();
            return (versions.is_enough == Some(false)).then(|| {
                format!(
                    "`info.version` is {}, and the change is a {level} one: raise it to {needs} at least",
                    versions.stated
                )
            });
        }
        Some(FailOn::Major) => Level::Major,
        Some(FailOn::Minor) => Level::Minor,
        Some(FailOn::Patch | FailOn::Wire) => Level::Patch,
    };
    (level >= least).then(|| format!("the change is a {level} one"))
}

/// Both sides, of which one costs as much time as the other.
fn sides(spec: &Path, base: &Source, head: &Source) -> Result<(Side, Side), CommandError> {
    let catalogue = document::catalogue(spec)?;
    let (old, new) = Side::read_both(base, head, &catalogue);
    let old = old.map_err(|findings| document::unreadable(&findings, base))?;
    let new = new.map_err(|findings| document::unreadable(&findings, head))?;
    Ok((old, new))
}

/// One side: the document and what it means.
fn side(spec: &Path, source: &Source) -> Result<Side, CommandError> {
    Side::read(source, &document::catalogue(spec)?)
        .map_err(|findings| document::unreadable(&findings, source))
}

/// What a document is held against.
enum Base {
    /// Another file.
    File(PathBuf),
    /// The same file in a revision.
    Revision(Repository, Revision),
}

impl Base {
    /// Finds what somebody means: a revision or a file, and where nothing is said, where the change starts.
    fn find(base: Option<&str>, spec: &Path) -> Result<Self, CommandError> {
        let repository = Repository::around(spec);
        let Some(base) = base else {
            let repository = repository.ok_or_else(|| {
                let spec = paths::quoted(spec);
                CommandError::Unable(format!(
                    "`{spec}` is in no repository of git\n  = help: name the file to hold it against: \
                     `cargo xtask diff OLD --spec {spec}`"
                ))
            })?;
            let start = repository.start().map_err(CommandError::Unable)?;
            return Ok(Self::Revision(repository, start));
        };
        let file = Path::new(base);
        let revision = match &repository {
            Some(repository) => repository.revision(base),
            None => Err("the document is in no repository of git".to_owned()),
        };
        match (file.exists(), revision, repository) {
            (true, Err(_), _) => Ok(Self::File(file.to_owned())),
            (false, Ok(revision), Some(repository)) => Ok(Self::Revision(repository, revision)),
            (true, Ok(_), _) => Err(CommandError::Unable(format!(
                "`{base}` is a file and a revision\n  = help: write `./{base}` for the file, or \
                 `refs/heads/{base}` for the branch"
            ))),
            (false, Err(why), _) => Err(CommandError::Unable(format!(
                "`{base}` is no file, and {why}\n  = help: name a file, or fetch the revision first"
            ))),
            (false, Ok(_), None) => Err(CommandError::Unable(
                "there is no repository of git".to_owned(),
            )),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::File(file) => paths::tidy(file).display().to_string(),
            Self::Revision(_, revision) => revision.shown(),
        }
    }

    /// The document as it was; `None` if it was not there yet.
    fn read(&self, spec: &Path) -> Result<Option<Source>, CommandError> {
        match self {
            Self::File(file) => document::read(file).map(Some),
            Self::Revision(repository, revision) => document::read_at(repository, revision, spec),
        }
    }

    /// The side with the crate as it was, if that is the workspace's own: it is committed, and may be of an
    /// older generator.
    fn with_crate(&self, spec: &Path, side: Side) -> Result<Side, CommandError> {
        match self {
            Self::Revision(repository, revision) if paths::same(spec, &paths::own_spec()) => {
                let files = committed_files(repository, revision, &paths::own_crate())?;
                if files.is_empty() {
                    return Ok(side);
                }
                side.with_crate(&files).map_err(CommandError::Unable)
            }
            _ => Ok(side),
        }
    }
}

/// The files of a crate as they are in a revision; none if it is not there.
fn committed_files(
    repository: &Repository,
    revision: &Revision,
    folder: &Path,
) -> Result<Files, CommandError> {
    let unable = |why: String| {
        let folder = paths::tidy(folder).display().to_string();
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
