//! What a program costs to prove, phase by phase: `cargo run --release -p sheaf-machine --example guest -- xmss`.

use std::time::{Duration, Instant};

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{Executor, Input};
use sheaf_guests::{Case, fibonacci, membership, polynomial, poseidon_chain, sorting, xmss};
use sheaf_machine::{Phase, Scratch, Setup, prove, verification_cost, verify};
use sheaf_program::builder::Executable;
use sheaf_program::{E, F};
use sheaf_xmss::{BatchFile, PROD};

fn choose(name: &str) -> Option<(Executable, Case)> {
    Some(match name {
        "fibonacci" => (
            fibonacci::program(),
            fibonacci::case((1 << 18) - 8, word(1), word(6)),
        ),
        "membership" => (membership::program(), membership::case(777_777)),
        "polynomial" => (polynomial::program(), polynomial::case(10_000, E::TWO)),
        "poseidon" => (poseidon_chain::program(), poseidon_chain::case(16_000)),
        "sorting" => {
            let numbers: Vec<u32> = (0..4000).map(|i| i * i * 7 % 4096).collect();
            (sorting::program(), sorting::case(&numbers))
        }
        "xmss" => {
            let bytes = include_bytes!("../../xmss/tests/vectors/prod-slot-77777.bin");
            let batch = BatchFile::parse(&PROD, bytes).ok()?;
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
    let start = Instant::now();
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 22,
    };
    let run = match Executor::new(&executable).run(input) {
        Ok(outcome) => outcome.run,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    };
    line("execute", start.elapsed());
    let program = &executable.program;
    let mut scratch = Scratch::default();
    // The second time memory is there already.
    for _ in 0..2 {
        println!();
        let mut begun: Vec<(Phase, Instant)> = Vec::new();
        let start = Instant::now();
        let proof = prove(program, &run, 1, &mut scratch, |phase| {
            begun.push((phase, Instant::now()));
            Ok(())
        })
        .expect("there are parameters");
        let end = Instant::now();
        let ends = begun.iter().skip(1).map(|&(_, at)| at).chain([end]);
        for ((phase, begin), end) in begun.iter().zip(ends) {
            line(phase.name(), end - *begin);
        }
        line("all", end - start);
        let start = Instant::now();
        let setup = Setup::new(&proof.statement, proof.log_inv_rate).expect("as before");
        verify(&setup, program, &proof.statement, &proof.body).expect("it is valid");
        line("verify", start.elapsed());
        let cost =
            verification_cost(&setup, program, &proof.statement, &proof.body).expect("it is valid");
        println!("{cost:?}");
        println!(
            "{} rows, {} cells committed, {} bytes",
            proof.statement.rows().end(),
            setup.parameters().layout().width() * setup.parameters().layout().height(),
            proof.body.len()
        );
    }
}

/// A word without zeros.
fn word(first: u32) -> E {
    E::new(core::array::from_fn(|i| F::new(first + i as u32)))
}

fn line(name: &str, time: Duration) {
    println!("{name:>14} {:>8.1} ms", 1000.0 * time.as_secs_f64());
}
