use sheaf_guest::*;

pub fn main(x: F) {
    println!("{x}");
}
