//! The outputs of the width-24 permutations, and the cells of the same lane that they feed.

use p3_field::PrimeCharacteristicRing;

use crate::field::{EF, dot, f};
use crate::form::Form;
use crate::shape::Shape;
use crate::statement::{DIGITS, Lane, REMAINDERS};

/// What the outputs of the width-24 permutations must be, but those of the key slot (see `link`).
pub(crate) struct Targets<'a> {
    pub shape: &'a Shape,
    /// `eq` at the lane point.
    pub lanes: &'a [EF],
}

/// Adds remainder `i` of the message hash: `low + 8 middle + 64 top`.
pub(crate) fn remainder(shape: &Shape, form: &mut Form, i: usize, weight: EF) {
    let low = shape.columns.digit + DIGITS * shape.elements + i;
    form.cell(low, weight);
    form.cell(low + shape.elements, weight * f(8));
    form.cell(shape.columns.remainder_top + i, weight * f(64));
}

impl Targets<'_> {
    /// The target of output `j` of `slot`. A feed-forward stands on this side, negated.
    pub(crate) fn of(&self, slot: usize, j: usize) -> Form {
        let Shape {
            columns, sponge, ..
        } = self.shape;
        let mut target = Form::zero(1 << self.shape.log_columns);
        if slot == 0 {
            // Element j of the message hash is 127 d + remainder, d in base 8.
            for digit in 0..DIGITS {
                let scale = f(REMAINDERS * 8usize.pow(digit as u32));
                target.cell(columns.digit + DIGITS * j + digit, scale.into());
            }
            remainder(self.shape, &mut target, j, EF::ONE);
            target.known(-self.shape.column(self.lanes, |lane| lane.message[j]));
        } else if slot < *sponge {
            // The capacity that the sponge's next permutation starts from.
            target.cell(columns.capacity(slot, j), EF::ONE);
        } else if slot == *sponge {
            self.child(&mut target, 0, j - 9);
        } else {
            let level = slot - self.shape.key_slot();
            if level < self.shape.scheme.height {
                self.child(&mut target, level, j);
            } else {
                target.cell(columns.root + j, EF::ONE);
            }
            match j {
                0..5 => target.cell(columns.parameter + j, -EF::ONE),
                5..7 => {
                    let tweak = |lane: &Lane| lane.node_tweak(level)[j - 5];
                    target.known(-self.shape.column(self.lanes, tweak));
                }
                _ => target.cell(columns.left + 8 * (level - 1), -EF::ONE),
            }
        }
        target
    }

    /// Element `j` of the path's node at `level`: the left or the right child of the next level.
    fn child(&self, target: &mut Form, level: usize, j: usize) {
        let columns = &self.shape.columns;
        let is_right = self.side(level);
        target.cell(columns.left + 8 * level + j, EF::ONE - is_right);
        target.cell(columns.right + 8 * level + j, is_right);
    }

    /// The column of side bits. By convention, it is constant in idle lanes too if all live lanes agree.
    fn side(&self, level: usize) -> EF {
        let side = |lane: &Lane| lane.is_right(level);
        let first = side(&self.shape.lanes[0]);
        if self.shape.lanes.iter().all(|lane| side(lane) == first) {
            dot(self.lanes, &vec![first.into(); self.lanes.len()])
        } else {
            self.shape.column(self.lanes, side)
        }
    }
}
