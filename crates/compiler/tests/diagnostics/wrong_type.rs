use sheaf_guest::*;

pub fn main(n: usize) -> F {
    n
}
