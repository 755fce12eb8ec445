use sheaf_guest::*;

pub fn main() {
    advice::<F>();
}
