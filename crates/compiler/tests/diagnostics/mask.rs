use sheaf_guest::*;

pub fn main(a: usize) -> usize {
    a & 5
}
