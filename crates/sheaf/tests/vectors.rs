//! Signatures made by leanSig, aggregated.

use sheaf::xmss::BatchFile;
use sheaf::{Batch, Claims, Error, PROD, Prover, Rate, security_report, verify};

macro_rules! vector {
    ($slot:literal) => {
        include_bytes!(concat!(
            "../../xmss/tests/vectors/prod-slot-",
            $slot,
            ".bin"
        ))
    };
}

/// One slot each; the tweaks of slot 127 wrap around the field, those of slot 32639 do so in the middle of a chain.
const VECTORS: [&[u8]; 7] = [
    vector!(77777),
    vector!(0),
    vector!(11259375),
    vector!(1),
    vector!(32639),
    vector!(127),
    vector!(131071),
];

fn files() -> Vec<BatchFile> {
    VECTORS
        .iter()
        .map(|bytes| BatchFile::parse(&PROD, bytes).unwrap())
        .collect()
}

#[test]
fn seven_slots_in_one_proof() {
    let mut batch = Batch::new(PROD);
    for mut file in files() {
        file.signers.truncate(3);
        batch.push(file);
    }
    let aggregate = Prover::new(2)
        .unwrap()
        .aggregate(&batch, Rate::Quarter)
        .unwrap();
    verify(&batch.claims(), &aggregate).unwrap();

    // A key under another group's slot and message.
    let mut wrong = Claims::new(PROD);
    let groups = batch.claims();
    let groups = groups.groups();
    for (i, group) in groups.iter().enumerate() {
        let keys = &groups[(i + 1) % groups.len()].keys;
        wrong.add_group(group.slot, group.message, keys.clone());
    }
    assert!(matches!(
        verify(&wrong, &aggregate),
        Err(Error::Rejected(_))
    ));
}

#[test]
fn one_signature_of_each_slot_alone() {
    let prover = Prover::new(2).unwrap();
    for mut file in files() {
        file.signers.truncate(1);
        let mut batch = Batch::new(PROD);
        batch.push(file);
        let aggregate = prover.aggregate(&batch, Rate::Half).unwrap();
        verify(&batch.claims(), &aggregate).unwrap();
    }
}

#[test]
fn every_supported_size_is_secure() {
    for rate in Rate::ALL {
        for signatures in [1, 2, 16, 17, 1000, 2048, 20_000, sheaf::MAX_SIGNATURES] {
            let report = security_report(PROD, signatures, rate).unwrap();
            assert!(
                report.algebraic_bits() >= sheaf::TARGET_BITS,
                "{signatures} signatures at rate {rate}: {} bits",
                report.algebraic_bits()
            );
            assert!(report.bits() >= sheaf::TARGET_BITS);
        }
        assert!(security_report(PROD, 0, rate).is_err());
        assert!(security_report(PROD, sheaf::MAX_SIGNATURES + 1, rate).is_err());
    }
}
