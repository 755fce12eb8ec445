//! Evaluating columns at a lane point.

use p3_field::{PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::{coefficients, extract, from_coefficients};
use sheaf_transcript::{EF, EPF, F, PF};

/// Lane groups that one reduction covers.
const BLOCK: usize = 8;

/// `sum_lane lane_eq[lane] column_c(lane)` for every column `c`.
///
/// `cells` holds `count` columns for each group of lanes; `lane_eq` covers all groups.
pub(crate) fn evaluate_columns(cells: &[PF], count: usize, lane_eq: &[EF]) -> Vec<EF> {
    let groups = cells.len() / count;
    let blocks = groups.div_ceil(BLOCK);
    // The weights as SIMD planes, one per coefficient, padded with zeros to whole blocks.
    let planes: Vec<[[PF; BLOCK]; 5]> = (0..blocks)
        .map(|block| {
            core::array::from_fn(|i| {
                core::array::from_fn(|g| {
                    let first = (block * BLOCK + g) * PF::WIDTH;
                    PF::from_fn(|lane| {
                        lane_eq
                            .get(first + lane)
                            .map_or(F::ZERO, |&x| coefficients(x)[i])
                    })
                })
            })
        })
        .collect();
    let mut values = EF::zero_vec(count);
    let span = 64;
    values
        .par_chunks_mut(span)
        .enumerate()
        .for_each(|(chunk, values)| {
            let first = chunk * span;
            let mut sums = vec![[PF::ZERO; 5]; values.len()];
            for (block, planes) in planes.iter().enumerate() {
                let present = BLOCK.min(groups - block * BLOCK);
                for (c, sum) in sums.iter_mut().enumerate() {
                    let column: [PF; BLOCK] = core::array::from_fn(|g| {
                        if g < present {
                            cells[(block * BLOCK + g) * count + first + c]
                        } else {
                            PF::ZERO
                        }
                    });
                    for (sum, plane) in sum.iter_mut().zip(planes) {
                        *sum += PF::dot_product(&column, plane);
                    }
                }
            }
            for (value, sum) in values.iter_mut().zip(sums) {
                *value = from_coefficients(sum.map(|plane| plane.as_slice().iter().copied().sum()));
            }
        });
    values
}

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
