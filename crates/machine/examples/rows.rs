//! How the time per row depends on the number of rows: `cargo run --release -p sheaf-machine --example rows`.
//!
//! A size between two powers of two should cost as much per row as they do.

use std::time::{Duration, Instant};

use sheaf_executor::{Executor, Input};
use sheaf_guests::fibonacci;
use sheaf_machine::{Scratch, prove};
use sheaf_program::E;

/// Proofs of each size, of which the fastest counts.
const PROOFS: usize = 3;

fn main() {
    let executable = fibonacci::program();
    let executor = Executor::new(&executable);
    let mut scratch = Scratch::default();
    // The first proof finds memory that no other has touched.
    let sizes = [1 << 14].into_iter().chain((14..18).flat_map(|log| {
        let between = |fifths: u32| ((1 << log) / 5) * fifths;
        [1 << log, between(6), between(7), between(8), between(9)]
    }));
    for (i, steps) in sizes.chain([1 << 18]).enumerate() {
        // Two rows are not steps.
        let case = fibonacci::case(steps - 8, word(1), word(6));
        let input = Input {
            arguments: &case.arguments,
            advice: &case.advice,
            max_rows: 1 << 20,
        };
        let run = executor.run(input).expect("it runs").run;
        let rows = run.rows(&executable.program).expect("it has rows").end();
        let mut best = Duration::MAX;
        for _ in 0..PROOFS {
            let start = Instant::now();
            prove(&executable.program, &run, 1, &mut scratch, |_| Ok(())).expect("it is proved");
            best = best.min(start.elapsed());
        }
        if i > 0 {
            let seconds = best.as_secs_f64();
            let row = 1e6 * seconds / rows as f64;
            println!(
                "{rows:>7} rows {:>8.1} ms {row:>7.3} us per row",
                1e3 * seconds
            );
        }
    }
}

/// A word without zeros.
fn word(first: u32) -> E {
    E::new(core::array::from_fn(|i| {
        sheaf_program::F::new(first + i as u32)
    }))
}
