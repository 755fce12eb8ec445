//! Passes over all cells, which are stored as one register per column for each group of lanes.

use core::array::from_fn;

use p3_field::{Algebra, BasedVectorSpace, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::{coefficients, from_coefficients};
use sheaf_transcript::{EF, EPF, F, PF};

/// The columns of consecutive groups of lanes.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// Columns of a group; those behind are zero.
    pub count: usize,
    /// The columns of all groups, group by group.
    pub cells: &'a [PF],
}

impl Columns<'_> {
    /// Groups of lanes.
    pub(super) fn groups(&self) -> usize {
        self.cells.len().checked_div(self.count).unwrap_or(0)
    }
}

/// Lane groups that one reduction covers.
const BLOCK: usize = 8;
/// Columns whose sums fit into a cache.
const SPAN: usize = 64;
/// Blocks below which threads are not worth their start.
const PARALLEL: usize = 1 << 5;

/// `sum_lane lane_eq[lane] column_c(lane)` for every column `c`.
///
/// `cells` holds `count` columns for each group of lanes. Weights that are missing are zero.
#[must_use]
pub fn evaluate_columns(cells: &[PF], count: usize, lane_eq: &[EF]) -> Vec<EF> {
    // The weights as SIMD planes, one per coefficient, padded with zeros to whole blocks.
    let planes: Vec<[[PF; BLOCK]; 5]> = lane_eq
        .par_chunks(BLOCK * PF::WIDTH)
        .with_min_len(PARALLEL)
        .map(|weights| {
            from_fn(|i| {
                from_fn(|g| {
                    PF::from_fn(|lane| {
                        let weight = weights.get(g * PF::WIDTH + lane);
                        weight.map_or(F::ZERO, |&x| coefficients(x)[i])
                    })
                })
            })
        })
        .collect();
    let mut values = EF::zero_vec(count);
    values
        .par_chunks_mut(SPAN)
        .enumerate()
        .for_each(|(span, values)| {
            let first = span * SPAN;
            let zero = || vec![[PF::ZERO; 5]; values.len()];
            let sums = cells
                .par_chunks(BLOCK * count)
                .zip(&planes)
                .with_min_len(PARALLEL)
                .fold(zero, |mut sums, (cells, planes)| {
                    for (c, sum) in sums.iter_mut().enumerate() {
                        let mut column = [PF::ZERO; BLOCK];
                        for (x, cells) in column.iter_mut().zip(cells.chunks_exact(count)) {
                            *x = cells[first + c];
                        }
                        for (sum, plane) in sum.iter_mut().zip(planes) {
                            *sum += PF::dot_product(&column, plane);
                        }
                    }
                    sums
                })
                .reduce(zero, |mut a, b| {
                    for (a, b) in a.as_flattened_mut().iter_mut().zip(b.as_flattened()) {
                        *a += *b;
                    }
                    a
                });
            for (value, sum) in values.iter_mut().zip(sums) {
                *value = from_coefficients(sum.map(|plane| plane.as_slice().iter().copied().sum()));
            }
        });
    values
}

/// The same for groups of lanes in blocks, as many columns as the widest block has.
pub(super) fn evaluate_blocks(blocks: &[Columns<'_>], mut lane_eq: &[EF]) -> Vec<EF> {
    let count = blocks.iter().map(|block| block.count).max().unwrap_or(0);
    let mut values = EF::zero_vec(count);
    for block in blocks {
        let (own, others) = lane_eq.split_at(lane_eq.len().min(block.groups() * PF::WIDTH));
        lane_eq = others;
        for (sum, value) in values
            .iter_mut()
            .zip(evaluate_columns(block.cells, block.count, own))
        {
            *sum += value;
        }
    }
    values
}

/// `sum_c form[c] column_c(lane)` for every lane of all groups.
///
/// A form may have fewer weights than there are columns; the missing ones are zero.
pub(super) fn evaluate_form(blocks: &[Columns<'_>], form: &[EF]) -> Vec<EPF> {
    /// Columns that one reduction covers.
    const SPAN: usize = 4;
    let nonzero = |&x: &EF| x != EF::ZERO;
    let first = form.iter().position(nonzero).unwrap_or(0);
    let end = form
        .iter()
        .rposition(nonzero)
        .map_or(first, |last| last + 1);
    // The weights coefficient by coefficient, padded with zeros.
    let spans: Vec<[[F; SPAN]; 5]> = form[first..end]
        .chunks(SPAN)
        .map(|span| from_fn(|i| from_fn(|j| span.get(j).map_or(F::ZERO, |&x| coefficients(x)[i]))))
        .collect();
    let of_group = |cells: &[PF]| {
        let mut sums = [PF::ZERO; 5];
        let cells = cells.get(first..).unwrap_or_default();
        for (columns, span) in cells.chunks(SPAN).zip(&spans) {
            let mut terms = [PF::ZERO; SPAN];
            terms[..columns.len()].copy_from_slice(columns);
            for (sum, weights) in sums.iter_mut().zip(span) {
                *sum += <PF as Algebra<F>>::mixed_dot_product(&terms, weights);
            }
        }
        EPF::from_basis_coefficients_fn(|i| sums[i])
    };
    let mut values = Vec::with_capacity(blocks.iter().map(Columns::groups).sum());
    for block in blocks {
        let groups = block.cells.par_chunks_exact(block.count.max(1));
        values.par_extend(groups.with_min_len(PARALLEL).map(of_group));
    }
    values
}
