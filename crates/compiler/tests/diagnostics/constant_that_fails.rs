use sheaf_guest::*;

const SIZE: usize = 3 - 5;

pub fn main() -> usize {
    SIZE
}
