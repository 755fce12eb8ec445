use sheaf_guest::*;

pub fn main(n: usize) {
    let mut list = vec![F::ZERO; n];
    list[0] = F::ONE;
}
