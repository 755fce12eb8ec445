use sheaf_guest::*;

fn helper(x: F) -> F {
    x
}
