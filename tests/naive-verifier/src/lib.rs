//! A second verifier, for tests: deliberately naive, and independent of the first.
//!
//! It is written from `docs/protocol.md`, `docs/wire-format.md`, `docs/parameters.md`
//! and the module documentation, and shares no code with the verifier above the field
//! and the permutations. Wherever the first verifier has a closed formula,
//! this one writes down a table with one entry per lane, row, slot, column or
//! coefficient, and sums. So it is slow, and reads like the specification.
//!
//! Both must accept the same proofs, and reject all others at the same step.

#![forbid(unsafe_code)]

mod columns;
mod constraints;
mod field;
mod forge;
mod form;
mod fractions;
mod parameters;
mod permutations;
mod poseidon;
mod shape;
mod stacking;
mod statement;
mod targets;
mod transcript;
mod whir;
mod wiring;

pub use forge::{Event, Forgery};
pub use parameters::{Layout, Parameters, Round};
pub use statement::{Group, PROD, Scheme, TEST};
pub use whir::{description, hash_pair, hash_row};

use constraints::ChainEnds;
use field::{EF, F, coefficients};
use forge::Forger;
use p3_field::PrimeCharacteristicRing;
use shape::{Columns, Shape};
use stacking::Stacking;
use transcript::Transcript;
use whir::{Claim, Commitment};

/// The step at which a proof is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// The header is not one that the wire format permits, or names another scheme.
    Header,
    /// Claims that are empty, repeat something, or exceed a limit.
    Claims,
    /// The size and the rate have no parameters.
    Parameters,
    /// The proof ends inside this message.
    Truncated(&'static str),
    /// This message has an element that is not canonical.
    NotCanonical(&'static str),
    /// Something follows the last message.
    Trailing,
    /// A nonce of this message is wrong.
    ProofOfWork(&'static str),
    /// A challenge was degenerate.
    Challenge,
    /// A layer of the fraction tree, counted from the root.
    ChainEnds(usize),
    /// The constraint sumcheck.
    Constraints,
    /// A layer of the permutation argument, counted from the outputs.
    Permutations(usize),
    /// The column reduction.
    Columns,
    /// Rows of an oracle are not under its root.
    Rows(usize),
    /// The last polynomial has another value than its claims leave.
    FinalSum,
}

/// Verifies a whole aggregate: header and body.
///
/// # Errors
/// If it does not prove the claims.
pub fn verify(scheme: &Scheme, groups: &[Group], aggregate: &[u8]) -> Result<(), Reject> {
    let [
        b's',
        b'h',
        b'f',
        b'p',
        3,
        id,
        rate @ 1..=4,
        1,
        ref body @ ..,
    ] = *aggregate
    else {
        return Err(Reject::Header);
    };
    if id != scheme.id || aggregate.len() > 4 << 20 || !body.len().is_multiple_of(4) {
        return Err(Reject::Header);
    }
    verify_body(scheme, groups, rate.into(), body)
}

/// Verifies the body of an aggregate at rate `2^-rate`.
fn verify_body(scheme: &Scheme, groups: &[Group], rate: usize, body: &[u8]) -> Result<(), Reject> {
    let statement = Statement::new(scheme, groups, rate)?;
    let mut transcript = Transcript::new(body);
    let commitment = statement.commitment(&mut transcript)?;
    let claims = statement.reductions(&mut transcript)?;
    whir::verify_opening(&statement.parameters, commitment, &claims, &mut transcript)?;
    transcript.end()
}

/// The parameters of the commitment for so many lanes, of which some have `carries` for some steps, or none has.
///
/// # Errors
/// If there are none.
pub fn parameters_of_lanes(
    scheme: &Scheme,
    lanes: usize,
    carries: bool,
    rate: usize,
) -> Result<Parameters, Reject> {
    let columns = Columns::new(scheme, carries).count;
    Stacking::choose(columns, lanes, rate).map(|(_, parameters)| parameters)
}

/// The parameters of the commitment for these claims and this rate.
///
/// # Errors
/// If the claims are not ones that could be proved.
pub fn parameters(scheme: &Scheme, groups: &[Group], rate: usize) -> Result<Parameters, Reject> {
    Statement::new(scheme, groups, rate).map(|statement| statement.parameters)
}

/// Makes up all messages after a commitment and before its opening, such that every check but the `spoiled` one holds.
///
/// # Errors
/// If `commitment` is not the beginning of a proof of these claims.
pub fn forge(
    scheme: &Scheme,
    groups: &[Group],
    rate: usize,
    commitment: &[u8],
    seed: usize,
    spoiled: Option<usize>,
) -> Result<Forgery, Reject> {
    let statement = Statement::new(scheme, groups, rate)?;
    let mut transcript = Transcript::new(commitment);
    statement.commitment(&mut transcript)?;
    transcript.forger = Some(Forger::new(seed, spoiled));
    let claims = statement.reductions(&mut transcript)?;
    let forger = transcript.forger.ok_or(Reject::Challenge)?;
    Ok(Forgery {
        events: forger.events,
        checks: forger.checks,
        claims: claims.map(|claim| (claim.point, claim.value)).into(),
    })
}

/// Everything that follows from the claims and the rate.
struct Statement {
    groups: Vec<Group>,
    rate: usize,
    shape: Shape,
    stacking: Stacking,
    parameters: Parameters,
}

impl Statement {
    fn new(scheme: &Scheme, groups: &[Group], rate: usize) -> Result<Self, Reject> {
        let groups = statement::canonical(scheme, groups)?;
        let shape = Shape::new(*scheme, statement::lanes(&groups));
        let (stacking, parameters) =
            Stacking::choose(shape.columns.count, shape.lanes.len(), rate)?;
        Ok(Self {
            groups,
            rate,
            shape,
            stacking,
            parameters,
        })
    }

    /// Binds the transcript to the statement, and reads the commitment.
    fn commitment(&self, transcript: &mut Transcript) -> Result<Commitment, Reject> {
        statement::absorb(&self.shape.scheme, self.rate, &self.groups, transcript);
        whir::receive_first(&self.parameters, transcript)
    }

    /// Reduces the statement to two evaluations of the committed polynomial.
    fn reductions(&self, transcript: &mut Transcript) -> Result<[Claim; 2], Reject> {
        let shape = &self.shape;

        // Every chain ends where it should.
        let (beta, alpha) = (transcript.challenge(), transcript.challenge());
        if coefficients(alpha)[1..].iter().all(|&c| c == F::ZERO) {
            return Err(Reject::Challenge);
        }
        let leaf = fractions::verify(shape.log_lanes, shape.log_leaves, transcript)?;

        // Everything else that is not a permutation.
        let ends = ChainEnds { beta, alpha };
        let open = constraints::verify(shape, &ends, &leaf, transcript)?;

        // The permutations.
        let inputs = permutations::verify(shape, &open, transcript)?;

        // All that is open is a linear form in the columns, at one of two lane points.
        let challenge = transcript.challenge();
        let forms = [
            form::batch(&open.forms, challenge),
            form::batch(&wiring::input_claims(shape, &inputs), challenge),
        ];
        let evaluations = columns::verify(shape.log_columns, &forms, transcript)?;
        let claim = |lane_point: &[EF], value: EF| Claim {
            point: self.stacking.point(&evaluations.column_point, lane_point),
            value,
        };
        Ok([
            claim(&open.lane_point, evaluations.values[0]),
            claim(&inputs.lane_point, evaluations.values[1]),
        ])
    }
}
