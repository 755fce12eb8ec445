//! The opening of a commitment, with parameters so weak that mutations pass.
//!
//! In a real proof, proofs of work and hundreds of queries stop every mutation of an opening at its first check. Here a
//! proof is to be had for one bit: no proof of work, a few queries to a few rows. Many a mutation gets as far as the final
//! polynomial, and some are accepted, as they may be. Nothing may panic or exhaust memory on the way.
//!
//! An input is the number of a shape and the bytes of a proof.

use rand::RngExt;
use sheaf_pcs::{
    Claim, Error, Layout, Parameters, commit, open, receive_commitment, verify_opening,
};
use sheaf_transcript::{EF, F, ProverTranscript, VerifierTranscript};

use crate::measure::under_test;
use crate::{Rng, Run, Target, block_rng, bytes, elements};

/// Soundness of the proofs, in bits.
const TARGET_BITS: f64 = 1.0;

/// Inner variables, slice variables, and log of the inverse rate.
const SHAPES: [(usize, usize, usize); 6] = [
    (1, 1, 1),
    (1, 2, 4),
    (2, 3, 2),
    (3, 1, 1),
    (9, 4, 3),
    (12, 2, 2),
];

struct Sample {
    parameters: Parameters,
    claims: Vec<Claim>,
    proof: Vec<u8>,
}

/// The target.
pub struct Commitment {
    samples: Vec<Sample>,
}

impl Commitment {
    /// Proves an opening of each shape.
    ///
    /// # Panics
    /// If there are no parameters for a shape.
    #[must_use]
    pub fn new() -> Self {
        let samples = SHAPES.map(|(inner_variables, slice_variables, log_inv_rate)| {
            let live = (1usize << slice_variables) - 1;
            let layout = Layout::prefix(inner_variables, slice_variables, live);
            let parameters = Parameters::new(&layout, log_inv_rate, TARGET_BITS, 2)
                .expect("every shape has parameters");
            let mut rng = block_rng(0, "commitment", inner_variables as u64);
            // Zero has the value zero everywhere.
            let cells = vec![F::default(); layout.height() * layout.width()];
            let claims: Vec<Claim> = (0..2)
                .map(|_| Claim {
                    point: (0..layout.variables()).map(|_| random(&mut rng)).collect(),
                    value: EF::default(),
                })
                .collect();
            let mut transcript = ProverTranscript::new();
            let committed = commit(&parameters, cells, &mut transcript);
            open(&parameters, committed, &claims, &mut transcript);
            Sample {
                parameters,
                claims,
                proof: transcript.into_bytes(),
            }
        });
        Self {
            samples: samples.into(),
        }
    }
}

impl Default for Commitment {
    fn default() -> Self {
        Self::new()
    }
}

impl Sample {
    fn verify(&self, proof: &[u8]) -> Result<(), Error> {
        let parameters = &self.parameters;
        let mut transcript = VerifierTranscript::new(proof);
        let commitment = receive_commitment(parameters, &mut transcript)?;
        verify_opening(parameters, commitment, &self.claims, &mut transcript)?;
        Ok(transcript.finish()?)
    }
}

impl Target for Commitment {
    fn name(&self) -> &'static str {
        "commitment"
    }

    fn block(&self) -> u64 {
        256
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        let shape = rng.random_range(0..self.samples.len());
        let mut proof = self.samples[shape].proof.clone();
        let other = &self.samples[rng.random_range(0..self.samples.len())].proof;
        for _ in 0..bytes::pick(rng, &[1, 1, 2, 3]) {
            if proof.len().is_multiple_of(4) && rng.random_range(0..8) != 0 {
                elements::mutate(rng, &mut proof, 0, 0..usize::MAX, other);
            } else {
                bytes::mutate(rng, &mut proof, std::slice::from_ref(other));
            }
        }
        proof.insert(0, shape as u8);
        proof
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let sample = input.split_first().and_then(|(&shape, proof)| {
            let sample = self.samples.get(usize::from(shape))?;
            Some((sample, proof))
        });
        let Some((sample, proof)) = sample else {
            return Err("the input is not one of this target".to_owned());
        };
        let verified = under_test(input.len(), || sample.verify(proof))?;
        let refused = match verified.value {
            Ok(()) => None,
            Err(error) if proof == sample.proof => {
                return Err(format!("an honest proof is refused: {error}"));
            }
            Err(Error::Transcript(_)) => Some("transcript".into()),
            Err(error) => Some(error.to_string().into()),
        };
        Ok(Run {
            refused,
            peak: verified.peak,
        })
    }
}

fn random(rng: &mut Rng) -> EF {
    sheaf_transcript::field::from_coefficients(std::array::from_fn(|_| {
        F::new(rng.random_range(0..elements::P))
    }))
}
