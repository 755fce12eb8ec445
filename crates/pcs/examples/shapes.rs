//! Prints parameters, error budget, proof size and times for one shape.
//!
//! Arguments: inner variables, slice variables, live slices, log inverse rate, claims, security in bits (128).

use std::time::{Duration, Instant};

use p3_field::PrimeCharacteristicRing;
use sheaf_pcs::{Claim, Layout, Parameters, commit, open, receive_commitment, verify_opening};
use sheaf_transcript::{EF, F, ProverTranscript, Transcript, VerifierTranscript};

fn main() {
    let args: Vec<usize> = std::env::args()
        .skip(1)
        .map(|arg| arg.parse().expect("a number"))
        .collect();
    let ([inner, slices, live, rate, claims], bits) = match args[..] {
        [inner, slices, live, rate, claims] => ([inner, slices, live, rate, claims], 128),
        [inner, slices, live, rate, claims, bits] => ([inner, slices, live, rate, claims], bits),
        _ => {
            panic!("inner variables, slice variables, live slices, log inverse rate, claims, bits")
        }
    };
    let layout = Layout::prefix(inner, slices, live);
    let start = Instant::now();
    let parameters = Parameters::new(&layout, rate, bits as f64, claims).expect("parameters exist");
    println!("search {:?}", start.elapsed());
    for round in parameters.rounds() {
        println!("{round:?}");
    }
    for term in parameters.error_terms() {
        println!("{:8.2}  {:40} {}", term.bits, term.name, term.formula);
    }
    println!("sum {:.3}", parameters.security_bits());

    println!(
        "estimates: {:.1} KiB, {} us",
        parameters.proof_elements_estimate() as f64 / 256.0,
        parameters.prover_microseconds_estimate(),
    );

    // A constant slice has the same value everywhere, so claims cost nothing to make.
    let constants: Vec<F> = (0..live).map(|s| F::from_usize(s * s + 1)).collect();
    let cells: Vec<F> = constants.repeat(layout.height());
    let mut best = [Duration::MAX; 3];
    for _ in 0..7 {
        let mut transcript = ProverTranscript::new();
        let copy = cells.clone();
        let start = Instant::now();
        let committed = commit(&parameters, copy, &mut transcript);
        best[0] = best[0].min(start.elapsed());
        let claims: Vec<Claim> = (0..claims)
            .map(|_| {
                let point = transcript.sample_point(layout.variables());
                let outer = sheaf_sumcheck::eq::table(&point[..slices]);
                let value: EF = outer.iter().zip(&constants).map(|(&w, &c)| w * c).sum();
                Claim { point, value }
            })
            .collect();
        let start = Instant::now();
        open(&parameters, committed, &claims, &mut transcript);
        best[1] = best[1].min(start.elapsed());
        let proof = transcript.into_bytes();
        let start = Instant::now();
        let mut transcript = VerifierTranscript::new(&proof);
        let commitment = receive_commitment(&parameters, &mut transcript).expect("a commitment");
        for claim in &claims {
            let _ = transcript.sample_point(claim.point.len());
        }
        verify_opening(&parameters, commitment, &claims, &mut transcript).expect("a valid proof");
        transcript.finish().expect("nothing left");
        best[2] = best[2].min(start.elapsed());
        println!(
            "commit {:?}, open {:?}, verify {:?}; {:.1} KiB",
            best[0],
            best[1],
            best[2],
            proof.len() as f64 / 1024.0,
        );
    }
}
