//! One polynomial from the cells of several tables.
//!
//! A [`Table`] has columns and rows: cell `(c, x)` is that of column `c` in row `x`. Both numbers are padded to powers of two, so
//! that the bits of `c` and `x` are variables. All cells are values of one polynomial `f`, in variables of this order:
//!
//! ```text
//!     ( place | high bits of c | high bits of x || low bits of c | low bits of x )
//!       ------------ slice variables -----------   ------ inner variables ------
//! ```
//!
//! The high bits select one of a block of slices ([`Split`] says how many there are of either kind), the low ones a position
//! in it. Slices are equally long, so the low bits of a table are as many as those of any other; a table with fewer rows has
//! more columns in a slice.
//!
//! # Places
//! Blocks follow one another in the order of the tables, each from the next multiple of its length on. So the first bits of
//! the number of a slice are the same in all of a block, its *place*, and an evaluation of a table at `(c, x)` is one of `f`
//! at the place and the bits of `c` and `x` ([`Stacking::claim`]). Of several tables the one with the largest block had better be
//! the first: then no slice is left out between them. A single table has no place.
//!
//! # Live slices
//! A slice is live if it holds a column below the number of columns, and a row below the number of rows; slices between and
//! after blocks are not. Padding inside live slices is committed to like any cell, and *not* trusted to be zero: what reads
//! a table gives no weight to columns beyond the last, and lets no row beyond the last help another.

#[cfg(feature = "prover")]
mod stack;
#[cfg(all(test, feature = "search"))]
mod tests;

use sheaf_transcript::Extension;

use crate::layout::{Claim, Layout};
use crate::parameters::ParameterError;

/// Log of the fewest rows of a table in a slice: the rows of a SIMD register, of which a slice holds whole ones, and of any
/// machine.
pub const MIN_LOG_SLICE_ROWS: usize = 4;
/// Most variables of the columns or rows of a table.
const MAX_VARIABLES: usize = 24;

/// The size of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Columns.
    pub columns: usize,
    /// Rows that count.
    pub rows: usize,
    /// Log of the number of rows with padding.
    pub log_rows: usize,
}

impl Table {
    /// Log of the number of columns with padding: the next power of two.
    #[must_use]
    pub const fn log_columns(&self) -> usize {
        (usize::BITS - self.columns.saturating_sub(1).leading_zeros()) as usize
    }
}

/// How many bits of a cell's place in its table select a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// High bits of the column.
    pub column_bits: usize,
    /// High bits of the row.
    pub row_bits: usize,
}

impl Split {
    /// Log of the number of slices.
    #[must_use]
    pub const fn slice_variables(&self) -> usize {
        self.column_bits + self.row_bits
    }
}

/// Where the cells of tables are in a committed polynomial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stacking {
    blocks: Vec<Block>,
    layout: Layout,
}

/// The slices of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    table: Table,
    split: Split,
    /// The number of its first slice.
    first: usize,
}

impl Stacking {
    /// Stacks tables that are split like this.
    ///
    /// # Errors
    /// If there is no table, or if a number of one is out of bounds, which is named.
    pub fn new(tables: &[(Table, Split)]) -> Result<Self, ParameterError> {
        let mut blocks: Vec<Block> = Vec::with_capacity(tables.len());
        let mut inner_variables = None;
        let mut end = 0_usize;
        for (i, &(table, split)) in tables.iter().enumerate() {
            check(i, table, split)?;
            let block = Block {
                table,
                split,
                first: end.next_multiple_of(1 << split.slice_variables()),
            };
            let inner = block.inner_columns() + block.inner_rows();
            let expected = *inner_variables.get_or_insert(inner);
            within(i, "inner variables", inner, expected, expected)?;
            end = block.first + (1 << split.slice_variables());
            blocks.push(block);
        }
        let Some(inner_variables) = inner_variables else {
            return Err(ParameterError::LiveSlices { slice_variables: 0 });
        };
        let live = blocks.iter().flat_map(Block::live).collect();
        Ok(Self {
            blocks,
            layout: Layout {
                inner_variables,
                slice_variables: end.next_power_of_two().ilog2() as usize,
                live,
            },
        })
    }

    /// The layout of the polynomial.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How each table is split.
    pub fn splits(&self) -> impl ExactSizeIterator<Item = Split> {
        self.blocks.iter().map(|block| block.split)
    }

    /// The claim that the polynomial of table `table` has this value at a point of its column variables and of its row variables.
    ///
    /// # Panics
    /// If there is no such table, or a point does not have as many coordinates as the table has variables.
    pub fn claim<E: Extension>(
        &self,
        table: usize,
        column_point: &[E],
        row_point: &[E],
        value: E,
    ) -> Claim<E> {
        let block = &self.blocks[table];
        assert_eq!(
            column_point.len(),
            block.table.log_columns(),
            "column point"
        );
        assert_eq!(row_point.len(), block.table.log_rows, "row point");
        let (column_high, column_low) = column_point.split_at(block.split.column_bits);
        let (row_high, row_low) = row_point.split_at(block.split.row_bits);
        let own = block.split.slice_variables();
        let place: Vec<E> = (own..self.layout.slice_variables)
            .rev()
            .map(|bit| match block.first >> bit & 1 {
                0 => E::ZERO,
                _ => E::ONE,
            })
            .collect();
        Claim {
            point: [&place, column_high, row_high, column_low, row_low].concat(),
            value,
        }
    }
}

impl Block {
    /// Log of the number of columns in a slice.
    const fn inner_columns(&self) -> usize {
        self.table.log_columns() - self.split.column_bits
    }

    /// Log of the number of rows in a slice.
    const fn inner_rows(&self) -> usize {
        self.table.log_rows - self.split.row_bits
    }

    /// The slices that may be nonzero.
    fn live(&self) -> impl Iterator<Item = usize> {
        let columns = self.table.columns.div_ceil(1 << self.inner_columns());
        let rows = self.table.rows.div_ceil(1 << self.inner_rows());
        let (first, row_bits) = (self.first, self.split.row_bits);
        (0..columns).flat_map(move |c| (0..rows).map(move |x| first + (c << row_bits) + x))
    }
}

/// Whether table `i` is one that can be split like this.
fn check(i: usize, table: Table, split: Split) -> Result<(), ParameterError> {
    within(i, "columns", table.columns, 1, 1 << MAX_VARIABLES)?;
    let least = MIN_LOG_SLICE_ROWS;
    within(i, "log_rows", table.log_rows, least, MAX_VARIABLES)?;
    within(i, "rows", table.rows, 1, 1 << table.log_rows)?;
    let log_columns = table.log_columns();
    within(i, "column_bits", split.column_bits, 0, log_columns)?;
    within(i, "row_bits", split.row_bits, 0, table.log_rows - least)?;
    let slice_variables = split.slice_variables();
    within(i, "slice variables", slice_variables, 0, MAX_VARIABLES)
}

fn within(
    table: usize,
    quantity: &'static str,
    value: usize,
    least: usize,
    most: usize,
) -> Result<(), ParameterError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ParameterError::Table {
        table,
        quantity,
        value,
        least,
        most,
    })
}
