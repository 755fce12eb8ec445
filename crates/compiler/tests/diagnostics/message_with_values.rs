use sheaf_guest::*;

pub fn main(n: usize) {
    assert!(n == 1, "n is {}", n);
}
