//! Writing a new key pair: all of its files, or none.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::Path;

use sheaf::PublicKey;
use sheaf::xmss::{FileSlotGuard, SecretKey, SlotGuard};
use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::identity::{is_standard_stream, parent};
use crate::key_files::{KeyFiles, remove_leftover};
use crate::output::sync_directory;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// The owner alone.
    Secret,
    /// Everyone to whom the process's mask gives access.
    Public,
}

/// Checks, before the work, that the files of a new key can be made. Returns their names.
pub(crate) fn check(name: &Path) -> Result<KeyFiles, Failure> {
    let unusable = |why: &str| Err(Failure::Unusable(format!("{}: {why}", name.display())));
    let text = name.as_os_str().as_encoded_bytes();
    if is_standard_stream(name) {
        return unusable("a key is three files and can't be written to standard output");
    }
    if text
        .last()
        .is_some_and(|&b| std::path::is_separator(b.into()))
        || name.file_name().is_none()
    {
        return unusable(
            "this is a directory; name the key as well, as in `--out DIRECTORY/alice`",
        );
    }
    let files = KeyFiles::named(name);
    for path in [&files.secret, &files.public, &files.journal] {
        // A link counts, even one that leads nowhere.
        if path.symlink_metadata().is_ok() {
            return Err(Failure::file(path, "the file exists; choose another name"));
        }
    }
    let directory = parent(&files.secret);
    tempfile::tempfile_in(directory).map_err(|error| {
        let why = format!("no file can be made in this directory: {error}");
        Failure::file(directory, why)
    })?;
    Ok(files)
}

/// Writes the files of a new key. If one of them can't be written, none is left.
pub(crate) fn write(
    files: &KeyFiles,
    public: &PublicKey,
    secret: &SecretKey,
) -> Result<(), Failure> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| Failure::file(&path, error)
    };
    let directory = parent(&files.secret);
    // Temporary names are fixed. Two runs that make a key of one name take turns here, and the second finds the first one's journal.
    let _turn = lock_directory(directory).map_err(at(directory))?;
    // What takes space is on the disk before any file has its name.
    let new_secret =
        temporary(&files.secret, &secret.to_bytes(), Access::Secret).map_err(at(&files.secret))?;
    let new_public =
        temporary(&files.public, &public.to_bytes(), Access::Public).map_err(at(&files.public))?;

    let mut made = Unfinished(Vec::new());
    // The journal comes first: a key that is there has one, so that a missing journal means a lost one.
    let mut journal = FileSlotGuard::create(secret.scheme(), public, &files.journal)
        .map_err(|error| Failure::file(&files.journal, error))?;
    made.0.push(&files.journal);
    journal
        .bind(&secret.identity())
        .map_err(|error| Failure::file(&files.journal, error))?;
    for (file, path) in [(new_secret, &files.secret), (new_public, &files.public)] {
        // Refuses to replace a file that has appeared meanwhile.
        file.persist_noclobber(path)
            .map_err(|error| at(path)(error.error))?;
        made.0.push(path);
    }
    sync_directory(directory).map_err(at(directory))?;
    made.0.clear();
    Ok(())
}

/// Files of a pair that is not complete. They are removed if it does not become so.
struct Unfinished<'a>(Vec<&'a Path>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        for path in &self.0 {
            // What can't be removed is named by the error that brought us here, or is beside the file that is.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Writes a file under a temporary name beside the one that it is to get: a fixed one, so that no run leaves more than one copy.
fn temporary(path: &Path, bytes: &[u8], access: Access) -> io::Result<NamedTempFile> {
    let name = remove_leftover(path)?;
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(name.file_name().unwrap_or_default())
        .rand_bytes(0);
    if let Some(permissions) = permissions(access) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(parent(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Waits for its turn to make files in a directory. The turn ends when the file is closed.
#[cfg(unix)]
fn lock_directory(directory: &Path) -> io::Result<File> {
    let file = File::open(directory)?;
    file.lock()?;
    Ok(file)
}

/// Other systems can't open a directory as a file. There, two runs that make a key of one name at one moment may both fail.
#[cfg(not(unix))]
fn lock_directory(_: &Path) -> io::Result<()> {
    Ok(())
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

#[cfg(test)]
mod tests {
    use sheaf::TEST;
    use sheaf::xmss::KeyGenerator;

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_pair_is_written_whole_or_not_at_all() {
        let (public, secret) = KeyGenerator::new(&TEST, 0, 32)
            .unwrap()
            .generate(&mut rand::rng());
        for obstacle in ["a.pub", "a.key"] {
            let directory = tempfile::tempdir().unwrap();
            let files = check(&directory.path().join("a")).unwrap();
            // Appears after the check.
            std::fs::write(directory.path().join(obstacle), "something").unwrap();
            write(&files, &public, &secret).unwrap_err();
            assert_eq!(names(directory.path()), [obstacle]);
        }
        let directory = tempfile::tempdir().unwrap();
        let files = check(&directory.path().join("a")).unwrap();
        write(&files, &public, &secret).unwrap();
        assert_eq!(names(directory.path()), ["a.journal", "a.key", "a.pub"]);
        check(&directory.path().join("a")).unwrap_err();
    }
}
