//! The columns of all rows, in registers of consecutive rows, and forms evaluated on them.

use core::array::from_fn;
use core::ops::Range;

use p3_field::{Algebra, BasedVectorSpace, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::columns::{Columns, evaluate_columns};
use sheaf_argument::permutation::{TableShape, Trace};
use sheaf_program::Rows;
use sheaf_program::layout::{CELLS, COLUMNS, CONSTANT, FIRST_OUTPUT, OUTPUTS};
use sheaf_transcript::field::{coefficients, from_coefficients};
use sheaf_transcript::{EF, EPF, F, PF};

use crate::live::{Live, block_bits};
use crate::permutations::{LOW_LANE_BITS, SLOT_BITS};

/// Cells and outputs of all rows. A *group* is a register of consecutive rows.
pub(crate) struct Witness {
    /// The cells of each block of rows; groups after the last one are zero.
    blocks: Vec<Block>,
    /// Log of the groups of a block.
    log_block: usize,
    /// For each group, every output: zero on rows without a permutation. Groups after the last one are zero.
    pub(crate) outputs: Vec<[PF; OUTPUTS]>,
}

/// The cells of the groups of a block of rows: only those that are live.
struct Block {
    width: usize,
    cells: Vec<PF>,
}

/// The columns of a group.
#[derive(Clone, Copy)]
struct Group<'a> {
    cells: &'a [PF],
    outputs: &'a [PF],
}

impl Group<'_> {
    #[inline]
    fn column(&self, column: usize) -> PF {
        let value = match column {
            ..CELLS => self.cells.get(column),
            CONSTANT => Some(&PF::ONE),
            _ => self.outputs.get(column - FIRST_OUTPUT),
        };
        value.copied().unwrap_or_default()
    }
}

impl Block {
    /// Transposes the first cells of rows.
    fn new(cells: &[F], width: usize) -> Self {
        let mut registers = PF::zero_vec(cells.len().div_ceil(PF::WIDTH * CELLS) * width);
        registers
            .par_chunks_exact_mut(width)
            .zip(cells.par_chunks(PF::WIDTH * CELLS))
            .with_min_len(16)
            .for_each(|(out, rows)| {
                for (lane, row) in rows.chunks_exact(CELLS).enumerate() {
                    for (out, &x) in out.iter_mut().zip(row) {
                        out.as_slice_mut()[lane] = x;
                    }
                }
            });
        Self {
            width,
            cells: registers,
        }
    }
}

impl Witness {
    /// Transposes the cells, which come row by row and are zero where they are not live, and applies all permutations, which are recorded in
    /// `trace`.
    pub(crate) fn new(cells: &[F], live: &Live, rows: &Rows, trace: Option<&mut Trace>) -> Self {
        let row_bits = rows.log_rows() - block_bits(rows.log_rows());
        let blocks = cells
            .par_chunks(CELLS << row_bits)
            .enumerate()
            .map(|(block, cells)| Block::new(cells, live.cells(block)))
            .collect();
        let mut witness = Self {
            blocks,
            log_block: row_bits - PF::WIDTH.ilog2() as usize,
            outputs: Vec::new(),
        };
        if let Some(trace) = trace {
            witness.permute(rows, trace);
        }
        witness
    }

    /// The cells of a group.
    #[inline]
    pub(crate) fn cells(&self, group: usize) -> &[PF] {
        let within = group & ((1 << self.log_block) - 1);
        let block = self.blocks.get(group >> self.log_block);
        let cells =
            block.and_then(|block| block.cells.get(within * block.width..)?.get(..block.width));
        cells.unwrap_or_default()
    }

    /// The cells of all groups.
    pub(crate) fn blocks(&self) -> Vec<Columns<'_>> {
        let blocks = self.blocks.iter();
        blocks
            .map(|block| Columns {
                count: block.width,
                cells: &block.cells,
            })
            .collect()
    }

    /// Applies the permutations of all rows that have one.
    fn permute(&mut self, rows: &Rows, trace: &mut Trace) {
        // Groups of lanes, and of rows, with the same high lane bits.
        let parts = (1 << LOW_LANE_BITS) / PF::WIDTH;
        let block_groups = parts << SLOT_BITS;
        let shape = *trace.shape();
        let lanes = |table: Option<TableShape>| table.map_or(0, |table| table.lanes);
        let blocks = lanes(shape.narrow).max(lanes(shape.wide)) >> LOW_LANE_BITS;
        let mut outputs: Vec<_> = (0..blocks * block_groups)
            .into_par_iter()
            .map(|_| [PF::ZERO; OUTPUTS])
            .collect();
        let this = &*self;
        trace
            .groups_mut()
            .chunks(parts)
            .zip(outputs.par_chunks_exact_mut(block_groups))
            .enumerate()
            .for_each(|(block, (mut lanes, outputs))| {
                for (i, out) in outputs.iter_mut().enumerate() {
                    let (slot, part) = (i / parts, i % parts);
                    let first = (block * block_groups + i) * PF::WIDTH;
                    let cells = this.cells(first / PF::WIDTH);
                    let cell = |c: usize, mask| cells.get(c).map_or(PF::ZERO, |&x| x * mask);
                    if let Some(mask) = mask(first, rows.width24()) {
                        let input = from_fn(|c| cell(c, mask));
                        let permuted = lanes[part].permute24(slot, input);
                        add_masked(out, &permuted, mask);
                    }
                    if let Some(mask) = mask(first, rows.width16()) {
                        let input = from_fn(|c| cell(c, mask));
                        let permuted = lanes[part].permute16(slot, input);
                        add_masked(out, &permuted, mask);
                    }
                }
            });
        self.outputs = outputs;
    }

    /// The columns of a group.
    #[inline]
    fn group(&self, group: usize) -> Group<'_> {
        let outputs = self.outputs.get(group);
        Group {
            cells: self.cells(group),
            outputs: outputs.map_or(&[], |outputs| &outputs[..]),
        }
    }

    /// Where the live cells of some rows end.
    pub(crate) fn width(&self, first: usize, rows: usize) -> usize {
        let block = |row: usize| (row / PF::WIDTH) >> self.log_block;
        let blocks = self.blocks.iter().take(block(first + rows - 1) + 1);
        let widths = blocks.skip(block(first)).map(|block| block.width);
        widths.max().unwrap_or(0)
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

/// Columns of which one modular reduction serves the terms.
const SPAN: usize = 4;

/// Forms, ready for registers: their terms are sorted by what the coefficients cost.
///
/// Cells of words have powers of `X`, and little else has coefficients with more than one part. The forms of a kind stand together, for there may be
/// thousands of kinds with a few rows each.
#[derive(Clone, Debug, Default)]
pub(crate) struct RegisterForms {
    /// Columns with the coefficient `X^i`, and `i`.
    powers: Vec<(usize, usize)>,
    /// Those with another multiple of `X^i`.
    multiples: Vec<(usize, usize, F)>,
    /// The others, coefficient by coefficient. Spans are filled up with zeros.
    words: Vec<([usize; SPAN], [[F; SPAN]; 5])>,
    /// Where each form ends in these lists.
    ends: Vec<[usize; 3]>,
}

impl RegisterForms {
    /// How many forms there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Appends a form.
    pub(crate) fn push(&mut self, terms: impl IntoIterator<Item = (usize, EF)>) {
        let mut words = 0;
        for (column, x) in terms {
            let x = coefficients(x);
            let mut parts = (0..x.len()).filter(|&i| x[i] != F::ZERO);
            match (parts.next(), parts.next()) {
                (None, _) => {}
                (Some(i), None) if x[i] == F::ONE => self.powers.push((column, i)),
                (Some(i), None) => self.multiples.push((column, i, x[i])),
                _ => {
                    self.push_word(words % SPAN, column, x);
                    words += 1;
                }
            }
        }
        self.end();
    }

    /// Appends a form with a coefficient for every column.
    pub(crate) fn push_dense(&mut self, form: &[EF; COLUMNS]) {
        let live = form.iter().enumerate().filter(|(_, x)| **x != EF::ZERO);
        for (word, (column, &x)) in live.enumerate() {
            self.push_word(word % SPAN, column, coefficients(x));
        }
        self.end();
    }

    fn push_word(&mut self, place: usize, column: usize, x: [F; 5]) {
        if place == 0 {
            self.words.push(Default::default());
        }
        if let Some((columns, values)) = self.words.last_mut() {
            columns[place] = column;
            for (values, x) in values.iter_mut().zip(x) {
                values[place] = x;
            }
        }
    }

    fn end(&mut self) {
        let ends = [self.powers.len(), self.multiples.len(), self.words.len()];
        self.ends.push(ends);
    }

    /// The values of a form in the rows of a group, by coefficient.
    #[inline]
    fn planes(&self, form: usize, group: Group<'_>) -> [PF; 5] {
        let starts = form.checked_sub(1).map_or([0; 3], |last| self.ends[last]);
        let ends = self.ends[form];
        let mut sums = [PF::ZERO; 5];
        for &(column, i) in &self.powers[starts[0]..ends[0]] {
            sums[i] += group.column(column);
        }
        for &(column, i, x) in &self.multiples[starts[1]..ends[1]] {
            sums[i] += group.column(column) * x;
        }
        for (columns, values) in &self.words[starts[2]..ends[2]] {
            let [a, b, c, d] = *columns;
            let columns = [
                group.column(a),
                group.column(b),
                group.column(c),
                group.column(d),
            ];
            for (sum, values) in sums.iter_mut().zip(values) {
                *sum += <PF as Algebra<F>>::mixed_dot_product(&columns, values);
            }
        }
        sums
    }

    /// The values of a form in those rows of a group that a mask selects.
    pub(crate) fn masked(&self, form: usize, witness: &Witness, group: usize, mask: PF) -> EPF {
        let planes = self.planes(form, witness.group(group));
        EPF::from_basis_coefficients_fn(|i| planes[i] * mask)
    }
}

/// Rows that one task evaluates.
const TASK_ROWS: usize = 1 << 8;

/// The values of forms in a range of rows, row by row, times the weights of the forms that have one.
pub(crate) fn evaluate_forms(
    witness: &Witness,
    range: &Range<usize>,
    forms: &RegisterForms,
    weights: &[Option<EF>],
    out: &mut [EF],
) {
    if forms.len() == 0 {
        return;
    }
    let evaluate = |(task, out): (usize, &mut [EF])| {
        let first = range.start + task * TASK_ROWS;
        let rows = first..first + out.len() / forms.len();
        for group in rows.start / PF::WIDTH..rows.end.div_ceil(PF::WIDTH) {
            let start = group * PF::WIDTH;
            let lanes = rows.start.max(start)..rows.end.min(start + PF::WIDTH);
            let group = witness.group(group);
            for i in 0..forms.len() {
                let mut planes = forms.planes(i, group);
                if let Some(&Some(weight)) = weights.get(i) {
                    let value = EPF::from_basis_coefficients_fn(|i| planes[i]) * weight;
                    planes.copy_from_slice(value.as_basis_coefficients_slice());
                }
                for row in lanes.clone() {
                    out[(row - rows.start) * forms.len() + i] =
                        from_coefficients(planes.map(|plane| plane.as_slice()[row - start]));
                }
            }
        }
    };
    if range.len() <= TASK_ROWS {
        evaluate((0, out));
        return;
    }
    out.par_chunks_mut(TASK_ROWS * forms.len())
        .enumerate()
        .for_each(evaluate);
}
