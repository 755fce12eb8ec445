//! Reading and writing files.

use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sheaf::xmss::batch_file::HEADER_BYTES;
use sheaf::xmss::params::PUBLIC_KEY_BYTES;
use sheaf::{MAX_SIGNATURES, Scheme};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Reads a whole file, unless it has more than `limit` bytes. It may be a device that never ends.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let too_long = || format!("the file has more than the {limit} bytes that it may have");
    match read_up_to(path, limit) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Failure::file(path, too_long())),
        Err(error) => Err(Failure::file(path, error)),
    }
}

/// Reads a whole file; nothing if it has more than `limit` bytes.
pub(crate) fn read_up_to(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

/// Reads a file that holds a secret.
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read(path, MAX_SECRET_BYTES).map(Zeroizing::new)
}

/// More than a secret key of any scheme has: 12 MiB if it is active in all slots of `prod`.
const MAX_SECRET_BYTES: usize = 32 << 20;

/// The most bytes of a file with as many signers as one proof covers.
pub(crate) const fn max_batch_bytes(scheme: &Scheme) -> usize {
    HEADER_BYTES + MAX_SIGNATURES * (PUBLIC_KEY_BYTES + scheme.signature_bytes())
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
    use std::fs;

    use sheaf::xmss::{ActiveRange, KeyGenerator};
    use sheaf::{PROD, TEST};

    use super::*;

    #[test]
    fn files_that_are_too_long_are_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap(), [7; 100]);
        assert!(read(&path, 99).is_err());
        assert_eq!(read_up_to(&path, 99).unwrap(), None);
        #[cfg(unix)]
        assert!(read(Path::new("/dev/zero"), 1000).is_err());
    }

    #[test]
    fn the_longest_secret_key_can_be_read() {
        let whole = ActiveRange::covering(&TEST, 0, TEST.lifetime()).unwrap();
        let generator = KeyGenerator::new(&TEST, 0, TEST.lifetime()).unwrap();
        assert_eq!(generator.active_range(), whole);
        let (_, key) = generator.generate(&mut rand::rng());
        // Three trees of as many leaves, twice as many nodes, and a few numbers per layer.
        let bound = |scheme: &Scheme| {
            let leaves = scheme.bottom_tree_slots() as usize;
            3 * (2 * leaves * 32 + 32 * scheme.height()) + 1000
        };
        assert!(key.to_bytes().len() <= bound(&TEST));
        assert!(bound(&PROD) <= MAX_SECRET_BYTES);
    }

    #[test]
    fn writes_replace_or_refuse() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, b"one", Access::Public, Existing::Refuse).unwrap();
        assert!(write(&path, b"two", Access::Public, Existing::Refuse).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"three", Access::Public, Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
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
