use p3_field::PrimeCharacteristicRing;
use proptest::prelude::*;
use sheaf_program::RowsError;

use super::*;

const HEADER: Header = Header {
    zone_a: [1, 0, 1],
    zone_b: [1, 0, 2],
};
/// Where the parts begin.
const KINDS_AT: usize = 44;
const INSTANCES_AT: usize = 68;
const LIVE_AT: usize = 84;
const POSITIONS_AT: usize = 96;
const PUBLIC_AT: usize = 100;
const BODY_AT: usize = PUBLIC_AT + 2 * 20;

fn sample() -> Proof {
    let id = core::array::from_fn(F::from_usize);
    let mut live = Live([0; STAIRS]);
    live.0[0] = 1;
    live.0[11] = 2;
    let public = vec![EF::ONE, EF::new(core::array::from_fn(F::from_usize))];
    let counts = Counts::new(3, vec![200, 0, 17]);
    Proof {
        statement: Statement::about(id, HEADER, counts, live, public).unwrap(),
        log_inv_rate: 2,
        body: vec![7; 12],
    }
}

/// The sample with other bytes from `at` on.
fn with(at: usize, bytes: &[u8]) -> Result<Proof, FormatError> {
    let mut all = sample().to_bytes();
    all[at..at + bytes.len()].copy_from_slice(bytes);
    Proof::from_bytes(&all)
}

fn refused(at: usize, bytes: &[u8]) -> String {
    with(at, bytes).unwrap_err().to_string()
}

#[test]
fn parts_stand_where_they_are_said_to() {
    let proof = sample();
    let bytes = proof.to_bytes();
    assert_eq!(bytes[..8], *b"shfp\x03\x03\x02\x03");
    assert_eq!(bytes[8 + 4 * 5], 5, "the identity");
    assert_eq!(bytes[KINDS_AT], 1, "the header of the program");
    assert_eq!(bytes[INSTANCES_AT..][..8], [3, 0, 0, 0, 200, 0, 0, 0]);
    assert_eq!(bytes[LIVE_AT + 11], 2, "live slices");
    assert_eq!(bytes[POSITIONS_AT], 2, "positions");
    assert_eq!(bytes[PUBLIC_AT], 1, "the public tuple");
    assert_eq!(bytes[BODY_AT..], [7; 12]);
    assert_eq!(Proof::from_bytes(&bytes), Ok(proof));
}

#[test]
fn every_byte_of_the_header_is_checked() {
    for at in 0..4 {
        assert_eq!(with(at, b"!"), Err(FormatError::Magic));
    }
    assert_eq!(with(4, &[4]), Err(FormatError::Version { found: 4 }));
    assert_eq!(with(5, &[1]), Err(FormatError::Machine { found: 1 }));
    for found in [0, 5, 255] {
        assert_eq!(with(6, &[found]), Err(FormatError::Rate { found }));
    }
    for (found, name) in [
        (0, "a list of signatures"),
        (1, "a proof about signatures"),
        (2, "a proof about proofs"),
        (4, "unknown"),
    ] {
        assert_eq!(with(7, &[found]), Err(FormatError::Kind { found }));
        assert!(refused(7, &[found]).contains(name));
    }
    // Of another version nothing else is looked at, of another kind not what the kind says.
    assert_eq!(with(4, &[9; 4]), Err(FormatError::Version { found: 9 }));
    assert_eq!(with(5, &[9; 3]), Err(FormatError::Kind { found: 9 }));
}

#[test]
fn numbers_out_of_bounds_are_refused_by_name() {
    let order = ORDER.to_le_bytes();
    assert!(refused(8, &order).starts_with("identity of the program: 2130706433"));
    assert!(refused(PUBLIC_AT + 36, &order).starts_with("public tuple: 2130706433"));
    assert_eq!(refused(KINDS_AT, &[0xff; 24]), {
        let kinds = (6 * u64::from(u32::MAX)).min(usize::MAX as u64);
        format!("the header counts {kinds} kinds, more than {KINDS}")
    });
    for instances in [17, u32::MAX] {
        let error = with(INSTANCES_AT, &instances.to_le_bytes()).unwrap_err();
        let block = StatementError::Rows(RowsError::Block {
            instances,
            log_block: Counts::new(instances, vec![]).log_block,
        });
        assert_eq!(error, FormatError::Statement(block));
    }
    assert!(refused(INSTANCES_AT + 4, &[0, 0, 64, 0]).contains("not fewer than 2^22"));
    assert!(refused(LIVE_AT, &[3]).contains("3 live blocks of 2"));
    assert!(refused(POSITIONS_AT, &[33]).contains("33 positions"));
    assert!(refused(POSITIONS_AT, &[0xff; 4]).contains("positions"));
}

#[test]
fn lengths_are_checked() {
    let bytes = sample().to_bytes();
    for found in 0..BODY_AT {
        let error = Proof::from_bytes(&bytes[..found]).unwrap_err();
        assert!(
            matches!(error, FormatError::Truncated { found: f, .. } if f == found),
            "{found}: {error}"
        );
    }
    for body in 0..12 {
        let result = Proof::from_bytes(&bytes[..BODY_AT + body]);
        match body % 4 {
            0 => assert_eq!(result.unwrap().body.len(), body),
            _ => assert_eq!(result, Err(FormatError::Length { found: body })),
        }
    }
    let mut long = bytes;
    long.resize(MAX_PROOF_BYTES, 0);
    assert!(Proof::from_bytes(&long).is_ok());
    long.extend([0; 4]);
    let found = MAX_PROOF_BYTES + 4;
    assert_eq!(
        Proof::from_bytes(&long),
        Err(FormatError::TooLong { found })
    );
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same(at in 0..BODY_AT, value: u8, cut in 0..BODY_AT, extra: Vec<u8>) {
        let mut bytes = sample().to_bytes();
        bytes[at] = value;
        for mut bytes in [bytes.clone(), bytes[..cut].to_vec()] {
            bytes.extend(&extra);
            if let Ok(proof) = Proof::from_bytes(&bytes) {
                prop_assert_eq!(proof.to_bytes(), bytes);
            }
        }
    }
}
