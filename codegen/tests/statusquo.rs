//! Tests of the program `statusquo`, which works in any folder: the tests copy it to a folder outside of this
//! repository.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a panic in a test reports the place and the reason"
)]

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Mutex,
};

/// The file name of the program.
const PROGRAM: &str = if cfg!(windows) {
    "statusquo.exe"
} else {
    "statusquo"
};

/// Held while the program is copied or started: a process that starts meanwhile inherits the file that is being
/// written, and Linux does not run a program that is open for writing.
static COPY_OR_START: Mutex<()> = Mutex::new(());

/// A temporary folder with a copy of the program.
struct Folder(PathBuf);

impl Folder {
    /// Creates the folder. Its path is the same in each run, so that `serve` builds only what has changed.
    fn new(name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
        let name = format!("statusquo-{name}-{:016x}", hasher.finish());
        let folder = env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let _lock = COPY_OR_START.lock().unwrap();
        fs::copy(env!("CARGO_BIN_EXE_statusquo"), folder.join(PROGRAM)).unwrap();
        Self(folder)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    /// Starts the program with environment variables.
    fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Child {
        let mut command = Command::new(self.0.join(PROGRAM));
        command
            .args(arguments)
            .current_dir(&self.0)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let _lock = COPY_OR_START.lock().unwrap();
        command.spawn().unwrap()
    }

    /// Runs the program, and returns its exit code, results and messages.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.start(arguments, &[]).wait_with_output().unwrap();
        let results = String::from_utf8(stdout).unwrap();
        let messages = String::from_utf8(stderr).unwrap();
        assert!(!results.contains("xtask"), "{arguments:?}: {results}");
        assert!(!messages.contains("xtask"), "{arguments:?}: {messages}");
        (status.code(), results, messages)
    }

    /// Runs the program, which must succeed without messages, and returns its results.
    fn results(&self, arguments: &[&str]) -> String {
        let (code, results, messages) = self.run(arguments);
        assert_eq!((code, messages.as_str()), (Some(0), ""), "{arguments:?}");
        results
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns a document with an operation whose response has this status code.
fn document(version: &str, code: u16) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: Own, version: {version}}}\npaths:\n  /a:\n    get:\n      \
         operationId: getA\n      responses:\n        '{code}': {{description: Some.}}\n"
    )
}

#[test]
fn the_program_works_in_any_folder() {
    let folder = Folder::new("commands");
    folder.write("old.yaml", &document("1.0.0", 200));
    folder.write("own.yaml", &document("1.1.0", 404));

    assert!(
        folder
            .results(&["explain", "404"])
            .starts_with("404 Not Found\n")
    );

    let arguments = ["gen", "--spec", "own.yaml", "--out", "crate"];
    let results = folder.results(&arguments);
    assert!(results.starts_with("crate: "), "{results}");
    let check = ["gen", "--spec", "own.yaml", "--out", "crate", "--check"];
    assert_eq!(folder.results(&check), "crate: up to date\n");
    fs::remove_file(folder.0.join("crate/src/mock.rs")).unwrap();
    let (code, results, messages) = folder.run(&check);
    assert_eq!(
        (code, results.as_str(), messages.as_str()),
        (
            Some(1),
            "missing crate/src/mock.rs\n",
            "crate is out of date; run `statusquo gen --spec own.yaml --out crate`\n"
        )
    );
    assert_eq!(
        folder.run(&[&arguments[..], &["--dry-run"]].concat()).0,
        Some(0)
    );

    let matrix = folder.results(&["matrix", "--spec", "own.yaml"]);
    assert!(matrix.contains("\nGET     /a    404\n"), "{matrix}");

    let (code, results, messages) = folder.run(&["diff", "old.yaml", "--spec", "own.yaml"]);
    assert_eq!(code, Some(1), "{messages}");
    assert!(
        results.starts_with("old.yaml -> own.yaml\n\nbreaking[response-added]"),
        "{results}"
    );
    assert_eq!(
        messages,
        "`info.version` is 1.1.0, but this is a major change: raise it to at least 2.0.0\n"
    );
}

#[test]
fn messages_name_the_program_and_the_missing_arguments() {
    let folder = Folder::new("messages");
    folder.write("own.yaml", &document("1.0.0", 200));
    for (arguments, usage) in [
        (vec!["gen"], "statusquo gen --spec <FILE> --out <DIR>"),
        (
            vec!["gen", "--spec", "own.yaml"],
            "statusquo gen --spec <FILE> --out <DIR>",
        ),
        (vec!["matrix"], "statusquo matrix --spec <FILE>"),
        (vec!["diff"], "statusquo diff --spec <FILE> [BASE]"),
        (vec!["serve"], "statusquo serve --spec <FILE>"),
        (vec!["explain"], "statusquo explain <CODE|PHRASE|RULE>..."),
    ] {
        let (code, results, messages) = folder.run(&arguments);
        assert_eq!((code, results.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(
            messages.contains("the following required arguments were not provided")
                && messages.contains(&format!("Usage: {usage}\n")),
            "{arguments:?}: {messages}"
        );
    }
    for command in ["gen", "diff", "matrix", "explain", "serve"] {
        let help = folder.results(&[command, "--help"]);
        let usage = format!("Usage: statusquo {command} ");
        assert!(help.contains(&usage), "{command}: {help}");
    }
    let (code, _, messages) = folder.run(&["diff", "--spec", "own.yaml"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        messages,
        "error: `own.yaml` is not in a Git repository\n  = help: name the file to compare it with: \
         `statusquo diff OLD --spec own.yaml`\n"
    );
}

#[test]
#[ignore = "compiles a server; `.ci/run` includes it"]
fn the_program_serves_a_mock() {
    let folder = Folder::new("serve");
    folder.write("own.yaml", &document("1.0.0", 204));
    // The target folder of this workspace, whose dependencies are built already.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let variables = [
        ("CARGO_TARGET_DIR", target.to_str().unwrap()),
        // Newer versions than those of this workspace would be downloaded and built.
        ("CARGO_NET_OFFLINE", "true"),
    ];
    let mut server = folder.start(
        &["serve", "--spec", "own.yaml", "--addr", "localhost:0"],
        &variables,
    );
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let Some(url) = lines.next() else {
        let output = server.wait_with_output().unwrap();
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    };
    let url = url.unwrap();
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /a HTTP/1.0\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let _ = server.kill();
    let _ = server.wait();
    assert!(
        response.starts_with("HTTP/1.0 204 No Content\r\n"),
        "{response}"
    );
}
