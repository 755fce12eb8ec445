use sheaf_guest::*;

struct Point {
    x: F,
}

impl Point {
    fn square(self) -> F {
        self.x * self.x
    }
}

pub fn main() {}
