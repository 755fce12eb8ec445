use p3_security::SecurityAssumption;
use sheaf_security::ErrorKind;

use super::security::{BIT, floor_bits, gap_bits, query_bits};
use super::{ParameterError, Parameters};
use crate::Layout;

#[test]
fn the_errors_add_up_to_the_target() {
    for target in [80.0, 100.0, 124.0, 128.0] {
        for (inner, slices) in [(1, 1), (4, 2), (9, 3), (12, 4), (15, 7), (18, 6)] {
            for rate in 1..=4 {
                let layout = Layout::prefix(inner, slices, 1 << (slices - 1));
                let parameters = Parameters::new(&layout, rate, target, 4).unwrap();
                let bits = parameters.security_bits();
                assert!(bits >= target, "{layout:?}, rate {rate}: {bits}");
                assert!(
                    bits < target + 1.5,
                    "{layout:?}, rate {rate}: {bits} is wasteful"
                );
            }
        }
    }
}

#[test]
fn every_challenge_has_its_terms() {
    let parameters = Parameters::new(&Layout::prefix(15, 7, 80), 1, 128.0, 3).unwrap();
    let folds: usize = parameters.rounds().iter().map(|r| r.slice_variables).sum();
    let terms = parameters.error_terms();
    let count = |name: &str| terms.iter().filter(|t| t.name.starts_with(name)).count();
    let oracles = parameters.rounds().len();
    assert_eq!(count("fold proximity"), folds);
    assert_eq!(count("fold sumcheck"), folds);
    assert_eq!(count("out-of-domain"), oracles);
    assert_eq!(count("claim batching"), oracles);
    assert_eq!(count("queries"), oracles);
    assert_eq!(count("Merkle"), 1);
    let last = parameters.final_variables();
    assert_eq!(count("final batching"), 1);
    assert_eq!(count("final sumcheck"), last);
    assert_eq!(terms.len(), 2 * folds + 3 * oracles + 1 + last + 1);
    assert!(terms.iter().all(|t| t.bits >= 128.0));
    let hashes = terms.iter().filter(|t| t.kind == ErrorKind::Hash);
    assert_eq!(hashes.count(), 1);
}

#[test]
fn formulas_are_those_of_the_library_at_its_default_slack() {
    // Its margin `eta = sqrt(rho) / 20` is the slack parameter 10.
    let johnson = SecurityAssumption::JohnsonBound;
    for rate in 1..=6 {
        let expected = -johnson.log_1_delta(rate);
        assert!((query_bits(rate, 10) - floor_bits(expected)).abs() <= 1);
        for inner in 1..20 {
            // 154 bits of field here, 154.94 there.
            let expected = floor_bits(johnson.prox_gaps_error(inner, rate, 154, 2));
            let found = gap_bits(inner, rate, 10);
            assert!((found - expected - 94 * BIT / 100).abs() <= 1);
        }
    }
}

#[test]
fn the_final_polynomial_and_the_grinding_stay_small() {
    for (inner, slices) in [(10, 4), (12, 5), (15, 7), (17, 7)] {
        let layout = Layout::prefix(inner, slices, 1 << slices);
        let parameters = Parameters::new(&layout, 1, 128.0, 4).unwrap();
        assert!(parameters.final_variables() <= 8);
        for round in parameters.rounds() {
            assert!(round.query_grinding <= 15 && round.fold_grinding <= 12);
        }
    }
}

#[test]
fn malformed_layouts_are_errors() {
    let with_live = |live: Vec<usize>| {
        let layout = Layout {
            inner_variables: 5,
            slice_variables: 2,
            live,
        };
        Parameters::new(&layout, 1, 100.0, 1).map(|_| ())
    };
    let live = Err(ParameterError::LiveSlices { slice_variables: 2 });
    assert_eq!(with_live(vec![0, 3]), Ok(()));
    assert_eq!(with_live(vec![]), live);
    assert_eq!(with_live(vec![0, 4]), live);
    assert_eq!(with_live(vec![1, 1]), live);
    assert_eq!(with_live(vec![2, 1]), live);

    for (inner, slices, rate) in [
        (0, 2, 1),
        (5, 0, 1),
        (5, 2, 0),
        (5, 2, 7),
        (24, 2, 1),
        (5, 60, 1),
        (usize::MAX, 2, 1),
        (5, usize::MAX, 1),
        (5, 2, usize::MAX),
    ] {
        let layout = Layout::prefix(inner, slices, 1);
        let result = Parameters::new(&layout, rate, 100.0, 1);
        assert!(matches!(result, Err(ParameterError::Shape { .. })));
    }
}

#[test]
fn targets_out_of_reach_are_errors() {
    let layout = Layout::prefix(10, 3, 8);
    for target in [
        0.0,
        -1.0,
        145.0,
        148.0,
        150.0,
        160.0,
        161.0,
        f64::INFINITY,
        f64::NAN,
    ] {
        let result = Parameters::new(&layout, 1, target, 1);
        assert!(
            matches!(result, Err(ParameterError::Unreachable { .. })),
            "{target}"
        );
    }
    let result = Parameters::new(&layout, 1, 128.0, usize::MAX);
    assert!(matches!(result, Err(ParameterError::Unreachable { .. })));
}

/// Prover and verifier choose their parameters independently: the choice is part of
/// the protocol and may not change unnoticed.
#[test]
fn the_choice_is_pinned() {
    let chosen = |inner, slices, live, rate| {
        Parameters::new(&Layout::prefix(inner, slices, live), rate, 128.0, 2)
            .unwrap()
            .rounds()
            .iter()
            .map(|r| {
                [
                    r.slice_variables,
                    r.log_inv_rate,
                    r.slack,
                    r.fold_grinding,
                    r.queries,
                    r.query_grinding,
                ]
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        chosen(15, 7, 80, 1),
        [
            [7, 1, 24, 12, 245, 15],
            [4, 3, 16, 10, 81, 12],
            [3, 4, 16, 9, 61, 11]
        ]
    );
    assert_eq!(
        chosen(15, 7, 80, 2),
        [
            [7, 2, 16, 12, 122, 14],
            [4, 3, 16, 10, 81, 12],
            [3, 4, 16, 9, 61, 11]
        ]
    );
    assert_eq!(
        chosen(11, 5, 20, 1),
        [[5, 1, 40, 10, 241, 13], [3, 4, 16, 9, 60, 12]]
    );
}
