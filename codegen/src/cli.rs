//! Command line interface of the workspace. `cargo xtask help` lists the commands.
//!
//! Results go to standard output, messages to standard error. A command exits with 0 on success, 1 if a check
//! fails or nothing matches, and 2 if it cannot run.

mod diff;
mod document;
mod error;
mod explain;
mod generate;
mod git;
mod matrix;
mod paths;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Generate, compare and serve crates from OpenAPI documents"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate a crate from an OpenAPI document
    Gen(generate::GenArgs),
    /// Compare two versions of a document
    Diff(diff::DiffArgs),
    /// List the responses of each operation
    Matrix(matrix::MatrixArgs),
    /// Explain a status code
    Explain(explain::ExplainArgs),
    /// Serve a mock with the examples of a document
    Serve(serve::ServeArgs),
}

/// Runs the command of the program's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Gen(arguments) => generate::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Matrix(arguments) => matrix::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
    };
    match result {
        Ok(results) => {
            error::print(&results);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}
