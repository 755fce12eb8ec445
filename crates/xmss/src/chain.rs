//! Hash chains: `v` per slot, each with positions `0..w`.
//!
//! Step `s` maps the value at position `s - 1` to the value at position `s`:
//! `compress_16(value ‖ parameter ‖ chain_tweak(slot, chain, s))[..8]`. The start of a chain is secret, its end is part
//! of the leaf, and a signature reveals the value at the position that the codeword names.

use p3_koala_bear::KoalaBear;

use crate::params::{DIGEST, PARAMETER, Scheme, TWEAK, WIDTH_NARROW};
use crate::poseidon::{Lanes, compress_narrow, concat};
use crate::tweak::{Tweak, chain_tweak};
use crate::types::{Digest, Parameter};

/// The input of a chain step: `value ‖ parameter ‖ tweak ‖ 0`.
#[inline]
pub fn step_input<P: Lanes>(
    value: &[P; DIGEST],
    parameter: &[P; PARAMETER],
    tweak: &[P; TWEAK],
) -> [P; WIDTH_NARROW] {
    concat([value, parameter, tweak])
}

/// Takes one step along a chain.
#[inline]
pub fn step<P: Lanes>(
    value: &[P; DIGEST],
    parameter: &[P; PARAMETER],
    tweak: &[P; TWEAK],
) -> [P; DIGEST] {
    compress_narrow(&step_input(value, parameter, tweak))
}

/// Walks chain `chain` of slot `slot` from position `from` to position `to`; where `to <= from` it stays.
pub fn walk(
    parameter: &Parameter,
    slot: u32,
    chain: u8,
    from: u8,
    to: u8,
    value: &Digest,
) -> Digest {
    (from..to).fold(*value, |value, position| {
        step(&value, parameter, &chain_tweak(slot, chain, position + 1))
    })
}

/// The chain tweaks of one slot.
#[derive(Clone, Debug)]
pub struct ChainTweaks {
    chain_length: usize,
    tweaks: Vec<Tweak>,
}

impl ChainTweaks {
    /// Tabulates the `v * (w - 1)` tweaks of `slot`.
    #[must_use]
    pub fn new(scheme: &Scheme, slot: u32) -> Self {
        let chain_length = scheme.chain_length();
        let tweaks = (0..scheme.chains)
            .flat_map(|chain| {
                (1..=chain_length).map(move |step| chain_tweak(slot, chain as u8, step as u8))
            })
            .collect();
        Self {
            chain_length,
            tweaks,
        }
    }

    /// The tweak of the step of `chain` that leaves `position`; `chain < v` and `position < w - 1`.
    #[inline]
    pub(crate) fn leaving(&self, chain: usize, position: usize) -> [KoalaBear; TWEAK] {
        self.tweaks[chain * self.chain_length + position]
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;
    use crate::params::PROD;

    #[test]
    fn walks_compose() {
        let parameter = std::array::from_fn(KoalaBear::from_usize);
        let start = std::array::from_fn(|i| KoalaBear::from_usize(100 + i));
        let middle = walk(&parameter, 9, 5, 0, 3, &start);
        assert_eq!(
            walk(&parameter, 9, 5, 3, 7, &middle),
            walk(&parameter, 9, 5, 0, 7, &start)
        );
        assert_eq!(walk(&parameter, 9, 5, 3, 3, &middle), middle);
    }

    #[test]
    fn table_holds_every_tweak() {
        let table = ChainTweaks::new(&PROD, u32::MAX);
        assert_eq!(table.leaving(45, 6), chain_tweak(u32::MAX, 45, 7));
        assert_eq!(table.leaving(0, 0), chain_tweak(u32::MAX, 0, 1));
    }
}
