//! A directory in which the command runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A directory with nothing of the user's in it.
pub(crate) struct Sandbox(TempDir);

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// The names of all files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// A program in the directory.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.0.path())
            .env("XDG_CACHE_HOME", self.path("cache"))
            .stdin(Stdio::null());
        command
    }

    /// The command with these arguments, not yet run.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_sheaf"));
        command.args(arguments.split_whitespace());
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a script of the shell, in which `$sheaf` is the command.
    pub(crate) fn shell(&self, script: &str) -> Output {
        self.program("sh")
            .args(["-c", script])
            .env("sheaf", env!("CARGO_BIN_EXE_sheaf"))
            .output()
            .unwrap()
    }

    /// Runs successfully; returns what was printed.
    pub(crate) fn succeed(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Fails with this code; returns the one line on stderr.
    pub(crate) fn fail(&self, arguments: &str, code: i32) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {errors}");
        let lines: Vec<&str> = errors
            .lines()
            .filter(|line| !line.contains("warning:"))
            .collect();
        assert_eq!(lines.len(), 1, "{arguments}: {errors}");
        lines[0].to_owned()
    }

    /// Fails with this code and a line that has all of these parts; changes no file.
    pub(crate) fn refuse(&self, arguments: &str, code: i32, parts: &[&str]) {
        let before = self.contents();
        let line = self.fail(arguments, code);
        for part in parts {
            assert!(line.contains(part), "{arguments}: {line}: {part}");
        }
        assert_eq!(self.contents(), before, "{arguments} changes a file");
    }

    /// The content of every regular file.
    pub(crate) fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let names = self.names().into_iter();
        names
            .filter(|name| self.path(name).is_file())
            .map(|name| {
                let bytes = self.read(&name);
                (name, bytes)
            })
            .collect()
    }

    /// Changes one bit of a file.
    pub(crate) fn damage(&self, name: &str, at: usize) {
        let mut bytes = self.read(name);
        bytes[at] ^= 1;
        self.write(name, bytes);
    }
}

/// A message of one repeated byte, in hexadecimal digits.
pub(crate) fn message(byte: u8) -> String {
    format!("{byte:02x}").repeat(32)
}

/// A sandbox with these keys of the scheme `test`, each with 32 slots.
pub(crate) fn with_keys(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in names {
        sandbox.succeed(&format!("keygen --scheme test --out {name}"));
    }
    sandbox
}

/// A sandbox with the keys `a`, `b` and `c`, and `all.batch` in which they sign.
pub(crate) fn signed() -> Sandbox {
    let sandbox = with_keys(&["a", "b", "c"]);
    let arguments = format!(
        "sign --key a --key b.key --key c --slot 7 --message {} --out all.batch",
        message(1)
    );
    sandbox.succeed(&arguments);
    sandbox
}

/// A directory with batches of real keys.
pub(crate) fn vectors() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/xmss/tests/vectors"
    ))
}
