//! Secret keys made by leanSig: decoding, and signing byte for byte.

use std::ops::ControlFlow;

use proptest::prelude::*;
use serde::Deserialize;
use sheaf_xmss::{
    DecodeError, KeyError, KeyGenerator, MemorySlotGuard, PROD, PublicKey, SecretKey, SignError,
    Signature, SigningError, SigningKey, TEST, verify,
};

#[derive(Deserialize)]
struct KeyVector {
    public_key: String,
    secret_key: String,
    signatures: Vec<SignatureVector>,
}

#[derive(Deserialize)]
struct SignatureVector {
    epoch: u32,
    message: String,
    signature: String,
}

fn vectors() -> Vec<KeyVector> {
    include_str!("vectors/test-scheme-keys.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn message(hex: &str) -> [u8; 32] {
    bytes(hex).try_into().unwrap()
}

#[test]
fn keys_round_trip() {
    for vector in vectors() {
        let encoded = bytes(&vector.secret_key);
        let secret_key = SecretKey::from_bytes(&TEST, &encoded).unwrap();
        assert_eq!(*secret_key.to_bytes(), encoded);
        assert_eq!(
            secret_key.public_key().to_bytes(),
            bytes(&vector.public_key)
        );
    }
}

#[test]
fn signs_byte_for_byte() {
    for vector in vectors() {
        let mut secret_key = SecretKey::from_bytes(&TEST, &bytes(&vector.secret_key)).unwrap();
        let public_key = PublicKey::from_bytes(&TEST, &bytes(&vector.public_key)).unwrap();
        for SignatureVector {
            epoch,
            message: hex,
            signature,
        } in &vector.signatures
        {
            let expected = Signature::from_bytes(&TEST, &bytes(signature)).unwrap();
            verify(&TEST, &public_key, *epoch, &message(hex), &expected).unwrap();
            assert_eq!(
                secret_key.sign(*epoch, &message(hex)).unwrap().to_bytes(),
                bytes(signature)
            );
        }
    }
}

#[test]
fn the_window_moves_on_and_back() {
    let (public_key, mut key) = KeyGenerator::new(&TEST, 20, 100)
        .unwrap()
        .generate(&mut rand::rng());
    assert_eq!(
        (key.active_range().slots(), key.window_slots()),
        (16..128, 16..48)
    );
    let m = [3; 32];
    assert_eq!(
        key.sign(15, &m),
        Err(SignError::NotActive {
            slot: 15,
            start: 16,
            end: 128
        })
    );
    assert_eq!(
        key.sign(128, &m),
        Err(SignError::NotActive {
            slot: 128,
            start: 16,
            end: 128
        })
    );
    assert_eq!(
        key.sign_prepared(48, &m),
        Err(SignError::NotPrepared {
            slot: 48,
            window_end: 48
        })
    );
    for (slot, window) in [
        (16, 16..48),
        (47, 16..48),
        (48, 32..64),
        (64, 48..80),
        (101, 96..128),
        (127, 96..128),
    ] {
        let signature = key.sign(slot, &m).unwrap();
        verify(&TEST, &public_key, slot, &m, &signature).unwrap();
        assert_eq!(key.window_slots(), window);
        let decoded = SecretKey::from_bytes(&TEST, &key.to_bytes()).unwrap();
        assert_eq!(decoded.sign_prepared(slot, &m), Ok(signature));
    }
    assert!(!key.advance_window().unwrap());
    assert_eq!(
        key.sign_prepared(95, &m),
        Err(SignError::Passed {
            slot: 95,
            window_start: 96
        })
    );
    // A slot that was passed can be prepared again.
    for (slot, window) in [(95, 80..112), (16, 16..48), (127, 96..128)] {
        let signature = key.sign(slot, &m).unwrap();
        verify(&TEST, &public_key, slot, &m, &signature).unwrap();
        assert_eq!(key.window_slots(), window);
    }
}

/// A key with any bit of its file flipped is refused, is another key altogether, or signs validly; it never uses up a slot
/// with a signature that nobody accepts.
#[test]
fn a_key_with_a_flipped_bit_signs_validly_or_not_at_all() {
    let (public_key, key) = KeyGenerator::new(&TEST, 0, 32)
        .unwrap()
        .generate(&mut rand::rng());
    let bytes = key.to_bytes();
    let (slot, message) = (5, [9; 32]);
    let mut damages = std::collections::HashSet::new();
    // Every byte, a bit of each that walks through all eight.
    for i in 0..bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[i] ^= 1 << (i % 8);
        let Ok(key) = SecretKey::from_bytes(&TEST, &flipped) else {
            continue;
        };
        let public = key.public_key();
        let mut key = SigningKey::new(key, MemorySlotGuard::new()).unwrap();
        match key.sign(slot, &message) {
            Ok(signature) => {
                verify(&TEST, &public, slot, &message, &signature).unwrap();
                assert_eq!(key.guard().len(), 1);
            }
            Err(SigningError::Key(error)) => {
                assert!(key.guard().is_empty(), "byte {i} used up the slot: {error}");
                if let SignError::Damaged { damage } = error {
                    damages.insert(damage.to_string());
                }
            }
            Err(other) => panic!("byte {i}: {other}"),
        }
    }
    // All three parts were met: below the bottom trees, in them, and above.
    assert_eq!(damages.len(), 3, "{damages:?}");
    let mut key = SecretKey::from_bytes(&TEST, &bytes).unwrap();
    let signature = key.sign(slot, &message).unwrap();
    verify(&TEST, &public_key, slot, &message, &signature).unwrap();
}

#[test]
fn a_jump_of_more_than_a_window_needs_a_word() {
    let (public_key, key) = KeyGenerator::new(&TEST, 0, 160)
        .unwrap()
        .generate(&mut rand::rng());
    let mut key = SigningKey::new(key, MemorySlotGuard::new()).unwrap();
    let m = [4; 32];
    // Two windows of 32 slots: the prepared one, and the one after it.
    key.sign(63, &m).unwrap();
    let window = key.secret_key().window_slots();
    assert_eq!(window, 48..80);
    assert!(matches!(
        key.sign(112, &m),
        Err(SigningError::Skips {
            slot: 112,
            window_end: 80
        })
    ));
    assert_eq!(key.secret_key().window_slots(), window);
    assert_eq!(key.guard().len(), 1);
    key.skip_to(150).unwrap();
    for slot in [150, 64, 3, 40] {
        let signature = key.sign(slot, &m).unwrap();
        verify(&TEST, &public_key, slot, &m, &signature).unwrap();
    }
    // Skipping records nothing, so that a slip of the pen costs no slot but the one that was signed.
    assert_eq!(key.guard().len(), 5);
    assert!(matches!(key.skip_to(160), Err(SigningError::Key(_))));
}

#[test]
fn keys_at_the_end_of_the_lifetime() {
    let (public_key, mut key) = KeyGenerator::new(&TEST, 255, 1)
        .unwrap()
        .generate(&mut rand::rng());
    assert_eq!(key.active_range().slots(), 224..256);
    for slot in [224, 255] {
        let signature = key.sign(slot, &[8; 32]).unwrap();
        verify(&TEST, &public_key, slot, &[8; 32], &signature).unwrap();
    }
    assert!(KeyGenerator::new(&PROD, u32::MAX, 1).is_ok());
    assert!(matches!(
        KeyGenerator::new(&PROD, u32::MAX, 2),
        Err(KeyError::Range { .. })
    ));
}

#[test]
#[ignore = "computes 2^17 leaves: some ten seconds on two cores"]
fn a_real_key() {
    let begin = std::time::Instant::now();
    let (public_key, mut key) = KeyGenerator::new(&PROD, 65_530, 10)
        .unwrap()
        .generate(&mut rand::rng());
    println!("key generation: {:.2?} for 2^17 slots", begin.elapsed());
    let begin = std::time::Instant::now();
    let slots = [0, 65_535, 65_536, 131_071];
    let signatures = slots.map(|slot| key.sign(slot, &[slot as u8; 32]).unwrap());
    println!("signing: {:.2?} each", begin.elapsed() / 4);
    for (slot, signature) in slots.into_iter().zip(&signatures) {
        verify(&PROD, &public_key, slot, &[slot as u8; 32], signature).unwrap();
    }
    let encoded = key.to_bytes();
    println!("secret key: {} bytes", encoded.len());
    let decoded = SecretKey::from_bytes(&PROD, &encoded).unwrap();
    assert_eq!(
        decoded.sign_prepared(0, &[0; 32]).as_ref(),
        Ok(&signatures[0])
    );
}

#[test]
fn progress_is_complete_and_can_cancel() {
    let generator = KeyGenerator::new(&TEST, 0, 64).unwrap();
    let last = std::sync::atomic::AtomicU64::new(0);
    let report = |progress: sheaf_xmss::Progress| {
        assert_eq!(progress.total, 64);
        last.fetch_max(progress.done, std::sync::atomic::Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    generator
        .generate_with_progress(&mut rand::rng(), &report)
        .unwrap();
    assert_eq!(last.into_inner(), 64);
    let cancelled = generator.generate_with_progress(&mut rand::rng(), &|_| ControlFlow::Break(()));
    assert_eq!(cancelled.unwrap_err(), KeyError::Cancelled);
}

#[test]
fn debug_shows_no_secret() {
    let vector = &vectors()[0];
    let key = SecretKey::from_bytes(&TEST, &bytes(&vector.secret_key)).unwrap();
    let shown = format!("{key:?}");
    assert!(shown.contains("public_key") && !shown.contains("prf"));
}

#[test]
fn decoding_names_what_is_wrong() {
    let good = bytes(&vectors()[0].secret_key);
    let decode = |bytes: &[u8]| SecretKey::from_bytes(&TEST, bytes).unwrap_err();
    let changed = |at: usize, value: u8| {
        let mut bad = good.clone();
        bad[at] = value;
        decode(&bad)
    };
    assert!(matches!(
        decode(&good[..87]),
        DecodeError::Length {
            expected: 88,
            found: 87,
            ..
        }
    ));
    assert!(matches!(
        decode(&good[..3395]),
        DecodeError::Length {
            expected: 3396,
            found: 3395,
            ..
        }
    ));
    assert!(matches!(
        changed(52, 1),
        DecodeError::Value {
            what: "range of active slots",
            at: 52,
            ..
        }
    ));
    assert!(matches!(
        changed(59, 1),
        DecodeError::Value {
            what: "range of active slots",
            at: 52,
            ..
        }
    ));
    assert!(matches!(
        changed(67, 0xff),
        DecodeError::Value {
            what: "range of active slots",
            at: 52,
            ..
        }
    ));
    assert!(matches!(
        changed(72, 15),
        DecodeError::Value {
            at: 72,
            found: 15,
            ..
        }
    ));
    assert!(matches!(
        changed(79, 0xff),
        DecodeError::Value { at: 72, .. }
    ));
    assert!(matches!(
        changed(80, 0),
        DecodeError::Offset {
            what: "left bottom tree",
            at: 80,
            ..
        }
    ));
    assert!(matches!(
        changed(88, 7),
        DecodeError::Value {
            what: "depth of a tree",
            at: 88,
            found: 7
        }
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_keys_never_panic(at in 0..3396usize, value: u8, length in 0..=3396usize, slot: u32) {
        let mut encoded = bytes(&vectors()[1].secret_key);
        encoded[at] = value;
        if let Ok(key) = SecretKey::from_bytes(&TEST, &encoded) {
            prop_assert_eq!(&*key.to_bytes(), &encoded);
            let _ = key.sign_prepared(slot, &[0; 32]);
        }
        prop_assert!(length == 3396 || SecretKey::from_bytes(&TEST, &encoded[..length]).is_err());
    }
}
