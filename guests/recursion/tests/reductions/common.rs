//! What tests of reductions share: a channel that counts, and runs that are checked.

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{ExecuteError, Executor, Input, Outcome, Problem};
use sheaf_program::F;
use sheaf_program::builder::{Base, Executable, Memory, Row, Word};
use sheaf_transcript::field::from_coefficients;
use sheaf_transcript::{Channel, EF, Label, Transcript, TranscriptError, VerifierTranscript};

/// A channel that counts the elements that a verifier has received.
pub(crate) struct Counting<'a> {
    pub(crate) transcript: VerifierTranscript<'a>,
    pub(crate) received: usize,
}

impl Transcript for Counting<'_> {
    type Extension = EF;

    fn absorb(&mut self, label: Label, values: &[F]) {
        self.transcript.absorb(label, values);
    }

    fn sample(&mut self) -> EF {
        self.transcript.sample()
    }

    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        self.transcript.sample_indices(count, bits)
    }
}

impl Channel for Counting<'_> {
    fn receive_base(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        self.received += count;
        self.transcript.receive_base(label, count)
    }

    fn hint(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        self.received += count;
        self.transcript.hint(label, count)
    }

    fn check_grind(&mut self, label: Label, bits: usize) -> Result<(), TranscriptError> {
        self.transcript.check_grind(label, bits)
    }
}

/// What a native verifier says of a proof, with the number of elements that it has received by then.
pub(crate) fn native<T>(proof: &[F], verify: impl FnOnce(&mut Counting<'_>) -> T) -> (T, usize) {
    let bytes = VerifierTranscript::encode(proof);
    let transcript = VerifierTranscript::new(&bytes);
    let mut channel = Counting {
        transcript,
        received: 0,
    };
    let result = verify(&mut channel);
    (result, channel.received)
}

/// Runs a program.
pub(crate) fn run(
    executable: &Executable,
    arguments: &[F],
    advice: &[F],
) -> Result<Outcome, Box<ExecuteError>> {
    let input = Input {
        arguments,
        advice,
        max_rows: 100_000,
    };
    Executor::new(executable).run(input).map_err(Box::new)
}

/// Runs a program on a whole tape; its rows satisfy their constraints.
pub(crate) fn run_to_end(executable: &Executable, arguments: &[F], advice: &[F]) -> Outcome {
    let outcome = run(executable, arguments, advice).unwrap_or_else(|error| panic!("{error}"));
    outcome.run.check(&executable.program).unwrap();
    assert_eq!(outcome.advice_used, advice.len());
    outcome
}

/// There is no run, since an assertion fails after so many elements of the tape: not before them, and without any more of them. Returns what the assertion
/// says.
pub(crate) fn fails_after(
    executable: &Executable,
    arguments: &[F],
    advice: &[F],
    elements: usize,
) -> String {
    let problem = |length: usize| {
        let error = run(executable, arguments, &advice[..length]).unwrap_err();
        error.problem
    };
    let length = elements - 1;
    assert_eq!(problem(length), Problem::Advice { length });
    match problem(elements) {
        Problem::Assertion { message } => message,
        other => panic!("{other}"),
    }
}

/// Elements of the extension.
pub(crate) fn elements(seed: usize, count: usize) -> Vec<EF> {
    let element = |i: usize| {
        let x = F::from_usize(seed + 31 * i + 7);
        from_coefficients(std::array::from_fn(|k| x.exp_u64(3 + 2 * k as u64)))
    };
    (0..count).map(element).collect()
}

/// A sum in which every word counts, of native elements.
pub(crate) fn checksum(elements: &[EF]) -> EF {
    let weigh = |sum: EF, &x: &EF| sum * EF::from_u8(3) + x;
    elements.iter().fold(EF::ZERO, weigh)
}

/// The same of words in memory, from each of these addresses on as many as are said.
pub(crate) fn checksum_of(row: &mut Row, memory: &Memory<Word>, words: &[(Base, usize)]) -> Word {
    let mut sum = Word::constant(EF::ZERO);
    for (address, count) in words {
        for i in (0..).take(*count) {
            let word: Word = row.read(memory, &address.plus(i));
            sum = row.word_products(&[], &(&sum.times(EF::from_u8(3)) + &word));
        }
    }
    sum
}
