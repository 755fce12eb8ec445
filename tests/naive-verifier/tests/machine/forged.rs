//! Both verifiers compute the same functions of every message: see `sheaf_naive_verifier::forge`.

use sheaf_machine::{Setup, Statement};
use sheaf_naive_verifier::machine::{Absorbed, beginning, forge};
use sheaf_naive_verifier::{Event, Parameters, Reject};
use sheaf_pcs::{Claim, Committed};
use sheaf_transcript::{F, Label, ProverTranscript, Transcript};

use crate::common::naive_round;
use crate::honest::SHAPES;
use crate::opening;
use crate::random::{self, Shape};
use crate::verdict::Claimed;

/// How a forger commits and opens.
#[derive(Clone, Copy)]
enum Opening {
    /// As an honest prover does, of claims that are false.
    FalseClaims,
    /// Rows and all other messages are arbitrary; perhaps those of one oracle are not even the rows committed to.
    Arbitrary { other_rows: Option<usize> },
}

/// The set-up of a statement, which is the naive one's.
fn setup(statement: &Statement, rate: usize, naive: &Parameters) -> Setup {
    let setup = Setup::new(statement, rate).expect("a set-up");
    let rounds = setup.parameters().rounds().iter();
    assert_eq!(rounds.map(naive_round).collect::<Vec<_>>(), naive.rounds);
    setup
}

/// Commits to arbitrary cells, as an honest prover does to those of a run.
fn commit(setup: &Setup, seed: usize, transcript: &mut ProverTranscript) -> Committed {
    let layout = setup.parameters().layout();
    let cells = (0..layout.height() * layout.width())
        .map(|i| F::new((i * i + seed) as u32))
        .collect();
    sheaf_pcs::commit(setup.parameters(), cells, transcript)
}

/// A statement that is true, about a random program.
fn statement(shape: &Shape, rate: usize) -> Claimed {
    let (program, run) = random::run(shape, 1000);
    Claimed::of_run(&program, &run, rate)
}

/// A proof of nothing about this statement: every check before the opening but the `spoiled` one is answered. Returns
/// the number of these checks as well.
fn forged(
    claimed: &Claimed,
    seed: usize,
    spoiled: Option<usize>,
    opening: Opening,
) -> (Claimed, usize) {
    let mut claimed = claimed.clone();
    let rate = claimed.rate;
    let bytes = claimed.program.encode();
    let naive = claimed.naive_statement();
    let (absorbed, parameters): (Absorbed, Parameters) = beginning(&bytes, &naive, rate).unwrap();
    let setup = setup(&claimed.statement().unwrap(), rate, &parameters);

    let mut transcript = ProverTranscript::new();
    for (label, elements) in absorbed {
        transcript.absorb(Label::new(label), &elements);
    }
    let committed = match opening {
        Opening::FalseClaims => Ok(commit(&setup, seed, &mut transcript)),
        Opening::Arbitrary { .. } => Err(opening::commit(&parameters, &mut transcript)),
    };
    let commitment = transcript.clone().into_bytes();

    let forgery = forge(&bytes, &naive, rate, &commitment, seed, spoiled).unwrap();
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
        (Ok(committed), _) => {
            sheaf_pcs::open(setup.parameters(), committed, &openings, &mut transcript);
        }
        (Err(_), Opening::FalseClaims) => unreachable!("committed honestly"),
    }
    claimed.body = transcript.into_bytes();
    (claimed, forgery.checks)
}

#[test]
fn only_the_opening_is_left_to_reject() {
    for shape in &SHAPES {
        for rate in [1, 3] {
            let (claimed, _) = forged(&statement(shape, rate), rate, None, Opening::FalseClaims);
            assert_eq!(claimed.verdict(), Err(Reject::FinalSum), "{shape:?}");
        }
    }
}

#[test]
fn every_check_rejects() {
    // Without a permutation, with the narrow one, with the wide one, and with both.
    for (shape, layers) in [(0, None), (2, Some(27)), (1, Some(30)), (3, Some(30))] {
        let statement = statement(&SHAPES[shape], 2);
        let log_rows = statement.statement().unwrap().rows().log_rows();
        let mut checks = vec![Reject::Balance];
        checks.extend((0..log_rows + 3).map(Reject::Messages));
        checks.extend([Reject::Product, Reject::Shares]);
        checks.extend(
            layers
                .into_iter()
                .flat_map(|last| 0..=last)
                .map(Reject::Permutations),
        );
        checks.push(Reject::Columns);
        for (i, &check) in checks.iter().enumerate() {
            let (claimed, count) = forged(&statement, i, Some(i), Opening::FalseClaims);
            assert_eq!(count, checks.len());
            assert_eq!(claimed.verdict(), Err(check));
        }
    }
}

#[test]
fn arbitrary_openings() {
    for shape in [&SHAPES[0], &SHAPES[3], &SHAPES[8]] {
        let statement = statement(shape, 1);
        let verdict_on = |other_rows| {
            let opening = Opening::Arbitrary { other_rows };
            forged(&statement, 7, None, opening).0.verdict()
        };
        assert_eq!(verdict_on(None), Err(Reject::FinalSum));
        for oracle in [0, 1] {
            assert_eq!(verdict_on(Some(oracle)), Err(Reject::Rows(oracle)));
        }
    }
}
