//! XMSS verification as a program, on signatures made by leanSig.

mod common;

use std::path::{Path, PathBuf};

use common::{agrees, mutations};
use p3_field::PrimeCharacteristicRing;
use serde::Deserialize;
use sheaf_executor::{Executor, Input, Problem};
use sheaf_guests::xmss;
use sheaf_program::F;
use sheaf_xmss::{BatchFile, COMPACT, PROD, PublicKey, Signature, TEST, verify};

/// Blocks of five tweaks of the real scheme: 8 for each chain, behind 40.
const TWEAK_BLOCKS: usize = (40_usize + 8 * 46).div_ceil(5);

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/xmss/tests/vectors")
}

fn prod_batches() -> Vec<BatchFile> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(vectors())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bin"));
    paths.sort();
    paths
        .iter()
        .map(|path| BatchFile::parse(&PROD, &std::fs::read(path).unwrap()).unwrap())
        .collect()
}

#[derive(Deserialize)]
struct KeyVector {
    public_key: String,
    signatures: Vec<SignatureVector>,
}

#[derive(Deserialize)]
struct SignatureVector {
    epoch: u32,
    message: String,
    signature: String,
}

/// Slot, message, key and signature of the test scheme.
fn test_signatures() -> Vec<(u32, [u8; 32], PublicKey, Signature)> {
    let text = std::fs::read_to_string(vectors().join("test-scheme-keys.jsonl")).unwrap();
    let keys = text
        .lines()
        .map(|line| serde_json::from_str::<KeyVector>(line).unwrap());
    keys.flat_map(|key| {
        let public_key =
            PublicKey::from_bytes(&TEST, &hex::decode(&key.public_key).unwrap()).unwrap();
        key.signatures.into_iter().map(move |vector| {
            let bytes = hex::decode(&vector.signature).unwrap();
            let message = hex::decode(&vector.message).unwrap().try_into().unwrap();
            let signature = Signature::from_bytes(&TEST, &bytes).unwrap();
            (vector.epoch, message, public_key, signature)
        })
    })
    .collect()
}

#[test]
fn signatures_of_the_real_scheme_are_verified() {
    let program = xmss::program(&PROD);
    let batches = prod_batches();
    assert_eq!(batches.len(), 7);
    for BatchFile {
        slot,
        message,
        signers,
    } in &batches
    {
        let case = xmss::case(&PROD, *slot, message, signers).unwrap();
        let outcome = agrees(&program, &case);
        // A signature's permutations: message hash, chain steps, leaf, path, its key in the digest, and an idle one.
        let each = 2 + PROD.chain_steps() + PROD.sponge_permutations() + PROD.height() + 1;
        let tweaks = TWEAK_BLOCKS;
        assert_eq!(
            outcome.profile.total().permutations,
            signers.len() * each + tweaks + 2
        );
    }
}

#[test]
fn signatures_of_the_test_scheme_are_verified() {
    let program = xmss::program(&TEST);
    let signatures = test_signatures();
    assert!(signatures.len() > 8);
    for (slot, message, key, signature) in signatures {
        let case = xmss::case(&TEST, slot, &message, &[(key, signature)]).unwrap();
        agrees(&program, &case);
    }
    // No signature at all is the digest of no key.
    agrees(&program, &xmss::case(&TEST, 3, &[7; 32], &[]).unwrap());
}

#[test]
fn what_is_not_valid_has_no_run() {
    let program = xmss::program(&PROD);
    let executor = Executor::new(&program);
    let BatchFile {
        slot,
        message,
        signers,
    } = prod_batches().remove(3);
    let signer = &signers[..1];
    let problem = |case: &sheaf_guests::Case| {
        let input = Input {
            arguments: &case.arguments,
            advice: &case.advice,
            max_rows: 10_000,
        };
        executor
            .run(input)
            .map(|_| ())
            .map_err(|error| error.problem)
    };
    let good = xmss::case(&PROD, slot, &message, signer).unwrap();
    assert_eq!(problem(&good), Ok(()));
    // Each part of a signature and of its key.
    let tape = TWEAK_BLOCKS * 15;
    for (part, at) in [
        ("root", 0),
        ("parameter", 8),
        ("rho", 13),
        ("chain value", 20),
        ("sibling", 20 + 46 * 8 + 1),
    ] {
        let mut case = good.clone();
        case.advice[tape + at] += F::ONE;
        assert!(
            matches!(
                problem(&case),
                Err(Problem::Assertion { .. } | Problem::Unexpected { .. })
            ),
            "{part}"
        );
    }
    // A tweak of another slot.
    let mut other = good.clone();
    other.advice[5] += F::ONE;
    assert!(matches!(problem(&other), Err(Problem::Unexpected { name, .. }) if name == "load"));
    // Natively the same.
    let mut signature = signer[0].1.clone();
    signature.hashes[0][0] += F::ONE;
    assert!(verify(&PROD, &signer[0].0, slot, &message, &signature).is_err());
    let case = xmss::case(&PROD, slot, &message, &[(signer[0].0, signature)]).unwrap();
    assert!(problem(&case).is_err());
}

#[test]
fn no_cell_of_a_verification_is_free() {
    let program = xmss::program(&TEST);
    let (slot, message, key, signature) = test_signatures().remove(0);
    let case = xmss::case(&TEST, slot, &message, &[(key, signature)]).unwrap();
    assert!(mutations(&program, &case, 1).is_empty());
}

#[test]
#[should_panic(expected = "scheme.digit_weight == PROD.digit_weight")]
fn there_is_no_program_for_schemes_of_other_hash_functions() {
    let _ = xmss::program(&COMPACT);
}
