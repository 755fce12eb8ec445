use sheaf_guest::*;

pub fn main(a: Digest) -> Digest {
    compress(a)
}
