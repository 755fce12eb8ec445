//! The verifier of proofs that programs of the machine have run, written from `docs/machine-format.md`.
//!
//! Rows are listed one by one, indicators of rows are lists, and weights are tables over all columns and rows.

mod constraints;
mod forms;
mod inputs;
mod layout;
mod messages;
mod outputs;
mod program;
mod rows;

use crate::Reject;
use crate::field::{EF, F, coefficients, f};
use crate::forge::{Forger, Forgery};
use crate::parameters::{Layout, Parameters};
use crate::stacking;
use crate::transcript::Transcript;
use crate::whir::{self, Claim, Commitment};
use layout::{CELLS, LOG_COLUMNS};
use program::Program;
use rows::Rows;

/// The version of the protocol.
const VERSION: usize = 3;
/// Positions that a public tuple may have.
const POSITIONS: usize = 1 << layout::LOG_POSITIONS;
/// Column variables that select a slice.
const COLUMN_BITS: usize = 4;
/// Row variables that do, if there are as many beyond the lowest seven.
const MAX_ROW_BITS: usize = 4;
const CELLS_PER_SLICE: usize = 1 << (LOG_COLUMNS - COLUMN_BITS);
/// Numbers that say which slices are live.
const STAIRS: usize = CELLS / CELLS_PER_SLICE;

/// What a proof is about, beside its program.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Rows of each kind of zone A, `m`.
    pub instances: usize,
    /// Bits of the number of rows of a block of zone A, `c`.
    pub log_block: usize,
    /// Rows of each kind of zone B.
    pub counts: Vec<usize>,
    /// How many blocks of rows are committed of each eight cells.
    pub live: [usize; STAIRS],
    /// The public tuple.
    pub public: Vec<EF>,
}

/// Verifies that there are rows of the encoded program whose messages cancel against the public tuple.
///
/// # Errors
/// If the proof does not show that.
pub fn verify(
    program: &[u8],
    statement: &Statement,
    rate: usize,
    proof: &[u8],
) -> Result<(), Reject> {
    let argument = Argument::new(program, statement, rate)?;
    let mut transcript = Transcript::new(proof);
    let commitment = argument.commitment(&mut transcript)?;
    let claim = argument.reductions(&mut transcript)?;
    whir::verify_opening(&argument.parameters, commitment, claim, &mut transcript)?;
    transcript.end()
}

/// Whether bytes are a program.
#[must_use]
pub fn is_program(bytes: &[u8]) -> bool {
    Program::decode(bytes).is_ok()
}

/// Messages that are absorbed and not sent, each with its label.
pub type Absorbed = Vec<(&'static str, Vec<F>)>;

/// What is absorbed before the commitment, and the parameters of that.
///
/// # Errors
/// If there can be no proof.
pub fn beginning(
    program: &[u8],
    statement: &Statement,
    rate: usize,
) -> Result<(Absorbed, Parameters), Reject> {
    let argument = Argument::new(program, statement, rate)?;
    Ok((argument.absorbed(), argument.parameters))
}

/// Makes up all messages between commitment and opening, as [`forge`](crate::forge()) does of signatures.
///
/// # Errors
/// If `commitment` is not the beginning of a proof.
pub fn forge(
    program: &[u8],
    statement: &Statement,
    rate: usize,
    commitment: &[u8],
    seed: usize,
    spoiled: Option<usize>,
) -> Result<Forgery, Reject> {
    let argument = Argument::new(program, statement, rate)?;
    let mut transcript = Transcript::new(commitment);
    argument.commitment(&mut transcript)?;
    transcript.forger = Some(Forger::new(seed, spoiled));
    let claim = argument.reductions(&mut transcript)?;
    let forger = transcript.forger.ok_or(Reject::Challenge)?;
    Ok(Forgery {
        events: forger.events,
        checks: forger.checks,
        claim: (claim.point, claim.value),
    })
}

/// Everything that follows from the statement and the rate.
struct Argument<'a> {
    program: Program,
    statement: &'a Statement,
    rate: usize,
    rows: Rows,
    row_bits: usize,
    parameters: Parameters,
}

impl<'a> Argument<'a> {
    fn new(program: &[u8], statement: &'a Statement, rate: usize) -> Result<Self, Reject> {
        let program = Program::decode(program)?;
        let rows = Rows::new(&program, statement)?;
        let row_bits = (rows.log_rows - 7).min(MAX_ROW_BITS);
        let is_live = statement.live.iter().all(|&blocks| blocks <= 1 << row_bits);
        if !is_live || statement.public.len() > POSITIONS {
            return Err(Reject::Claims);
        }
        let slices = statement.live.iter().enumerate();
        let layout = Layout {
            slice_variables: COLUMN_BITS + row_bits,
            inner_variables: LOG_COLUMNS + rows.log_rows - COLUMN_BITS - row_bits,
            live: slices
                .flat_map(|(i, &blocks)| (0..blocks).map(move |block| (i << row_bits) + block))
                .collect(),
        };
        if layout.live.is_empty() {
            return Err(Reject::Parameters);
        }
        let parameters = Parameters::new(&layout, rate).ok_or(Reject::Parameters)?;
        Ok(Self {
            program,
            statement,
            rate,
            rows,
            row_bits,
            parameters,
        })
    }

    /// What is absorbed before the commitment.
    fn absorbed(&self) -> Absorbed {
        let Statement {
            instances,
            log_block,
            counts,
            live,
            public,
        } = self.statement;
        let elements = |numbers: &[usize]| numbers.iter().copied().map(f).collect();
        let header = elements(&self.program.header);
        let program = [vec![f(VERSION)], self.program.id.clone(), header].concat();
        let sizes = [&[self.rate, *log_block, *instances], &counts[..], live].concat();
        vec![
            ("machine/program", program),
            ("machine/sizes", elements(&sizes)),
            (
                "machine/public tuple",
                public.iter().flat_map(|&x| coefficients(x)).collect(),
            ),
        ]
    }

    /// Binds the transcript to the statement, and reads the commitment.
    fn commitment(&self, transcript: &mut Transcript) -> Result<Commitment, Reject> {
        for (label, elements) in self.absorbed() {
            transcript.absorb(label, &elements);
        }
        whir::receive_first(&self.parameters, transcript)
    }

    /// Reduces the statement to one evaluation of the committed polynomial.
    fn reductions(&self, transcript: &mut Transcript) -> Result<Claim, Reject> {
        let (program, rows) = (&self.program, &self.rows);
        let public = &self.statement.public;
        let messages = messages::verify(rows.rows.len(), rows.log_rows, public, transcript)?;
        let constraints = constraints::verify(&messages, transcript)?;
        let forms = forms::verify(program, rows, &messages, &constraints, transcript)?;
        let outputs = outputs::verify(rows, &forms, transcript)?;
        let evaluation = inputs::verify(rows, &forms, &outputs, transcript)?;
        Ok(Claim {
            point: stacking::point(
                &evaluation.column_point,
                COLUMN_BITS,
                &evaluation.lane_point,
                self.row_bits,
            ),
            value: evaluation.value,
        })
    }
}
