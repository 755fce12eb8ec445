//! Lists of signatures: the form of an aggregate that hides nothing and proves nothing.
//!
//! **Claims.** Those of a statement: every key of every group has signed its group's message at its slot.
//!
//! **Bytes.** One signature for each key, in the order of the lanes (groups by slot and message, keys by their encoding),
//! each in the SSZ form of its scheme. No key, no number and nothing else is among them: the claims say how many there are,
//! and whose. So a list has no order and no repetition that somebody could change, and one length for given claims.
//!
//! **Leaves open.** Nothing. Every signature is verified by itself and no challenge is drawn, so there is no error but that of the
//! signatures.

use sheaf_aggregation::{LaneOrder, Statement};
use sheaf_transcript::counting::Cost;
use sheaf_xmss::{Signature, verify_batch};

use crate::{InvalidSignature, Rejection};

/// The bytes of signatures, which are in lane order.
#[cfg(feature = "prover")]
pub(crate) fn list(signatures: &[&Signature]) -> Vec<u8> {
    signatures.iter().flat_map(|s| s.to_bytes()).collect()
}

/// Verifies that a list holds a valid signature of every key, and nothing else. `order` says where the caller has the keys.
pub(crate) fn verify(
    statement: &Statement,
    order: &LaneOrder,
    list: &[u8],
) -> Result<(), Rejection> {
    let scheme = statement.scheme();
    let each = scheme.signature_bytes();
    if list.len() != statement.lanes() * each {
        return Err(Rejection::Count {
            claimed: statement.lanes(),
            found: list.len() / each,
        });
    }
    let signatures = list
        .chunks_exact(each)
        .enumerate()
        .map(|(lane, bytes)| {
            Signature::from_bytes(scheme, bytes).map_err(|error| {
                let (group, index) = place(order, lane);
                Rejection::Unreadable {
                    group,
                    index,
                    error,
                }
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let invalid = invalid(statement, order, signatures);
    if invalid.is_empty() {
        Ok(())
    } else {
        Err(Rejection::InvalidSignatures(invalid))
    }
}

/// Which signatures, one per lane, are not valid: as the caller counts, in ascending order.
pub(crate) fn invalid(
    statement: &Statement,
    order: &LaneOrder,
    signatures: impl IntoIterator<Item = Signature>,
) -> Vec<InvalidSignature> {
    let scheme = statement.scheme();
    let mut signatures = signatures.into_iter();
    let mut invalid = Vec::new();
    let mut first = 0;
    for group in statement.groups() {
        let keys = group.keys.iter().copied();
        let signers: Vec<_> = keys.zip(signatures.by_ref()).collect();
        if let Err(error) = verify_batch(scheme, group.slot, &group.message, &signers) {
            invalid.extend(error.failures().iter().map(|&(i, reason)| {
                let (group, index) = place(order, first + i);
                InvalidSignature {
                    group,
                    index,
                    reason,
                }
            }));
        }
        first += group.keys.len();
    }
    invalid.sort_unstable_by_key(|s| (s.group, s.index));
    invalid
}

/// Where the caller has a lane. Every lane has a place; one without would be rejected like the others, under a wrong name.
fn place(order: &LaneOrder, lane: usize) -> (usize, usize) {
    order.get(lane).copied().unwrap_or_default()
}

/// What verifying a list computes: permutations of signatures, and in some schemes one for each message.
pub(crate) fn cost(statement: &Statement) -> Cost {
    let scheme = statement.scheme();
    let hashes = &scheme.hashes;
    let each = hashes.message.len()
        + scheme.chain_steps()
        + scheme.sponge_permutations()
        + scheme.height();
    let messages = match hashes.message_domain {
        Some(_) => statement.groups().len(),
        None => 0,
    };
    Cost {
        hash_permutations: (statement.lanes() * each + messages) as u64,
        ..Cost::default()
    }
}
