use sheaf_guest::*;

pub fn main(x: u32) -> f64 {
    x
}
