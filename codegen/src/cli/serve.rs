//! `cargo xtask serve`: serves a mock with the examples of a document.
//!
//! Generates the document's crate in `target/`, and builds and runs the example `serve` of the workspace's
//! crate against it, so that the mock is the same as in any generated crate. The server also serves an HTML
//! page and the document itself, at paths that the document does not declare.

mod page;

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{files, report::Diagnostic, source::Source};
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use super::{document, error::CommandError, generate, paths};

/// Serve a mock with the examples of a document
#[derive(clap::Args)]
pub(crate) struct ServeArgs {
    /// The document, as YAML or JSON [default: spec/status.yaml of the workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The address to listen on; port 0 chooses a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    addr: String,
}

/// The folder of the page and the document.
const PAGES: &str = "pages";

/// Runs the command, until the server is stopped.
pub(crate) fn run(arguments: &ServeArgs) -> Result<String, CommandError> {
    let spec = arguments.spec.clone().unwrap_or_else(paths::workspace_spec);
    let address = &arguments.addr;
    // Checked first, because building the server takes a while.
    TcpListener::bind(address).map_err(|error| {
        CommandError::Unable(format!(
            "cannot listen on {address}: {error}; choose another address with `--addr HOST:PORT`"
        ))
    })?;
    let name = package_name(&spec);
    let folder = target().join("serve").join(&name);
    let api = folder.join("api");
    let source = document::read(&spec)?;
    let files = generate::crate_files(&spec, &source, None, Some(&api_name(&name)))?;
    files::apply(&files, &api).map_err(|error| CommandError::Unable(error.to_string()))?;
    let pages = pages(&spec, &source)?;
    write_package(&name, &folder, pages)?;

    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["run", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .arg("--")
        .arg(address)
        .arg(folder.join(PAGES))
        .env("CARGO_TARGET_DIR", target());
    eprintln!(
        "building the mock of {} ...",
        paths::normalized(&spec).display()
    );
    become_program(cargo)
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

/// Returns the name of the generated crate that the package depends on.
fn api_name(name: &str) -> String {
    format!("{name}-api")
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| paths::workspace().join("target"), PathBuf::from)
}

/// Returns the HTML page of a document and the document itself, by path.
fn pages(spec: &Path, source: &Source) -> Result<[(&'static str, String); 3], CommandError> {
    // The crate is already generated, so these errors do not occur, and warnings have been printed.
    let error = |findings: Vec<Diagnostic>| document::generation_error(&findings, source);
    let catalogue = document::catalogue(spec)?;
    let (model, _) = crate::model(source, &catalogue).map_err(error)?;
    let published = crate::publish(source).map_err(error)?;
    Ok([
        ("pages/openapi.html", page::render(&model)),
        ("pages/openapi.json", published.json),
        ("pages/openapi.yaml", published.yaml),
    ])
}

/// Writes the package of the server: the example `serve` with a manifest, a lock file and the pages.
fn write_package(
    name: &str,
    folder: &Path,
    pages: [(&'static str, String); 3],
) -> Result<(), CommandError> {
    let workspace = paths::workspace();
    let read = |path: &str| {
        let path = workspace.join(path);
        fs::read_to_string(&path).map_err(|error| {
            CommandError::Unable(format!("cannot read `{}`: {error}", path.display()))
        })
    };
    let manifest = manifest(name, &read("Cargo.toml")?).ok_or_else(|| {
        CommandError::Unable("`Cargo.toml` of the workspace lacks a dependency".to_owned())
    })?;
    let files = [
        ("Cargo.toml", manifest),
        ("src/main.rs", read("generated/examples/serve.rs")?),
        // The versions of the workspace, so that nothing is downloaded. Cargo removes unused entries.
        ("Cargo.lock", read("Cargo.lock")?),
    ];
    for (path, text) in files.into_iter().chain(pages) {
        let path = folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|existing| existing == text) {
            continue;
        }
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        written
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| {
                CommandError::Unable(format!("cannot write `{}`: {error}", path.display()))
            })?;
    }
    Ok(())
}

/// Creates the manifest of the package, with dependencies of the workspace.
fn manifest(name: &str, workspace: &str) -> Option<String> {
    let workspace: DocumentMut = workspace.parse().ok()?;
    let available = workspace.get("workspace")?.get("dependencies")?;
    let mut dependencies = Table::new();
    let mut api = InlineTable::new();
    api.insert("package", api_name(name).into());
    api.insert("path", "api".into());
    api.insert("features", toml_edit::Array::from_iter(["mock"]).into());
    // The example imports the crate as `statusquo`.
    dependencies.insert("statusquo", value(api));
    for (name, features) in [
        ("axum", &["http1", "tokio"][..]),
        ("tokio", &["macros", "net", "rt-multi-thread", "signal"]),
    ] {
        dependencies.insert(name, available.get(name)?.clone());
        let dependency = dependencies.get_mut(name)?.as_inline_table_mut()?;
        let features: toml_edit::Array = features.iter().copied().collect();
        dependency.insert("features", features.into());
    }
    let mut package = Table::new();
    package.insert("name", value(name));
    package.insert("version", value("0.0.0"));
    package.insert("edition", value("2024"));
    let mut manifest = DocumentMut::new();
    manifest.insert("package", Item::Table(package));
    manifest.insert("dependencies", Item::Table(dependencies));
    // The package is a separate workspace, not a member of the surrounding one.
    manifest.insert("workspace", Item::Table(Table::new()));
    Some(manifest.to_string())
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
