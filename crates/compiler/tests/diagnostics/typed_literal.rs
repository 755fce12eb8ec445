use sheaf_guest::*;

pub fn main() -> usize {
    1u64
}
