use sheaf_guest::*;

pub fn main(x: F) -> F {
    let y = x;
    y = y * y;
    y
}
