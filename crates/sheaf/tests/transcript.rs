//! The transcript is pinned: the order, the names and the lengths of all messages of a proof, and its bytes.
//!
//! A change here is a change of the protocol: it wants a new version, and its reasons.

mod common;

use common::{PROOF, batch};
use sha3::{Digest, Sha3_256};
use sheaf::{
    Aggregate, Claims, Error, HEADER_BYTES, Options, Prover, Rate, Rejection, TEST, verify,
};

/// The messages of a proof, one run of elements with the same label per line: a label and a number of elements.
const MESSAGES: &str = include_str!("vectors/messages.txt");

/// SHA3-256 of the aggregate of [`batch`]`(TEST, &[2, 1])` at each rate.
const PROOFS: [&str; 4] = [
    "4096ef7271d997703c611c14b78dedaba9d5481ea143f95c281a36f5789da877",
    "38a23d696d666e9ce38d8958cdee8d5e5369b27c2ecf692a9b5f49abc7555b0f",
    "4e86dc1f564b0f02f67b3a7e79be9200ba0bbaf29d7aedd76de1e9f69a4e17d1",
    "055f74f76bb55a0f754b87d14dac1907eb68aa9bd3e81790c25bd059605207ed",
];

/// The label of the message that element `index` belongs to: where a proof without it ends.
fn label(claims: &Claims, bytes: &[u8], index: usize) -> &'static str {
    let shorter =
        Aggregate::from_bytes(&bytes[..HEADER_BYTES + 4 * index]).expect("whole elements");
    match verify(claims, &shorter) {
        Err(Error::Rejected(Rejection::Truncated { message })) => message,
        other => panic!("element {index}: {other:?}"),
    }
}

#[test]
fn messages_come_in_the_order_that_is_written_down() {
    let batch = batch(TEST, &[2, 1]);
    let claims = batch.claims();
    let bytes = Prover::new(1)
        .unwrap()
        .aggregate(&batch, PROOF)
        .unwrap()
        .to_bytes();
    let elements = (bytes.len() - HEADER_BYTES) / 4;
    let mut messages = String::new();
    let mut start = 0;
    while start < elements {
        let name = label(&claims, &bytes, start);
        // The end of a run is found by doubling, then by halving. Where messages of two labels alternate they are
        // shorter than the first steps, which are of one element.
        let mut step = 1;
        while start + step < elements && label(&claims, &bytes, start + step) == name {
            step += if step < 32 { 1 } else { step };
        }
        let inside = if step <= 32 { step - 1 } else { step / 2 };
        let (mut inside, mut outside) = (start + inside, (start + step).min(elements));
        while outside - inside > 1 {
            let middle = (inside + outside) / 2;
            if label(&claims, &bytes, middle) == name {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        messages += &format!("{name} {}\n", outside - start);
        start = outside;
    }
    assert!(messages == MESSAGES, "the messages are now\n{messages}");
}

#[test]
fn proofs_are_the_same_to_the_last_byte() {
    let batch = batch(TEST, &[2, 1]);
    let prover = Prover::new(2).unwrap();
    let proofs = Rate::ALL.map(|rate| {
        let proof = prover
            .aggregate(&batch, Options::proof(rate))
            .unwrap()
            .to_bytes();
        let digest = Sha3_256::digest(&proof);
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    });
    assert_eq!(proofs, PROOFS);
}
