use sheaf_guest::*;

pub fn main() {
    let x = advice();
    assert!(x == F::ONE);
}
