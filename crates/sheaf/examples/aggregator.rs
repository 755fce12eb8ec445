//! An aggregator: collects the signatures of a slot as they arrive, leaves out what is not valid, and makes a proof before a
//! deadline.
//!
//! ```sh
//! cargo run --release -p sheaf --example aggregator -- DIRECTORY
//! cargo run --release -p sheaf --example verifier -- DIRECTORY
//! ```
//!
//! It leaves in DIRECTORY what the verifier reads:
//!
//! * `registry`: the public keys of all validators, 52 bytes each, which both sides know beforehand;
//! * `claim`: the slot, the message, and a bit for each validator that says whether it has signed;
//! * `proof`: the aggregate.
//!
//! The keys are TEST keys that sign at one slot, so that the example takes no time. Real ones are made with `KeyGenerator`
//! and sign under a `FileSlotGuard`; the README shows it.

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use sheaf::xmss::one_slot;
use sheaf::{Aggregate, Batch, Prover, PublicKey, Rate, Signature, TEST};

const VALIDATORS: usize = 40;
const SLOT: u32 = 7;
const MESSAGE: [u8; 32] = [1; 32];

/// From the moment when all signatures are there. A proof of this size takes some 20 ms in a release build.
const TIME: Duration = Duration::from_secs(30);

/// What the network delivers: who is said to have signed, and the signature.
type Arrival = (usize, Signature);

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1) else {
        eprintln!("usage: aggregator DIRECTORY");
        return ExitCode::from(2);
    };
    match run(Path::new(&directory)) {
        Ok(signers) => {
            println!("{signers} of {VALIDATORS} validators are in the proof");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Plays one slot, writes the files, and returns how many validators are in the proof.
pub(crate) fn run(directory: &Path) -> Result<usize, Box<dyn Error>> {
    // One prover for the life of the process: it keeps its threads and its memory for the next slot.
    let prover = Prover::new(0)?;
    println!("{}", sheaf::build_info());

    let (registry, arrivals) = network()?;
    let mut received: BTreeMap<usize, Signature> = arrivals.into_iter().collect();

    let aggregate = aggregate(&prover, &registry, &mut received, Instant::now() + TIME)?;

    let mut bits = vec![0; VALIDATORS.div_ceil(8)];
    for &validator in received.keys() {
        bits[validator / 8] |= 1 << (validator % 8);
    }
    let keys: Vec<u8> = registry.iter().flat_map(PublicKey::to_bytes).collect();
    let claim = [&SLOT.to_le_bytes()[..], &MESSAGE, &bits].concat();
    std::fs::write(directory.join("registry"), keys)?;
    std::fs::write(directory.join("claim"), claim)?;
    std::fs::write(directory.join("proof"), aggregate.to_bytes())?;
    Ok(received.len())
}

/// Makes a proof of the valid ones among the signatures received, and drops the others.
fn aggregate(
    prover: &Prover,
    registry: &[PublicKey],
    received: &mut BTreeMap<usize, Signature>,
    deadline: Instant,
) -> Result<Aggregate, sheaf::Error> {
    loop {
        let validators: Vec<usize> = received.keys().copied().collect();
        let signers = received
            .iter()
            .map(|(&validator, signature)| (registry[validator], signature.clone()));
        let batch = Batch::new(TEST).with_group(SLOT, MESSAGE, signers);
        let observer = |_| {
            if Instant::now() < deadline {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        match prover.aggregate_observed(&batch, Rate::Half, observer) {
            // All of them are named, before anything is proved; so this happens once.
            Err(sheaf::Error::InvalidSignatures(invalid)) => {
                for signature in invalid {
                    let validator = validators[signature.index];
                    println!("validator {validator}: {}", signature.reason);
                    received.remove(&validator);
                }
            }
            result => return result,
        }
    }
}

/// The validators, and the messages of a slot in which not all goes well.
fn network() -> Result<(Vec<PublicKey>, mpsc::Receiver<Arrival>), Box<dyn Error>> {
    let mut registry = Vec::new();
    let mut signatures = Vec::new();
    for validator in 0..VALIDATORS {
        let seed = [validator as u8; one_slot::SEED_BYTES];
        let (key, signature) = one_slot::sign_once(&TEST, &seed, SLOT, &MESSAGE)?;
        registry.push(key);
        signatures.push(signature);
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for (validator, signature) in signatures.iter().enumerate() {
            let sent = match validator {
                // Does not answer.
                3 | 30 => continue,
                // Sends the signature of somebody else.
                11 => &signatures[12],
                // Sends the same thing twice.
                25 => {
                    let _ = sender.send((validator, signature.clone()));
                    signature
                }
                _ => signature,
            };
            // Nobody listens any more only if the aggregator has failed.
            let _ = sender.send((validator, sent.clone()));
        }
    });
    Ok((registry, receiver))
}
