//! The errors of commands, and their output.

use std::{io::Write as _, process::ExitCode};

use crate::files::FilesError;

/// Writes results to standard output.
///
/// Write errors are ignored: a reader such as `head` may close the pipe early.
pub(crate) fn print(results: &str) {
    let mut output = anstream::stdout().lock();
    let _ = output
        .write_all(results.as_bytes())
        .and_then(|()| output.flush());
}

/// An error that ends a command.
pub(crate) enum CommandError {
    /// A check failed, or nothing matches.
    Findings {
        /// The findings, for standard output.
        results: String,
        /// The advice, for standard error.
        message: String,
    },
    /// The command could not do its work. The text states the reason and what to do.
    Unable(String),
    /// The document has errors. The text is the rendered diagnostics.
    Document(String),
}

impl From<FilesError> for CommandError {
    fn from(error: FilesError) -> Self {
        Self::Unable(error.to_string())
    }
}

impl CommandError {
    /// Prints the error.
    pub(crate) fn print(&self) {
        match self {
            Self::Findings { results, message } => {
                print(results);
                anstream::eprintln!("{message}");
            }
            Self::Unable(text) => anstream::eprintln!("error: {text}"),
            Self::Document(text) => anstream::eprint!("{text}"),
        }
    }

    /// Returns 1 for findings and 2 for other errors.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Findings { .. } => 1,
            Self::Unable(_) | Self::Document(_) => 2,
        })
    }
}
