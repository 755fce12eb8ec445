use sheaf_guest::*;

fn zeros<const N: usize>() -> [F; N] {
    [F::ZERO; N]
}

pub fn main() -> [F; 2] {
    zeros()
}
