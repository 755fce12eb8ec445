use sheaf_guest::*;

struct F {
    x: usize,
}

pub fn main() {}
