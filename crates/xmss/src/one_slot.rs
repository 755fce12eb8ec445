//! Keys that can sign at one slot only, made as fast as a signature.
//!
//! A benchmark or test needs thousands of signers of one message, and a real key costs seconds. A one-slot key computes
//! the chains and the leaf of its slot and takes random nodes for the siblings up to the root. Its public key and signature
//! can't be told from real ones, and verifying or aggregating them costs the same. There is no secret key left that could
//! sign at another slot, so such a key is of no use outside benchmarks and tests.
//!
//! All secret values come from SHAKE128, in every scheme: the compact scheme's own derivation would reveal values of the real
//! key that is [generated from](crate::KeyGenerator::generate_from) the same seed.

use p3_koala_bear::KoalaBear;
use sha3::Shake128;
use sha3::digest::{ExtendableOutput, Update};

use crate::keys::{Secret, SignError, encode_message, walk_chains};
use crate::layout::Input;
use crate::params::{MESSAGE_BYTES, Scheme};
use crate::prf::{PRF_KEY_BYTES, PrfKey, read_elements};
use crate::tree::{leaf, lengths, node};
use crate::tweak::tree_tweak;
use crate::types::{Digest, PublicKey, Signature};

/// Bytes in the seed of a one-slot key.
pub const SEED_BYTES: usize = PRF_KEY_BYTES;

const DOMAIN: &[u8] = b"sheaf one-slot key: parameter and siblings";

/// Makes the key that `seed` determines at `slot`, and its signature of `message`.
///
/// Deterministic. The root depends on the seed and the slot, so another slot is another key; another message at the same
/// slot is the misuse that XMSS forbids.
///
/// # Errors
/// If the slot is beyond the lifetime of the scheme, or no randomness gives a codeword.
pub fn sign_once(
    scheme: &Scheme,
    seed: &[u8; SEED_BYTES],
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
) -> Result<(PublicKey, Signature), SignError> {
    if u64::from(slot) >= scheme.lifetime() {
        return Err(SignError::NotActive {
            slot,
            start: 0,
            end: scheme.lifetime(),
        });
    }
    let secret = Secret::PrfKey(PrfKey::new(*seed));
    let mut stream = Shake128::default().chain(DOMAIN).chain(seed).finalize_xof();
    let parameter = read_elements(&mut stream);

    let (rho, codeword) = encode_message(scheme, &secret, &parameter, slot, message)?;
    let chains = walk_chains(scheme, &secret, &parameter, slot, &codeword);
    let leaf: Digest = leaf::<KoalaBear>(
        scheme,
        &lengths(scheme),
        &parameter,
        &tree_tweak(scheme, 0, slot),
        &chains.ends,
        |_, input: &Input| input.permute(),
    );

    let path: Vec<Digest> = (0..scheme.height())
        .map(|_| read_elements(&mut stream))
        .collect();
    let root = path
        .iter()
        .enumerate()
        .fold(leaf, |current, (level, sibling)| {
            let tweak = tree_tweak(scheme, level + 1, (u64::from(slot) >> (level + 1)) as u32);
            let is_right = (slot >> level) & 1 == 1;
            let (left, right) = if is_right {
                (sibling, &current)
            } else {
                (&current, sibling)
            };
            node(scheme, &parameter, &tweak, left, right)
        });
    Ok((
        PublicKey::new(scheme, root, parameter),
        Signature::new(scheme, rho, path, chains.revealed),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{COMPACT, COMPACT_TEST, PROD, TEST};
    use crate::verify::verify;

    #[test]
    fn signatures_verify_at_any_slot() {
        let message = [9; MESSAGE_BYTES];
        for (scheme, slots) in [
            (PROD, [0, 11_259_375, u32::MAX]),
            (COMPACT, [0, 65_535, u32::MAX]),
            (TEST, [0, 77, 255]),
            (COMPACT_TEST, [0, 77, 255]),
        ] {
            for slot in slots {
                let (public_key, signature) =
                    sign_once(&scheme, &[slot as u8; 32], slot, &message).unwrap();
                verify(&scheme, &public_key, slot, &message, &signature).unwrap();
            }
        }
        assert!(sign_once(&TEST, &[0; 32], 256, &message).is_err());
    }

    #[test]
    fn the_seed_determines_all() {
        let make = |seed| sign_once(&PROD, &[seed; 32], 5, &[1; MESSAGE_BYTES]).unwrap();
        assert_eq!(make(3), make(3));
        assert_ne!(make(3).0, make(4).0);
    }
}
