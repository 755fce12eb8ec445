use sheaf_guest::*;

pub fn main(n: usize) {
    let a = vec![F::ZERO; n];
    let b = vec![F::ZERO; n];
    assert_eq!(a, b);
}
