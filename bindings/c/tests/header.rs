//! `sheaf.h` is what the crate declares.

use std::path::Path;

/// Compares; with `SHEAF_UPDATE_HEADER` in the environment, writes the header instead.
#[test]
fn the_header_is_up_to_date() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(directory.join("cbindgen.toml")).unwrap();
    let mut generated = Vec::new();
    cbindgen::Builder::new()
        .with_crate(directory)
        .with_config(config)
        .generate()
        .unwrap()
        .write(&mut generated);
    let generated = String::from_utf8(generated).unwrap();
    let path = directory.join("sheaf.h");
    if std::env::var_os("SHEAF_UPDATE_HEADER").is_some() {
        std::fs::write(&path, generated).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == generated,
        "run `SHEAF_UPDATE_HEADER=1 cargo test --release -p sheaf-c --test header`"
    );
}
