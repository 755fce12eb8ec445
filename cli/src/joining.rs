//! Takes groups of several files together.
//!
//! Groups with the same slot and message are joined into one, so that signers may each write a file of their own. The time
//! is linear in the number of files and signers.

use std::collections::HashMap;
use std::path::Path;

use sheaf::{Claims, ClaimsError, Error, MAX_SIGNATURES, PublicKey, Scheme, Signature};

use crate::failure::Failure;
use crate::origins::{Origins, Part};

/// What signers have signed, and the signers: each a key, or a key and a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group<T> {
    pub(crate) slot: u32,
    pub(crate) message: [u8; 32],
    pub(crate) signers: Vec<T>,
}

/// Groups of files, as far as they have been read.
#[derive(Debug)]
pub(crate) struct Joined<T> {
    groups: Vec<Group<T>>,
    /// Index of the group of each slot and message.
    index: HashMap<(u32, [u8; 32]), usize>,
    signers: usize,
    origins: Origins,
}

impl<T> Joined<T> {
    pub(crate) fn new() -> Self {
        Self {
            groups: Vec::new(),
            index: HashMap::new(),
            signers: 0,
            origins: Origins::new(),
        }
    }

    /// Adds a file with all its groups.
    pub(crate) fn add_file(
        &mut self,
        path: &Path,
        groups: impl IntoIterator<Item = (Part, Group<T>)>,
    ) -> Result<(), Failure> {
        let file = self.origins.add_file(path);
        for (part, group) in groups {
            if group.signers.is_empty() {
                let nothing = match part {
                    Part::Signers => "the file has no signers".to_owned(),
                    Part::Group(group) => format!("group {group} has no keys"),
                    Part::Keys => "the file has no keys".to_owned(),
                };
                return Err(Failure::file(path, nothing));
            }
            self.signers += group.signers.len();
            // Whatever else is there to be read would be read for nothing.
            if self.signers > MAX_SIGNATURES {
                let count = self.signers;
                return Err(Error::from(ClaimsError::TooMany { count }).into());
            }
            self.add(file, part, group);
        }
        Ok(())
    }

    fn add(&mut self, file: usize, part: Part, group: Group<T>) {
        let next = self.groups.len();
        let claim = (group.slot, group.message);
        let index = *self.index.entry(claim).or_insert(next);
        if index == next {
            self.origins.add(index, 0, file, part);
            self.groups.push(group);
        } else {
            let there = &mut self.groups[index].signers;
            self.origins.add(index, there.len(), file, part);
            there.extend(group.signers);
        }
    }

    #[cfg(test)]
    fn into_parts(self) -> (Vec<Group<T>>, Origins) {
        (self.groups, self.origins)
    }
}

impl Joined<PublicKey> {
    /// The claims that the groups make.
    pub(crate) fn into_claims(self, scheme: Scheme) -> (Claims, Origins) {
        let mut claims = Claims::new(scheme);
        for group in self.groups {
            claims.add_group(group.slot, group.message, group.signers);
        }
        (claims, self.origins)
    }
}

impl Joined<(PublicKey, Signature)> {
    /// The batch that the groups are.
    pub(crate) fn into_batch(self, scheme: Scheme) -> (sheaf::Batch, Origins) {
        let mut batch = sheaf::Batch::new(scheme);
        for group in self.groups {
            batch.push(sheaf::SignedGroup {
                slot: group.slot,
                message: group.message,
                signers: group.signers,
            });
        }
        (batch, self.origins)
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::time::Instant;

    use super::*;

    fn group(slot: u32, signers: &[u32]) -> Group<u32> {
        Group {
            slot,
            message: [1; 32],
            signers: signers.to_vec(),
        }
    }

    #[test]
    fn groups_of_one_message_are_one_group_and_signers_know_their_file() {
        let mut joined = Joined::new();
        for (path, slot, signers) in [("a", 5, &[1, 2][..]), ("b", 6, &[1]), ("c", 5, &[3, 4])] {
            let groups = [(Part::Signers, group(slot, signers))];
            joined.add_file(Path::new(path), groups).unwrap();
        }
        let claims = [
            (Part::Group(0), group(6, &[7])),
            (Part::Group(1), group(5, &[8])),
        ];
        joined.add_file(Path::new("d"), claims).unwrap();
        let (groups, origins) = joined.into_parts();
        assert_eq!(groups, [group(5, &[1, 2, 3, 4, 8]), group(6, &[1, 7])]);
        for (group, index, place) in [
            (0, 0, "a: signer 0"),
            (0, 1, "a: signer 1"),
            (0, 2, "c: signer 0"),
            (0, 3, "c: signer 1"),
            (0, 4, "d: key 0 of group 1"),
            (1, 0, "b: signer 0"),
            (1, 1, "d: key 0 of group 0"),
        ] {
            assert_eq!(origins.signer(group, index), place);
        }
    }

    #[test]
    fn more_signers_than_a_proof_covers_are_refused_at_once() {
        let mut joined = Joined::new();
        let many = vec![0; MAX_SIGNATURES];
        let add = |joined: &mut Joined<u32>, slot, signers: &[u32]| {
            joined.add_file(Path::new("x"), [(Part::Signers, group(slot, signers))])
        };
        add(&mut joined, 1, &many).unwrap();
        assert!(add(&mut joined, 2, &[1]).is_err());
        assert!(add(&mut Joined::new(), 2, &[]).is_err());
    }

    /// Of as many groups as there can be, each in a file of its own. A search through all groups for one file in four is compared with,
    /// and takes many times as long. The best of three runs is not disturbed by what else the machine does.
    #[test]
    fn files_are_joined_without_a_search_through_all_groups() {
        let message = |file: u32| {
            let mut message = [7; 32];
            message[28..].copy_from_slice(&file.to_be_bytes());
            message
        };
        let files = MAX_SIGNATURES as u32;
        let best = |run: &dyn Fn()| {
            let time = |_| {
                let start = Instant::now();
                run();
                start.elapsed()
            };
            (0..3).map(time).min().unwrap()
        };
        let joining = best(&|| {
            let mut joined = Joined::new();
            for file in 0..files {
                let mut group = group(0, &[file]);
                group.message = message(file);
                let groups = [(Part::Signers, group)];
                joined.add_file(Path::new("x"), groups).unwrap();
            }
            assert_eq!(joined.into_parts().0.len(), files as usize);
        });
        let groups: Vec<_> = (0..files).map(|file| (0u32, message(file))).collect();
        let searching = best(&|| {
            for file in (0..files).step_by(4) {
                let claim = black_box((0, message(file)));
                assert!(groups.contains(&claim));
            }
        });
        assert!(joining < searching, "{joining:?} and {searching:?}");
    }
}
