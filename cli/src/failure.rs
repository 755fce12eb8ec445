//! Why the command does not succeed, and how it says so.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::identity::is_standard_stream;

/// A failure, with its one line for stderr.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A proof does not prove what it should: exit code 1.
    Rejected(String),
    /// Input, or the system, can't be used: exit code 2.
    Unusable(String),
}

/// The exit code if there is nothing usable to work on, or no CPU to work with.
pub(crate) const UNUSABLE: u8 = 2;

/// What the exit codes of every subcommand mean, for its help.
const EXIT_CODES: &str =
    "Exit codes: 0 success, 1 a proof is rejected, 2 unusable arguments, input or files.";

/// What follows the options in the help of a subcommand: examples, and what the exit codes mean.
pub(crate) fn after_help(examples: &str) -> String {
    format!("{examples}\n\n{EXIT_CODES}")
}

/// An input as messages call it.
pub(crate) fn name_of_input(path: &Path) -> String {
    if is_standard_stream(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

impl Failure {
    /// A failure about a file that is read.
    pub(crate) fn file(path: &Path, error: impl Display) -> Self {
        Self::Unusable(format!("{}: {error}", name_of_input(path)))
    }

    /// The same failure, with what else there is to know about it.
    pub(crate) fn with(self, more: &str) -> Self {
        match self {
            Self::Rejected(message) => Self::Rejected(format!("{message}; {more}")),
            Self::Unusable(message) => Self::Unusable(format!("{message}; {more}")),
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Rejected(_) => ExitCode::from(1),
            Self::Unusable(_) => ExitCode::from(UNUSABLE),
        }
    }

    pub(crate) fn report(&self) {
        let (Self::Rejected(message) | Self::Unusable(message)) = self;
        remark(message.replace('\n', " "));
    }
}

/// Errors of the library that are not about a particular file.
impl From<sheaf::Error> for Failure {
    fn from(error: sheaf::Error) -> Self {
        match error {
            sheaf::Error::Rejected(_) => Self::Rejected(error.to_string()),
            _ => Self::Unusable(error.to_string()),
        }
    }
}

/// Writes to stdout. A reader that has had enough is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Unusable(format!("stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a remark to stderr.
pub(crate) fn remark(text: impl Display) {
    // Where stderr is closed there is no one to tell.
    let _ = writeln!(io::stderr(), "sheaf: {text}");
}
