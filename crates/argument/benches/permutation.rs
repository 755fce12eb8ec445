//! Permutations per second.
fn main() {}
