//! Products with circulant matrices of sizes 24 and 16.
//!
//! Such a product is a product of polynomials modulo `X^W - 1`. With `B = W / 4`, `Z = X^B` and `i` a square root of -1,
//!
//! ```text
//!     X^W - 1 = Z^4 - 1 = prod_{k<4} (X^B - i^k).
//! ```
//!
//! So the coefficients `x_{Ba+b}` go through a transform of size 4 over `a`, for each `b < B`; modulo each `X^B - i^k`, a
//! polynomial is multiplied by a fixed one, which is a matrix of size `B`; and the transforms are undone. The factor 1/4 is
//! part of the fixed factors. Transforms leave their output in bit-reversed order, and the matrices are stored in that order.
//!
//! Larger transforms would leave smaller matrices. But a row of four to six elements takes one modular reduction, as one of
//! two does, so that they would save less than they cost.

use core::array::from_fn;

use p3_field::{Algebra, Field, PackedField, PrimeCharacteristicRing, TwoAdicField};
use p3_koala_bear::KoalaBear;

/// Size of the transforms.
const SIZE: usize = 4;

/// A circulant matrix of size `4 B`, transformed.
pub(crate) struct Circulant<const B: usize> {
    /// Row `b` of the matrix at `k`, in bit-reversed order.
    factors: [[[KoalaBear; B]; B]; SIZE],
    /// A square root of -1.
    root: KoalaBear,
}

impl<const B: usize> Circulant<B> {
    /// The matrix with the given first column, of `4 B` elements.
    pub(crate) fn new(column: &[KoalaBear]) -> Self {
        let root = KoalaBear::two_adic_generator(SIZE.ilog2() as usize);
        Self {
            factors: factors(column, root),
            root,
        }
    }

    /// Multiplies the matrix by a vector of `4 B` elements.
    #[inline(always)]
    pub(crate) fn apply<P: PackedField<Scalar = KoalaBear>>(&self, v: &mut [P]) {
        for b in 0..B {
            let (p0, q0) = butterfly(v[b], v[2 * B + b]);
            let (p1, q1) = butterfly(v[B + b], v[3 * B + b]);
            (v[b], v[B + b]) = butterfly(p0, p1);
            (v[2 * B + b], v[3 * B + b]) = butterfly(q0, q1 * self.root);
        }
        for (x, rows) in v.as_chunks_mut::<B>().0.iter_mut().zip(&self.factors) {
            let before = *x;
            for (x, row) in x.iter_mut().zip(rows) {
                *x = <P as Algebra<KoalaBear>>::mixed_dot_product::<B>(&before, row);
            }
        }
        for b in 0..B {
            let (p0, q0) = butterfly(v[b], v[B + b]);
            let (p1, q1) = butterfly(v[2 * B + b], v[3 * B + b]);
            (v[b], v[2 * B + b]) = butterfly(p0, p1);
            // The inverse of the root is its negative.
            (v[3 * B + b], v[B + b]) = butterfly(q0, q1 * self.root);
        }
    }
}

/// The matrices that multiply modulo `X^B - w^k`, for `k` in bit-reversed order, with the factor 1/4.
fn factors<const B: usize>(column: &[KoalaBear], w: KoalaBear) -> [[[KoalaBear; B]; B]; SIZE] {
    let scale = KoalaBear::from_usize(SIZE).inverse();
    from_fn(|position| {
        let k = position.reverse_bits() >> (usize::BITS - SIZE.ilog2());
        let w = w.exp_u64(k as u64);
        let c: [KoalaBear; B] = from_fn(|b| {
            (0..SIZE)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn compare<const B: usize, const W: usize>() {
        let column: [KoalaBear; W] = from_fn(|i| KoalaBear::from_usize(i * i * 77_777 + 5));
        let mut state: [KoalaBear; W] = from_fn(|i| KoalaBear::from_usize(i * 1_234_567 + 1));
        let dense: [KoalaBear; W] =
            from_fn(|i| (0..W).map(|j| column[(W + i - j) % W] * state[j]).sum());
        Circulant::<B>::new(&column).apply(&mut state);
        assert_eq!(state, dense);
    }

    #[test]
    fn products_are_those_of_the_dense_matrix() {
        compare::<4, 16>();
        compare::<6, 24>();
    }
}
