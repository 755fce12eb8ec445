//! The secret of a key, and what is derived from it as the format of the key has it.

use p3_koala_bear::KoalaBear;

use super::FINGERPRINT_BYTES;
use crate::params::{KeyFormat, MAX_DIGEST, MESSAGE, MESSAGE_BYTES, Scheme};
use crate::poseidon::Lanes;
use crate::prf::PrfKey;
use crate::seed::Seed;
use crate::types::{Digest, Randomness};

/// Bytes of a secret in any format.
pub(super) const SECRET_BYTES: usize = 32;

/// What all one-time keys are derived from; zeroized when dropped.
pub(crate) enum Secret {
    /// Of [`KeyFormat::Shake`].
    PrfKey(PrfKey),
    /// Of [`KeyFormat::Poseidon`].
    Seed(Seed),
}

impl Secret {
    /// The secret of a key of a scheme.
    pub(super) const fn new(scheme: &Scheme, bytes: [u8; SECRET_BYTES]) -> Self {
        match scheme.key_format {
            KeyFormat::Shake => Self::PrfKey(PrfKey::new(bytes)),
            KeyFormat::Poseidon => Self::Seed(Seed::new(bytes)),
        }
    }

    /// The secret bytes.
    pub(super) const fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        match self {
            Self::PrfKey(key) => key.as_bytes(),
            Self::Seed(seed) => seed.as_bytes(),
        }
    }

    /// A hash of the secret that does not tell it.
    pub(super) fn fingerprint(&self) -> [u8; FINGERPRINT_BYTES] {
        match self {
            Self::PrfKey(key) => key.fingerprint(),
            Self::Seed(seed) => seed.fingerprint(),
        }
    }

    /// The starts of all chains of a slot.
    pub(super) fn chain_starts(&self, scheme: &Scheme, slot: u32) -> Vec<Digest> {
        match self {
            Self::PrfKey(key) => {
                let chains: Vec<(u32, u64)> = (0..scheme.chains as u64)
                    .map(|chain| (slot, chain))
                    .collect();
                key.chain_starts(&chains)
            }
            Self::Seed(seed) => seed.chain_starts(scheme, slot),
        }
    }

    /// The starts of all chains, at the slot of each lane.
    pub(super) fn chain_starts_in_lanes<P: Lanes>(
        &self,
        scheme: &Scheme,
        slots: &[u32],
    ) -> Vec<[P; MAX_DIGEST]> {
        match self {
            Self::PrfKey(key) => {
                let mut positions: Vec<(u32, u64)> = slots.iter().map(|&slot| (slot, 0)).collect();
                (0..scheme.chains as u64)
                    .map(|chain| {
                        for (_, of) in &mut positions {
                            *of = chain;
                        }
                        P::pack_columns(&key.chain_starts(&positions))
                    })
                    .collect()
            }
            Self::Seed(seed) => seed.chain_starts_in_lanes(scheme, slots),
        }
    }

    /// The randomness of `count` attempts from `first` on to encode a message, which is given as bytes and as elements.
    pub(super) fn randomness_of_attempts(
        &self,
        scheme: &Scheme,
        slot: u32,
        message: (&[u8; MESSAGE_BYTES], &[KoalaBear; MESSAGE]),
        first: u64,
        count: usize,
    ) -> Vec<Randomness> {
        let (bytes, elements) = message;
        match self {
            Self::PrfKey(key) => key.randomness_of_attempts(slot, bytes, first, count),
            Self::Seed(seed) => seed.randomness_of_attempts(scheme, slot, elements, first, count),
        }
    }

    /// A node outside the active range inside a tree, which only keys from seeds have.
    pub(super) fn filler(&self, scheme: &Scheme, level: usize, index: u64) -> Digest {
        match self {
            // Bottom trees are whole, and the nodes beside a top tree's are random and stored.
            Self::PrfKey(_) => Digest::default(),
            Self::Seed(seed) => seed.filler(scheme, level, index),
        }
    }
}
