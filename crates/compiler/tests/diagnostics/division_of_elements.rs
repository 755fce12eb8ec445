use sheaf_guest::*;

pub fn main(x: F, y: F) -> F {
    x / y
}
