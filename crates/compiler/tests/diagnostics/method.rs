use sheaf_guest::*;

pub fn main(list: [F; 3]) -> F {
    list.iter().sum()
}
