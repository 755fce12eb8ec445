//! From the caller's byte slices to keys and signatures. Every malformed one is named, not just the first.

use sheaf::xmss::DecodeError;
use sheaf::{Batch, Claims, ClaimsError, MAX_SIGNATURES, PublicKey, Rate, Scheme, Signature};

use crate::failure::Failure;
use crate::types::{self, Place, Status};

/// One group, as the caller has it: encodings of keys and, for a batch, of their signatures.
#[derive(Clone, Debug)]
pub(crate) struct RawGroup<'a> {
    pub(crate) slot: u32,
    pub(crate) message: [u8; types::MESSAGE_BYTES],
    pub(crate) keys: Vec<&'a [u8]>,
    pub(crate) signatures: Vec<&'a [u8]>,
}

/// The scheme that the caller names.
pub(crate) fn scheme(id: types::Scheme) -> Result<Scheme, Failure> {
    u8::try_from(id)
        .ok()
        .and_then(Scheme::from_id)
        .ok_or_else(|| Failure::argument(format_args!("{id} names no signature scheme")))
}

/// Bytes in a public key of the scheme that the caller names; 0 if it names none.
pub(crate) fn public_key_bytes(id: types::Scheme) -> usize {
    scheme(id).map_or(0, |scheme| scheme.public_key_bytes())
}

/// The rate that the caller names.
pub(crate) fn rate(number: types::Rate) -> Result<Rate, Failure> {
    u8::try_from(number)
        .ok()
        .and_then(Rate::from_log_inverse)
        .ok_or_else(|| Failure::argument(format_args!("{number} names no rate")))
}

/// Refuses more signatures than one proof may cover, before anything is decoded.
pub(crate) fn check_count(counts: impl IntoIterator<Item = usize>) -> Result<(), Failure> {
    let count = counts.into_iter().fold(0, usize::saturating_add);
    if count > MAX_SIGNATURES {
        return Err(ClaimsError::TooMany { count }.into());
    }
    Ok(())
}

/// The claims of these groups. Their signatures are not looked at.
pub(crate) fn claims(scheme: Scheme, groups: &[RawGroup<'_>]) -> Result<Claims, Failure> {
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
pub(crate) fn batch(scheme: Scheme, groups: &[RawGroup<'_>]) -> Result<Batch, Failure> {
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
                self.places.push(Place { group, index });
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
            .map(|(place, reason)| {
                format!("signer {} of group {}: {reason}", place.index, place.group)
            })
            .collect();
        let message = format!("malformed: {}", list.join("; "));
        Err(Failure::at(Status::Malformed, message, self.places))
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
        assert_eq!(failure.status(), Status::Malformed);
        let place = |group, index| Place { group, index };
        assert_eq!(failure.places(), [place(0, 1), place(1, 0)]);
        let message = failure.message().to_str().unwrap();
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
            assert_eq!(
                scheme(number).unwrap_err().status(),
                Status::InvalidArgument
            );
        }
        assert_eq!(rate(4).unwrap(), Rate::Sixteenth);
        for number in [0, 5, 257, u32::MAX] {
            assert_eq!(rate(number).unwrap_err().status(), Status::InvalidArgument);
        }
    }

    #[test]
    fn counts_do_not_overflow() {
        assert!(check_count([MAX_SIGNATURES - 1, 1]).is_ok());
        for counts in [[MAX_SIGNATURES, 1], [usize::MAX, usize::MAX]] {
            assert_eq!(check_count(counts).unwrap_err().status(), Status::Claims);
        }
    }
}
