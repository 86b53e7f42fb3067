//! Reads revisions and their files from Git.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use super::error::CommandError;

/// A repository, accessed from a folder in it.
pub(crate) struct Repository {
    folder: PathBuf,
}

#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// The name as given: `main`.
    pub(crate) name: String,
    /// The hash of the commit.
    pub(crate) commit: String,
    /// The file, if it was given: `main:api.yaml`.
    pub(crate) path: Option<String>,
}

impl Revision {
    /// Returns the abbreviated hash of the commit.
    pub(crate) fn short(&self) -> &str {
        self.commit.get(..10).unwrap_or(&self.commit)
    }

    /// Returns the name for messages: `main (1a2b3c4d)`.
    pub(crate) fn shown(&self) -> String {
        let short = self.short();
        if self.commit.starts_with(&self.name) {
            short.to_owned()
        } else {
            format!("{} ({short})", self.name)
        }
    }
}

impl Revision {
    /// Returns the part before the colon in `main:spec.yaml`.
    pub(crate) fn name_in_paths(&self) -> &str {
        if self.name.contains(' ') {
            self.short()
        } else {
            &self.name
        }
    }
}

/// A file of a revision.
pub(crate) enum Blob {
    /// The bytes of a regular file.
    File(Vec<u8>),
    /// A symbolic link.
    Link,
    /// A folder or a submodule.
    Other,
    /// The file does not exist.
    Absent,
}

impl Repository {
    /// Returns the repository that contains a file; `None` if there is none, or if Git is not installed.
    pub(crate) fn containing(file: &Path) -> Option<Self> {
        let mut folder = file.parent().unwrap_or(Path::new("")).to_owned();
        // The folder of the file may have been deleted, too.
        while !folder.as_os_str().is_empty() && !folder.is_dir() {
            folder.pop();
        }
        if folder.as_os_str().is_empty() {
            folder = PathBuf::from(".");
        }
        let repository = Self { folder };
        repository.git(&["rev-parse", "--show-toplevel"]).ok()?;
        Some(repository)
    }

    /// Runs Git and returns its output, or the first line of its error message.
    fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments);
        // Messages must not be translated, and reading does not need a lock.
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
        // The repository is always that of the document, even if this runs in a Git hook.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(variable);
        }
        let output = command.output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "`git` is not installed".to_owned(),
            _ => error.to_string(),
        })?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            let text = String::from_utf8_lossy(&output.stderr);
            let first = text
                .lines()
                .next()
                .unwrap_or("git failed without a message");
            Err(first.trim_start_matches("fatal: ").to_owned())
        }
    }

    fn line(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.git(arguments)?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }

    /// Resolves a revision, with an optional file after a colon.
    pub(crate) fn revision(&self, name: &str) -> Result<Revision, String> {
        let (revision, path) = match name.split_once(':') {
            Some((revision, path)) if !revision.is_empty() && !path.is_empty() => {
                (revision, Some(path.to_owned()))
            }
            _ => (name, None),
        };
        let commit = format!("{revision}^{{commit}}");
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ];
        match self.line(&arguments) {
            Ok(commit) => Ok(Revision {
                name: revision.to_owned(),
                commit,
                path,
            }),
            Err(_) => Err(format!("there is no Git revision `{revision}`")),
        }
    }

    /// Returns the revision that a change starts from: the merge base with `origin/main` or `main`, or the
    /// last commit.
    pub(crate) fn start(&self) -> Result<Revision, String> {
        for branch in ["origin/main", "main"] {
            if self.revision(branch).is_err() {
                continue;
            }
            if let Ok(commit) = self.line(&["merge-base", branch, "HEAD"]) {
                let name = format!("merge base with {branch}");
                let path = None;
                return Ok(Revision { name, commit, path });
            }
        }
        self.revision("HEAD")
    }

    /// Converts a file system path to a path in the repository.
    pub(crate) fn path(&self, file: &Path) -> Result<String, CommandError> {
        let outside = || {
            let shown = file.display();
            CommandError::Unable(format!("`{shown}` is not in a Git repository"))
        };
        let root = self
            .line(&["rev-parse", "--show-toplevel"])
            .map_err(CommandError::Unable)?;
        let root = Path::new(&root).canonicalize().map_err(|_| outside())?;
        let name = file.file_name().ok_or_else(outside)?;
        // The file itself may have been deleted, or be a link.
        let folder = absolute(file.parent().unwrap_or(Path::new("")));
        let folder = folder.ok_or_else(outside)?;
        let below = folder.strip_prefix(&root).map_err(|_| outside())?;
        let parts = below.components().map(std::path::Component::as_os_str);
        let parts: Option<Vec<_>> = parts.chain([name]).map(|part| part.to_str()).collect();
        let parts = parts.ok_or_else(|| {
            let shown = file.display();
            CommandError::Unable(format!("the path `{shown}` is not valid UTF-8"))
        })?;
        Ok(parts.join("/"))
    }

    /// Returns the path of a file in a revision, if Git detects that it was renamed since then.
    pub(crate) fn previous_path(&self, revision: &Revision, path: &str) -> Option<String> {
        let arguments = [
            "diff",
            "--find-renames",
            "--diff-filter=R",
            "--name-status",
            "-z",
            &revision.commit,
        ];
        let listed = self.git(&arguments).ok()?;
        let listed = String::from_utf8_lossy(&listed);
        let mut fields = listed.split('\0');
        while let (Some(_), Some(before), Some(after)) =
            (fields.next(), fields.next(), fields.next())
        {
            if after == path {
                return Some(before.to_owned());
            }
        }
        None
    }

    /// Reads a file of a revision.
    pub(crate) fn read(&self, revision: &Revision, path: &str) -> Result<Blob, String> {
        let arguments = ["ls-tree", "-z", "--full-tree", &revision.commit, "--", path];
        let listed = self.git(&arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        let Some((kind, _)) = listed.split_once('\t') else {
            return Ok(Blob::Absent);
        };
        let mut fields = kind.split(' ');
        match (fields.next(), fields.next(), fields.next()) {
            (Some("120000"), ..) => Ok(Blob::Link),
            (_, Some("blob"), Some(id)) => Ok(Blob::File(self.git(&["cat-file", "blob", id])?)),
            _ => Ok(Blob::Other),
        }
    }

    /// Lists all files in a folder of a revision.
    pub(crate) fn files(&self, revision: &Revision, folder: &str) -> Result<Vec<String>, String> {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let arguments = [
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            "--name-only",
            &revision.commit,
            "--",
            &folder,
        ];
        let listed = self.git(&arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        let paths = listed.split('\0').filter(|path| !path.is_empty());
        Ok(paths.map(str::to_owned).collect())
    }
}

/// Returns the real path of a folder, even if it was deleted.
fn absolute(folder: &Path) -> Option<PathBuf> {
    if folder.as_os_str().is_empty() {
        return Path::new(".").canonicalize().ok();
    }
    match folder.canonicalize() {
        Ok(folder) => Some(folder),
        Err(_) => Some(absolute(folder.parent()?)?.join(folder.file_name()?)),
    }
}
