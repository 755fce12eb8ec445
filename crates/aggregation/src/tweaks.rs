//! The tweaks of one slot, as the circuit needs them.
//!
//! The first element of the tweak of chain step number `q` is `b0 + scale q`, the second one `b1`, with `(b0, b1)` a function of
//! the slot and `q` as [`Scheme::step_number`] has it. Where tweaks are words, that is all.
//!
//! Where they are digits, the tweak at slot `e` is the integer `e 2^24 + 256 q` in base `p`. With `(b0, b1)` the digits of
//! `e 2^24`, its digits are `b0 + 256 q - p*carry` and `b1 + carry`: the first is `b0 + 256 q` in the field whatever the
//! carry, and `carry = 1` exactly for `256 q >= p - b0`. For most slots the carry is the same for all steps; at
//! some multiples of 127 it changes within a lane.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_transcript::F;
use sheaf_transcript::field::ORDER;
use sheaf_xmss::params::TweakCode;
use sheaf_xmss::{Scheme, tweak};

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
    /// The tweak of chain steps, without their number.
    pub chain: tweak::Tweak,
    pub carry: Carry,
    pub message: tweak::Tweak,
    scheme: Scheme,
    slot: u32,
}

impl GroupTweaks {
    pub(crate) fn new(scheme: &Scheme, slot: u32) -> Self {
        let (chain, carry) = match scheme.tweak_code {
            TweakCode::Digits => {
                let chain: tweak::Tweak = tweak::base_p(u64::from(slot) << 24);
                (chain, carry(scheme, chain[0].as_canonical_u32()))
            }
            TweakCode::Words => {
                let [first, second] = tweak::chain_tweak(scheme, slot, 0, 0);
                let number = scheme.step_numbers.scale * scheme.step_number(0, 0);
                ([first - element(number), second], Carry::Never)
            }
        };
        Self {
            chain,
            carry,
            message: tweak::message_tweak(scheme, slot),
            scheme: *scheme,
            slot,
        }
    }

    /// The tweak of the node at `level` on the path of the slot; level 0 is the leaf.
    pub(crate) fn node(&self, level: usize) -> tweak::Tweak {
        // Levels run to 32, where the shift empties the position.
        let position = u64::from(self.slot) >> level;
        tweak::tree_tweak(&self.scheme, level, position as u32)
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

/// Which steps carry, if the first digit without their number is `b0`.
fn carry(scheme: &Scheme, b0: u32) -> Carry {
    let scale = scheme.step_numbers.scale as u32;
    let threshold = (ORDER - b0).div_ceil(scale) as usize;
    if threshold <= scheme.step_number(0, 0) {
        Carry::Always
    } else if threshold > scheme.step_number(scheme.chains - 1, scheme.chain_length() - 1) {
        Carry::Never
    } else {
        Carry::From(threshold)
    }
}

/// Number of steps of `chain` from position `x` on whose number is below the threshold.
pub(crate) fn steps_without_carry(
    scheme: &Scheme,
    threshold: usize,
    chain: usize,
    x: usize,
) -> usize {
    (x..scheme.chain_length())
        .filter(|&position| scheme.step_number(chain, position) < threshold)
        .count()
}

/// The field element of a small count.
pub(crate) fn element(n: usize) -> F {
    F::from_usize(n)
}

#[cfg(test)]
mod tests {
    use sheaf_xmss::{COMPACT, PROD, TEST};

    use super::*;

    #[test]
    fn the_tweak_formula_is_the_tweak() {
        for scheme in [PROD, COMPACT] {
            for slot in [
                0,
                1,
                126,
                127,
                254,
                32512,
                32639,
                65_535,
                65_536,
                127 * 5000,
                127 * 90_000,
                11_259_375,
                370_000_000,
                u32::MAX,
            ] {
                let g = GroupTweaks::new(&scheme, slot);
                for chain in 0..scheme.chains {
                    for position in 0..7 {
                        let q = scheme.step_number(chain, position);
                        let carry = F::from_bool(q >= g.threshold());
                        let number = element(scheme.step_numbers.scale * q);
                        assert_eq!(
                            tweak::chain_tweak(&scheme, slot, chain, position),
                            [g.chain[0] + number, g.chain[1] + carry],
                            "{} slot {slot} chain {chain} position {position}",
                            scheme.name
                        );
                    }
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
        for slot in [0, 127, 32_639, 65_535, u32::MAX] {
            assert_eq!(GroupTweaks::new(&COMPACT, slot).carry, Carry::Never);
        }
    }
}
