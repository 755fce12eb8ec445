use sheaf_guest::*;

pub fn main(n: usize) {
    let list: Vec<F> = advice();
    assert_eq!(list.len(), n);
}
