//! A second verifier, for tests: deliberately naive, and independent of the first.
//!
//! It is written from `docs/protocol.md`, `docs/wire-format.md` and the module
//! documentation, and shares no code with the verifier above the field, the
//! permutations and the choice of the commitment's parameters, which is public data
//! that the transcript binds. Wherever the first verifier has a closed formula,
//! this one writes down a table with one entry per lane, row, slot, column or
//! coefficient, and sums. So it is slow, and reads like the specification.
//!
//! Both must accept the same proofs, and reject all others at the same step.

#![forbid(unsafe_code)]

mod columns;
mod constraints;
mod field;
mod form;
mod fractions;
mod permutations;
mod poseidon;
mod shape;
mod stacking;
mod statement;
mod transcript;
mod whir;
mod wiring;

pub use statement::{Group, PROD, Scheme, TEST};

use constraints::ChainEnds;
use field::{EF, F, coefficients};
use p3_field::PrimeCharacteristicRing;
use shape::Shape;
use stacking::Stacking;
use transcript::Transcript;
use whir::Claim;

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
    /// The last polynomial differs from the last oracle.
    FinalQuery,
    /// The last polynomial has another sum.
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
        1,
        id,
        rate @ 1..=4,
        0,
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
///
/// # Errors
/// If it does not prove the claims.
pub fn verify_body(
    scheme: &Scheme,
    groups: &[Group],
    rate: usize,
    body: &[u8],
) -> Result<(), Reject> {
    let groups = statement::canonical(scheme, groups)?;
    let shape = Shape::new(*scheme, statement::lanes(&groups));
    let (stacking, parameters) = Stacking::choose(&shape, rate)?;
    let mut transcript = Transcript::new(body);

    // Statement and commitment.
    statement::absorb(scheme, rate, &groups, &mut transcript);
    let commitment = whir::receive_first(&parameters, &mut transcript)?;

    // Every chain ends where it should.
    let (beta, alpha) = (transcript.challenge(), transcript.challenge());
    if coefficients(alpha)[1..].iter().all(|&c| c == F::ZERO) {
        return Err(Reject::Challenge);
    }
    let leaf = fractions::verify(shape.log_lanes, shape.log_leaves, &mut transcript)?;

    // Everything else that is not a permutation.
    let ends = ChainEnds { beta, alpha };
    let open = constraints::verify(&shape, &ends, &leaf, &mut transcript)?;

    // The permutations.
    let inputs = permutations::verify(&shape, &open, &mut transcript)?;

    // All that is open is a linear form in the columns, at one of two lane points.
    let challenge = transcript.challenge();
    let forms = [
        form::batch(&open.forms, challenge),
        form::batch(&wiring::input_claims(&shape, &inputs), challenge),
    ];
    let evaluations = columns::verify(shape.log_columns, &forms, &mut transcript)?;

    // Open the committed polynomial at both.
    let claim = |lane_point: &[EF], value: EF| Claim {
        point: stacking.point(&evaluations.column_point, lane_point),
        value,
    };
    let claims = [
        claim(&open.lane_point, evaluations.values[0]),
        claim(&inputs.lane_point, evaluations.values[1]),
    ];
    whir::verify_opening(&parameters, commitment, &claims, &mut transcript)?;
    transcript.end()
}
