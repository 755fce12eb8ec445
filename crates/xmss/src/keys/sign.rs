//! Signing.
//!
//! The signer derives randomness from the PRF, attempt by attempt, until the message encodes to a codeword. With the
//! parameters of [`PROD`](crate::PROD) about one attempt in 900 does, so the attempts are made in SIMD lanes. Then it
//! walks each chain to the position that the codeword names, one chain per lane, and reads the path from its stored trees.

use p3_field::{Field, PackedValue};
use p3_koala_bear::KoalaBear;

use super::secret::Secret;
use super::subtree::SubTree;
use super::{Damage, SecretKey, SignError};
use crate::chain::step;
use crate::encoding::{codeword, message_hash};
use crate::layout::Input;
use crate::params::{MAX_DIGEST, MAX_PARAMETER, MESSAGE_BYTES, Scheme};
use crate::poseidon::Lanes;
use crate::tree::{leaf, lengths};
use crate::tweak::{chain_tweak, message_digits, message_elements, message_tweak, tree_tweak};
use crate::types::{Digest, Parameter, Randomness, Signature};
use crate::verify::verify;

type Packed = <KoalaBear as Field>::Packing;

/// The signer gives up after this many attempts; the chance to get there is below 2^-150.
const MAX_ATTEMPTS: u64 = 100_000;

impl SecretKey {
    /// Signs `message` at `slot`, and first moves the window if the slot is not in it.
    ///
    /// Deterministic: the same message at the same slot gives the same signature. Two different messages at one slot
    /// break the key.
    ///
    /// # Errors
    /// If the key is not active at the slot or is damaged.
    pub fn sign(
        &mut self,
        slot: u32,
        message: &[u8; MESSAGE_BYTES],
    ) -> Result<Signature, SignError> {
        self.prepare(slot)?;
        self.sign_prepared(slot, message)
    }

    /// Signs `message` at a `slot` inside the window. Takes milliseconds, and never computes a bottom tree.
    ///
    /// The signature is verified before it is returned: a key that a fault has changed, in a file or in memory, gives an
    /// error.
    ///
    /// # Errors
    /// If the slot is not in the window, or the key is damaged.
    pub fn sign_prepared(
        &self,
        slot: u32,
        message: &[u8; MESSAGE_BYTES],
    ) -> Result<Signature, SignError> {
        self.check_prepared(slot)?;
        let (rho, codeword) =
            encode_message(&self.scheme, &self.secret, &self.parameter, slot, message)?;
        let chains = walk_chains(&self.scheme, &self.secret, &self.parameter, slot, &codeword);

        let bottom = u64::from(slot) >> self.range.cut();
        let tree = &self.window.trees[(bottom - self.window.first) as usize];
        let path = tree
            .path(u64::from(slot))
            .chain(self.top.path(bottom))
            .collect();
        let signature = Signature::new(&self.scheme, rho, path, chains.revealed);
        match verify(&self.scheme, &self.public_key(), slot, message, &signature) {
            Ok(()) => Ok(signature),
            Err(_) => Err(SignError::Damaged {
                damage: self.damage(slot, tree, &chains.ends),
            }),
        }
    }

    /// Where the way from the ends of the chains to the root breaks first.
    fn damage(&self, slot: u32, tree: &SubTree, ends: &[Digest]) -> Damage {
        let position = u64::from(slot);
        let bottom = position >> self.range.cut();
        let leaf = leaf(
            &self.scheme,
            &lengths(&self.scheme),
            &self.parameter,
            &tree_tweak(&self.scheme, 0, slot),
            ends,
            |_, input: &Input| input.permute(),
        );
        if tree.lowest(position) != Some(leaf) {
            Damage::Leaf
        } else if self.top.lowest(bottom)
            != Some(tree.root_from(&self.scheme, &self.parameter, position, leaf))
        {
            Damage::BottomTree
        } else {
            Damage::TopTree
        }
    }
}

/// Finds the first attempt whose randomness encodes the message, and its codeword.
pub(crate) fn encode_message(
    scheme: &Scheme,
    secret: &Secret,
    parameter: &Parameter,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
) -> Result<(Randomness, Vec<u8>), SignError> {
    let elements = message_elements(scheme, &message_digits(message));
    let packed_elements = elements.map(Packed::from);
    let message = (message, &elements);
    let tweak = message_tweak(scheme, slot).map(Packed::from);
    let packed_parameter: [Packed; MAX_PARAMETER] = parameter.map(Packed::from);
    for first in (0..MAX_ATTEMPTS).step_by(Packed::WIDTH) {
        let attempts = secret.randomness_of_attempts(scheme, slot, message, first, Packed::WIDTH);
        let rho = Packed::pack_columns(&attempts);
        let hash = message_hash(
            scheme,
            &packed_elements,
            &packed_parameter,
            &tweak,
            &rho,
            |_, input: &Input<Packed>| input.permute(),
        );
        for (rho, hash) in attempts.into_iter().zip(Packed::unpack_iter(hash)) {
            if let Ok(codeword) = codeword(scheme, &hash) {
                return Ok((rho, codeword));
            }
        }
    }
    Err(SignError::NoCodeword {
        attempts: MAX_ATTEMPTS,
    })
}

/// The values that a signer knows of the chains of one slot.
pub(crate) struct ChainValues {
    /// The value of each chain at the position that the codeword names.
    pub(crate) revealed: Vec<Digest>,
    /// The end of each chain.
    pub(crate) ends: Vec<Digest>,
}

/// Walks the chains of a slot from start to end, one chain per SIMD lane.
pub(crate) fn walk_chains(
    scheme: &Scheme,
    secret: &Secret,
    parameter: &Parameter,
    slot: u32,
    codeword: &[u8],
) -> ChainValues {
    let starts = secret.chain_starts(scheme, slot);
    let mut values = ChainValues {
        revealed: Vec::new(),
        ends: Vec::new(),
    };
    let groups = starts
        .chunks(Packed::WIDTH)
        .zip(codeword.chunks(Packed::WIDTH));
    for (group, (starts, digits)) in groups.enumerate() {
        let chain = group * Packed::WIDTH;
        let (revealed, ends) = walk_lanes::<Packed>(scheme, parameter, slot, chain, starts, digits);
        values.revealed.extend(revealed);
        values.ends.extend(ends);
    }
    values
}

/// Walks at most `P::WIDTH` chains from their starts, the first of which is `chain`; returns their values at `digits` and their ends.
fn walk_lanes<P: Lanes>(
    scheme: &Scheme,
    parameter: &Parameter,
    slot: u32,
    chain: usize,
    starts: &[Digest],
    digits: &[u8],
) -> (Vec<Digest>, Vec<Digest>) {
    let within = |lane: usize| lane.min(digits.len() - 1);
    let index = |lane: usize| chain + within(lane);
    let mut revealed = starts.to_vec();
    let parameter = parameter.map(P::from);
    let mut value: [P; MAX_DIGEST] = P::pack_columns_fn(|lane| starts[within(lane)]);
    for position in 0..scheme.chain_length() {
        let tweak = P::pack_columns_fn(|lane| chain_tweak(scheme, slot, index(lane), position));
        value = step(scheme, &value, &parameter, &tweak);
        for (lane, (revealed, &digit)) in revealed.iter_mut().zip(digits).enumerate() {
            if usize::from(digit) == position + 1 {
                *revealed = value.map(|packed| packed.extract(lane));
            }
        }
    }
    (revealed, P::unpack_iter(value).take(digits.len()).collect())
}
