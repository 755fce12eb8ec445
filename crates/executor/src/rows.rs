//! Complete rows of a kind, of each only the cells that the kind uses.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::layout::CELLS;

use crate::compile::{Columns, Op, Procedure};

/// Rows of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct KindRows {
    /// Cells of a row; those behind are zero.
    width: usize,
    cells: Vec<F>,
}

impl KindRows {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width,
            cells: Vec::new(),
        }
    }

    /// Adds a row, which has these cells and zeros behind them.
    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = F>) {
        let end = self.cells.len() + self.width;
        self.cells.extend(cells);
        self.cells.resize(end, F::ZERO);
    }

    /// Adds the row with these columns.
    pub(crate) fn push_prefix(&mut self, columns: &Columns) {
        self.cells.extend_from_slice(&columns[..self.width]);
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    pub(crate) fn cell_mut(&mut self, row: usize, cell: usize) -> &mut F {
        &mut self.cells[row * self.width + cell]
    }

    /// Writes all cells of its rows, over zeros.
    pub(crate) fn write(&self, out: &mut [F]) {
        let rows = out.as_chunks_mut::<CELLS>().0.iter_mut();
        for (out, row) in rows.zip(self.cells.chunks_exact(self.width.max(1))) {
            out[..self.width].copy_from_slice(row);
        }
    }
}

/// Where the cells end that a procedure fills; one if it fills none, so that its rows can be counted.
pub(crate) fn width(procedure: &Procedure) -> usize {
    let operations = procedure.ops.iter().flat_map(|op| match op {
        Op::Solve { cell, .. } => vec![*cell],
        Op::SolveWord { cells, .. } => cells.to_vec(),
        Op::Advice { cells } | Op::Hint { cells, .. } => cells.clone(),
        Op::Call { results, .. } => results.cells().collect(),
        Op::Read { word, .. } => word.cells().collect(),
        Op::Allocate { cell, .. } => vec![*cell],
        Op::Loop { ticket, end, .. } => end.cells().chain([*ticket]).collect(),
        Op::Assert { .. }
        | Op::AssertWord { .. }
        | Op::Permute24
        | Op::Permute16
        | Op::Write { .. }
        | Op::Lookup { .. } => Vec::new(),
    });
    let parameters = procedure.parameters.cells();
    operations
        .chain(parameters)
        .chain(procedure.ticket)
        .chain(procedure.multiplicity)
        .map(|cell| usize::from(cell) + 1)
        .max()
        .unwrap_or(1)
}
