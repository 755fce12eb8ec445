//! Products with circulant matrices of sizes 24 and 16.
//!
//! Such a product is a product of polynomials modulo `X^W - 1`. For `W = 24`, with
//! `w` a primitive eighth root of unity and `Z = X^3`,
//!
//! ```text
//!     X^24 - 1 = Z^8 - 1 = prod_{k<8} (X^3 - w^k).
//! ```
//!
//! So the coefficients `x_{3a+b}` go through a transform of size 8 over `a`, for
//! each `b < 3`; modulo each `X^3 - w^k`, a quadratic polynomial is multiplied by a
//! fixed one, which is a matrix of size 3; and the transforms are undone. The
//! factor 1/8 is part of the fixed factors. Transforms leave their output in
//! bit-reversed order, and the matrices are stored in that order.

use core::array::from_fn;

use p3_field::{Algebra, Field, PackedField, PrimeCharacteristicRing, TwoAdicField};
use p3_koala_bear::KoalaBear;
use p3_mds::karatsuba_convolution::mds_circulant_karatsuba_16;

/// A circulant matrix of size `W`, prepared for products.
pub(crate) trait Circulant<const W: usize> {
    /// The matrix with the given first column.
    fn new(column: &[KoalaBear; W]) -> Self;
    /// Multiplies the matrix by a vector.
    fn apply<P: PackedField<Scalar = KoalaBear>>(&self, state: &mut [P; W]);
}

/// Size of the wide matrix.
const WIDTH: usize = 24;

/// Size of the transforms.
const SIZE: usize = 8;
/// Degree of the factors.
const CUBIC: usize = WIDTH / SIZE;
/// `log2` of the size of the transforms.
const LOG_SIZE: usize = 3;

/// A circulant matrix of size 24, transformed.
pub(crate) struct Wide {
    /// Row `b` of the matrix at `k`, in bit-reversed order.
    factors: [[[KoalaBear; CUBIC]; CUBIC]; SIZE],
    /// `w, w^2, w^3`.
    twiddles: [KoalaBear; 3],
    /// Their inverses.
    inverse_twiddles: [KoalaBear; 3],
}

impl Circulant<WIDTH> for Wide {
    fn new(column: &[KoalaBear; WIDTH]) -> Self {
        let root = KoalaBear::two_adic_generator(LOG_SIZE);
        let scale = KoalaBear::from_usize(SIZE).inverse();
        let factors = from_fn(|position| {
            let k = position.reverse_bits() >> (usize::BITS as usize - LOG_SIZE);
            let w = root.exp_u64(k as u64);
            let c: [KoalaBear; CUBIC] = from_fn(|b| {
                (0..SIZE)
                    .map(|a| column[CUBIC * a + b] * w.exp_u64(a as u64))
                    .sum::<KoalaBear>()
                    * scale
            });
            // X^i X^j = w X^(i+j-3) where i + j >= 3.
            from_fn(|b| {
                from_fn(|j| {
                    let i = (CUBIC + b - j) % CUBIC;
                    if i + j < CUBIC { c[i] } else { c[i] * w }
                })
            })
        });
        let twiddles = from_fn(|i| root.exp_u64(i as u64 + 1));
        Self {
            factors,
            twiddles,
            inverse_twiddles: twiddles.map(|w| w.inverse()),
        }
    }

    // Straight-line code on single values: arrays built by closures end up in memory.
    #[inline(always)]
    fn apply<P: PackedField<Scalar = KoalaBear>>(&self, state: &mut [P; WIDTH]) {
        for b in 0..CUBIC {
            self.forward(state, b);
        }
        for (x, [r0, r1, r2]) in state
            .as_chunks_mut::<CUBIC>()
            .0
            .iter_mut()
            .zip(&self.factors)
        {
            *x = [dot(x, r0), dot(x, r1), dot(x, r2)];
        }
        for b in 0..CUBIC {
            self.backward(state, b);
        }
    }
}

impl Wide {
    /// Transforms the elements `3 a + b`, from natural to bit-reversed order.
    #[inline(always)]
    fn forward<P: PackedField<Scalar = KoalaBear>>(&self, v: &mut [P; WIDTH], b: usize) {
        let [w1, w2, w3] = self.twiddles;
        let (s0, d0) = butterfly(v[b], v[12 + b]);
        let (s1, d1) = butterfly(v[3 + b], v[15 + b]);
        let (s2, d2) = butterfly(v[6 + b], v[18 + b]);
        let (s3, d3) = butterfly(v[9 + b], v[21 + b]);
        let (d1, d2, d3) = (d1 * w1, d2 * w2, d3 * w3);
        let (p0, q0) = butterfly(s0, s2);
        let (p1, q1) = butterfly(s1, s3);
        (v[b], v[3 + b]) = butterfly(p0, p1);
        (v[6 + b], v[9 + b]) = butterfly(q0, q1 * w2);
        let (p0, q0) = butterfly(d0, d2);
        let (p1, q1) = butterfly(d1, d3);
        (v[12 + b], v[15 + b]) = butterfly(p0, p1);
        (v[18 + b], v[21 + b]) = butterfly(q0, q1 * w2);
    }

    /// Undoes [`Self::forward`], but for a factor of 8.
    #[inline(always)]
    fn backward<P: PackedField<Scalar = KoalaBear>>(&self, v: &mut [P; WIDTH], b: usize) {
        let [w1, w2, w3] = self.inverse_twiddles;
        let (p0, p1) = butterfly(v[b], v[3 + b]);
        let (q0, q1) = butterfly(v[6 + b], v[9 + b]);
        let (s0, s2) = butterfly(p0, q0);
        let (s1, s3) = butterfly(p1, q1 * w2);
        let (p0, p1) = butterfly(v[12 + b], v[15 + b]);
        let (q0, q1) = butterfly(v[18 + b], v[21 + b]);
        let (d0, d2) = butterfly(p0, q0);
        let (d1, d3) = butterfly(p1, q1 * w2);
        (v[b], v[12 + b]) = butterfly(s0, d0);
        (v[3 + b], v[15 + b]) = butterfly(s1, d1 * w1);
        (v[6 + b], v[18 + b]) = butterfly(s2, d2 * w2);
        (v[9 + b], v[21 + b]) = butterfly(s3, d3 * w3);
    }
}

/// A circulant matrix of size 16.
///
/// Here Plonky3's Karatsuba convolution is faster than transforms of size 16.
pub(crate) struct Narrow([KoalaBear; 16]);

impl Circulant<16> for Narrow {
    fn new(column: &[KoalaBear; 16]) -> Self {
        Self(*column)
    }

    #[inline(always)]
    fn apply<P: PackedField<Scalar = KoalaBear>>(&self, state: &mut [P; 16]) {
        mds_circulant_karatsuba_16(state, &self.0);
    }
}

#[inline(always)]
fn butterfly<P: PackedField<Scalar = KoalaBear>>(x: P, y: P) -> (P, P) {
    (x + y, x - y)
}

#[inline(always)]
fn dot<P: PackedField<Scalar = KoalaBear>>(x: &[P; CUBIC], row: &[KoalaBear; CUBIC]) -> P {
    <P as Algebra<KoalaBear>>::mixed_dot_product::<CUBIC>(x, row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_dense_matrix() {
        let column: [KoalaBear; WIDTH] = from_fn(|i| KoalaBear::from_usize(i * i * 77_777 + 5));
        let x: [KoalaBear; WIDTH] = from_fn(|i| KoalaBear::from_usize(i * 1_234_567 + 1));
        let dense: [KoalaBear; WIDTH] = from_fn(|i| {
            (0..WIDTH)
                .map(|j| column[(WIDTH + i - j) % WIDTH] * x[j])
                .sum()
        });
        let mut state = x;
        Wide::new(&column).apply(&mut state);
        assert_eq!(state, dense);
    }

    #[test]
    fn narrow_products_are_those_of_the_dense_matrix() {
        let column: [KoalaBear; 16] = from_fn(|i| KoalaBear::from_usize(i * i * 77_777 + 5));
        let x: [KoalaBear; 16] = from_fn(|i| KoalaBear::from_usize(i * 1_234_567 + 1));
        let dense: [KoalaBear; 16] =
            from_fn(|i| (0..16).map(|j| column[(16 + i - j) % 16] * x[j]).sum());
        let mut state = x;
        Narrow::new(&column).apply(&mut state);
        assert_eq!(state, dense);
    }
}
