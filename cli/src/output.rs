//! Writing files: what is checked before a command's work, and how the result gets to its place.
//!
//! An output is never the same file as an input, and replaces only a file of the kind that is written, unless `--force` is
//! given; keys and journals it never replaces. A regular file is replaced all at once, so that at any time there is the old
//! content under its name or the new one; a link to it stays a link. What is no regular file, a device or a FIFO, is
//! written to. `-` is standard output.

use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::{Failure, print, remark};
use crate::identity::{FileSet, is_standard_stream, parent};
use crate::kind::Kind;

/// Where a command writes its result.
#[derive(Clone, Debug, Args)]
pub(crate) struct OutputArgument {
    /// The file to write; `-` is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the output file even if it is something else than what is written
    #[arg(long)]
    force: bool,
}

/// Whether a file of another kind may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    /// A file of the same kind, or an empty one.
    SameKind,
    /// Any but keys and journals.
    Force,
}

impl OutputArgument {
    pub(crate) fn path(&self) -> &Path {
        &self.out
    }

    /// Checks that the result can be written, before the work; `inputs` are all the files that the command reads.
    pub(crate) fn check(&self, kind: OutputKind, inputs: &FileSet) -> Result<Output, Failure> {
        let replace = if self.force {
            Replace::Force
        } else {
            Replace::SameKind
        };
        Output::check(&self.out, kind, replace, inputs)
    }
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputKind {
    Proof,
    RunProof,
    Call,
    Batch,
    Claims,
}

impl OutputKind {
    /// Whether a file that is there may be replaced without being forced.
    const fn replaces(self, kind: Kind) -> bool {
        match kind {
            Kind::Empty => true,
            Kind::Proof => matches!(self, Self::Proof),
            Kind::RunProof => matches!(self, Self::RunProof),
            Kind::Call => matches!(self, Self::Call),
            Kind::Batch(_) => matches!(self, Self::Batch),
            Kind::Claims => matches!(self, Self::Claims),
            _ => false,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Proof => "a proof",
            Self::RunProof => "a proof about the run of a program",
            Self::Call => "an input of a program",
            Self::Batch => "a batch",
            Self::Claims => "claims",
        }
    }
}

/// A place to which a result can be written, as far as can be known before.
#[derive(Debug)]
pub(crate) struct Output {
    /// As given, for messages.
    path: PathBuf,
    destination: Destination,
    kind: OutputKind,
    replace: Replace,
}

#[derive(Debug)]
enum Destination {
    StandardOutput,
    /// A device, or a FIFO.
    Stream,
    /// A regular file, there or not, by its path without links.
    File(PathBuf),
}

impl Output {
    pub(crate) fn check(
        path: &Path,
        kind: OutputKind,
        replace: Replace,
        inputs: &FileSet,
    ) -> Result<Self, Failure> {
        if let Some(role) = inputs.role_of_output(path) {
            let file = name(path);
            return Err(Failure::Unusable(format!(
                "{file}: the output would replace {role}, which is needed; choose another name"
            )));
        }
        let destination = destination(path)?;
        let output = Self {
            path: path.to_owned(),
            destination,
            kind,
            replace,
        };
        if let Destination::File(file) = &output.destination {
            output.check_kind(file)?;
            // What refuses a temporary file now would refuse the result later. This one has no name, or loses it at once.
            tempfile::tempfile_in(parent(file)).map_err(|error| {
                let directory = parent(file).display();
                Failure::file(path, format!("no file can be made in {directory}: {error}"))
            })?;
        }
        Ok(output)
    }

    /// Checks that the file that is there, if any, may be replaced.
    fn check_kind(&self, file: &Path) -> Result<(), Failure> {
        let found = match Kind::of_file(file) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(_) if self.replace == Replace::Force => return Ok(()),
            Err(error) => {
                return Err(Failure::file(
                    &self.path,
                    format!("the file is there and can't be read, so it is not replaced: {error}"),
                ));
            }
        };
        if found.is_irreplaceable() {
            let refusal = format!("this is {found}, which is never replaced; choose another name");
            return Err(Failure::file(&self.path, refusal));
        }
        if self.replace == Replace::SameKind && !self.kind.replaces(found) {
            let wanted = self.kind.name();
            return Err(Failure::file(
                &self.path,
                format!(
                    "this is {found}, which {wanted} does not replace; choose another name, or add --force"
                ),
            ));
        }
        Ok(())
    }

    /// Writes the result.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &self.destination {
            Destination::StandardOutput => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Destination::Stream => OpenOptions::new()
                .write(true)
                .open(&self.path)
                .and_then(|mut stream| stream.write_all(bytes)),
            Destination::File(file) => {
                // The work may have taken long, and another file may be there by now.
                self.check_kind(file)?;
                replace(file, bytes)
            }
        };
        written.map_err(|error| Failure::Unusable(format!("{}: {error}", name(&self.path))))
    }

    /// Tells what was done: on standard output, unless that is where the result went.
    pub(crate) fn report(&self, text: &str) -> Result<(), Failure> {
        if matches!(self.destination, Destination::StandardOutput) {
            remark(text.trim_end());
            Ok(())
        } else {
            print(text)
        }
    }

    /// What to call it in reports.
    pub(crate) fn name(&self) -> String {
        name(&self.path)
    }
}

fn name(path: &Path) -> String {
    if is_standard_stream(path) {
        "standard output".to_owned()
    } else {
        path.display().to_string()
    }
}

fn destination(path: &Path) -> Result<Destination, Failure> {
    // `/dev/stdout` may lead to a file that a shell has open: replacing it would leave the shell with the old one.
    if is_standard_stream(path) || path == Path::new("/dev/stdout") {
        return Ok(Destination::StandardOutput);
    }
    let unusable = |error: String| Failure::file(path, error);
    let ends_in_separator = {
        let bytes = path.as_os_str().as_encoded_bytes();
        bytes
            .last()
            .is_some_and(|&b| std::path::is_separator(b.into()))
    };
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => Err(unusable(
            "this is a directory; name a file in it".to_owned(),
        )),
        Ok(metadata) if metadata.is_file() => match path.canonicalize() {
            Ok(resolved) => Ok(Destination::File(resolved)),
            Err(error) => Err(unusable(error.to_string())),
        },
        Ok(metadata) if is_stream(&metadata) => Ok(Destination::Stream),
        Ok(_) => Err(unusable("nothing can be written to this".to_owned())),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unusable(error.to_string())),
        Err(_) => {
            if let Ok(target) = path.read_link() {
                let target = target.display();
                return Err(unusable(format!(
                    "this is a link to {target}, which does not exist; remove the link, or name its target"
                )));
            }
            let file = path.file_name().filter(|_| !ends_in_separator);
            let file = file.ok_or_else(|| unusable("this names no file".to_owned()))?;
            let directory = parent(path);
            match directory.canonicalize() {
                Ok(directory) => Ok(Destination::File(directory.join(file))),
                Err(error) => {
                    let directory = directory.display();
                    Err(unusable(format!("the directory {directory}: {error}")))
                }
            }
        }
    }
}

/// What can be written to, and is not lost by it.
#[cfg(unix)]
fn is_stream(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let file_type = metadata.file_type();
    // A disk is no stream, and a socket can't be opened.
    file_type.is_char_device() || file_type.is_fifo()
}

#[cfg(not(unix))]
fn is_stream(_: &Metadata) -> bool {
    true
}

/// Gives a file new content all at once. It keeps its permissions; a new one has those of the process's mask.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let kept = path.metadata().ok().map(|metadata| metadata.permissions());
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = public_permissions() {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(parent(path))?;
    file.write_all(bytes)?;
    if let Some(permissions) = kept {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_directory(parent(path))
}

#[cfg(unix)]
fn public_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn public_permissions() -> Option<Permissions> {
    None
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}
