//! The commands of the program `statusquo`, and of `cargo xtask` in this repository.
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
mod reporting;
mod serve;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::model::Catalogue;
use error::CommandError;

/// A program with the commands.
#[derive(Clone, Debug)]
pub struct Program {
    /// The name as users type it, for help and messages.
    pub name: &'static str,
    /// The workspace with the default document. Without one, `--spec` and `--out` are required.
    pub workspace: Option<Workspace>,
}

/// A workspace whose document describes the catalogue of status codes.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder with `Cargo.lock` and `target`.
    pub folder: PathBuf,
    /// The document.
    pub spec: PathBuf,
    /// The folder of the document's crate.
    pub out: PathBuf,
    /// The catalogue that is embedded in the program.
    pub catalogue: PathBuf,
}

/// Defines the commands. A row has the name of a command and the type of its arguments, whose documentation is the
/// command's description, and whose method `run` returns its results.
macro_rules! commands {
    ($($name:ident($arguments:ty),)*) => {
        #[derive(Subcommand)]
        enum Command {
            $($name($arguments),)*
        }

        impl Command {
            fn run(&self, program: &Program) -> Result<String, CommandError> {
                match self {
                    $(Self::$name(arguments) => arguments.run(program),)*
                }
            }
        }
    };
}

commands! {
    Gen(generate::GenArgs),
    Diff(diff::DiffArgs),
    Matrix(matrix::MatrixArgs),
    Explain(explain::ExplainArgs),
    Serve(serve::ServeArgs),
}

#[derive(Parser)]
#[command(
    about = "Generate, compare and serve crates from OpenAPI documents",
    version
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

impl Program {
    /// Runs the command that the arguments of the process name.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        let matches = self.command_line().get_matches();
        let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        match arguments.command.run(self) {
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

    /// Returns the command line with the name and the defaults of this program.
    fn command_line(&self) -> clap::Command {
        Arguments::command()
            .name(self.name)
            .bin_name(self.name)
            .mut_subcommands(|command| command.mut_args(|argument| self.with_default(argument)))
    }

    /// Adds the default of `--spec` and `--out` to an argument.
    fn with_default(&self, argument: Arg) -> Arg {
        match (argument.get_id().as_str(), &self.workspace) {
            ("spec", Some(workspace)) => argument
                .required(false)
                .default_value(paths::relative(&workspace.spec).into_os_string()),
            ("out", Some(workspace)) => {
                let help = argument.get_help().map(ToString::to_string);
                argument.help(format!(
                    "{} [default: {}, for the default document]",
                    help.unwrap_or_default(),
                    paths::relative(&workspace.out).display()
                ))
            }
            ("out", None) => argument.required(true),
            _ => argument,
        }
    }

    /// Returns the workspace if a document is its default.
    fn workspace_of(&self, spec: &Path) -> Option<&Workspace> {
        let workspace = self.workspace.as_ref()?;
        paths::is_same_file(spec, &workspace.spec).then_some(workspace)
    }

    /// Returns the statuses that a document need not describe: the embedded catalogue, but none for the document
    /// that describes the catalogue.
    fn catalogue_for(&self, spec: &Path) -> Result<&'static Catalogue, CommandError> {
        static EMPTY: Catalogue = Catalogue::empty();
        match self.workspace_of(spec) {
            Some(_) => Ok(&EMPTY),
            None => catalogue(),
        }
    }
}

/// Returns the embedded catalogue.
fn catalogue() -> Result<&'static Catalogue, CommandError> {
    Catalogue::embedded().map_err(|error| CommandError::Unable(error.to_string()))
}
