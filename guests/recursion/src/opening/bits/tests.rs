use sheaf_executor::{ExecuteError, Executor, Input, Outcome};
use sheaf_program::builder::{Executable, Slot};
use sheaf_program::layout::CELLS;
use sheaf_program::{Rows, RunError};
use sheaf_transcript::field::ORDER;

use super::*;

fn program() -> Executable {
    let mut builder = Builder::new();
    let low_bits = low_bits(&mut builder);
    let main = builder.function::<[Base; 3], ()>("main");
    builder.body(&main, |row, arguments| row.call(&low_bits, &arguments));
    builder.finish(&main).unwrap()
}

fn run(executable: &Executable, n: usize, element: u32, low: u32) -> Result<Outcome, ExecuteError> {
    let arguments = [n as u32, element, low].map(F::from_u32);
    Executor::new(executable).run(Input {
        arguments: &arguments,
        advice: &[],
        max_rows: 1 << 10,
    })
}

#[test]
fn an_element_has_the_low_bits_of_the_integer_below_the_order() {
    let executable = program();
    for n in 1..=MAX_BITS {
        for element in [
            0,
            1,
            5,
            (1 << 24) - 2,
            1 << 24,
            77_777_777,
            ORDER - 2,
            ORDER - 1,
        ] {
            let low = element % (1 << n);
            let outcome = run(&executable, n, element, low).unwrap();
            outcome.run.check(&executable.program).unwrap();
            let other = low ^ 1;
            assert!(
                run(&executable, n, element, other).is_err(),
                "{element} has no {other}"
            );
        }
    }
    assert!(run(&executable, 0, 0, 0).is_err());
    assert!(run(&executable, MAX_BITS + 1, 0, 0).is_err());
}

/// Whether a row about `n` low bits may read an element as this integer.
fn may_be_read(executable: &Executable, n: usize, integer: u32) -> bool {
    let mut outcome = run(executable, n, 0, 0).unwrap();
    let program = &executable.program;
    let name = format!("low bits, {n}");
    let kind = program
        .kinds()
        .iter()
        .position(|kind| kind.name == name)
        .unwrap();
    let procedure = executable
        .procedures
        .iter()
        .find(|p| p.kind == kind)
        .unwrap();
    let rows: Rows = outcome.run.rows(program).unwrap();
    let cells = &mut outcome.run.cells[rows.ranges()[kind].start * CELLS..][..CELLS];

    let arguments = [n as u32, integer % ORDER, integer % (1 << n)];
    for (cell, value) in procedure.parameters.iter().zip(arguments) {
        let Slot::Cell(cell) = cell else {
            panic!("arguments are in cells");
        };
        cells[usize::from(*cell)] = F::from_u32(value);
    }
    let (quotient, bits) = procedure.hints.split_last().unwrap();
    for (&cell, i) in bits.iter().zip(n..) {
        cells[usize::from(cell)] = F::from_u32(integer >> i & 1);
    }
    let missing = F::from_u32(7 - (integer >> 24).count_ones());
    let lower = F::from_u32(integer % ORDER) - F::from_u32(integer >> 24 << 24);
    cells[usize::from(*quotient)] = missing.try_inverse().map_or(F::ZERO, |x| x * lower);
    // Nobody calls it with these arguments, but that is a matter of messages, which are looked at last.
    match outcome.run.check(program) {
        Err(RunError::Constraint { .. }) => false,
        Ok(()) | Err(RunError::Balance { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn no_element_is_read_as_an_integer_above_the_order() {
    let executable = program();
    for n in [1, 5, 17, 23, 24] {
        for integer in [0, 5, 1 << 24, 99_999_999, ORDER - 1] {
            assert!(may_be_read(&executable, n, integer), "{integer} above {n}");
        }
        for integer in [ORDER, ORDER + 1, ORDER + 77_777, (1 << 31) - 1] {
            assert!(!may_be_read(&executable, n, integer), "{integer} above {n}");
        }
    }
}
