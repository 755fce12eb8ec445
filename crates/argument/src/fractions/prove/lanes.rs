//! How lanes are grouped.

use p3_field::{Algebra, PackedValue};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

use super::Layer;

/// How lanes are grouped.
pub trait Lanes {
    /// The elements of all lanes of a group.
    type Group: Algebra<EF> + Copy + Send + Sync;
    /// Binary logarithm of the number of lanes in a group.
    const LOG: usize;
    /// The element of one lane.
    fn lane(group: &Self::Group, lane: usize) -> EF;
    /// The lanes of the only group become rows.
    fn rows(layer: Layer<Self::Group>) -> Layer<EF>;
}

/// Lanes one by one; or no lanes at all, and a single tree.
#[derive(Clone, Copy, Debug)]
pub enum Single {}

/// As many lanes in a group as fit into a register.
#[derive(Clone, Copy, Debug)]
pub enum Packed {}

impl Lanes for Single {
    type Group = EF;
    const LOG: usize = 0;

    #[inline]
    fn lane(group: &EF, _: usize) -> EF {
        *group
    }

    fn rows(layer: Layer<EF>) -> Layer<EF> {
        layer
    }
}

impl Lanes for Packed {
    type Group = EPF;
    const LOG: usize = PF::WIDTH.ilog2() as usize;

    #[inline]
    fn lane(group: &EPF, lane: usize) -> EF {
        extract(group, lane)
    }

    fn rows(layer: Layer<EPF>) -> Layer<EF> {
        layer.lanes_as_rows()
    }
}
