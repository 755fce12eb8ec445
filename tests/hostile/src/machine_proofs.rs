//! Proofs of runs of programs, under hostile counts, live slices and bytes.
//!
//! An input is the number of a sample, the sizes that a prover chooses and the bytes of a proof:
//! `sample u8 ‖ instances u32 ‖ log of a block u32 ‖ zone B's counts, u32 each ‖ live slices 12 ‖ proof`.

use std::borrow::Cow;

use rand::RngExt;
use sheaf_executor::{Executor, Input};
use sheaf_guests::{Case, membership, poseidon_chain, sorting};
use sheaf_machine::{Live, STAIRS, Scratch, Setup, Statement, VerifyError, prove, verify};
use sheaf_program::builder::Executable;
use sheaf_program::{Counts, E, Program};

use crate::decoders::mutated;
use crate::measure::under_test;
use crate::{Rng, Run, Target};

/// The logarithm of the inverse rate of all samples.
const RATE: usize = 2;

struct Sample {
    program: Program,
    public: Vec<E>,
    input: Vec<u8>,
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
        let samples = samples.into_iter().enumerate();
        let mut target = Self {
            samples: samples
                .map(|(number, (executable, case))| sample(number as u8, executable, &case))
                .collect(),
        };
        for number in 0..target.samples.len() {
            let input = target.samples[number].input.clone();
            let run = target.run(&input).expect("no promise is broken");
            assert_eq!(run.refused, None, "an honest proof is accepted");
        }
        target
    }
}

impl Default for MachineProofs {
    fn default() -> Self {
        Self::new()
    }
}

fn sample(number: u8, executable: Executable, case: &Case) -> Sample {
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 16,
    };
    let outcome = Executor::new(&executable).run(input).expect("a run");
    let program = executable.program;
    let scratch = &mut Scratch::default();
    let proof = prove(&program, &outcome.run, RATE, scratch, |_| Ok(())).expect("a proof");
    let statement = &proof.statement;
    let counts = statement.counts();
    let mut input = vec![number];
    let numbers = [counts.instances, counts.log_block];
    for number in numbers.iter().chain(&counts.zone_b) {
        input.extend(number.to_le_bytes());
    }
    input.extend(statement.live().0);
    input.extend(&proof.body);
    Sample {
        program,
        public: statement.public().to_vec(),
        input,
    }
}

/// What an input says, if it is long enough to say anything.
struct Parsed<'a> {
    sample: &'a Sample,
    counts: Counts,
    live: Live,
    proof: &'a [u8],
}

impl MachineProofs {
    fn parse<'a>(&'a self, input: &'a [u8]) -> Option<Parsed<'a>> {
        let (&number, mut rest) = input.split_first()?;
        let sample = self.samples.get(usize::from(number))?;
        let mut next = || {
            let (number, others) = rest.split_first_chunk()?;
            rest = others;
            Some(u32::from_le_bytes(*number))
        };
        let (instances, log_block) = (next()?, next()?);
        let kinds = sample.program.header().kinds_b();
        let zone_b = (0..kinds).map(|_| next()).collect::<Option<_>>()?;
        let (live, proof) = rest.split_first_chunk::<STAIRS>()?;
        Some(Parsed {
            sample,
            counts: Counts {
                instances,
                log_block,
                zone_b,
            },
            live: Live(*live),
            proof,
        })
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
        let head = 1 + 4 * (2 + self.samples[0].program.header().kinds_b()) + STAIRS;
        let mut input = mutated(rng, &inputs, head);
        // A sample that there is gets further.
        if rng.random()
            && let Some(number) = input.first_mut()
        {
            *number %= self.samples.len() as u8;
        }
        input
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let refused = |why: &'static str| Some(Cow::Borrowed(why));
        let Some(parsed) = self.parse(input) else {
            return Ok(Run {
                refused: refused("too short"),
                peak: 0,
            });
        };
        let Parsed {
            sample,
            counts,
            live,
            proof,
        } = parsed;
        let program = &sample.program;
        let verified = under_test(input.len(), || {
            let public = sample.public.clone();
            let Ok(statement) = Statement::new(program, counts, live, public) else {
                return Some("statement");
            };
            let Ok(setup) = Setup::new(&statement, RATE) else {
                return Some("set-up");
            };
            verify(&setup, program, &statement, proof)
                .err()
                .map(|error| name(&error))
        })?;
        if verified.value.is_none() && input != sample.input {
            return Err("a proof is accepted that nobody has made".to_owned());
        }
        Ok(Run {
            refused: verified.value.map(Cow::Borrowed),
            peak: verified.peak,
        })
    }
}

fn name(error: &VerifyError) -> &'static str {
    if error.transcript().is_some() {
        return "transcript";
    }
    match error {
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
