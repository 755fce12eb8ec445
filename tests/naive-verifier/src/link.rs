//! The keys lead to the last capacities of the statement's streams.

use p3_field::PrimeCharacteristicRing;

use crate::field::{EF, F};
use crate::form::{Claim, Form, Term};
use crate::shape::Shape;
use crate::summary::{STREAMS, initial_capacity};

/// Where the capacities that the last permutations of keys pass on must arrive.
pub(crate) struct Link<'a> {
    pub shape: &'a Shape,
    /// The capacities after all keys.
    pub fin: &'a [Vec<F>],
    /// `eq` at the lane point.
    pub lanes: &'a [EF],
    /// The weight of each element of a capacity.
    pub weights: &'a [EF],
}

impl Link<'_> {
    fn zero(&self) -> Term {
        Term {
            lanes: vec![EF::ZERO; self.lanes.len()],
            form: Form::zero(1 << self.shape.log_columns),
        }
    }

    /// The weighted elements of the capacity that the key of a lane is absorbed into, times `scale`.
    fn capacity(&self, form: &mut Form, scale: EF) {
        for (j, &weight) in self.weights.iter().enumerate() {
            let column = self.shape.columns.key_capacity(0, j);
            form.cell(column, scale * weight);
        }
    }

    fn weigh(&self, capacity: &[F]) -> EF {
        let terms = self.weights.iter().zip(capacity);
        terms.map(|(&weight, &x)| weight * x).sum()
    }

    /// The targets of the outputs of keys, negated: the capacity of the next lane of the stream, or its last one.
    pub(crate) fn minus_targets(&self) -> Term {
        let mut term = self.zero();
        self.capacity(&mut term.form, -EF::ONE);
        let live = self.shape.lanes.len();
        for (lane, &eq) in self.lanes[..live].iter().enumerate() {
            let next = lane + STREAMS;
            if next < live {
                term.lanes[next] += eq;
            } else {
                let fin = self.weigh(&self.fin[lane % STREAMS]);
                term.form.known(-eq * fin);
            }
        }
        term
    }

    /// The claim that the first lane of every stream starts from the initial capacity.
    pub(crate) fn first(&self) -> Claim {
        let mut term = self.zero();
        self.capacity(&mut term.form, EF::ONE);
        let live = self.shape.lanes.len();
        for (lane, &eq) in self.lanes[..live].iter().enumerate().take(STREAMS) {
            term.lanes[lane] += eq;
            term.form.known(-eq * self.weigh(&initial_capacity()));
        }
        Claim {
            terms: vec![term],
            value: EF::ZERO,
        }
    }
}
