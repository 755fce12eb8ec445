//! From the caller's byte slices to keys and signatures. Every malformed one is named, not just the first.

use sheaf::xmss::DecodeError;
use sheaf::xmss::params::MESSAGE_BYTES;
use sheaf::{
    Batch, Claims, ClaimsError, Form, MAX_SIGNATURES, Options, PublicKey, Rate, Scheme, Signature,
};

use crate::failure::{Failure, Kind, Place};

/// One group, as the caller has it: encodings of keys and, for a batch, of their signatures.
#[derive(Clone, Debug)]
pub struct RawGroup<'a> {
    /// The slot.
    pub slot: u32,
    /// The message.
    pub message: [u8; MESSAGE_BYTES],
    /// Public keys.
    pub keys: Vec<&'a [u8]>,
    /// Signatures, in the order of the keys. Claims have none.
    pub signatures: Vec<&'a [u8]>,
}

/// The scheme that the caller names.
///
/// # Errors
/// [`Kind::InvalidArgument`] if there is none with this identifier.
pub fn scheme(id: u32) -> Result<Scheme, Failure> {
    u8::try_from(id)
        .ok()
        .and_then(Scheme::from_id)
        .ok_or_else(|| Failure::argument(format_args!("{id} names no signature scheme")))
}

/// Bytes in a public key of the scheme that the caller names; 0 if it names none.
pub fn public_key_bytes(id: u32) -> usize {
    scheme(id).map_or(0, |scheme| scheme.public_key_bytes())
}

/// The rate that the caller names: `r` of `2^-r`.
///
/// # Errors
/// [`Kind::InvalidArgument`] if there is no such rate.
pub fn rate(number: u32) -> Result<Rate, Failure> {
    u8::try_from(number)
        .ok()
        .and_then(Rate::from_log_inverse)
        .ok_or_else(|| Failure::argument(format_args!("{number} names no rate")))
}

/// The number of the form that is the smaller one of the two others.
pub const FORM_AUTO: u32 = 0;
/// The number of the form of a list of the signatures.
pub const FORM_RAW: u32 = 1;
/// The number of the form of a proof.
pub const FORM_PROOF: u32 = 2;

/// The number of a form.
pub const fn form_number(form: Form) -> u32 {
    match form {
        Form::Raw => FORM_RAW,
        _ => FORM_PROOF,
    }
}

/// What the caller asks for: a form, and a rate for the case that it is a proof.
///
/// # Errors
/// [`Kind::InvalidArgument`] if there is no such form or no such rate.
pub fn options(form: u32, number: u32) -> Result<Options, Failure> {
    let rate = rate(number)?;
    match form {
        FORM_AUTO => Ok(Options::smallest(rate)),
        FORM_RAW => Ok(Options::raw()),
        FORM_PROOF => Ok(Options::proof(rate)),
        _ => Err(Failure::argument(format_args!("{form} names no form"))),
    }
}

/// Refuses more signatures than one proof may cover, before anything is decoded.
///
/// # Errors
/// [`Kind::Claims`] if there are more.
pub fn check_count(counts: impl IntoIterator<Item = usize>) -> Result<(), Failure> {
    let count = counts.into_iter().fold(0, usize::saturating_add);
    if count > MAX_SIGNATURES {
        return Err(ClaimsError::TooMany { count }.into());
    }
    Ok(())
}

/// The claims of these groups. Their signatures are not looked at.
///
/// # Errors
/// [`Kind::Malformed`] with the places of all malformed keys.
pub fn claims(scheme: Scheme, groups: &[RawGroup<'_>]) -> Result<Claims, Failure> {
    let mut malformed = Malformed::default();
    let mut claims = Claims::new(scheme);
    for (g, group) in groups.iter().enumerate() {
        let keys = group.keys.iter().enumerate();
        let keys: Vec<PublicKey> = keys
            .filter_map(|(i, bytes)| malformed.sort(g, i, PublicKey::from_bytes(&scheme, bytes)))
            .collect();
        claims.add_group(group.slot, group.message, keys);
    }
    malformed.into_result()?;
    Ok(claims)
}

/// The batch of these groups.
///
/// # Errors
/// [`Kind::Malformed`] with the places of all signers whose key or signature is malformed.
pub fn batch(scheme: Scheme, groups: &[RawGroup<'_>]) -> Result<Batch, Failure> {
    let mut malformed = Malformed::default();
    let mut batch = Batch::new(scheme);
    for (g, group) in groups.iter().enumerate() {
        let signers = group.keys.iter().zip(&group.signatures).enumerate();
        let signers: Vec<(PublicKey, Signature)> = signers
            .filter_map(|(i, (key, signature))| {
                let signer = PublicKey::from_bytes(&scheme, key)
                    .and_then(|key| Ok((key, Signature::from_bytes(&scheme, signature)?)));
                malformed.sort(g, i, signer)
            })
            .collect();
        batch = batch.with_group(group.slot, group.message, signers);
    }
    malformed.into_result()?;
    Ok(batch)
}

/// The malformed keys and signatures so far.
#[derive(Default)]
struct Malformed {
    places: Vec<Place>,
    reasons: Vec<DecodeError>,
}

impl Malformed {
    /// Passes on what could be decoded, and keeps the error of what could not.
    fn sort<T>(&mut self, group: usize, index: usize, result: Result<T, DecodeError>) -> Option<T> {
        result
            .map_err(|reason| {
                self.places.push(Place::signer(group, index));
                self.reasons.push(reason);
            })
            .ok()
    }

    fn into_result(self) -> Result<(), Failure> {
        if self.places.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = self
            .places
            .iter()
            .zip(&self.reasons)
            .map(|(place, reason)| format!("{place}: {reason}"))
            .collect();
        let message = format!("malformed: {}", list.join("; "));
        Err(Failure::at(Kind::Malformed, message, self.places))
    }
}

#[cfg(test)]
mod tests {
    use sheaf::xmss::one_slot::sign_once;
    use sheaf::{COMPACT, COMPACT_TEST, PROD, TEST};

    use super::*;

    fn signers(count: u8) -> Vec<(Vec<u8>, Vec<u8>)> {
        (0..count)
            .map(|seed| sign_once(&TEST, &[seed; 32], 9, &[1; 32]).unwrap())
            .map(|(key, signature)| (key.to_bytes(), signature.to_bytes()))
            .collect()
    }

    fn group(signers: &[(Vec<u8>, Vec<u8>)]) -> RawGroup<'_> {
        RawGroup {
            slot: 9,
            message: [1; 32],
            keys: signers.iter().map(|(key, _)| &key[..]).collect(),
            signatures: signers
                .iter()
                .map(|(_, signature)| &signature[..])
                .collect(),
        }
    }

    #[test]
    fn groups_become_batches_and_claims() {
        let signers = signers(3);
        let groups = [group(&signers), group(&signers[..1])];
        let batch = batch(TEST, &groups).unwrap();
        assert_eq!(batch.signatures(), 4);
        assert_eq!(batch.claims(), claims(TEST, &groups).unwrap());
    }

    #[test]
    fn all_malformed_signers_are_named() {
        let mut first = signers(3);
        first[1].1.pop();
        let mut second = signers(2);
        second[0].0[3] = 0xff;
        let groups = [group(&first), group(&second)];
        let failure = batch(TEST, &groups).unwrap_err();
        assert_eq!(failure.kind(), Kind::Malformed);
        let place = Place::signer;
        assert_eq!(failure.places(), [place(0, 1), place(1, 0)]);
        let message = failure.message();
        assert!(
            message.contains("signer 1 of group 0: signature is 423 bytes long"),
            "{message}"
        );
        // Claims have no signatures, so only the key is malformed.
        let failure = claims(TEST, &groups).unwrap_err();
        assert_eq!(failure.places(), [place(1, 0)]);
    }

    #[test]
    fn numbers_that_name_nothing() {
        assert_eq!(scheme(1).unwrap(), PROD);
        assert_eq!(scheme(2).unwrap(), TEST);
        assert_eq!(scheme(3).unwrap(), COMPACT);
        assert_eq!(scheme(4).unwrap(), COMPACT_TEST);
        assert_eq!([1, 2, 3, 4, 5].map(public_key_bytes), [52, 52, 32, 32, 0]);
        for number in [0, 5, 257, 258, u32::MAX] {
            assert_eq!(scheme(number).unwrap_err().kind(), Kind::InvalidArgument);
        }
        assert_eq!(rate(4).unwrap(), Rate::Sixteenth);
        assert_eq!(options(0, 2).unwrap(), Options::smallest(Rate::Quarter));
        assert_eq!(options(1, 2).unwrap(), Options::raw());
        assert_eq!(options(2, 2).unwrap(), Options::proof(Rate::Quarter));
        for (form, number) in [(3, 2), (256, 2), (0, 0), (1, 0), (2, 5)] {
            let refused = options(form, number).unwrap_err();
            assert_eq!(refused.kind(), Kind::InvalidArgument);
        }
        for number in [0, 5, 257, u32::MAX] {
            assert_eq!(rate(number).unwrap_err().kind(), Kind::InvalidArgument);
        }
    }

    #[test]
    fn counts_do_not_overflow() {
        assert!(check_count([MAX_SIGNATURES - 1, 1]).is_ok());
        for counts in [[MAX_SIGNATURES, 1], [usize::MAX, usize::MAX]] {
            assert_eq!(check_count(counts).unwrap_err().kind(), Kind::Claims);
        }
    }
}
