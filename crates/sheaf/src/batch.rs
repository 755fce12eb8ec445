//! What a prover starts from.

use sheaf_xmss::{BatchFile, PublicKey, Scheme, Signature};

use crate::Claims;

/// Signatures of one message at one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedGroup {
    /// The slot.
    pub slot: u32,
    /// The message.
    pub message: [u8; 32],
    /// Each key with its signature.
    pub signers: Vec<(PublicKey, Signature)>,
}

impl From<BatchFile> for SignedGroup {
    fn from(file: BatchFile) -> Self {
        Self {
            slot: file.slot,
            message: file.message,
            signers: file.signers,
        }
    }
}

/// Signatures to be aggregated: [`Claims`] with the signatures that prove them.
///
/// Neither the order of the groups nor that of the signers in a group matters, not
/// even to a byte of the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    scheme: Scheme,
    groups: Vec<SignedGroup>,
}

impl Batch {
    /// No signatures yet, of keys of this scheme.
    #[must_use]
    pub const fn new(scheme: Scheme) -> Self {
        Self {
            scheme,
            groups: Vec::new(),
        }
    }

    /// Adds keys and their signatures of `message` at `slot`.
    #[must_use]
    pub fn with_group(
        mut self,
        slot: u32,
        message: [u8; 32],
        signers: impl IntoIterator<Item = (PublicKey, Signature)>,
    ) -> Self {
        self.push(SignedGroup {
            slot,
            message,
            signers: signers.into_iter().collect(),
        });
        self
    }

    /// Adds a group.
    pub fn push(&mut self, group: impl Into<SignedGroup>) {
        self.groups.push(group.into());
    }

    /// The scheme of the keys.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The groups, in the order in which they were added.
    #[must_use]
    pub fn groups(&self) -> &[SignedGroup] {
        &self.groups
    }

    /// Number of signatures.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.groups.iter().map(|group| group.signers.len()).sum()
    }

    /// The claims that an aggregate of this batch proves.
    #[must_use]
    pub fn claims(&self) -> Claims {
        let mut claims = Claims::new(self.scheme);
        for group in &self.groups {
            let keys = group.signers.iter().map(|(key, _)| *key);
            claims.add_group(group.slot, group.message, keys);
        }
        claims
    }
}
