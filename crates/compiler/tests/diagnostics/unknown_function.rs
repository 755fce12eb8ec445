use sheaf_guest::*;

pub fn main(x: F) -> F {
    sqrt(x)
}
