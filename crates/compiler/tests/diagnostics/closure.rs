use sheaf_guest::*;

pub fn main(x: F) -> F {
    let square = |y: F| y * y;
    square(x)
}
