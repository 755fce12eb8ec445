//! Where the signers of a batch come from, so that errors speak of files.
//!
//! What the library says about group and index is translated back to a file and the place in it.

use std::path::{Path, PathBuf};

use sheaf::{ClaimsError, Error, InvalidSignature};

use crate::failure::{Failure, name_of_input};
use crate::report::list;

/// Where each signer of each group comes from.
#[derive(Debug)]
pub(crate) struct Origins {
    paths: Vec<PathBuf>,
    groups: Vec<Vec<Segment>>,
}

/// Consecutive signers of a group that come from one place.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Index of the first of them in the group.
    first: usize,
    file: usize,
    part: Part,
}

/// A part of a file in which signers or keys are counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A batch, which is one group.
    Signers,
    /// A group of a file of claims.
    Group(usize),
    /// A file of keys.
    Keys,
}

impl Origins {
    pub(crate) const fn new() -> Self {
        Self {
            paths: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Adds a file; returns its index.
    pub(crate) fn add_file(&mut self, path: &Path) -> usize {
        self.paths.push(path.to_owned());
        self.paths.len() - 1
    }

    /// Says that the signers of a group, from index `first` on, come from a part of a file. Groups and indices ascend.
    pub(crate) fn add(&mut self, group: usize, first: usize, file: usize, part: Part) {
        if group == self.groups.len() {
            self.groups.push(Vec::new());
        }
        self.groups[group].push(Segment { first, file, part });
    }

    /// The first place that a group comes from.
    fn group(&self, group: usize) -> String {
        let Segment { file, part, .. } = self.groups[group][0];
        let file = name_of_input(&self.paths[file]);
        match part {
            Part::Group(group) => format!("{file}: group {group}"),
            Part::Signers | Part::Keys => file,
        }
    }

    /// A signer, as a person finds it.
    pub(crate) fn signer(&self, group: usize, index: usize) -> String {
        let segments = &self.groups[group];
        let after = segments.partition_point(|segment| segment.first <= index);
        let Segment { first, file, part } = segments[after - 1];
        let file = name_of_input(&self.paths[file]);
        let index = index - first;
        match part {
            Part::Signers => format!("{file}: signer {index}"),
            Part::Group(group) => format!("{file}: key {index} of group {group}"),
            Part::Keys => format!("{file}: key {index}"),
        }
    }

    /// Which signatures are not valid, and why.
    pub(crate) fn invalid(&self, invalid: &[InvalidSignature]) -> String {
        let what = match invalid.len() {
            1 => "one signature is not valid".to_owned(),
            n => format!("{n} signatures are not valid"),
        };
        let each = list(invalid, |s| {
            format!("{}: {}", self.signer(s.group, s.index), s.reason)
        });
        format!("{what}: {each}")
    }

    /// Tells an error of the library in terms of files.
    pub(crate) fn explain(&self, error: Error) -> Failure {
        match error {
            Error::InvalidSignatures(invalid) => Failure::Unusable(self.invalid(&invalid)),
            Error::Claims(ClaimsError::DuplicateKey {
                group,
                first,
                second,
            }) => Failure::Unusable(format!(
                "{} has the same key as {}",
                self.signer(group, second),
                self.signer(group, first)
            )),
            Error::Claims(ClaimsError::SlotOutOfRange { group, slot, last }) => {
                let group = self.group(group);
                Failure::Unusable(format!(
                    "{group}: slot {slot} is beyond the last slot of the scheme, {last}"
                ))
            }
            other => other.into(),
        }
    }
}
