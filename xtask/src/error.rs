//! Why a command did not end well.

use std::{io::Write as _, process::ExitCode};

/// Writes results to standard output.
///
/// A reader that has enough, such as `head`, is no failure.
pub(crate) fn print(results: &str) {
    let mut output = anstream::stdout().lock();
    let _ = output
        .write_all(results.as_bytes())
        .and_then(|()| output.flush());
}

/// Why a command did not end well.
pub(crate) enum CommandError {
    /// It did its work and found something.
    Findings {
        /// What it found, for standard output.
        results: String,
        /// What to do, for standard error.
        message: String,
    },
    /// It could not do its work. The text says why, and what to do.
    Unable(String),
    /// It could not do its work for what is wrong with a document: diagnostics, ready to be printed.
    Document(String),
}

impl CommandError {
    /// Says it.
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

    /// 1 for findings, 2 for all else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Findings { .. } => 1,
            Self::Unable(_) | Self::Document(_) => 2,
        })
    }
}
