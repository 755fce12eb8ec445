use sheaf_guest::*;

pub fn main() {
    loop {}
}
