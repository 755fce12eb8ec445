//! Statements as large as they may be: their verification takes no more memory than that of small ones, byte for byte.

use sheaf::{
    Aggregate, Batch, Claims, ClaimsError, Error, HEADER_BYTES, MAX_BYTES, MAX_SIGNATURES, Options,
    PROD, Prover, PublicKey, Rate, Rejection, Scheme, TEST, verify,
};
use sheaf_hostile::measure::under_test;
use sheaf_hostile::{block_rng, elements, samples};

/// Keys that nobody owns.
fn keys(count: usize) -> Vec<PublicKey> {
    let bytes = elements::random(&mut block_rng(1, "keys", 0), 13 * count);
    bytes
        .chunks_exact(52)
        .map(|key| PublicKey::from_bytes(&PROD, key).unwrap())
        .collect()
}

/// Claims about `keys`, all in one group or each in its own. And the bytes that state them: slot, message and number of keys
/// of each group, and the keys.
fn claims(scheme: Scheme, keys: &[PublicKey], together: bool) -> (Claims, usize) {
    let mut claims = Claims::new(scheme);
    if together {
        claims.add_group(127, [1; 32], keys.iter().copied());
    } else {
        for (i, &key) in keys.iter().enumerate() {
            let mut message = [0; 32];
            message[..8].copy_from_slice(&(i as u64).to_le_bytes());
            claims.add_group(i as u32 % 251, message, [key]);
        }
    }
    let bytes = 40 * claims.groups().len() + 52 * keys.len();
    (claims, bytes)
}

#[test]
fn the_largest_claims_with_hostile_proofs() {
    let keys = keys(MAX_SIGNATURES + 1);
    let random = elements::random(&mut block_rng(1, "body", 0), (MAX_BYTES - HEADER_BYTES) / 4);
    let zeros = vec![0; MAX_BYTES - HEADER_BYTES];
    for (scheme, together) in [(TEST, true), (TEST, false), (PROD, true), (PROD, false)] {
        let (claims, claims_bytes) = claims(scheme, &keys[..MAX_SIGNATURES], together);
        for rate in [Rate::Half, Rate::Sixteenth] {
            for body in [&random[..], &zeros, &random[..20_000], &[]] {
                let mut proof = sheaf::MAGIC.to_vec();
                proof.extend([
                    sheaf::FORMAT_VERSION,
                    scheme.id,
                    rate.log_inverse(),
                    sheaf::KIND_LEAF,
                ]);
                proof.extend_from_slice(body);
                let verified = under_test(claims_bytes + proof.len(), || {
                    verify(&claims, &Aggregate::from_bytes(&proof).unwrap())
                });
                let result = verified.unwrap().value;
                assert!(matches!(result, Err(Error::Rejected(_))), "{result:?}");
            }
        }
        // The longest list, of claims of its number and of others.
        let each = scheme.signature_bytes();
        let longest = (MAX_BYTES - HEADER_BYTES) / each;
        let mut list = sheaf::MAGIC.to_vec();
        list.extend([sheaf::FORMAT_VERSION, scheme.id, 0, sheaf::KIND_RAW]);
        let signature = samples::signers(&scheme, 5, 1, 0, [0; 32]).remove(0).1;
        list.extend(signature.to_bytes().repeat(longest));
        let as_many = self::claims(scheme, &keys[..longest], together);
        for (claims, claims_bytes) in [&(claims, claims_bytes), &as_many] {
            let verified = under_test(claims_bytes + list.len(), || {
                verify(claims, &Aggregate::from_bytes(&list).unwrap())
            });
            let result = verified.unwrap().value;
            assert!(matches!(result, Err(Error::Rejected(_))), "{result:?}");
        }
    }
}

#[test]
fn claims_that_are_too_large_are_refused_for_their_number() {
    let mut many = keys(MAX_SIGNATURES + 1);
    let [m, a, g, i] = sheaf::MAGIC;
    let proof = [m, a, g, i, sheaf::FORMAT_VERSION, 2, 1, sheaf::KIND_LEAF];
    let proof = Aggregate::from_bytes(&proof).unwrap();
    while many.len() < 1 << 20 {
        many.extend_from_within(..);
    }
    for together in [true, false] {
        let (claims, claims_bytes) = claims(TEST, &many, together);
        let verified = under_test(claims_bytes, || verify(&claims, &proof)).unwrap();
        let count = many.len();
        assert_eq!(
            verified.value,
            Err(Error::Claims(ClaimsError::TooMany { count }))
        );
        assert!(verified.peak < 1000, "{} bytes for nothing", verified.peak);
    }
}

/// An honest proof, which is read to its end, of as many groups as signatures.
#[test]
fn honest_proofs_of_many_groups() {
    let prover = Prover::new(0).unwrap();
    for (count, rate) in [
        (64, Rate::Half),
        (2000, Rate::Half),
        (2000, Rate::Sixteenth),
    ] {
        let mut batch = Batch::new(TEST);
        let mut bytes = 0;
        for i in 0..count {
            let mut message = [0; 32];
            message[..4].copy_from_slice(&(i as u32).to_le_bytes());
            let slot = i as u32 % 250;
            batch = batch.with_group(slot, message, samples::signers(&TEST, 5, 1, slot, message));
            bytes += 40 + 52;
        }
        let proof = Options::proof(rate);
        let proof = prover.aggregate(&batch, proof).unwrap().to_bytes();
        let claims = batch.claims();
        let check = |proof: &[u8]| {
            let verified = under_test(bytes + proof.len(), || {
                verify(&claims, &Aggregate::from_bytes(proof).unwrap())
            });
            verified.unwrap()
        };
        let honest = check(&proof);
        assert_eq!(honest.value, Ok(()));
        let cut = check(&proof[..proof.len() - 4]);
        assert!(matches!(
            cut.value,
            Err(Error::Rejected(Rejection::Truncated { .. }))
        ));
        let list = prover.aggregate(&batch, Options::raw()).unwrap();
        let list = list.to_bytes();
        assert_eq!(check(&list).value, Ok(()));
        let cut = check(&list[..list.len() - TEST.signature_bytes()]);
        assert!(matches!(
            cut.value,
            Err(Error::Rejected(Rejection::Count { .. }))
        ));
        println!(
            "{count} groups at rate {rate}: {} bytes of input, {} allocated",
            bytes + proof.len(),
            honest.peak
        );
    }
}
