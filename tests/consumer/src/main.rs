//! A small consumer of sheaf, which `scripts/profile-matrix` builds with many profiles.
//!
//! ```text
//! sheaf-consumer DIRECTORY
//! ```
//!
//! Signs with two one-slot keys, aggregates, verifies, and has the proof rejected for another message; once per scheme.
//! `DIRECTORY/test.proof` and `DIRECTORY/prod.proof` are functions of the source alone: `consumer.c` writes the same bytes.
//! Standard output has one line per fact: `simd` and `cpu-simd`, as the library names them, and the seconds of all calls
//! to `prove` and `verify`.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sheaf::xmss::one_slot::sign_once;
use sheaf::{
    Aggregate, Batch, Claims, Options, PROD, Prover, Rate, Scheme, TEST, build_info, verify,
};

const SLOT: u32 = 7;
const MESSAGE: [u8; 32] = [1; 32];
const OTHER_MESSAGE: [u8; 32] = [2; 32];

/// The seeds of the signers are `[1; 32]` and `[2; 32]`.
const SIGNERS: [u8; 2] = [1, 2];

/// Proves and verifies for one scheme: the bytes of the proof, and how long both took.
fn round_trip(
    prover: &Prover,
    scheme: Scheme,
) -> Result<(Vec<u8>, Duration, Duration), Box<dyn Error>> {
    let signers = SIGNERS
        .iter()
        .map(|&seed| sign_once(&scheme, &[seed; 32], SLOT, &MESSAGE))
        .collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<_> = signers.iter().map(|(key, _)| *key).collect();
    let batch = Batch::new(scheme).with_group(SLOT, MESSAGE, signers);

    let start = Instant::now();
    let proof = prover
        .aggregate(&batch, Options::proof(Rate::Half))?
        .to_bytes();
    let prove = start.elapsed();

    let claims = Claims::new(scheme).with_group(SLOT, MESSAGE, keys.clone());
    let start = Instant::now();
    verify(&claims, &Aggregate::from_bytes(&proof)?)?;
    let verifying = start.elapsed();

    let others = Claims::new(scheme).with_group(SLOT, OTHER_MESSAGE, keys);
    match verify(&others, &Aggregate::from_bytes(&proof)?) {
        Err(sheaf::Error::Rejected(_)) => Ok((proof, prove, verifying)),
        other => Err(format!("the proof of another message: {other:?}").into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or("usage: sheaf-consumer DIRECTORY")?
        .into();
    let build = build_info();
    println!("simd {}", build.simd);
    println!("cpu-simd {}", build.cpu_simd);

    let prover = Prover::new(2)?;
    let (mut prove, mut verify) = (Duration::ZERO, Duration::ZERO);
    for (scheme, file) in [(TEST, "test.proof"), (PROD, "prod.proof")] {
        let (proof, proving, verifying) = round_trip(&prover, scheme)?;
        std::fs::write(directory.join(file), proof)?;
        prove += proving;
        verify += verifying;
    }
    println!("prove {:.6}", prove.as_secs_f64());
    println!("verify {:.6}", verify.as_secs_f64());
    Ok(())
}
