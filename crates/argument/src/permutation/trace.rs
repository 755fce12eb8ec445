//! The round states of all tables, and the memory to prove them with.

use rayon::prelude::*;
use sheaf_transcript::PF;

use super::record::{Narrow, Wide};
use super::scratch::Scratch;
use super::shape::Shape;
use super::states::{GroupStates, States};

/// The recorded states of a whole instance, and the prover's working memory.
///
/// A trace may be used for many proofs, of any shapes; [`Self::reset`] keeps the
/// allocations.
#[derive(Debug)]
pub struct Trace {
    shape: Shape,
    pub(crate) narrow: States<16>,
    pub(crate) wide: States<24>,
    pub(crate) scratch: Scratch,
}

/// The part of a trace that belongs to [`PF::WIDTH`](p3_field::PackedValue::WIDTH) consecutive lanes.
#[derive(Debug)]
pub struct LaneGroup<'a> {
    narrow: Option<GroupStates<'a, 16>>,
    wide: Option<GroupStates<'a, 24>>,
}

impl Trace {
    /// An empty trace: no slot has been written.
    ///
    /// # Panics
    /// If the shape is invalid ([`Shape::check`]).
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let mut trace = Self {
            shape,
            narrow: States::empty(),
            wide: States::empty(),
            scratch: Scratch::default(),
        };
        trace.reset(shape);
        trace
    }

    /// Forgets everything written and takes on another shape.
    ///
    /// # Panics
    /// If the shape is invalid ([`Shape::check`]).
    pub fn reset(&mut self, shape: Shape) {
        assert_eq!(shape.check(), Ok(()), "invalid shape");
        self.shape = shape;
        self.narrow.reset::<Narrow>(shape.narrow);
        self.wide.reset::<Wide>(shape.wide);
    }

    /// The shape that the trace was made for.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The groups of consecutive lanes that are live in some table, to be filled in any order and in parallel.
    ///
    /// Group `g` holds lanes `g * PF::WIDTH..`; input in lanes that are not live is ignored.
    pub fn groups_mut(&mut self) -> impl IndexedParallelIterator<Item = LaneGroup<'_>> {
        let firsts = [self.narrow.first_group(), self.wide.first_group()];
        let [narrow_end, wide_end] = [
            firsts[0] + self.narrow.groups(),
            firsts[1] + self.wide.groups(),
        ];
        let groups = narrow_end.max(wide_end);
        let narrow = filled_up(firsts[0], self.narrow.groups_mut::<Narrow>(), groups);
        let wide = filled_up(firsts[1], self.wide.groups_mut::<Wide>(), groups);
        let zipped = narrow.zip(wide);
        zipped.map(|(narrow, wide)| LaneGroup { narrow, wide })
    }

    /// Records the permutation of zero in all stored slots that have not been written.
    pub(crate) fn fill_idle(&mut self) {
        self.narrow.fill_idle::<Narrow>();
        self.wide.fill_idle::<Wide>();
    }
}

/// The groups of one table, and nothing in the groups before and after them.
fn filled_up<T: Send>(
    first: usize,
    groups: impl IndexedParallelIterator<Item = T>,
    count: usize,
) -> impl IndexedParallelIterator<Item = Option<T>> {
    let before = (0..first).into_par_iter().map(|_| None);
    let after = (first + groups.len()..count).into_par_iter().map(|_| None);
    before.chain(groups.map(Some)).chain(after)
}

impl LaneGroup<'_> {
    /// Applies the width-16 permutation and records it in a slot.
    ///
    /// # Panics
    /// If the slot is beyond the last block of eight that has a slot in use, or no lane of the group is live in that table.
    pub fn permute16(&mut self, slot: usize, input: [PF; 16]) -> [PF; 16] {
        let Some(group) = &mut self.narrow else {
            panic!("no lane of the group is live in the table of width 16")
        };
        group.permute::<Narrow>(slot, input)
    }

    /// Applies the width-24 permutation and records it in a slot.
    ///
    /// # Panics
    /// If the slot is beyond the last block of eight that has a slot in use, or no lane of the group is live in that table.
    pub fn permute24(&mut self, slot: usize, input: [PF; 24]) -> [PF; 24] {
        let Some(group) = &mut self.wide else {
            panic!("no lane of the group is live in the table of width 24")
        };
        group.permute::<Wide>(slot, input)
    }
}
