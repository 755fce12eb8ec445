//! The public columns at a lane point.
//!
//! Messages and tweaks are columns too, known to everybody and never committed. They are constant in every group, so
//! their extensions are sums over groups, with the weights that `eq(r, lane)` gives to the lanes of each.
//!
//! Tweaks of nodes are linear in the bits of the slot, where they are words; or they are two digits in base `p` of an integer
//! that is. So the words, or the low digits, of all levels follow from the sums of the weights over the groups that have each
//! bit; the high digits change seldom, since groups are sorted by slot.

use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, Extension, F};

use sheaf_xmss::Scheme;
use sheaf_xmss::params::{MESSAGE, TweakCode};
use sheaf_xmss::tweak::{message_elements, tree_tweak};

use crate::summary::Summary;
use crate::tweaks::{Carry, GroupTweaks};

/// What the public columns of one group hold.
#[derive(Clone, Debug)]
pub(crate) struct GroupColumns {
    pub tweaks: GroupTweaks,
    /// The message, as the message hash takes it in.
    pub message: [F; MESSAGE],
    pub lanes: usize,
}

/// The groups of a statement, prepared for evaluation.
#[derive(Clone, Debug)]
pub(crate) struct PublicColumns {
    pub scheme: Scheme,
    pub groups: Vec<GroupColumns>,
}

/// Bits of a slot.
const SLOT_BITS: usize = 32;

impl PublicColumns {
    pub(crate) fn new(summary: &Summary) -> Self {
        let groups = summary
            .groups
            .iter()
            .map(|g| GroupColumns {
                tweaks: GroupTweaks::new(&summary.scheme, g.slot),
                message: message_elements(&summary.scheme, &g.message),
                lanes: g.lanes,
            })
            .collect();
        Self {
            scheme: summary.scheme,
            groups,
        }
    }

    /// The levels whose side bit differs between groups.
    #[cfg(feature = "prover")]
    pub(crate) fn varying_levels(&self, height: usize) -> Vec<usize> {
        (0..height)
            .filter(|&level| self.side(level).is_none())
            .collect()
    }

    /// Whether the path's node at `level` is a right child, if all groups agree.
    fn side(&self, level: usize) -> Option<bool> {
        let first = self.groups.first()?.tweaks.is_right(level);
        let agree = self
            .groups
            .iter()
            .all(|g| g.tweaks.is_right(level) == first);
        agree.then_some(first)
    }

    /// The columns at lane point `r`.
    pub(crate) fn at<E: Extension>(&self, r: &[E]) -> PublicEvaluations<E> {
        let lanes: Vec<usize> = self.groups.iter().map(|g| g.lanes).collect();
        let weights = eq::interval_sums(r, &lanes);
        let mut sums = Vec::with_capacity(weights.len() + 1);
        let mut live = E::ZERO;
        let mut bits = vec![E::ZERO; SLOT_BITS];
        for (g, &w) in self.groups.iter().zip(&weights) {
            sums.push(live);
            live += w;
            for (b, sum) in bits.iter_mut().enumerate() {
                if g.tweaks.is_right(b) {
                    *sum += w;
                }
            }
        }
        sums.push(live);
        let by_group = ByGroup {
            public: self,
            weights,
            sums,
            live,
            bits,
        };
        by_group.evaluations()
    }
}

/// The public columns at one lane point. Columns are zero in lanes that are not live.
#[derive(Clone, Debug)]
pub(crate) struct PublicEvaluations<E = EF> {
    /// The indicator of live lanes.
    pub live: E,
    /// The message, as the message hash takes it in.
    pub message: [E; MESSAGE],
    /// The tweak of chain steps without their number. Unless carries are committed, what all steps of a lane carry is in it.
    pub chain_tweak: [E; 2],
    /// The tweak of the message hash.
    pub message_tweak: [E; 2],
    /// The tweaks of the path's nodes by their level; level 0 is the leaf.
    pub node_tweaks: Vec<[E; 2]>,
    /// Whether the path's node at a level is a right child.
    ///
    /// The column is constant, in idle lanes too, where all groups agree; else it is zero in idle lanes.
    pub right: Vec<E>,
    /// The indicators of the lanes with each carry threshold.
    pub by_threshold: BTreeMap<usize, E>,
}

impl<E: Extension> PublicEvaluations<E> {
    /// The indicator of lanes that are not live.
    pub(crate) fn idle(&self) -> E {
        E::ONE - self.live
    }
}

/// The weights that columns are summed up with, which are constant in every group.
struct ByGroup<'a, E> {
    public: &'a PublicColumns,
    /// For each group, the indicator of its lanes.
    weights: Vec<E>,
    /// For each group, the indicator of the lanes before it; then that of all live lanes.
    sums: Vec<E>,
    live: E,
    /// For each bit, the indicator of the lanes whose slot has it.
    bits: Vec<E>,
}

impl<E: Extension> ByGroup<'_, E> {
    fn evaluations(&self) -> PublicEvaluations<E> {
        let mut by_threshold = BTreeMap::new();
        for (g, &w) in self.public.groups.iter().zip(&self.weights) {
            *by_threshold.entry(g.tweaks.threshold()).or_insert(E::ZERO) += w;
        }
        let mut chain_tweak = self.each(|g| g.tweaks.chain);
        let some_carry = |g: &GroupColumns| matches!(g.tweaks.carry, Carry::From(_));
        if !self.public.groups.iter().any(some_carry) {
            let [carry] = self.each(|g| [F::from_bool(g.tweaks.carry == Carry::Always)]);
            chain_tweak[1] += carry;
        }
        let height = self.public.scheme.height();
        PublicEvaluations {
            live: self.live,
            message: self.each(|g| g.message),
            chain_tweak,
            message_tweak: self.each(|g| g.tweaks.message),
            node_tweaks: (0..=height).map(|level| self.node_tweak(level)).collect(),
            right: (0..height).map(|level| self.is_right(level)).collect(),
            by_threshold,
        }
    }

    /// Several columns.
    fn each<const N: usize>(&self, values: impl Fn(&GroupColumns) -> [F; N]) -> [E; N] {
        let mut sums = [E::ZERO; N];
        for (g, &w) in self.public.groups.iter().zip(&self.weights) {
            for (sum, x) in sums.iter_mut().zip(values(g)) {
                *sum += w * x;
            }
        }
        sums
    }

    fn is_right(&self, level: usize) -> E {
        match self.public.side(level) {
            Some(side) => E::from_bool(side),
            None => self.bits.get(level).copied().unwrap_or_default(),
        }
    }

    /// The tweak of the path's node at `level`; level 0 is the leaf.
    fn node_tweak(&self, level: usize) -> [E; 2] {
        let scheme = &self.public.scheme;
        let position = |from: usize, to: usize| -> E {
            let bits = self.bits.get(level + from..).unwrap_or_default();
            let bits = &bits[..bits.len().min(to - from)];
            bits.iter()
                .rev()
                .fold(E::ZERO, |sum, &bit| sum.double() + bit)
        };
        match scheme.tweak_code {
            TweakCode::Digits => {
                // `2^40 level + 2^8 position + 1`.
                let constant = F::from_u64(((level as u64) << 40) + 1);
                let low = position(0, SLOT_BITS) * F::from_u16(1 << 8) + self.live * constant;
                [low, self.high_digit(level)]
            }
            TweakCode::Words => {
                let [constant, _] = tree_tweak(scheme, level, 0);
                let high = position(16, SLOT_BITS) * F::from_u16(1 << 10);
                [high + self.live * constant, position(0, 16)]
            }
        }
    }

    /// The high digit of that tweak: groups with the same one are taken together.
    fn high_digit(&self, level: usize) -> E {
        let high = |g: &GroupColumns| g.tweaks.node(level)[1];
        let mut rest = &self.public.groups[..];
        let mut sum = E::ZERO;
        while let Some(first) = rest.first() {
            let digit = high(first);
            let start = self.public.groups.len() - rest.len();
            let same = rest.partition_point(|g| high(g) == digit).max(1);
            rest = rest.get(same..).unwrap_or_default();
            let weight = |i: usize| self.sums.get(i).copied().unwrap_or_default();
            sum += (weight(start + same) - weight(start)) * digit;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use sheaf_xmss::{COMPACT, PROD};

    use super::*;

    fn columns(scheme: &Scheme, slots: &[u32]) -> PublicColumns {
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        let group = |(i, &slot): (usize, &u32)| GroupColumns {
            tweaks: GroupTweaks::new(scheme, slot),
            message: core::array::from_fn(|j| F::from_usize(100 * i + j)),
            lanes: 1 + i % 3,
        };
        PublicColumns {
            scheme: *scheme,
            groups: slots.iter().enumerate().map(group).collect(),
        }
    }

    #[test]
    fn evaluations_are_those_of_the_columns() {
        let near: Vec<u32> = (0..40).map(|i| 11_259_000 + i).collect();
        let far: Vec<u32> = (0..40u32).map(|i| i.wrapping_mul(0x9e37_79b9)).collect();
        for slots in [
            vec![5],
            vec![u32::MAX],
            near,
            far,
            vec![0, 1 << 31, u32::MAX],
        ] {
            evaluations_agree(&columns(&PROD, &slots));
            evaluations_agree(&columns(&COMPACT, &slots));
        }
    }

    fn evaluations_agree(public: &PublicColumns) {
        {
            let r: Vec<EF> = (0..7).map(|i| EF::from_usize(i + 1000).cube()).collect();
            let table = eq::table(&r);
            let of_lane: Vec<&GroupColumns> = public
                .groups
                .iter()
                .flat_map(|g| core::iter::repeat_n(g, g.lanes))
                .collect();
            let extend = |value: &dyn Fn(&GroupColumns) -> F| -> EF {
                table.iter().zip(&of_lane).map(|(&w, g)| w * value(g)).sum()
            };
            let at = public.at(&r);
            assert_eq!(at.live, extend(&|_| F::ONE));
            for level in 0..=32 {
                let tweak = [0, 1].map(|i| extend(&|g| g.tweaks.node(level)[i]));
                assert_eq!(at.node_tweaks[level], tweak, "level {level}");
            }
            for level in 0..32 {
                let right = extend(&|g| F::from_bool(g.tweaks.is_right(level)));
                let first = public.groups[0].tweaks.is_right(level);
                let expected = match public.side(level) {
                    Some(side) => {
                        assert_eq!(side, first);
                        EF::from_bool(side)
                    }
                    None => right,
                };
                assert_eq!(at.right[level], expected);
            }
            assert_eq!(at.message[3], extend(&|g| g.message[3]));
            assert_eq!(at.message_tweak[0], extend(&|g| g.tweaks.message[0]));
        }
    }
}
