//! Verification of signatures made by leanSig, and rejection of altered ones.

use std::path::{Path, PathBuf};

use sheaf_xmss::{
    BatchFile, EncodingError, PROD, PublicKey, Signature, TEST, VerifyError, par_verify_batch,
    verify, verify_batch,
};

fn batches() -> Vec<BatchFile> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bin"));
    paths.sort();
    paths
        .iter()
        .map(|path| BatchFile::parse(&PROD, &std::fs::read(path).unwrap()).unwrap())
        .collect()
}

#[test]
fn accepts_every_vector() {
    let batches = batches();
    assert_eq!(batches.len(), 7);
    for BatchFile {
        slot,
        message,
        signers,
    } in &batches
    {
        verify_batch(&PROD, *slot, message, signers).unwrap();
        par_verify_batch(&PROD, *slot, message, signers).unwrap();
        for (public_key, signature) in signers {
            verify(&PROD, public_key, *slot, message, signature).unwrap();
        }
    }
}

#[test]
fn batches_of_every_length_agree_with_single_verification() {
    let BatchFile {
        slot,
        message,
        signers,
    } = batches().remove(2);
    let many: Vec<_> = signers.iter().cycle().take(19).cloned().collect();
    for length in 0..=many.len() {
        verify_batch(&PROD, slot, &message, &many[..length]).unwrap();
    }
}

#[test]
fn names_each_invalid_signature() {
    let BatchFile {
        slot,
        message,
        signers,
    } = batches().remove(1);
    let mut many: Vec<_> = signers.iter().cycle().take(70).cloned().collect();
    many[3].1.path[31][7] += sheaf_xmss::KoalaBear::new(1);
    many[4].1.path.pop();
    many[17].1.rho[0] += sheaf_xmss::KoalaBear::new(1);
    many[69].1.hashes.clear();

    let error = verify_batch(&PROD, slot, &message, &many).unwrap_err();
    assert_eq!(
        par_verify_batch(&PROD, slot, &message, &many).unwrap_err(),
        error
    );
    let expected: Vec<_> = many
        .iter()
        .enumerate()
        .filter_map(|(i, (key, signature))| {
            Some((i, verify(&PROD, key, slot, &message, signature).err()?))
        })
        .collect();
    assert_eq!(error.failures(), expected);
    assert_eq!(expected.len(), 4);
    assert_eq!(expected[0].1, VerifyError::RootMismatch);
    assert_eq!(
        expected[1].1,
        VerifyError::Shape {
            path: 31,
            hashes: 46
        }
    );
    assert!(matches!(
        expected[2].1,
        VerifyError::Encoding(EncodingError::WrongSum { target: 200, .. })
    ));
    assert_eq!(
        expected[3].1,
        VerifyError::Shape {
            path: 32,
            hashes: 0
        }
    );
}

#[test]
fn rejects_another_slot_message_or_key() {
    let batches = batches();
    let BatchFile {
        slot,
        message,
        signers,
    } = &batches[0];
    let (public_key, signature) = &signers[0];
    assert!(verify(&PROD, public_key, slot ^ 1, message, signature).is_err());
    assert!(verify(&PROD, &signers[1].0, *slot, message, signature).is_err());
    let mut other = *message;
    other[31] ^= 1;
    assert!(verify(&PROD, public_key, *slot, &other, signature).is_err());
    let out_of_range = VerifyError::SlotOutOfRange {
        slot: 256,
        lifetime: 256,
    };
    assert_eq!(
        verify(&TEST, public_key, 256, message, signature),
        Err(out_of_range)
    );
    let all = verify_batch(&TEST, 256, message, signers).unwrap_err();
    assert_eq!(all.failures().len(), signers.len());
}

#[test]
fn rejects_any_changed_byte() {
    let BatchFile {
        slot,
        message,
        signers,
    } = batches().remove(3);
    let (public_key, signature) = &signers[0];
    let bytes = signature.to_bytes();
    for at in (0..bytes.len()).step_by(11) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(changed) = Signature::from_bytes(&PROD, &changed) {
            assert!(
                verify(&PROD, public_key, slot, &message, &changed).is_err(),
                "byte {at}"
            );
        }
    }
    let bytes = public_key.to_bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(changed) = PublicKey::from_bytes(&PROD, &changed) {
            assert!(
                verify(&PROD, &changed, slot, &message, signature).is_err(),
                "byte {at}"
            );
        }
    }
}
