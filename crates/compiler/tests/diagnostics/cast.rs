use sheaf_guest::*;

pub fn main(x: F) -> usize {
    x as usize
}
