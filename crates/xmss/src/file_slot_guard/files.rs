//! Files that are complete whenever they have their name.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Moves a file off the descriptors of standard input, output and error, which it gets if the program has closed those:
/// whatever is printed afterwards would go into the file.
#[cfg(unix)]
pub(super) fn beyond_standard_streams(file: File) -> io::Result<File> {
    use std::os::fd::AsRawFd;
    // A duplicate is never one of the three.
    if file.as_raw_fd() < 3 {
        file.try_clone()
    } else {
        Ok(file)
    }
}

/// Other systems have handles instead.
#[cfg(not(unix))]
pub(super) fn beyond_standard_streams(file: File) -> io::Result<File> {
    Ok(file)
}

/// Creates a file with these bytes, all at once; an error of kind `AlreadyExists` if there is a file at `path`.
pub(super) fn create(bytes: &[u8], path: &Path) -> io::Result<()> {
    let (temporary, mut file) = temporary_beside(path)?;
    let result = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&temporary, path))
        .and_then(|()| sync_directory(path));
    // A leftover does no harm: it is never opened again.
    let _ = std::fs::remove_file(&temporary);
    result
}

/// Creates a new file in the directory of `path`.
fn temporary_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut attempt = 0u32;
    loop {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.{attempt}.new", std::process::id()));
        let temporary = path.with_file_name(name);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {
                attempt += 1
            }
            result => return Ok((temporary, beyond_standard_streams(result?)?)),
        }
    }
}

/// Writes a file beside `path`, under a fixed name, to take the place of the file that is there now. It has the same owner and
/// permissions, is locked, and is on the disk. A leftover of an earlier attempt is replaced.
///
/// Returns its path as well. The file at `path` is as it was.
#[cfg(unix)]
pub(super) fn successor(
    path: &Path,
    old: &File,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<(PathBuf, File)> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new_path = PathBuf::from(name);
    match std::fs::remove_file(&new_path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&new_path)?;
    let file = beyond_standard_streams(file)?;
    let finish = || {
        let (is, was) = (file.metadata()?, old.metadata()?);
        if (is.uid(), is.gid()) != (was.uid(), was.gid()) {
            fchown(&file, Some(was.uid()), Some(was.gid()))?;
        }
        file.set_permissions(was.permissions())?;
        // Before it has its name: the journal is locked without a gap.
        file.try_lock()?;
        let mut out = BufWriter::new(&file);
        write(&mut out)?;
        out.flush()?;
        file.sync_all()
    };
    if let Err(error) = finish() {
        let _ = std::fs::remove_file(&new_path);
        return Err(error);
    }
    Ok((new_path, file))
}

/// Whether the file at `path` is this one.
#[cfg(unix)]
pub(super) fn is_at(file: &Metadata, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    match std::fs::symlink_metadata(path) {
        Ok(found) => Ok((found.dev(), found.ino()) == (file.dev(), file.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Other systems do not say which file a path means without opening it; there a journal is never replaced by this crate.
#[cfg(not(unix))]
pub(super) fn is_at(_: &Metadata, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

/// Whether a file has more than one name.
#[cfg(unix)]
pub(super) fn has_several_names(file: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(file) > 1
}

/// Makes the entry of `path` in its directory durable.
#[cfg(unix)]
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Other systems can't open a directory as a file, and journal its entries themselves.
#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
