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
//!
//! For `W = 16` the same with `Z = X^4`, transforms of size 4 and matrices of size 4:
//! `X^16 - 1 = prod_{k<4} (X^4 - w^k)`, where `w` has order 4.

use core::array::from_fn;

use p3_field::{Algebra, Field, PackedField, PrimeCharacteristicRing, TwoAdicField};
use p3_koala_bear::KoalaBear;

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
        let factors = factors::<SIZE, CUBIC>(column, root);
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

/// Size and number of the transforms, and size of the matrices, for size 16.
const QUARTIC: usize = 4;

/// A circulant matrix of size 16, transformed.
pub(crate) struct Narrow {
    /// Row `b` of the matrix at `k`, in bit-reversed order.
    factors: [[[KoalaBear; QUARTIC]; QUARTIC]; QUARTIC],
    /// A square root of -1.
    root: KoalaBear,
}

impl Circulant<16> for Narrow {
    fn new(column: &[KoalaBear; 16]) -> Self {
        let root = KoalaBear::two_adic_generator(2);
        let factors = factors::<QUARTIC, QUARTIC>(column, root);
        Self { factors, root }
    }

    #[inline(always)]
    fn apply<P: PackedField<Scalar = KoalaBear>>(&self, v: &mut [P; 16]) {
        for b in 0..QUARTIC {
            let (p0, q0) = butterfly(v[b], v[8 + b]);
            let (p1, q1) = butterfly(v[4 + b], v[12 + b]);
            (v[b], v[4 + b]) = butterfly(p0, p1);
            (v[8 + b], v[12 + b]) = butterfly(q0, q1 * self.root);
        }
        for (x, [r0, r1, r2, r3]) in v.as_chunks_mut::<QUARTIC>().0.iter_mut().zip(&self.factors) {
            *x = [dot(x, r0), dot(x, r1), dot(x, r2), dot(x, r3)];
        }
        for b in 0..QUARTIC {
            let (p0, p1) = butterfly(v[b], v[4 + b]);
            let (q0, q1) = butterfly(v[8 + b], v[12 + b]);
            (v[b], v[8 + b]) = butterfly(p0, q0);
            // The inverse of the root is its negative.
            (v[12 + b], v[4 + b]) = butterfly(p1, q1 * self.root);
        }
    }
}

/// The matrices that multiply modulo `X^B - w^k`, for `k < A` in bit-reversed order, with the factor `1/A`.
fn factors<const A: usize, const B: usize>(
    column: &[KoalaBear],
    w: KoalaBear,
) -> [[[KoalaBear; B]; B]; A] {
    let scale = KoalaBear::from_usize(A).inverse();
    from_fn(|position| {
        let k = position.reverse_bits() >> (usize::BITS - A.ilog2());
        let w = w.exp_u64(k as u64);
        let c: [KoalaBear; B] = from_fn(|b| {
            (0..A)
                .map(|a| column[B * a + b] * w.exp_u64(a as u64))
                .sum::<KoalaBear>()
                * scale
        });
        // X^i X^j = w X^(i+j-B) where i + j >= B.
        from_fn(|b| {
            from_fn(|j| {
                let i = (B + b - j) % B;
                if i + j < B { c[i] } else { c[i] * w }
            })
        })
    })
}

#[inline(always)]
fn butterfly<P: PackedField<Scalar = KoalaBear>>(x: P, y: P) -> (P, P) {
    (x + y, x - y)
}

#[inline(always)]
fn dot<P: PackedField<Scalar = KoalaBear>, const N: usize>(x: &[P; N], row: &[KoalaBear; N]) -> P {
    <P as Algebra<KoalaBear>>::mixed_dot_product::<N>(x, row)
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
