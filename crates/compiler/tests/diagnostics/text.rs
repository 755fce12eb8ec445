use sheaf_guest::*;

pub fn main() {
    let name = "sheaf";
}
