//! The slot rounds of the output layer: a small table with explicit weights.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use sheaf_transcript::EF;

/// What the slot rounds need of each table.
pub(super) trait SlotRounds: Send + Sync {
    /// `c_1, .., c_4` of the round that pairs adjacent slots.
    fn round(&self) -> [EF; 4];
    /// Binds that variable.
    fn bind(&mut self, challenge: EF);
    /// Columns and weights when all variables have been bound.
    fn columns(&self) -> (Vec<EF>, Vec<EF>);
}

/// Columns and their weights, per slot. The gate is `sum_j weight_j column_j^3`.
pub(super) struct SlotTable<const W: usize> {
    columns: Vec<[EF; W]>,
    weights: Vec<[EF; W]>,
    /// Product of `1 - challenge` over the top variables that the table lacks.
    scale: EF,
}

impl<const W: usize> SlotTable<W> {
    pub(super) const fn new(columns: Vec<[EF; W]>, weights: Vec<[EF; W]>) -> Self {
        Self {
            columns,
            weights,
            scale: EF::ONE,
        }
    }
}

impl<const W: usize> SlotRounds for SlotTable<W> {
    fn round(&self) -> [EF; 4] {
        if let ([columns], [weights]) = (&self.columns[..], &self.weights[..]) {
            // The table fills the half of the hypercube on which the variable is zero.
            let gate: EF = columns
                .iter()
                .zip(weights)
                .map(|(s, &v)| v * s.cube())
                .sum();
            return [-self.scale * gate, EF::ZERO, EF::ZERO, EF::ZERO];
        }
        self.columns
            .par_chunks_exact(2)
            .zip(self.weights.par_chunks_exact(2))
            .map(|(columns, weights)| {
                let mut sum = [EF::ZERO; 4];
                for j in 0..W {
                    let column = (columns[0][j], columns[1][j]);
                    let weight = (weights[0][j], weights[1][j]);
                    let terms = weighted_cube(column, weight);
                    sum = from_fn(|i| sum[i] + terms[i]);
                }
                sum
            })
            .reduce(|| [EF::ZERO; 4], |a, b| from_fn(|i| a[i] + b[i]))
    }

    fn bind(&mut self, challenge: EF) {
        if self.columns.len() == 1 {
            self.scale *= EF::ONE - challenge;
        } else {
            fold(&mut self.columns, challenge);
            fold(&mut self.weights, challenge);
        }
    }

    fn columns(&self) -> (Vec<EF>, Vec<EF>) {
        let weights = self.weights[0].map(|v| v * self.scale);
        (self.columns[0].to_vec(), weights.to_vec())
    }
}

fn fold<const W: usize>(rows: &mut Vec<[EF; W]>, challenge: EF) {
    *rows = rows
        .par_chunks_exact(2)
        .map(|pair| from_fn(|j| pair[0][j] + challenge * (pair[1][j] - pair[0][j])))
        .collect();
}

/// The coefficients `c_1, .., c_4` of weight times cubed column on a line.
fn weighted_cube(column: (EF, EF), weight: (EF, EF)) -> [EF; 4] {
    let (a, d) = (column.0, column.1 - column.0);
    let (v, e) = (weight.0, weight.1 - weight.0);
    let (a2, d2) = (a.square(), d.square());
    let triple = |x: EF| x.double() + x;
    // (a + d X)^3
    let [q0, q1, q2, q3] = [a2 * a, triple(a2 * d), triple(a * d2), d2 * d];
    [v * q1 + e * q0, v * q2 + e * q1, v * q3 + e * q2, e * q3]
}
