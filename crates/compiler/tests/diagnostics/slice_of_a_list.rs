use sheaf_guest::*;

pub fn main(n: usize) {
    let list = vec![F::ZERO; n];
    let part = &list[1..n];
    assert_eq!(part.len(), n - 1);
}
