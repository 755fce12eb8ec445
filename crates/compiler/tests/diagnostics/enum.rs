use sheaf_guest::*;

enum Side {
    Left,
    Right,
}

pub fn main() {}
