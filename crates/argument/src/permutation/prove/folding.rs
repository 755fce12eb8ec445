//! From the states to the rows of the output layer's tables.

use core::array::from_fn;

use p3_field::Algebra;
use sheaf_sumcheck::cube_root::CubeRoot;
use sheaf_sumcheck::quintic::{Quintic, weighted_sum, zero};
use sheaf_sumcheck::rounds::{Row, set_column};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, F, PF};

use super::geometry::{Lanes, tail_mass};
use crate::permutation::poseidon::LAST_FULL;
use crate::permutation::record::Idle;
use crate::permutation::shape::SKIP;
use crate::permutation::states::States;

/// One column of one stored slot at a lane point.
pub(super) fn column_at<const W: usize>(
    states: &States<W>,
    idle: &Idle<W>,
    (slot, j): (usize, usize),
    group_weights: &[EF],
    lanes: &Lanes,
) -> EF {
    let (block, x) = (slot >> SKIP, slot % (1 << SKIP));
    let mut sum: Quintic<PF> = zero();
    for (group, &weight) in group_weights.iter().enumerate() {
        let state = states.full(LAST_FULL, group * states.blocks + block)[j][x];
        let weight = coefficients(weight);
        sum = from_fn(|i| sum[i] + state * weight[i]);
    }
    let tail = tail_mass(group_weights) * idle.full[LAST_FULL][j];
    weighted_sum(&sum, &lanes.inner_weights) + tail
}

/// The rows after the first fold, made from the states.
pub(super) struct Folding<'a, const W: usize> {
    states: &'a States<W>,
    idle: &'a [F; W],
    /// Live groups before the fold.
    groups: usize,
    /// Idle groups before them that take part.
    padding: usize,
    stride: usize,
    /// Per stored slot and column, the factors of the low and the high state, by coefficient.
    factors: Vec<[[[F; 2]; 5]; W]>,
}

impl<'a, const W: usize> Folding<'a, W> {
    /// Folds `states` by `challenge` and multiplies the columns by their roots.
    pub(super) fn new(
        states: &'a States<W>,
        idle: &'a Idle<W>,
        roots: &[[CubeRoot; W]],
        challenge: EF,
        stride: usize,
    ) -> Self {
        let factors = roots
            .iter()
            .map(|roots| {
                roots.map(|CubeRoot { root, .. }| {
                    let high = root * challenge;
                    let (low, high) = (coefficients(root - high), coefficients(high));
                    from_fn(|i| [low[i], high[i]])
                })
            })
            .collect();
        Self {
            states,
            idle: &idle.full[LAST_FULL],
            groups: states.groups(),
            padding: states.group_span().padding(stride),
            stride,
            factors,
        }
    }

    /// Row `t`, by (folded group, stored slot).
    pub(super) fn row(&self, t: usize, out: &mut Row<PF, W>) {
        let slots = self.factors.len();
        let (group, slot) = (t / slots, t % slots);
        let (block, x) = (slot >> SKIP, slot % (1 << SKIP));
        let low = group / self.stride * 2 * self.stride + group % self.stride;
        let octets = |group: usize| {
            let group = group.checked_sub(self.padding)?;
            (group < self.groups).then(|| {
                self.states
                    .full(LAST_FULL, group * self.states.blocks + block)
            })
        };
        let (low, high) = (octets(low), octets(low + self.stride));
        for j in 0..W {
            let value = |octets: Option<&[[PF; 1 << SKIP]; W]>| {
                octets.map_or_else(|| PF::from(self.idle[j]), |octets| octets[j][x])
            };
            let pair = [value(low), value(high)];
            let factors = &self.factors[slot][j];
            let value = from_fn(|i| PF::mixed_dot_product(&pair, &factors[i]));
            set_column(out, j, &value);
        }
    }
}
