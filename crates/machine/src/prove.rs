//! The prover.

use sheaf_argument::permutation::Trace;
use sheaf_argument::{columns, permutation};
use sheaf_pcs::{self as pcs, ParameterError};
use sheaf_program::layout::{CELLS, COLUMN_BITS};
use sheaf_program::{Program, Run};
use sheaf_transcript::{F, ProverTranscript, Transcript};
use thiserror::Error;

use crate::inputs::Inputs;
use crate::live::{self, Live};
use crate::permutations::{output_claim, permuted, shape};
use crate::proof::{Proof, RATES};
use crate::setup::Setup;
use crate::statement::{Statement, StatementError};
use crate::strategy::{Honest, Strategy};
use crate::witness::Witness;
use crate::{constraints, forms, messages};

/// The phases of proving, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Applying the permutations of all rows.
    Permute,
    /// Committing to the cells.
    Commit,
    /// The fractions of the messages.
    Messages,
    /// The constraints.
    Constraints,
    /// From forms to columns.
    Forms,
    /// The permutation argument.
    Permutations,
    /// From the inputs of permutations to cells.
    Inputs,
    /// Opening the commitment.
    Open,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 8] = [
        Self::Permute,
        Self::Commit,
        Self::Messages,
        Self::Constraints,
        Self::Forms,
        Self::Permutations,
        Self::Inputs,
        Self::Open,
    ];

    /// A name for people and for JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permute => "permute",
            Self::Commit => "commit",
            Self::Messages => "messages",
            Self::Constraints => "constraints",
            Self::Forms => "forms",
            Self::Permutations => "permutations",
            Self::Inputs => "inputs",
            Self::Open => "open",
        }
    }
}

/// Asks a prover to stop before its next phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProveError {
    /// A number of the run is out of bounds.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// There are not as many cells as rows need.
    #[error("{cells} cells for {rows} rows of {CELLS}")]
    Cells {
        /// Cells given.
        cells: usize,
        /// Rows, gaps included.
        rows: usize,
    },
    /// Proofs do not have this rate.
    #[error("the rate 2^-{log_inv_rate}: proofs have 2^-{} to 2^-{}", RATES.start(), RATES.end())]
    Rate {
        /// The logarithm of the inverse rate.
        log_inv_rate: usize,
    },
    /// The set-up is that of statements of another size.
    #[error("the set-up is for another number of rows or other live slices")]
    Setup,
    /// There are no parameters for this rate and size.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// The caller asked to stop.
    #[error("proving was cancelled")]
    Cancelled,
}

/// Buffers that survive from one proof to the next.
#[derive(Default)]
pub struct Scratch {
    trace: Option<Trace>,
}

impl core::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

/// Proves that `program` has this run.
///
/// Runs in the current rayon pool. `observer` is told of every phase before it begins and may cancel there. The proof is a function of
/// program, run and rate: neither threads nor SIMD width change a byte.
///
/// That the run is valid is not checked ([`Run::check`] does that): the proof of one that is not is rejected.
///
/// # Errors
/// If a number of the run is out of bounds, there are no parameters, or the observer cancels.
pub fn prove(
    program: &Program,
    run: &Run,
    log_inv_rate: usize,
    scratch: &mut Scratch,
    observer: impl FnMut(Phase) -> Result<(), Cancelled>,
) -> Result<Proof, ProveError> {
    if !RATES.contains(&log_inv_rate) {
        return Err(ProveError::Rate { log_inv_rate });
    }
    let setup = Setup::new(&statement(program, run)?, log_inv_rate)?;
    prove_with(&setup, program, run, scratch, observer)
}

/// As [`prove`], with a set-up: that of a table, for instance. Only a verifier with the same accepts the proof.
///
/// # Errors
/// If a number of the run is out of bounds, the set-up is for another size, or the observer cancels.
pub fn prove_with(
    setup: &Setup,
    program: &Program,
    run: &Run,
    scratch: &mut Scratch,
    mut observer: impl FnMut(Phase) -> Result<(), Cancelled>,
) -> Result<Proof, ProveError> {
    let statement = statement(program, run)?;
    if !setup.fits(&statement) {
        return Err(ProveError::Setup);
    }
    let begin = |phase| observer(phase).map_err(|Cancelled| ProveError::Cancelled);
    let body = prove_cells(
        setup, program, &statement, &run.cells, scratch, &Honest, begin,
    )?;
    Ok(Proof {
        statement,
        log_inv_rate: setup.log_inv_rate(),
        body,
    })
}

/// The statement about a run, with as few live slices as its cells need.
///
/// # Errors
/// If a number of the run is out of bounds.
pub fn statement(program: &Program, run: &Run) -> Result<Statement, ProveError> {
    let rows = run.rows(program).map_err(StatementError::from)?;
    if run.cells.len() != rows.end() * CELLS {
        return Err(ProveError::Cells {
            cells: run.cells.len(),
            rows: rows.end(),
        });
    }
    let live = Live::covering(&run.cells, rows.log_rows());
    let public = run.public.clone();
    Ok(Statement::new(program, run.counts.clone(), live, public)?)
}

/// Proves a statement with cells that need not be those of a run.
pub(crate) fn prove_cells(
    setup: &Setup,
    program: &Program,
    statement: &Statement,
    cells: &[F],
    scratch: &mut Scratch,
    strategy: &impl Strategy,
    mut begin: impl FnMut(Phase) -> Result<(), ProveError>,
) -> Result<Vec<u8>, ProveError> {
    let rows = statement.rows();
    begin(Phase::Permute)?;
    let permutations = shape(statement.header(), rows);
    let mut trace = permutations.map(|shape| match scratch.trace.take() {
        Some(mut trace) => {
            trace.reset(shape);
            trace
        }
        None => Trace::new(shape),
    });
    let mut witness = Witness::new(cells, statement.live(), rows, trace.as_mut());
    strategy.outputs(&mut witness, trace.as_mut());

    begin(Phase::Commit)?;
    let parameters = setup.parameters();
    let mut transcript = ProverTranscript::new();
    statement.absorb(setup.log_inv_rate(), &mut transcript);
    let matrix = statement.live().stack(&witness, rows.log_rows());
    let committed = pcs::commit(parameters, matrix, &mut transcript);

    begin(Phase::Messages)?;
    let claim = messages::prove::prove(
        program,
        rows,
        statement.public(),
        &witness,
        strategy,
        &mut transcript,
    );

    begin(Phase::Constraints)?;
    let claims =
        constraints::prove::prove(program, rows, &witness, claim, strategy, &mut transcript);

    begin(Phase::Forms)?;
    let shares = forms::prove::prove(
        program,
        rows,
        cells,
        &witness,
        &claims,
        strategy,
        &mut transcript,
    );

    begin(Phase::Permutations)?;
    let inputs = match (&permutations, &mut trace, shares.outputs) {
        (Some(shape), Some(trace), Some(outputs)) => {
            let (point, _) = permuted(rows, &shares.row_point);
            let claim = output_claim(shape, rows, point, &shares.output_weights(), outputs);
            Some(permutation::prove::prove(
                shape,
                trace,
                claim,
                &mut transcript,
            ))
        }
        _ => None,
    };
    scratch.trace = trace;

    begin(Phase::Inputs)?;
    let delta = transcript.sample();
    let points = (&shares.column_point[..], &shares.row_point[..]);
    let inputs = Inputs::new(rows, points, shares.cells, inputs.as_ref(), delta);
    let evaluation = columns::prove::prove(
        rows.log_rows(),
        COLUMN_BITS,
        inputs.value,
        inputs.terms(),
        &witness.blocks(),
        &mut transcript,
    );

    begin(Phase::Open)?;
    let opening = live::claim(
        &evaluation.column_point,
        &evaluation.lane_point,
        evaluation.value,
    );
    pcs::open(parameters, committed, &[opening], &mut transcript);
    Ok(transcript.into_bytes())
}
