//! The decoder of programs for the machine, and what is done with whatever it accepts.

use std::borrow::Cow;

use rand::RngExt;
use sheaf_guests::{fibonacci, membership, sorting};
use sheaf_program::layout::CELLS;
use sheaf_program::{Counts, DecodeError, E, F, Program, Run as ProgramRun};

use crate::decoders::mutated;
use crate::measure::under_test;
use crate::{Rng, Run, Target};

/// Bytes before the first coefficient.
const HEAD: usize = 24;

/// Encoded programs.
pub struct Programs {
    samples: Vec<Vec<u8>>,
}

impl Programs {
    /// Encodes a few programs.
    #[must_use]
    pub fn new() -> Self {
        let programs = [
            fibonacci::program(),
            membership::program(),
            sorting::program(),
        ];
        Self {
            samples: programs.iter().map(|p| p.program.encode()).collect(),
        }
    }
}

impl Default for Programs {
    fn default() -> Self {
        Self::new()
    }
}

impl Target for Programs {
    fn name(&self) -> &'static str {
        "program"
    }

    fn block(&self) -> u64 {
        512
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        let mut input = mutated(rng, &self.samples, HEAD);
        // A length that is right gets further.
        if rng.random() && input.len() > HEAD {
            let words = (input.len() - HEAD) / 4;
            let counts = [words / 2, words / 3, words];
            let count = counts[rng.random_range(0..counts.len())] as u32;
            input[HEAD - 4..HEAD].copy_from_slice(&count.to_le_bytes());
        }
        input
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let decoded = under_test(input.len(), || Program::decode(input))?;
        let peak = decoded.peak;
        let program = match decoded.value {
            Ok(program) => program,
            Err(error) => {
                return Ok(Run {
                    refused: Some(Cow::Borrowed(name(&error))),
                    peak,
                });
            }
        };
        if program.encode() != input {
            return Err("the decoder accepts another encoding than its own".to_owned());
        }
        // Conditions, identity, text and rows of a program mind nothing that it says.
        under_test(64 * input.len(), || {
            let _ = program.check();
            let _ = program.id();
            let _ = program.to_string();
            let kinds = program.header().kinds_b();
            let run = ProgramRun {
                counts: Counts {
                    instances: 3,
                    log_block: 2,
                    zone_b: vec![1; kinds],
                },
                cells: vec![F::new(5); (4 * program.header().kinds_a() + kinds) * CELLS],
                public: vec![E::from(F::new(1))],
            };
            let _ = run.check(&program);
        })?;
        Ok(Run {
            refused: None,
            peak,
        })
    }
}

fn name(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::Magic => "magic",
        DecodeError::Truncated { .. } => "truncated",
        DecodeError::Trailing(_) => "trailing",
        DecodeError::Kinds(_) => "kinds",
        DecodeError::Place { .. } => "place",
        DecodeError::Kind { .. } => "kind",
        DecodeError::Form { .. } => "form",
        DecodeError::Column { .. } => "column",
        DecodeError::Order { .. } => "order",
        DecodeError::Element { .. } => "element",
        DecodeError::Zero { .. } => "zero",
    }
}
