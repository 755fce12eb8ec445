//! A second verifier, for tests: deliberately naive, and independent of the first.
//!
//! It is written from `docs/protocol.md`, `docs/wire-format.md`, `docs/parameters.md`
//! and the module documentation, and shares no code with the verifier above the field
//! and the permutations. Wherever the first verifier has a closed formula,
//! this one writes down a table with one entry per lane, row, slot, column or
//! coefficient, and sums. So it is slow, and reads like the specification. That of programs is in [`machine`].
//!
//! Both must accept the same proofs, and reject all others at the same step.

#![forbid(unsafe_code)]

mod calls;
mod columns;
mod constraints;
mod field;
mod forge;
mod form;
mod fractions;
mod link;
pub mod machine;
mod parameters;
mod permutations;
mod poseidon;
mod shape;
mod signatures;
mod stacking;
mod statement;
mod summary;
mod targets;
mod transcript;
mod whir;
mod wiring;

pub use forge::{Event, Forgery};
pub use parameters::{Layout, Parameters, Round};
pub use statement::{COMPACT, COMPACT_TEST, Family, Group, PROD, Scheme, TEST};
pub use summary::Summary;
pub use whir::{description, hash_pair, hash_row};

use constraints::ChainEnds;
use field::{EF, F, coefficients};
use forge::Forger;
use fractions::LeafClaim;
use p3_field::PrimeCharacteristicRing;
use shape::Shape;
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
    /// A list has more or fewer signatures than are claimed.
    Count,
    /// The signature of this lane is not one of the scheme, or not in canonical form.
    Unreadable(usize),
    /// The signature of this lane is not valid, and those of the lanes before are.
    Signature(usize),
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
    /// A layer of the tree of fractions of chain ends, counted from the root.
    ChainEnds(usize),
    /// The constraint sumcheck.
    Constraints,
    /// A layer of the permutation argument, counted from the outputs.
    Permutations(usize),
    /// The column reduction.
    Columns,
    /// Bytes are no program of the machine.
    Program,
    /// The messages of a run add up to nothing: the denominator is zero.
    Root,
    /// The messages of a run do not cancel.
    Balance,
    /// A layer of the tree of fractions of messages, counted from the root.
    Messages(usize),
    /// The factors that constraints leave.
    Product,
    /// The shares of cells and outputs.
    Shares,
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
    if let Some(list) = list(scheme, aggregate)? {
        return signatures::verify(scheme, groups, list);
    }
    let (rate, body) = parts(scheme, aggregate)?;
    verify_body(Statement::new(scheme, groups, rate)?, body)
}

/// Verifies a whole aggregate, of a statement of which only this is known; perhaps the digest does not open to the rest.
///
/// # Errors
/// If it does not prove the statement.
pub fn verify_summary(scheme: &Scheme, summary: Summary, aggregate: &[u8]) -> Result<(), Reject> {
    let (rate, body) = parts(scheme, aggregate)?;
    verify_body(Statement::of_summary(scheme, summary, rate)?, body)
}

/// The body of an aggregate that is a list of signatures.
fn list<'a>(scheme: &Scheme, aggregate: &'a [u8]) -> Result<Option<&'a [u8]>, Reject> {
    let [b's', b'h', b'f', b'p', 3, id, rate, 0, ref list @ ..] = *aggregate else {
        return Ok(None);
    };
    let fits = list.len().is_multiple_of(signatures::bytes(scheme));
    if id != scheme.id || rate != 0 || aggregate.len() > 4 << 20 || !fits {
        return Err(Reject::Header);
    }
    Ok(Some(list))
}

/// The rate and the body of an aggregate that is a proof.
fn parts<'a>(scheme: &Scheme, aggregate: &'a [u8]) -> Result<(usize, &'a [u8]), Reject> {
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
    Ok((rate.into(), body))
}

/// Verifies the body of an aggregate.
fn verify_body(statement: Statement, body: &[u8]) -> Result<(), Reject> {
    let mut transcript = Transcript::new(body);
    let commitment = statement.commitment(&mut transcript)?;
    let claim = statement.reductions(&mut transcript)?;
    whir::verify_opening(&statement.parameters, commitment, claim, &mut transcript)?;
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
    Stacking::of_lanes(scheme, lanes, carries, rate).map(|(_, parameters)| parameters)
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
    let claim = statement.reductions(&mut transcript)?;
    let forger = transcript.forger.ok_or(Reject::Challenge)?;
    Ok(Forgery {
        events: forger.events,
        checks: forger.checks,
        claim: (claim.point, claim.value),
    })
}

/// Everything that follows from the claims and the rate.
struct Statement {
    summary: Summary,
    rate: usize,
    shape: Shape,
    stacking: Stacking,
    parameters: Parameters,
}

impl Statement {
    fn new(scheme: &Scheme, groups: &[Group], rate: usize) -> Result<Self, Reject> {
        Self::of_summary(scheme, Summary::new(scheme, groups)?, rate)
    }

    fn of_summary(scheme: &Scheme, summary: Summary, rate: usize) -> Result<Self, Reject> {
        let shape = Shape::new(*scheme, statement::lanes(scheme, &summary.groups));
        let (stacking, parameters) =
            Stacking::of_lanes(scheme, shape.lanes.len(), shape.carries, rate)?;
        Ok(Self {
            summary,
            rate,
            shape,
            stacking,
            parameters,
        })
    }

    /// Binds the transcript to the statement, and reads the commitment.
    fn commitment(&self, transcript: &mut Transcript) -> Result<Commitment, Reject> {
        self.summary.absorb(self.rate, transcript);
        whir::receive_first(&self.parameters, transcript)
    }

    /// Reduces the statement to one evaluation of the committed polynomial.
    fn reductions(&self, transcript: &mut Transcript) -> Result<Claim, Reject> {
        let shape = &self.shape;

        // Every chain ends where it should.
        let (beta, alpha) = (transcript.challenge(), transcript.challenge());
        if coefficients(alpha)[1..].iter().all(|&c| c == F::ZERO) {
            return Err(Reject::Challenge);
        }
        let lane_point = transcript.point(shape.log_lanes);
        let root = LeafClaim::root(lane_point, EF::ZERO, transcript.element("fractions/root")?);
        let leaf = fractions::verify(root, shape.log_leaves, Reject::ChainEnds, transcript)?;

        // Everything else that is not a permutation.
        let ends = ChainEnds { beta, alpha };
        let open = constraints::verify(shape, &self.summary.fin, &ends, &leaf, transcript)?;

        // The permutations.
        let theta = transcript.challenge();
        let inputs = permutations::verify(shape.tables, open.outputs(theta), transcript)?;

        // All that is open is about the columns.
        let challenge = transcript.challenge();
        let mut claims = open.columns;
        claims.extend(wiring::input_claims(shape, &inputs));
        let joined = form::join(&claims, challenge);
        let evaluation = columns::verify(shape.log_columns, shape.log_lanes, &joined, transcript)?;
        let point = (&evaluation.column_point, &evaluation.lane_point);
        Ok(Claim {
            point: self.stacking.point(point.0, point.1),
            value: evaluation.value,
        })
    }
}
