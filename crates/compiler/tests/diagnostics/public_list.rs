use sheaf_guest::*;

pub fn main(list: Vec<F>) -> F {
    list[0]
}
