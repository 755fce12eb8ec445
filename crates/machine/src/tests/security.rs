//! What every accepted size is proven to reach.

use sheaf_pcs::parameters::Search;
use sheaf_program::{Counts, Kind, Permutation, Program};

use super::program;
use crate::live::block_bits;
use crate::messages;
use crate::{Live, STAIRS, Setup, Statement, TARGET_BITS};

fn statement(program: &Program, rows: usize, live: impl Fn(usize) -> Live) -> Statement {
    let mut zone_b = vec![0; program.header().kinds_b()];
    if let Some(last) = zone_b.last_mut() {
        *last = rows as u32;
    }
    let counts = Counts {
        instances: 1,
        log_block: 0,
        zone_b,
    };
    let log_rows = sheaf_program::Rows::new(program.header(), &counts)
        .unwrap()
        .log_rows();
    Statement::new(program, counts, live(1 << block_bits(log_rows)), vec![]).unwrap()
}

#[test]
fn every_size_and_rate_that_is_accepted_meets_the_target() {
    let permuting = program(1, [0; 3], [1, 1, 0]);
    let plain = Program::new(vec![], vec![Kind::new("plain", Permutation::None)]).unwrap();
    for program in [&permuting, &plain] {
        for log_rows in 7..=22 {
            for rows in [1 << (log_rows - 1), (1 << log_rows) - 1] {
                for columns in [1, 4, STAIRS] {
                    let live = |blocks: usize| {
                        let stair = |i| if i < columns { blocks as u8 } else { 0 };
                        Live(core::array::from_fn(stair))
                    };
                    let statement = statement(program, rows, live);
                    for rate in 1..=3 {
                        let setup = Setup::new(&statement, rate).unwrap();
                        let report = setup.security(&statement);
                        let bits = report.bits();
                        assert!(bits >= TARGET_BITS, "{rows} rows at rate {rate}: {bits}");
                    }
                }
            }
        }
    }
}

#[test]
fn parameters_below_the_target_are_refused() {
    let program = program(1, [0; 3], [1, 1, 0]);
    let statement = statement(&program, 1000, |blocks| Live([blocks as u8; STAIRS]));
    for bits in [80.0, 127.0] {
        assert!(Setup::with_search(&statement, 1, &Search::new(bits)).is_err());
    }
}

#[test]
fn rates_that_do_not_exist_are_errors() {
    let program = program(1, [0; 3], [1, 1, 0]);
    let statement = statement(&program, 1000, |blocks| Live([blocks as u8; STAIRS]));
    for rate in [0, 7, 24, 63, 64, usize::MAX] {
        assert!(Setup::new(&statement, rate).is_err(), "{rate}");
    }
}

#[test]
fn grinding_keeps_the_messages_below_their_share() {
    let plain = Program::new(vec![], vec![Kind::new("plain", Permutation::None)]).unwrap();
    for (rows, bits) in [
        (1, 0),
        (1 << 16, 1),
        ((1 << 16) - 1, 0),
        (1 << 17, 2),
        ((1 << 22) - 1, 6),
    ] {
        let statement = statement(&plain, rows, |_| Live([1; STAIRS]));
        assert_eq!(messages::grinding(statement.rows()), bits, "{rows} rows");
        let setup = Setup::new(&statement, 1).unwrap();
        let report = setup.security(&statement);
        let balance = &report.terms[0];
        assert_eq!(balance.name, "messages: balance");
        assert!(balance.bits > 133.6, "{}", balance.bits);
    }
}

#[test]
fn every_step_is_in_the_report() {
    let program = program(1, [0; 3], [1, 1, 0]);
    let statement = statement(&program, 1000, |blocks| Live([blocks as u8; STAIRS]));
    let report = Setup::new(&statement, 1).unwrap().security(&statement);
    let step = |name: &str| name.split_once(": ").map(|(step, _)| step.to_owned());
    let mut steps: Vec<_> = report
        .terms
        .iter()
        .filter_map(|term| step(&term.name))
        .collect();
    assert_eq!(steps.len(), report.terms.len());
    steps.dedup();
    let expected = [
        "messages",
        "constraints",
        "forms",
        "permutations",
        "inputs",
        "commitment",
        "transcript",
        "program",
    ];
    assert_eq!(steps, expected);
    // Everything but messages and commitment has far more than it needs.
    let others = |name: &str| !name.starts_with("commitment") && name != "messages: balance";
    for term in report.terms.iter().filter(|term| others(&term.name)) {
        assert!(term.bits > 139.0, "{}: {}", term.name, term.bits);
    }
}
