//! The parameters of an opening: taken from the tape, bound by the transcript, and checked.
//!
//! That they are an entry of the table is for the caller to assert. What is asserted here is what the opening relies on: which oracle
//! follows from which, that numbers are in their bounds, and that live slices ascend; and from the numbers follow others, sizes of blocks
//! and groups, which are written for the rest of the opening.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Loop, Row};
use sheaf_transcript::RATE;

use super::constants::{Constants, MAX_BITS};
use super::draws::{BLOCK_WORDS, blocks};
use super::numbers::{Words, divide_up, offset, word, write_five, write_number};
use super::places::{Places, Round};

/// Numbers before those of the rounds, and numbers of a round.
pub(super) const HEADER_NUMBERS: usize = 5;
pub(super) const ROUND_NUMBERS: usize = 7;
/// Largest numbers of live slices have as many bits.
const SLICE_BITS: usize = 8;

/// What is said of all oracles.
pub(super) struct Description {
    pub(super) variables: Base,
    pub(super) slice_variables: Base,
    pub(super) rounds: Base,
    pub(super) live: Base,
    pub(super) last_variables: Base,
    /// The address of the numbers of live slices.
    pub(super) live_numbers: Base,
    /// Numbers in all.
    pub(super) length: Base,
}

/// Rounds that remain, address of the next number; addresses of what follows from the round, and from its rows; variables of the oracle.
type Oracles = ([Base; 2], [Base; 2], Base);

/// The loops that take parameters.
pub(super) struct Parameters {
    oracles: Loop<Oracles>,
    /// Slices that remain, address of the next, the one before it.
    live: Loop<[Base; 3]>,
}

impl Parameters {
    pub(super) fn new(builder: &mut Builder, memory: &Words, constants: Constants) -> Self {
        let oracles =
            builder.looping::<Oracles>("parameters of an oracle", |state| state[0] == F::ZERO);
        builder.step(
            &oracles,
            |row, ([remaining, address], [round, rows], variables)| {
                row.permute_idly();
                let inner = oracle(row, memory, constants, &address, &round, &rows, &variables);
                let next = Round::at(&round).next();
                let numbers = [remaining.plus(-1), offset(&address, ROUND_NUMBERS)];
                (numbers, [next.address.clone(), next.row()], inner)
            },
        );
        let live = builder.looping::<[Base; 3]>("live slice", |state| state[0] == F::ZERO);
        builder.step(&live, |row, [remaining, address, before]| {
            let slice: Base = row.advice();
            write_number(row, memory, &address, &slice);
            row.bits(&(&slice - &before).plus(-1), SLICE_BITS);
            [remaining.plus(-1), offset(&address, 1), slice]
        });
        Self { oracles, live }
    }

    /// Takes all numbers, in the order of the native description, and writes them to `to` and behind it.
    #[track_caller]
    pub(super) fn take(
        &self,
        row: &mut Row,
        memory: &Words,
        constants: Constants,
        places: &Places,
        to: &Base,
    ) -> Description {
        let header: [Base; HEADER_NUMBERS] = row.advice();
        for (i, number) in header.iter().enumerate() {
            write_number(row, memory, &offset(to, i), number);
        }
        let [inner, slice_variables, live, max_claims, rounds] = header;
        row.inverse(&max_claims);
        row.inverse(&live);
        row.bits(&rounds.plus(-1), 2);
        let variables = &inner + &slice_variables;
        // The first oracle folds the slice variables.
        write_number(row, memory, &offset(to, HEADER_NUMBERS), &slice_variables);
        let first = offset(to, HEADER_NUMBERS);
        let start = (
            [rounds.clone(), first.clone()],
            [places.rounds().address, places.rounds().unused()],
            variables.clone(),
        );
        let live_numbers = &first + &rounds.times(F::from_usize(ROUND_NUMBERS));
        let end = places.rounds().after(&rounds);
        let last_variables = row.run_to(&self.oracles, &start, |last: &Base| {
            let numbers = [Base::zero(), live_numbers.clone()];
            (numbers, [end.address.clone(), end.row()], last.clone())
        });
        row.bits(&last_variables.plus(-1), 3);

        let before = Base::constant(-F::ONE);
        let end = &live_numbers + &live;
        let largest = row.run_to(
            &self.live,
            &[live.clone(), live_numbers.clone(), before],
            |largest: &Base| [Base::zero(), end.clone(), largest.clone()],
        );
        let (slices, _) = constants.powers(row, memory, &slice_variables);
        row.bits(&(&slices - &largest).plus(-1), SLICE_BITS);
        let (blocks, missing) = blocks(row, &live);
        let last = &Base::number(RATE as u32) - &missing;
        // Whether the last block has more than eight elements; classes are those of `Last::ALL`.
        let [.., long] = &row.bits(&last.plus(-1), 4)[..] else {
            unreachable!("four bits")
        };
        let class = long.plus(2);
        let numbers = word(&[blocks.plus(-1), class, last]);
        row.write(memory, &places.rounds().row(), &numbers);
        let length = &(&live_numbers - to) + &live;
        Description {
            variables,
            slice_variables,
            rounds,
            live,
            last_variables,
            live_numbers,
            length,
        }
    }
}

/// Takes the parameters of an oracle in so many variables. Returns those that are left.
#[track_caller]
fn oracle(
    row: &mut Row,
    memory: &Words,
    constants: Constants,
    address: &Base,
    round: &Base,
    rows: &Base,
    variables: &Base,
) -> Base {
    let round = Round::at(round);
    let numbers: [Base; ROUND_NUMBERS] = row.advice();
    for (i, number) in numbers.iter().enumerate() {
        write_number(row, memory, &offset(address, i), number);
    }
    let [
        fold,
        inner,
        rate,
        _slack,
        fold_grinding,
        queries,
        query_grinding,
    ] = numbers;
    row.assert_equal(
        &(&fold + &inner),
        variables,
        "an oracle does not take up what the one before leaves",
    );
    write_five(
        row,
        memory,
        &round.given(),
        [&fold, &inner, &fold_grinding, &queries, &query_grinding],
    );
    // From 1 to 8, and from 1 to 32.
    row.bits(&fold.plus(-1), 3);
    row.bits(&inner.plus(-1), 5);
    row.bits(&rate.plus(-1), 3);
    row.bits(&queries.plus(-1), 9);
    let depth = &inner + &rate;
    row.bits(&(&Base::number(MAX_BITS as u32) - &depth), 5);
    let (slices, _) = constants.powers(row, memory, &fold);
    let (stream, _) = divide_up(row, &queries.plus(5), RATE as u32, 6);
    let (groups, _) = divide_up(row, &queries, 4, 7);
    let (point, _) = divide_up(row, &inner, BLOCK_WORDS as u32, 4);
    write_five(
        row,
        memory,
        &round.derived(),
        [&slices, &stream, &groups, &point, &depth],
    );
    // A row of words: their number is no multiple of three.
    let (blocks, missing) = divide_up(row, &slices, BLOCK_WORDS as u32, 7);
    // One word is missing, or two: the last block has two, or one.
    let class = &Base::number(2) - &missing;
    row.write(memory, rows, &word(&[blocks.plus(-1), class]));
    inner
}
