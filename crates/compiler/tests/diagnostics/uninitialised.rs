use sheaf_guest::*;

pub fn main(x: F) -> F {
    let y;
    y = x;
    y
}
