//! What the program is run on, and what whoever verifies a proof computes.

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::Sponge;
use sheaf_program::F;
use sheaf_xmss::encoding::encode;
use sheaf_xmss::one_slot::{SEED_BYTES, sign_once};
use sheaf_xmss::params::{MESSAGE_BYTES, Scheme};
use sheaf_xmss::tweak::{chain_tweak, message_digits, message_elements, message_tweak, tree_tweak};
use sheaf_xmss::{EncodingError, PublicKey, SignError, Signature};

use crate::{Case, SPONGE_TAG};

/// Tweaks that a step of the program takes from the tape.
pub(super) const TWEAKS_PER_BLOCK: usize = 5;

/// Where tweaks stand in memory: the message's at 0, those of levels after it, the leaf's first; those of chains from
/// a multiple of 8 on.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) chains: usize,
    pub(super) height: usize,
}

impl Places {
    pub(super) const fn new(scheme: &Scheme) -> Self {
        Self {
            chains: scheme.chains,
            height: scheme.height(),
        }
    }

    /// The tweak of a level; the leaf's is 0.
    pub(super) const fn level(self, level: usize) -> usize {
        1 + level
    }

    /// The tweak of the step that leaves position 0 of a chain; those of later steps follow. The end of a chain, position 7,
    /// has an address as well, and no tweak.
    pub(super) const fn chain(self, chain: usize) -> usize {
        self.level(self.height + 1).next_multiple_of(8) + 8 * chain
    }

    /// Blocks of tweaks, with zeros where there is none.
    pub(super) const fn blocks(self) -> usize {
        self.chain(self.chains).div_ceil(TWEAKS_PER_BLOCK)
    }
}

/// All tweaks of a slot, as the program has them in memory.
#[must_use]
pub fn tweaks(scheme: &Scheme, slot: u32) -> Vec<[F; 3]> {
    let places = Places::new(scheme);
    let word = |[low, high]: [F; 2], side: u32| [low, high, F::from_u32(side)];
    let mut all = vec![[F::ZERO; 3]; places.blocks() * TWEAKS_PER_BLOCK];
    all[0] = word(message_tweak(scheme, slot), 0);
    all[places.level(0)] = word(tree_tweak(scheme, 0, slot), 0);
    for level in 1..=scheme.height() {
        let position = (u64::from(slot) >> level) as u32;
        all[places.level(level)] = word(tree_tweak(scheme, level, position), side(slot, level));
    }
    for chain in 0..scheme.chains {
        for position in 0..scheme.chain_length() {
            all[places.chain(chain) + position] =
                word(chain_tweak(scheme, slot, chain, position), 0);
        }
    }
    all
}

/// The side of the child below the node of a level, 1 for the right one.
const fn side(slot: u32, level: usize) -> u32 {
    slot >> (level - 1) & 1
}

/// The digest of a slot's tweaks, which stands for the slot in the public tuple.
pub fn tweak_digest(scheme: &Scheme, slot: u32) -> [F; 9] {
    let mut sponge = Sponge::<F>::new(SPONGE_TAG);
    for block in tweaks(scheme, slot).chunks(TWEAKS_PER_BLOCK) {
        sponge.absorb(block.as_flattened());
    }
    sponge.capacity()
}

/// The digest of keys, in order.
pub fn key_digest<'a>(keys: impl IntoIterator<Item = &'a PublicKey>) -> [F; 9] {
    let mut sponge = Sponge::<F>::new(SPONGE_TAG);
    for key in keys {
        sponge.absorb(&key.elements().collect::<Vec<_>>());
    }
    sponge.capacity()
}

/// What the program is run on for signatures of a message at a slot.
///
/// # Errors
/// If a message hash is no codeword. Other signatures that are not valid have a case, but no run.
pub fn case(
    scheme: &Scheme,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    signers: &[(PublicKey, Signature)],
) -> Result<Case, EncodingError> {
    let mut arguments = vec![F::from_usize(signers.len())];
    arguments.extend(tweak_digest(scheme, slot));
    arguments.extend(message_elements(scheme, &message_digits(message)));
    let mut advice = tweaks(scheme, slot).as_flattened().to_vec();
    for (key, signature) in signers {
        // Whatever the codeword is, the program reads the signature in this order.
        encode(scheme, key.parameter(), slot, message, &signature.rho)?;
        advice.extend(key.elements());
        advice.extend(signature.rho);
        advice.extend(signature.hashes.as_flattened());
        advice.push(F::from_u32(side(slot, 1)));
        for (level, sibling) in (1..).zip(&signature.path) {
            advice.extend(sibling);
            // The side that comes next; nobody asks for the last one.
            let next = if level < scheme.height() {
                side(slot, level + 1)
            } else {
                0
            };
            advice.push(F::from_u32(next));
        }
    }
    let results = key_digest(signers.iter().map(|(key, _)| key)).to_vec();
    Ok(Case {
        arguments,
        advice,
        results,
    })
}

/// The slot and the message of [`signed`].
const SIGNED: (u32, [u8; MESSAGE_BYTES]) = (77, [1; MESSAGE_BYTES]);

/// A case with so many signatures, of keys that can sign once.
///
/// # Errors
/// If no randomness gives a codeword.
pub fn signed(scheme: &Scheme, signatures: u32) -> Result<Case, SignError> {
    let (slot, message) = SIGNED;
    let signers = (0..signatures).map(|number| {
        let mut seed = [0; SEED_BYTES];
        seed[..4].copy_from_slice(&number.to_le_bytes());
        sign_once(scheme, &seed, slot, &message)
    });
    let signers = signers.collect::<Result<Vec<_>, _>>()?;
    Ok(case(scheme, slot, &message, &signers).expect("what has been signed is a codeword"))
}
