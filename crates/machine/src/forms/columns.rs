//! The columns of rows, combined with weights, in registers of columns.

use core::array::from_fn;

use p3_field::{
    Algebra, BasedVectorSpace, PackedFieldExtension, PackedValue, PrimeCharacteristicRing,
};
use rayon::prelude::*;
use sheaf_program::layout::{CELLS, COLUMN_BITS, COLUMNS, CONSTANT, OUTPUTS};
use sheaf_sumcheck::eq;
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, EPF, F, PF};

use crate::segments::{Expand, FullRow, Pair};
use crate::witness::Witness;

/// Registers of all columns.
const REGISTERS: usize = (1 << COLUMN_BITS) / PF::WIDTH;
/// Those of cells.
const CELL_REGISTERS: usize = CELLS / PF::WIDTH;
/// Rows that one modular reduction serves.
const SPAN: usize = 4;
/// Rows that one task combines.
const TASK: usize = 1 << 10;

/// Parts of the combined columns.
type Sums = [[PF; 5]; REGISTERS];

/// Writes out the columns of a row, with their weights.
pub(super) struct Columns<'a> {
    /// The cells, row by row.
    cells: &'a [F],
    witness: &'a Witness,
    /// `U_k`.
    forms: Vec<[EPF; REGISTERS]>,
    /// The weights of the rows that have become one.
    weights: Vec<EF>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(cells: &'a [F], witness: &'a Witness, forms: &[[EF; COLUMNS]]) -> Self {
        let pack = |form: &[EF; COLUMNS]| {
            let at = |y: usize| form.get(y).copied().unwrap_or_default();
            from_fn(|i| EPF::from_ext_fn(|lane| at(i * PF::WIDTH + lane)))
        };
        Self {
            cells,
            witness,
            forms: forms.par_iter().map(pack).collect(),
            weights: Vec::new(),
        }
    }

    /// `sum_x weights[x] z(., first + x)`, but for the constant.
    fn combine(&self, first: usize, weights: &[EF]) -> Sums {
        let mut sums = [[PF::ZERO; 5]; REGISTERS];
        let live = self.witness.width(first, weights.len());
        let live = live.div_ceil(PF::WIDTH);
        let rows = self.cells.chunks_exact(CELLS).skip(first);
        let permuted = self.witness.outputs.len() * PF::WIDTH;
        let mut rows = rows.take(weights.len());
        for (span, weights) in weights.chunks(SPAN).enumerate() {
            let first = first + span * SPAN;
            let part =
                |k: usize| from_fn(|x| weights.get(x).map_or(F::ZERO, |&w| coefficients(w)[k]));
            let parts: [[F; SPAN]; 5] = from_fn(part);
            let cells: [&[F]; SPAN] = from_fn(|_| rows.next().unwrap_or_default());
            for (i, sums) in sums[..live].iter_mut().enumerate() {
                let columns = i * PF::WIDTH..(i + 1) * PF::WIDTH;
                let register = |x: usize| cells[x].get(columns.clone());
                let registers =
                    from_fn(|x| register(x).map_or(PF::ZERO, |cells| *PF::from_slice(cells)));
                add_span(sums, &registers, &parts);
            }
            if first < permuted {
                for (i, sums) in sums[CELL_REGISTERS..].iter_mut().enumerate() {
                    let registers = from_fn(|x| {
                        PF::from_fn(|lane| self.output(first + x, i * PF::WIDTH + lane))
                    });
                    add_span(sums, &registers, &parts);
                }
            }
        }
        sums
    }

    /// An output of a row.
    fn output(&self, row: usize, j: usize) -> F {
        match self.witness.outputs.get(row / PF::WIDTH) {
            Some(outputs) if j < OUTPUTS => outputs[j].as_slice()[row % PF::WIDTH],
            _ => F::ZERO,
        }
    }
}

fn add_span(sums: &mut [PF; 5], registers: &[PF; SPAN], parts: &[[F; SPAN]; 5]) {
    for (sum, parts) in sums.iter_mut().zip(parts) {
        *sum += <PF as Algebra<F>>::mixed_dot_product(registers, parts);
    }
}

impl Expand for Columns<'_> {
    const REGISTERS: usize = REGISTERS;

    fn enter(&mut self, bound: &[EF]) {
        let point: Vec<EF> = bound.iter().rev().copied().collect();
        self.weights = eq::par_prefix_table(&point, 1 << point.len());
    }

    fn expand(&self, kind: usize, row: usize, pairs: &[Pair]) -> FullRow {
        let first = row * self.weights.len();
        let mut sums = if self.weights.len() <= TASK {
            self.combine(first, &self.weights)
        } else {
            let tasks = self.weights.par_chunks(TASK).enumerate();
            let sums = tasks.map(|(i, weights)| self.combine(first + i * TASK, weights));
            sums.reduce(
                || [[PF::ZERO; 5]; REGISTERS],
                |mut a, b| {
                    for (a, b) in a.as_flattened_mut().iter_mut().zip(b.as_flattened()) {
                        *a += *b;
                    }
                    a
                },
            )
        };
        // The constant's weights add up to one.
        sums[CONSTANT / PF::WIDTH][0].as_slice_mut()[CONSTANT % PF::WIDTH] = F::ONE;
        let [weight, _] = pairs[0];
        let mut out = FullRow::default();
        for (register, (form, sums)) in self.forms[kind].iter().zip(&sums).enumerate() {
            let column = EPF::from_basis_coefficients_fn(|k| sums[k]);
            let form = if *form == EPF::ZERO {
                *form
            } else {
                *form * weight
            };
            out.push(register, [form, column]);
        }
        out
    }
}
