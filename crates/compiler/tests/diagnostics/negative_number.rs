use sheaf_guest::*;

pub fn main(n: usize) -> usize {
    -n
}
