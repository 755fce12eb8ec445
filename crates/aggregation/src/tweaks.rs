//! The tweaks of one slot, as the circuit needs them.
//!
//! The tweak of chain step `q = 256 * chain + step` at slot `e` is the integer
//! `e 2^24 + 256 q` in base `p`. With `(b0, b1)` the digits of `e 2^24`, its
//! digits are `b0 + 256 q - p*carry` and `b1 + carry`: the first is
//! `b0 + 256 q` in the field whatever the carry, and `carry = 1` exactly for
//! `256 q >= p - b0`. For most slots the carry is the same for all steps; at
//! some multiples of 127 it changes within a lane.

use sheaf_transcript::F;
use sheaf_transcript::field::ORDER;
use sheaf_xmss::{Scheme, tweak};

use p3_field::PrimeField32;

/// Which chain steps of a slot carry into the second digit of their tweak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carry {
    /// No step.
    Never,
    /// Every step.
    Always,
    /// The steps with `q` at least this, which is above the first step and at most the last.
    From(usize),
}

/// Public tweak data of one slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupTweaks {
    /// The digits of `slot 2^24`.
    pub chain: tweak::Tweak,
    pub carry: Carry,
    pub message: tweak::Tweak,
    slot: u32,
}

/// `256 * chain + step`.
pub(crate) const fn position(chain: usize, step: usize) -> usize {
    256 * chain + step
}

impl GroupTweaks {
    pub(crate) fn new(scheme: &Scheme, slot: u32) -> Self {
        let chain = tweak::base_p(u64::from(slot) << 24);
        let to_carry = ORDER - PrimeField32::as_canonical_u32(&chain[0]);
        let threshold = to_carry.div_ceil(256) as usize;
        let carry = if threshold <= position(0, 1) {
            Carry::Always
        } else if threshold > position(scheme.chains - 1, scheme.chain_length()) {
            Carry::Never
        } else {
            Carry::From(threshold)
        };
        Self {
            chain,
            carry,
            message: tweak::message_tweak(slot),
            slot,
        }
    }

    /// The tweak of the node at `level` on the path of the slot; level 0 is the leaf.
    pub(crate) fn node(&self, level: usize) -> tweak::Tweak {
        // Levels run to 32, where the shift empties the position.
        let position = u64::from(self.slot) >> level;
        tweak::tree_tweak(level as u8, position as u32)
    }

    /// Whether the path's node at `level` is a right child.
    pub(crate) const fn is_right(&self, level: usize) -> bool {
        (self.slot as u64 >> level) & 1 == 1
    }

    /// The first position that carries: 0 if all do, beyond every position if none does.
    pub(crate) const fn threshold(&self) -> usize {
        match self.carry {
            Carry::Never => usize::MAX,
            Carry::Always => 0,
            Carry::From(threshold) => threshold,
        }
    }
}

/// Number of steps of `chain` after digit `x` (steps `x + 1 ..= length`) whose position is below the threshold.
pub(crate) fn steps_without_carry(
    threshold: usize,
    chain: usize,
    x: usize,
    length: usize,
) -> usize {
    (x + 1..=length)
        .filter(|&step| position(chain, step) < threshold)
        .count()
}

/// The field element of a small count.
pub(crate) fn element(n: usize) -> F {
    p3_field::PrimeCharacteristicRing::from_usize(n)
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_xmss::{PROD, TEST};

    use super::*;

    #[test]
    fn the_tweak_formula_is_the_tweak() {
        for slot in [
            0,
            1,
            126,
            127,
            254,
            32512,
            32639,
            127 * 5000,
            127 * 90_000,
            11_259_375,
            370_000_000,
            u32::MAX,
        ] {
            let g = GroupTweaks::new(&PROD, slot);
            for chain in 0..PROD.chains {
                for step in 1..=7 {
                    let q = position(chain, step);
                    let carry = F::from_bool(q >= g.threshold());
                    assert_eq!(
                        tweak::chain_tweak(slot, chain as u8, step as u8),
                        [g.chain[0] + F::from_usize(256 * q), g.chain[1] + carry],
                        "slot {slot} chain {chain} step {step}"
                    );
                }
            }
        }
    }

    #[test]
    fn carries_by_slot() {
        assert_eq!(GroupTweaks::new(&PROD, 1).carry, Carry::Never);
        assert_eq!(GroupTweaks::new(&PROD, 127).carry, Carry::Always);
        assert_eq!(GroupTweaks::new(&PROD, 32_512).carry, Carry::Always);
        assert_eq!(GroupTweaks::new(&PROD, 32_639).carry, Carry::From(2));
        assert!((0..256).all(|s| !matches!(GroupTweaks::new(&TEST, s).carry, Carry::From(_))));
    }
}
