//! What it costs to verify a proof about signatures inside a program, and to prove that:
//! `cargo run --release -p sheaf-recursion-guest --example leaf -- 1024 1`, for so many signatures and that log of the inverse rate.

use std::collections::BTreeMap;
use std::time::Instant;

use sheaf_aggregation::Summary;
use sheaf_executor::{Executor, Input};
use sheaf_machine::{SLICE_CELLS, Scratch, Setup, prove, verify};

#[path = "../tests/proofs/mod.rs"]
mod proofs;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|x| x.parse::<usize>().ok());
    let (Some(Some(lanes)), Some(Some(rate))) = (arguments.next(), arguments.next()) else {
        eprintln!(
            "how many signatures, a power of two from 16 on, and the log of the inverse rate: for instance 1024 1"
        );
        std::process::exit(2);
    };
    let start = Instant::now();
    let executable = proofs::program();
    println!(
        "program            {:>8.1} ms, kinds: {} in zone A, {} in zone B",
        ms(start),
        executable.program.header().kinds_a(),
        executable.program.header().kinds_b()
    );
    let proof = proofs::proof(lanes, rate);
    let (tape, accepted) = proofs::tape(&proof);
    assert!(accepted, "the native verifier accepts");
    let executor = Executor::new(&executable);
    let start = Instant::now();
    let input = Input {
        arguments: &[],
        advice: &tape,
        max_rows: 1 << 21,
    };
    let outcome = executor
        .run(input)
        .unwrap_or_else(|error| panic!("{error}"));
    println!("execute            {:>8.1} ms", ms(start));
    assert_eq!(outcome.results, Summary::new(&proof.statement).digest());
    let total = outcome.profile.total();
    println!(
        "{} rows, {} cells, {} permutations, {} messages",
        total.rows, total.cells, total.permutations, total.messages
    );
    // Parts of a body have its name.
    let mut by_name: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for kind in &outcome.profile.kinds {
        let name = kind.name.split([',', ':']).next().unwrap_or_default();
        let sums = by_name.entry(name).or_default();
        let own = [1, kind.rows, kind.cells, kind.permutations];
        for (sum, x) in sums.iter_mut().zip(own) {
            *sum += x;
        }
    }
    let mut all: Vec<_> = by_name.into_iter().collect();
    all.sort_by_key(|(_, sums)| std::cmp::Reverse(sums[2]));
    println!(
        "{:>36} {:>6} {:>8} {:>9} {:>8}",
        "", "kinds", "rows", "cells", "perms"
    );
    for (name, [kinds, rows, cells, permutations]) in all.iter().take(40) {
        println!("{name:>36} {kinds:>6} {rows:>8} {cells:>9} {permutations:>8}");
    }

    let start = Instant::now();
    executable.program.check().expect("as when it was made");
    println!("check the program  {:>8.1} ms", ms(start));
    let mut scratch = Scratch::default();
    for _ in 0..3 {
        let start = Instant::now();
        let proof = prove(&executable.program, &outcome.run, 1, &mut scratch, |_| {
            Ok(())
        })
        .expect("there are parameters");
        let (live, log_rows) = (proof.statement.live(), proof.statement.rows().log_rows());
        // A slice has these cells of the rows of a sixteenth.
        let committed = (live.width() * SLICE_CELLS) << (log_rows - 4);
        println!(
            "prove              {:>8.1} ms, {} bytes, {committed} cells committed in {} slices: {:?}",
            ms(start),
            proof.body.len(),
            live.width(),
            live.0
        );
        let setup = Setup::new(&proof.statement, proof.log_inv_rate).expect("as before");
        let start = Instant::now();
        verify(&setup, &executable.program, &proof.statement, &proof.body).expect("it is valid");
        println!("check, and verify  {:>8.1} ms", ms(start));
    }
}

fn ms(start: Instant) -> f64 {
    1000.0 * start.elapsed().as_secs_f64()
}
