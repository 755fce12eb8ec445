//! The matrix that is committed to.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::{F, PF};

use super::{Block, Stacking};

impl Stacking {
    /// The matrix of cells that is committed to ([`commit`](crate::commit())), from those of all tables.
    ///
    /// A table's cells come by registers of rows: `cells[g * columns + c]` holds those of column `c` in rows
    /// `g * PF::WIDTH` and following. Rows after the last register are zero.
    ///
    /// # Panics
    /// If there are not as many lists of cells as tables.
    #[must_use]
    pub fn stack(&self, cells: &[&[PF]]) -> Vec<F> {
        assert_eq!(cells.len(), self.blocks.len(), "tables");
        let width = self.layout.width();
        let mut matrix = F::zero_vec(width << self.layout.inner_variables);
        // A chunk has the rows of one register: for each table, those of some register in some column of every slice.
        matrix
            .par_chunks_exact_mut(width * PF::WIDTH)
            .enumerate()
            .for_each(|(chunk, out)| {
                let mut places = 0..width;
                for (block, cells) in self.blocks.iter().zip(cells) {
                    let columns = block.table.columns;
                    let registers = (1 << block.inner_rows()) / PF::WIDTH;
                    let (low_column, low_register) = (chunk / registers, chunk % registers);
                    for (slice, place) in block.live().zip(&mut places) {
                        let (high_column, high_row) = block.high_bits(slice);
                        let column = (high_column << block.inner_columns()) + low_column;
                        let register = high_row * registers + low_register;
                        let Some(cell) = cells.get(register * columns + column) else {
                            continue;
                        };
                        if column < columns {
                            let rows = out[place..].iter_mut().step_by(width);
                            rows.zip(cell.as_slice()).for_each(|(out, &x)| *out = x);
                        }
                    }
                }
            });
        matrix
    }
}

impl Block {
    /// The high bits of the columns and of the rows in a slice.
    const fn high_bits(&self, slice: usize) -> (usize, usize) {
        let own = slice - self.first;
        let row_bits = self.split.row_bits;
        (own >> row_bits, own & ((1 << row_bits) - 1))
    }
}
