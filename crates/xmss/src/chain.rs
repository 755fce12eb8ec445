//! Hash chains: `v` per slot, each with positions `0..w`.
//!
//! A step hashes the value at one position, the parameter and a tweak to the value at the next one. The start of a chain is
//! secret, its end is part of the leaf, and a signature reveals the value at the position that the codeword names.

use p3_koala_bear::KoalaBear;

use crate::layout::{Input, Part};
use crate::params::{MAX_DIGEST, MAX_PARAMETER, Scheme, TWEAK, WIDTH_WIDE};
use crate::poseidon::Lanes;
use crate::tweak::{Tweak, chain_tweak};
use crate::types::{Digest, Parameter};

/// The input of a chain step.
#[inline]
pub fn step_input<P: Lanes>(
    scheme: &Scheme,
    value: &[P; MAX_DIGEST],
    parameter: &[P; MAX_PARAMETER],
    tweak: &[P; TWEAK],
) -> Input<P> {
    let step = &scheme.hashes.step;
    step.input(scheme.sizes, |part| match part {
        Part::Value => value,
        Part::Parameter => parameter,
        _ => tweak,
    })
}

/// Takes one step along a chain.
#[inline]
pub fn step<P: Lanes>(
    scheme: &Scheme,
    value: &[P; MAX_DIGEST],
    parameter: &[P; MAX_PARAMETER],
    tweak: &[P; TWEAK],
) -> [P; MAX_DIGEST] {
    let input = step_input(scheme, value, parameter, tweak);
    digest(scheme, &input.compress(), 0)
}

/// The digest that begins at element `first`; what it has less than the longest digests is zero.
#[inline]
pub fn digest<P: Lanes>(scheme: &Scheme, state: &[P; WIDTH_WIDE], first: usize) -> [P; MAX_DIGEST] {
    let elements = &state[first..first + scheme.sizes.digest];
    std::array::from_fn(|i| elements.get(i).copied().unwrap_or(P::ZERO))
}

/// Walks chain `chain` of slot `slot` from position `from` to position `to`; where `to <= from` it stays.
pub fn walk(
    scheme: &Scheme,
    parameter: &Parameter,
    slot: u32,
    chain: usize,
    from: usize,
    to: usize,
    value: &Digest,
) -> Digest {
    (from..to).fold(*value, |value, position| {
        let tweak = chain_tweak(scheme, slot, chain, position);
        step(scheme, &value, parameter, &tweak)
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
                (0..chain_length).map(move |position| chain_tweak(scheme, slot, chain, position))
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
    use p3_field::{Field, PrimeCharacteristicRing};

    use super::*;
    use crate::params::PROD;

    #[test]
    fn walks_compose() {
        let parameter = std::array::from_fn(KoalaBear::from_usize);
        let start = std::array::from_fn(|i| KoalaBear::from_usize(100 + i));
        for scheme in Scheme::ALL {
            let walk = |from, to, value| walk(&scheme, &parameter, 9, 2, from, to, value);
            let middle = walk(0, 3, &start);
            assert_eq!(walk(3, 7, &middle), walk(0, 7, &start));
            assert_eq!(walk(3, 3, &middle), middle);
            assert!(middle[scheme.sizes.digest..].iter().all(|x| x.is_zero()));
        }
    }

    #[test]
    fn table_holds_every_tweak() {
        let table = ChainTweaks::new(&PROD, u32::MAX);
        assert_eq!(table.leaving(45, 6), chain_tweak(&PROD, u32::MAX, 45, 6));
        assert_eq!(table.leaving(0, 0), chain_tweak(&PROD, u32::MAX, 0, 0));
    }
}
