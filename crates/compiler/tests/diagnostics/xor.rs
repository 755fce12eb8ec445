use sheaf_guest::*;

pub fn main(a: usize, b: usize) -> usize {
    a ^ b
}
