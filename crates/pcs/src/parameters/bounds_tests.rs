//! Parameters as data.

use super::{ParameterError, Parameters, Round};
use crate::Layout;

/// Three oracles, as the search finds them.
fn searched() -> (Layout, Parameters) {
    let layout = Layout::prefix(15, 7, 80);
    let parameters = Parameters::new(&layout, 1, 128.0, 2).unwrap();
    assert_eq!(parameters.rounds().len(), 3);
    (layout, parameters)
}

fn with_rounds(rounds: Vec<Round>) -> Result<Parameters, ParameterError> {
    Parameters::from_rounds(&searched().0, 2, rounds)
}

/// The fields of a round, by the names that errors give them.
fn fields(round: &mut Round) -> [(&'static str, &mut usize); 8] {
    [
        ("row_elements", &mut round.row_elements),
        ("slice_variables", &mut round.slice_variables),
        ("inner_variables", &mut round.inner_variables),
        ("log_inv_rate", &mut round.log_inv_rate),
        ("slack", &mut round.slack),
        ("fold_grinding", &mut round.fold_grinding),
        ("queries", &mut round.queries),
        ("query_grinding", &mut round.query_grinding),
    ]
}

#[test]
fn what_the_search_finds_is_the_same_as_data() {
    let (_, parameters) = searched();
    let same = with_rounds(parameters.rounds().to_vec());
    assert_eq!(same, Ok(parameters));
}

/// Every number of every round, with the values between which it may be, all else as it is.
#[test]
fn a_number_out_of_bounds_is_refused_by_name() {
    let (layout, parameters) = searched();
    let mut refused = 0;
    for oracle in 0..parameters.rounds().len() {
        let mut rounds = parameters.rounds().to_vec();
        for field in 0..8 {
            let (quantity, &mut honest) =
                fields(&mut rounds[oracle]).into_iter().nth(field).unwrap();
            let free = match quantity {
                "slack" => 3..=40,
                "fold_grinding" => 0..=16,
                "queries" => 1..=1024,
                "query_grinding" => 0..=15,
                // The domains of these three are far from the largest one.
                "log_inv_rate" => 1..=6,
                _ => honest..=honest,
            };
            let (&least, &most) = (free.start(), free.end());
            let outside = [least.wrapping_sub(1), most + 1, 1 << 20, usize::MAX];
            for value in [least, most].into_iter().chain(outside) {
                let mut rounds = rounds.clone();
                *fields(&mut rounds[oracle])[field].1 = value;
                let result = with_rounds(rounds);
                if free.contains(&value) {
                    assert!(result.is_ok(), "oracle {oracle}, {quantity} {value}");
                    continue;
                }
                refused += 1;
                let expected = match (oracle, quantity) {
                    // The rate of the first round is part of the shape.
                    (0, "log_inv_rate") => ParameterError::Shape {
                        slice_variables: layout.slice_variables,
                        inner_variables: layout.inner_variables,
                        log_inv_rate: value,
                    },
                    // What it folds decides what it has to leave.
                    (1.., "slice_variables") if (1..=6).contains(&value) => ParameterError::Round {
                        oracle,
                        quantity: "inner_variables",
                        value: parameters.rounds()[oracle].inner_variables,
                        least: parameters.rounds()[oracle - 1].inner_variables - value,
                        most: parameters.rounds()[oracle - 1].inner_variables - value,
                    },
                    (1.., "slice_variables") => ParameterError::Round {
                        oracle,
                        quantity,
                        value,
                        least: 1,
                        most: 6,
                    },
                    _ => ParameterError::Round {
                        oracle,
                        quantity,
                        value,
                        least,
                        most,
                    },
                };
                assert_eq!(result, Err(expected));
            }
        }
    }
    // Four values outside of every field.
    assert_eq!(refused, 3 * 8 * 4);
}

#[test]
fn rounds_have_to_lead_to_a_polynomial_that_can_be_sent() {
    let (layout, parameters) = searched();
    let rounds = |count: usize| parameters.rounds()[..count].to_vec();
    assert_eq!(with_rounds(rounds(0)), Err(ParameterError::NoRounds));
    // Of 15 variables in the first oracle the second leaves 11, the third 8.
    for (count, value) in [(1, 15), (2, 11)] {
        let expected = ParameterError::Round {
            oracle: count - 1,
            quantity: "inner_variables",
            value,
            least: 1,
            most: 8,
        };
        assert_eq!(with_rounds(rounds(count)), Err(expected));
    }
    // Oracles may go on until one variable is left, and no further.
    let mut all = rounds(3);
    let last = all[2];
    let next = Round {
        slice_variables: 6,
        inner_variables: 2,
        row_elements: 5 << 6,
        ..last
    };
    let to_one = Round {
        slice_variables: 1,
        inner_variables: 1,
        row_elements: 10,
        ..last
    };
    all.extend([next, to_one]);
    assert!(with_rounds(all.clone()).is_ok());
    all.push(Round {
        inner_variables: 0,
        ..to_one
    });
    let expected = ParameterError::Round {
        oracle: 5,
        quantity: "slice_variables",
        value: 1,
        least: 1,
        most: 0,
    };
    assert_eq!(with_rounds(all), Err(expected));

    let too_many = Parameters::from_rounds(&layout, 1 << 20, rounds(3));
    let claims = ParameterError::Claims {
        max_claims: 1 << 20,
        most: 1 << 16,
    };
    assert_eq!(too_many, Err(claims));
    let message = claims.to_string();
    assert_eq!(message, "1048576 claims, at most 65536 are supported");
}

#[test]
fn a_codeword_fits_the_domain() {
    // The first code has dimension 2^20, and so at most 4 bits of rate; the second 2^18, and at most 6.
    let layout = Layout::prefix(20, 4, 16);
    let parameters = Parameters::new(&layout, 1, 100.0, 2).unwrap();
    let with_rate = |oracle: usize, log_inv_rate| {
        let mut rounds = parameters.rounds().to_vec();
        rounds[oracle].log_inv_rate = log_inv_rate;
        Parameters::from_rounds(&layout, 2, rounds)
    };
    assert!(with_rate(0, 4).is_ok());
    let shape = matches!(with_rate(0, 5), Err(ParameterError::Shape { .. }));
    assert!(shape);

    let mut rounds = parameters.rounds().to_vec();
    let fold = rounds[1].slice_variables;
    let second = Round {
        slice_variables: 1,
        inner_variables: 19,
        row_elements: 10,
        log_inv_rate: 6,
        ..rounds[1]
    };
    let third = Round {
        slice_variables: fold - 1,
        row_elements: 5 << (fold - 1),
        ..rounds[1]
    };
    rounds.splice(1..2, [second, third]);
    let result = Parameters::from_rounds(&layout, 2, rounds.clone());
    let expected = ParameterError::Round {
        oracle: 1,
        quantity: "log_inv_rate",
        value: 6,
        least: 1,
        most: 5,
    };
    assert_eq!(result, Err(expected));
    rounds[1].log_inv_rate = 5;
    assert!(Parameters::from_rounds(&layout, 2, rounds).is_ok());
}

#[test]
fn parameters_from_elsewhere_are_judged_by_the_same_terms() {
    let (_, parameters) = searched();
    assert!(parameters.security_bits() >= 128.0);
    for oracle in 0..3 {
        let mut rounds = parameters.rounds().to_vec();
        rounds[oracle].queries -= 10;
        let fewer = with_rounds(rounds.clone()).unwrap();
        assert!(fewer.security_bits() < 128.0, "oracle {oracle}");
        rounds[oracle].queries += 20;
        let more = with_rounds(rounds).unwrap();
        assert!(more.security_bits() > parameters.security_bits());
    }
}
