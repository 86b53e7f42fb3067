//! Tests of the commands as programs: the files they write, their output and their exit codes.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a panic in a test reports the place and the reason"
)]

mod diff;
mod explain;
mod generate;
mod matrix;
mod readme;
mod recipes;
mod serve;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

/// Returns the folder of the workspace.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Creates a command of the workspace that runs in a folder.
fn xtask(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).current_dir(folder);
    command
}

/// The exit code and output of a command.
struct CommandOutput {
    code: Option<i32>,
    results: String,
    messages: String,
}

fn run(folder: &Path, arguments: &[&str]) -> CommandOutput {
    let Output {
        status,
        stdout,
        stderr,
    } = xtask(folder, arguments).output().unwrap();
    CommandOutput {
        code: status.code(),
        results: String::from_utf8(stdout).unwrap(),
        messages: String::from_utf8(stderr).unwrap(),
    }
}

/// Creates an empty folder for a test.
fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns the files in a folder and its subfolders, each with its content and modification time.
fn files(folder: &Path) -> BTreeMap<PathBuf, (String, SystemTime)> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<PathBuf, (String, SystemTime)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let time = fs::metadata(&path).unwrap().modified().unwrap();
                found.insert(path.strip_prefix(root).unwrap().to_owned(), (text, time));
            }
        }
    }
    let mut found = BTreeMap::new();
    if folder.exists() {
        walk(folder, folder, &mut found);
    }
    found
}

/// Returns a small document with one operation that returns the statuses.
fn document(statuses: &[u16]) -> String {
    let responses: Vec<_> = statuses
        .iter()
        .map(|code| format!("        '{code}': {{description: Some.}}\n"))
        .collect();
    let responses = responses.concat();
    format!(
        "openapi: 3.0.3\ninfo: {{title: Small, version: 1.0.0}}\npaths:\n  /a:\n    get:\n      \
         operationId: a\n      responses:\n{responses}"
    )
}
