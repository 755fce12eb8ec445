//! The layers between the output layer and the input, and the claims between them.

use core::array::from_fn;

use sheaf_sumcheck::{skip, univariate};
use sheaf_transcript::{EF, Extension, Label};

use super::poseidon::{HALF_FULL_ROUNDS, Poseidon};
use super::{InputClaim, SKIP, Shape};

/// Labels of the messages.
pub(crate) mod label {
    use super::Label;

    /// `c_1, .., c_3` (lanes) or `c_1, .., c_4` (slots) of the output layer.
    pub(crate) const OUTPUT_ROUND: Label = Label::new("permutation/output round");
    /// `c_1, .., c_21` of the univariate round.
    pub(crate) const SKIP: Label = Label::new("permutation/skip");
    /// `c_1, .., c_3` of a round.
    pub(crate) const ROUND: Label = Label::new("permutation/round");
    /// All columns of a full layer, or `u16`, `u24` and `L`.
    pub(crate) const EVALUATIONS: Label = Label::new("permutation/evaluations");
}

/// A layer, with the round of the permutation of each width that it removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// A full round of both widths.
    Full { narrow: usize, wide: usize },
    /// A partial round of width 24 and, except at the end, of width 16.
    Partial { narrow: Option<usize>, wide: usize },
}

/// A point shared by both tables.
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
    /// The weights of all `2^log_slots` slots of one table.
    pub(crate) fn slot_weights(&self, log_slots: usize) -> Vec<E> {
        let own = &self.slots[self.slots.len() - (log_slots - SKIP)..];
        let high = sheaf_sumcheck::eq::table(own);
        let low = self.skip.values();
        high.iter().flat_map(|&h| low.map(|low| h * low)).collect()
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
        if self.differences.is_empty() {
            self.gate = self.poseidon.transposed_powers(&self.weights, self.ratio);
            self.poseidon.constant(&self.weights, round + 1)
        } else {
            self.gate = self
                .poseidon
                .weights_across(&self.weights, self.ratio, &self.differences);
            self.poseidon
                .constant_across(&self.weights, &self.differences)
        }
    }
}

/// A claim between two layers, and inside one.
///
/// Between layers it reads `<narrow, a16> + <wide, a24> = value` at `point`, up to the
/// constants of the partial layers so far: they would be an additive constant of the
/// linear column, which the prover is spared by subtracting them once, in the full layer
/// that follows.
#[derive(Clone, Debug)]
pub(crate) struct State<E = EF> {
    pub(crate) narrow: Form<16, E>,
    pub(crate) wide: Form<24, E>,
    pub(crate) point: Point<E>,
    pub(crate) value: E,
}

impl<E: Extension> State<E> {
    /// The state after the output layer has left its evaluations at `point`.
    pub(crate) fn new(point: Point<E>) -> Self {
        Self {
            narrow: Form::new(Poseidon::narrow()),
            wide: Form::new(Poseidon::wide()),
            point,
            value: E::ZERO,
        }
    }

    /// The layers in the order of the reduction.
    pub(crate) fn layers(&self) -> Vec<Layer> {
        let narrow = self.narrow.poseidon.round_constants.len();
        let wide = self.wide.poseidon.round_constants.len();
        let full = |i| Layer::Full {
            narrow: narrow - i,
            wide: wide - i,
        };
        let partial = |i| Layer::Partial {
            narrow: (i < self.narrow.poseidon.partial_rounds())
                .then(|| narrow - HALF_FULL_ROUNDS - 1 - i),
            wide: wide - HALF_FULL_ROUNDS - 1 - i,
        };
        (2..=HALF_FULL_ROUNDS)
            .map(full)
            .chain((0..self.wide.poseidon.partial_rounds()).map(partial))
            .chain((0..HALF_FULL_ROUNDS).rev().map(|round| Layer::Full {
                narrow: round,
                wide: round,
            }))
            .collect()
    }

    /// Moves the claim across the linear part of a layer.
    pub(crate) fn enter(&mut self, layer: Layer) {
        match layer {
            Layer::Full { narrow, wide } => {
                self.value -= self.narrow.enter_full(narrow) + self.wide.enter_full(wide);
            }
            Layer::Partial { narrow, .. } => {
                self.wide.enter_partial();
                if narrow.is_some() {
                    self.narrow.enter_partial();
                }
            }
        }
    }

    /// The value of a layer's gate, given the evaluations sent at its end.
    pub(crate) fn gate(&self, evaluations: &[E]) -> E {
        let [narrow, wide] = [self.narrow.gate[0], self.wide.gate[0]];
        match *evaluations {
            [u24, linear] => wide * u24.cube() + linear,
            [u16, u24, linear] => narrow * u16.cube() + wide * u24.cube() + linear,
            _ => {
                let weights = self.narrow.gate.iter().chain(&self.wide.gate);
                weights.zip(evaluations).map(|(&v, e)| v * e.cube()).sum()
            }
        }
    }

    /// Batches the evaluations sent at the end of a layer.
    ///
    /// After a partial layer the claim is `L + γ u16 + γ^2 u24`, with `γ^2` whether or
    /// not there is a `u16`; after a full layer it is `sum_i γ^i e_i` from `i = 1`.
    pub(crate) fn leave(&mut self, evaluations: &[E], gamma: E) {
        let square = gamma.square();
        match *evaluations {
            [u24, linear] => {
                self.value = linear + square * u24;
                self.wide.leave_partial(square);
            }
            [u16, u24, linear] => {
                self.value = linear + gamma * u16 + square * u24;
                self.narrow.leave_partial(gamma);
                self.wide.leave_partial(square);
            }
            _ => {
                let powers = univariate::powers(gamma, 1 + 16 + 24);
                let powers = &powers[1..];
                self.value = powers.iter().zip(evaluations).map(|(&p, &e)| p * e).sum();
                self.narrow.leave_full(&powers[..16], gamma);
                self.wide.leave_full(&powers[16..], gamma);
            }
        }
    }

    /// The claim about inputs, given the evaluations of `a_0`.
    pub(crate) fn input_claim(&self, shape: &Shape, evaluations: &[E]) -> InputClaim<E> {
        let (narrow, wide) = evaluations.split_at(16);
        InputClaim {
            lane_point: self.point.lanes.clone(),
            slot_weights16: self.point.slot_weights(shape.log_slots16),
            slot_weights24: self.point.slot_weights(shape.log_slots24),
            inputs16: from_fn(|j| narrow[j] - self.narrow.poseidon.round_constants[0][j]),
            inputs24: from_fn(|j| wide[j] - self.wide.poseidon.round_constants[0][j]),
        }
    }
}

impl Layer {
    /// Evaluations sent at the end of the layer: the 16 + 24 columns, or `[u16,] u24, L`.
    pub(crate) const fn evaluations(self) -> usize {
        match self {
            Self::Full { .. } => 16 + 24,
            Self::Partial {
                narrow: Some(_), ..
            } => 3,
            Self::Partial { narrow: None, .. } => 2,
        }
    }
}
