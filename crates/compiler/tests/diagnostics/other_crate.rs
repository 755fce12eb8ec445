use sheaf_guest::*;

use std::collections::HashMap;

pub fn main() {}
