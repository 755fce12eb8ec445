use sheaf_guest::*;

struct Point {
    x: F,
}

pub fn main(x: F) -> F {
    let p = Point { x };
    p.y
}
