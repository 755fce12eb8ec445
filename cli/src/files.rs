//! Reading and writing files.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::file(path, error))
}

/// Reads a file that holds a secret.
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read(path).map(Zeroizing::new)
}

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The owner alone.
    Secret,
    /// Everyone to whom the process's mask gives access.
    Public,
}

/// Whether a file may take the place of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Replace,
    Refuse,
}

/// Writes a file all at once: at any time there is the old content under its name or the new one.
pub(crate) fn write(
    path: &Path,
    bytes: &[u8],
    access: Access,
    existing: Existing,
) -> Result<(), Failure> {
    try_write(path, bytes, access, existing).map_err(|error| Failure::file(path, error))
}

fn try_write(path: &Path, bytes: &[u8], access: Access, existing: Existing) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = permissions(access) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match existing {
        Existing::Replace => file.persist(path)?,
        Existing::Refuse => file.persist_noclobber(path)?,
    };
    sync_directory(directory)
}

#[cfg(unix)]
fn permissions(access: Access) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(match access {
        Access::Secret => 0o600,
        Access::Public => 0o666,
    }))
}

#[cfg(not(unix))]
fn permissions(_: Access) -> Option<Permissions> {
    None
}

/// Makes the entries of a directory durable.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// The files of one key pair: `NAME.key`, `NAME.pub` and `NAME.journal`.
#[derive(Clone, Debug)]
pub(crate) struct KeyFiles {
    /// The secret key, in SSZ.
    pub(crate) secret: PathBuf,
    /// The public key, in SSZ.
    pub(crate) public: PathBuf,
    /// The slots at which the key has signed.
    pub(crate) journal: PathBuf,
}

impl KeyFiles {
    /// The files of the key with this name, given with or without `.key`.
    pub(crate) fn named(name: &Path) -> Self {
        let with = |suffix: &str| {
            let stem = match name.extension() {
                Some(extension) if extension == "key" => name.with_extension(""),
                _ => name.to_owned(),
            };
            let mut path = stem.into_os_string();
            path.push(suffix);
            PathBuf::from(path)
        };
        Self {
            secret: with(".key"),
            public: with(".pub"),
            journal: with(".journal"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_replace_or_refuse() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, b"one", Access::Public, Existing::Refuse).unwrap();
        assert!(write(&path, b"two", Access::Public, Existing::Refuse).is_err());
        assert_eq!(read(&path).unwrap(), b"one");
        write(&path, b"three", Access::Public, Existing::Replace).unwrap();
        assert_eq!(read(&path).unwrap(), b"three");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_the_owner() {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, b"secret", Access::Secret, Existing::Refuse).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn key_files_have_one_stem() {
        for name in ["dir/alice", "dir/alice.key"] {
            let files = KeyFiles::named(Path::new(name));
            assert_eq!(files.secret, Path::new("dir/alice.key"));
            assert_eq!(files.journal, Path::new("dir/alice.journal"));
        }
        let files = KeyFiles::named(Path::new("v1.2"));
        assert_eq!(files.public, Path::new("v1.2.pub"));
    }
}
