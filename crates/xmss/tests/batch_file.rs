//! The batch file codec on real files and on damaged ones.

use proptest::prelude::*;
use sheaf_xmss::batch_file::HEADER_BYTES;
use sheaf_xmss::{BatchFile, BatchFileError, BatchKeys, DecodeError, PROD, Scheme};

const FILE: &[u8] = include_bytes!("vectors/prod-slot-77777.bin");

#[test]
fn round_trips() {
    let file = BatchFile::parse(&PROD, FILE).unwrap();
    assert_eq!((file.slot, file.signers.len()), (77777, 4));
    assert_eq!(file.to_bytes(), FILE);
}

#[test]
fn the_length_of_a_file_tells_its_scheme() {
    let mut header = FILE[..HEADER_BYTES].to_vec();
    for scheme in Scheme::ALL {
        let entry = scheme.public_key_bytes() + scheme.signature_bytes();
        for signers in [1u32, 2, 65_536, u32::MAX] {
            header[36..].copy_from_slice(&signers.to_le_bytes());
            let length = HEADER_BYTES as u64 + u64::from(signers) * entry as u64;
            assert_eq!(BatchFile::scheme_of(&header, length), Some(scheme));
            assert_eq!(BatchFile::scheme_of(&header, length + 1), None);
        }
    }
    header[36..].fill(0);
    assert_eq!(BatchFile::scheme_of(&header, HEADER_BYTES as u64), None);
    assert_eq!(BatchFile::scheme_of(&FILE[..39], FILE.len() as u64), None);
    assert_eq!(BatchFile::scheme_of(FILE, FILE.len() as u64), Some(PROD));
}

#[test]
fn errors_name_the_signer_and_the_byte() {
    assert_eq!(
        BatchFile::parse(&PROD, &FILE[..39]),
        Err(BatchFileError::Header { found: 39 })
    );
    let mut bad = FILE.to_vec();
    bad[36..40].fill(0xff);
    assert_eq!(
        BatchFile::parse(&PROD, &bad),
        Err(BatchFileError::Length {
            signers: u32::MAX,
            expected: 40 + 2588 * u64::from(u32::MAX),
            found: FILE.len() as u64,
        })
    );
    let mut bad = FILE.to_vec();
    let at = 40 + 2 * 2588 + 52;
    bad[at + 4..at + 8].fill(0xff);
    let source = DecodeError::NonCanonical {
        what: "rho",
        index: 0,
        at: 4,
        value: u32::MAX,
    };
    assert_eq!(
        BatchFile::parse(&PROD, &bad),
        Err(BatchFileError::Signer {
            signer: 2,
            at,
            source
        })
    );
}

#[test]
fn keys_do_not_depend_on_signatures() {
    let file = BatchFile::parse(&PROD, FILE).unwrap();
    let expected: Vec<_> = file.signers.iter().map(|(key, _)| *key).collect();
    let mut bytes = FILE.to_vec();
    bytes[HEADER_BYTES + PROD.public_key_bytes()..][..PROD.signature_bytes()].fill(0xff);
    let found = BatchKeys::parse(&PROD, &bytes).unwrap();
    assert_eq!(
        (found.slot, found.message, found.keys),
        (file.slot, file.message, expected)
    );
    assert!(BatchFile::parse(&PROD, &bytes).is_err());

    for length in 0..bytes.len() {
        assert!(BatchKeys::parse(&PROD, &bytes[..length]).is_err());
    }
    bytes[HEADER_BYTES..][..4].fill(0xff);
    assert!(matches!(
        BatchKeys::parse(&PROD, &bytes),
        Err(BatchFileError::Signer {
            signer: 0,
            at: HEADER_BYTES,
            ..
        })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_never_panics(at in 0..FILE.len(), value: u8, length in 0..=FILE.len()) {
        let mut bytes = FILE[..length].to_vec();
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
        if let Ok(file) = BatchFile::parse(&PROD, &bytes) {
            prop_assert_eq!(file.to_bytes(), bytes);
        }
    }
}
