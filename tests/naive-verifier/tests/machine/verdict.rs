//! Both verifiers on the same statement and bytes.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_executor::{Executor, Input};
use sheaf_guests::Case;
use sheaf_machine::{Live, Scratch, Setup, Statement, VerifyError, prove, verify, verify_balance};
use sheaf_naive_verifier::Reject;
use sheaf_naive_verifier::machine as naive;
use sheaf_program::builder::Executable;
use sheaf_program::{Counts, Program, Run, Tag};
use sheaf_transcript::EF;

use crate::common::{opening_step, shape_step};

/// A proof, and what it is said to be about.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub program: Program,
    pub counts: Counts,
    pub live: Live,
    pub public: Vec<EF>,
    pub rate: usize,
    pub body: Vec<u8>,
}

impl Claimed {
    /// The proof of a run.
    pub(crate) fn of_run(program: &Program, run: &Run, rate: usize) -> Self {
        let scratch = &mut Scratch::default();
        let proof = prove(program, run, rate, scratch, |_| Ok(())).expect("a proof");
        let statement = proof.statement;
        Self {
            program: program.clone(),
            counts: statement.counts().clone(),
            live: *statement.live(),
            public: statement.public().to_vec(),
            rate,
            body: proof.body,
        }
    }

    /// The proof that a program runs on a case.
    pub(crate) fn of_case(executable: &Executable, case: &Case, rate: usize) -> Self {
        let input = Input {
            arguments: &case.arguments,
            advice: &case.advice,
            max_rows: 1 << 18,
        };
        let outcome = Executor::new(executable).run(input).expect("a run");
        Self::of_run(&executable.program, &outcome.run, rate)
    }

    /// The statement, as the naive verifier takes it.
    pub(crate) fn naive_statement(&self) -> naive::Statement {
        naive::Statement {
            instances: self.counts.instances as usize,
            log_block: self.counts.log_block as usize,
            counts: self.counts.zone_b.iter().map(|&n| n as usize).collect(),
            live: self.live.0.map(usize::from),
            public: self.public.clone(),
        }
    }

    /// The statement, as the real verifier takes it.
    pub(crate) fn statement(&self) -> Result<Statement, Reject> {
        let Self {
            program,
            counts,
            live,
            public,
            ..
        } = self.clone();
        Statement::new(&program, counts, live, public).map_err(|_| Reject::Claims)
    }

    fn real(&self) -> Result<(), Reject> {
        let statement = self.statement()?;
        let setup = Setup::new(&statement, self.rate).map_err(|_| Reject::Parameters)?;
        let balance = verify_balance(&setup, &self.program, &statement, &self.body);
        // To that `verify` adds what the program and its public tuple have to be.
        let is_entry = self.public.first() == Some(&Tag::ENTRY.element().into());
        let means_a_run = self.program.check().is_ok() && is_entry;
        let whole = verify(&setup, &self.program, &statement, &self.body);
        assert_eq!(whole.is_ok(), balance.is_ok() && means_a_run);
        balance.map_err(step)
    }

    /// The verdict of both verifiers, which must be the same.
    pub(crate) fn verdict(&self) -> Result<(), Reject> {
        let real = self.real();
        let program = self.program.encode();
        let naive = naive::verify(&program, &self.naive_statement(), self.rate, &self.body);
        assert_eq!(
            real, naive,
            "the real verifier's verdict, and the naive one's"
        );
        real
    }
}

/// The step at which the real verifier rejects, in the words of the naive one.
fn step(error: VerifyError) -> Reject {
    if let Some(error) = error.transcript() {
        return shape_step(error);
    }
    match error {
        VerifyError::Root => Reject::Root,
        VerifyError::Balance => Reject::Balance,
        VerifyError::Messages(fractions::verify::Error::Layer { layer }) => Reject::Messages(layer),
        VerifyError::Product => Reject::Product,
        VerifyError::Shares => Reject::Shares,
        VerifyError::Permutations(permutation::Error::Layer { layer }) => {
            Reject::Permutations(layer)
        }
        VerifyError::Inputs(columns::verify::Error::Mismatch) => Reject::Columns,
        VerifyError::Commitment(error) => opening_step(error),
        other => panic!("no proof, however wrong, leads to {other:?}"),
    }
}
