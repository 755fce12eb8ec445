//! What is said of programs that can't be compiled, or are probably not what was meant: a file for each, with the text beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p sheaf-compiler --test diagnostics` writes the texts anew.

use std::path::Path;

use expect_test::expect_file;
use sheaf_compiler::{Source, compile};

#[test]
fn every_diagnostic_reads_as_it_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut programs: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    programs.sort();
    assert!(programs.len() > 50);
    for path in programs {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let said = match compile(&Source::new(name, text)) {
            Ok(program) => program.warnings,
            Err(errors) => errors,
        };
        assert!(!said.all().is_empty(), "{name}: nothing is said");
        let expected = path.with_extension("txt");
        expect_file![expected].assert_eq(&format!("{said}\n"));
    }
}
