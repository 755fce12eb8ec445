//! Why the command does not succeed, and how it says so.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// A failure, with its one line for stderr.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A proof does not prove what it should: exit code 1.
    Rejected(String),
    /// Input, or the system, can't be used: exit code 2.
    Unusable(String),
}

impl Failure {
    /// A failure about a file.
    pub(crate) fn file(path: &Path, error: impl Display) -> Self {
        Self::Unusable(format!("{}: {error}", path.display()))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Rejected(_) => ExitCode::from(1),
            Self::Unusable(_) => ExitCode::from(2),
        }
    }

    pub(crate) fn report(&self) {
        let (Self::Rejected(message) | Self::Unusable(message)) = self;
        // Where stderr is closed there is no one to tell.
        let _ = writeln!(io::stderr(), "sheaf: {}", message.replace('\n', " "));
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

/// Writes a remark to stderr, in one line.
pub(crate) fn warn(text: impl Display) {
    let _ = writeln!(io::stderr(), "sheaf: {text}");
}
