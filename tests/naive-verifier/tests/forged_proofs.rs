//! Both verifiers compute the same functions of every message: see `sheaf_naive_verifier::forge`.

mod common;
mod opening;

use common::{batch, naive_groups, naive_scheme, real_parameters, verdict};
use sheaf::{
    Aggregate, Batch, COMPACT, COMPACT_TEST, HEADER_BYTES, KIND_LEAF, MAGIC, PROD, Rate, Scheme,
    TEST,
};
use sheaf_aggregation::{PROTOCOL_VERSION, Statement, Summary};
use sheaf_naive_verifier::{Event, Reject, forge, parameters};
use sheaf_pcs::{Claim, Committed, Parameters};
use sheaf_transcript::{F, Label, ProverTranscript, Transcript};

/// How a forger commits and opens.
#[derive(Clone, Copy)]
enum Opening {
    /// As an honest prover does, of claims that are false.
    FalseClaims,
    /// Rows and all other messages are arbitrary; perhaps those of one oracle are not even the rows committed to.
    Arbitrary { other_rows: Option<usize> },
}

/// Commits to arbitrary cells, answers every check before the opening but the `spoiled` one, and opens false claims.
///
/// Returns the proof and the number of checks before the opening.
fn forged(
    batch: &Batch,
    rate: Rate,
    seed: usize,
    spoiled: Option<usize>,
    opening: Opening,
) -> (Vec<u8>, usize) {
    let claims = batch.claims();
    let (scheme, groups) = (naive_scheme(claims.scheme()), naive_groups(&claims));
    let log_inv_rate = usize::from(rate.log_inverse());
    let parameters = parameters(&scheme, &groups, log_inv_rate).unwrap();
    let real = real_parameters(&parameters);

    let (statement, _) = Statement::new(*claims.scheme(), claims.groups().to_vec()).unwrap();
    let mut transcript = ProverTranscript::new();
    Summary::new(&statement).absorb(log_inv_rate, &mut transcript);
    let committed = match opening {
        Opening::FalseClaims => Ok(commit(&real, seed, &mut transcript)),
        Opening::Arbitrary { .. } => Err(opening::commit(&parameters, &mut transcript)),
    };
    let commitment = transcript.clone().into_bytes();

    let forgery = forge(&scheme, &groups, log_inv_rate, &commitment, seed, spoiled).unwrap();
    for event in &forgery.events {
        match event {
            Event::Message(label, values) => transcript.send(Label::new(label), values),
            Event::Challenge => drop(transcript.sample()),
        }
    }
    let (point, value) = forgery.claim;
    let openings = [Claim { point, value }];
    match (committed, opening) {
        (Err(oracle), Opening::Arbitrary { other_rows }) => {
            opening::open(&parameters, oracle, &openings, other_rows, &mut transcript);
        }
        (Ok(committed), _) => sheaf_pcs::open(&real, committed, &openings, &mut transcript),
        (Err(_), Opening::FalseClaims) => unreachable!("committed honestly"),
    }

    let mut bytes = MAGIC.to_vec();
    bytes.extend([
        PROTOCOL_VERSION as u8,
        claims.scheme().id,
        rate.log_inverse(),
        KIND_LEAF,
    ]);
    assert_eq!(bytes.len(), HEADER_BYTES);
    bytes.extend(transcript.into_bytes());
    assert!(Aggregate::from_bytes(&bytes).is_ok());
    (bytes, forgery.checks)
}

/// Commits to arbitrary cells, as an honest prover does to those of signatures.
fn commit(parameters: &Parameters, seed: usize, transcript: &mut ProverTranscript) -> Committed {
    let layout = parameters.layout();
    let cells = (0..layout.height() * layout.width())
        .map(|i| F::new((i * i + seed) as u32))
        .collect();
    sheaf_pcs::commit(parameters, cells, transcript)
}

/// Sizes, carries and sides of many kinds.
const STATEMENTS: [(Scheme, &[(u32, usize)]); 20] = [
    (TEST, &[(5, 1)]),
    (TEST, &[(127, 3)]),
    (TEST, &[(4, 16)]),
    (TEST, &[(9, 4), (9, 5), (126, 8), (254, 20)]),
    (PROD, &[(1_000_000, 2)]),
    (PROD, &[(32_639, 1)]),
    (PROD, &[(127, 1), (32_639, 1), (127 * 9000, 1), (5, 1)]),
    (PROD, &[(u32::MAX, 1), (127 * 5000, 2)]),
    // Around the number of streams, and twice it.
    (TEST, &[(7, 15)]),
    (TEST, &[(7, 16), (8, 1)]),
    (TEST, &[(7, 31)]),
    (PROD, &[(7, 11), (32_639, 9)]),
    (COMPACT_TEST, &[(5, 1)]),
    (COMPACT_TEST, &[(127, 3)]),
    (COMPACT_TEST, &[(9, 4), (9, 5), (126, 8), (254, 20)]),
    (COMPACT_TEST, &[(7, 16), (8, 1)]),
    (COMPACT_TEST, &[(7, 31)]),
    (COMPACT, &[(32_639, 2)]),
    (COMPACT, &[(u32::MAX, 1), (65_536, 1), (65_535, 1)]),
    (COMPACT, &[(7, 11), (1_000_000_000, 9)]),
];

#[test]
fn only_the_opening_is_left_to_reject() {
    for (seed, (scheme, groups)) in STATEMENTS.into_iter().enumerate() {
        let batch = batch(scheme, groups);
        let rate = Rate::ALL[seed % 4];
        let (bytes, _) = forged(&batch, rate, 1000 * seed, None, Opening::FalseClaims);
        let verdict = verdict(&batch.claims(), &bytes);
        assert_eq!(verdict, Err(Reject::FinalSum), "{groups:?}");
    }
}

#[test]
fn every_check_rejects() {
    for (scheme, groups) in [3, 5, 14, 18].map(|i| STATEMENTS[i]) {
        let batch = batch(scheme, groups);
        let log_leaves = if scheme.is_for_tests { 3 } else { 6 };
        let layers = if scheme.sizes.digest == 8 { 30 } else { 27 };
        let mut checks: Vec<Reject> = (0..log_leaves).map(Reject::ChainEnds).collect();
        checks.push(Reject::Constraints);
        checks.extend((0..=layers).map(Reject::Permutations));
        checks.push(Reject::Columns);
        for (i, &check) in checks.iter().enumerate() {
            let (bytes, count) = forged(&batch, Rate::Half, i, Some(i), Opening::FalseClaims);
            assert_eq!(count, checks.len());
            assert_eq!(verdict(&batch.claims(), &bytes), Err(check));
        }
    }
}

#[test]
fn arbitrary_openings() {
    for (scheme, groups) in [1, 5, 13, 18].map(|i| STATEMENTS[i]) {
        let batch = batch(scheme, groups);
        let oracles = if scheme.is_for_tests { 1 } else { 2 };
        let verdict_on = |other_rows: Option<usize>| {
            let opening = Opening::Arbitrary { other_rows };
            let (bytes, _) = forged(&batch, Rate::Half, 7, None, opening);
            verdict(&batch.claims(), &bytes)
        };
        assert_eq!(verdict_on(None), Err(Reject::FinalSum));
        for oracle in 0..oracles {
            assert_eq!(verdict_on(Some(oracle)), Err(Reject::Rows(oracle)));
        }
    }
}
