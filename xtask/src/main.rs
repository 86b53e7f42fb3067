//! The commands of the workspace. `cargo xtask help` lists them.
//!
//! Messages go to standard error, results to standard output. A command ends with 0 if all is well, 1
//! if it found something, and 2 if it could not do its work.

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
    about = "The commands of Statusquo"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate a crate from an OpenAPI document
    Gen(generate::Arguments),
    /// Say what a change of a document means, for callers and for those who compile
    Diff(diff::Arguments),
    /// List what each operation of a document may answer
    Matrix(matrix::Arguments),
    /// Explain a status code
    Explain(explain::Arguments),
    /// Serve a document: a server that answers from its examples
    Serve(serve::Arguments),
}

fn main() -> ExitCode {
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
