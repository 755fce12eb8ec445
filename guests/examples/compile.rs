//! Compiles a program, and shows what was said about it and its kinds.

use sheaf_compiler::{Source, compile};

fn main() {
    let path = std::env::args().nth(1).expect("a path");
    let text = std::fs::read_to_string(&path).expect("a file");
    let begin = std::time::Instant::now();
    match compile(&Source::new(path, text)) {
        Ok(program) => {
            println!("{}\n{}", program.executable.program, program.warnings);
            println!("{:?}", begin.elapsed());
        }
        Err(errors) => println!("{errors}"),
    }
}
