//! Which variables are bound when, and which rows they pair.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::rounds::{Pairing, Span};
use sheaf_transcript::{EF, PF};

use crate::permutation::order;
use crate::permutation::shape::{SKIP, Shape};
use crate::permutation::state::Point;
use crate::permutation::states::States;

/// A variable of a layer's rounds, as an index into the coordinates of a [`Point`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Variable {
    Slot(usize),
    Lane(usize),
}

/// How a table binds a variable.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A high slot bit, the lowest one left.
    Slot,
    /// A bit of the index of a lane group: groups at this distance are paired.
    Group { stride: usize },
    /// A bit of the index inside a lane group: lanes at this distance are paired.
    Inner { stride: usize },
}

/// Number of lane bits inside a vector.
pub(super) const fn inner_bits() -> usize {
    PF::WIDTH.ilog2() as usize
}

/// The steps that bind the lanes.
pub(super) fn lane_steps(log_lanes: usize) -> impl Iterator<Item = (usize, Step)> {
    order::lanes(log_lanes).map(move |i| {
        let bit = log_lanes - 1 - i;
        let step = match bit.checked_sub(inner_bits()) {
            None => Step::Inner { stride: 1 << bit },
            // The low lane bits are still free while higher ones are bound.
            Some(bit) => Step::Group {
                stride: 1 << bit.min(order::LOW_LANE_BITS - inner_bits()),
            },
        };
        (i, step)
    })
}

/// The steps of a layer after its univariate round.
pub(super) fn steps(shape: &Shape) -> impl Iterator<Item = (Variable, Step)> {
    let slots = order::slots(shape.log_slots() - SKIP).map(|i| (Variable::Slot(i), Step::Slot));
    let lanes = lane_steps(shape.log_lanes).map(|(i, step)| (Variable::Lane(i), step));
    slots.chain(lanes)
}

/// A lane point, split at the width of a vector.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// Coordinates for the bits of the group index.
    pub(super) outer: Vec<EF>,
    /// Coordinates for the bits inside a group.
    pub(super) inner: Vec<EF>,
    /// `eq` of the inner coordinates.
    pub(super) inner_weights: Vec<EF>,
}

impl Lanes {
    pub(super) fn new(point: &[EF]) -> Self {
        let (outer, inner) = point.split_at(point.len() - inner_bits());
        Self {
            outer: outer.to_vec(),
            inner: inner.to_vec(),
            inner_weights: eq::table(inner),
        }
    }
}

/// The rows of one table, by (group, block): one for each stored block of each live group.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Blocks that are stored.
    pub(super) blocks: usize,
    /// Groups that are live.
    pub(super) groups: Span,
    /// Coordinates for the bits of the block index.
    slots: Vec<EF>,
    /// Coordinates for the bits of the group index.
    lanes: Vec<EF>,
}

impl Grid {
    pub(super) fn new<const W: usize>(states: &States<W>, point: &Point, lanes: &Lanes) -> Self {
        Self {
            blocks: states.blocks,
            groups: states.group_span(),
            slots: point.slots[point.slots.len() - states.log_blocks..].to_vec(),
            lanes: lanes.outer.clone(),
        }
    }

    /// Its rows among those of all groups.
    pub(super) const fn span(&self) -> Span {
        Span {
            first: self.groups.first * self.blocks,
            live: self.groups.live * self.blocks,
        }
    }

    /// Slot variables that are not bound.
    pub(super) const fn slot_variables(&self) -> usize {
        self.slots.len()
    }

    /// Pairs adjacent blocks, whose coordinate goes.
    pub(super) fn pair_blocks(&mut self) -> Pairing {
        let pairing = Pairing::adjacent(self.blocks);
        let _ = self.slots.pop();
        self.blocks = self.blocks.div_ceil(2);
        pairing
    }

    /// Pairs groups at distance `stride`, whose coordinate goes. The slots are bound.
    pub(super) fn pair_groups(&mut self, stride: usize) -> Pairing {
        let _ = self
            .lanes
            .remove(self.lanes.len() - 1 - stride.ilog2() as usize);
        self.groups = self.groups.folded(stride);
        Pairing::all(stride)
    }

    /// The weights of the rows.
    pub(super) fn weights(&self) -> Vec<EF> {
        let blocks = eq::prefix_table(&self.slots, self.blocks, EF::ONE);
        let groups = weights(&self.lanes, self.groups);
        let mut weights = Vec::with_capacity(self.span().live);
        for &group in &groups {
            weights.extend(blocks.iter().map(|&block| group * block));
        }
        weights
    }

    /// The weight of all idle blocks and idle groups together.
    pub(super) fn tail_mass(&self) -> EF {
        let Span { first, live } = self.groups;
        let blocks = eq::prefix_sum(&self.slots, self.blocks);
        let groups = eq::prefix_sum(&self.lanes, first + live) - eq::prefix_sum(&self.lanes, first);
        EF::ONE - blocks * groups
    }
}

/// The weights of all live pairs at distance `stride`; removes the coordinate that is bound.
pub(super) fn pair_weights(coordinates: &mut Vec<EF>, stride: usize, span: Span) -> Vec<EF> {
    let _ = coordinates.remove(coordinates.len() - 1 - stride.ilog2() as usize);
    weights(coordinates, span.folded(stride))
}

/// `eq(coordinates, i)` for the `i` of a span.
pub(super) fn weights(coordinates: &[EF], span: Span) -> Vec<EF> {
    let mut table = eq::prefix_table(coordinates, span.first + span.live, EF::ONE);
    let _ = table.drain(..span.first);
    table
}

/// The weight of all pairs without a live row.
pub(super) fn tail_mass(weights: &[EF]) -> EF {
    EF::ONE - weights.iter().copied().sum::<EF>()
}
