//! `main(n, x)`: the value at `x` of a polynomial with `n` coefficients from the tape, the highest first, and their digest.

use sheaf_guest::*;

/// The value, and the digest of the coefficients.
pub fn main(n: usize, x: E) -> (E, Digest) {
    let mut value = E::ZERO;
    let mut digest = Digest::empty();
    for _ in 0..n {
        let coefficient: E = advice();
        value = value * x + coefficient;
        digest = absorb(digest, coefficient.coefficients());
    }
    (value, digest)
}
