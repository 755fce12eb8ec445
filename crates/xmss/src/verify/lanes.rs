//! The two stages of verification, over as many signatures as a vector has lanes.
//!
//! Where fewer signatures are given than lanes, the last one fills the other lanes and their results are dropped.

use super::Verifier;
use crate::chain::step;
use crate::encoding::{EncodingError, codeword, message_hash};
use crate::layout::Input;
use crate::params::{MAX_DIGEST, MAX_PARAMETER, TWEAK};
use crate::poseidon::Lanes;
use crate::tree::{leaf, node};
use crate::types::{Digest, PublicKey, Signature};

/// A signature whose encoding has been accepted.
pub(super) struct Candidate<'a> {
    /// Index of the signature in the batch.
    pub(super) index: usize,
    pub(super) public_key: &'a PublicKey,
    pub(super) signature: &'a Signature,
    pub(super) codeword: Vec<u8>,
}

/// Encodes the message with the randomness of each of `1..=P::WIDTH` signatures.
pub(super) fn encode_lanes<P: Lanes>(
    verifier: &Verifier,
    signers: &[(&PublicKey, &Signature)],
) -> Vec<Result<Vec<u8>, EncodingError>> {
    let lane = |i: usize| signers[i.min(signers.len() - 1)];
    let parameter = P::pack_columns_fn(|i| *lane(i).0.parameter());
    let rho = P::pack_columns_fn(|i| lane(i).1.rho);
    let hash = message_hash(
        &verifier.scheme,
        &verifier.message.map(P::from),
        &parameter,
        &verifier.message_tweak.map(P::from),
        &rho,
        |_, input: &Input<P>| input.permute(),
    );
    P::unpack_iter(hash)
        .take(signers.len())
        .map(|hash| codeword(&verifier.scheme, &hash))
        .collect()
}

/// The root to which each of `1..=P::WIDTH` signatures leads.
pub(super) fn root_lanes<P: Lanes>(
    verifier: &Verifier,
    candidates: &[Candidate<'_>],
) -> Vec<Digest> {
    let lane = |i: usize| &candidates[i.min(candidates.len() - 1)];
    let parameter = P::pack_columns_fn(|i| *lane(i).public_key.parameter());

    let mut chains: Vec<[P; MAX_DIGEST]> = (0..verifier.scheme.chains)
        .map(|chain| P::pack_columns_fn(|i| lane(i).signature.hashes[chain]))
        .collect();
    let codewords: Vec<&[u8]> = (0..P::WIDTH).map(|i| lane(i).codeword.as_slice()).collect();
    walk_to_ends(verifier, &parameter, &codewords, &mut chains);

    let tweak = |level: usize| verifier.tree_tweaks[level].map(P::from);
    let scheme = &verifier.scheme;
    let permute = |_, input: &Input<P>| input.permute();
    let mut current = leaf(
        scheme,
        &verifier.lengths,
        &parameter,
        &tweak(0),
        &chains,
        permute,
    );
    for level in 0..scheme.height() {
        let sibling = P::pack_columns_fn(|i| lane(i).signature.path[level]);
        let is_right = (verifier.slot >> level) & 1 == 1;
        let (left, right) = if is_right {
            (&sibling, &current)
        } else {
            (&current, &sibling)
        };
        current = node(scheme, &parameter, &tweak(level + 1), left, right);
    }
    P::unpack_iter(current).take(candidates.len()).collect()
}

/// Where a lane stands on its way through its chains.
#[derive(Clone, Copy)]
struct Cursor {
    chain: usize,
    position: usize,
}

/// Walks every chain of every lane from the position in the lane's codeword to its end, in place.
///
/// Each lane walks its chains one after the other. All codewords have the same sum, so all lanes finish together.
fn walk_to_ends<P: Lanes>(
    verifier: &Verifier,
    parameter: &[P; MAX_PARAMETER],
    codewords: &[&[u8]],
    chains: &mut [[P; MAX_DIGEST]],
) {
    let end = verifier.scheme.chain_length();
    // The first chain at or after `chain` that is not at its end.
    let seek = |lane: usize, chain: usize| {
        let rest = codewords[lane].get(chain..).unwrap_or_default();
        rest.iter()
            .position(|&digit| usize::from(digit) < end)
            .map(|i| Cursor {
                chain: chain + i,
                position: usize::from(rest[i]),
            })
    };
    let mut cursors: Vec<Option<Cursor>> = (0..P::WIDTH).map(|lane| seek(lane, 0)).collect();
    let mut value = [P::ZERO; MAX_DIGEST];
    let mut tweak = [P::ZERO; TWEAK];
    for (lane, cursor) in cursors.iter().enumerate() {
        if let Some(cursor) = cursor {
            copy_lane(&mut value, &chains[cursor.chain], lane);
        }
    }

    for _ in 0..verifier.scheme.chain_steps() {
        for (lane, cursor) in cursors.iter().enumerate() {
            if let Some(cursor) = cursor {
                let scalar = verifier.chain_tweaks.leaving(cursor.chain, cursor.position);
                for (packed, element) in tweak.iter_mut().zip(scalar) {
                    packed.as_slice_mut()[lane] = element;
                }
            }
        }
        value = step(&verifier.scheme, &value, parameter, &tweak);
        for (lane, slot) in cursors.iter_mut().enumerate() {
            let Some(cursor) = slot else { continue };
            cursor.position += 1;
            if cursor.position == end {
                copy_lane(&mut chains[cursor.chain], &value, lane);
                *slot = seek(lane, cursor.chain + 1);
                if let Some(next) = slot {
                    copy_lane(&mut value, &chains[next.chain], lane);
                }
            }
        }
    }
}

/// Copies one lane of a digest.
fn copy_lane<P: Lanes>(to: &mut [P; MAX_DIGEST], from: &[P; MAX_DIGEST], lane: usize) {
    for (to, from) in to.iter_mut().zip(from) {
        to.as_slice_mut()[lane] = from.as_slice()[lane];
    }
}
