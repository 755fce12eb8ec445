//! Hostile bytes: structure-aware mutations and random bytes against every decoder and against `verify`.
//!
//! A [`Target`] makes inputs from a random generator and gives them to the code under test. Each run checks the promises
//! that the library makes about *any* bytes:
//!
//! * no panic (in a build with the profile `hostile` also no overflow and no failed debug assertion);
//! * at no time more than `4 * input + 16 MiB` of allocated memory ([`measure`]);
//! * what a decoder accepts, it encodes to the same bytes again;
//! * `verify` accepts an honest proof for its own claims and nothing else, and takes at most four times as long for any
//!   other bytes.
//!
//! The normal tests run a few thousand inputs per target. `scripts/fuzz` runs the binary of this crate, as long as one
//! likes: see [`campaign`]. Inputs that broke a promise are kept in the directory `regressions`, and the normal tests run
//! them again ([`regressions`]).
//!
//! # How far a mutation gets
//!
//! A verifier stops at its first failing check, and most elements of a proof enter a hash that determines every later
//! challenge. So a mutated element is found by the next check after it, and no check behind that one ever sees mutated
//! data with consistent challenges. Mutations are therefore spread over the whole proof, and half of them are put into the
//! opening, which only a verifier that has accepted everything before reaches ([`opening`]). There, proofs of work stop
//! them; so openings run once more with parameters under which mutations pass ([`commitment`]). What this method can't
//! reach are states that only a prover who recomputes the transcript can bring about.

#![forbid(unsafe_code)]

pub mod bytes;
pub mod campaign;
pub mod commitment;
pub mod decoders;
pub mod elements;
pub mod journal;
pub mod machine_proofs;
pub mod measure;
pub mod opening;
pub mod programs;
pub mod regressions;
pub mod samples;
pub mod shapes;
pub mod verification;

use std::borrow::Cow;

use rand::SeedableRng;

/// The generator of all inputs. Portable: the same seed gives the same inputs everywhere.
pub type Rng = rand::rngs::Xoshiro256PlusPlus;

/// What the code under test said about an input, without breaking a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// `None` if the input was accepted, otherwise the kind of error.
    pub refused: Option<Cow<'static, str>>,
    /// The most bytes that were allocated at one time.
    pub peak: u64,
}

/// Something that takes bytes from strangers.
pub trait Target {
    /// Names the target on the command line and in the names of files.
    fn name(&self) -> &'static str;

    /// How many inputs make up a block, the unit of progress.
    fn block(&self) -> u64;

    /// Makes an input.
    fn input(&mut self, rng: &mut Rng) -> Vec<u8>;

    /// Gives an input to the code under test.
    ///
    /// # Errors
    /// The promise that was broken.
    fn run(&mut self, input: &[u8]) -> Result<Run, String>;
}

/// All targets.
///
/// # Panics
/// If the honest objects that inputs are made from can't be made.
#[must_use]
pub fn targets() -> Vec<Box<dyn Target>> {
    let mut targets = decoders::targets();
    targets.push(Box::new(programs::Programs::new()));
    targets.push(Box::new(shapes::Shapes::new()));
    targets.push(Box::new(journal::Journal::new()));
    targets.push(Box::new(decoders::Aggregation::new()));
    targets.push(Box::new(machine_proofs::MachineProofs::new()));
    targets.push(Box::new(commitment::Commitment::new()));
    targets.push(Box::new(verification::Verification::new()));
    targets
}

/// The generator of one block of inputs of one target.
#[must_use]
pub fn block_rng(seed: u64, target: &str, block: u64) -> Rng {
    // FNV-1a keeps the streams of the targets apart.
    let name = target.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip([seed, name, block, 1]) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    Rng::from_seed(bytes)
}
