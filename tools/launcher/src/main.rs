//! `bin/sheaf` of a release: becomes the fastest build of the command that this CPU can run.
//!
//! A release holds one build of `sheaf` per microarchitecture level, `libexec/sheaf/LEVEL/sheaf` beside the directory `bin`. The
//! launcher replaces itself by the best of them. Arguments, `argv[0]`, environment and exit code are those of the
//! command. Has to be compiled for the lowest level.

#![forbid(unsafe_code)]

use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use sheaf_launcher::levels;

/// What `sheaf` exits with if it can't work at all.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let message = launch();
    // Where stderr is closed there is no one to tell.
    let _ = writeln!(io::stderr(), "sheaf: {message}");
    ExitCode::from(UNUSABLE)
}

/// Returns only if there is nothing to run, with the reason.
fn launch() -> String {
    // Symbolic links to the launcher have been followed here.
    let launcher = match env::current_exe() {
        Ok(path) => path,
        Err(error) => return format!("can't find where the command is installed: {error}"),
    };
    let Some(prefix) = launcher.parent().and_then(Path::parent) else {
        return format!("{} is in no directory `bin`", launcher.display());
    };
    let builds = prefix.join("libexec/sheaf");
    let levels = levels::of_cpu();

    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| OsString::from("sheaf"));
    let arguments: Vec<OsString> = arguments.collect();
    for level in &levels {
        let build = builds.join(level).join("sheaf");
        let error = Command::new(&build).arg0(&name).args(&arguments).exec();
        if error.kind() != ErrorKind::NotFound {
            return format!("{}: {error}", build.display());
        }
    }
    format!(
        "no build for this CPU in {}; looked for {}",
        builds.display(),
        levels.join(", ")
    )
}
