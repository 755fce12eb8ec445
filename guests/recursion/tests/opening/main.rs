//! Openings inside a program, against the native verifier.

mod native;

use std::sync::LazyLock;

use native::{BEFORE, Case, END, PREFIX, case, verify};
use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{ExecuteError, Executor, Input, Outcome, Problem};
use sheaf_pcs::messages::FOLD_GRINDING;
use sheaf_pcs::{Error, Layout};
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::layout::CELLS;
use sheaf_program::{F, coefficients};
use sheaf_recursion_guest::opening::{Constants, Opening};
use sheaf_recursion_guest::transcript::Sponge;
use sheaf_transcript::TranscriptError;
use sheaf_transcript::field::ORDER;

/// A program that opens one commitment: from the number of variables to what is drawn after the opening. The claim is first on the
/// tape.
static PROGRAM: LazyLock<Executable> = LazyLock::new(|| {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let opening = Opening::new(&mut builder, &memory, Constants::at(0));
    let take = builder.looping::<[Base; 2]>("claim", |state| state[0] == F::ZERO);
    builder.step(&take, |row, [remaining, to]| {
        let word: Word = row.advice();
        row.write(&memory, &to, &word);
        [remaining.plus(-1), to.plus(1)]
    });
    let main = builder.function::<Base, Word>("main");
    builder.body(&main, |row, variables| {
        opening.prepare(row);
        let claim = Base::number(Constants::LENGTH);
        let words = variables.plus(1);
        row.run_to(&take, &[words.clone(), claim.clone()], |(): &()| {
            [Base::zero(), &claim + &words]
        });
        let free = (&claim + &words).plus(2);
        let mut sponge = Sponge::new();
        let prefix: Vec<Base> = PREFIX.map(Base::number).to_vec();
        sponge.absorb(row, BEFORE, &prefix);
        let (commitment, mut sponge, free) =
            opening.receive_commitment(row, &memory, &sponge, &free);
        sponge.sample(row);
        let capacity = sponge.capacity();
        let capacity = opening.verify(row, commitment, &claim, &Sponge::resume(&capacity), &free);
        let mut sponge = Sponge::resume(&capacity);
        sponge.absorb(row, END, &[]);
        sponge.sample(row)
    });
    builder.finish(&main).unwrap()
});

fn run(case: &Case, tape: &[F]) -> Result<Outcome, ExecuteError> {
    let variables = F::from_usize(case.parameters.layout().variables());
    let input = Input {
        arguments: &[variables],
        advice: tape,
        max_rows: 1 << 20,
    };
    Executor::new(&PROGRAM).run(input)
}

fn accepts(case: &Case) -> Outcome {
    let (tape, end) = verify(case, &case.proof);
    let outcome = match run(case, &tape) {
        Ok(outcome) => outcome,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(outcome.results, coefficients(end.unwrap()));
    assert_eq!(outcome.advice_used, tape.len());
    outcome
}

#[test]
fn openings_of_any_shape_are_accepted() {
    PROGRAM.program.check().unwrap();
    let scattered = Layout {
        inner_variables: 9,
        slice_variables: 4,
        live: vec![0, 1, 2, 4, 5, 6, 8, 9, 15],
    };
    let shapes: [(Layout, &[[usize; 6]]); 8] = [
        (Layout::prefix(4, 2, 3), &[[2, 4, 1, 5, 3, 2]]),
        (Layout::prefix(1, 4, 16), &[[4, 1, 6, 1, 0, 0]]),
        (Layout::prefix(8, 3, 8), &[[3, 8, 2, 31, 0, 3]]),
        (
            Layout::prefix(7, 1, 2),
            &[[1, 7, 1, 11, 2, 0], [6, 1, 3, 10, 1, 1]],
        ),
        (scattered, &[[4, 9, 1, 25, 4, 5], [2, 7, 2, 16, 5, 4]]),
        (
            Layout::prefix(10, 5, 30),
            &[
                [5, 10, 1, 10, 1, 1],
                [1, 9, 2, 12, 2, 3],
                [5, 4, 4, 14, 3, 2],
            ],
        ),
        (
            Layout::prefix(9, 5, 31),
            &[[5, 9, 3, 13, 1, 0], [3, 6, 1, 15, 0, 6], [4, 2, 5, 3, 1, 1]],
        ),
        (
            Layout::prefix(11, 6, 61),
            &[
                [6, 11, 1, 30, 1, 1],
                [2, 9, 2, 20, 1, 1],
                [1, 8, 3, 17, 1, 1],
                [3, 5, 4, 11, 1, 1],
            ],
        ),
    ];
    for (layout, rounds) in shapes {
        let outcome = accepts(&case(&layout, rounds));
        outcome.run.check(&PROGRAM.program).unwrap();
    }
}

#[test]
fn the_opening_of_1024_signatures_is_accepted() {
    let outcome = accepts(&case(
        &Layout::prefix(16, 6, 38),
        &[
            [6, 16, 1, 255, 11, 14],
            [4, 12, 2, 121, 11, 13],
            [4, 8, 4, 61, 9, 13],
        ],
    ));
    // Cells are committed column by column, down to the last row that has them.
    let mut rows = 0;
    let mut committed = [0; CELLS];
    for (profile, kind) in outcome.profile.kinds.iter().zip(PROGRAM.program.kinds()) {
        rows += profile.rows;
        if profile.rows > 0 {
            committed[..kind.width()].fill(rows);
        }
    }
    let committed: usize = committed.iter().sum();
    let cost = outcome.profile.total();
    println!(
        "{} rows, {} cells of {committed}, {} permutations",
        cost.rows, cost.cells, cost.permutations
    );
    assert!(cost.rows < 12_500 && cost.permutations < 8_500);
    assert!(cost.cells < 420_000 && committed < 430_000);
}

#[test]
fn parameters_that_are_none_are_refused() {
    let case = small();
    let (tape, _) = verify(&case, &case.proof);
    let description = 5 * (case.parameters.layout().variables() + 1);
    let says = |number: usize, value: u32, what: &str| {
        let mut tape = tape.clone();
        tape[description + number] = F::from_u32(value);
        let error = run(&case, &tape).unwrap_err().to_string();
        assert!(error.contains(what), "number {number}, {value}: {error}");
    };
    // Inner and slice variables, live slices, claims, rounds.
    says(0, 8, "does not take up");
    says(1, 4, "already");
    says(2, 0, "zero has no inverse");
    says(3, 0, "zero has no inverse");
    says(4, 0, "more bits");
    says(4, 5, "more bits");
    // Slice and inner variables of the first oracle, rate, queries.
    says(5, 4, "already");
    says(6, 8, "does not take up");
    says(7, 0, "more bits");
    says(7, 25 - 7, "more bits");
    says(10, 0, "more bits");
    // Those of the second one.
    says(12, 3, "does not take up");
    // Live slices ascend, to the last of eight.
    says(19, 1, "more bits");
    says(20, 0, "more bits");
    says(24, 8, "more bits");
}

/// Where a proof is rejected.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    FoldGrinding,
    QueryGrinding,
    Rows,
    FinalSum,
}

fn native_step(error: Error) -> Step {
    match error {
        Error::Transcript(TranscriptError::Grinding { label, .. }) => {
            if label == FOLD_GRINDING.name() {
                Step::FoldGrinding
            } else {
                Step::QueryGrinding
            }
        }
        Error::Rows { .. } => Step::Rows,
        Error::FinalSum => Step::FinalSum,
        _ => panic!("{error}"),
    }
}

fn step(error: &ExecuteError) -> Step {
    let called_by = |name: &str| {
        error
            .callers
            .iter()
            .any(|caller| caller.kind.contains(name))
    };
    match &error.problem {
        Problem::Unexpected { name, .. } if name == "node" => Step::Rows,
        Problem::Assertion { message } if message.starts_with("the final polynomial") => {
            Step::FinalSum
        }
        _ if called_by("nonce") && called_by("round") => Step::FoldGrinding,
        _ if called_by("nonce") && called_by("draw a first block") => Step::QueryGrinding,
        _ => panic!("{error}"),
    }
}

fn small() -> Case {
    case(
        &Layout::prefix(7, 3, 6),
        &[[3, 7, 1, 9, 6, 7], [2, 5, 2, 6, 6, 7]],
    )
}

#[test]
fn changed_proofs_are_rejected_where_the_native_verifier_rejects_them() {
    let case = small();
    for element in 0..case.proof.len() / 4 {
        let mut proof = case.proof.clone();
        let place = &mut proof[4 * element..][..4];
        let value = u32::from_le_bytes([place[0], place[1], place[2], place[3]]);
        place.copy_from_slice(&((value + 1) % ORDER).to_le_bytes());
        let (tape, result) = verify(&case, &proof);
        let error = run(&case, &tape).err().map(|error| step(&error));
        assert_eq!(error, result.err().map(native_step), "element {element}");
    }
}

#[test]
fn no_element_of_the_tape_is_free() {
    let case = small();
    let (tape, _) = verify(&case, &case.proof);
    for element in 0..tape.len() {
        let mut changed = tape.clone();
        changed[element] += F::ONE;
        assert!(run(&case, &changed).is_err(), "element {element}");
    }
}
