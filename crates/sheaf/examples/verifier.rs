//! A verifier: knows the public keys of all validators, is told who has signed, and accepts it only with a proof.
//!
//! ```sh
//! cargo run --release -p sheaf --example verifier -- DIRECTORY
//! ```
//!
//! DIRECTORY holds what the example `aggregator` leaves there. Exits with 0 if the proof is valid, with 1 if it is not, and
//! with 2 if there is nothing to verify. Needs none of the crate's features, so that no code for proving or signing is
//! compiled.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use sheaf::{Aggregate, Claims, PublicKey, TEST, verify};

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1) else {
        eprintln!("usage: verifier DIRECTORY");
        return ExitCode::from(2);
    };
    match run(Path::new(&directory)) {
        Ok(Ok(signers)) => {
            println!("valid: {signers} validators have signed");
            ExitCode::SUCCESS
        }
        Ok(Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// How many validators have signed, or why the proof does not show it; or why there is nothing to verify.
pub(crate) fn run(directory: &Path) -> Result<Result<usize, sheaf::Error>, Box<dyn Error>> {
    let registry = std::fs::read(directory.join("registry"))?;
    let claim = std::fs::read(directory.join("claim"))?;
    let proof = std::fs::read(directory.join("proof"))?;

    // What is to be shown comes from here, never from the proof: the keys are our own, and slot and message are those that
    // we care about. Here they stand in a file, in a client they are the vote that it is counting.
    let (slot, rest) = claim.split_first_chunk().ok_or("the claim has no slot")?;
    let (message, bits) = rest.split_first_chunk().ok_or("the claim has no message")?;
    let keys: Vec<PublicKey> = registry
        .chunks(TEST.public_key_bytes())
        .enumerate()
        .filter(|(i, _)| bits.get(i / 8).is_some_and(|byte| byte >> (i % 8) & 1 == 1))
        .map(|(_, key)| PublicKey::from_bytes(&TEST, key))
        .collect::<Result<_, _>>()?;
    let signers = keys.len();
    let claims = Claims::new(TEST).with_group(u32::from_le_bytes(*slot), *message, keys);

    Ok(Aggregate::from_bytes(&proof)
        .map_err(sheaf::Error::from)
        .and_then(|aggregate| verify(&claims, &aggregate))
        .map(|()| signers))
}
