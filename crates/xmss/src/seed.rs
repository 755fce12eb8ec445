//! The seed from which a key of [`KeyFormat::Poseidon`](crate::params::KeyFormat::Poseidon) derives everything.
//!
//! The pseudorandom function is one permutation of width 16 with a feed-forward: its input is a domain, the eight words of the
//! seed (the low 30 bits of each, and the high ones together in one element) and two indices below `2^60`, which are cut in two
//! in the same way. Domains are no tweaks of any other call under the scheme.
//!
//! | domain | what | indices |
//! |---|---|---|
//! | 1000 | the key of the stream from which the chain starts of a slot are drawn | slot, 0 |
//! | 1001 | the public parameter | 0, 0 |
//! | 1002 | a *filler*: a node of the tree that covers no active slot | level, index at the level |
//! | 1003 | the randomness of a signature, hashed once more with the message | slot, attempt |
//!
//! The stream is ChaCha12 with a 64-bit counter from 0, of stream 0. An element is the first of its next words that is below
//! `p` when it is shifted right by one; that is the element's Montgomery form.
//!
//! So all one-time keys depend on the seed and the slot alone, whatever the active range: see
//! [`KeyGenerator::generate_from`](crate::KeyGenerator::generate_from).

use std::array;

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use p3_field::{Field, PackedValue, PrimeField32};
use p3_koala_bear::KoalaBear;
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::keys::FINGERPRINT_BYTES;
use crate::montgomery::from_montgomery;
use crate::params::{MAX_DIGEST, MESSAGE, Scheme, WIDTH_NARROW};
use crate::poseidon::{Lanes, compress_narrow};
use crate::types::{Digest, Parameter, Randomness};

/// Bytes of a seed.
pub const SEED_BYTES: usize = 32;

/// What the pseudorandom function is called for.
mod domain {
    pub(super) const CHAIN_STARTS: u32 = 1000;
    pub(super) const PARAMETER: u32 = 1001;
    pub(super) const FILLER: u32 = 1002;
    pub(super) const RANDOMNESS: u32 = 1003;
}

/// Field elements that the pseudorandom function yields.
const OUTPUT: usize = 8;
/// Words of a seed.
const WORDS: usize = SEED_BYTES / 4;
/// Bits of a word or an index that its first element holds.
const LOW_BITS: u32 = 30;

type Packed = <KoalaBear as Field>::Packing;

/// The seed of a key; zeroized when dropped and not shown by `Debug`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; SEED_BYTES]);

impl Seed {
    /// Takes the bytes of a seed.
    #[must_use]
    pub const fn new(bytes: [u8; SEED_BYTES]) -> Self {
        Self(bytes)
    }

    /// The secret bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SEED_BYTES] {
        &self.0
    }

    /// The pseudorandom function. Indices are below `2^60`.
    pub fn prf(&self, domain: u32, first: u64, second: u64) -> [KoalaBear; OUTPUT] {
        self.prf_lanes::<KoalaBear>(domain, |_| [first, second])
    }

    /// The public parameter.
    pub fn parameter(&self, scheme: &Scheme) -> Parameter {
        leading(&self.prf(domain::PARAMETER, 0, 0), scheme.sizes.parameter)
    }

    /// The node at `index` of a level of the tree, if it covers no active slot.
    pub fn filler(&self, scheme: &Scheme, level: usize, index: u64) -> Digest {
        leading(
            &self.prf(domain::FILLER, level as u64, index),
            scheme.sizes.digest,
        )
    }

    /// The secret starts of all chains at a slot.
    #[must_use]
    pub fn chain_starts(&self, scheme: &Scheme, slot: u32) -> Vec<Digest> {
        self.chain_starts_in_lanes::<KoalaBear>(scheme, &[slot])
    }

    /// The secret starts of all chains, at the slot of each lane. There is one slot per lane.
    pub(crate) fn chain_starts_in_lanes<P: Lanes>(
        &self,
        scheme: &Scheme,
        slots: &[u32],
    ) -> Vec<[P; MAX_DIGEST]> {
        let mut starts = vec![[P::ZERO; MAX_DIGEST]; scheme.chains];
        let keys = self.prf_lanes::<P>(domain::CHAIN_STARTS, |lane| [slots[lane].into(), 0]);
        for (lane, words) in P::unpack_iter(keys).enumerate() {
            let mut key = Zeroizing::new([0; SEED_BYTES]);
            for (bytes, word) in key.chunks_exact_mut(4).zip(words) {
                bytes.copy_from_slice(&word.as_canonical_u32().to_le_bytes());
            }
            let mut stream = ChaCha12Rng::from_seed(*key);
            for start in &mut starts {
                for element in &mut start[..scheme.sizes.digest] {
                    element.as_slice_mut()[lane] = draw(&mut stream);
                }
            }
        }
        starts
    }

    /// The randomness that the signer tries at its `attempt`-th attempt to encode a message at slot `slot`; the message is given
    /// as [`message_elements`](crate::tweak::message_elements).
    pub fn randomness(
        &self,
        scheme: &Scheme,
        slot: u32,
        message: &[KoalaBear; MESSAGE],
        attempt: u64,
    ) -> Randomness {
        let pseudorandom = self.prf(domain::RANDOMNESS, slot.into(), attempt);
        leading(
            &with_message::<KoalaBear>(&pseudorandom, message),
            scheme.sizes.randomness,
        )
    }

    /// [`randomness`](Self::randomness) of `count` attempts from `first` on.
    #[must_use]
    pub fn randomness_of_attempts(
        &self,
        scheme: &Scheme,
        slot: u32,
        message: &[KoalaBear; MESSAGE],
        first: u64,
        count: usize,
    ) -> Vec<Randomness> {
        (0..count)
            .step_by(Packed::WIDTH)
            .flat_map(|done| {
                let attempt = |lane| first + (done + lane) as u64;
                let pseudorandom = self
                    .prf_lanes::<Packed>(domain::RANDOMNESS, |lane| [slot.into(), attempt(lane)]);
                let hash = with_message(&pseudorandom, message);
                Packed::unpack_iter(hash)
                    .take(count - done)
                    .map(|hash| leading(&hash, scheme.sizes.randomness))
            })
            .collect()
    }

    /// A hash of the seed that does not tell the seed, by which a journal knows it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; FINGERPRINT_BYTES] {
        let mut out = [0; FINGERPRINT_BYTES];
        Shake256::default()
            .chain(b"sheaf seed fingerprint")
            .chain(self.0)
            .finalize_xof_into(&mut out);
        out
    }

    /// The pseudorandom function at the two indices of each lane.
    fn prf_lanes<P: Lanes>(&self, domain: u32, indices: impl Fn(usize) -> [u64; 2]) -> [P; OUTPUT] {
        let mut input = [P::ZERO; WIDTH_NARROW];
        input[0] = KoalaBear::new(domain).into();
        let mut high = 0;
        for (k, bytes) in self.0.as_chunks::<4>().0.iter().enumerate() {
            let [low, top] = cut(u32::from_le_bytes(*bytes).into());
            input[1 + k] = low.into();
            high |= top.as_canonical_u32() << (2 * k);
        }
        input[1 + WORDS] = KoalaBear::new(high).into();
        for i in 0..2 {
            let [low, top] = P::pack_columns_fn(|lane| cut(indices(lane)[i]));
            input[2 + 2 * i + WORDS] = low;
            input[3 + 2 * i + WORDS] = top;
        }
        compress_narrow(&input)
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// The low bits of an integer below `2^60`, and the high ones.
fn cut(n: u64) -> [KoalaBear; 2] {
    debug_assert!(n < 1 << (2 * LOW_BITS));
    let low = n & ((1 << LOW_BITS) - 1);
    [low, n >> LOW_BITS].map(|half| KoalaBear::new(half as u32))
}

/// The first `count` elements, and zeros behind them.
fn leading<const N: usize>(elements: &[KoalaBear], count: usize) -> [KoalaBear; N] {
    let elements = &elements[..count];
    array::from_fn(|i| elements.get(i).copied().unwrap_or_default())
}

/// The hash of pseudorandom elements and the first elements of a message.
fn with_message<P: Lanes>(
    pseudorandom: &[P; OUTPUT],
    message: &[KoalaBear; MESSAGE],
) -> [P; OUTPUT] {
    let input = array::from_fn(|i| match pseudorandom.get(i) {
        Some(&element) => element,
        None => message[i - OUTPUT].into(),
    });
    compress_narrow::<P, OUTPUT>(&input)
}

/// The next element of a stream.
fn draw(stream: &mut ChaCha12Rng) -> KoalaBear {
    loop {
        // The order has 31 bits, and more than 127 of 128 such integers lie below it.
        if let Some(element) = from_montgomery(stream.next_u32() >> 1) {
            return element;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::params::{COMPACT, COMPACT_TEST};

    proptest! {
        #[test]
        fn lanes_agree_with_the_definition(
            seed: [u8; SEED_BYTES],
            message: [u32; MESSAGE],
            slot: u32,
            first: u32,
            count in 0..35usize,
        ) {
            let seed = Seed::new(seed);
            let message = message.map(KoalaBear::new);
            let randomness: Vec<_> = (0..count as u64)
                .map(|i| seed.randomness(&COMPACT, slot, &message, u64::from(first) + i))
                .collect();
            prop_assert_eq!(
                seed.randomness_of_attempts(&COMPACT, slot, &message, first.into(), count),
                randomness
            );
            let slots: Vec<u32> = (0..Packed::WIDTH as u32).map(|lane| slot ^ lane).collect();
            let packed = seed.chain_starts_in_lanes::<Packed>(&COMPACT, &slots);
            for (lane, &slot) in slots.iter().enumerate() {
                let starts: Vec<Digest> =
                    packed.iter().map(|start| start.map(|x| x.as_slice()[lane])).collect();
                prop_assert_eq!(starts, seed.chain_starts(&COMPACT, slot));
            }
        }
    }

    #[test]
    fn short_schemes_draw_the_first_elements_of_the_stream() {
        let seed = Seed::new([7; SEED_BYTES]);
        let all = seed.chain_starts(&COMPACT, 9);
        assert_eq!(all[..4], seed.chain_starts(&COMPACT_TEST, 9));
        assert_ne!(all, seed.chain_starts(&COMPACT, 10));
    }

    #[test]
    fn every_bit_of_the_seed_counts() {
        let prf = |seed| Seed::new(seed).prf(1000, 1 << 59, 5);
        let mut seen = vec![prf([0; SEED_BYTES])];
        for bit in 0..8 * SEED_BYTES {
            let mut seed = [0; SEED_BYTES];
            seed[bit / 8] = 1 << (bit % 8);
            assert!(!seen.contains(&prf(seed)), "bit {bit}");
            seen.push(prf(seed));
        }
    }

    #[test]
    fn debug_hides_the_seed() {
        assert_eq!(format!("{:?}", Seed::new([7; SEED_BYTES])), "Seed(..)");
    }
}
