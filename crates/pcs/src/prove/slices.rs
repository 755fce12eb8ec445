//! The matrix of cells: the values of its slices at a point, and its fold.

use p3_field::{ExtensionField, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrixView;
use rayon::prelude::*;
use sheaf_transcript::{EF, F, PF};

use crate::layout::Layout;

/// `sum_j table[j] f(s, j)` for every slice `s`; zero where `s` is not live.
pub(super) fn slice_values(layout: &Layout, cells: &[F], table: &[EF]) -> Vec<EF> {
    let matrix = RowMajorMatrixView::new(cells, layout.width());
    let mut values = vec![EF::ZERO; 1 << layout.slice_variables];
    for (&s, value) in layout.live.iter().zip(matrix.columnwise_dot_product(table)) {
        values[s] = value;
    }
    values
}

/// `sum_s weights[s] f(s, j)` for every row `j`.
pub(super) fn fold(layout: &Layout, cells: &[F], weights: &[EF]) -> Vec<EF> {
    let matrix = RowMajorMatrixView::new(cells, layout.width());
    let live: Vec<EF> = layout.live.iter().map(|&s| weights[s]).collect();
    let packed: Vec<_> = live
        .chunks(PF::WIDTH)
        .map(|chunk| {
            <EF as ExtensionField<F>>::ExtensionPacking::from_ext_fn(|lane| {
                chunk.get(lane).copied().unwrap_or_default()
            })
        })
        .collect();
    matrix.rowwise_packed_dot_product::<EF>(&packed).collect()
}
