//! Which cells are committed to.
//!
//! The cells of all rows are one polynomial `zc`, in seven variables for the column and `h` for the row. The four high bits of
//! the column and the `min(4, h - 7)` high bits of the row select a *slice*: eight cells of the rows of one *block*. Of
//! each eight cells the first `w_i` blocks are live, `i < 12`; the other slices are publicly zero.
//!
//! Twelve numbers say all that: columns from 96 on, which are outputs and the constant, have no number, so that no live slice can put a
//! free cell beside them.

use sheaf_pcs::{Claim, Layout};
use sheaf_program::layout::{CELLS, COLUMN_BITS};
use sheaf_program::rows::LOG_ROWS_MIN;
use sheaf_transcript::Extension;

/// Cells of a row in one slice.
pub const SLICE_CELLS: usize = 8;
/// High bits of the column.
pub const SLICE_COLUMN_BITS: usize = 4;
/// Most high bits of the row.
const MAX_BLOCK_BITS: usize = 4;
/// How many numbers say which slices are live.
pub const STAIRS: usize = CELLS / SLICE_CELLS;

/// The live slices: `w_i` blocks of rows for cells `8 i .. 8 i + 8`. Public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Live(pub [u8; STAIRS]);

/// Log of the number of blocks that `2^log_rows` rows have.
pub(crate) fn block_bits(log_rows: usize) -> usize {
    (log_rows - LOG_ROWS_MIN).min(MAX_BLOCK_BITS)
}

impl Live {
    /// The least live slices that hold all cells other than zero, of `2^log_rows` rows.
    #[cfg(feature = "prover")]
    pub(crate) fn covering(cells: &[sheaf_transcript::F], log_rows: usize) -> Self {
        use p3_field::PrimeCharacteristicRing;
        use rayon::prelude::*;
        use sheaf_transcript::F;

        // Rows that one task looks at.
        const TASK: usize = 1 << LOG_ROWS_MIN;
        let block_tasks = 1 << (log_rows - block_bits(log_rows) - LOG_ROWS_MIN);
        let live = |(task, rows): (usize, &[F])| -> [u8; STAIRS] {
            let mut live = [false; STAIRS];
            for row in rows.chunks(CELLS) {
                for (live, cells) in live.iter_mut().zip(row.chunks(SLICE_CELLS)) {
                    *live |= cells.iter().fold(false, |any, &x| any | (x != F::ZERO));
                }
            }
            live.map(|live| {
                if live {
                    (task / block_tasks) as u8 + 1
                } else {
                    0
                }
            })
        };
        let most = |a: [u8; STAIRS], b: [u8; STAIRS]| core::array::from_fn(|i| a[i].max(b[i]));
        let tasks = cells.par_chunks(CELLS * TASK).enumerate();
        let mut stairs = tasks.map(live).reduce(|| [0; STAIRS], most);
        // Something is committed to in any case.
        stairs[0] = stairs[0].max(1);
        Self(stairs)
    }

    /// Where the live cells of a block of rows end; there are some.
    #[cfg(feature = "prover")]
    pub(crate) fn cells(&self, block: usize) -> usize {
        let last = self.0.iter().rposition(|&w| usize::from(w) > block);
        SLICE_CELLS * (last.unwrap_or(0) + 1)
    }

    /// The first number that is larger than that of blocks.
    pub(crate) fn beyond(&self, log_rows: usize) -> Option<usize> {
        self.0
            .iter()
            .position(|&w| usize::from(w) > 1 << block_bits(log_rows))
    }

    /// Live slices.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.iter().map(|&w| usize::from(w)).sum()
    }

    /// The layout of the polynomial.
    pub(crate) fn layout(&self, log_rows: usize) -> Layout {
        let block_bits = block_bits(log_rows);
        let slices =
            |(i, &w): (usize, &u8)| (0..usize::from(w)).map(move |block| (i << block_bits) + block);
        Layout {
            inner_variables: COLUMN_BITS - SLICE_COLUMN_BITS + log_rows - block_bits,
            slice_variables: SLICE_COLUMN_BITS + block_bits,
            live: self.0.iter().enumerate().flat_map(slices).collect(),
        }
    }

    /// The matrix of the cells in live slices.
    #[cfg(feature = "prover")]
    pub(crate) fn stack(
        &self,
        witness: &crate::witness::Witness,
        log_rows: usize,
    ) -> Vec<sheaf_transcript::F> {
        use p3_field::{PackedValue, PrimeCharacteristicRing};
        use rayon::prelude::*;
        use sheaf_transcript::{F, PF};

        let layout = self.layout(log_rows);
        let width = layout.width();
        let log_groups = log_rows - block_bits(log_rows) - PF::WIDTH.ilog2() as usize;
        let places: Vec<(usize, usize)> = self
            .0
            .iter()
            .enumerate()
            .flat_map(|(i, &w)| (0..usize::from(w)).map(move |block| (SLICE_CELLS * i, block)))
            .collect();
        let mut matrix = F::zero_vec(width << layout.inner_variables);
        matrix
            .par_chunks_exact_mut(width * PF::WIDTH)
            .with_min_len(1 << 4)
            .enumerate()
            .for_each(|(j, out)| {
                let (column, group) = (j >> log_groups, j & ((1 << log_groups) - 1));
                for (slice, &(first, block)) in places.iter().enumerate() {
                    let cells = witness.cells((block << log_groups) + group);
                    if let Some(lanes) = cells.get(first + column) {
                        let out = out.iter_mut().skip(slice).step_by(width);
                        for (out, &x) in out.zip(lanes.as_slice()) {
                            *out = x;
                        }
                    }
                }
            });
        matrix
    }
}

/// The claim that `zc` has this value at a point of the column and of the row.
pub(crate) fn claim<E: Extension>(column_point: &[E], row_point: &[E], value: E) -> Claim<E> {
    let (column_high, column_low) = column_point.split_at(SLICE_COLUMN_BITS);
    let (row_high, row_low) = row_point.split_at(block_bits(row_point.len()));
    Claim {
        point: [column_high, row_high, column_low, row_low].concat(),
        value,
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_program::{Counts, Header, Rows};
    use sheaf_sumcheck::eq;
    use sheaf_transcript::{EF, F};

    use super::*;
    use crate::witness::Witness;

    /// The witness of a program of one kind, without permutations.
    fn witness(cells: &[F], live: &Live) -> Witness {
        let header = Header {
            zone_a: [0; 3],
            zone_b: [0, 0, 1],
        };
        let counts = Counts {
            instances: 1,
            log_block: 0,
            zone_b: vec![(cells.len() / CELLS) as u32],
        };
        Witness::new(cells, live, &Rows::new(&header, &counts).unwrap(), None)
    }

    #[test]
    fn the_claim_is_about_the_cells() {
        for log_rows in [7, 8, 10, 12] {
            let rows = (1 << log_rows) - 5;
            let cell = |row: usize, column: usize| {
                let zero = column >= 40 || (column >= 16 && row > 100);
                F::from_bool(!zero) * F::from_usize(97 * row + column + 1)
            };
            let cells: Vec<F> = (0..rows * CELLS)
                .map(|i| cell(i / CELLS, i % CELLS))
                .collect();
            let live = Live::covering(&cells, log_rows);
            assert_eq!(live.beyond(log_rows), None);
            let layout = live.layout(log_rows);
            let matrix = live.stack(&witness(&cells, &live), log_rows);
            let point = |n, seed| {
                (0..n)
                    .map(|i| EF::from_usize(seed + 5 * i).cube())
                    .collect::<Vec<_>>()
            };
            let (y, r) = (point(7, 3), point(log_rows, 1000));
            let (columns, weights) = (eq::table(&y), eq::table(&r));
            let expected: EF = (0..rows)
                .map(|row| {
                    let sum: EF = (0..CELLS).map(|c| columns[c] * cell(row, c)).sum();
                    sum * weights[row]
                })
                .sum();
            let claim = claim(&y, &r, expected);
            let (slices, inner) = claim.point.split_at(layout.slice_variables);
            let (slices, inner) = (eq::table(slices), eq::table(inner));
            let width = layout.width();
            let value: EF = (0..matrix.len())
                .map(|i| slices[layout.live[i % width]] * inner[i / width] * matrix[i])
                .sum();
            assert_eq!(value, expected, "2^{log_rows} rows");
        }
    }

    #[test]
    fn slices_are_cells_only() {
        let most = Live([16; STAIRS]).layout(11);
        assert_eq!(most.live.len(), 192);
        assert!(most.live.iter().all(|slice| slice >> 4 < STAIRS));
        assert_eq!(Live([16; STAIRS]).beyond(11), None);
        let mut live = Live([8; STAIRS]);
        assert_eq!(live.beyond(10), None);
        live.0[3] = 9;
        assert_eq!(live.beyond(10), Some(3));
        live.0[3] = 1;
        assert_eq!(live.beyond(7), Some(0));
    }
}
