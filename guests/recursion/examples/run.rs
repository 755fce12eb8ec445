//! What it costs to verify a proof about a run inside a program: of the run that verifies a proof about signatures,
//! `cargo run --release -p sheaf-recursion-guest --example run -- 1024 1`, for so many signatures and that log of the inverse rate, of both proofs.

use std::collections::BTreeMap;
use std::time::Instant;

use sheaf_executor::{Executor, Input};

#[path = "../tests/proofs/mod.rs"]
mod proofs;
#[path = "../tests/runs/mod.rs"]
#[expect(dead_code, reason = "tests need more")]
mod runs;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|x| x.parse::<usize>().ok());
    let (Some(Some(lanes)), Some(Some(rate))) = (arguments.next(), arguments.next()) else {
        eprintln!("how many signatures, and the log of the inverse rate: for instance 1024 1");
        std::process::exit(2);
    };
    let child = proofs::program();
    let (tape, accepted) = proofs::tape(&proofs::proof(lanes, rate));
    assert!(accepted, "the native verifier accepts");
    let run = |executable, arguments: &[_], tape: &[_]| {
        let input = Input {
            arguments,
            advice: tape,
            max_rows: 1 << 21,
        };
        let outcome = Executor::new(executable).run(input);
        outcome.unwrap_or_else(|error| panic!("{error}"))
    };
    let proof = runs::proof(&child.program, &run(&child, &[], &tape).run, rate);
    println!(
        "child: {} kinds, {} rows, {} live slices, {} bytes",
        child.program.kinds().len(),
        proof.statement.rows().end(),
        proof.statement.live().width(),
        proof.body.len()
    );
    let start = Instant::now();
    let verifier = runs::program(proof.statement.public().len());
    println!(
        "program            {:>8.1} ms, {} kinds",
        ms(start),
        verifier.program.kinds().len()
    );
    let (tape, verdict) = runs::tape(&proof);
    assert!(verdict.is_some(), "the native verifier accepts");
    let start = Instant::now();
    let outcome = run(&verifier, &proof.program.id(), &tape);
    println!("execute            {:>8.1} ms", ms(start));
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
    for (name, [kinds, rows, cells, permutations]) in all.iter().take(60) {
        println!("{name:>36} {kinds:>6} {rows:>8} {cells:>9} {permutations:>8}");
    }
}

fn ms(start: Instant) -> f64 {
    1000.0 * start.elapsed().as_secs_f64()
}
