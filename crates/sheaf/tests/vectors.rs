//! Signatures made by leanSig, aggregated.

use sheaf::xmss::{BatchFile, KoalaBear};
use sheaf::{
    Batch, COMPACT, Claims, Error, Form, Options, PROD, Prover, Rate, security_report, verify,
};

const PROOF: Options = Options::proof(Rate::Half);

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

macro_rules! compact_vector {
    ($slot:literal) => {
        include_bytes!(concat!(
            "../../xmss/tests/vectors/compact/slot-",
            $slot,
            ".bin"
        ))
    };
}

/// Sixty-four signers each; the tweaks of the second slot have a low word of zero, those of the third two full words.
const COMPACT_VECTORS: [&[u8]; 3] = [
    compact_vector!(0),
    compact_vector!(65536),
    compact_vector!(4294967295),
];

fn compact_files() -> Vec<BatchFile> {
    COMPACT_VECTORS
        .iter()
        .map(|bytes| BatchFile::parse(&COMPACT, bytes).unwrap())
        .collect()
}

fn compact(files: Vec<BatchFile>) -> Batch {
    let mut batch = Batch::new(COMPACT);
    for file in files {
        batch.push(file);
    }
    batch
}

#[test]
fn compact_signatures_of_three_slots_in_one_proof() {
    let batch = compact(compact_files());
    let prover = Prover::new(2).unwrap();
    let claims = batch.claims();
    for rate in [Rate::Half, Rate::Quarter] {
        let aggregate = prover.aggregate(&batch, Options::proof(rate)).unwrap();
        assert_eq!(aggregate.scheme(), &COMPACT);
        verify(&claims, &aggregate).unwrap();

        // A key under another group's slot and message.
        let mut wrong = Claims::new(COMPACT);
        for (i, group) in claims.groups().iter().enumerate() {
            let mut keys = group.keys.clone();
            keys[i] = claims.groups()[(i + 1) % 3].keys[i];
            wrong.add_group(group.slot, group.message, keys);
        }
        assert!(matches!(
            verify(&wrong, &aggregate),
            Err(Error::Rejected(_))
        ));
    }
}

/// What is public about a proof is changed, one thing at a time.
#[test]
fn a_compact_proof_is_about_its_claims_alone() {
    let batch = compact(compact_files());
    let aggregate = Prover::new(2).unwrap().aggregate(&batch, PROOF).unwrap();
    let claims = batch.claims();
    verify(&claims, &aggregate).unwrap();
    let changed = |change: &dyn Fn(usize, &mut u32, &mut [u8; 32])| {
        let mut wrong = Claims::new(COMPACT);
        for (i, group) in claims.groups().iter().enumerate() {
            let (mut slot, mut message) = (group.slot, group.message);
            change(i, &mut slot, &mut message);
            wrong.add_group(slot, message, group.keys.clone());
        }
        verify(&wrong, &aggregate).is_err()
    };
    assert!(!changed(&|_, _, _| ()));
    for bit in [0, 15, 16, 31] {
        assert!(changed(&|i, slot, _| *slot ^= u32::from(i == 1) << bit));
    }
    for byte in 0..32 {
        assert!(changed(&|i, _, message| message[byte] ^= u8::from(i == 2)));
    }

    // Invalid signatures have no proof, and are named.
    let mut files = compact_files();
    files[1].signers[7].1.hashes[41][3] += KoalaBear::new(1);
    let refused = Prover::new(2).unwrap().aggregate(&compact(files), PROOF);
    let Err(Error::InvalidSignatures(invalid)) = refused else {
        panic!("{refused:?}");
    };
    let named: Vec<_> = invalid.iter().map(|i| (i.group, i.index)).collect();
    assert_eq!(named, [(1, 7)]);
}

/// Signatures of one scheme are none of the other.
#[test]
fn schemes_do_not_mix() {
    let mut files = compact_files();
    let prod = BatchFile::parse(&PROD, VECTORS[0]).unwrap();
    files[2].signers[5] = prod.signers[0].clone();
    let refused = Prover::new(1).unwrap().aggregate(&compact(files), PROOF);
    let text = refused.map(|_| ()).unwrap_err().to_string();
    assert_eq!(text, "key 5 of group 2 is not one of the scheme compact");

    let proof = Prover::new(1)
        .unwrap()
        .aggregate(&compact(compact_files()), PROOF)
        .unwrap();
    let mut claims = Claims::new(PROD);
    claims.add_group(prod.slot, prod.message, prod.signers.iter().map(|s| s.0));
    assert!(matches!(
        verify(&claims, &proof),
        Err(Error::Rejected(sheaf::Rejection::Scheme { .. }))
    ));
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
        .aggregate(&batch, Options::proof(Rate::Quarter))
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
        let aggregate = prover.aggregate(&batch, PROOF).unwrap();
        verify(&batch.claims(), &aggregate).unwrap();
    }
}

#[test]
fn all_of_a_scheme_in_one_list() {
    let prover = Prover::new(1).unwrap();
    let mut prod = Batch::new(PROD);
    for file in files() {
        prod.push(file);
    }
    for batch in [prod, compact(compact_files())] {
        let aggregate = prover.aggregate(&batch, Options::raw()).unwrap();
        assert_eq!(aggregate.form(), Form::Raw);
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
