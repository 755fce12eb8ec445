//! Passes over all cells, which are stored as one register per column for each group of lanes.

use p3_field::{Algebra, BasedVectorSpace, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::{coefficients, extract, from_coefficients};
use sheaf_transcript::{EF, EPF, F, PF};

/// Lane groups that one reduction covers.
const BLOCK: usize = 8;

/// `sum_lane lane_eq[lane] column_c(lane)` for every column `c`.
///
/// `cells` holds `count` columns for each group of lanes; `lane_eq` covers all groups.
#[must_use]
pub fn evaluate_columns(cells: &[PF], count: usize, lane_eq: &[EF]) -> Vec<EF> {
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

/// `sum_c forms[i][c] column_c(lane)` for every lane of all groups, for each of a few forms.
///
/// A form may have fewer weights than there are columns; the missing ones are zero.
pub(super) fn evaluate_forms(cells: &[PF], count: usize, forms: &[&[EF]]) -> Vec<Vec<EF>> {
    /// Columns that one reduction covers.
    const SPAN: usize = 4;
    /// The weights of a form from its first nonzero one on, coefficient by coefficient, padded with zeros.
    struct Planes {
        first: usize,
        spans: Vec<[[F; SPAN]; 5]>,
    }
    let planes: Vec<Planes> = forms
        .iter()
        .map(|form| {
            let nonzero = |&x: &EF| x != EF::ZERO;
            let first = form.iter().position(nonzero).unwrap_or(0);
            let end = form
                .iter()
                .rposition(nonzero)
                .map_or(first, |last| last + 1);
            let spans = form[first..end]
                .chunks(SPAN)
                .map(|span| {
                    core::array::from_fn(|i| {
                        core::array::from_fn(|j| {
                            span.get(j).map_or(F::ZERO, |&x| coefficients(x)[i])
                        })
                    })
                })
                .collect();
            Planes { first, spans }
        })
        .collect();
    let groups: Vec<Vec<EPF>> = cells
        .par_chunks_exact(count)
        .map(|cells| {
            planes
                .iter()
                .map(|Planes { first, spans }| {
                    let mut sums = [PF::ZERO; 5];
                    for (columns, span) in cells[*first..].chunks(SPAN).zip(spans) {
                        let columns: [PF; SPAN] =
                            core::array::from_fn(|j| columns.get(j).copied().unwrap_or(PF::ZERO));
                        for (sum, weights) in sums.iter_mut().zip(span) {
                            *sum += <PF as Algebra<F>>::mixed_dot_product(&columns, weights);
                        }
                    }
                    EPF::from_basis_coefficients_fn(|i| sums[i])
                })
                .collect()
        })
        .collect();
    (0..forms.len())
        .map(|form| {
            groups
                .iter()
                .flat_map(|sums| (0..PF::WIDTH).map(move |lane| extract(&sums[form], lane)))
                .collect()
        })
        .collect()
}
