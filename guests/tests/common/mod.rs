//! What every program has to show.

use std::collections::HashSet;

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{Executor, Input, Outcome};
use sheaf_guests::Case;
use sheaf_program::builder::Executable;
use sheaf_program::layout::{CELLS, CONSTANT, FIRST_OUTPUT};
use sheaf_program::{F, Program};

/// Runs a case.
pub(crate) fn run(executable: &Executable, case: &Case) -> Outcome {
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 22,
    };
    match Executor::new(executable).run(input) {
        Ok(outcome) => outcome,
        Err(error) => panic!("{error}"),
    }
}

/// Native = executor = `Run::check`, and the program survives its encoding.
pub(crate) fn agrees(executable: &Executable, case: &Case) -> Outcome {
    executable.program.check().unwrap();
    let outcome = run(executable, case);
    assert_eq!(outcome.results, case.results);
    assert_eq!(outcome.advice_used, case.advice.len());
    outcome.run.check(&executable.program).unwrap();
    let decoded = Program::decode(&executable.program.encode()).unwrap();
    assert_eq!(decoded.id(), executable.program.id());
    outcome
}

/// Changes every cell in use of a few rows of each kind: what no check catches has to be a hint or advice that the
/// program leaves free. Returns the names of kinds that have such cells.
pub(crate) fn mutations(executable: &Executable, case: &Case, rows_per_kind: usize) -> Vec<String> {
    let mut outcome = run(executable, case);
    let rows = outcome.run.rows(&executable.program).unwrap();
    let mut free = Vec::new();
    for (number, range) in rows.ranges().iter().enumerate() {
        let kind = &executable.program.kinds()[number];
        let procedure = executable.procedures.iter().find(|p| p.kind == number);
        // Chains and the first row have no procedure: nothing in them may be free.
        let hints: HashSet<usize> = procedure
            .iter()
            .flat_map(|p| p.hints.iter().map(|&cell| usize::from(cell)))
            .collect();
        let mut used: HashSet<usize> = kind
            .forms()
            .flat_map(|(_, form)| form.terms())
            .map(|(column, _)| column)
            .collect();
        // An idle permutation pins nothing.
        if used
            .iter()
            .any(|&column| (FIRST_OUTPUT..CONSTANT).contains(&column))
        {
            used.extend(0..kind.permutation.width());
        }
        used.retain(|&column| column < CELLS);
        if let Some(procedure) = procedure {
            // Whatever the builder gave out is looked at by some form, or permuted.
            for &cell in &procedure.cells {
                assert!(
                    used.contains(&usize::from(cell)),
                    "`{}` never looks at cell {cell}",
                    kind.name
                );
            }
        }
        for row in range.clone().take(rows_per_kind) {
            for &cell in &used {
                let index = row * CELLS + cell;
                outcome.run.cells[index] += F::ONE;
                if outcome.run.check(&executable.program).is_ok() {
                    assert!(
                        hints.contains(&cell),
                        "cell {cell} of `{}` is free",
                        kind.name
                    );
                    free.push(kind.name.clone());
                }
                outcome.run.cells[index] -= F::ONE;
            }
        }
    }
    free.dedup();
    free
}
