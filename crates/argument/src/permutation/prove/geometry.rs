//! Which variables are bound when, and which rows they pair.

use p3_field::PackedValue;
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, PF};

use crate::permutation::order;
use crate::permutation::shape::{SKIP, Shape};
use crate::permutation::state::Point;

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

    /// Coordinates for the index (group, block) of one table.
    pub(super) fn blocks(&self, point: &Point, blocks: usize) -> Vec<EF> {
        let own = blocks.ilog2() as usize;
        let slots = &point.slots[point.slots.len() - own..];
        [&self.outer, slots].concat()
    }
}
