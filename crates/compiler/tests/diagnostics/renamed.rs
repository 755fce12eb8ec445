use sheaf_guest::{E as F, F as E};

pub fn main(x: F) -> F {
    x
}
