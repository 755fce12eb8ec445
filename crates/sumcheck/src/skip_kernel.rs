//! The proving side of [`skip`](crate::skip): extension to more nodes, interpolation.
//!
//! Polynomials are evaluated at `1, .., 11` and `-1, .., -11`, in this order. The
//! even and the odd part of a polynomial are polynomials in `x^2` (times `x`), so
//! each pair of opposite nodes costs two products with half the domain.

use core::array::from_fn;
use std::sync::LazyLock;

use p3_field::{Field, PackedField, PrimeCharacteristicRing};
use sheaf_transcript::{EF, F};

use crate::quintic::{Eight, Quintic, add, dot_base};
use crate::skip::{CUBE_SIZE, SIZE};

/// Positive nodes of the domain.
const HALF: usize = SIZE / 2;
/// Positive nodes that determine a cube.
const CUBE_HALF: usize = CUBE_SIZE / 2;
/// Positive nodes outside of the domain.
const NEW: usize = CUBE_HALF - HALF;

/// Products with the domain's even and odd values that extend a polynomial.
struct Extension {
    even: [[F; HALF]; NEW],
    odd: [[F; HALF]; NEW],
}

static EXTENSION: LazyLock<Extension> = LazyLock::new(Extension::new);
static DOMAIN: LazyLock<Interpolation<HALF>> = LazyLock::new(Interpolation::new);
static CUBE: LazyLock<Interpolation<CUBE_HALF>> = LazyLock::new(Interpolation::new);

/// The square of the `i`-th positive node.
fn squared_node(i: usize) -> F {
    F::from_usize((i + 1) * (i + 1))
}

/// Inverse of a product of differences of distinct nodes, which is not zero.
fn inverse(x: F) -> F {
    x.try_inverse().unwrap_or_default()
}

impl Extension {
    fn new() -> Self {
        let lagrange = |i: usize, y: F| -> F {
            (0..HALF)
                .filter(|&k| k != i)
                .map(|k| (y - squared_node(k)) * inverse(squared_node(i) - squared_node(k)))
                .product()
        };
        let even = from_fn(|q| from_fn(|i| lagrange(i, squared_node(HALF + q)).halve()));
        let odd = from_fn(|q| {
            from_fn(|i| {
                let ratio = F::from_usize(HALF + q + 1) * inverse(F::from_usize(i + 1));
                lagrange(i, squared_node(HALF + q)).halve() * ratio
            })
        });
        Self { even, odd }
    }
}

/// The linear map from values at `1, .., N, -1, .., -N` to coefficients.
struct Interpolation<const N: usize> {
    /// `basis[i][k]`: half the coefficient of `y^k` in the Lagrange polynomial of the
    /// `i`-th square.
    basis: [[F; N]; N],
    inverse_nodes: [F; N],
}

impl<const N: usize> Interpolation<N> {
    fn new() -> Self {
        let basis = from_fn(|i| {
            // The product of the (y - y_k), divided by its value at y_i.
            let mut coefficients = [F::ZERO; N];
            coefficients[0] = F::ONE.halve();
            for k in (0..N).filter(|&k| k != i) {
                let scale = inverse(squared_node(i) - squared_node(k));
                for d in (0..N).rev() {
                    let lower = if d == 0 { F::ZERO } else { coefficients[d - 1] };
                    coefficients[d] = (lower - coefficients[d] * squared_node(k)) * scale;
                }
            }
            coefficients
        });
        Self {
            basis,
            inverse_nodes: from_fn(|i| inverse(F::from_usize(i + 1))),
        }
    }

    fn coefficients(&self, values: &[EF], out: &mut [EF]) {
        let (positive, negative) = values.split_at(N);
        out.fill(EF::ZERO);
        for i in 0..N {
            let even = positive[i] + negative[i];
            let odd = (positive[i] - negative[i]) * self.inverse_nodes[i];
            for k in 0..N {
                out[2 * k] += even * self.basis[i][k];
                out[2 * k + 1] += odd * self.basis[i][k];
            }
        }
    }
}

/// The coefficients of the polynomial with the given values at all nodes.
pub fn cube_coefficients(values: &[EF; CUBE_SIZE]) -> [EF; CUBE_SIZE] {
    let mut coefficients = [EF::ZERO; CUBE_SIZE];
    CUBE.coefficients(values, &mut coefficients);
    coefficients
}

/// The coefficients of the polynomial with the given values on the domain.
pub fn domain_coefficients(values: &[EF; SIZE]) -> [EF; SIZE] {
    let mut coefficients = [EF::ZERO; SIZE];
    DOMAIN.coefficients(values, &mut coefficients);
    coefficients
}

/// Blocks that are processed together: as many as one dot product has terms.
pub const BATCH: usize = 8;

/// The cubes of the polynomials of eight blocks at all nodes: `cubes[node][block]`.
pub type Cubes<P> = [[P; BATCH]; CUBE_SIZE];

/// Index among all nodes of the `x`-th point of the domain.
#[must_use]
#[inline(always)]
pub const fn node_of(x: usize) -> usize {
    if x < HALF { x } else { CUBE_HALF + x - HALF }
}

/// The constants of the extension, to be looked up once per pass.
#[derive(Clone, Copy)]
pub struct Extender(&'static Extension);

impl core::fmt::Debug for Extender {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Extender")
    }
}

impl Default for Extender {
    fn default() -> Self {
        Self(&EXTENSION)
    }
}

impl Extender {
    /// Fills column `block` of `cubes`: the cube of one polynomial at all nodes.
    #[inline(always)]
    pub fn cubes<P: PackedField<Scalar = F>>(
        self,
        values: &[P; SIZE],
        block: usize,
        cubes: &mut Cubes<P>,
    ) {
        let even: [P; HALF] = from_fn(|i| values[i] + values[HALF + i]);
        let odd: [P; HALF] = from_fn(|i| values[i] - values[HALF + i]);
        for x in 0..SIZE {
            cubes[node_of(x)][block] = values[x].cube();
        }
        for q in 0..NEW {
            let even = P::mixed_dot_product::<HALF>(&even, &self.0.even[q]);
            let odd = P::mixed_dot_product::<HALF>(&odd, &self.0.odd[q]);
            cubes[HALF + q][block] = (even + odd).cube();
            cubes[CUBE_HALF + HALF + q][block] = (even - odd).cube();
        }
    }
}

/// `sums[node] += sum_block weights[block] cubes[node][block]`.
#[inline(always)]
pub fn accumulate<P: PackedField<Scalar = F>>(
    sums: &mut [Quintic<P>; CUBE_SIZE],
    cubes: &Cubes<P>,
    weights: &Eight,
) {
    for (sum, cubes) in sums.iter_mut().zip(cubes) {
        *sum = add(sum, &dot_base(cubes, weights));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skip::domain;
    use crate::univariate::horner;

    #[test]
    fn cubes_of_a_polynomial_are_its_values_cubed() {
        let coefficients: [EF; SIZE] = from_fn(|i| EF::from_usize(i * i * i + 11));
        let at = |x: F| horner(&coefficients, x.into());
        let values: [F; SIZE] =
            domain().map(|x| p3_field::BasedVectorSpace::as_basis_coefficients_slice(&at(x))[0]);
        let mut cubes: Cubes<F> = [[F::ZERO; BATCH]; CUBE_SIZE];
        Extender::default().cubes(&values, 2, &mut cubes);
        let sent = cube_coefficients(&cubes.map(|c| c[2].into()));
        for x in 0..50 {
            let x = F::from_usize(x);
            assert_eq!(horner(&sent, x.into()), at(x).cube());
        }
        assert_eq!(domain_coefficients(&values.map(EF::from)), coefficients);
        for (x, &value) in values.iter().enumerate() {
            assert_eq!(cubes[node_of(x)][2], value.cube());
        }
    }
}
