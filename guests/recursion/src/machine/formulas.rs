//! The machine's formulas ([`sheaf_machine::formulas`]), each as a function that takes addresses of points, and of scratch memory.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::formulas::{
    self, CONSTRAINT_BITS, FormPoint, MESSAGE_BITS, POSITION_BITS, TERM_POINT,
};
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};
use sheaf_program::layout::{COLUMN_BITS, FORM_BITS};
use sheaf_sumcheck::{eq, skip};

use super::place::Place;
use crate::symbolic::{Formula, Scratch, Symbol};

/// Outputs, and inputs, of a permutation.
pub(super) const WIDTH: usize = 24;
/// Values of the three bits of a slot.
pub(super) const SLOTS: usize = 8;

/// Bits of a digit.
pub(super) const DIGIT_BITS: usize = 6;

/// A digit: for each value the sum over those below, scaled, and its factor.
pub(super) struct Digit;

impl Digit {
    /// Words in all.
    pub(super) const WORDS: usize = 2 << DIGIT_BITS;
}

/// A formula of words at `N` addresses, as a function.
pub(super) struct Step<const N: usize> {
    function: Function<([Base; N], Base), Word>,
    /// Words of scratch memory.
    scratch: usize,
}

/// A formula while it is noted.
struct Noted<'a, const N: usize> {
    formula: &'a Formula,
    at: &'a [Base; N],
    free: &'a Base,
}

impl<const N: usize> Noted<'_, N> {
    /// The words from an address on.
    fn words<const K: usize>(&self, at: usize) -> [Symbol; K] {
        self.behind(at, 0)
    }

    fn behind<const K: usize>(&self, at: usize, offset: i32) -> [Symbol; K] {
        let words = self.formula.stored_words(&self.at[at].plus(offset), K);
        array::from_fn(|i| words[i])
    }

    /// Stores words right before scratch memory.
    fn store(&self, words: &[Symbol]) {
        let first = self.free.plus(-(words.len() as i32));
        for (i, &word) in (0..).zip(words) {
            self.formula.store(word, &first.plus(i));
        }
    }
}

impl<const N: usize> Step<N> {
    #[track_caller]
    fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        name: &str,
        body: impl FnOnce(&Noted<'_, N>) -> Symbol,
    ) -> Self {
        let function = builder.function::<([Base; N], Base), Word>(name);
        let mut scratch = 0;
        builder.body(&function, |row, (at, free)| {
            let formula = Formula::new();
            let value = body(&Noted {
                formula: &formula,
                at: &at,
                free: &free,
            });
            formula.result(value);
            let mut written = formula.write(
                row,
                Scratch {
                    memory,
                    address: &free,
                },
            );
            scratch = written.scratch;
            written.results.remove(0)
        });
        Self { function, scratch }
    }

    /// Words of scratch memory.
    pub(super) const fn scratch(&self) -> usize {
        self.scratch
    }

    /// The value. Scratch memory is taken from `free` on, which is moved.
    #[track_caller]
    pub(super) fn value(&self, row: &mut Row, at: [&Base; N], free: &mut Base) -> Word {
        let value = row.call(&self.function, &(at.map(Base::clone), free.clone()));
        *free = free.plus(self.scratch as i32);
        value
    }
}

/// Those of the verifier.
pub(super) struct Formulas {
    /// Of `beta` and the public tuple.
    pub(super) fingerprint: Step<2>,
    /// `eq(y*, 120)`.
    pub(super) constant: Step<1>,
    /// What idle rows have as outputs, weighed at `y*`.
    pub(super) idle: Step<1>,
    /// Of `y*`, the slot of `r*`, and the challenges of a slot, the least significant one first: writes the weights of outputs right before
    /// scratch memory.
    pub(super) outputs: Step<3>,
    /// Of the share of the cells with `delta` behind it, and the inputs.
    pub(super) inputs: Step<2>,
    /// Of `y*`, `y'`, and `delta` with what rows have of either sum behind it.
    pub(super) weight: Step<3>,
}

/// The three bits of a slot as a digit: the sum over all values; for each value the sum over those below, and its factor.
pub(super) struct Octal;

impl Octal {
    pub(super) const ALL: i32 = 0;
    pub(super) const VALUES: i32 = 1;
    /// Words in all.
    pub(super) const WORDS: i32 = Self::VALUES + 2 * SLOTS as i32;
}

impl Formulas {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>, positions: usize) -> Self {
        let fingerprint = Step::new(builder, memory, "fingerprint", |noted| {
            let point: [Symbol; POSITION_BITS] = noted.words(0);
            let tuple = noted.formula.stored_words(&noted.at[1], positions);
            let weights = eq::prefix_table(&point, positions.max(1), Symbol::ONE);
            weights.iter().zip(tuple).map(|(&w, x)| w * x).sum()
        });
        let constant = Step::new(builder, memory, "weight of the constant", |noted| {
            formulas::columns(&noted.words::<COLUMN_BITS>(0), Symbol::ZERO, None)
        });
        let idle = Step::new(builder, memory, "outputs of idle rows", |noted| {
            let weights = formulas::output_weights(&noted.words::<COLUMN_BITS>(0));
            formulas::idle_outputs(&weights)
        });
        let outputs = Step::new(
            builder,
            memory,
            "weights of the machine's outputs",
            |noted| {
                let mut bound: [Symbol; 3] = noted.words(2);
                bound.reverse();
                let slot = eq::eval(&noted.words::<3>(1), &bound);
                let weights = formulas::output_weights(&noted.words::<COLUMN_BITS>(0));
                let weights: Vec<Symbol> = weights.into_iter().map(|w| slot * w).collect();
                noted.store(&weights);
                Symbol::ZERO
            },
        );
        let inputs = Step::new(builder, memory, "claims about inputs", |noted| {
            let [share, delta] = noted.words(0);
            formulas::input_claim(share, &noted.words::<WIDTH>(1), delta)
        });
        let weight = Step::new(builder, memory, "weight of the cells", |noted| {
            let (own, other): ([Symbol; COLUMN_BITS], _) = (noted.words(0), noted.words(1));
            let [delta, equal, inputs] = noted.words(2);
            equal * eq::eval(&own, &other) + inputs * formulas::input_weights(&other, delta)
        });
        Self {
            fingerprint,
            constant,
            idle,
            outputs,
            inputs,
            weight,
        }
    }
}

/// Of the univariate challenge of slots and a slot: writes [`Octal`] right before scratch memory.
pub(super) fn octal(builder: &mut Builder, memory: &Memory<Word>) -> Step<2> {
    Step::new(builder, memory, "slots of inputs", |noted| {
        let [challenge] = noted.words(0);
        let slots = eq::table(&noted.words::<3>(1));
        let basis = skip::basis(challenge);
        let mut below = Symbol::ZERO;
        let mut values = Vec::new();
        for (&a, b) in basis.iter().zip(slots) {
            let factor = a * b;
            values.extend([below, factor]);
            below += factor;
        }
        values.insert(0, below);
        noted.store(&values);
        Symbol::ZERO
    })
}

/// Of `m1`, a place and a point: the weight of forms and columns.
pub(super) fn forms_and_columns(builder: &mut Builder, memory: &Memory<Word>) -> Step<4> {
    Step::new(builder, memory, "weight of forms and columns", |noted| {
        let place = 1;
        let point = FormPoint {
            message: noted.words::<MESSAGE_BITS>(0),
            position: noted.behind::<POSITION_BITS>(place, Place::BETA),
            term: noted.behind::<TERM_POINT>(place, Place::TERM),
            constraint: noted.behind::<CONSTRAINT_BITS>(place, Place::TAU),
            scale: noted.behind::<1>(place, Place::SCALE)[0],
        };
        let columns = eq::eval(
            &noted.words::<COLUMN_BITS>(2),
            &noted.words::<COLUMN_BITS>(3),
        );
        let form: [Symbol; FORM_BITS] = noted.behind(3, COLUMN_BITS as i32);
        columns * point.weight(&form)
    })
}

/// Of the factors of the bits of a digit, and the scale of its sums: writes a [`Digit`] right before scratch memory. The sum over all values.
pub(super) fn digit(builder: &mut Builder, memory: &Memory<Word>) -> Step<2> {
    Step::new(builder, memory, "table of a digit", |noted| {
        let bits = noted.formula.stored_words(&noted.at[0], 2 * DIGIT_BITS);
        let [scale] = noted.words(1);
        let mut factors = vec![Symbol::ONE];
        // The most significant bit first.
        for pair in bits.chunks(2).rev() {
            factors = factors
                .iter()
                .flat_map(|&x| [x * pair[0], x * pair[1]])
                .collect();
        }
        let mut below = Symbol::ZERO;
        let mut values = Vec::new();
        for factor in factors {
            values.extend([scale * below, factor]);
            below += factor;
        }
        noted.store(&values);
        below
    })
}
