//! The verifier.

use sheaf_argument::{columns, permutation};
use sheaf_pcs as pcs;
use sheaf_program::layout::COLUMN_BITS;
use sheaf_program::{Program, Tag};
use sheaf_transcript::counting::{Cost, Counting};
use sheaf_transcript::{Channel, VerifierTranscript};

use crate::checks::{Check, applies};
use crate::error::VerifyError;
use crate::functional::Functional;
use crate::inputs::Inputs;
use crate::live;
use crate::permutations::{output_claim, permuted, shape};
use crate::setup::Setup;
use crate::statement::Statement;
use crate::{constraints, forms, messages};

/// Verifies that `program` derives the public tuple of the statement: that it has run, with these arguments and results.
///
/// Balanced messages mean that if the program keeps its conditions ([`Program::check`]) and the tuple is one of its entry, and both are
/// looked at here. Whoever verifies many proofs of one program may look once, and call [`verify_balance`].
/// No input makes it panic, and it starts no thread.
///
/// # Errors
/// If the program violates a condition, the public tuple is not one of an entry, or the proof is not valid for exactly this program, statement and set-up.
pub fn verify(
    setup: &Setup,
    program: &Program,
    statement: &Statement,
    proof: &[u8],
) -> Result<(), VerifyError> {
    check_program(program, statement)?;
    program.check()?;
    if statement.public().first() != Some(&Tag::ENTRY.element().into()) {
        return Err(VerifyError::Entry);
    }
    verify_proof(setup, program, statement, proof)
}

/// Verifies that there are rows of `program` whose messages cancel against the public tuple of the statement.
///
/// By itself that means nothing: see [`verify`].
///
/// # Errors
/// If the proof is not valid for exactly this program, statement and set-up.
pub fn verify_balance(
    setup: &Setup,
    program: &Program,
    statement: &Statement,
    proof: &[u8],
) -> Result<(), VerifyError> {
    check_program(program, statement)?;
    verify_proof(setup, program, statement, proof)
}

fn check_program(program: &Program, statement: &Statement) -> Result<(), VerifyError> {
    if program.header() == statement.header() && program.id() == *statement.id() {
        Ok(())
    } else {
        Err(VerifyError::Program)
    }
}

/// As [`verify_balance`], of the program that the statement is about.
pub(crate) fn verify_proof(
    setup: &Setup,
    program: &Program,
    statement: &Statement,
    proof: &[u8],
) -> Result<(), VerifyError> {
    let mut channel = VerifierTranscript::new(proof);
    let _ = reduce(setup, statement, |x| x.evaluate(program), &mut channel)?;
    let end = channel.finish();
    if applies(Check::End) {
        end?;
    }
    Ok(())
}

/// Verifies that messages balance, and counts what that takes beside the identity of the program.
///
/// # Errors
/// As [`verify_balance`].
pub fn verification_cost(
    setup: &Setup,
    program: &Program,
    statement: &Statement,
    proof: &[u8],
) -> Result<Cost, VerifyError> {
    check_program(program, statement)?;
    let mut channel = Counting::new(VerifierTranscript::new(proof));
    let _ = reduce(setup, statement, |x| x.evaluate(program), &mut channel)?;
    let cost = channel.cost();
    channel.finish()?;
    Ok(cost)
}

/// The verifier, which knows of the program its identity and its header.
///
/// `evaluate` says what the functional of the coefficients is: its value, or a claim about it, which then stands or falls with the proof. The caller ends the channel.
///
/// # Errors
/// If the proof is not valid for exactly this statement, set-up and value of the functional, which is handed out.
pub fn reduce<C: Channel>(
    setup: &Setup,
    statement: &Statement,
    evaluate: impl FnOnce(&Functional<C::Extension>) -> C::Extension,
    channel: &mut C,
) -> Result<Functional<C::Extension>, VerifyError> {
    if !setup.fits(statement) {
        return Err(VerifyError::Setup);
    }
    let rows = statement.rows();
    let parameters = setup.parameters();
    let permutations = shape(statement.header(), rows);

    // 1. The statement, and the cells.
    statement.absorb(setup.log_inv_rate(), channel);
    let commitment = pcs::receive_commitment(parameters, channel)?;

    // 2. Messages.
    let messages = messages::verify(rows, statement.public(), channel)?;

    // 3. Constraints.
    let claims = constraints::verify(messages, channel)?;

    // 4. Forms.
    let (shares, functional) = forms::verify(
        statement,
        &claims,
        permutations.is_some(),
        evaluate,
        channel,
    )?;

    // 5. Permutations.
    let inputs = match (&permutations, shares.outputs) {
        (Some(shape), Some(outputs)) => {
            let (point, _) = permuted(rows, &shares.row_point);
            let claim = output_claim(shape, rows, point, &shares.output_weights(), outputs);
            Some(permutation::verify::verify(shape, claim, channel)?)
        }
        _ => None,
    };

    // 6. Inputs and cells.
    let delta = channel.sample();
    let points = (&shares.column_point[..], &shares.row_point[..]);
    let inputs = Inputs::new(rows, points, shares.cells, inputs.as_ref(), delta);
    let evaluation = columns::verify::verify(
        rows.log_rows(),
        COLUMN_BITS,
        inputs.value,
        |row_point, column_point| inputs.weight_at(row_point, column_point),
        channel,
    )?;

    // Opening.
    let opening = live::claim(
        &evaluation.column_point,
        &evaluation.lane_point,
        evaluation.value,
    );
    pcs::verify_opening(parameters, commitment, &[opening], channel)?;
    Ok(functional)
}
