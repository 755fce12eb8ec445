//! Which tables there are, and what is constant about each: the linear parts of layers, as coefficients.
//!
//! They are the native verifier's, `sheaf_argument::permutation::Poseidon`: linear maps, asked for what they do to units.

use std::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::{HALF_FULL_ROUNDS, Poseidon};
use sheaf_program::{E, F, coefficients};

use super::powers::SMALL;

/// The tables of permutations that there are: of width 16, of width 24, or both in this order.
#[derive(Clone, Debug)]
pub struct Tables(Vec<Table>);

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) width: usize,
    /// Rounds of its permutation.
    pub(super) rounds: usize,
    /// How many columns stand before its own.
    pub(super) first: usize,
    /// The exponent of its first weight after a full layer.
    pub(super) first_exponent: usize,
    /// Where its large powers stand, and what belongs to them.
    pub(super) large_at: i32,
    /// The exponent of the weight of element 0 after a partial layer.
    pub(super) partial_exponent: usize,
    linear: Linear,
}

/// The linear parts of the rounds.
#[derive(Clone, Copy, Debug)]
enum Linear {
    Narrow(&'static Poseidon<16>),
    Wide(&'static Poseidon<24>),
}

impl Tables {
    /// Tables of these widths. There is at least one.
    #[must_use]
    pub fn new(narrow: bool, wide: bool) -> Self {
        let narrow = narrow.then(|| Linear::Narrow(Poseidon::narrow()));
        let wide = wide.then(|| Linear::Wide(Poseidon::wide()));
        let mut tables: Vec<Table> = Vec::new();
        for linear in narrow.into_iter().chain(wide) {
            let (width, rounds, partial_exponent) = match linear {
                Linear::Narrow(poseidon) => (16, poseidon.rounds(), 1),
                Linear::Wide(poseidon) => (24, poseidon.rounds(), 2),
            };
            let before = tables.last();
            let first = before.map_or(0, |table| table.first + table.width);
            tables.push(Table {
                width,
                rounds,
                first,
                first_exponent: 1 + first,
                large_at: before.map_or(SMALL as i32, |table| table.large_at + table.len()),
                partial_exponent,
                linear,
            });
        }
        Self(tables)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Table> {
        self.0.iter()
    }

    /// Columns of all tables.
    pub(super) fn columns(&self) -> usize {
        self.0.iter().map(|table| table.width).sum()
    }

    /// Partial layers: as many as the table with most has partial rounds.
    pub(super) fn partial_layers(&self) -> usize {
        let all = self.0.iter().map(Table::partial_rounds);
        all.max().unwrap_or(0)
    }
}

impl Table {
    pub(super) const fn partial_rounds(&self) -> usize {
        self.rounds - 2 * HALF_FULL_ROUNDS
    }

    /// `M^T w`.
    fn transposed(&self, w: &[E]) -> Vec<E> {
        match self.linear {
            Linear::Narrow(poseidon) => poseidon.transposed::<E>(&from_fn(|j| w[j])).to_vec(),
            Linear::Wide(poseidon) => poseidon.transposed::<E>(&from_fn(|j| w[j])).to_vec(),
        }
    }

    fn unit(&self, j: usize) -> Vec<E> {
        (0..self.width).map(|i| E::from_bool(i == j)).collect()
    }

    /// `(M^T)^power e_j`.
    fn power(&self, j: usize, power: usize) -> Vec<E> {
        (0..power).fold(self.unit(j), |w, _| self.transposed(&w))
    }

    /// For each element of `(M^T)^power w` the coefficients of `w`.
    pub(super) fn rows_of_power(&self, power: usize) -> Vec<Vec<F>> {
        let columns: Vec<Vec<E>> = (0..self.width).map(|j| self.power(j, power)).collect();
        let row = |i: usize| columns.iter().map(|column| base(column[i])).collect();
        (0..self.width).map(row).collect()
    }

    /// `(M^T)^power e_0`: what a difference of the weight of element 0 becomes so many rounds later.
    pub(super) fn difference_after(&self, power: usize) -> Vec<F> {
        self.power(0, power).into_iter().map(base).collect()
    }

    /// The coefficients of `w` in `<w, c>`, for the constants `c` of a round.
    pub(super) fn constants(&self, round: usize) -> Vec<F> {
        match self.linear {
            Linear::Narrow(poseidon) => poseidon.round_constants[round].to_vec(),
            Linear::Wide(poseidon) => poseidon.round_constants[round].to_vec(),
        }
    }

    /// The coefficients of the weights and of the differences in the constants of all partial layers.
    pub(super) fn constants_across(&self) -> (Vec<F>, Vec<F>) {
        let count = self.partial_rounds();
        let at = |w: &[E], differences: &[E]| {
            base(match self.linear {
                Linear::Narrow(poseidon) => {
                    poseidon.constant_across(&from_fn(|j| w[j]), differences)
                }
                Linear::Wide(poseidon) => poseidon.constant_across(&from_fn(|j| w[j]), differences),
            })
        };
        let zeros = vec![E::ZERO; self.width];
        let none = vec![E::ZERO; count];
        let differences = |i: usize| (0..count).map(|k| E::from_bool(k == i)).collect::<Vec<E>>();
        (
            (0..self.width).map(|j| at(&self.unit(j), &none)).collect(),
            (0..count).map(|i| at(&zeros, &differences(i))).collect(),
        )
    }
}

/// An element of the base field, as constants of linear parts are.
fn base(x: E) -> F {
    coefficients(x)[0]
}
