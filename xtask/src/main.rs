//! The commands for this workspace: `cargo xtask help` lists them.

use std::process::ExitCode;

fn main() -> ExitCode {
    statusquo_codegen::cli::run()
}
