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
use zeroize::Zeroize;

use super::{ActiveRange, KeyError, SecretKey, SubTree};
use crate::chain::step;
use crate::params::{CAPACITY, DIGEST, PARAMETER, Scheme};
use crate::poseidon::Lanes;
use crate::prf::{PRF_KEY_BYTES, PrfKey};
use crate::tree::{leaf, leaf_capacity};
use crate::tweak::{chain_tweak, tree_tweak};
use crate::types::{Digest, Parameter, PublicKey};

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
    /// Prepares to generate keys for `count` slots from slot `start`, a range that is extended to whole bottom trees.
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
        let (prf_key, parameter) = random_seed(rng);
        match self.run(prf_key, parameter, rng, &Silent) {
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
        let (prf_key, parameter) = random_seed(rng);
        let slots = self.range.slots();
        let reporter = Reporter {
            done: AtomicU64::new(0),
            total: slots.end - slots.start,
            progress,
        };
        self.run(prf_key, parameter, rng, &reporter)
    }

    /// Generates the key with a given PRF key and parameter; `padding` makes the random nodes outside the active range.
    ///
    /// The same three inputs give the same key. Other padding gives another root, unless all slots are active.
    pub fn generate_from<R: CryptoRng + ?Sized>(
        &self,
        prf_key: PrfKey,
        parameter: Parameter,
        padding: &mut R,
    ) -> (PublicKey, SecretKey) {
        match self.run(prf_key, parameter, padding, &Silent) {
            Ok(keys) => keys,
            Err(never) => match never {},
        }
    }

    fn run<R: CryptoRng + ?Sized, O: Observer>(
        &self,
        prf_key: PrfKey,
        parameter: Parameter,
        padding: &mut R,
        observer: &O,
    ) -> Result<(PublicKey, SecretKey), O::Stop> {
        let scheme = &self.scheme;
        let bottom = |index| bottom_tree(scheme, &prf_key, &parameter, index, observer);
        let trees = self.range.bottom_trees();
        let (left, right) = (bottom(trees.start)?, bottom(trees.start + 1)?);
        let mut roots = vec![left.root(), right.root()];
        for index in trees.start + 2..trees.end {
            roots.push(bottom(index)?.root());
        }
        let top = SubTree::top(scheme, &parameter, trees.start, roots, || {
            std::array::from_fn(|_| random_element(padding))
        });
        let secret_key = SecretKey {
            scheme: self.scheme,
            prf_key,
            parameter,
            range: self.range,
            top,
            window: trees.start,
            left,
            right,
        };
        Ok((secret_key.public_key(), secret_key))
    }
}

fn random_seed<R: CryptoRng + ?Sized>(rng: &mut R) -> (PrfKey, Parameter) {
    let mut bytes = [0; PRF_KEY_BYTES];
    rng.fill_bytes(&mut bytes);
    let prf_key = PrfKey::new(bytes);
    bytes.zeroize();
    (prf_key, std::array::from_fn(|_| random_element(rng)))
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

/// Computes bottom tree `index`.
pub(super) fn bottom_tree<O: Observer>(
    scheme: &Scheme,
    prf_key: &PrfKey,
    parameter: &Parameter,
    index: u64,
    observer: &O,
) -> Result<SubTree, O::Stop> {
    type Packed = <KoalaBear as Field>::Packing;
    let capacity = leaf_capacity(scheme);
    let count = scheme.bottom_tree_slots();
    let mut leaves = vec![Digest::default(); count as usize];
    // A few vectors of slots per task: some milliseconds.
    let task = 4 * Packed::WIDTH;
    leaves
        .par_chunks_mut(task)
        .enumerate()
        .try_for_each(|(i, leaves)| {
            for (j, group) in leaves.chunks_mut(Packed::WIDTH).enumerate() {
                let slot = (index * count) as u32 + (i * task + j * Packed::WIDTH) as u32;
                let computed = leaf_lanes::<Packed>(scheme, &capacity, prf_key, parameter, slot);
                for (leaf, digest) in group.iter_mut().zip(computed) {
                    *leaf = digest;
                }
            }
            observer.advance(leaves.len() as u64)
        })?;
    Ok(SubTree::bottom(scheme, parameter, index, leaves))
}

/// The leaves of `P::WIDTH` slots from `slot` on; those beyond the last slot are meaningless.
fn leaf_lanes<P: Lanes>(
    scheme: &Scheme,
    capacity: &[KoalaBear; CAPACITY],
    prf_key: &PrfKey,
    parameter: &Parameter,
    slot: u32,
) -> impl Iterator<Item = Digest> {
    let slots: Vec<u32> = (0..P::WIDTH as u32)
        .map(|lane| slot.wrapping_add(lane))
        .collect();
    let parameter: [P; PARAMETER] = parameter.map(P::from);
    let mut positions: Vec<(u32, u64)> = slots.iter().map(|&slot| (slot, 0)).collect();
    let mut tweaks = vec![Default::default(); P::WIDTH];
    let ends: Vec<[P; DIGEST]> = (0..scheme.chains)
        .map(|chain| {
            for (_, index) in &mut positions {
                *index = chain as u64;
            }
            let starts = prf_key.chain_starts(&positions);
            (1..=scheme.chain_length()).fold(P::pack_columns(&starts), |value, position| {
                for (tweak, &slot) in tweaks.iter_mut().zip(&slots) {
                    *tweak = chain_tweak(slot, chain as u8, position as u8);
                }
                step(&value, &parameter, &P::pack_columns(&tweaks))
            })
        })
        .collect();
    let tweak = P::pack_columns_fn(|lane| tree_tweak(0, slots[lane]));
    P::unpack_iter(leaf(capacity, &parameter, &tweak, &ends))
}
