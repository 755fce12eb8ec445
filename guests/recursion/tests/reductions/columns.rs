//! Claims about columns inside a program are reduced as they are natively.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_argument::columns::prove::{Term, prove};
use sheaf_argument::columns::verify::{Error, verify};
use sheaf_argument::columns::{EvaluationClaim, evaluate_columns};
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{DEGREE, F, coefficients};
use sheaf_recursion_guest::columns::{Columns, Sizes};
use sheaf_recursion_guest::symbolic::{Formula, Scratch};
use sheaf_recursion_guest::transcript::Sponge;
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, Extension, PF, ProverTranscript, Transcript};

use super::common::{checksum, checksum_of, elements, fails_after, native, run_to_end};

/// Weights that have a short extension: `eq` of a point of lanes and one of columns.
fn weight<E: Extension>(point: &[EF], lanes: &[E], columns: &[E]) -> E {
    let all = lanes.iter().chain(columns);
    let factors = all.zip(point).map(|(&x, &r)| {
        let [r, other] = [r, EF::ONE - r].map(|r| E::from_coefficients(coefficients(r)));
        r * x + other * (E::ONE - x)
    });
    factors.product()
}

/// A program that takes the value from the tape, which is not absorbed, and the proof. It returns what is left, with a challenge that is drawn then.
fn program(point: &[EF], log_lanes: usize) -> Executable {
    let log_columns = point.len() - log_lanes;
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let reduction = Columns::new(&mut builder, &memory);
    let main = builder.function::<(Base, Base), [Word; 3]>("main");
    builder.body(&main, |row, (lanes, columns)| {
        let value: Word = row.advice();
        let sizes = Sizes {
            log_lanes: lanes,
            log_columns: columns,
        };
        let mut sponge = Sponge::new();
        let address = Base::zero();
        let free = Base::number(point.len() as u32);
        let claim = reduction.verify(
            row,
            &mut sponge,
            &sizes,
            &value,
            &address,
            |row, lanes, columns| {
                let formula = Formula::new();
                let lanes = formula.stored_words(lanes, log_lanes);
                let columns = formula.stored_words(columns, log_columns);
                formula.result(weight(point, &lanes, &columns));
                let scratch = Scratch {
                    memory: &memory,
                    address: &free,
                };
                formula.write(row, scratch).results.remove(0)
            },
        );
        row.assert_equal(&claim.end, &free, "addresses end behind the points");
        let points = [
            (claim.lane_point, log_lanes),
            (claim.column_point, log_columns),
        ];
        [
            claim.value,
            checksum_of(row, &memory, &points),
            sponge.sample(row),
        ]
    });
    builder.finish(&main).unwrap()
}

struct Case {
    log_lanes: usize,
    point: Vec<EF>,
    value: EF,
    proof: Vec<F>,
    left: EvaluationClaim,
    drawn: EF,
}

impl Case {
    fn new(log_lanes: usize, log_columns: usize) -> Self {
        let count = (1 << log_columns) - 1;
        let groups = (1 << log_lanes) / PF::WIDTH;
        let cells: Vec<PF> = (0..groups * count)
            .map(|i| PF::from_fn(|lane| F::from_usize(i * i + 77 * lane + 5)))
            .collect();
        let point = elements(4, log_lanes + log_columns);
        let (lanes, columns) = point.split_at(log_lanes);
        let term = Term {
            lanes: eq::table(lanes),
            columns: eq::table(columns),
        };
        let sums = evaluate_columns(&cells, count, &term.lanes);
        let value = sums.iter().zip(&term.columns).map(|(&x, &w)| x * w).sum();
        let mut transcript = ProverTranscript::new();
        let left = prove(
            log_lanes,
            log_columns,
            value,
            vec![term],
            &[sheaf_argument::columns::Columns {
                count,
                cells: &cells,
            }],
            &mut transcript,
        );
        Self {
            log_lanes,
            point,
            value,
            drawn: transcript.sample(),
            proof: transcript.into_proof(),
            left,
        }
    }

    fn sizes(&self) -> [F; 2] {
        [self.log_lanes, self.point.len() - self.log_lanes].map(F::from_usize)
    }
}

#[test]
fn evaluations_are_those_of_the_native_verifier() {
    for (log_lanes, log_columns) in [(4, 1), (4, 5), (5, 3), (7, 4), (10, 2)] {
        let case = Case::new(log_lanes, log_columns);
        let executable = program(&case.point, log_lanes);
        let tape = [&coefficients(case.value)[..], &case.proof].concat();
        let outcome = run_to_end(&executable, &case.sizes(), &tape);
        let points = [&case.left.lane_point[..], &case.left.column_point].concat();
        let expected = [case.left.value, checksum(&points), case.drawn];
        assert_eq!(outcome.results, expected.map(coefficients).concat());
    }
}

#[test]
fn a_wrong_element_fails_where_the_native_verifier_rejects() {
    let case = Case::new(4, 3);
    let executable = program(&case.point, case.log_lanes);
    let right = [&coefficients(case.value)[..], &case.proof].concat();
    for index in (0..right.len()).step_by(DEGREE) {
        let mut tape = right.clone();
        tape[index] += F::ONE;
        let value = EF::new(tape[..DEGREE].try_into().unwrap());
        let weight = |lanes: &[EF], columns: &[EF]| weight(&case.point, lanes, columns);
        let (result, received) = native(&tape[DEGREE..], |channel| {
            verify(4, 3, value, weight, channel)
        });
        assert_eq!(result, Err(Error::Mismatch));
        fails_after(&executable, &case.sizes(), &tape, DEGREE + received);
    }
}
