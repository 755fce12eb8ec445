//! Cube roots in the extension field.
//!
//! 3 does not divide `p^5 - 1`, so cubing is a bijection. Weights of cubes can
//! therefore be moved into the columns: `v s^3 = (v^(1/3) s)^3`.
//!
//! Since `p = 2 mod 3`, `k = (p + 1)/3` is an integer and
//! `1 + 3 k (p + p^3) = 1 + p + p^2 + p^3 + p^4` is the exponent of the norm. With
//! `d = x^(k (p + p^3))`, `N = x d^3` is the norm of `x` and lies in the base field,
//! where `t = N^((p - 2)/3)` is the inverse of its cube root. The norm of `d` is
//! `N^(2 k) = N^(4/3) = t^(-4)`. So
//!
//! ```text
//!     x^(1/3)  = N^(1/3) / d = t^(-1) d^(p + p^2 + p^3 + p^4) t^4 = t^3 d^(p + p^2 + p^3 + p^4)
//!     x^(-1/3) = t d
//! ```

use core::array::from_fn;

use p3_field::extension::HasFrobenius;
use p3_field::{PackedField, PackedValue, PrimeCharacteristicRing};
use sheaf_transcript::field::{ORDER, coefficients, from_coefficients};
use sheaf_transcript::{EF, F, PF};

use crate::quintic::{self, Quintic, mul, square};

/// An element whose cube is given, and its inverse; both are zero for zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CubeRoot {
    /// The root.
    pub root: EF,
    /// Its inverse.
    pub inverse: EF,
}

/// The cube roots of all elements, in order.
#[must_use]
pub fn cube_roots(elements: &[EF]) -> Vec<CubeRoot> {
    let frobenius = Frobenius::new();
    let mut roots = Vec::with_capacity(elements.len());
    for chunk in elements.chunks(PF::WIDTH) {
        let lanes = |l: usize| coefficients(chunk.get(l).copied().unwrap_or_default());
        let packed: Quintic<PF> = from_fn(|i| PF::from_fn(|l| lanes(l)[i]));
        let (root, inverse) = packed_root(&packed, &frobenius);
        roots.extend((0..chunk.len()).map(|l| CubeRoot {
            root: quintic::lane(&root, l),
            inverse: quintic::lane(&inverse, l),
        }));
    }
    roots
}

/// The map `x -> x^p` as a matrix over the base field.
struct Frobenius([[F; 5]; 5]);

impl Frobenius {
    fn new() -> Self {
        let images: [[F; 5]; 5] = from_fn(|i| {
            let basis = from_coefficients(from_fn(|k| F::from_bool(i == k)));
            coefficients(basis.frobenius())
        });
        Self(from_fn(|c| from_fn(|i| images[i][c])))
    }

    fn apply<P: PackedField<Scalar = F>>(&self, x: &Quintic<P>) -> Quintic<P> {
        from_fn(|c| P::mixed_dot_product::<5>(x, &self.0[c]))
    }
}

fn packed_root<P: PackedField<Scalar = F>>(
    x: &Quintic<P>,
    frobenius: &Frobenius,
) -> (Quintic<P>, Quintic<P>) {
    let twice = |x: &Quintic<P>| frobenius.apply(&frobenius.apply(x));
    let y = frobenius.apply(&power(x, ORDER.div_ceil(3)));
    let d = mul(&y, &twice(&y));
    let norm = mul(&mul(&d, &square(&d)), x)[0];
    let t = norm.exp_u64(u64::from(ORDER - 2) / 3);
    let pair = mul(&d, &frobenius.apply(&d));
    let conjugates = frobenius.apply(&mul(&pair, &twice(&pair)));
    let cube = t.cube();
    (conjugates.map(|c| c * cube), d.map(|c| c * t))
}

/// `x^exponent` for a positive exponent.
fn power<P: PackedField<Scalar = F>>(x: &Quintic<P>, exponent: u32) -> Quintic<P> {
    let mut power = *x;
    for bit in (0..exponent.ilog2()).rev() {
        power = square(&power);
        if exponent >> bit & 1 == 1 {
            power = mul(&power, x);
        }
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cube_of_the_root_is_the_element() {
        let mut elements: Vec<EF> = (0..37u32)
            .map(|i| {
                from_coefficients(from_fn(|k| {
                    F::from_u32(i.wrapping_mul(0x9e37_79b9).rotate_left(7 * k as u32) >> 2)
                }))
            })
            .collect();
        elements.push(EF::from_u32(12345));
        let roots = cube_roots(&elements);
        assert_eq!(roots.len(), elements.len());
        assert_eq!(roots[0], CubeRoot::default());
        for (root, &x) in roots.iter().zip(&elements).skip(1) {
            assert_eq!(root.root.cube(), x);
            assert_eq!(root.root * root.inverse, EF::ONE);
        }
    }
}
