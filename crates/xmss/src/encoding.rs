//! The aborting target-sum encoding: from a message to the chain positions that a signature reveals.
//!
//! The message hash yields `ceil(v / z)` field elements `A`. Since `p - 1 = q * w^z`, every `A` other than `p - 1` has a
//! `d < w^z`, uniform over that range, and an `r < q`: `A = q d + r`, or `A = d + w^z r`, as the scheme has it. The `z` base-`w`
//! digits of `d` become digits of the codeword; `A = p - 1` aborts (eprint 2026/016). A codeword counts only if its digits sum to the target, hence no valid codeword is
//! componentwise above another one, which is what stops a forger from walking chains onward (eprint 2025/055, section 6).
//! The signer repeats with fresh randomness until the codeword is valid.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::KoalaBear;
use thiserror::Error;

use crate::layout::{Input, Part};
use crate::params::{
    MAX_PARAMETER, MAX_RANDOMNESS, MESSAGE, MESSAGE_BYTES, Scheme, TWEAK, WIDTH_WIDE,
};
use crate::poseidon::Lanes;
use crate::tweak::{message_digits, message_elements, message_tweak};
use crate::types::{Parameter, Randomness};

/// Why a message hash isn't a codeword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodingError {
    /// Element `element` of the message hash is `p - 1`, which has no digits.
    #[error("element {element} of the message hash is p - 1")]
    Abort {
        /// Index of the element.
        element: usize,
    },
    /// The digits have the wrong sum.
    #[error("the codeword sums to {sum} instead of {target}")]
    WrongSum {
        /// The sum that was found.
        sum: u32,
        /// The sum that the scheme demands.
        target: u32,
    },
}

/// The message hash, of which the first `scheme.message_elements()` elements are of use.
///
/// `permute` applies the permutation to the input of the call with that index, or does so and writes it down.
#[inline]
pub fn message_hash<P: Lanes>(
    scheme: &Scheme,
    message: &[P; MESSAGE],
    parameter: &[P; MAX_PARAMETER],
    tweak: &[P; TWEAK],
    randomness: &[P; MAX_RANDOMNESS],
    mut permute: impl FnMut(usize, &Input<P>) -> [P; WIDTH_WIDE],
) -> [P; WIDTH_WIDE] {
    let mut previous = [P::ZERO; WIDTH_WIDE];
    for (call, layout) in scheme.hashes.message.iter().enumerate() {
        let input = layout.input(scheme.sizes, |part| match part {
            Part::Message => message,
            Part::Parameter => parameter,
            Part::Tweak => tweak,
            Part::Randomness => randomness,
            _ => &previous,
        });
        let output = permute(call, &input);
        previous = input.feed_forward(&output);
    }
    previous
}

/// The codeword in a message hash: `scheme.chains` digits, each below `scheme.base`.
///
/// `hash` holds the elements of the message hash; those from `scheme.message_elements()` on are ignored.
///
/// # Errors
/// If an element is `p - 1` or the digits don't sum to `scheme.target_sum`.
pub fn codeword(scheme: &Scheme, hash: &[KoalaBear; WIDTH_WIDE]) -> Result<Vec<u8>, EncodingError> {
    let elements = &hash[..scheme.message_elements().min(WIDTH_WIDE)];
    if let Some(element) = elements.iter().position(|&a| a == KoalaBear::NEG_ONE) {
        return Err(EncodingError::Abort { element });
    }
    // The sum comes first, without an allocation: a signer rejects hundreds of candidates for each one it keeps.
    let digits = || {
        elements
            .iter()
            .flat_map(|a| digits(scheme, scheme.split(a.as_canonical_u32()).0))
            .take(scheme.chains)
    };
    let sum = digits().map(u32::from).sum();
    if sum == scheme.target_sum {
        Ok(digits().collect())
    } else {
        Err(EncodingError::WrongSum {
            sum,
            target: scheme.target_sum,
        })
    }
}

/// The base-`w` digits that one element of the message hash yields, least significant first. `w` is a power of two.
fn digits(scheme: &Scheme, d: u32) -> impl Iterator<Item = u8> {
    let (bits, mask) = (scheme.base.trailing_zeros(), scheme.base - 1);
    (0..scheme.digits_per_element as u32).map(move |i| ((d >> (bits * i)) & mask) as u8)
}

/// Encodes a message: hashes it with the given randomness and reads the codeword.
///
/// # Errors
/// If the message hash isn't a codeword; a signer then tries other randomness, a verifier rejects.
pub fn encode(
    scheme: &Scheme,
    parameter: &Parameter,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    randomness: &Randomness,
) -> Result<Vec<u8>, EncodingError> {
    let elements = message_elements(scheme, &message_digits(message));
    let tweak = message_tweak(scheme, slot);
    let permute = |_, input: &Input| input.permute();
    let hash = message_hash(scheme, &elements, parameter, &tweak, randomness, permute);
    codeword(scheme, &hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{PROD, TEST};

    #[test]
    fn aborts_on_minus_one() {
        let mut hash = [KoalaBear::ZERO; WIDTH_WIDE];
        hash[3] = KoalaBear::NEG_ONE;
        assert_eq!(
            codeword(&PROD, &hash),
            Err(EncodingError::Abort { element: 3 })
        );
        // The test scheme reads one element only, so the fourth can't abort it.
        assert_eq!(
            codeword(&TEST, &hash),
            Err(EncodingError::WrongSum { sum: 0, target: 6 })
        );
    }

    #[test]
    fn digits_come_least_significant_first() {
        // 0o0123 in base 8 sums to 6, the target of the test scheme.
        let mut hash = [KoalaBear::ZERO; WIDTH_WIDE];
        hash[0] = KoalaBear::from_u32(0o0123 * TEST.quotient + TEST.quotient - 1);
        assert_eq!(codeword(&TEST, &hash), Ok(vec![3, 2, 1, 0]));
    }
}
