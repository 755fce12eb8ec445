//! Reading files, and standard input as `-`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sheaf::xmss::batch_file::HEADER_BYTES;
use sheaf::{MAX_SIGNATURES, Scheme};

use crate::failure::Failure;
use crate::identity::{FileSet, is_standard_stream};

/// Reads a whole file, unless it has more than `limit` bytes. It may be a device that never ends.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    match read_up_to(path, limit) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => {
            let too_long = format!("the file has more than the {limit} bytes that it may have");
            Err(Failure::file(path, too_long))
        }
        Err(error) => Err(Failure::file(path, error)),
    }
}

/// Reads a whole file; nothing if it has more than `limit` bytes.
pub(crate) fn read_up_to(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let limit_and_one = limit as u64 + 1;
    if is_standard_stream(path) {
        io::stdin().take(limit_and_one).read_to_end(&mut bytes)?;
    } else {
        let file = File::open(path)?;
        // Growth would leave copies of a secret in memory that is not wiped.
        let length = file.metadata()?.len().min(limit_and_one);
        bytes.reserve_exact(length as usize + 1);
        file.take(limit_and_one).read_to_end(&mut bytes)?;
    }
    Ok((bytes.len() <= limit).then_some(bytes))
}

/// The most bytes of a batch file with as many signers as one proof covers.
pub(crate) const fn max_batch_bytes(scheme: &Scheme) -> usize {
    HEADER_BYTES + MAX_SIGNATURES * (scheme.public_key_bytes() + scheme.signature_bytes())
}

/// Adds an input to the files of a command, each of which is given once.
pub(crate) fn add_once(files: &mut FileSet, path: &Path) -> Result<(), Failure> {
    let name = crate::failure::name_of_input(path);
    match files.add(path, &name) {
        None => Ok(()),
        Some(earlier) if earlier == name => {
            Err(Failure::Unusable(format!("{name} is given twice")))
        }
        Some(earlier) => Err(Failure::Unusable(format!(
            "{name} and {earlier} are the same file"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_too_long_are_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap(), [7; 100]);
        assert!(read(&path, 99).is_err());
        assert_eq!(read_up_to(&path, 99).unwrap(), None);
        #[cfg(unix)]
        assert!(read(Path::new("/dev/zero"), 1000).is_err());
    }
}
