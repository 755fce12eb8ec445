//! Key generation.
//!
//! Nearly all the work is in the leaves: `v * (w - 1)` chain steps and a sponge per slot. Each SIMD lane computes the leaf of
//! its own slot, and rayon shares the slots among the threads of the pool in which the caller runs.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use p3_field::integers::QuotientMap;
use p3_field::{Field, PackedValue};
use p3_koala_bear::KoalaBear;
use rand::CryptoRng;
use rayon::prelude::*;
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::Zeroize;

use super::secret::{SECRET_BYTES, Secret};
use super::{ActiveRange, KeyError, SecretKey, SubTree, WINDOW_TREES, Window};
use crate::chain::step;
use crate::layout::Input;
use crate::params::{KeyFormat, MAX_CAPACITY, MAX_DIGEST, MAX_PARAMETER, Scheme};
use crate::poseidon::Lanes;
use crate::prf::read_elements;
use crate::seed::Seed;
use crate::tree::{leaf, lengths};
use crate::tweak::{chain_tweak, tree_tweak};
use crate::types::{Digest, Parameter, PublicKey};

/// Bytes of a seed.
pub const SEED_BYTES: usize = SECRET_BYTES;

/// Slots whose bottom trees are computed at a time.
const GROUP_SLOTS: u64 = 1 << 14;

/// How far key generation has come, in slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Slots whose leaf has been computed.
    pub done: u64,
    /// Slots in the active range.
    pub total: u64,
}

/// Generates keys that are active in a given range of slots.
///
/// # Example
/// ```
/// use sheaf_xmss::{KeyGenerator, TEST, verify};
///
/// let (public_key, mut secret_key) = KeyGenerator::new(&TEST, 0, 32)?.generate(&mut rand::rng());
/// let signature = secret_key.sign(5, &[1; 32])?;
/// verify(&TEST, &public_key, 5, &[1; 32], &signature)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KeyGenerator {
    scheme: Scheme,
    range: ActiveRange,
}

impl KeyGenerator {
    /// Prepares to generate keys for `count` slots from slot `start`, a range that is extended to whole bottom trees where the
    /// [format](KeyFormat) of the scheme's keys wants it.
    ///
    /// # Errors
    /// If there is no slot in the range, or one beyond the lifetime.
    pub fn new(scheme: &Scheme, start: u32, count: u64) -> Result<Self, KeyError> {
        Ok(Self {
            scheme: *scheme,
            range: ActiveRange::covering(scheme, start, count)?,
        })
    }

    /// The slots at which the keys will be active.
    #[must_use]
    pub const fn active_range(&self) -> ActiveRange {
        self.range
    }

    /// Generates a key from fresh randomness, on the threads of the rayon pool in which it is called.
    pub fn generate<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> (PublicKey, SecretKey) {
        let (secret, parameter) = random_secret(&self.scheme, rng);
        match self.run(secret, parameter, || random_digest(rng), &Silent) {
            Ok(keys) => keys,
            Err(never) => match never {},
        }
    }

    /// Generates a key from fresh randomness and reports progress about a hundred times or more.
    ///
    /// # Errors
    /// [`KeyError::Cancelled`] if `progress` breaks. It is called from the threads of the pool, in no particular order.
    pub fn generate_with_progress<R: CryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Result<(PublicKey, SecretKey), KeyError> {
        let (secret, parameter) = random_secret(&self.scheme, rng);
        let slots = self.range.slots();
        let reporter = Reporter {
            done: AtomicU64::new(0),
            total: slots.end - slots.start,
            progress,
        };
        self.run(secret, parameter, || random_digest(rng), &reporter)
    }

    /// Generates the key that belongs to a secret seed, always the same one.
    ///
    /// All one-time keys come from the PRF key or the seed. If two secret keys have the same one and different public keys, each
    /// with a journal of its own, then two messages signed at one slot, one under each, let anyone forge a third.
    ///
    /// - Keys of [`KeyFormat::Shake`]: the PRF key, the parameter and the nodes outside the active range are derived from the
    ///   seed, the parameter set and the active range. So generators that differ give keys that have nothing in common.
    /// - Keys of [`KeyFormat::Poseidon`]: the [scheme itself](crate::seed) derives keys from a seed, and this is that derivation,
    ///   the same that other software has. It does not depend on the active range: **use a seed for one range only**. Keys of
    ///   two ranges have the same one-time keys wherever the ranges overlap, and different roots.
    ///
    /// Encoded keys from elsewhere may share a secret, too, and no journal can know of the other: compare the
    /// [fingerprints](super::KeyIdentity::fingerprint) where that is possible.
    ///
    /// A key that is made again from its seed has forgotten nothing only if its journal is still there.
    #[must_use]
    pub fn generate_from(&self, seed: &[u8; SEED_BYTES]) -> (PublicKey, SecretKey) {
        let keys = match self.scheme.key_format {
            KeyFormat::Shake => self.generate_from_stream(seed),
            KeyFormat::Poseidon => {
                let seed = Seed::new(*seed);
                let parameter = seed.parameter(&self.scheme);
                self.run(Secret::Seed(seed), parameter, Digest::default, &Silent)
            }
        };
        match keys {
            Ok(keys) => keys,
            Err(never) => match never {},
        }
    }

    /// Generates a key of [`KeyFormat::Shake`] from a stream that a seed determines.
    fn generate_from_stream(
        &self,
        seed: &[u8; SEED_BYTES],
    ) -> Result<(PublicKey, SecretKey), Infallible> {
        let slots = self.range.slots();
        let mut stream = Shake256::default()
            .chain(b"sheaf key from seed")
            .chain([self.scheme.id])
            .chain(slots.start.to_le_bytes())
            .chain(slots.end.to_le_bytes())
            .chain(seed)
            .finalize_xof();
        let mut bytes = [0; SECRET_BYTES];
        stream.read(&mut bytes);
        let secret = Secret::new(&self.scheme, bytes);
        bytes.zeroize();
        let parameter = read_elements(&mut stream);
        self.run(secret, parameter, || read_elements(&mut stream), &Silent)
    }

    /// Generates the key with a given secret and parameter; `random` makes the nodes outside the active range that do not
    /// follow from the secret.
    fn run<O: Observer>(
        &self,
        secret: Secret,
        parameter: Parameter,
        mut random: impl FnMut() -> Digest,
        observer: &O,
    ) -> Result<(PublicKey, SecretKey), O::Stop> {
        let (scheme, range) = (&self.scheme, &self.range);
        let bottom = |index| bottom_tree(scheme, &secret, &parameter, range, index, observer);
        let all = range.bottom_trees();
        // The first ones are kept.
        let kept = all.start..all.end.min(all.start + WINDOW_TREES as u64);
        let window = Window {
            first: kept.start,
            trees: kept.clone().map(bottom).collect::<Result<_, _>>()?,
        };
        let mut roots: Vec<Digest> = window.trees.iter().map(SubTree::root).collect();
        // Small trees are computed several at a time, so that they occupy many threads, and large ones take turns in memory.
        let together = (GROUP_SLOTS / range.bottom_tree_slots()).max(1);
        for first in (kept.end..all.end).step_by(together as usize) {
            let group: Result<Vec<_>, _> = (first..all.end.min(first + together))
                .into_par_iter()
                .map(|index| bottom(index).map(|tree| tree.root()))
                .collect();
            roots.extend(group?);
        }
        let top = SubTree::top(
            scheme,
            &parameter,
            range,
            roots,
            |level, index| match scheme.key_format {
                KeyFormat::Shake => random(),
                KeyFormat::Poseidon => secret.filler(scheme, level, index),
            },
        );
        let secret_key = SecretKey {
            scheme: self.scheme,
            secret,
            parameter,
            range: self.range,
            top,
            window,
        };
        Ok((secret_key.public_key(), secret_key))
    }
}

fn random_secret<R: CryptoRng + ?Sized>(scheme: &Scheme, rng: &mut R) -> (Secret, Parameter) {
    let mut bytes = [0; SECRET_BYTES];
    rng.fill_bytes(&mut bytes);
    let secret = Secret::new(scheme, bytes);
    bytes.zeroize();
    let parameter = match &secret {
        Secret::PrfKey(_) => std::array::from_fn(|_| random_element(rng)),
        Secret::Seed(seed) => seed.parameter(scheme),
    };
    (secret, parameter)
}

fn random_digest<R: CryptoRng + ?Sized>(rng: &mut R) -> Digest {
    std::array::from_fn(|_| random_element(rng))
}

/// A uniform field element, by rejection.
fn random_element<R: CryptoRng + ?Sized>(rng: &mut R) -> KoalaBear {
    loop {
        // The order has 31 bits, and more than 127 of 128 such integers lie below it.
        if let Some(element) = KoalaBear::from_canonical_checked(rng.next_u32() >> 1) {
            return element;
        }
    }
}

/// Sees how many leaves have been computed, and may stop the computation.
pub(super) trait Observer: Sync {
    /// The reason to stop; uninhabited where there is none.
    type Stop: Send;
    /// Is told that `leaves` more have been computed.
    fn advance(&self, leaves: u64) -> Result<(), Self::Stop>;
}

/// Does not observe.
pub(super) struct Silent;

impl Observer for Silent {
    type Stop = Infallible;
    fn advance(&self, _: u64) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Tells the caller's callback.
struct Reporter<'a> {
    done: AtomicU64,
    total: u64,
    progress: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
}

impl Observer for Reporter<'_> {
    type Stop = KeyError;
    fn advance(&self, leaves: u64) -> Result<(), KeyError> {
        let done = self.done.fetch_add(leaves, Ordering::Relaxed) + leaves;
        match (self.progress)(Progress {
            done,
            total: self.total,
        }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(KeyError::Cancelled),
        }
    }
}

/// Computes bottom tree `index` of a key.
pub(super) fn bottom_tree<O: Observer>(
    scheme: &Scheme,
    secret: &Secret,
    parameter: &Parameter,
    range: &ActiveRange,
    index: u64,
    observer: &O,
) -> Result<SubTree, O::Stop> {
    type Packed = <KoalaBear as Field>::Packing;
    let lengths = lengths(scheme);
    let slots = range.slots_under(index);
    let mut leaves = vec![Digest::default(); (slots.end - slots.start) as usize];
    // A few vectors of slots per task: some milliseconds.
    let task = 4 * Packed::WIDTH;
    leaves
        .par_chunks_mut(task)
        .enumerate()
        .try_for_each(|(i, leaves)| {
            for (j, group) in leaves.chunks_mut(Packed::WIDTH).enumerate() {
                let slot = slots.start as u32 + (i * task + j * Packed::WIDTH) as u32;
                let computed = leaf_lanes::<Packed>(scheme, &lengths, secret, parameter, slot);
                for (leaf, digest) in group.iter_mut().zip(computed) {
                    *leaf = digest;
                }
            }
            observer.advance(leaves.len() as u64)
        })?;
    let filler = |level, index| secret.filler(scheme, level, index);
    Ok(SubTree::bottom(
        scheme, parameter, range, index, leaves, filler,
    ))
}

/// The leaves of `P::WIDTH` slots from `slot` on; those beyond the last slot are meaningless.
fn leaf_lanes<P: Lanes>(
    scheme: &Scheme,
    lengths: &[KoalaBear; MAX_CAPACITY],
    secret: &Secret,
    parameter: &Parameter,
    slot: u32,
) -> impl Iterator<Item = Digest> {
    let slots: Vec<u32> = (0..P::WIDTH as u32)
        .map(|lane| slot.wrapping_add(lane))
        .collect();
    let parameter: [P; MAX_PARAMETER] = parameter.map(P::from);
    let mut tweaks = vec![Default::default(); P::WIDTH];
    let ends: Vec<[P; MAX_DIGEST]> = secret
        .chain_starts_in_lanes::<P>(scheme, &slots)
        .into_iter()
        .enumerate()
        .map(|(chain, start)| {
            (0..scheme.chain_length()).fold(start, |value, position| {
                for (tweak, &slot) in tweaks.iter_mut().zip(&slots) {
                    *tweak = chain_tweak(scheme, slot, chain, position);
                }
                step(scheme, &value, &parameter, &P::pack_columns(&tweaks))
            })
        })
        .collect();
    let tweak = P::pack_columns_fn(|lane| tree_tweak(scheme, 0, slots[lane]));
    P::unpack_iter(leaf(
        scheme,
        lengths,
        &parameter,
        &tweak,
        &ends,
        |_, input: &Input<P>| input.permute(),
    ))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::params::TEST;

    #[derive(Deserialize)]
    struct KeyVector {
        secret_key: String,
    }

    #[test]
    fn regenerates_the_trees_of_other_implementations() {
        for line in include_str!("../../tests/vectors/test-scheme-keys.jsonl").lines() {
            let vector: KeyVector = serde_json::from_str(line).unwrap();
            let encoded = hex::decode(vector.secret_key).unwrap();
            let secret_key = SecretKey::from_bytes(&TEST, &encoded).unwrap();
            let secret = Secret::new(&TEST, encoded[..32].try_into().unwrap());
            let parameter = *secret_key.public_key().parameter();
            let generator = KeyGenerator::new(&TEST, 0, 256).unwrap();
            let padding = || random_digest(&mut rand::rng());
            let Ok((public_key, again)) = generator.run(secret, parameter, padding, &Silent);
            assert_eq!(public_key, secret_key.public_key());
            // All slots are active, so the only random node is the one beside the root, the last of the top tree.
            let left_offset = u32::from_le_bytes(encoded[80..84].try_into().unwrap()) as usize;
            let again = again.to_bytes();
            assert_eq!(again[..left_offset - 32], encoded[..left_offset - 32]);
            assert_eq!(again[left_offset..], encoded[left_offset..]);
        }
    }

    /// Two public keys with one PRF key, and a journal each, would be broken by a signature of each at one slot.
    #[test]
    fn a_seed_gives_one_key_per_range_and_never_one_prf_key_to_two() {
        let of = |start, count, seed: u8| {
            KeyGenerator::new(&TEST, start, count)
                .unwrap()
                .generate_from(&[seed; SEED_BYTES])
                .1
        };
        assert_eq!(*of(0, 64, 1).to_bytes(), *of(0, 64, 1).to_bytes());
        let keys = [of(0, 64, 1), of(0, 64, 2), of(0, 80, 1), of(16, 64, 1)];
        for (i, key) in keys.iter().enumerate() {
            for other in &keys[..i] {
                let (key, other) = (key.identity(), other.identity());
                assert_ne!(key.fingerprint, other.fingerprint);
                assert_ne!(key.public_key.parameter(), other.public_key.parameter());
                assert_ne!(key.public_key.root(), other.public_key.root());
            }
        }
    }
}
