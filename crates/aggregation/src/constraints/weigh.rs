//! Extension-field columns at a lane point.

use p3_field::{PackedFieldExtension, PackedValue};
use rayon::prelude::*;
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

/// `sum_lane lane_eq[lane] table_k(lane)` for each of `count` extension-field columns.
pub(crate) fn weigh_groups(table: &[EPF], count: usize, lane_eq: &[EF]) -> Vec<EF> {
    let weights: Vec<EPF> = lane_eq
        .chunks_exact(PF::WIDTH)
        .map(|x| EPF::from_ext_fn(|lane| x[lane]))
        .collect();
    (0..count)
        .into_par_iter()
        .with_min_len(8)
        .map(|k| {
            let sum: EPF = weights
                .iter()
                .zip(table[k..].iter().step_by(count))
                .map(|(&w, &x)| w * x)
                .sum();
            (0..PF::WIDTH).map(|lane| extract(&sum, lane)).sum()
        })
        .collect()
}
