//! The tape of a proof about signatures.

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::{Setup, Statement, Summary, VerifyError, verify_summary};
use sheaf_pcs::messages::STATEMENT;
use sheaf_program::F;
use sheaf_xmss::tweak;

use crate::tape::Recorder;

/// What [`Leaf::verify`](super::Leaf::verify) takes from the tape for a proof about the first group of a statement, up to where the native verifier stops, and what
/// that says.
///
/// `summary` is that of the statement.
pub fn tape(
    setup: &Setup,
    statement: &Statement,
    summary: &Summary,
    proof: &[u8],
) -> (Vec<F>, Result<(), VerifyError>) {
    let mut tape = vec![F::from_usize(setup.log_inv_rate())];
    if let Some(group) = statement.groups().first() {
        tape.extend([group.slot & 0xffff, group.slot >> 16].map(F::from_u32));
        tape.push(F::from_usize(group.keys.len()) - F::ONE);
        tape.extend(tweak::message_digits(&group.message));
    }
    tape.extend(summary.capacities().as_flattened());
    let mut recorder = Recorder::new(proof, &[STATEMENT]);
    let verified = verify_summary(setup, summary, &mut recorder);
    let (messages, end) = recorder.finish();
    tape.extend(messages);
    let verified = match verified {
        Ok(_) => end.map_err(VerifyError::from),
        Err(error) => Err(error),
    };
    (tape, verified)
}
