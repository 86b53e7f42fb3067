//! The command `serve`: serves a mock with the examples of a document.
//!
//! Generates the document's crate in a target folder, and builds and runs `serve/main.rs` against it, which is also
//! the example `serve` of this repository's crate. The server also serves an HTML page and the document itself, at
//! paths that the document does not declare.

mod page;

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use etcetera::{BaseStrategy as _, choose_base_strategy};

use crate::{files, report::Diagnostic, source::Source};

use super::{
    Program, document,
    error::CommandError,
    generate::{self, CrateRequest},
    paths,
    reporting::ReportArgs,
};

/// Serve a mock with the examples of a document
#[derive(clap::Args)]
pub(crate) struct ServeArgs {
    /// The document, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// The address to listen on; port 0 chooses a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    addr: String,
    #[command(flatten)]
    report: ReportArgs,
}

/// The manifest of the server, in which `NAME` is a placeholder.
const MANIFEST: &str = include_str!("serve/manifest.toml");

/// The code of the server. A test checks that it equals the example `serve` of this repository's crate.
const MAIN: &str = include_str!("serve/main.rs");

/// The folder of the page and the document.
const PAGES: &str = "pages";

impl ServeArgs {
    /// Runs the command, until the server is stopped.
    pub(crate) fn run(&self, program: &Program) -> Result<String, CommandError> {
        let (spec, address) = (&self.spec, &self.addr);
        // Checked first, because building the server takes a while.
        TcpListener::bind(address).map_err(|error| {
            CommandError::Unable(format!(
                "cannot listen on {address}: {error}; choose another address with `--addr HOST:PORT`"
            ))
        })?;
        let target = target(program)?;
        let name = package_name(spec);
        let folder = target.join("serve").join(&name);
        let source = document::read(spec)?;
        let (api, _) = generate::crate_with_manifest(
            program,
            &self.report,
            &CrateRequest {
                spec,
                source: &source,
                folder: None,
                name: Some(&format!("{name}-api")),
            },
        )?;
        files::apply(&api.files, &folder.join("api"))?;
        let server = server_files(program, &name)?;
        let pages = self.pages(program, &source)?;
        for (path, text) in server.into_iter().chain(pages) {
            write(&folder.join(path), &text)?;
        }

        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["run", "--quiet", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .arg("--")
            .arg(address)
            .arg(folder.join(PAGES))
            .env("CARGO_TARGET_DIR", target);
        eprintln!(
            "building the mock of {} ...",
            paths::normalized(spec).display()
        );
        become_program(cargo)
    }

    /// Returns the HTML page of a document and the document itself, by path.
    fn pages(
        &self,
        program: &Program,
        source: &Source,
    ) -> Result<[(&'static str, String); 3], CommandError> {
        // The crate is already generated, so these errors do not occur, and warnings have been printed.
        let error = |findings: Vec<Diagnostic>| self.report.generation_error(&findings, source);
        let catalogue = program.catalogue_for(&self.spec)?;
        let (model, _) =
            crate::model(source, catalogue, &crate::Options::default()).map_err(error)?;
        let published = crate::publish(source).map_err(error)?;
        Ok([
            ("pages/openapi.html", page::render(&model)),
            ("pages/openapi.json", published.json),
            ("pages/openapi.yaml", published.yaml),
        ])
    }
}

/// Returns the folder for the server and its build: the target folder that the user chose or that of the workspace,
/// otherwise a folder in the user's cache.
fn target(program: &Program) -> Result<PathBuf, CommandError> {
    if let Some(folder) = env::var_os("CARGO_TARGET_DIR") {
        return Ok(folder.into());
    }
    if let Some(workspace) = &program.workspace {
        return Ok(workspace.folder.join("target"));
    }
    let base = choose_base_strategy().map_err(|error| {
        CommandError::Unable(format!(
            "cannot find a folder for the build: {error}; set `CARGO_TARGET_DIR` to one"
        ))
    })?;
    Ok(base.cache_dir().join("statusquo"))
}

/// Returns the files of the server's package, by path.
fn server_files(
    program: &Program,
    name: &str,
) -> Result<Vec<(&'static str, String)>, CommandError> {
    let mut files = vec![
        ("Cargo.toml", MANIFEST.replace("NAME", name)),
        ("src/main.rs", MAIN.to_owned()),
    ];
    if let Some(workspace) = &program.workspace {
        // The versions of the workspace, so that nothing is downloaded. Cargo removes unused entries.
        let lock = files::read(&workspace.folder.join("Cargo.lock"))?;
        files.extend(lock.map(|lock| ("Cargo.lock", lock)));
    }
    Ok(files)
}

/// Writes a file unless it has the same content already, because Cargo rebuilds files whose time has changed.
fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    if fs::read_to_string(path).is_ok_and(|existing| existing == text) {
        return Ok(());
    }
    Ok(files::write(path, text)?)
}

/// Returns a package name that is unique to the document: in a shared target folder, Cargo confuses packages
/// with the same name and version.
fn package_name(spec: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    spec.canonicalize()
        .unwrap_or_else(|_| spec.to_owned())
        .hash(&mut hasher);
    let stem = spec
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let plain: String = stem
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!("serve-{plain}-{:016x}", hasher.finish())
}

/// Replaces this process with a program, so that signals reach the program.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<String, CommandError> {
    use std::os::unix::process::CommandExt as _;

    let error = command.exec();
    Err(CommandError::Unable(format!("cannot run cargo: {error}")))
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<String, CommandError> {
    match command.status() {
        Ok(status) if status.success() => Ok(String::new()),
        Ok(status) => Err(CommandError::Unable(format!(
            "the server ended with {status}"
        ))),
        Err(error) => Err(CommandError::Unable(format!("cannot run cargo: {error}"))),
    }
}
