//! Arithmetic on vectors of extension-field elements, one packed vector per coefficient.

use core::array::from_fn;

use p3_field::{PackedField, PrimeCharacteristicRing};
use sheaf_transcript::field::{coefficients, from_coefficients};
use sheaf_transcript::{EF, F};

/// The coefficients of `P::WIDTH` elements of `F[X] / (X^5 + X^2 - 1)`.
pub type Quintic<P> = [P; 5];

/// Zero in every lane.
#[must_use]
#[inline(always)]
pub fn zero<P: PackedField<Scalar = F>>() -> Quintic<P> {
    [P::ZERO; 5]
}

/// `a + b`.
#[must_use]
#[inline(always)]
pub fn add<P: PackedField<Scalar = F>>(a: &Quintic<P>, b: &Quintic<P>) -> Quintic<P> {
    from_fn(|i| a[i] + b[i])
}

/// `a - b`.
#[must_use]
#[inline(always)]
pub fn sub<P: PackedField<Scalar = F>>(a: &Quintic<P>, b: &Quintic<P>) -> Quintic<P> {
    from_fn(|i| a[i] - b[i])
}

/// `3 a`.
#[must_use]
#[inline(always)]
pub fn triple<P: PackedField<Scalar = F>>(a: &Quintic<P>) -> Quintic<P> {
    from_fn(|i| a[i].double() + a[i])
}

/// `a b`.
#[must_use]
#[inline(always)]
pub fn mul<P: PackedField<Scalar = F>>(a: &Quintic<P>, b: &Quintic<P>) -> Quintic<P> {
    reduce(&[
        a[0] * b[0],
        P::dot_product(&[a[0], a[1]], &[b[1], b[0]]),
        P::dot_product(&[a[0], a[1], a[2]], &[b[2], b[1], b[0]]),
        P::dot_product(&[a[0], a[1], a[2], a[3]], &[b[3], b[2], b[1], b[0]]),
        P::dot_product(a, &[b[4], b[3], b[2], b[1], b[0]]),
        P::dot_product(&[a[1], a[2], a[3], a[4]], &[b[4], b[3], b[2], b[1]]),
        P::dot_product(&[a[2], a[3], a[4]], &[b[4], b[3], b[2]]),
        P::dot_product(&[a[3], a[4]], &[b[4], b[3]]),
        a[4] * b[4],
    ])
}

/// `a^2`.
#[must_use]
#[inline(always)]
pub fn square<P: PackedField<Scalar = F>>(a: &Quintic<P>) -> Quintic<P> {
    let twice: [P; 4] = from_fn(|i| a[i].double());
    reduce(&[
        a[0].square(),
        twice[0] * a[1],
        P::dot_product(&[twice[0], a[1]], &[a[2], a[1]]),
        P::dot_product(&[twice[0], twice[1]], &[a[3], a[2]]),
        P::dot_product(&[twice[0], twice[1], a[2]], &[a[4], a[3], a[2]]),
        P::dot_product(&[twice[1], twice[2]], &[a[4], a[3]]),
        P::dot_product(&[twice[2], a[3]], &[a[4], a[3]]),
        twice[3] * a[4],
        a[4].square(),
    ])
}

/// Reduces a polynomial of degree 8 modulo `X^5 + X^2 - 1`.
#[must_use]
#[inline(always)]
pub fn reduce<P: PackedField<Scalar = F>>(c: &[P; 9]) -> Quintic<P> {
    // X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^2 + X^3 - 1.
    let t = c[5] - c[8];
    [
        c[0] + t,
        c[1] + c[6],
        c[2] - t + c[7],
        c[3] - c[6] + c[8],
        c[4] - c[7],
    ]
}

/// The element in one lane.
#[inline]
pub fn lane<P: PackedField<Scalar = F>>(a: &Quintic<P>, lane: usize) -> EF {
    from_coefficients(from_fn(|i| a[i].as_slice()[lane]))
}

/// Sum over the lanes, weighted.
pub fn weighted_sum<P: PackedField<Scalar = F>>(a: &Quintic<P>, weights: &[EF]) -> EF {
    debug_assert_eq!(weights.len(), P::WIDTH);
    weights
        .iter()
        .enumerate()
        .map(|(i, &w)| w * lane(a, i))
        .sum()
}

/// Multiplication by one fixed element, as a matrix over the base field.
#[derive(Clone, Copy, Debug)]
pub struct Multiplier([[F; 5]; 5]);

impl Multiplier {
    /// Multiplication by `x`.
    #[must_use]
    #[inline]
    pub fn new(x: EF) -> Self {
        // Column `i` is `X^i x`; a product with `X` is a rotation with one correction.
        let mut column = coefficients(x);
        let mut rows = [[F::ZERO; 5]; 5];
        for i in 0..5 {
            for (row, &c) in rows.iter_mut().zip(&column) {
                row[i] = c;
            }
            let [c0, c1, c2, c3, c4] = column;
            column = [c4, c0, c1 - c4, c2, c3];
        }
        Self(rows)
    }

    /// `x a`.
    #[must_use]
    #[inline(always)]
    pub fn apply<P: PackedField<Scalar = F>>(&self, a: &Quintic<P>) -> Quintic<P> {
        from_fn(|i| P::mixed_dot_product::<5>(a, &self.0[i]))
    }
}

/// Eight elements of the extension field, transposed.
pub type Eight = [[F; 8]; 5];

/// Transposes up to eight elements; the missing ones are zero.
pub fn eight(elements: &[EF]) -> Eight {
    let mut planes = [[F::ZERO; 8]; 5];
    for (k, &x) in elements.iter().take(8).enumerate() {
        for (plane, c) in planes.iter_mut().zip(coefficients(x)) {
            plane[k] = c;
        }
    }
    planes
}

/// `sum_k values[k] weights[k]` with values in the base field.
#[must_use]
#[inline(always)]
pub fn dot_base<P: PackedField<Scalar = F>>(values: &[P; 8], weights: &Eight) -> Quintic<P> {
    from_fn(|i| P::mixed_dot_product::<8>(values, &weights[i]))
}

/// `sum_k values[k] weights[k]`.
#[must_use]
#[inline(always)]
pub fn dot<P: PackedField<Scalar = F>>(values: &[[P; 8]; 5], weights: &Eight) -> Quintic<P> {
    let mut product = [P::ZERO; 9];
    for (i, value) in values.iter().enumerate() {
        for (k, weight) in weights.iter().enumerate() {
            product[i + k] += P::mixed_dot_product::<8>(value, weight);
        }
    }
    reduce(&product)
}

#[cfg(test)]
mod tests {
    use p3_field::{Field, PackedValue};

    use super::*;

    type PF = <F as Field>::Packing;

    fn element(seed: u32) -> EF {
        from_coefficients(from_fn(|i| {
            F::from_u32(seed.wrapping_mul(0x9e37_79b9).rotate_right(6 * i as u32) >> 2)
        }))
    }

    fn packed(seed: u32) -> Quintic<PF> {
        from_fn(|i| PF::from_fn(|l| coefficients(element(seed + l as u32))[i]))
    }

    #[test]
    fn lanes_are_extension_field_elements() {
        let (a, b) = (packed(3), packed(1000));
        for l in 0..PF::WIDTH {
            let (x, y) = (lane(&a, l), lane(&b, l));
            assert_eq!(lane(&mul(&a, &b), l), x * y);
            assert_eq!(lane(&square(&a), l), x.square());
            assert_eq!(lane(&triple(&a), l), x + x + x);
            assert_eq!(
                lane(&Multiplier::new(element(5)).apply(&a), l),
                x * element(5)
            );
        }
    }

    #[test]
    fn dot_products_sum_products() {
        let weights: Vec<EF> = (0..8).map(|k| element(50 + k)).collect();
        let values: [Quintic<PF>; 8] = from_fn(|k| packed(100 * k as u32));
        let planes: [[PF; 8]; 5] = from_fn(|i| from_fn(|k| values[k][i]));
        let dot = dot(&planes, &eight(&weights));
        let base = dot_base(&planes[0], &eight(&weights));
        for l in 0..PF::WIDTH {
            let expected: EF = (0..8).map(|k| lane(&values[k], l) * weights[k]).sum();
            assert_eq!(lane(&dot, l), expected);
            let expected: EF = (0..8)
                .map(|k| weights[k] * planes[0][k].as_slice()[l])
                .sum();
            assert_eq!(lane(&base, l), expected);
        }
    }
}
