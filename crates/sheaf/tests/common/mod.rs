//! Batches for tests.
#![allow(dead_code)] // Each test file uses its own part.

use sheaf::xmss::one_slot;
use sheaf::{Batch, Options, PublicKey, Rate, Scheme, Signature};

pub(crate) type Signer = (PublicKey, Signature);

/// A proof at rate 1/2, also of few signatures.
pub(crate) const PROOF: Options = Options::proof(Rate::Half);

/// `count` signers of `message` at `slot`; `seed` keeps those of different groups apart.
pub(crate) fn signers(
    scheme: &Scheme,
    seed: u8,
    count: usize,
    slot: u32,
    message: [u8; 32],
) -> Vec<Signer> {
    (0..count)
        .map(|i| {
            let mut bytes = [seed; 32];
            bytes[..8].copy_from_slice(&(i as u64).to_le_bytes());
            one_slot::sign_once(scheme, &bytes, slot, &message).unwrap()
        })
        .collect()
}

/// A batch with groups of these sizes, at slots that do not ascend.
pub(crate) fn batch(scheme: Scheme, sizes: &[usize]) -> Batch {
    let mut batch = Batch::new(scheme);
    for (group, &size) in sizes.iter().enumerate() {
        let slot = 200 - 7 * group as u32;
        let message = [group as u8 + 1; 32];
        batch = batch.with_group(
            slot,
            message,
            signers(&scheme, group as u8, size, slot, message),
        );
    }
    batch
}

/// The same batch with groups and signers in reverse order.
pub(crate) fn reversed(batch: &Batch) -> Batch {
    let mut out = Batch::new(*batch.scheme());
    for group in batch.groups().iter().rev() {
        let mut group = group.clone();
        group.signers.reverse();
        out.push(group);
    }
    out
}
