use sheaf_guest::*;

trait Hash {
    fn hash(self) -> Digest;
}

pub fn main() {}
