use sheaf_guest::*;

pub fn main(x: F) -> F {
    match x {
        _ => x,
    }
}
