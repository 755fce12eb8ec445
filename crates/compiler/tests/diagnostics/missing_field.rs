use sheaf_guest::*;

struct Point {
    x: F,
    y: F,
}

pub fn main(x: F) -> F {
    let p = Point { x };
    p.x
}
