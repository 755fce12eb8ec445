//! Bytes and numbers that are no proof.

use p3_field::PrimeCharacteristicRing;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sheaf_program::{Counts, Header, Program, RowsError};
use sheaf_transcript::EF;
use sheaf_transcript::field::ORDER;

use super::{program, run};
use crate::{
    Live, Proof, STAIRS, Scratch, Setup, Statement, StatementError, VerifyError, prove,
    verify_balance,
};

fn proof() -> (Program, Proof, Setup) {
    let program = program(21, [1, 1, 0], [0, 1, 1]);
    let run = run(21, &program, 3, &[9, 150]);
    let proof = prove(&program, &run, 2, &mut Scratch::default(), |_| Ok(())).unwrap();
    let setup = Setup::new(&proof.statement, 2).unwrap();
    assert_eq!(
        verify_balance(&setup, &program, &proof.statement, &proof.body),
        Ok(())
    );
    (program, proof, setup)
}

#[test]
fn no_part_of_a_proof_may_change() {
    let (program, proof, setup) = proof();
    let rng = &mut StdRng::seed_from_u64(1);
    let elements = proof.body.len() / 4;
    // All of what comes before the opening, and some of that.
    let sampled: Vec<usize> = (0..600).map(|_| rng.random_range(0..elements)).collect();
    for element in (0..600).chain(sampled) {
        let mut body = proof.body.clone();
        let at = 4 * element;
        let value = u32::from_le_bytes(body[at..at + 4].try_into().unwrap());
        let other = (value + 1) % ORDER;
        body[at..at + 4].copy_from_slice(&other.to_le_bytes());
        let result = verify_balance(&setup, &program, &proof.statement, &body);
        assert!(result.is_err(), "element {element}");
    }
}

#[test]
fn the_whole_proof_is_consumed_and_no_more() {
    let (program, proof, setup) = proof();
    let verify = |body: &[u8]| verify_balance(&setup, &program, &proof.statement, body);
    for length in (0..proof.body.len()).step_by(97) {
        let error = verify(&proof.body[..length]).unwrap_err();
        assert!(error.transcript().is_some(), "{length}: {error}");
    }
    for more in [1, 4, 1000] {
        let mut body = proof.body.clone();
        body.resize(body.len() + more, 0);
        let error = verify(&body).unwrap_err();
        assert!(matches!(error, VerifyError::Transcript(_)), "{error}");
    }
}

#[test]
fn bytes_that_are_no_proof_are_refused() {
    let (program, proof, setup) = proof();
    let rng = &mut StdRng::seed_from_u64(2);
    for _ in 0..200 {
        let mut body = proof.body.clone();
        let start = rng.random_range(0..body.len());
        let end = rng.random_range(start..body.len());
        rng.fill(&mut body[start..=end]);
        assert!(verify_balance(&setup, &program, &proof.statement, &body).is_err());
    }
    let zeros = vec![0; proof.body.len()];
    let error = verify_balance(&setup, &program, &proof.statement, &zeros).unwrap_err();
    assert!(matches!(error, VerifyError::Root), "{error}");
}

#[test]
fn a_proof_is_about_one_statement() {
    let (program, proof, setup) = proof();
    let statement = &proof.statement;
    let rejects = |program: &Program, other: Statement| {
        let setup = Setup::new(&other, 2).unwrap();
        verify_balance(&setup, program, &other, &proof.body).unwrap_err()
    };
    let about = |counts: Counts, live: Live, public: Vec<EF>| {
        Statement::new(&program, counts, live, public).unwrap()
    };
    let (counts, live) = (statement.counts(), statement.live());
    let public = statement.public().to_vec();

    let mut other = public.clone();
    other[1] += EF::ONE;
    rejects(&program, about(counts.clone(), *live, other));
    let mut longer = public.clone();
    longer.push(EF::ZERO);
    rejects(&program, about(counts.clone(), *live, longer));

    // One instance more; one row of another kind; one row more.
    for (instances, zone_b) in [(4, [9, 150]), (3, [10, 149]), (3, [9, 151]), (3, [9, 149])] {
        let counts = Counts {
            instances,
            log_block: 2,
            zone_b: zone_b.to_vec(),
        };
        rejects(&program, about(counts, *live, public.clone()));
    }
    let mut more = *live;
    more.0[11] += 1;
    let error = rejects(&program, about(counts.clone(), more, public.clone()));
    assert!(
        error.transcript().is_some() || matches!(error, VerifyError::Root | VerifyError::Balance)
    );
    let more = about(counts.clone(), more, public.clone());
    let error = verify_balance(&setup, &program, &more, &proof.body);
    assert_eq!(error, Err(VerifyError::Setup));

    // Another program with the same header, as itself and under the identity of the first.
    let second = super::program(22, [1, 1, 0], [0, 1, 1]);
    let own = Statement::new(&second, counts.clone(), *live, public.clone()).unwrap();
    rejects(&second, own);
    let error = verify_balance(&setup, &second, statement, &proof.body);
    assert_eq!(error, Err(VerifyError::Program));
    let error = crate::verify::verify_proof(&setup, &second, statement, &proof.body);
    assert_eq!(error, Err(VerifyError::Shares));

    // Another header under the same identity: kinds that permute nothing.
    let header = Header {
        zone_a: [0, 0, 2],
        zone_b: [0, 0, 2],
    };
    let forged = Statement::about(*statement.id(), header, counts.clone(), *live, public).unwrap();
    let error = verify_balance(&setup, &program, &forged, &proof.body);
    assert_eq!(error, Err(VerifyError::Program));
}

#[test]
fn numbers_out_of_range_are_refused_by_name() {
    let program = program(21, [1, 1, 0], [0, 1, 1]);
    let live = Live([1; STAIRS]);
    let statement = |instances, log_block, zone_b: [u32; 2], live: Live| {
        let counts = Counts {
            instances,
            log_block,
            zone_b: zone_b.to_vec(),
        };
        Statement::new(&program, counts, live, vec![])
    };
    assert!(statement(16, 4, [5, 6], live).is_ok());
    assert!(statement(0, 0, [5, 6], live).is_ok());
    for (instances, log_block) in [(0, 1), (5, 2), (4, 3), (17, 5), (16, 5), (u32::MAX, 32)] {
        let error = statement(instances, log_block, [5, 6], live).unwrap_err();
        assert!(matches!(
            error,
            StatementError::Rows(RowsError::Block { .. })
        ));
    }
    for count in [ORDER - 5, 1 << 24, u32::MAX] {
        let error = statement(1, 0, [count, 6], live).unwrap_err();
        assert!(matches!(
            error,
            StatementError::Rows(RowsError::Count { kind: 0, .. })
        ));
    }
    for zone_b in [[1 << 22, 0], [1 << 21, 1 << 21], [(1 << 24) - 1; 2]] {
        let error = statement(1, 0, zone_b, live).unwrap_err();
        assert!(matches!(
            error,
            StatementError::Rows(RowsError::Rows { .. })
        ));
    }
    // 2^9 rows have four blocks.
    let mut stairs = [4; STAIRS];
    assert!(statement(1, 0, [200, 100], Live(stairs)).is_ok());
    stairs[7] = 5;
    let error = statement(1, 0, [200, 100], Live(stairs)).unwrap_err();
    assert_eq!(error.to_string(), "cells 56..64: 5 live blocks of 4");

    let counts = Counts {
        instances: 1,
        log_block: 0,
        zone_b: vec![5, 6],
    };
    let public = vec![EF::ONE; 33];
    let error = Statement::new(&program, counts.clone(), live, public).unwrap_err();
    assert_eq!(error, StatementError::Public(33));
    let header = Header {
        zone_a: [u32::MAX; 3],
        zone_b: [0; 3],
    };
    let error = Statement::about(program.id(), header, counts.clone(), live, vec![]).unwrap_err();
    assert_eq!(error, StatementError::Kinds(3 * u32::MAX as usize));
    // Without a live slice there is nothing to commit to.
    let nothing = Statement::new(&program, counts, Live([0; STAIRS]), vec![]).unwrap();
    assert!(Setup::new(&nothing, 1).is_err());
}
