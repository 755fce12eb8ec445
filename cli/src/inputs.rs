//! Batch files, and errors that speak of them.
//!
//! Files with the same slot and message are joined into one group, so that signers
//! may each write a file of their own. What the library says about group and index
//! is translated back to a file and the index in it.

use std::path::{Path, PathBuf};

use sheaf::xmss::{BatchFile, BatchFileError, BatchKeys};
use sheaf::{Batch, Claims, ClaimsError, Error, Scheme, SignedGroup};

use crate::failure::Failure;
use crate::files::{max_batch_bytes, read};

/// Where each signer of each group comes from: a file and an index in it.
#[derive(Debug)]
pub(crate) struct Origins {
    paths: Vec<PathBuf>,
    groups: Vec<Vec<(usize, usize)>>,
}

/// What one file adds to a group: `T` is a key, or a key and a signature.
struct Entries<T> {
    slot: u32,
    message: [u8; 32],
    signers: Vec<T>,
}

/// Reads batches in order to prove them.
pub(crate) fn read_batch(scheme: Scheme, paths: &[PathBuf]) -> Result<(Batch, Origins), Failure> {
    let (groups, origins) = join(&scheme, paths, |bytes| {
        BatchFile::parse(&scheme, bytes).map(|file| Entries {
            slot: file.slot,
            message: file.message,
            signers: file.signers,
        })
    })?;
    let mut batch = Batch::new(scheme);
    for group in groups {
        batch.push(SignedGroup {
            slot: group.slot,
            message: group.message,
            signers: group.signers,
        });
    }
    Ok((batch, origins))
}

/// Reads slot, message and keys of batches; their signatures may be anything.
pub(crate) fn read_claims(scheme: Scheme, paths: &[PathBuf]) -> Result<(Claims, Origins), Failure> {
    let (groups, origins) = join(&scheme, paths, |bytes| {
        BatchKeys::parse(&scheme, bytes).map(|file| Entries {
            slot: file.slot,
            message: file.message,
            signers: file.keys,
        })
    })?;
    let mut claims = Claims::new(scheme);
    for group in groups {
        claims.add_group(group.slot, group.message, group.signers);
    }
    Ok((claims, origins))
}

fn join<T>(
    scheme: &Scheme,
    paths: &[PathBuf],
    parse: impl Fn(&[u8]) -> Result<Entries<T>, BatchFileError>,
) -> Result<(Vec<Entries<T>>, Origins), Failure> {
    let mut groups: Vec<Entries<T>> = Vec::new();
    let mut origins = Origins {
        paths: paths.to_vec(),
        groups: Vec::new(),
    };
    for (file, path) in paths.iter().enumerate() {
        let entries = parse(&read(path, max_batch_bytes(scheme))?)
            .map_err(|error| Failure::file(path, error))?;
        if entries.signers.is_empty() {
            return Err(Failure::file(path, "the file has no signers"));
        }
        let from_here = (0..entries.signers.len()).map(|index| (file, index));
        let same = |g: &Entries<T>| (g.slot, g.message) == (entries.slot, entries.message);
        match groups.iter().position(same) {
            Some(group) => {
                origins.groups[group].extend(from_here);
                groups[group].signers.extend(entries.signers);
            }
            None => {
                origins.groups.push(from_here.collect());
                groups.push(entries);
            }
        }
    }
    Ok((groups, origins))
}

impl Origins {
    /// The first file of a group.
    fn path(&self, group: usize) -> &Path {
        let file = self.groups[group].first().map_or(0, |&(file, _)| file);
        &self.paths[file]
    }

    /// A signer, as a person finds it.
    fn signer(&self, group: usize, index: usize) -> String {
        let (file, index) = self.groups[group][index];
        format!("{}: signer {index}", self.paths[file].display())
    }

    /// Tells an error of the library in terms of files.
    pub(crate) fn explain(&self, error: Error) -> Failure {
        match error {
            Error::InvalidSignatures(invalid) => {
                let list: Vec<String> = invalid
                    .iter()
                    .map(|s| format!("{}: {}", self.signer(s.group, s.index), s.reason))
                    .collect();
                let what = match list.len() {
                    1 => "one signature is not valid".to_owned(),
                    n => format!("{n} signatures are not valid"),
                };
                Failure::Unusable(format!("{what}: {}", list.join("; ")))
            }
            Error::Claims(ClaimsError::DuplicateKey {
                group,
                first,
                second,
            }) => Failure::Unusable(format!(
                "{} has the same key as {}",
                self.signer(group, second),
                self.signer(group, first)
            )),
            Error::Claims(ClaimsError::SlotOutOfRange { group, slot, last }) => Failure::file(
                self.path(group),
                format_args!("slot {slot} is beyond the last slot of the scheme, {last}"),
            ),
            other => other.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use sheaf::TEST;
    use sheaf::xmss::one_slot::sign_once;

    use super::*;

    fn file(slot: u32, seeds: &[u8]) -> BatchFile {
        let signers = seeds
            .iter()
            .map(|&seed| sign_once(&TEST, &[seed; 32], slot, &[1; 32]).unwrap())
            .collect();
        BatchFile {
            slot,
            message: [1; 32],
            signers,
        }
    }

    #[test]
    fn files_of_one_message_are_one_group() {
        let directory = tempfile::tempdir().unwrap();
        let paths = [(5, &[1, 2][..]), (6, &[1]), (5, &[3])].map(|(slot, seeds)| {
            let path = directory.path().join(format!("{slot}-{}", seeds.len()));
            std::fs::write(&path, file(slot, seeds).to_bytes()).unwrap();
            path
        });
        let (batch, origins) = read_batch(TEST, &paths).unwrap();
        let sizes: Vec<usize> = batch.groups().iter().map(|g| g.signers.len()).collect();
        assert_eq!(sizes, [3, 1]);
        assert_eq!(
            origins.signer(0, 2),
            format!("{}: signer 0", paths[2].display())
        );
        let (claims, _) = read_claims(TEST, &paths).unwrap();
        assert_eq!(claims, batch.claims());
    }
}
