//! The transcript is pinned: the order, the names and the lengths of all messages of a proof, and its bytes.
//!
//! A change here is a change of the protocol: it wants a new version, and its reasons.

mod common;

use common::batch;
use sha3::{Digest, Sha3_256};
use sheaf::{Aggregate, Claims, Error, HEADER_BYTES, Prover, Rate, Rejection, TEST, verify};

/// The messages of a proof, one run of elements with the same label per line: a label and a number of elements.
const MESSAGES: &str = include_str!("vectors/messages.txt");

/// SHA3-256 of the aggregate of [`batch`]`(TEST, &[2, 1])` at each rate.
const PROOFS: [&str; 4] = [
    "4096ef7271d997703c611c14b78dedaba9d5481ea143f95c281a36f5789da877",
    "bd495d520bc0b62c32a0c2a03a3e6690a10b4f80f4eb3f6c84d943a3aef6098c",
    "957e3595fa55c6e031300e9e21f4beec1bef3f60e5849b1c804c2c6af16c63b0",
    "d194aee69f13f2de523480512d080838f97a04906609a03ff9fe28c350854c59",
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
        .aggregate(&batch, Rate::Half)
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
        let proof = prover.aggregate(&batch, rate).unwrap().to_bytes();
        let digest = Sha3_256::digest(&proof);
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    });
    assert_eq!(proofs, PROOFS);
}
