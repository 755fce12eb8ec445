use sheaf_guest::*;

fn f() {}
fn f() {}
pub fn main() {}
