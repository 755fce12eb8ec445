//! The fields: KoalaBear, its SIMD packing and its degree-5 extension.

use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::{BasedVectorSpace, ExtensionField, Field, PackedFieldExtension};
use p3_koala_bear::KoalaBear;

use crate::EXTENSION_DEGREE;

/// The base field, of order `p = 2^31 - 2^24 + 1`.
pub type F = KoalaBear;

/// As many base-field elements as one vector register of the target holds.
pub type PF = <F as Field>::Packing;

/// The challenge field `F[X] / (X^5 + X^2 - 1)`, of order `p^5 > 2^154`.
pub type EF = QuinticTrinomialExtensionField<F>;

/// Extension-field elements in the layout of [`PF`]: one vector register per coefficient.
pub type EPF = <EF as ExtensionField<F>>::ExtensionPacking;

/// The order of the base field.
pub const ORDER: u32 = 0x7f00_0001;

/// `floor(log2 |EF|)`, what every error term divides by: `5 log2 p = 154.94`.
pub const EXTENSION_BITS: f64 = 154.94;

/// The coefficients of `x` in the basis `1, X, .., X^4`.
#[inline]
pub fn coefficients(x: EF) -> [F; EXTENSION_DEGREE] {
    let slice: &[F] = x.as_basis_coefficients_slice();
    core::array::from_fn(|i| slice[i])
}

/// The element with the given coefficients.
#[inline]
pub fn from_coefficients(c: [F; EXTENSION_DEGREE]) -> EF {
    EF::new(c)
}

/// The extension-field element in one SIMD lane.
#[inline]
pub fn extract(x: &EPF, lane: usize) -> EF {
    <EPF as PackedFieldExtension<F, EF>>::extract(x, lane)
}
