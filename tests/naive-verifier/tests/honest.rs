//! Both verifiers accept what an honest prover makes.

mod common;

use common::{TEST_SCHEMES, batch, prove, verdict};
use sheaf::xmss::BatchFile;
use sheaf::{Batch, COMPACT, PROD, Rate};

#[test]
fn batches_of_many_sizes() {
    for scheme in TEST_SCHEMES {
        for count in [1, 2, 3, 5, 15, 16, 17, 31, 32, 33] {
            let batch = batch(scheme, &[(5, count)]);
            assert_eq!(verdict(&batch.claims(), &prove(&batch, Rate::Half)), Ok(()));
        }
    }
}

/// Enough lanes that some slices of the commitment have none.
#[test]
fn lanes_in_slices() {
    for scheme in TEST_SCHEMES {
        for groups in [&[(5, 100)][..], &[(5, 30), (254, 35)]] {
            let batch = batch(scheme, groups);
            let bytes = prove(&batch, Rate::Quarter);
            assert_eq!(verdict(&batch.claims(), &bytes), Ok(()), "{groups:?}");
        }
    }
}

/// Slots 127 and 254 carry, the others don't; sides of the paths differ and agree.
#[test]
fn several_groups() {
    for scheme in TEST_SCHEMES {
        for groups in [
            &[(127, 1)][..],
            &[(127, 2), (128, 3)],
            &[(254, 1), (0, 1), (255, 1)],
            &[(9, 4), (9, 5), (126, 8)],
        ] {
            let batch = batch(scheme, groups);
            let bytes = prove(&batch, Rate::Half);
            assert_eq!(verdict(&batch.claims(), &bytes), Ok(()), "{groups:?}");
        }
    }
}

/// More groups than streams that hash them.
#[test]
fn many_groups() {
    let groups: Vec<(u32, usize)> = (0..18).map(|i| (7 * i, 1 + i as usize % 3)).collect();
    for scheme in TEST_SCHEMES {
        let batch = batch(scheme, &groups);
        assert_eq!(verdict(&batch.claims(), &prove(&batch, Rate::Half)), Ok(()));
    }
}

#[test]
fn every_rate() {
    for scheme in TEST_SCHEMES {
        let batch = batch(scheme, &[(3, 2), (200, 1)]);
        for rate in Rate::ALL {
            assert_eq!(verdict(&batch.claims(), &prove(&batch, rate)), Ok(()));
        }
    }
}

macro_rules! vector {
    ($slot:literal) => {
        include_bytes!(concat!(
            "../../../crates/xmss/tests/vectors/prod-slot-",
            $slot,
            ".bin"
        ))
    };
}

/// Signatures by leanSig at real parameters. Some steps of slot 32639 carry and some don't.
#[test]
fn real_parameters() {
    for files in [
        &[&vector!(32639)[..], &vector!(127)[..], &vector!(77777)[..]][..],
        &[&vector!(11259375)[..]],
    ] {
        let mut batch = Batch::new(PROD);
        for bytes in files {
            let mut file = BatchFile::parse(&PROD, bytes).unwrap();
            file.signers.truncate(3 / files.len());
            batch.push(file);
        }
        assert_eq!(verdict(&batch.claims(), &prove(&batch, Rate::Half)), Ok(()));
    }
}

macro_rules! compact_vector {
    ($slot:literal) => {
        include_bytes!(concat!(
            "../../../crates/xmss/tests/vectors/compact/slot-",
            $slot,
            ".bin"
        ))
    };
}

/// Signatures by leanVM. The slots have words of either half, and both at their largest.
#[test]
fn real_compact_signatures() {
    for files in [
        &[&compact_vector!(0)[..], &compact_vector!(65536)[..]][..],
        &[&compact_vector!(4294967295)[..]],
    ] {
        let mut batch = Batch::new(COMPACT);
        for bytes in files {
            let mut file = BatchFile::parse(&COMPACT, bytes).unwrap();
            file.signers.truncate(3 / files.len());
            batch.push(file);
        }
        assert_eq!(verdict(&batch.claims(), &prove(&batch, Rate::Half)), Ok(()));
    }
}
