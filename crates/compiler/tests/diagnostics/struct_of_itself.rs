use sheaf_guest::*;

struct Tree {
    left: Tree,
}

pub fn main() {}
