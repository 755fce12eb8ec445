//! Rounds of sumcheck that bind the variables of an oracle, or of the last polynomial.

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_pcs::messages::{FINAL_SUMCHECK, FOLD_GRINDING, SUMCHECK};
use sheaf_program::builder::{Base, Builder, Digest, Loop, Row, Word};
use sheaf_program::{E, F};
use sheaf_transcript::{EXTENSION_DEGREE, Label};

use super::grinding::Grinding;
use super::numbers::{Words, offset};
use crate::transcript::{permute, with_message, words};

/// Coefficients of a round polynomial.
const DEGREE: usize = 2;
/// Elements of a message.
const LENGTH: usize = DEGREE * EXTENSION_DEGREE;

/// Variables that remain, where the next challenge goes, the running hash of a message, difficulty; capacity, claim.
type State = ([Base; 4], Digest, Word);

/// The loop over rounds.
pub(super) struct Rounds {
    rounds: Loop<State>,
}

impl Rounds {
    pub(super) fn new(builder: &mut Builder, memory: &Words, grinding: &Grinding) -> Self {
        let rounds = builder.looping::<State>("round", |state| state[0] == F::ZERO);
        let is_plain = |state: &[F]| state[3] == F::ZERO;
        builder.step_if(
            &rounds,
            "without proof of work",
            is_plain,
            |row, (numbers, capacity, claim)| {
                row.permute_idly();
                row.assert_equal(&numbers[3], &Base::zero(), "there is a proof of work");
                let message = message(row);
                let count = Base::number(LENGTH as u32);
                let drawn = permute(row, &capacity, &count, &numbers[2], &message);
                next(row, memory, numbers, &claim, &message, drawn)
            },
        );
        builder.step_if(
            &rounds,
            "with proof of work",
            move |state| !is_plain(state),
            |row, (numbers, capacity, claim)| {
                row.permute_idly();
                let message = message(row);
                let count = Base::number(LENGTH as u32);
                let frame = (&capacity, &count, &numbers[2]);
                let (capacity, messages, nonce) =
                    grinding.check(row, FOLD_GRINDING, &numbers[3], frame, &message);
                let drawn = permute(row, &capacity, &Base::number(1), &messages, &[nonce]);
                next(row, memory, numbers, &claim, &message, drawn)
            },
        );
        Self { rounds }
    }

    /// Binds the variables of an oracle; challenges go to `to` and behind it.
    #[track_caller]
    pub(super) fn fold(
        &self,
        row: &mut Row,
        variables: &Base,
        to: &Base,
        bits: &Base,
        state: (&Digest, &Word),
    ) -> (Digest, Word) {
        self.run(row, SUMCHECK, [variables, to, bits], state)
    }

    /// Binds the variables of the last polynomial.
    #[track_caller]
    pub(super) fn last(
        &self,
        row: &mut Row,
        variables: &Base,
        to: &Base,
        state: (&Digest, &Word),
    ) -> (Digest, Word) {
        self.run(row, FINAL_SUMCHECK, [variables, to, &Base::zero()], state)
    }

    #[track_caller]
    fn run(
        &self,
        row: &mut Row,
        label: Label,
        [variables, to, bits]: [&Base; 3],
        (capacity, claim): (&Digest, &Word),
    ) -> (Digest, Word) {
        let messages = with_message(&Base::zero(), label, &Base::number(LENGTH as u32));
        let numbers = |variables: &Base, to: &Base| {
            [
                variables.clone(),
                to.clone(),
                messages.clone(),
                bits.clone(),
            ]
        };
        let start = (numbers(variables, to), capacity.clone(), claim.clone());
        row.run_to(
            &self.rounds,
            &start,
            |(capacity, claim): &(Digest, Word)| {
                let end = numbers(&Base::zero(), &(to + variables));
                (end, capacity.clone(), claim.clone())
            },
        )
    }
}

#[track_caller]
fn message(row: &mut Row) -> Vec<Base> {
    (0..LENGTH).map(|_| row.advice()).collect()
}

/// The claim about the value at the challenge: `(claim - c_1 - c_2) / 2 + x (c_1 + x c_2)`.
#[track_caller]
fn next<const N: usize>(
    row: &mut Row,
    memory: &Words,
    [remaining, to, messages, bits]: [Base; 4],
    claim: &Word,
    message: &[Base],
    (capacity, outputs): (Digest, [Base; N]),
) -> State {
    let coefficients = words(message);
    let x = &words(&outputs)[0];
    row.write(memory, &to, x);
    let [linear, quadratic] = [&coefficients[0], &coefficients[1]];
    let constant = (&(claim - linear) - quadratic).times(E::TWO.inverse());
    let inner = row.word_products(&[(x, quadratic)], linear);
    let claim = row.word_products(&[(x, &inner)], &constant);
    let numbers = [remaining.plus(-1), offset(&to, 1), messages, bits];
    (numbers, capacity, claim)
}
