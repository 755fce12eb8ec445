use sheaf_guest::*;

fn first<T>(a: T, b: T) -> T {
    a
}

pub fn main(x: F) -> F {
    first(x, x)
}
