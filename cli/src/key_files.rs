//! The files of a key pair: where they are, and how they are read.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sheaf::xmss::{FileSlotGuard, GuardError, SecretKey};
use sheaf::{PublicKey, Scheme};
use zeroize::Zeroizing;

use crate::failure::{Failure, remark};
use crate::identity::{FileSet, parent};
use crate::input::read;
use crate::kind::Kind;
use crate::output::sync_directory;

/// More than a secret key of any scheme has: 12 MiB if it is active in all slots of `prod`.
pub(crate) const MAX_SECRET_BYTES: usize = 32 << 20;

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
        match name.extension() {
            Some(extension) if extension == "key" => Self::with_stem(&name.with_extension("")),
            _ => Self::with_stem(name),
        }
    }

    /// The files of the key to which a file with one of the three endings belongs.
    pub(crate) fn around(file: &Path) -> Option<Self> {
        let extension = file.extension()?;
        ["key", "pub", "journal"]
            .iter()
            .any(|ending| extension == *ending)
            .then(|| Self::with_stem(&file.with_extension("")))
    }

    fn with_stem(stem: &Path) -> Self {
        let with = |suffix: &str| {
            let mut path = stem.as_os_str().to_owned();
            path.push(suffix);
            PathBuf::from(path)
        };
        Self {
            secret: with(".key"),
            public: with(".pub"),
            journal: with(".journal"),
        }
    }

    /// Adds the files of a key that is used to those of a command. The same key can't be there already.
    pub(crate) fn add_to(&self, files: &mut FileSet) -> Result<(), Failure> {
        let roles = [
            (&self.secret, "the secret key"),
            (&self.journal, "the journal of used slots"),
            (&self.public, "the public key"),
        ];
        for (path, role) in roles {
            let name = path.display();
            if let Some(earlier) = files.add(path, &format!("{role} {name}")) {
                return Err(Failure::Unusable(if earlier == format!("{role} {name}") {
                    format!("the key {name} is given twice")
                } else {
                    format!("{name} is the same file as {earlier}: each key is given once")
                }));
            }
        }
        Ok(())
    }

    /// Reads the secret key, and says so if others can read it as well.
    pub(crate) fn read_secret(&self) -> Result<SecretKey, Failure> {
        let path = &self.secret;
        if !path.exists() {
            return Err(Failure::file(path, self.why_missing()));
        }
        warn_if_readable_by_others(path);
        self.read_secret_quietly()
    }

    /// Reads the secret key.
    pub(crate) fn read_secret_quietly(&self) -> Result<SecretKey, Failure> {
        let path = &self.secret;
        let bytes = Zeroizing::new(read(path, MAX_SECRET_BYTES)?);
        decode_secret(&bytes).map_err(|error| Failure::file(path, error))
    }

    /// Opens the journal of a key that has been read.
    pub(crate) fn open_journal(
        &self,
        scheme: &Scheme,
        public: &PublicKey,
    ) -> Result<FileSlotGuard, Failure> {
        FileSlotGuard::open(scheme, public, &self.journal).map_err(|error| match error {
            GuardError::Io(error) if error.kind() == io::ErrorKind::NotFound => Failure::file(
                &self.journal,
                "the record of the slots at which the key has signed is missing. Put it back beside the key if it was \
                 moved. If it is lost, make a new key: this one might sign two messages at one slot, which breaks it",
            ),
            error @ GuardError::OtherKey => {
                let key = self.secret.display();
                Failure::file(&self.journal, format!("{error}, or {key} is damaged"))
            }
            error => Failure::file(&self.journal, error),
        })
    }

    /// Replaces the secret key by the same key with another window, all at once. Only for who has its journal open.
    ///
    /// A crash may leave the new file under its temporary name, which the next call replaces.
    pub(crate) fn replace_secret(&self, secret: &SecretKey) -> io::Result<()> {
        // The key may be a link, which stays one.
        let target = self.secret.canonicalize()?;
        let temporary = remove_leftover(&target)?;
        let written = for_owner()
            .open(&temporary)
            .and_then(|mut file| {
                file.write_all(&secret.to_bytes())?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&temporary, &target));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        written?;
        sync_directory(parent(&target))
    }

    /// Removes the copy of the secret key that a run which was killed while it moved the window may have left. The journal must
    /// be open: else another run may be about to use it.
    pub(crate) fn remove_leftover(&self) -> io::Result<()> {
        remove_leftover(&self.secret.canonicalize()?).map(drop)
    }

    fn why_missing(&self) -> String {
        let given = self.secret.with_extension("");
        let is_other_file = given
            .extension()
            .is_some_and(|extension| extension == "pub" || extension == "journal");
        if is_other_file {
            let name = given.with_extension("");
            format!(
                "there is no such secret key; did you mean `--key {}`?",
                name.display()
            )
        } else {
            "there is no such secret key; `sheaf keygen` makes one".to_owned()
        }
    }
}

/// The name of a file that is to take the place of the one at `path`, after whatever had that name has been removed.
///
/// A fixed name, so that what a killed run leaves is found by the next.
pub(crate) fn remove_leftover(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let temporary = PathBuf::from(name);
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(temporary),
    }
}

/// Decodes a secret key, whose scheme is found in it.
fn decode_secret(bytes: &[u8]) -> Result<SecretKey, String> {
    let scheme: Scheme = match Kind::of_bytes(bytes) {
        Kind::SecretKey(scheme) => scheme,
        other => return Err(other.instead_of("a secret key")),
    };
    SecretKey::from_bytes(&scheme, bytes).map_err(|error| error.to_string())
}

/// How a new file is opened that only its owner may read.
fn for_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn warn_if_readable_by_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().map_or(0, |m| m.permissions().mode());
    let others = match (mode & 0o040 != 0, mode & 0o004 != 0) {
        (false, false) => return,
        (true, false) => "its group",
        (_, true) => "everyone",
    };
    let file = path.display();
    remark(format_args!(
        "warning: {file} is readable by {others}; `chmod 600 {file}` mends that"
    ));
}

#[cfg(not(unix))]
fn warn_if_readable_by_others(_: &Path) {}

#[cfg(test)]
mod tests {
    use sheaf::xmss::{ActiveRange, KeyGenerator};
    use sheaf::{PROD, TEST};

    use super::*;

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
    fn key_files_have_one_stem() {
        for name in ["dir/alice", "dir/alice.key"] {
            let files = KeyFiles::named(Path::new(name));
            assert_eq!(files.secret, Path::new("dir/alice.key"));
            assert_eq!(files.journal, Path::new("dir/alice.journal"));
        }
        let files = KeyFiles::named(Path::new("v1.2"));
        assert_eq!(files.public, Path::new("v1.2.pub"));
        let files = KeyFiles::around(Path::new("v1.2.journal")).unwrap();
        assert_eq!(files.secret, Path::new("v1.2.key"));
        assert!(KeyFiles::around(Path::new("v1.2")).is_none());
    }
}
