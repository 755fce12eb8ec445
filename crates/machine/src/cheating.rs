//! Provers that cheat in exactly one way.
//!
//! A [`Cheat`] falsifies one thing and is honest about everything that follows from it, so that it breaks the [`Check`]s that it names and no
//! other. It has to be rejected, also by the verifier that lacks all but one of these, and to be accepted by the verifier that lacks just these. The
//! first says that the checks work, the second that each of them is needed.

mod outputs;
mod talk;

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::Trace;
use sheaf_program::layout::{CELLS, COLUMNS};
use sheaf_program::{Counts, Program, Rows};
use sheaf_transcript::{EF, F, VerifierTranscript};

use crate::checks::{Check, applies, switch};
use crate::live::Live;
use crate::prove::{Scratch, prove_cells};
use crate::strategy::Strategy;
use crate::tests::{counts, program, run_with};
use crate::witness::Witness;
use crate::{Setup, Statement, VerifyError, reduce};

/// Falsifies the outputs of all rows, or the permutations that are proven.
type Lie<'a> = dyn Fn(&mut Witness, &mut Trace) + 'a;

/// A strategy that a cheat is made of.
#[derive(Default)]
struct Cheater<'a> {
    outputs: Option<&'a Lie<'a>>,
    root: Option<fn(&mut [EF; 2], EF)>,
    linear: Option<fn(&mut [EF; 3])>,
    factors: Option<fn(&mut [EF; 2], EF)>,
    shares: Option<fn(&mut EF, &mut EF, EF)>,
}

impl Strategy for Cheater<'_> {
    fn outputs(&self, witness: &mut Witness, trace: Option<&mut Trace>) {
        if let (Some(edit), Some(trace)) = (self.outputs, trace) {
            edit(witness, trace);
        }
    }

    fn root(&self, root: &mut [EF; 2], pole: EF) {
        if let Some(edit) = self.root {
            edit(root, pole);
        }
    }

    fn linear(&self, values: &mut [EF; 3]) {
        if let Some(edit) = self.linear {
            edit(values);
        }
    }

    fn factors(&self, factors: &mut [EF; 2], claim: EF) {
        if let Some(edit) = self.factors {
            edit(factors, claim);
        }
    }

    fn shares(&self, cells: &mut EF, outputs: &mut Option<EF>, top: EF) {
        if let (Some(edit), Some(outputs)) = (self.shares, outputs) {
            edit(cells, outputs, top);
        }
    }
}

/// One way to cheat.
struct Cheat<'a> {
    name: &'static str,
    /// What is broken, all of it.
    breaks: Vec<Check>,
    program: &'a Program,
    /// What is claimed.
    statement: Statement,
    /// The rows that the prover computes with.
    rows: Rows,
    cells: Vec<F>,
    strategy: Cheater<'a>,
    /// What is added to the value of the functional.
    functional: EF,
    /// Bytes after the proof.
    more: usize,
}

/// Two kinds of zone A with width 24, one with 16, one without; one of each width in zone B, and two without.
fn sample() -> Program {
    program(31, [2, 1, 1], [1, 1, 2])
}

/// Three instances in blocks of four: rows 3, 7, 11 and 15 belong to no kind. Width 24 has rows 0 to 7 and 16 to 35, width 16 has rows 8 to 11 and 36 to 65.
fn sizes() -> Counts {
    counts(3, &[20, 30, 10, 40])
}

impl<'a> Cheat<'a> {
    /// A cheat whose run is one but for what `edit` makes of the columns.
    fn new(
        name: &'static str,
        program: &'a Program,
        breaks: Vec<Check>,
        edit: &dyn Fn(usize, &mut [F; COLUMNS]),
    ) -> Self {
        let run = run_with(7, program, sizes(), edit);
        let rows = run.rows(program).unwrap();
        let live = Live::covering(&run.cells, rows.log_rows());
        let statement = Statement::new(program, run.counts, live, run.public).unwrap();
        Self {
            name,
            breaks,
            program,
            statement,
            rows,
            cells: run.cells,
            strategy: Cheater::default(),
            functional: EF::ZERO,
            more: 0,
        }
    }

    /// A cheat that only says something else.
    fn saying(
        name: &'static str,
        program: &'a Program,
        breaks: &[Check],
        strategy: Cheater<'a>,
    ) -> Self {
        Self {
            strategy,
            ..Self::new(name, program, breaks.to_vec(), &|_, _| {})
        }
    }

    /// Makes the proof and verifies it, both without some checks.
    fn run(&self, without: &[Check]) -> Result<(), VerifyError> {
        let setup = Setup::new(&self.statement, 1).unwrap();
        switch::without(without, || {
            let mut body = prove_cells(
                &setup,
                self.program,
                &self.statement.with_rows(self.rows.clone()),
                &self.cells,
                &mut Scratch::default(),
                &self.strategy,
                |_| Ok(()),
            )
            .unwrap();
            body.resize(body.len() + self.more, 0);
            let mut channel = VerifierTranscript::new(&body);
            let value = |x: &crate::Functional| x.evaluate(self.program) + self.functional;
            let _ = reduce(&setup, &self.statement, value, &mut channel)?;
            let end = channel.finish();
            if applies(Check::End) {
                end?;
            }
            Ok(())
        })
    }

    /// Rejected by the verifier, accepted by the one without what is broken, and by no other.
    fn check(&self) {
        let outcome = self.run(&[]);
        assert!(outcome.is_err(), "{} is accepted", self.name);
        assert_eq!(
            self.run(&self.breaks),
            Ok(()),
            "{} is rejected ({outcome:?}) even without {:?}",
            self.name,
            self.breaks
        );
        for check in &self.breaks {
            let others: Vec<Check> = self.breaks.iter().copied().filter(|c| c != check).collect();
            let outcome = self.run(&others);
            assert!(outcome.is_err(), "{} is accepted with {check:?}", self.name);
        }
    }
}

#[test]
fn the_honest_prover_is_accepted() {
    let program = sample();
    let honest = Cheat::saying("honest", &program, &[], Cheater::default());
    assert_eq!(honest.run(&[]), Ok(()));
    // Also where checks are off that hold.
    assert_eq!(
        honest.run(&[Check::Form(2), Check::Outputs, Check::WideInput(3)]),
        Ok(())
    );
}

#[test]
fn gap_rows_help_nobody() {
    // What stands in them is permuted like anything else, and sent by nobody.
    let program = sample();
    let mut cheat = Cheat::saying("garbage in gaps", &program, &[], Cheater::default());
    for row in [3, 7, 11, 15] {
        for cell in &mut cheat.cells[row * CELLS..][..70] {
            *cell = F::from_usize(row + 1000);
        }
    }
    let rows = cheat.rows.log_rows();
    let live = Live::covering(&cheat.cells, rows);
    let (counts, public) = (cheat.statement.counts().clone(), cheat.statement.public());
    cheat.statement = Statement::new(&program, counts, live, public.to_vec()).unwrap();
    assert_eq!(cheat.run(&[]), Ok(()));
}

#[test]
fn a_constraint_that_does_not_hold_is_rejected() {
    let program = sample();
    for row in [0, 14, 17, 40, 70, 100] {
        // A cell that a constraint defines, in a word that no message sends; or one that it reads.
        let mut cheat = Cheat::saying(
            "false cell",
            &program,
            &[Check::Product],
            Cheater::default(),
        );
        let kind = &program.kinds()[cheat.rows.kind(row).unwrap()];
        let last = crate::tests::defined(kind.constraints.len() - 1);
        if kind.constraints.len() == 1 {
            continue;
        }
        cheat.cells[row * CELLS + last + 3] += F::ONE;
        cheat.check();
    }
}

#[test]
fn messages_that_do_not_cancel_are_rejected() {
    let program = sample();
    for cell in [
        crate::tests::COPY,
        crate::tests::COPY + 6,
        crate::tests::FLAG,
    ] {
        let mut cheat = Cheat::saying(
            "false copy",
            &program,
            &[Check::Balance],
            Cheater::default(),
        );
        cheat.cells[50 * CELLS + cell] += F::ONE;
        cheat.check();
    }
    let mut cheat = Cheat::saying(
        "another tuple",
        &program,
        &[Check::Balance],
        Cheater::default(),
    );
    let mut public = cheat.statement.public().to_vec();
    public[2] += EF::ONE;
    let (counts, live) = (cheat.statement.counts().clone(), *cheat.statement.live());
    cheat.statement = Statement::new(&program, counts, live, public).unwrap();
    cheat.check();
}

#[test]
fn a_false_functional_is_rejected() {
    let program = sample();
    let mut cheat = Cheat::saying("X", &program, &[Check::Shares], Cheater::default());
    cheat.functional = EF::ONE;
    cheat.check();
}

#[test]
fn bytes_after_the_proof_are_rejected() {
    let program = sample();
    let mut cheat = Cheat::saying("more", &program, &[Check::End], Cheater::default());
    cheat.more = 4;
    cheat.check();
}

#[test]
fn rows_beyond_the_counts_are_rejected() {
    let program = sample();
    // A fourth instance in the gaps; a row of the last kind but one that is counted with the last; and the other way round.
    for (real, said) in [
        (counts(4, &[20, 30, 10, 40]), sizes()),
        (counts(3, &[20, 30, 11, 39]), sizes()),
        (counts(3, &[20, 30, 9, 41]), sizes()),
        (counts(3, &[20, 30, 10, 41]), sizes()),
    ] {
        let run = run_with(7, &program, real, &|_, _| {});
        let rows = run.rows(&program).unwrap();
        let live = Live::covering(&run.cells, rows.log_rows());
        let mut cheat = Cheat::saying("rows", &program, &[Check::Shares], Cheater::default());
        cheat.statement = Statement::new(&program, said, live, run.public).unwrap();
        cheat.rows = rows;
        cheat.cells = run.cells;
        cheat.check();
    }
}
