//! `main(n)`: the number is a product of two others, which nobody learns.

use sheaf_guest::*;

/// Shows that there are two factors above 1.
pub fn main(n: usize) {
    let a: usize = advice();
    let b: usize = advice();
    assert!(a > 1 && b > 1, "a factor says nothing");
    assert_eq!(a * b, n, "these are no factors");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_taken_from_the_tape() {
        let tape = [F::new(17), F::new(19)];
        with_advice(&tape, || main(323));
    }

    #[test]
    #[should_panic(expected = "no factors")]
    fn other_numbers_are_refused() {
        let tape = [F::new(17), F::new(18)];
        with_advice(&tape, || main(323));
    }
}
