//! Outputs that are not those of the cells.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_program::Rows;
use sheaf_program::layout::{CELLS, COLUMNS, FIRST_OUTPUT};
use sheaf_program::run::outputs;
use sheaf_transcript::{F, PF};

use super::{Cheat, Cheater, sample, sizes};
use crate::checks::Check;
use crate::live::Live;
use crate::tests::counts;
use crate::witness::Witness;

/// Adds one to an output of a row.
fn add_one(witness: &mut Witness, row: usize, j: usize) {
    let (group, lane) = (row / PF::WIDTH, row % PF::WIDTH);
    witness.outputs[group][j].as_slice_mut()[lane] += F::ONE;
}

#[test]
fn false_outputs_are_rejected() {
    let program = sample();
    // Rows of each width in each zone.
    for (row, j) in [
        (1, 3),
        (5, 3),
        (9, 3),
        (16, 3),
        (35, 3),
        (36, 3),
        (65, 3),
        (4, 23),
        (40, 15),
    ] {
        let edit = move |at: usize, columns: &mut [F; COLUMNS]| {
            if at == row {
                columns[FIRST_OUTPUT + j] += F::ONE;
            }
        };
        let mut cheat = Cheat::new("output", &program, vec![Check::Outputs], &edit);
        let lie = move |witness: &mut Witness, _: &mut _| add_one(witness, row, j);
        cheat.strategy.outputs = Some(&lie);
        cheat.check();
    }
}

#[test]
fn outputs_where_there_are_none_are_rejected() {
    let program = sample();
    // A gap, the first row without a permutation, an output that width 16 does not have. No form names them, and still they are false.
    for (row, j) in [(3, 0), (11, 0), (66, 0), (8, 16), (36, 23)] {
        let mut cheat = Cheat::saying("output", &program, &[Check::Outputs], Cheater::default());
        let lie = move |witness: &mut Witness, _: &mut _| add_one(witness, row, j);
        cheat.strategy.outputs = Some(&lie);
        cheat.check();
    }
}

#[test]
fn permutations_of_other_inputs_are_rejected() {
    let program = sample();
    for (row, cell) in [
        (0, 0),
        (6, 23),
        (16, 9),
        (35, 17),
        (3, 5),
        (8, 0),
        (36, 15),
        (65, 7),
        (11, 3),
    ] {
        let rows = Rows::new(program.header(), &sizes()).unwrap();
        let permutation = rows.permutation(row);
        let check = match permutation.width() {
            24 => Check::WideInput(cell),
            _ => Check::NarrowInput(cell),
        };
        // The outputs are right for cells of which one is another.
        let edit = move |at: usize, columns: &mut [F; COLUMNS]| {
            if at == row {
                let mut cells: [F; CELLS] = core::array::from_fn(|i| columns[i]);
                cells[cell] += F::ONE;
                columns[FIRST_OUTPUT..][..24].copy_from_slice(&outputs(permutation, &cells));
            }
        };
        let mut cheat = Cheat::new("input", &program, vec![check], &edit);
        let mut others = cheat.cells.clone();
        others[row * CELLS + cell] += F::ONE;
        let live = Live::covering(&others, rows.log_rows());
        let lie = move |witness: &mut Witness, trace: &mut _| {
            witness.outputs = Witness::new(&others, &live, &rows, Some(trace)).outputs;
        };
        cheat.strategy.outputs = Some(&lie);
        cheat.check();
    }
}

#[test]
fn permuted_rows_end_where_the_counts_say() {
    let program = sample();
    // The last row of width 24 permutes nothing, or those of width 16 do; and one more.
    let all = |width: usize| {
        (0..width).map(move |c| {
            if width == 24 {
                Check::WideInput(c)
            } else {
                Check::NarrowInput(c)
            }
        })
    };
    let shorter = counts(3, &[19, 31, 10, 40]);
    let last = counts(3, &[20, 29, 11, 40]);
    let longer = counts(3, &[20, 31, 9, 40]);
    for (name, real, edited, breaks) in [
        (
            "narrow in a row of width 24",
            shorter,
            35,
            all(24).chain(all(16)).collect::<Vec<_>>(),
        ),
        (
            "no permutation in a row of width 16",
            last,
            65,
            all(16).collect(),
        ),
        (
            "a permutation in a row without",
            longer,
            66,
            all(16).collect(),
        ),
    ] {
        let rows = Rows::new(program.header(), &real).unwrap();
        let permutation = rows.permutation(edited);
        let edit = move |at: usize, columns: &mut [F; COLUMNS]| {
            if at == edited {
                let cells: [F; CELLS] = core::array::from_fn(|i| columns[i]);
                columns[FIRST_OUTPUT..][..24].copy_from_slice(&outputs(permutation, &cells));
            }
        };
        let breaks = [vec![Check::Outputs], breaks].concat();
        let mut cheat = Cheat::new(name, &program, breaks, &edit);
        let cells = cheat.cells.clone();
        let live = *cheat.statement.live();
        let lie = move |witness: &mut Witness, trace: &mut sheaf_argument::permutation::Trace| {
            let shape = *trace.shape();
            *trace = sheaf_argument::permutation::Trace::new(shape);
            witness.outputs = Witness::new(&cells, &live, &rows, Some(trace)).outputs;
        };
        cheat.strategy.outputs = Some(&lie);
        cheat.check();
    }
}
