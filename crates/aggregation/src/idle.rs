//! The outputs of permutations whose input is zero by layout.
//!
//! Idle lanes feed zeros to every permutation, whose outputs are `Perm(0)` and
//! not zero; the constraints subtract them.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::{EF, F};
use sheaf_xmss::poseidon::Lanes;

use crate::constraints::Constraints;

/// `Perm(0)` for both widths.
#[derive(Clone, Debug)]
pub(crate) struct IdleOutputs {
    narrow: [F; 16],
    wide: [F; 24],
}

impl IdleOutputs {
    pub(crate) fn new() -> Self {
        let mut outputs = Self {
            narrow: [F::ZERO; 16],
            wide: [F::ZERO; 24],
        };
        F::permute_narrow(&mut outputs.narrow);
        F::permute_wide(&mut outputs.wide);
        outputs
    }

    /// `fp(0, Perm16(0))`.
    pub(crate) fn narrow_fingerprint(&self, fingerprint: &[EF; 9]) -> EF {
        fingerprint[1..]
            .iter()
            .zip(&self.narrow)
            .map(|(&b, &x)| b * x)
            .sum()
    }

    /// The weighted sum of the wired outputs of `Perm24(0)`.
    pub(crate) fn wired_sum(&self, constraints: &Constraints) -> EF {
        constraints
            .wired
            .iter()
            .zip(&constraints.outputs)
            .map(|(output, &weight)| weight * self.wide[output.column])
            .sum()
    }
}
