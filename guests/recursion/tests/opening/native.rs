//! Proofs of random polynomials, and what the native verifier says of them.

use p3_field::PrimeCharacteristicRing;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use sheaf_pcs::messages::STATEMENT;
use sheaf_pcs::parameters::Round;
use sheaf_pcs::{
    Claim, Error, Layout, Parameters, commit, open, receive_commitment, verify_opening,
};
use sheaf_program::F;
use sheaf_recursion_guest::tape::Recorder;
use sheaf_sumcheck::eq;
use sheaf_transcript::field::{ORDER, coefficients, from_coefficients};
use sheaf_transcript::{EF, Label, ProverTranscript, Transcript};

/// What the transcript absorbs before the commitment.
pub(crate) const BEFORE: Label = Label::new("before");
pub(crate) const PREFIX: [u32; 4] = [7, 77, 777, 7777];
/// What it absorbs after the opening.
pub(crate) const END: Label = Label::new("end");

pub(crate) struct Case {
    pub(crate) parameters: Parameters,
    pub(crate) claim: Claim,
    pub(crate) proof: Vec<u8>,
}

/// A proof about a random polynomial. Rounds are slice and inner variables, rate and queries, difficulty of folding challenges and of queries.
pub(crate) fn case(layout: &Layout, rounds: &[[usize; 6]]) -> Case {
    let rounds = rounds.iter().enumerate().map(|(i, &numbers)| {
        let [
            slice_variables,
            inner_variables,
            log_inv_rate,
            queries,
            fold_grinding,
            query_grinding,
        ] = numbers;
        Round {
            row_elements: if i == 0 {
                layout.width()
            } else {
                5 << slice_variables
            },
            slice_variables,
            inner_variables,
            log_inv_rate,
            slack: 4,
            fold_grinding,
            queries,
            query_grinding,
        }
    });
    let parameters = Parameters::from_rounds(layout, 1, rounds.collect()).unwrap();
    prove(parameters)
}

pub(crate) fn prove(parameters: Parameters) -> Case {
    let layout = parameters.layout();
    let mut rng = SmallRng::seed_from_u64(7);
    let mut element = || F::from_u32(rng.random_range(0..ORDER));
    let point: Vec<EF> = (0..layout.variables())
        .map(|_| from_coefficients(core::array::from_fn(|_| element())))
        .collect();
    let cells: Vec<F> = (0..layout.height() * layout.width())
        .map(|_| element())
        .collect();
    let value = evaluate(layout, &cells, &point);
    let claim = Claim { point, value };
    let mut transcript = ProverTranscript::new();
    transcript.absorb(BEFORE, &PREFIX.map(F::from_u32));
    let committed = commit(&parameters, cells, &mut transcript);
    let _: EF = transcript.sample();
    let claims = std::slice::from_ref(&claim);
    open(&parameters, committed, claims, &mut transcript);
    Case {
        proof: transcript.into_bytes(),
        parameters,
        claim,
    }
}

/// The value at a point, from the definition.
fn evaluate(layout: &Layout, cells: &[F], point: &[EF]) -> EF {
    let outer = eq::table(&point[..layout.slice_variables]);
    let inner = eq::table(&point[layout.slice_variables..]);
    let rows = cells.chunks_exact(layout.width());
    rows.zip(inner)
        .map(|(row, weight)| {
            let row = row.iter().zip(&layout.live).map(|(&x, &s)| outer[s] * x);
            weight * row.sum::<EF>()
        })
        .sum()
}

/// The tape of a proof, and what is drawn after the opening or why it is rejected.
pub(crate) fn verify(case: &Case, proof: &[u8]) -> (Vec<F>, Result<EF, Error>) {
    let Claim { point, value } = &case.claim;
    let mut tape: Vec<F> = (point.iter().chain([value]))
        .flat_map(|&x| coefficients(x))
        .collect();
    let mut recorder = Recorder::new(proof, &[STATEMENT]);
    let result = drawn(case, &mut recorder);
    let (rest, end) = recorder.finish();
    tape.extend(rest);
    let result = result.and_then(|drawn| Ok(end.map(|()| drawn)?));
    (tape, result)
}

fn drawn(case: &Case, recorder: &mut Recorder<'_>) -> Result<EF, Error> {
    recorder.absorb(BEFORE, &PREFIX.map(F::from_u32));
    let commitment = receive_commitment(&case.parameters, recorder)?;
    let _: EF = recorder.sample();
    let claims = std::slice::from_ref(&case.claim);
    verify_opening(&case.parameters, commitment, claims, recorder)?;
    recorder.absorb(END, &[]);
    Ok(recorder.sample())
}
