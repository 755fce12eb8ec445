//! A digest of the public keys, one wide permutation per key.
//!
//! [`STREAMS`] independent sponges each absorb every `STREAMS`-th key: root and
//! parameter are 13 elements, which fit the rate of 15 together with a count.
//! Independent streams let a verifier use SIMD lanes; their number is part of
//! the protocol and does not depend on the machine.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_transcript::{Domain, F, PF};
use sheaf_xmss::PublicKey;
use sheaf_xmss::poseidon::Lanes;

/// Number of parallel sponges.
pub(crate) const STREAMS: usize = 16;

/// Elements of a sponge's digest; as many as its capacity.
const CAPACITY: usize = 9;
const WIDTH: usize = 24;

/// The concatenated digests of the streams.
///
/// Stream `s` absorbs keys `s, s + 16, s + 32, ..`, each as
/// `root 8 | parameter 5 | 1 | 0` over the rate of a state `capacity 9 | rate 15`
/// whose capacity is `0^8 | 4` at first ([`Domain::Keys`]), and which is its last
/// capacity; the `1` tells a key from the zero block that pads shorter streams. The
/// number of keys is bound by the header of the statement.
#[must_use]
pub(crate) fn digest_keys(keys: &[&PublicKey]) -> Vec<F> {
    let block = |key: Option<&&PublicKey>| -> [F; WIDTH - CAPACITY] {
        let Some(key) = key else {
            return [F::ZERO; WIDTH - CAPACITY];
        };
        core::array::from_fn(|i| match i {
            0..8 => key.root[i],
            8..13 => key.parameter[i - 8],
            13 => F::ONE,
            _ => F::ZERO,
        })
    };
    // Where registers are wider than a sponge bank needs, spare lanes repeat stream 0.
    let vectors = STREAMS.div_ceil(PF::WIDTH);
    let mut start = [PF::ZERO; WIDTH];
    start[CAPACITY - 1] = PF::from(Domain::Keys.tag());
    let mut states = vec![start; vectors];
    for row in keys.chunks(STREAMS) {
        for (v, state) in states.iter_mut().enumerate() {
            let blocks: Vec<_> = (0..PF::WIDTH)
                .map(|lane| block(row.get((v * PF::WIDTH + lane) % STREAMS)))
                .collect();
            for (i, rate) in state[CAPACITY..].iter_mut().enumerate() {
                *rate = PF::from_fn(|lane| blocks[lane][i]);
            }
            PF::permute_wide(state);
        }
    }
    (0..STREAMS)
        .flat_map(|s| {
            let state = states[s / PF::WIDTH];
            (0..CAPACITY).map(move |i| state[i].as_slice()[s % PF::WIDTH])
        })
        .collect()
}
