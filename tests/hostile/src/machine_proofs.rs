//! Proofs of runs of programs, under hostile statements and bytes.
//!
//! An input is the encoding of a proof with its statement. The verifier knows some programs, by their identities, and for each the public tuple
//! that it wants to see proven.

use std::borrow::Cow;

use rand::RngExt;
use sheaf::HEADER_BYTES;
use sheaf_executor::{Executor, Input};
use sheaf_guests::{Case, membership, poseidon_chain, sorting};
use sheaf_machine::{FormatError, Proof, Scratch, Setup, VerifyError, prove, verify};
use sheaf_program::builder::Executable;
use sheaf_program::{E, Id, Program};

use crate::bytes;
use crate::decoders::mutated;
use crate::measure::under_test;
use crate::{Rng, Run, Target};

/// The logarithm of the inverse rate of all samples.
const RATE: usize = 2;

struct Sample {
    program: Program,
    id: Id,
    public: Vec<E>,
    input: Vec<u8>,
    /// Bytes of the input before the messages.
    statement: usize,
}

/// The target.
pub struct MachineProofs {
    samples: Vec<Sample>,
}

impl MachineProofs {
    /// Proves runs of a few programs.
    ///
    /// # Panics
    /// If they can't be proved, or are refused.
    #[must_use]
    pub fn new() -> Self {
        let samples = [
            (poseidon_chain::program(), poseidon_chain::case(20)),
            (membership::program(), membership::case(5)),
            (sorting::program(), sorting::case(&[7, 5, 9])),
        ];
        let samples = samples.into_iter();
        let mut target = Self {
            samples: samples
                .map(|(executable, case)| sample(executable, &case))
                .collect(),
        };
        for number in 0..target.samples.len() {
            let input = target.samples[number].input.clone();
            let run = target.run(&input).expect("no promise is broken");
            assert_eq!(run.refused, None, "an honest proof is accepted");
        }
        target
    }

    /// Why a proof is refused.
    fn verdict(&self, proof: &Proof) -> Result<(), &'static str> {
        let statement = &proof.statement;
        let mut samples = self.samples.iter();
        let sample = samples
            .find(|sample| sample.id == *statement.id())
            .ok_or("identity")?;
        if statement.public() != sample.public {
            return Err("public tuple");
        }
        let setup = Setup::new(statement, proof.log_inv_rate).map_err(|_| "set-up")?;
        verify(&setup, &sample.program, statement, &proof.body).map_err(|error| name(&error))
    }
}

impl Default for MachineProofs {
    fn default() -> Self {
        Self::new()
    }
}

fn sample(executable: Executable, case: &Case) -> Sample {
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 16,
    };
    let outcome = Executor::new(&executable).run(input).expect("a run");
    let program = executable.program;
    let scratch = &mut Scratch::default();
    let proof = prove(&program, &outcome.run, RATE, scratch, |_| Ok(())).expect("a proof");
    Sample {
        id: program.id(),
        public: proof.statement.public().to_vec(),
        statement: proof.to_bytes().len() - proof.body.len(),
        input: proof.to_bytes(),
        program,
    }
}

impl Target for MachineProofs {
    fn name(&self) -> &'static str {
        "machine"
    }

    fn block(&self) -> u64 {
        64
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        let inputs: Vec<Vec<u8>> = self.samples.iter().map(|s| s.input.clone()).collect();
        if rng.random_range(0..4) > 0 {
            // Whatever the statement, it has whole elements.
            return mutated(rng, &inputs, HEADER_BYTES);
        }
        // A hostile statement before the messages of an honest proof.
        let sample = &self.samples[rng.random_range(0..self.samples.len())];
        let (statement, body) = sample.input.split_at(sample.statement);
        let mut input = statement.to_vec();
        bytes::mutate(rng, &mut input, &inputs);
        input.extend(body);
        input
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let decoded = under_test(input.len(), || Proof::from_bytes(input))?;
        let proof = match decoded.value {
            Ok(proof) if proof.to_bytes() == input => proof,
            Ok(_) => return Err("the decoder accepts another encoding than its own".to_owned()),
            Err(error) => {
                return Ok(Run {
                    refused: Some(Cow::Borrowed(format_name(&error))),
                    peak: decoded.peak,
                });
            }
        };
        let verified = under_test(input.len(), || self.verdict(&proof))?;
        if verified.value.is_ok() && self.samples.iter().all(|sample| sample.input != input) {
            return Err("a proof is accepted that nobody has made".to_owned());
        }
        Ok(Run {
            refused: verified.value.err().map(Cow::Borrowed),
            peak: decoded.peak.max(verified.peak),
        })
    }
}

fn format_name(error: &FormatError) -> &'static str {
    match error {
        FormatError::TooLong { .. } => "too long",
        FormatError::Truncated { .. } => "truncated",
        FormatError::Magic => "magic",
        FormatError::Version { .. } => "version",
        FormatError::Kind { .. } => "kind",
        FormatError::Machine { .. } => "machine's version",
        FormatError::Rate { .. } => "rate",
        FormatError::Statement(_) => "statement",
        FormatError::Element { .. } => "element",
        FormatError::Length { .. } => "length",
        _ => "other",
    }
}

fn name(error: &VerifyError) -> &'static str {
    if error.transcript().is_some() {
        return "transcript";
    }
    match error {
        VerifyError::Program => "program",
        VerifyError::Root => "root",
        VerifyError::Balance => "balance",
        VerifyError::Messages(_) => "messages",
        VerifyError::Product => "product",
        VerifyError::Shares => "shares",
        VerifyError::Permutations(_) => "permutations",
        VerifyError::Inputs(_) => "inputs",
        VerifyError::Commitment(_) => "commitment",
        _ => "other",
    }
}
