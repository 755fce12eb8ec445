//! The outputs of permutations, and the cells of the same lane that they feed.

use p3_field::PrimeCharacteristicRing;

use crate::calls::Call;
use crate::field::{EF, dot, f};
use crate::form::Form;
use crate::shape::Shape;
use crate::statement::{DIGITS, Lane};
use crate::wiring::input;

/// What wired outputs must be, but those of the last permutation of a key (see `link`).
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
    /// The target of output `j` of a permutation, of which it has one in the lane itself. A feed-forward stands on this
    /// side, negated.
    pub(crate) fn of(&self, call: Call, j: usize) -> Form {
        let Shape {
            columns, scheme, ..
        } = self.shape;
        let mut target = Form::zero(1 << self.shape.log_columns);
        match call {
            Call::Step(_) => unreachable!("chain steps have no wired outputs"),
            Call::Message(i) if i + 1 < scheme.message_calls() => {
                target.cell(columns.previous + j, EF::ONE);
            }
            Call::Message(_) => {
                // Element j of the message hash, of a part with digits in base 8 and a remainder.
                let (of_digits, of_remainder) = scheme.weights();
                for digit in 0..DIGITS {
                    let scale = f(of_digits) * f(8usize.pow(digit as u32));
                    target.cell(columns.digit + DIGITS * j + digit, scale.into());
                }
                remainder(self.shape, &mut target, j, f(of_remainder).into());
            }
            Call::Leaf(t) if t + 1 < self.shape.sponge => {
                // The capacity that the sponge's next permutation starts from.
                target.cell(columns.leaf_capacity(t + 1, j), EF::ONE);
            }
            Call::Leaf(_) => self.child(&mut target, 0, j - scheme.leaf_capacity()),
            Call::Key(t) => target.cell(columns.key_capacity(t + 1, j), EF::ONE),
            Call::Node(level) if level < scheme.height => self.child(&mut target, level, j),
            Call::Node(_) => target.cell(columns.root + j, EF::ONE),
        }
        if matches!(call, Call::Message(_) | Call::Node(_)) {
            input(self.shape, call)[j].add_to(&mut target, self.shape, self.lanes, -EF::ONE);
        }
        target
    }

    /// Element `j` of the path's node at `level`: the left or the right child of the next level.
    fn child(&self, target: &mut Form, level: usize, j: usize) {
        let is_right = self.side(level);
        let [left, right] = self.shape.columns.children(level + 1);
        target.cell(left + j, EF::ONE - is_right);
        target.cell(right + j, is_right);
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
