pub fn main( -> F {}
