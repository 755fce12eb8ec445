//! Both searches for the parameters of an opening find the same, and the table has what they find.

mod common;

use common::{CLAIMS, COMMITMENT_BITS, naive_round, naive_scheme, real_layout, real_parameters};
use p3_field::PrimeCharacteristicRing;
use sheaf::xmss::PublicKey;
use sheaf::{COMPACT, COMPACT_TEST, PROD, Scheme, TEST};
use sheaf_aggregation::{Group, Statement, Summary, VerifyError, security_report, verify};
use sheaf_argument::fractions::verify::Error;
use sheaf_naive_verifier::{self as naive, description, parameters_of_lanes};
use sheaf_security::ErrorKind;
use sheaf_transcript::{EF, F, Label, ProverTranscript, Transcript, TranscriptError};

/// Microbits of every error term but that of the hash.
fn error_bits(parameters: &sheaf_pcs::Parameters) -> Vec<i64> {
    let terms = parameters.error_terms().into_iter();
    terms
        .filter(|term| term.kind == ErrorKind::Challenge)
        .map(|term| (term.bits * 1e6).round() as i64)
        .collect()
}

/// Layouts of every height, most of which no number of lanes has; also some without parameters.
#[test]
fn rounds_of_any_layout() {
    let mut without = 0;
    for inner in 1..=24 {
        for slices in [1, 2, 4, 5, 7, 8, 10] {
            for live in [(1 << slices) * 5 / 8, 1 << slices] {
                for rate in 1..=6 {
                    let real = sheaf_pcs::Parameters::new(
                        &sheaf_pcs::Layout::prefix(inner, slices, live),
                        rate,
                        COMMITMENT_BITS,
                        CLAIMS,
                    );
                    let layout = naive::Layout {
                        slice_variables: slices,
                        inner_variables: inner,
                        live: (0..live).collect(),
                    };
                    let found = naive::Parameters::new(&layout, rate);
                    without += usize::from(found.is_none());
                    let found =
                        found.map(|p| (p.error_bits(), p.microseconds(), p.elements(), p.rounds));
                    let expected = real.ok().map(|real| {
                        let rounds = real.rounds().iter().map(naive_round).collect();
                        let microseconds = real.prover_microseconds_estimate() as u64;
                        let elements = real.proof_elements_estimate() as u64;
                        (error_bits(&real), microseconds, elements, rounds)
                    });
                    assert_eq!(found, expected, "{layout:?}, rate {rate}");
                }
            }
        }
    }
    assert!(without > 0);
}

/// What the real verifier says of a proof whose prover took these numbers for the description of the commitment.
///
/// The proof ends after the first check. To pass it, a prover has to know the challenges, and these depend on the
/// description.
fn verdict_on(
    statement: &Statement,
    rate: usize,
    variables: usize,
    description: &[F],
) -> Result<(), VerifyError> {
    let mut transcript = ProverTranscript::new();
    Summary::new(statement).absorb(rate, &mut transcript);
    transcript.absorb(Label::new("pcs/statement"), description);
    transcript.send_base(Label::new("pcs/root"), &[F::ZERO; 9]);
    transcript.sample_point(variables);
    transcript.send(Label::new("pcs/out of domain"), &[EF::ZERO]);
    let _ = (transcript.sample(), transcript.sample());

    let lanes = statement.lanes().next_power_of_two().max(16);
    let point = transcript.sample_point(lanes.ilog2() as usize);
    let root = EF::from(F::new(3));
    transcript.send(Label::new("fractions/root"), &[root]);
    let mut claim = transcript.sample() * root;
    for r in point {
        // g(x) = g_0 + 2 x, where (1 - r) g(0) + r g(1) = claim.
        transcript.send(Label::new("fractions/round"), &[EF::TWO, EF::ZERO]);
        claim += EF::TWO * (transcript.sample() - r);
    }
    // p0 q1 + p1 q0 + lambda q0 q1 = claim.
    let children = [claim, EF::ZERO, EF::ZERO, EF::ONE];
    transcript.send(Label::new("fractions/children"), &children);
    verify(statement, rate, &transcript.into_bytes())
}

/// A slot at which the tweaks of some steps carry and those of others don't. The slots of TEST are too low for that.
const CARRIES: u32 = 32_639;

fn statement(scheme: Scheme, lanes: usize, carries: bool) -> Statement {
    let key = |i: usize| {
        let mut key = vec![0; scheme.public_key_bytes()];
        key[..4].copy_from_slice(&(i as u32).to_le_bytes());
        PublicKey::from_bytes(&scheme, &key).unwrap()
    };
    let group = Group {
        slot: if carries { CARRIES } else { 5 },
        message: [1; 32],
        keys: (0..lanes).map(key).collect(),
    };
    Statement::new(scheme, vec![group]).unwrap().0
}

/// The real verifier arrives at the naive one's parameters, split and rounds: from its table in prod, and else by its search.
fn same_choice(scheme: Scheme, lanes: usize, carries: bool) {
    let statement = statement(scheme, lanes, carries);
    for rate in 1..=4 {
        let parameters = parameters_of_lanes(&naive_scheme(&scheme), lanes, carries, rate).unwrap();
        let numbers = description(&parameters);
        let verdict = verdict_on(&statement, rate, parameters.variables(), &numbers);
        let end = TranscriptError::Truncated {
            label: "fractions/round",
        };
        let context = (scheme.name, lanes, carries, rate, &parameters);
        assert_eq!(verdict, Err(Error::Transcript(end).into()), "{context:?}");
    }
}

fn same_choices(lanes: impl IntoIterator<Item = usize>) {
    for lanes in lanes {
        for (scheme, carries) in [
            (PROD, false),
            (PROD, true),
            (TEST, false),
            (COMPACT, false),
            (COMPACT_TEST, false),
        ] {
            same_choice(scheme, lanes, carries);
        }
    }
}

#[test]
fn another_description_is_noticed() {
    let statement = statement(PROD, 100, true);
    let parameters = parameters_of_lanes(&naive::PROD, 100, true, 2).unwrap();
    let numbers = description(&parameters);
    for i in 0..numbers.len() {
        let mut numbers = numbers.clone();
        numbers[i] += F::ONE;
        let verdict = verdict_on(&statement, 2, parameters.variables(), &numbers);
        assert_eq!(verdict, Err(Error::Layer { layer: 0 }.into()), "number {i}");
    }
}

#[test]
fn up_to_64_lanes() {
    same_choices(1..=64);
}

#[test]
fn powers_of_two_and_their_neighbours() {
    same_choices((7..=16).flat_map(|log| [(1 << log) - 1, 1 << log]));
    same_choices((7..=15).map(|log| (1 << log) + 1));
}

/// The real search finds the same rounds, for the layout that the naive one chose.
fn same_search(parameters: &naive::Parameters) {
    let layout = real_layout(&parameters.layout);
    let rate = parameters.rounds[0].rate;
    let real = sheaf_pcs::Parameters::new(&layout, rate, COMMITMENT_BITS, CLAIMS).unwrap();
    let rounds: Vec<_> = real.rounds().iter().map(naive_round).collect();
    assert_eq!(rounds, parameters.rounds, "{layout:?}");
}

/// Too many keys to hash for the tests above. Reports show all numbers of the rounds, and of the split the number of its variables.
#[test]
fn a_spread_of_sizes() {
    let mut lanes = 65;
    while lanes < 1 << 16 {
        for scheme in Scheme::ALL {
            for rate in 1..=4 {
                let naive_scheme = naive_scheme(&scheme);
                let of_lanes =
                    |lanes| parameters_of_lanes(&naive_scheme, lanes, false, rate).unwrap();
                let parameters = of_lanes(lanes);
                if scheme == PROD {
                    same_search(&of_lanes(lanes.next_power_of_two()));
                } else {
                    same_search(&parameters);
                }
                let expected: Vec<_> = real_parameters(&parameters)
                    .error_terms()
                    .into_iter()
                    .map(|term| (format!("commitment: {}", term.name), term.bits))
                    .collect();
                let report = security_report(scheme, lanes, rate).unwrap();
                let terms = report.terms.into_iter().map(|term| (term.name, term.bits));
                let found: Vec<_> = terms
                    .filter(|(name, _)| name.starts_with("commitment: "))
                    .collect();
                assert_eq!(found, expected, "{} {lanes} {rate}", scheme.name);
            }
        }
        lanes += lanes / 8;
    }
}
