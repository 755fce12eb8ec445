use sheaf_guest::*;

pub fn main() -> usize {
    16777216
}
