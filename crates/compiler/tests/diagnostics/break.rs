use sheaf_guest::*;

pub fn main(n: usize) {
    for i in 0..n {
        if i == 3 {
            break;
        }
    }
}
