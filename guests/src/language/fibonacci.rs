//! `main(n)`: the Fibonacci number of index `n`, modulo `p`.

use sheaf_guest::*;

/// The Fibonacci number of index `n`.
pub fn main(n: usize) -> F {
    let (mut a, mut b) = (F::ZERO, F::ONE);
    for _ in 0..n {
        (a, b) = (b, a + b);
    }
    a
}
