//! Commit, open and verify for the shapes of large and small aggregates.
fn main() {}
