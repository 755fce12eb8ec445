//! Passes over multilinear polynomials in the extension field.

use p3_dft::{Radix2DFTSmallBatch, TwoAdicSubgroupDft};
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use rayon::prelude::*;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, EXTENSION_DEGREE, F};

/// Elements per parallel task: enough work to pay for handing it over.
const TASK: usize = 1 << 9;

/// The value of a multilinear polynomial at a point.
pub(super) fn evaluate(values: &[EF], point: &[EF]) -> EF {
    // A product of two tables instead of one as long as the polynomial.
    let (outer, inner) = point.split_at(point.len() / 2);
    let inner = eq::table(inner);
    let outer = eq::table(outer);
    values
        .par_chunks(inner.len())
        .zip(&outer)
        .map(|(row, &o)| o * dot(row, &inner))
        .sum()
}

fn dot(a: &[EF], b: &[EF]) -> EF {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// `weights += scale * table`.
pub(super) fn add_scaled(weights: &mut [EF], scale: EF, table: &[EF]) {
    weights
        .par_iter_mut()
        .zip(table)
        .with_min_len(TASK)
        .for_each(|(w, &t)| *w += scale * t);
}

/// `weights[b] += sum_q scales[q] x_q^b`, where `x_q` is the `positions[q]`-th power of
/// the generator of a domain of size `2^domain_bits`.
///
/// That sum is entry `b` of the discrete Fourier transform of the vector which holds
/// the scales at their positions.
pub(super) fn add_powers(
    weights: &mut [EF],
    positions: &[usize],
    scales: &[EF],
    domain_bits: usize,
    dft: &Radix2DFTSmallBatch<F>,
) {
    let mut sparse = F::zero_vec(EXTENSION_DEGREE << domain_bits);
    for (&position, scale) in positions.iter().zip(scales) {
        // A position may be drawn twice.
        let place = &mut sparse[position * EXTENSION_DEGREE..][..EXTENSION_DEGREE];
        for (sum, x) in place.iter_mut().zip(coefficients(*scale)) {
            *sum += x;
        }
    }
    let sums = dft
        .dft_batch(RowMajorMatrix::new(sparse, EXTENSION_DEGREE))
        .values;
    weights
        .par_iter_mut()
        .zip(sums.par_chunks_exact(EXTENSION_DEGREE))
        .with_min_len(TASK)
        .for_each(|(w, sum)| *w += EF::from_basis_coefficients_fn(|i| sum[i]));
}

/// The slices of a polynomial as columns of a row-major matrix of base-field elements.
pub(super) fn interleave(values: &[EF], slice_variables: usize) -> Vec<F> {
    let slices = 1 << slice_variables;
    let height = values.len() / slices;
    let mut matrix = F::zero_vec(values.len() * EXTENSION_DEGREE);
    matrix
        .par_chunks_exact_mut(slices * EXTENSION_DEGREE)
        .enumerate()
        .for_each(|(j, row)| {
            for (s, entry) in row.chunks_exact_mut(EXTENSION_DEGREE).enumerate() {
                entry.copy_from_slice(values[s * height + j].as_basis_coefficients_slice());
            }
        });
    matrix
}

/// A sumcheck for `sum_b f(b) w(b) = claim`, first variables first.
pub(super) struct Sumcheck {
    pub(super) f: Vec<EF>,
    pub(super) w: Vec<EF>,
    pub(super) claim: EF,
}

impl Sumcheck {
    /// The coefficients of `X` and `X^2` of `g(X) = sum_b f(X, b) w(X, b)`.
    pub(super) fn round_polynomial(&self) -> [EF; 2] {
        let (f0, f1) = self.f.split_at(self.f.len() / 2);
        let (w0, w1) = self.w.split_at(self.w.len() / 2);
        let zero = || (EF::ZERO, EF::ZERO);
        let (at_zero, quadratic) = (f0.par_iter().zip(f1))
            .zip(w0.par_iter().zip(w1))
            .with_min_len(TASK)
            .fold(zero, |(at_zero, quadratic), ((&f0, &f1), (&w0, &w1))| {
                (at_zero + f0 * w0, quadratic + (f1 - f0) * (w1 - w0))
            })
            .reduce(zero, |a, b| (a.0 + b.0, a.1 + b.1));
        [self.claim - at_zero.double() - quadratic, quadratic]
    }

    /// Binds the first variable to `x`, after the round polynomial with these coefficients was sent.
    pub(super) fn bind(&mut self, message: &[EF; 2], x: EF) {
        self.claim = next_claim(self.claim, Claimed::Sum, message, x);
        bind(&mut self.f, x);
        bind(&mut self.w, x);
    }
}

fn bind(values: &mut Vec<EF>, x: EF) {
    let half = values.len() / 2;
    let (low, high) = values.split_at_mut(half);
    low.par_iter_mut()
        .zip(high)
        .with_min_len(TASK)
        .for_each(|(low, high)| *low += x * (*high - *low));
    values.truncate(half);
}
