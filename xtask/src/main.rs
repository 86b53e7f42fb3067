//! The commands of `statusquo` with the defaults of this workspace. `cargo xtask help` lists them.

use std::{path::Path, process::ExitCode};

use statusquo_codegen::cli::{Program, Workspace};

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = package.parent().unwrap_or(package);
    let program = Program {
        name: "cargo xtask",
        workspace: Some(Workspace {
            folder: folder.to_owned(),
            spec: folder.join("spec/status.yaml"),
            out: folder.join("generated"),
            catalogue: folder.join("codegen/catalogue.json"),
        }),
    };
    program.run()
}
