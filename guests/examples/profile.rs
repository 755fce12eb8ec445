//! Runs a program and shows where its rows go: `cargo run --release -p sheaf-guests --example profile -- xmss`.

use std::time::Instant;

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{Executor, Input};
use sheaf_guests::{Case, fibonacci, membership, polynomial, poseidon_chain, sorting, xmss};
use sheaf_program::E;
use sheaf_program::builder::Executable;
use sheaf_xmss::{BatchFile, PROD};

fn choose(name: &str) -> Option<(Executable, Case)> {
    Some(match name {
        "fibonacci" => (
            fibonacci::program(),
            fibonacci::case(1 << 18, E::ONE, E::TWO),
        ),
        "membership" => (membership::program(), membership::case(777_777)),
        "polynomial" => (polynomial::program(), polynomial::case(10_000, E::TWO)),
        "poseidon" => (poseidon_chain::program(), poseidon_chain::case(10_000)),
        "sorting" => {
            let numbers: Vec<u32> = (0..4000).map(|i| i * i * 7 % 4096).collect();
            (sorting::program(), sorting::case(&numbers))
        }
        "xmss" => {
            let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
            let file = "../crates/xmss/tests/vectors/prod-slot-77777.bin";
            let bytes = std::fs::read(directory.join(file)).ok()?;
            let batch = BatchFile::parse(&PROD, &bytes).ok()?;
            let case = xmss::case(&PROD, batch.slot, &batch.message, &batch.signers).ok()?;
            (xmss::program(&PROD), case)
        }
        _ => return None,
    })
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some((executable, case)) = choose(&name) else {
        eprintln!("which program: fibonacci, membership, polynomial, poseidon, sorting or xmss");
        std::process::exit(2);
    };
    let executor = Executor::new(&executable);
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 22,
    };
    let start = Instant::now();
    match executor.run(input) {
        Ok(outcome) => {
            let time = start.elapsed();
            print!("{}", outcome.profile);
            let cells = outcome.profile.total().cells;
            println!(
                "{time:.1?}, {:.1} million cells per second",
                cells as f64 / time.as_secs_f64() / 1e6
            );
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}
