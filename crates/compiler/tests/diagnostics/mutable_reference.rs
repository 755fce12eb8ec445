use sheaf_guest::*;

fn double(x: &mut F) {
    *x = *x + *x;
}

pub fn main(x: F) -> F {
    x
}
