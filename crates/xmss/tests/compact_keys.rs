//! Compact keys: every value of the first implementation byte for byte, any range of slots, windows, damage, journals.

use std::ops::ControlFlow;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use proptest::prelude::*;
use serde::Deserialize;
use sheaf_xmss::seed::Seed;
use sheaf_xmss::tweak::{message_digits, message_elements};
use sheaf_xmss::{
    COMPACT, COMPACT_TEST, Damage, DecodeError, FileSlotGuard, GuardError, JournalSummary,
    KeyError, KeyGenerator, KoalaBear, MemorySlotGuard, Progress, PublicKey, SecretKey, SignError,
    Signature, SigningError, SigningKey, TEST, verify,
};

#[derive(Deserialize)]
struct KeyVector {
    seed: String,
    activation_slot: u32,
    num_active_slots: u64,
    public_key: String,
    secret_key: String,
    signatures: Vec<SignatureVector>,
}

#[derive(Deserialize)]
struct SignatureVector {
    slot: u32,
    message: String,
    signature: String,
}

fn vectors() -> Vec<KeyVector> {
    [
        include_str!("vectors/compact/keys.jsonl"),
        include_str!("vectors/compact/client-keys.jsonl"),
    ]
    .iter()
    .flat_map(|lines| lines.lines())
    .map(|line| serde_json::from_str(line).unwrap())
    .collect()
}

fn known_answers() -> serde_json::Value {
    serde_json::from_str(include_str!("vectors/compact/known-answers.json")).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn array(hex: &str) -> [u8; 32] {
    bytes(hex).try_into().unwrap()
}

fn numbers(value: &serde_json::Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

fn values(elements: &[KoalaBear]) -> Vec<u32> {
    elements.iter().map(|x| x.as_canonical_u32()).collect()
}

fn generate(start: u32, count: u64) -> (PublicKey, SecretKey) {
    KeyGenerator::new(&COMPACT_TEST, start, count)
        .unwrap()
        .generate(&mut rand::rng())
}

#[test]
fn the_pseudorandom_function_is_known() {
    let known = known_answers();
    let seed = Seed::new(array(known["seed"].as_str().unwrap()));
    let mut seen = 0;
    for (name, value) in known.as_object().unwrap() {
        let Some(name) = name.strip_prefix("prf_") else {
            continue;
        };
        let indices: Vec<u64> = name.split('_').map(|n| n.parse().unwrap()).collect();
        let output = seed.prf(indices[0] as u32, indices[1], indices[2]);
        assert_eq!(values(&output), numbers(value), "{name}");
        seen += 1;
    }
    assert_eq!(seen, 5);

    let parameter = seed.parameter(&COMPACT);
    assert_eq!(
        values(&parameter[..4]),
        numbers(&known["prf_1001_0_0"])[..4]
    );
    assert_eq!(parameter[4], KoalaBear::ZERO);
    let filler = seed.filler(&COMPACT, 31, 1);
    assert_eq!(values(&filler[..4]), numbers(&known["prf_1002_31_1"])[..4]);
    assert_eq!(filler[4..], [KoalaBear::ZERO; 4]);
}

#[test]
fn chain_starts_are_known() {
    let known = known_answers();
    let seed = Seed::new(array(known["seed"].as_str().unwrap()));
    let starts = seed.chain_starts(&COMPACT, 1000);
    let seen = known["chain_starts_seen"].as_object().unwrap();
    assert_eq!(seen.len(), 2);
    for (chain, start) in seen {
        let chain: usize = chain.parse().unwrap();
        assert_eq!(values(&starts[chain][..4]), numbers(start));
    }
}

#[test]
fn signing_randomness_is_known() {
    let known = known_answers();
    let seed = Seed::new(array(known["seed"].as_str().unwrap()));
    let expected = numbers(&known["encoding"]["randomness"]);
    let message: [u8; 32] = std::array::from_fn(|i| i as u8);
    let elements = message_elements(&COMPACT, &message_digits(&message));
    let all = seed.randomness_of_attempts(&COMPACT, 1000, &elements, 0, 100_000);
    let attempt = all.iter().position(|rho| values(&rho[..6]) == expected);
    // It is the first one that encodes the message.
    let parameter = seed.parameter(&COMPACT);
    let first = all.iter().position(|rho| {
        sheaf_xmss::encoding::encode(&COMPACT, &parameter, 1000, &message, rho).is_ok()
    });
    assert!(attempt.is_some() && attempt == first);
}

#[test]
fn a_seed_gives_the_keys_byte_for_byte() {
    assert_eq!(vectors().len(), 5);
    for vector in vectors() {
        let generator =
            KeyGenerator::new(&COMPACT, vector.activation_slot, vector.num_active_slots).unwrap();
        let (public_key, secret_key) = generator.generate_from(&array(&vector.seed));
        assert_eq!(public_key.to_bytes(), bytes(&vector.public_key));
        assert_eq!(hex::encode(&*secret_key.to_bytes()), vector.secret_key);

        let encoded = bytes(&vector.secret_key);
        let decoded = SecretKey::from_bytes(&COMPACT, &encoded).unwrap();
        assert_eq!(decoded.public_key(), public_key);
        assert_eq!(decoded.active_range(), generator.active_range());
        assert_eq!(*decoded.to_bytes(), encoded);
    }
}

#[test]
fn signs_byte_for_byte() {
    let mut signatures = 0;
    for vector in vectors() {
        let mut key = SecretKey::from_bytes(&COMPACT, &bytes(&vector.secret_key)).unwrap();
        for SignatureVector {
            slot,
            message,
            signature,
        } in &vector.signatures
        {
            let made = key.sign(*slot, &array(message)).unwrap();
            assert_eq!(hex::encode(made.to_bytes()), *signature);
            signatures += 1;
        }
    }
    assert_eq!(signatures, 7);
}

#[test]
fn postcard_forms_are_known() {
    let (known, vector) = (known_answers(), &vectors()[0]);
    let public_key = PublicKey::from_bytes(&COMPACT, &bytes(&vector.public_key)).unwrap();
    let form = known["postcard_public_key"].as_str().unwrap();
    assert_eq!(hex::encode(public_key.to_postcard()), form);
    let decoded = PublicKey::from_postcard(&COMPACT, &bytes(form));
    assert_eq!(decoded, Ok(public_key));

    let ssz = bytes(&vector.signatures[0].signature);
    let signature = Signature::from_bytes(&COMPACT, &ssz).unwrap();
    let form = known["postcard_signature"].as_str().unwrap();
    assert_eq!(hex::encode(signature.to_postcard()), form);
    let decoded = Signature::from_postcard(&COMPACT, &bytes(form));
    assert_eq!(decoded, Ok(signature));
}

#[test]
fn postcard_forms_end_exactly_and_hold_reduced_elements() {
    let known = known_answers();
    for name in ["postcard_public_key", "postcard_signature"] {
        let whole = bytes(known[name].as_str().unwrap());
        let decode = |bytes: &[u8]| match name {
            "postcard_public_key" => PublicKey::from_postcard(&COMPACT, bytes).map(drop),
            _ => Signature::from_postcard(&COMPACT, bytes).map(drop),
        };
        decode(&whole).unwrap();
        for length in 0..whole.len() {
            let error = decode(&whole[..length]).unwrap_err();
            assert!(matches!(error, DecodeError::Varint { .. }), "{error}");
        }
        let longer = [&whole[..], &[0]].concat();
        let (expected, found) = (whole.len() as u64, whole.len() as u64 + 1);
        assert!(matches!(
            decode(&longer),
            Err(DecodeError::Length { expected: e, found: f, .. }) if (e, f) == (expected, found)
        ));
        // The order of the field, 0x7f000001, in place of the first element.
        let first = whole.iter().position(|byte| byte & 0x80 == 0).unwrap();
        let order = [0x81, 0x80, 0x80, 0xf8, 0x07];
        let changed = [&order, &whole[first + 1..]].concat();
        assert!(matches!(
            decode(&changed),
            Err(DecodeError::NonCanonical {
                index: 0,
                at: 0,
                value: 0x7f00_0001,
                ..
            })
        ));
        // A longer varint of the same number is the same element.
        let mut padded = vec![1 | 0x80, 0x80, 0x80, 0x80, 0];
        padded.extend(&whole[first + 1..]);
        let short = [&[1], &whole[first + 1..]].concat();
        match name {
            "postcard_public_key" => assert_eq!(
                PublicKey::from_postcard(&COMPACT, &padded),
                PublicKey::from_postcard(&COMPACT, &short)
            ),
            _ => assert_eq!(
                Signature::from_postcard(&COMPACT, &padded),
                Signature::from_postcard(&COMPACT, &short)
            ),
        }
    }
}

#[test]
fn the_first_bytes_of_a_key_tell_its_scheme() {
    for vector in vectors() {
        let encoded = bytes(&vector.secret_key);
        assert_eq!(SecretKey::scheme_of(&encoded), Some(COMPACT));
        assert_eq!(SecretKey::scheme_of(&encoded[..96]), Some(COMPACT));
        assert_eq!(SecretKey::scheme_of(&encoded[..33]), None);
        let mut other = encoded.clone();
        other[0] = 2;
        assert_eq!(SecretKey::scheme_of(&other), None);
    }
    for (start, count) in [(0, 1), (0, 256), (255, 1), (100, 57), (3, 130)] {
        let encoded = generate(start, count).1.to_bytes();
        assert_eq!(SecretKey::scheme_of(&encoded), Some(COMPACT_TEST));
    }
    // A key of the other format whose first byte is the version of this one.
    let generator = KeyGenerator::new(&TEST, 0, 32).unwrap();
    let mut encoded = generator.generate(&mut rand::rng()).1.to_bytes();
    encoded[0] = 1;
    assert_eq!(SecretKey::scheme_of(&encoded), Some(TEST));
}

#[test]
fn every_active_slot_signs_and_no_other() {
    for (start, count) in [(0, 1), (255, 1), (0, 256), (7, 2), (41, 16), (100, 57)] {
        let (public_key, mut key) = generate(start, count);
        let slots = u64::from(start)..u64::from(start) + count;
        assert_eq!(key.active_range().slots(), slots);
        for slot in 0..256 {
            let message = [slot as u8; 32];
            let result = key.sign(slot, &message);
            if slots.contains(&slot.into()) {
                verify(&COMPACT_TEST, &public_key, slot, &message, &result.unwrap()).unwrap();
            } else {
                let (start, end) = (slots.start, slots.end);
                assert_eq!(result, Err(SignError::NotActive { slot, start, end }));
            }
        }
    }
}

#[test]
fn keys_at_the_ends_of_the_lifetime() {
    for (start, count) in [(0, 3), (u32::MAX, 1), (u32::MAX - 20, 21)] {
        let generator = KeyGenerator::new(&COMPACT, start, count).unwrap();
        let (public_key, mut key) = generator.generate(&mut rand::rng());
        for slot in [start, start + (count as u32 - 1)] {
            let signature = key.sign(slot, &[8; 32]).unwrap();
            verify(&COMPACT, &public_key, slot, &[8; 32], &signature).unwrap();
        }
    }
    assert!(matches!(
        KeyGenerator::new(&COMPACT, u32::MAX, 2),
        Err(KeyError::Range { .. })
    ));
}

#[test]
fn the_window_is_not_stored_and_holds_two_bottom_trees_at_most() {
    // Bottom trees of 8 slots: 41..48, 48..56, ..., 96..98.
    let (_, mut key) = generate(41, 57);
    let m = [3; 32];
    assert!(!key.stores_window());
    assert_eq!(key.active_range().bottom_tree_slots(), 8);
    assert_eq!(key.window_slots(), 41..56);
    assert!(key.advance_window().unwrap());
    assert_eq!(key.window_slots(), 48..64);
    key.sign_prepared(63, &m).unwrap();
    let passed = SignError::Passed {
        slot: 47,
        window_start: 48,
    };
    assert_eq!(key.sign_prepared(47, &m), Err(passed));
    let not_prepared = SignError::NotPrepared {
        slot: 64,
        window_end: 64,
    };
    assert_eq!(key.sign_prepared(64, &m), Err(not_prepared));
    for (slot, window) in [
        (64, 56..72),
        (90, 88..96),
        (96, 88..98),
        (97, 88..98),
        (45, 41..48),
        (48, 41..56),
    ] {
        key.prepare(slot).unwrap();
        assert_eq!(key.window_slots(), window);
        // Wherever it is, the bytes are the same, and what is read has no window yet.
        let mut again = SecretKey::from_bytes(&COMPACT_TEST, &key.to_bytes()).unwrap();
        assert_eq!(again.window_slots(), 41..41);
        assert!(again.sign_prepared(slot, &m).is_err());
        assert_eq!(again.sign(slot, &m), key.sign_prepared(slot, &m));
    }
    key.prepare(97).unwrap();
    assert!(!key.advance_window().unwrap());
    let mut read = SecretKey::from_bytes(&COMPACT_TEST, &key.to_bytes()).unwrap();
    assert!(read.advance_window().unwrap());
    assert_eq!(read.window_slots(), 41..48);
    // Nothing in the key tells how far its signer has come, so no slot is far.
    assert!(!read.skips(97));
    let mut signer = SigningKey::new(read, MemorySlotGuard::new()).unwrap();
    signer.sign(97, &m).unwrap();
}

/// A key with any bit of its file flipped is refused, is another key altogether, or signs validly; it never uses up a slot
/// with a signature that nobody accepts.
#[test]
fn a_key_with_a_flipped_bit_signs_validly_or_not_at_all() {
    let (public_key, key) = generate(40, 32);
    let bytes = key.to_bytes();
    let (slot, message) = (45, [9; 32]);
    let (mut damages, mut signed) = (Vec::new(), 0);
    for i in 0..8 * bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[i / 8] ^= 1 << (i % 8);
        let Ok(key) = SecretKey::from_bytes(&COMPACT_TEST, &flipped) else {
            continue;
        };
        let public = key.public_key();
        let mut key = SigningKey::new(key, MemorySlotGuard::new()).unwrap();
        match key.sign(slot, &message) {
            Ok(signature) => {
                verify(&COMPACT_TEST, &public, slot, &message, &signature).unwrap();
                signed += 1;
            }
            Err(SigningError::Key(error)) => {
                assert!(key.guard().is_empty(), "bit {i} used up the slot: {error}");
                if let SignError::Damaged { damage } = error {
                    // A bottom tree is computed anew and compared, so that it fits; or the way up from it does not.
                    assert!(
                        matches!(damage, Damage::NewTree | Damage::TopTree),
                        "{damage}"
                    );
                    damages.push(damage);
                }
            }
            Err(other) => panic!("bit {i}: {other}"),
        }
    }
    assert!(damages.contains(&Damage::NewTree) && damages.contains(&Damage::TopTree));
    assert!(signed > 0);
    let mut key = SecretKey::from_bytes(&COMPACT_TEST, &bytes).unwrap();
    let signature = key.sign(slot, &message).unwrap();
    verify(&COMPACT_TEST, &public_key, slot, &message, &signature).unwrap();
}

#[test]
fn decoding_names_what_is_wrong() {
    // `01 ‖ seed ‖ e8 07 ‖ e8 07 ‖ 21 ‖ 01 ‖ ...`
    let good = bytes(&vectors()[0].secret_key);
    let decode = |bytes: &[u8]| SecretKey::from_bytes(&COMPACT, bytes).unwrap_err();
    let changed = |at: usize, value: u8| {
        let mut bad = good.clone();
        bad[at] = value;
        decode(&bad)
    };
    let value = |what, at, found| DecodeError::Value { what, at, found };
    assert_eq!(changed(0, 2), value("version of the secret key", 0, 2));
    // The last slot before the first one, and one too many for the single layer of one node.
    let range = value("range of active slots", 33, 1000);
    assert_eq!(changed(35, 0xe7), range);
    assert_eq!(changed(37, 0x20), value("number of layers", 37, 0x20));
    assert_eq!(changed(38, 2), value("number of nodes", 38, 2));
    assert!(matches!(
        changed(good.len() - 1, 0xff),
        DecodeError::Varint { what: "nodes", .. }
    ));
    let longer = [&good[..], &[0]].concat();
    let length = DecodeError::Length {
        what: "secret key",
        expected: good.len() as u64,
        found: good.len() as u64 + 1,
    };
    assert_eq!(decode(&longer), length);
    // A key of 2^32 slots would be accepted with as many nodes, but not with none.
    let mut huge = good[..33].to_vec();
    huge.extend([0, 0xff, 0xff, 0xff, 0xff, 0x0f, 17, 0x80, 0x80, 4]);
    assert!(matches!(decode(&huge), DecodeError::Varint { .. }));
    // Slots beyond the lifetime of the scheme.
    let error = SecretKey::from_bytes(&COMPACT_TEST, &good).unwrap_err();
    assert_eq!(error, range);
}

#[test]
fn keys_of_one_seed_have_one_fingerprint_and_keys_of_others_another() {
    let of = |start, count, seed| {
        let generator = KeyGenerator::new(&COMPACT_TEST, start, count).unwrap();
        generator.generate_from(&[seed; 32]).1.identity()
    };
    let key = of(0, 64, 1);
    assert_eq!(key, of(0, 64, 1));
    let other_range = of(0, 63, 1);
    assert_eq!(key.fingerprint, other_range.fingerprint);
    assert_ne!(key.public_key, other_range.public_key);
    assert_ne!(key.fingerprint, of(0, 64, 2).fingerprint);
}

#[test]
fn a_journal_keeps_compact_keys_from_signing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let of = |count, seed| {
        KeyGenerator::new(&COMPACT_TEST, 10, count)
            .unwrap()
            .generate_from(&[seed; 32])
    };
    let (public_key, secret_key) = of(200, 1);
    let fingerprint = secret_key.identity().fingerprint;
    let encoded = secret_key.to_bytes();
    let open = || FileSlotGuard::open(&COMPACT_TEST, &public_key, &path);
    drop(FileSlotGuard::create(&COMPACT_TEST, &public_key, &path).unwrap());

    // Another seed, another range of the same seed, and the same root under another scheme.
    for other in [of(200, 2), of(199, 1)] {
        let refused = SigningKey::new(other.1, open().unwrap());
        assert!(matches!(refused, Err(GuardError::OtherKey)));
    }
    let refused = FileSlotGuard::open(&COMPACT, &public_key, &path);
    assert!(matches!(refused, Err(GuardError::OtherKey)));

    let mut signer = SigningKey::new(secret_key, open().unwrap()).unwrap();
    let signature = signer.sign(57, &[1; 32]).unwrap();
    drop(signer);
    let summary = JournalSummary::read(&path).unwrap();
    assert_eq!(summary.scheme(), &COMPACT_TEST);
    assert_eq!(summary.public_key(), &public_key);
    assert_eq!(summary.fingerprint(), Some(&fingerprint));

    let secret_key = SecretKey::from_bytes(&COMPACT_TEST, &encoded).unwrap();
    let mut signer = SigningKey::new(secret_key, open().unwrap()).unwrap();
    assert_eq!(signer.sign(57, &[1; 32]).unwrap(), signature);
    let refused = signer.sign(57, &[2; 32]);
    assert!(matches!(
        refused,
        Err(SigningError::Guard(GuardError::SlotUsed { slot: 57 }))
    ));
    // A seed that is not what it was gives another parameter, hence another key.
    drop(signer);
    let mut damaged = encoded.to_vec();
    damaged[1] ^= 1;
    let damaged = SecretKey::from_bytes(&COMPACT_TEST, &damaged).unwrap();
    let refused = SigningKey::new(damaged, open().unwrap());
    assert!(matches!(refused, Err(GuardError::OtherKey)));

    // The floor follows, two bottom trees of the whole lifetime behind.
    let secret_key = SecretKey::from_bytes(&COMPACT_TEST, &encoded).unwrap();
    let mut signer = SigningKey::new(secret_key, open().unwrap()).unwrap();
    for slot in 100..200 {
        signer.sign(slot, &[slot as u8; 32]).unwrap();
    }
    if cfg!(unix) {
        let behind = 200 - signer.guard().floor();
        assert!((32..=48).contains(&behind), "{behind}");
    }
}

#[test]
fn progress_is_complete_and_can_cancel() {
    let generator = KeyGenerator::new(&COMPACT_TEST, 9, 100).unwrap();
    let last = std::sync::atomic::AtomicU64::new(0);
    let report = |progress: Progress| {
        assert_eq!(progress.total, 100);
        last.fetch_max(progress.done, std::sync::atomic::Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    generator
        .generate_with_progress(&mut rand::rng(), &report)
        .unwrap();
    assert_eq!(last.into_inner(), 100);
    let cancelled = generator.generate_with_progress(&mut rand::rng(), &|_| ControlFlow::Break(()));
    assert_eq!(cancelled.unwrap_err(), KeyError::Cancelled);
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", generate(0, 5).1);
    assert!(shown.contains("public_key") && !shown.to_lowercase().contains("seed"));
}

#[test]
#[ignore = "computes 2^17 leaves: some ten seconds on two cores"]
fn a_real_key() {
    for scheme in [COMPACT, sheaf_xmss::PROD] {
        let begin = std::time::Instant::now();
        let generator = KeyGenerator::new(&scheme, 0, 1 << 17).unwrap();
        let (public_key, mut key) = generator.generate(&mut rand::rng());
        let elapsed = begin.elapsed();
        let name = scheme.name;
        println!(
            "{name}: {elapsed:.2?} for 2^17 slots, {:.0} slots per second",
            131_072.0 / elapsed.as_secs_f64()
        );
        let encoded = key.to_bytes();
        println!("{name}: secret key of {} bytes", encoded.len());
        let begin = std::time::Instant::now();
        for slot in 0..100 {
            key.sign(slot, &[slot as u8; 32]).unwrap();
        }
        println!("{name}: signing: {:.2?} each", begin.elapsed() / 100);
        let begin = std::time::Instant::now();
        let mut key = SecretKey::from_bytes(&scheme, &encoded).unwrap();
        let signature = key.sign(70_000, &[1; 32]).unwrap();
        println!(
            "{name}: reading and signing far away: {:.2?}",
            begin.elapsed()
        );
        verify(&scheme, &public_key, 70_000, &[1; 32], &signature).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn keys_of_any_range_round_trip(seed: [u8; 32], start in 0..256u32, count in 1..=256u64, at: prop::sample::Index) {
        let count = count.min(256 - u64::from(start));
        let generator = KeyGenerator::new(&COMPACT_TEST, start, count).unwrap();
        let (public_key, mut key) = generator.generate_from(&seed);
        let encoded = key.to_bytes();
        let mut decoded = SecretKey::from_bytes(&COMPACT_TEST, &encoded).unwrap();
        prop_assert_eq!(&*decoded.to_bytes(), &*encoded);
        prop_assert_eq!(decoded.public_key(), public_key);
        prop_assert_eq!(SecretKey::scheme_of(&encoded), Some(COMPACT_TEST));
        let slot = start + at.index(count as usize) as u32;
        let signature = key.sign(slot, &seed).unwrap();
        verify(&COMPACT_TEST, &public_key, slot, &seed, &signature).unwrap();
        prop_assert_eq!(decoded.sign(slot, &seed), Ok(signature.clone()));
        prop_assert_eq!(Signature::from_postcard(&COMPACT_TEST, &signature.to_postcard()), Ok(signature));
        prop_assert_eq!(PublicKey::from_postcard(&COMPACT_TEST, &public_key.to_postcard()), Ok(public_key));
    }

    #[test]
    fn damaged_keys_never_panic(at: prop::sample::Index, value: u8, length: prop::sample::Index, slot: u32) {
        let mut encoded = bytes(&vectors()[1].secret_key);
        let at = at.index(encoded.len());
        encoded[at] = value;
        if let Ok(mut key) = SecretKey::from_bytes(&COMPACT, &encoded) {
            // Longer varints than necessary become short ones.
            let again = key.to_bytes();
            prop_assert!(again.len() <= encoded.len());
            prop_assert_eq!(&*SecretKey::from_bytes(&COMPACT, &again).unwrap().to_bytes(), &*again);
            let _ = key.sign(slot % 128, &[0; 32]);
        }
        let length = length.index(encoded.len());
        prop_assert!(SecretKey::from_bytes(&COMPACT, &encoded[..length]).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_no_key_or_a_key(start in prop::collection::vec(any::<u8>(), 0..60), rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let encoded = [&[1], &start[..], &rest].concat();
        let _ = SecretKey::scheme_of(&encoded);
        for scheme in [COMPACT, COMPACT_TEST] {
            if let Ok(key) = SecretKey::from_bytes(&scheme, &encoded) {
                prop_assert_eq!(SecretKey::scheme_of(&encoded), Some(*key.scheme()));
            }
        }
    }
}
