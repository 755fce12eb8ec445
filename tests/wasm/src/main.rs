//! Verifies the proof that it was built with, against the claims that it was built with.
//!
//! `wasm32-unknown-unknown` has no files and no output: what a program can say there is its exit code. It is that of the
//! command: 0 if the proof is valid, 1 if it is not, 2 if there is nothing to verify. `scripts/wasm-test` builds and runs it.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use sheaf::{Aggregate, Claims, verify};

static CLAIMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/claims"));
static PROOF: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/proof"));

fn main() -> ExitCode {
    let Ok(claims) = Claims::from_bytes(CLAIMS) else {
        return ExitCode::from(2);
    };
    let valid = Aggregate::from_bytes(PROOF)
        .map_err(sheaf::Error::from)
        .and_then(|aggregate| verify(&claims, &aggregate));
    match valid {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
