//! `main(square) = root`: a square root of an element that has one.

use sheaf_guest::*;

/// An exponent for roots: `p - 1 = 2^24 127`, and `x^64` is a root of `x` where `x^127 = 1`.
const EXPONENT: usize = 64;

/// A power, by squares and products.
fn power(x: F, exponent: usize) -> F {
    let (mut result, mut square, mut rest) = (F::ONE, x, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            result *= square;
        }
        square *= square;
        rest /= 2;
    }
    result
}

/// A root, which the prover computes by 12 products and everybody checks by one.
pub fn main(square: F) -> F {
    let root = hint(power(square, EXPONENT));
    assert_eq!(root * root, square, "this is no root");
    root
}
