//! Fields and the few functions on dense tables that everything else is made of.

use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing};
use p3_koala_bear::KoalaBear;

/// The base field, of order `p = 2^31 - 2^24 + 1`.
pub(crate) type F = KoalaBear;
/// The challenge field, `F[X] / (X^5 + X^2 - 1)`.
pub(crate) type EF = QuinticTrinomialExtensionField<F>;

/// The order of [`F`].
pub(crate) const P: u32 = 0x7f00_0001;
/// Coefficients of an element of [`EF`].
pub(crate) const DEGREE: usize = 5;

pub(crate) fn f(n: usize) -> F {
    F::from_usize(n)
}

pub(crate) fn ef(coefficients: &[F]) -> EF {
    EF::new(core::array::from_fn(|i| coefficients[i]))
}

pub(crate) fn coefficients(x: EF) -> Vec<F> {
    x.as_basis_coefficients_slice().to_vec()
}

/// `eq(point, b)` for every `b` of the hypercube; coordinate 0 belongs to the most significant bit.
pub(crate) fn eq_table(point: &[EF]) -> Vec<EF> {
    point.iter().fold(vec![EF::ONE], |table, &x| {
        let next = |t: EF| [t * (EF::ONE - x), t * x];
        table.into_iter().flat_map(next).collect()
    })
}

/// `sum_i a_i b_i`.
pub(crate) fn dot(a: &[EF], b: &[EF]) -> EF {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// `x^n`.
pub(crate) fn power(x: EF, n: usize) -> EF {
    x.exp_u64(n as u64)
}

/// `sum_i coefficients[i] x^i`.
pub(crate) fn polynomial(coefficients: &[EF], x: EF) -> EF {
    let terms = coefficients.iter().enumerate();
    terms.map(|(i, &c)| c * power(x, i)).sum()
}

/// The values at `x` of the polynomials that are 1 at one node and 0 at the others.
pub(crate) fn lagrange(nodes: &[F], x: EF) -> Vec<EF> {
    let basis = |i: usize| -> EF {
        let others = nodes.iter().enumerate().filter(|&(k, _)| k != i);
        others
            .map(|(_, &other)| (x - other) * (nodes[i] - other).inverse())
            .product()
    };
    (0..nodes.len()).map(basis).collect()
}

/// The number of bits that index `n` things.
pub(crate) fn log2_ceil(n: usize) -> usize {
    (0..).find(|&bits| 1 << bits >= n).unwrap_or(usize::MAX)
}
