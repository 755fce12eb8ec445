//! A process that forks: threads, locks and journals stay with the parent. One test, since a fork copies one thread only.
#![cfg(unix)]

use std::ops::ControlFlow;
use std::process;
use std::time::{Duration, Instant};

use fork::{Fork, fork, waitpid_nohang};
use sheaf::xmss::{FileSlotGuard, GuardError, KeyGenerator, SigningError, SigningKey, one_slot};
use sheaf::{Batch, Error, Options, Prover, Rate, TEST};

const PROOF: Options = Options::proof(Rate::Half);

/// What the child does with what it got from its parent; none of it may wait, or change anything.
fn misuse(prover: Prover, batch: &Batch, mut key: SigningKey<FileSlotGuard>) -> bool {
    let proof = prover.aggregate(batch, PROOF);
    let observed = prover.aggregate_observed(batch, PROOF, |_| ControlFlow::Continue(()));
    let list = prover.aggregate(batch, Options::raw());
    let work = prover.run(|| 1);
    prover.release_memory();
    drop(prover);
    let again = key.sign(3, &[3; 32]);
    let other = key.sign(4, &[4; 32]);
    drop(key);
    let locked = |result| matches!(result, Err(SigningError::Guard(GuardError::Locked)));
    proof == Err(Error::Forked)
        && observed == Err(Error::Forked)
        && list == Err(Error::Forked)
        && work == Err(Error::Forked)
        && locked(again)
        && locked(other)
}

#[test]
fn in_a_forked_child_a_prover_is_an_error_and_a_journal_stays_with_the_parent() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let signer = one_slot::sign_once(&TEST, &[0; 32], 7, &[1; 32]).unwrap();
    let batch = Batch::new(TEST).with_group(7, [1; 32], [signer]);
    let prover = Prover::new(2).unwrap();
    let expected = prover.aggregate(&batch, PROOF).unwrap();
    let (public_key, secret_key) = KeyGenerator::new(&TEST, 0, 32)
        .unwrap()
        .generate(&mut rand::rng());
    let journal = FileSlotGuard::create(&TEST, &public_key, &path).unwrap();
    let mut key = SigningKey::new(secret_key, journal).unwrap();
    key.sign(3, &[3; 32]).unwrap();
    let before = std::fs::read(&path).unwrap();

    match fork().unwrap() {
        Fork::Child => process::exit(if misuse(prover, &batch, key) { 0 } else { 1 }),
        Fork::Parent(child) => {
            let deadline = Instant::now() + Duration::from_secs(20);
            let status = loop {
                match waitpid_nohang(child).unwrap() {
                    Some(status) => break status,
                    None => assert!(Instant::now() < deadline, "the child waits for ever"),
                }
                std::thread::sleep(Duration::from_millis(10));
            };
            assert_eq!(status, 0);
        }
    }

    // The parent goes on, still with the only right to sign.
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let second = FileSlotGuard::open(&TEST, &public_key, &path);
    assert!(matches!(second, Err(GuardError::Locked)));
    key.sign(4, &[4; 32]).unwrap();
    assert_eq!(prover.aggregate(&batch, PROOF), Ok(expected));
}
