//! The claims between two layers.

use core::array::from_fn;

use sheaf_sumcheck::{eq, skip, univariate};
use sheaf_transcript::{EF, Extension};

use super::claims::{InputClaim, SlotWeights, TableClaim};
use super::layers::{Evaluations, Layer};
use super::poseidon::Poseidon;
use super::shape::{SKIP, Shape, TableShape};

/// A point, which all tables share.
#[derive(Clone, Debug)]
pub(crate) struct Point<E = EF> {
    /// Weights of the values of the low slot bits.
    pub(crate) skip: skip::Weights<E>,
    /// Coordinates for the high slot bits of the larger table.
    pub(crate) slots: Vec<E>,
    /// Coordinates for the lane bits.
    pub(crate) lanes: Vec<E>,
}

impl<E: Extension> Point<E> {
    /// The point of the slot variables of the larger table, and that of the lanes, where the output layer ends.
    pub(crate) fn new(slots: &[E], lanes: Vec<E>) -> Self {
        let (high, low) = slots.split_at(slots.len() - SKIP);
        let low = eq::table(low);
        Self {
            skip: skip::Weights::Values(from_fn(|x| low[x])),
            slots: high.to_vec(),
            lanes,
        }
    }
}

/// A linear form in the states of one width.
///
/// After a full layer its weights are powers of a challenge. It keeps these across the
/// partial layers, with what each of them has changed at element 0 (see [`Poseidon`]).
#[derive(Clone, Debug)]
pub(crate) struct Form<const W: usize, E = EF> {
    pub(crate) poseidon: &'static Poseidon<W>,
    /// What the last full layer has left: consecutive powers of `ratio`.
    pub(crate) weights: [E; W],
    ratio: E,
    /// What each partial layer since then has added to the weight of element 0.
    differences: Vec<E>,
    /// The weight of element 0 that the last partial layer has left.
    pub(crate) element: E,
    /// The weights of the cubes of the layer that has been entered; of a partial one, that of element 0 alone.
    pub(crate) gate: [E; W],
}

impl<const W: usize, E: Extension> Form<W, E> {
    fn new(poseidon: &'static Poseidon<W>) -> Self {
        Self {
            poseidon,
            weights: [E::ZERO; W],
            ratio: E::ZERO,
            differences: Vec::new(),
            element: E::ZERO,
            gate: [E::ZERO; W],
        }
    }

    /// Takes the weights that batch the columns of a full layer.
    fn leave_full(&mut self, powers: &[E], ratio: E) {
        self.weights = from_fn(|j| powers[j]);
        self.ratio = ratio;
        self.differences.clear();
    }

    /// Takes the weight of element 0 after a partial layer.
    fn leave_partial(&mut self, element: E) {
        self.differences.push(element - self.gate[0]);
        self.element = element;
    }

    /// Finds the weights of the cubes of a partial round. Its constants wait for the next full one.
    fn enter_partial(&mut self) {
        self.gate[0] = self
            .poseidon
            .element_weight(&self.weights, &self.differences);
    }

    /// Finds the weights of the cubes of full round `round`.
    ///
    /// Returns the constants `<w, c>` that separate the values of the form there and after
    /// the last full layer.
    fn enter_full(&mut self, round: usize) -> E {
        let Self {
            poseidon,
            weights,
            ratio,
            differences,
            ..
        } = &*self;
        if differences.is_empty() {
            let constant = poseidon.constant(weights, round + 1);
            self.gate = poseidon.transposed_powers(weights, *ratio);
            constant
        } else {
            let constant = poseidon.constant_across(weights, differences);
            self.gate = poseidon.weights_across(weights, *ratio, differences);
            constant
        }
    }

    /// The value of the cubes of a full layer.
    fn cubes(&self, columns: &[E; W]) -> E {
        let terms = self.gate.iter().zip(columns);
        terms.map(|(&v, x)| v * x.cube()).sum()
    }

    /// The claim about inputs, given the evaluations of `a_0`.
    fn input_claim(&self, slots: SlotWeights<E>, columns: &[E; W]) -> TableClaim<W, E> {
        let constants = &self.poseidon.round_constants[0];
        TableClaim {
            slots,
            inputs: from_fn(|j| columns[j] - constants[j]),
        }
    }
}

/// A claim between two layers, and inside one.
///
/// Between layers it reads `<narrow, a16> + <wide, a24> = value` at `point`, up to the
/// constants of the partial layers so far: they would be an additive constant of the
/// linear column, which the prover is spared by subtracting them once, in the full layer
/// that follows. A table that is absent has no form.
#[derive(Clone, Debug)]
pub(crate) struct State<E = EF> {
    pub(crate) narrow: Option<Form<16, E>>,
    pub(crate) wide: Option<Form<24, E>>,
    pub(crate) point: Point<E>,
    pub(crate) value: E,
}

impl<E: Extension> State<E> {
    /// The state after the output layer has left its evaluations at `point`.
    pub(crate) fn new(shape: &Shape, point: Point<E>) -> Self {
        Self {
            narrow: shape.narrow.map(|_| Form::new(Poseidon::narrow())),
            wide: shape.wide.map(|_| Form::new(Poseidon::wide())),
            point,
            value: E::ZERO,
        }
    }

    /// Moves the claim across the linear part of a layer.
    pub(crate) fn enter(&mut self, layer: Layer) {
        match layer {
            Layer::Full { narrow, wide } => {
                if let (Some(form), Some(round)) = (&mut self.narrow, narrow) {
                    self.value -= form.enter_full(round);
                }
                if let (Some(form), Some(round)) = (&mut self.wide, wide) {
                    self.value -= form.enter_full(round);
                }
            }
            Layer::Partial { narrow, wide } => {
                if let (Some(form), Some(_)) = (&mut self.narrow, narrow) {
                    form.enter_partial();
                }
                if let (Some(form), Some(_)) = (&mut self.wide, wide) {
                    form.enter_partial();
                }
            }
        }
    }

    /// The value of a layer's gate, given the evaluations sent at its end.
    pub(crate) fn gate(&self, evaluations: &Evaluations<E>) -> E {
        let mut value = E::ZERO;
        match evaluations {
            Evaluations::Full { narrow, wide } => {
                if let (Some(form), Some(columns)) = (&self.narrow, narrow) {
                    value += form.cubes(columns);
                }
                if let (Some(form), Some(columns)) = (&self.wide, wide) {
                    value += form.cubes(columns);
                }
            }
            Evaluations::Partial {
                narrow,
                wide,
                linear,
            } => {
                value += *linear;
                if let (Some(form), Some(u)) = (&self.narrow, narrow) {
                    value += form.gate[0] * u.cube();
                }
                if let (Some(form), Some(u)) = (&self.wide, wide) {
                    value += form.gate[0] * u.cube();
                }
            }
        }
        value
    }

    /// Batches the evaluations sent at the end of a layer.
    ///
    /// After a partial layer the claim is `L + γ u16 + γ^2 u24`, with `γ^2` whether or
    /// not there is a `u16`; after a full layer it is `sum_i γ^i e_i` from `i = 1`.
    pub(crate) fn leave(&mut self, evaluations: &Evaluations<E>, gamma: E) {
        match evaluations {
            Evaluations::Full { narrow, wide } => {
                let columns = || narrow.iter().flatten().chain(wide.iter().flatten());
                let powers = univariate::powers(gamma, 1 + columns().count());
                let mut powers = &powers[1..];
                self.value = powers.iter().zip(columns()).map(|(&p, &e)| p * e).sum();
                if let Some(form) = &mut self.narrow {
                    form.leave_full(powers, gamma);
                    powers = &powers[16..];
                }
                if let Some(form) = &mut self.wide {
                    form.leave_full(powers, gamma);
                }
            }
            Evaluations::Partial {
                narrow,
                wide,
                linear,
            } => {
                self.value = *linear;
                if let (Some(form), Some(u)) = (&mut self.narrow, narrow) {
                    self.value += gamma * *u;
                    form.leave_partial(gamma);
                }
                if let (Some(form), Some(u)) = (&mut self.wide, wide) {
                    let square = gamma.square();
                    self.value += square * *u;
                    form.leave_partial(square);
                }
            }
        }
    }

    /// The claim about inputs, given the evaluations of the last layer: those of `a_0`.
    pub(crate) fn input_claim(&self, shape: &Shape, evaluations: &Evaluations<E>) -> InputClaim<E> {
        let Evaluations::Full { narrow, wide } = evaluations else {
            unreachable!("the last layer is a full one")
        };
        let point = &self.point;
        let low = point.skip.values();
        let of = |table: TableShape| SlotWeights::new(&low, &point.slots, table.log_slots);
        let narrow = self.narrow.as_ref().zip(narrow.as_ref()).zip(shape.narrow);
        let wide = self.wide.as_ref().zip(wide.as_ref()).zip(shape.wide);
        InputClaim {
            lane_point: point.lanes.clone(),
            narrow: narrow.map(|((form, columns), table)| form.input_claim(of(table), columns)),
            wide: wide.map(|((form, columns), table)| form.input_claim(of(table), columns)),
        }
    }
}
