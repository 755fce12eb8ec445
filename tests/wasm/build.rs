//! Puts the files that `SHEAF_CLAIMS` and `SHEAF_PROOF` name where the program includes them. Without them it has nothing to verify,
//! and says so by its exit code.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("Cargo sets it"));
    for (variable, name) in [("SHEAF_CLAIMS", "claims"), ("SHEAF_PROOF", "proof")] {
        println!("cargo::rerun-if-env-changed={variable}");
        let bytes = std::env::var_os(variable).map_or_else(Vec::new, |path| {
            let path = Path::new(&path);
            println!("cargo::rerun-if-changed={}", path.display());
            std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        });
        std::fs::write(out.join(name), bytes).expect("Cargo's directory can be written");
    }
}
