//! The memory of a prover, in processes of their own.
#![cfg(target_os = "linux")]

mod common;

use std::process::{Command, Stdio};

use common::{PROOF, batch};
use sheaf::{PROD, Prover};

/// Tells the child how many callers there are.
const CALLERS: &str = "SHEAF_TEST_CALLERS";
/// Proofs of each child.
const PROOFS: usize = 32;
/// What a process does beside proving: batches, threads, the test's own.
const BESIDE: u64 = 12 << 10;

/// A number of kibibytes that the system knows of this process.
fn kibibytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[ignore = "run by the tests of this file"]
fn child() {
    let Ok(callers) = std::env::var(CALLERS) else {
        return;
    };
    let callers: usize = callers.parse().unwrap();
    let prover = Prover::new(2).unwrap();
    let batch = batch(PROD, &[128]);
    let before = kibibytes("VmRSS:");
    for _ in 0..PROOFS / callers {
        std::thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| prover.aggregate(&batch, PROOF).unwrap());
            }
        });
    }
    let peak = kibibytes("VmHWM:");
    prover.release_memory();
    println!("\nmeasured {before} {peak} {}", kibibytes("VmRSS:"));
}

/// Resident memory before the proofs, at most, and after the prover has been told to release it.
fn measure(callers: usize) -> [u64; 3] {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child", "--nocapture"])
        .env(CALLERS, callers.to_string())
        // The C library keeps what is freed in pieces up to a threshold, which it raises by itself unless it is given.
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let line = output
        .lines()
        .find_map(|line| line.strip_prefix("measured "))
        .unwrap();
    let numbers: Vec<u64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
    println!("{callers} callers: {numbers:?} KiB before, at most, after release");
    numbers.try_into().unwrap()
}

#[test]
fn sixteen_callers_take_hardly_more_memory_than_one_and_all_of_it_is_given_back() {
    let one = measure(1);
    let sixteen = measure(16);
    assert!(one[1] > one[0] + 40 * 1024, "a proof takes memory: {one:?}");
    assert!(
        10 * sixteen[1] <= 13 * one[1],
        "{sixteen:?} KiB, for one {one:?}"
    );
    for [before, _, after] in [one, sixteen] {
        assert!(
            after <= before + BESIDE,
            "{after} KiB are left, of {before} before"
        );
    }
}
