//! `main(n) = (left, right, product)`: digests of two matrices from the tape, of size `n`, and of their product.

use sheaf_guest::*;

/// The digest of a list.
fn digest_of(list: &[F]) -> Digest {
    let mut digest = Digest::empty();
    for &entry in list {
        digest = absorb(digest, [entry]);
    }
    digest
}

/// The sum of the products of a row and a column.
fn entry(left: &[F], right: &[F], n: usize, row: usize, column: usize) -> F {
    let mut sum = F::ZERO;
    for i in 0..n {
        sum += left[row * n + i] * right[i * n + column];
    }
    sum
}

/// Digests of both matrices and of their product.
pub fn main(n: usize) -> (Digest, Digest, Digest) {
    let left: Vec<F> = from_fn(n * n, |_| advice());
    let right: Vec<F> = from_fn(n * n, |_| advice());
    let product = from_fn(n * n, |i| entry(&left, &right, n, i / n, i % n));
    (digest_of(&left), digest_of(&right), digest_of(&product))
}
