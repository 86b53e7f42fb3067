//! `cargo xtask serve`: a server that answers from the examples of a document.
//!
//! The crate of the document is generated below `target/`, and the example `serve` of the generated
//! crate is built against it and run: what is served is what anybody can generate. Beside it lie a page for
//! people and the document itself, which it answers with where the document has no such path.

mod page;

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use statusquo_codegen::{files, report::Diagnostic, source::Source};
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use crate::{document, error::CommandError, generate, paths};

/// Serve a document: a server that answers from its examples
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The document, JSON or YAML [default: spec/status.yaml of the workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Where to listen; port 0 takes one that is free
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    addr: String,
}

/// The folder of what is shown.
const SHOWN: &str = "shown";

/// Runs the command, until the server is stopped.
pub(crate) fn run(arguments: &Arguments) -> Result<String, CommandError> {
    let spec = arguments.spec.clone().unwrap_or_else(paths::own_spec);
    let address = &arguments.addr;
    // Before anybody waits for a server that cannot be there.
    TcpListener::bind(address).map_err(|error| {
        CommandError::Unable(format!(
            "cannot serve on {address}: {error}; choose where: `--addr HOST:PORT`"
        ))
    })?;
    let name = name(&spec);
    let folder = target().join("serve").join(&name);
    let api = folder.join("api");
    let source = document::read(&spec)?;
    let files = generate::crate_files(&spec, &source, None, Some(&served(&name)))?;
    files::apply(&files, &api).map_err(|error| CommandError::Unable(error.to_string()))?;
    let shown = shown(&spec, &source)?;
    program(&name, &folder, shown)?;

    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["run", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .arg("--")
        .arg(address)
        .arg(folder.join(SHOWN))
        .env("CARGO_TARGET_DIR", target());
    eprintln!(
        "building the server of {} ...",
        paths::tidy(&spec).display()
    );
    become_program(cargo)
}

/// The name of a document's server, which no other document's has: for cargo, packages of one name and version in
/// workspaces of their own are the same.
fn name(spec: &Path) -> String {
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

/// The name of the crate that is generated to be served.
fn served(name: &str) -> String {
    format!("{name}-api")
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| paths::workspace().join("target"), PathBuf::from)
}

/// The page of a document and the document itself, by their names.
fn shown(spec: &Path, source: &Source) -> Result<[(&'static str, String); 3], CommandError> {
    // It has been generated already, and all said that there is to say.
    let unreadable = |findings: Vec<Diagnostic>| document::unreadable(&findings, source);
    let catalogue = document::catalogue(spec)?;
    let (model, _) = statusquo_codegen::model(source, &catalogue).map_err(unreadable)?;
    let published = statusquo_codegen::publish(source).map_err(unreadable)?;
    Ok([
        ("shown/openapi.html", page::page(&model)),
        ("shown/openapi.json", published.json),
        ("shown/openapi.yaml", published.yaml),
    ])
}

/// Writes the package of the program: the example of the generated crate, and what it needs.
fn program(
    name: &str,
    folder: &Path,
    shown: [(&'static str, String); 3],
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
        // The versions of the workspace, so that nothing new is downloaded. Cargo takes from it what
        // it needs, and leaves out the rest.
        ("Cargo.lock", read("Cargo.lock")?),
    ];
    for (path, text) in files.into_iter().chain(shown) {
        let path = folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
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

/// The manifest of the program, with the dependencies of the workspace.
fn manifest(name: &str, workspace: &str) -> Option<String> {
    let workspace: DocumentMut = workspace.parse().ok()?;
    let known = workspace.get("workspace")?.get("dependencies")?;
    let mut dependencies = Table::new();
    let mut api = InlineTable::new();
    api.insert("package", served(name).into());
    api.insert("path", "api".into());
    api.insert("features", toml_edit::Array::from_iter(["mock"]).into());
    // The example says `statusquo`, whatever is served.
    dependencies.insert("statusquo", value(api));
    for (name, features) in [
        ("axum", &["http1", "tokio"][..]),
        ("tokio", &["macros", "net", "rt-multi-thread", "signal"]),
    ] {
        dependencies.insert(name, known.get(name)?.clone());
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
    // A workspace of its own: it is no member of the one around it.
    manifest.insert("workspace", Item::Table(Table::new()));
    Some(manifest.to_string())
}

/// Puts a program in the place of this one, so that signals reach it.
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
