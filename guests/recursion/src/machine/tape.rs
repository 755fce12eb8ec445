//! The tape of a proof about a run.

use std::cell::Cell;

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::formulas::labels::SIZES;
use sheaf_machine::join::{Seal, seal};
use sheaf_machine::{Functional, Setup, Statement, VerifyError, reduce};
use sheaf_pcs::messages::STATEMENT;
use sheaf_program::identity::header_elements;
use sheaf_program::{E, F, Program, coefficients};

use crate::tape::Recorder;

/// What the native verifier says of a proof: what it leaves open.
#[derive(Clone, Debug)]
pub struct Read {
    /// The functional of the program.
    pub functional: Functional,
    /// Its value.
    pub value: E,
    /// What binds the transcript.
    pub seal: Seal,
}

/// What [`Machine::verify`](super::Machine::verify) takes from the tape for a proof about a run of a program, up to where the native verifier stops, and what that
/// says.
pub fn tape(
    setup: &Setup,
    program: &Program,
    statement: &Statement,
    proof: &[u8],
) -> (Vec<F>, Result<Read, VerifyError>) {
    let value = Cell::new(E::ZERO);
    let mut recorder = Recorder::new(proof, &[SIZES, STATEMENT]);
    let evaluate = |functional: &Functional| {
        value.set(functional.evaluate(program));
        value.get()
    };
    let reduced = reduce(setup, statement, evaluate, &mut recorder);
    let read = reduced.map(|functional| Read {
        functional,
        value: value.get(),
        seal: seal(&mut recorder),
    });
    let (messages, end) = recorder.finish();
    let mut tape = coefficients(value.get()).to_vec();
    tape.extend(header_elements(statement.header()));
    tape.extend(program.coefficient_digest());
    tape.extend(messages);
    let read = read.and_then(|read| end.map(|()| read).map_err(VerifyError::from));
    (tape, read)
}
