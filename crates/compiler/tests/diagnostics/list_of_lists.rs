use sheaf_guest::*;

pub fn main(n: usize) {
    let rows = from_fn(n, |_| from_fn(n, |_| F::ONE));
    assert_eq!(rows.len(), n);
}
