//! Verification of signatures, one at a time or many in the lanes of SIMD vectors.
//!
//! A signature of `message` at `slot` is valid if its randomness encodes the message to a codeword `x`, and the chains
//! walked from positions `x_i` to their ends give a leaf whose path leads to the root (eprint 2025/055, section 5).
//!
//! The verifier of a batch gives each SIMD lane its own signature. Lanes have different codewords, but the target sum makes
//! every signature cost the same number of chain steps, `v * (w - 1) - target_sum`. So each lane walks its chains one after
//! the other, and in each packed permutation every lane takes a useful step: no lane waits for another one.

mod lanes;

use p3_field::Field;
use p3_koala_bear::KoalaBear;
use thiserror::Error;

use self::lanes::{Candidate, encode_lanes, root_lanes};
use crate::chain::ChainTweaks;
use crate::encoding::EncodingError;
use crate::params::{MAX_CAPACITY, MESSAGE, MESSAGE_BYTES, Scheme};
use crate::poseidon::Lanes;
use crate::tree::lengths;
use crate::tweak::{Tweak, message_digits, message_elements, message_tweak, tree_tweak};
use crate::types::{Digest, PublicKey, Signature};

/// Why a signature is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The slot lies beyond the lifetime of the scheme.
    #[error("slot {slot} is beyond the lifetime of {lifetime} slots")]
    SlotOutOfRange {
        /// The slot.
        slot: u32,
        /// Number of slots in the lifetime.
        lifetime: u64,
    },
    /// The key is that of a scheme with other sizes.
    #[error("the public key does not have the sizes of the scheme {scheme}")]
    KeySizes {
        /// Name of the scheme.
        scheme: &'static str,
    },
    /// The signature doesn't have the lengths of the scheme, or is that of a scheme with other sizes.
    #[error(
        "the signature of {path} siblings and {hashes} chain values does not have the shape of the scheme"
    )]
    Shape {
        /// Number of siblings.
        path: usize,
        /// Number of chain values.
        hashes: usize,
    },
    /// The randomness doesn't encode the message to a codeword.
    #[error("the message is not encoded: {0}")]
    Encoding(#[from] EncodingError),
    /// The path leads to another root than the key's.
    #[error("the signature leads to another root than that of the public key")]
    RootMismatch,
}

/// The signatures of a batch that are not valid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{} of the signatures are not valid, first number {}: {}", .failures.len(), .failures[0].0, .failures[0].1)]
pub struct BatchError {
    failures: Vec<(usize, VerifyError)>,
}

impl BatchError {
    /// Index and error of each signature that is not valid, in ascending order of the index; never empty.
    #[must_use]
    pub fn failures(&self) -> &[(usize, VerifyError)] {
        &self.failures
    }
}

/// Verifies a signature.
///
/// # Errors
/// If it is not a valid signature of `message` at `slot` under `public_key`.
pub fn verify(
    scheme: &Scheme,
    public_key: &PublicKey,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    signature: &Signature,
) -> Result<(), VerifyError> {
    Verifier::new(scheme, slot, message)?.verify(public_key, signature)
}

/// Verifies signatures of the same message at the same slot, on the calling thread.
///
/// # Errors
/// If any signature is not valid; the error names each of them.
pub fn verify_batch(
    scheme: &Scheme,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    signers: &[(PublicKey, Signature)],
) -> Result<(), BatchError> {
    with_verifier(scheme, slot, message, signers, |verifier| {
        verifier.failures(signers)
    })
}

/// Verifies signatures of the same message at the same slot, on all threads of the rayon pool in which it is called.
///
/// # Errors
/// If any signature is not valid; the error names each of them.
#[cfg(feature = "parallel")]
pub fn par_verify_batch(
    scheme: &Scheme,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    signers: &[(PublicKey, Signature)],
) -> Result<(), BatchError> {
    use p3_field::PackedValue;
    use rayon::prelude::*;

    // Enough vectors per task that tasks cost milliseconds, few enough that hundreds of signers occupy many threads.
    let chunk = 4 * <KoalaBear as Field>::Packing::WIDTH;
    with_verifier(scheme, slot, message, signers, |verifier| {
        signers
            .par_chunks(chunk)
            .enumerate()
            .flat_map_iter(|(i, part)| {
                verifier
                    .failures(part)
                    .into_iter()
                    .map(move |(j, error)| (i * chunk + j, error))
            })
            .collect()
    })
}

fn with_verifier(
    scheme: &Scheme,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    signers: &[(PublicKey, Signature)],
    failures: impl FnOnce(&Verifier) -> Vec<(usize, VerifyError)>,
) -> Result<(), BatchError> {
    let failures = match Verifier::new(scheme, slot, message) {
        Ok(verifier) => failures(&verifier),
        Err(error) => (0..signers.len()).map(|index| (index, error)).collect(),
    };
    if failures.is_empty() {
        Ok(())
    } else {
        Err(BatchError { failures })
    }
}

/// What all signatures of one message at one slot have in common: field elements of the message and the tweaks.
#[derive(Clone, Debug)]
pub struct Verifier {
    scheme: Scheme,
    slot: u32,
    message: [KoalaBear; MESSAGE],
    message_tweak: Tweak,
    chain_tweaks: ChainTweaks,
    lengths: [KoalaBear; MAX_CAPACITY],
    /// The tweaks on the way from the leaf to the root: `height + 1` of them.
    tree_tweaks: Vec<Tweak>,
}

impl Verifier {
    /// Prepares to verify signatures of `message` at `slot`.
    ///
    /// # Errors
    /// If the slot is beyond the scheme's lifetime.
    pub fn new(
        scheme: &Scheme,
        slot: u32,
        message: &[u8; MESSAGE_BYTES],
    ) -> Result<Self, VerifyError> {
        let lifetime = scheme.lifetime();
        if u64::from(slot) >= lifetime {
            return Err(VerifyError::SlotOutOfRange { slot, lifetime });
        }
        Ok(Self {
            scheme: *scheme,
            slot,
            message: message_elements(scheme, &message_digits(message)),
            message_tweak: message_tweak(scheme, slot),
            chain_tweaks: ChainTweaks::new(scheme, slot),
            lengths: lengths(scheme),
            tree_tweaks: (0..=scheme.height())
                .map(|level| tree_tweak(scheme, level, (u64::from(slot) >> level) as u32))
                .collect(),
        })
    }

    /// Verifies one signature.
    ///
    /// # Errors
    /// If it is not valid.
    pub fn verify(&self, public_key: &PublicKey, signature: &Signature) -> Result<(), VerifyError> {
        self.check_shape(public_key, signature)?;
        // One lane, hence one codeword.
        for codeword in encode_lanes::<KoalaBear>(self, &[(public_key, signature)]) {
            let candidate = Candidate {
                index: 0,
                public_key,
                signature,
                codeword: codeword?,
            };
            if root_lanes::<KoalaBear>(self, &[candidate]) != [*public_key.root()] {
                return Err(VerifyError::RootMismatch);
            }
        }
        Ok(())
    }

    /// Verifies many signatures on the calling thread.
    ///
    /// # Errors
    /// If any signature is not valid; the error names each of them.
    pub fn verify_batch(&self, signers: &[(PublicKey, Signature)]) -> Result<(), BatchError> {
        let failures = self.failures(signers);
        if failures.is_empty() {
            Ok(())
        } else {
            Err(BatchError { failures })
        }
    }

    /// Index and error of each signature that is not valid, in ascending order.
    fn failures(&self, signers: &[(PublicKey, Signature)]) -> Vec<(usize, VerifyError)> {
        self.failures_in_lanes::<<KoalaBear as Field>::Packing>(signers)
    }

    fn failures_in_lanes<P: Lanes>(
        &self,
        signers: &[(PublicKey, Signature)],
    ) -> Vec<(usize, VerifyError)> {
        let mut failures = Vec::new();

        // Each stage passes on what it did not reject, so that the lanes of the next one are full again.
        let mut shaped = Vec::with_capacity(signers.len());
        for (index, (public_key, signature)) in signers.iter().enumerate() {
            match self.check_shape(public_key, signature) {
                Ok(()) => shaped.push((index, (public_key, signature))),
                Err(error) => failures.push((index, error)),
            }
        }

        let mut candidates = Vec::with_capacity(shaped.len());
        for group in shaped.chunks(P::WIDTH) {
            let lanes: Vec<_> = group.iter().map(|&(_, signer)| signer).collect();
            for (&(index, (public_key, signature)), codeword) in
                group.iter().zip(encode_lanes::<P>(self, &lanes))
            {
                match codeword {
                    Ok(codeword) => candidates.push(Candidate {
                        index,
                        public_key,
                        signature,
                        codeword,
                    }),
                    Err(error) => failures.push((index, error.into())),
                }
            }
        }

        for group in candidates.chunks(P::WIDTH) {
            for (candidate, root) in group.iter().zip(self.roots::<P>(group)) {
                if root != *candidate.public_key.root() {
                    failures.push((candidate.index, VerifyError::RootMismatch));
                }
            }
        }

        failures.sort_unstable_by_key(|&(index, _)| index);
        failures
    }

    /// The root to which each of `1..=P::WIDTH` signatures leads.
    fn roots<P: Lanes>(&self, group: &[Candidate<'_>]) -> Vec<Digest> {
        // A vector costs about as much as two or three signatures on their own, however few of its lanes are of use.
        if group.len() * 4 <= P::WIDTH {
            group
                .chunks(1)
                .flat_map(|one| root_lanes::<KoalaBear>(self, one))
                .collect()
        } else {
            root_lanes::<P>(self, group)
        }
    }

    fn check_shape(
        &self,
        public_key: &PublicKey,
        signature: &Signature,
    ) -> Result<(), VerifyError> {
        if public_key.sizes() != self.scheme.sizes {
            let scheme = self.scheme.name;
            return Err(VerifyError::KeySizes { scheme });
        }
        if signature.fits(&self.scheme) {
            Ok(())
        } else {
            Err(VerifyError::Shape {
                path: signature.path.len(),
                hashes: signature.hashes.len(),
            })
        }
    }
}
