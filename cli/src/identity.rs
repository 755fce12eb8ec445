//! Which file a path means, in whatever spelling.
//!
//! Links, `..` and hard links give one file many names. On Unix a file is known by its device and inode as well as by its
//! resolved path; elsewhere by the path alone, so that a hard link is not noticed there.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// Something that two names of one file have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Identity {
    #[cfg(unix)]
    Inode { device: u64, inode: u64 },
    /// The path without links, `.` and `..`. The file itself may not exist.
    Path(PathBuf),
    /// Standard input, which can be read once.
    StandardInput,
}

/// Whether a path stands for standard input or output.
pub(crate) fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Files that play a part in a command, each with its role.
#[derive(Debug, Default)]
pub(crate) struct FileSet {
    roles: HashMap<Identity, String>,
}

impl FileSet {
    /// Adds a file that is read; `-` is standard input. If it is there already, returns the role that it has.
    pub(crate) fn add(&mut self, path: &Path, role: &str) -> Option<String> {
        let identities = if is_standard_stream(path) {
            let mut all = metadata_of_stdin().map_or(Vec::new(), |m| by_metadata(&m));
            all.push(Identity::StandardInput);
            all
        } else {
            identities(path)
        };
        let mut known = None;
        for identity in identities {
            if let Some(earlier) = self.roles.insert(identity, role.to_owned()) {
                known.get_or_insert(earlier);
            }
        }
        known
    }

    /// The role of the file that would be written at this path; `-` is standard output.
    pub(crate) fn role_of_output(&self, path: &Path) -> Option<&str> {
        let identities = if is_standard_stream(path) {
            metadata_of_stdout().map_or(Vec::new(), |m| by_metadata(&m))
        } else {
            identities(path)
        };
        let role = |identity| self.roles.get(identity).map(String::as_str);
        identities.iter().find_map(role)
    }
}

fn identities(path: &Path) -> Vec<Identity> {
    let Ok(metadata) = path.metadata() else {
        // Nothing there, or a link to nothing: the name may yet be that of a file to be written.
        return resolved_name(path)
            .map(Identity::Path)
            .into_iter()
            .collect();
    };
    let mut all = by_metadata(&metadata);
    if !is_terminal_or_alike(&metadata) {
        all.extend(path.canonicalize().map(Identity::Path));
    }
    all
}

/// The directory without links, and the name in it.
fn resolved_name(path: &Path) -> Option<PathBuf> {
    let directory = parent(path).canonicalize().ok()?;
    Some(directory.join(path.file_name()?))
}

/// The directory in which a file is.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn by_metadata(metadata: &Metadata) -> Vec<Identity> {
    use std::os::unix::fs::MetadataExt;
    let inode = Identity::Inode {
        device: metadata.dev(),
        inode: metadata.ino(),
    };
    // What one process reads from a terminal or from /dev/null has nothing to do with what another writes to it.
    let meaningless = is_terminal_or_alike(metadata);
    (!meaningless).then_some(inode).into_iter().collect()
}

#[cfg(not(unix))]
fn by_metadata(_: &Metadata) -> Vec<Identity> {
    Vec::new()
}

#[cfg(unix)]
fn is_terminal_or_alike(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_terminal_or_alike(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn metadata_of_stdin() -> Option<Metadata> {
    use std::os::fd::AsFd;
    let copy = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
    std::fs::File::from(copy).metadata().ok()
}

#[cfg(unix)]
fn metadata_of_stdout() -> Option<Metadata> {
    use std::os::fd::AsFd;
    let copy = std::io::stdout().as_fd().try_clone_to_owned().ok()?;
    std::fs::File::from(copy).metadata().ok()
}

#[cfg(not(unix))]
fn metadata_of_stdin() -> Option<Metadata> {
    None
}

#[cfg(not(unix))]
fn metadata_of_stdout() -> Option<Metadata> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_file_is_the_same_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::create_dir(path("sub")).unwrap();
        std::fs::write(path("file"), "content").unwrap();
        let mut files = FileSet::default();
        assert_eq!(files.add(&path("file"), "the file"), None);
        assert_eq!(files.add(&path("absent"), "no file yet"), None);
        let mut spellings = vec![path("file"), path("./file"), path("sub/../file")];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("file", path("link")).unwrap();
            std::fs::hard_link(path("file"), path("hard")).unwrap();
            std::os::unix::fs::symlink("..", path("sub/up")).unwrap();
            spellings.extend([path("link"), path("hard"), path("sub/up/file")]);
            let role = files.role_of_output(&path("sub/up/absent"));
            assert_eq!(role, Some("no file yet"));
        }
        for spelling in spellings {
            assert_eq!(files.role_of_output(&spelling), Some("the file"));
            let known = files.add(&spelling, "the file");
            assert_eq!(known.as_deref(), Some("the file"), "{spelling:?}");
        }
        std::fs::write(path("other"), "content").unwrap();
        assert_eq!(files.role_of_output(&path("other")), None);
        assert_eq!(files.add(&path("other"), "another"), None);
    }

    #[cfg(unix)]
    #[test]
    fn devices_without_content_may_be_named_twice() {
        let mut files = FileSet::default();
        let null = Path::new("/dev/null");
        assert_eq!(files.add(null, "nothing"), None);
        assert_eq!(files.role_of_output(null), None);
    }
}
