use sheaf_guest::*;

const A: usize = B + 1;
const B: usize = A + 1;

pub fn main() -> usize {
    A
}
