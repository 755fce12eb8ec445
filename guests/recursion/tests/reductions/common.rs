//! What tests of reductions share: native verdicts, and runs that are checked.

use p3_field::PrimeCharacteristicRing;
use sheaf_executor::{ExecuteError, Executor, Input, Outcome, Problem};
use sheaf_program::F;
use sheaf_program::builder::{Base, Executable, Memory, Row, Word};
use sheaf_recursion_guest::tape::Recorder;
use sheaf_transcript::field::from_coefficients;
use sheaf_transcript::{EF, VerifierTranscript};

/// What a native verifier says of a proof, with the number of elements that it has received by then.
pub(crate) fn native<T>(proof: &[F], verify: impl FnOnce(&mut Recorder<'_>) -> T) -> (T, usize) {
    let bytes = VerifierTranscript::encode(proof);
    let mut channel = Recorder::new(&bytes, &[]);
    let result = verify(&mut channel);
    let (received, _) = channel.finish();
    (result, received.len())
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
