//! The public columns at a lane point.
//!
//! Roots, parameters, messages and tweaks are columns too, known to everybody
//! and never committed: their extensions are sums over lanes with the weights
//! `eq(r, lane)`. One pass over the keys; everything else is a sum over groups.

use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, F};
use sheaf_xmss::params::{DIGEST, PARAMETER};
use sheaf_xmss::tweak;

use crate::shape::Shape;
use crate::statement::Statement;
use crate::tweaks::GroupTweaks;

/// What the public columns of one group hold.
#[derive(Clone, Debug)]
pub(crate) struct GroupColumns {
    pub tweaks: GroupTweaks,
    pub message: [F; 9],
    #[cfg(feature = "prover")]
    pub message_bytes: [u8; 32],
    pub lanes: usize,
}

/// The groups of a statement, prepared for evaluation.
#[derive(Clone, Debug)]
pub(crate) struct PublicColumns {
    pub groups: Vec<GroupColumns>,
}

impl PublicColumns {
    pub(crate) fn new(statement: &Statement) -> Self {
        let groups = statement
            .groups()
            .iter()
            .map(|g| GroupColumns {
                tweaks: GroupTweaks::new(statement.scheme(), g.slot),
                message: tweak::message_elements(&g.message),
                #[cfg(feature = "prover")]
                message_bytes: g.message,
                lanes: g.keys.len(),
            })
            .collect();
        Self { groups }
    }

    /// The levels whose side bit differs between groups.
    #[cfg(feature = "prover")]
    pub(crate) fn varying_levels(&self, height: usize) -> Vec<usize> {
        (0..height)
            .filter(|&level| {
                let first = self.groups[0].tweaks.is_right(level);
                self.groups
                    .iter()
                    .any(|g| g.tweaks.is_right(level) != first)
            })
            .collect()
    }

    /// The columns at lane point `r`.
    pub(crate) fn at<'a>(
        &'a self,
        statement: &Statement,
        shape: &Shape,
        r: &[EF],
    ) -> PublicEvaluations<'a> {
        let lanes = eq::prefix_table(r, shape.lanes, EF::ONE);
        let mut parameter = [EF::ZERO; PARAMETER];
        let mut root = [EF::ZERO; DIGEST];
        for (&weight, key) in lanes.iter().zip(statement.keys()) {
            for (sum, &x) in parameter.iter_mut().zip(&key.parameter) {
                *sum += weight * x;
            }
            for (sum, &x) in root.iter_mut().zip(&key.root) {
                *sum += weight * x;
            }
        }
        let mut rest = &lanes[..];
        let weights: Vec<EF> = self
            .groups
            .iter()
            .map(|g| {
                let (own, others) = rest.split_at(g.lanes.min(rest.len()));
                rest = others;
                own.iter().copied().sum()
            })
            .collect();
        PublicEvaluations {
            groups: &self.groups,
            live: weights.iter().copied().sum(),
            weights,
            parameter,
            root,
        }
    }
}

/// The public columns at one lane point. Columns are zero in lanes that are not live.
#[derive(Clone, Debug)]
pub(crate) struct PublicEvaluations<'a> {
    groups: &'a [GroupColumns],
    /// For each group, the indicator of its lanes.
    weights: Vec<EF>,
    /// The indicator of live lanes.
    pub live: EF,
    pub parameter: [EF; PARAMETER],
    pub root: [EF; DIGEST],
}

impl PublicEvaluations<'_> {
    /// The indicator of lanes that are not live.
    pub(crate) fn idle(&self) -> EF {
        EF::ONE - self.live
    }

    /// A column that is constant in every group.
    pub(crate) fn by_group(&self, value: impl Fn(&GroupColumns) -> F) -> EF {
        let [sum] = self.by_group_each(|g| [value(g)]);
        sum
    }

    /// Several columns that are constant in every group.
    pub(crate) fn by_group_each<const N: usize>(
        &self,
        values: impl Fn(&GroupColumns) -> [F; N],
    ) -> [EF; N] {
        let mut sums = [EF::ZERO; N];
        for (g, &w) in self.groups.iter().zip(&self.weights) {
            for (sum, x) in sums.iter_mut().zip(values(g)) {
                *sum += w * x;
            }
        }
        sums
    }

    /// The indicators of the lanes with each carry threshold.
    pub(crate) fn by_threshold(&self) -> BTreeMap<usize, EF> {
        let mut sums = BTreeMap::new();
        for (g, &w) in self.groups.iter().zip(&self.weights) {
            *sums.entry(g.tweaks.threshold()).or_insert(EF::ZERO) += w;
        }
        sums
    }

    /// Whether the path's node at `level` is a right child.
    ///
    /// The column is constant, in idle lanes too, where all groups agree; else it is zero in idle lanes.
    pub(crate) fn is_right(&self, level: usize) -> EF {
        let side = |g: &GroupColumns| F::from_bool(g.tweaks.is_right(level));
        let first = side(&self.groups[0]);
        if self.groups.iter().all(|g| side(g) == first) {
            first.into()
        } else {
            self.by_group(side)
        }
    }

    /// The tweak of the path's node at `level`.
    pub(crate) fn node_tweak(&self, level: usize) -> [EF; 2] {
        self.by_group_each(|g| g.tweaks.node(level))
    }
}
