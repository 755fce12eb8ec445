//! The columns of all rows, in registers of consecutive rows, and forms evaluated on them.

use core::array::from_fn;
use core::ops::Range;

use p3_field::{BasedVectorSpace, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::columns::evaluate_columns;
use sheaf_argument::permutation::{TableShape, Trace};
use sheaf_program::Rows;
use sheaf_program::layout::{CELLS, COLUMNS, CONSTANT, FIRST_OUTPUT, OUTPUTS};
use sheaf_transcript::field::{coefficients, from_coefficients};
use sheaf_transcript::{EF, EPF, F, PF};

use crate::permutations::{LOW_LANE_BITS, SLOT_BITS};

/// Cells and outputs of all rows. A *group* is a register of consecutive rows.
pub(crate) struct Witness {
    /// For each group, every cell; groups after the last one are zero.
    pub(crate) cells: Vec<PF>,
    /// For each group, every output: zero on rows without a permutation. Groups after the last one are zero.
    pub(crate) outputs: Vec<[PF; OUTPUTS]>,
}

impl Witness {
    /// Transposes the cells, which come row by row, and applies all permutations, which are recorded in `trace`.
    pub(crate) fn new(cells: &[F], rows: &Rows, trace: Option<&mut Trace>) -> Self {
        let groups = rows.end().div_ceil(PF::WIDTH);
        let mut registers = PF::zero_vec(groups * CELLS);
        registers
            .par_chunks_exact_mut(CELLS)
            .with_min_len(16)
            .enumerate()
            .for_each(|(g, out)| {
                let rows = &cells[g * PF::WIDTH * CELLS..];
                for (lane, row) in rows.chunks_exact(CELLS).take(PF::WIDTH).enumerate() {
                    for (out, &x) in out.iter_mut().zip(row) {
                        out.as_slice_mut()[lane] = x;
                    }
                }
            });
        let mut witness = Self {
            cells: registers,
            outputs: Vec::new(),
        };
        if let Some(trace) = trace {
            witness.permute(rows, trace);
        }
        witness
    }

    /// Applies the permutations of all rows that have one.
    fn permute(&mut self, rows: &Rows, trace: &mut Trace) {
        // Groups of lanes, and of rows, with the same high lane bits.
        let parts = (1 << LOW_LANE_BITS) / PF::WIDTH;
        let block_groups = parts << SLOT_BITS;
        let shape = *trace.shape();
        let lanes = |table: Option<TableShape>| table.map_or(0, |table| table.lanes);
        let blocks = lanes(shape.narrow).max(lanes(shape.wide)) >> LOW_LANE_BITS;
        let mut outputs = vec![[PF::ZERO; OUTPUTS]; blocks * block_groups];
        let cells = &self.cells;
        trace
            .groups_mut()
            .chunks(parts)
            .zip(outputs.par_chunks_exact_mut(block_groups))
            .enumerate()
            .for_each(|(block, (mut lanes, outputs))| {
                for (i, out) in outputs.iter_mut().enumerate() {
                    let (slot, part) = (i / parts, i % parts);
                    let first = (block * block_groups + i) * PF::WIDTH;
                    let at = first / PF::WIDTH * CELLS;
                    let Some(cells) = cells.get(at..at + CELLS) else {
                        continue;
                    };
                    if let Some(mask) = mask(first, rows.width24()) {
                        let input = from_fn(|c| cells[c] * mask);
                        let permuted = lanes[part].permute24(slot, input);
                        add_masked(out, &permuted, mask);
                    }
                    if let Some(mask) = mask(first, rows.width16()) {
                        let input = from_fn(|c| cells[c] * mask);
                        let permuted = lanes[part].permute16(slot, input);
                        add_masked(out, &permuted, mask);
                    }
                }
            });
        self.outputs = outputs;
    }

    /// A column in the rows of a group.
    #[inline]
    fn column(&self, group: usize, column: usize) -> PF {
        let cell = match column {
            ..CELLS => self.cells.get(group * CELLS + column).copied(),
            CONSTANT => Some(PF::ONE),
            _ => (self.outputs.get(group)).map(|outputs| outputs[column - FIRST_OUTPUT]),
        };
        cell.unwrap_or(PF::ZERO)
    }

    /// `sum_x weights[x] z(., first + x)` for every column, where there is a power of two of weights and `first` is a multiple of it.
    pub(crate) fn combine_rows(&self, first: usize, weights: &[EF]) -> [EF; COLUMNS] {
        let mut columns = [EF::ZERO; COLUMNS];
        columns[CONSTANT] = weights.iter().copied().sum();
        if weights.len() < PF::WIDTH {
            let (group, lane) = (first / PF::WIDTH, first % PF::WIDTH);
            for (column, sum) in columns[..CONSTANT].iter_mut().enumerate() {
                let values = self.column(group, column);
                let values = &values.as_slice()[lane..];
                *sum = weights.iter().zip(values).map(|(&w, &x)| w * x).sum();
            }
            return columns;
        }
        let groups = first / PF::WIDTH..(first + weights.len()) / PF::WIDTH;
        let within = |count: usize| groups.start.min(count)..groups.end.min(count);
        let cells = within(self.cells.len() / CELLS);
        let cells = &self.cells[cells.start * CELLS..cells.end * CELLS];
        columns[..CELLS].copy_from_slice(&evaluate_columns(cells, CELLS, weights));
        let outputs = self.outputs[within(self.outputs.len())].as_flattened();
        columns[FIRST_OUTPUT..CONSTANT]
            .copy_from_slice(&evaluate_columns(outputs, OUTPUTS, weights));
        columns
    }

    /// `sum_r weights[r] o(., r)` for every output.
    pub(crate) fn combine_outputs(&self, weights: &[EF]) -> Vec<EF> {
        let groups = self.outputs.len().min(weights.len() / PF::WIDTH);
        evaluate_columns(self.outputs[..groups].as_flattened(), OUTPUTS, weights)
    }
}

/// Which rows of a group are in the ranges; `None` if none is.
pub(crate) fn mask(first: usize, ranges: &[Range<usize>]) -> Option<PF> {
    let group = first..first + PF::WIDTH;
    let overlaps = |range: &Range<usize>| range.start < group.end && group.start < range.end;
    let inside = |row| ranges.iter().any(|range| range.contains(&row));
    ranges
        .iter()
        .any(|range| overlaps(range) && !range.is_empty())
        .then(|| PF::from_fn(|lane| F::from_bool(inside(first + lane))))
}

fn add_masked(out: &mut [PF; OUTPUTS], permuted: &[PF], mask: PF) {
    for (out, &x) in out.iter_mut().zip(permuted) {
        *out += x * mask;
    }
}

/// A form, ready for registers.
#[derive(Clone, Debug, Default)]
pub(crate) struct RegisterForm {
    /// Columns with a coefficient in the base field.
    base: Vec<(usize, F)>,
    /// The others.
    words: Vec<(usize, [F; 5])>,
}

impl RegisterForm {
    pub(crate) fn new(terms: impl IntoIterator<Item = (usize, EF)>) -> Self {
        let mut form = Self::default();
        for (column, value) in terms {
            let value = coefficients(value);
            match value {
                [F::ZERO, F::ZERO, F::ZERO, F::ZERO, F::ZERO] => {}
                [x, F::ZERO, F::ZERO, F::ZERO, F::ZERO] => form.base.push((column, x)),
                _ => form.words.push((column, value)),
            }
        }
        form
    }

    /// The form with a coefficient for every column.
    pub(crate) fn dense(coefficients: &[EF; COLUMNS]) -> Self {
        Self::new(coefficients.iter().copied().enumerate())
    }

    /// Its values in the rows of a group, by coefficient.
    #[inline]
    fn planes(&self, witness: &Witness, group: usize) -> [PF; 5] {
        let mut sums = [PF::ZERO; 5];
        for &(column, value) in &self.base {
            sums[0] += witness.column(group, column) * value;
        }
        for (column, value) in &self.words {
            let x = witness.column(group, *column);
            for (sum, &value) in sums.iter_mut().zip(value) {
                *sum += x * value;
            }
        }
        sums
    }

    /// Its values in those rows of a group that a mask selects.
    pub(crate) fn masked(&self, witness: &Witness, group: usize, mask: PF) -> EPF {
        let planes = self.planes(witness, group);
        EPF::from_basis_coefficients_fn(|i| planes[i] * mask)
    }
}

/// Rows that one task evaluates.
const TASK_ROWS: usize = 1 << 8;

/// The values of forms in a range of rows, row by row.
pub(crate) fn evaluate_forms(
    witness: &Witness,
    range: &Range<usize>,
    forms: &[RegisterForm],
    out: &mut [EF],
) {
    if forms.is_empty() {
        return;
    }
    out.par_chunks_mut(TASK_ROWS * forms.len())
        .enumerate()
        .for_each(|(task, out)| {
            let first = range.start + task * TASK_ROWS;
            let rows = first..first + out.len() / forms.len();
            for group in rows.start / PF::WIDTH..rows.end.div_ceil(PF::WIDTH) {
                let start = group * PF::WIDTH;
                let lanes = rows.start.max(start)..rows.end.min(start + PF::WIDTH);
                for (i, form) in forms.iter().enumerate() {
                    let planes = form.planes(witness, group);
                    for row in lanes.clone() {
                        out[(row - rows.start) * forms.len() + i] =
                            from_coefficients(planes.map(|plane| plane.as_slice()[row - start]));
                    }
                }
            }
        });
}
