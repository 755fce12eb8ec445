use sheaf_guest::*;

pub fn main() {
    let half = 0.5;
}
