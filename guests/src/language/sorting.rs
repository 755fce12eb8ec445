//! `main(n) = (digest, sorted)`: digests of a list of `n` numbers from the tape, and of the same list sorted.
//!
//! The tape has the numbers, then for each place of the sorted list where its number comes from, then for each number where
//! it goes: what has an inverse is a permutation.

use sheaf_guest::*;

/// The digest of a list.
fn digest_of(list: &[usize]) -> Digest {
    let mut digest = Digest::empty();
    for &number in list {
        digest = absorb(digest, [F::from(number)]);
    }
    digest
}

/// The digests of a list and of the sorted list.
pub fn main(n: usize) -> (Digest, Digest) {
    let numbers: Vec<usize> = from_fn(n, |_| advice());
    let from: Vec<usize> = from_fn(n, |_| advice());
    let to: Vec<usize> = from_fn(n, |_| advice());
    for i in 0..n {
        assert_eq!(to[from[i]], i, "a number is at two places");
    }
    let sorted = from_fn(n, |i| numbers[from[i]]);
    let mut last = 0;
    for &number in &sorted {
        assert!(last <= number, "the list is not sorted");
        last = number;
    }
    (digest_of(&numbers), digest_of(&sorted))
}
