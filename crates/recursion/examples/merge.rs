//! What it takes to merge proofs about signatures, and to merge what was merged:
//! `cargo run --release -p sheaf-recursion --example merge -- 2 512 1 2`, for so many proofs of so many signatures, the log of their inverse rate and of that of the merged one.

use std::time::Instant;

use sheaf_aggregation::{Group, Setup, Statement, Summary, prove_with};
use sheaf_recursion::statement::node_digest;
use sheaf_recursion::{Phase, Proven, Scratch, guest, prove, verification_cost, verify};
use sheaf_xmss::PROD;
use sheaf_xmss::one_slot::sign_once;

fn main() {
    let arguments: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|x| x.parse().ok())
        .collect();
    let [children, lanes, leaf_rate, rate] = arguments[..] else {
        eprintln!(
            "how many proofs, of how many signatures, and two logs of inverse rates: for instance 2 512 1 2"
        );
        std::process::exit(2);
    };
    let start = Instant::now();
    let program = &guest().program;
    let header = program.header();
    println!(
        "program {:.0} ms: {} + {} kinds",
        ms(start),
        header.kinds_a(),
        header.kinds_b()
    );
    let start = Instant::now();
    let _ = program.id();
    println!("identity {:.0} ms", ms(start));

    let leaves: Vec<(Statement, Vec<u8>)> =
        (0..children).map(|i| leaf(i, lanes, leaf_rate)).collect();
    let proven: Vec<Proven<'_>> = leaves
        .iter()
        .map(|(statement, proof)| Proven::Leaf {
            statement,
            log_inv_rate: leaf_rate,
            proof,
        })
        .collect();
    let mut scratch = Scratch::default();
    let mut merge = |proven: &[Proven<'_>]| {
        let mut last = None;
        for _ in 0..3 {
            let start = Instant::now();
            let mut phases: Vec<(Phase, Instant)> = Vec::new();
            let (height, proof) = prove(proven, rate, &mut scratch, |phase| {
                phases.push((phase, Instant::now()));
                Ok(())
            })
            .expect("proofs that are valid are merged");
            let ends = phases
                .iter()
                .skip(1)
                .map(|&(_, at)| at)
                .chain([Instant::now()]);
            let times: Vec<String> = (phases.iter().zip(ends))
                .map(|(&(phase, from), to)| {
                    format!("{} {:.0}", phase.name(), 1000.0 * (to - from).as_secs_f64())
                })
                .collect();
            println!("merged in {:.0} ms: {}", ms(start), times.join(", "));
            last = Some((height, proof));
        }
        last.expect("three of them")
    };
    let (height, proof) = merge(&proven);
    let digests: Vec<_> = leaves
        .iter()
        .map(|(statement, _)| Summary::new(statement).digest())
        .collect();
    let digest = node_digest(height, &digests);
    let rows = proof.run.statement.rows();
    let live = proof.run.statement.live().0;
    println!(
        "{} rows, {} bytes, live {live:?}",
        rows.end(),
        proof.encode().len()
    );
    for _ in 0..3 {
        let start = Instant::now();
        verify(&digest, height, &proof).expect("it is valid");
        println!("verified in {:.1} ms", ms(start));
    }
    println!(
        "{:?}",
        verification_cost(&digest, height, &proof).expect("it is valid")
    );

    let node = Proven::Node {
        digest,
        height,
        proof: &proof,
    };
    let (height, above) = merge(&[node, node]);
    let digest = node_digest(height, &[digest, digest]);
    println!(
        "{} rows, {} bytes",
        above.run.statement.rows().end(),
        above.encode().len()
    );
    let start = Instant::now();
    verify(&digest, height, &above).expect("it is valid");
    println!("verified in {:.1} ms", ms(start));
}

/// A proof about signatures of one slot.
fn leaf(number: usize, lanes: usize, log_inv_rate: usize) -> (Statement, Vec<u8>) {
    let (slot, message) = (1_000 + number as u32, [number as u8; 32]);
    let (keys, signatures): (Vec<_>, Vec<_>) = (0..lanes)
        .map(|i| {
            let mut seed = [number as u8; 32];
            seed[..8].copy_from_slice(&(i as u64).to_le_bytes());
            sign_once(&PROD, &seed, slot, &message).expect("a slot that exists")
        })
        .unzip();
    let group = Group {
        slot,
        message,
        keys,
    };
    let (statement, order) = Statement::new(PROD, vec![group]).expect("a statement");
    let signatures: Vec<_> = order.iter().map(|&(_, key)| &signatures[key]).collect();
    let setup = Setup::from_table(&statement, log_inv_rate).expect("a rate of the table");
    let mut scratch = sheaf_aggregation::Scratch::default();
    let proof = prove_with(&setup, &statement, &signatures, &mut scratch, |_| Ok(()));
    (statement, proof.expect("valid signatures"))
}

fn ms(start: Instant) -> f64 {
    1000.0 * start.elapsed().as_secs_f64()
}
