//! The loop over oracles: each is folded, answered by the next one or by the last polynomial, and queried.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_pcs::messages::{FINAL, OUT_OF_DOMAIN};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Loop, Row, Word};
use sheaf_transcript::{EXTENSION_DEGREE, RATE};

use super::bits::LowBits;
use super::commitment::receive_root;
use super::constants::Constants;
use super::draws::{BLOCK_WORDS, Draws, Pending};
use super::fold_weights::{FoldWeights, zero};
use super::grinding::{Grinding, QueryGrinding};
use super::numbers::{Words, offset, read_five, read_number, word, write_five};
use super::places::{Header, Oracle, Places, Round};
use super::queries::Queries;
use super::rounds::Rounds;
use super::rows::MASK;
use crate::memory::write_digest;
use crate::transcript::with_message;

/// Oracles that remain, the parameters of the next and itself, address of its challenges; the first free address, the address of its sample, the
/// address of live slices' numbers; capacity, claim.
type State = ([Base; 4], [Base; 3], (Digest, Word));
/// Class of rows, address of challenges, their number, slices, the first free address; full blocks of a row, elements of the last one, address of live
/// slices' numbers.
type Folded = ([Base; 5], [Base; 3]);
/// Oracles that remain, inner variables, blocks of a point of them; the next oracle, the first free address; capacity.
type Asked = ([Base; 3], [Base; 2], Digest);
/// Running hash, count and address of what is pending, the first free address; one if this is the last; capacity, value of the
/// sample.
type Reply = ([Base; 4], Base, (Digest, Word));

/// The loop, with what makes it.
pub(super) struct Oracles {
    oracles: Loop<State>,
}

impl Oracles {
    pub(super) fn new(
        builder: &mut Builder,
        memory: &Words,
        constants: Constants,
        draws: &Draws,
        grinding: &Grinding,
        rounds: &Rounds,
        low_bits: &LowBits,
    ) -> Self {
        let weights = weights(builder, memory, draws);
        let reply = reply(builder, memory, constants, draws);
        let grinding = QueryGrinding::new(builder, memory, draws, grinding);
        let queries = Queries::new(builder, memory, constants, low_bits);
        let oracles = builder.looping::<State>("oracle", |state| state[0] == F::ZERO);
        builder.step(&oracles, |row, state| {
            row.permute_idly();
            let ([remaining, round, oracle, challenges], [free, sample, live], (capacity, sum)) =
                state;
            let (round, oracle) = (Round::at(&round), Oracle::at(&oracle));
            let [fold, inner, fold_grinding, count, query_grinding] =
                read_five(row, memory, &round.given());
            let (capacity, sum) =
                rounds.fold(row, &fold, &challenges, &fold_grinding, (&capacity, &sum));
            let [size, stream_blocks, groups, point_blocks, depth] =
                read_five(row, memory, &round.derived());
            let [blocks, class, last] = row.read_as(memory, &round.row(), |x: &[Base; 3]| word(x));
            let table = [&class, &challenges, &fold, &size, &free].map(Base::clone);
            let slices = [&blocks, &last, &live].map(Base::clone);
            let [weights, free] = row.call(&weights, &(table, slices));

            // The next oracle, or the last polynomial.
            let asked = [&remaining, &inner, &point_blocks].map(Base::clone);
            let next = oracle.next();
            let to = [next.address.clone(), free.clone()];
            let ([messages, pending, address, stream], is_last, (capacity, value)) =
                row.call(&reply, &(asked, to, capacity));
            let next_sample = free;
            let pending = Pending {
                capacity,
                messages,
                count: pending,
                address,
            };

            // Positions, and the challenge that follows them in the stream.
            let capacity = grinding.first_block(row, &pending, &query_grinding, &stream);
            let second = offset(&stream, RATE);
            let capacity = draws.stream(row, &stream_blocks.plus(-1), &second, &capacity);
            let to_powers = stream_blocks.times(F::from_usize(RATE));
            oracle.write_row(row, memory, &blocks, &weights);
            oracle.write_domain(row, memory, &depth, &to_powers);
            let challenge = Word::from_coefficients(&array::from_fn(|i| {
                read_number(row, memory, &offset(&(&stream + &count), i))
            }));
            row.write(memory, &oracle.challenge(), &challenge);
            let drawn = (&count, &stream);
            let answers = queries.ask(row, &class, drawn, &oracle, &challenge);

            // The powers of positions, with as many that do not count as make groups full.
            let powers = &stream + &to_powers;
            let end = &powers + &count;
            for i in 0..3 {
                row.write(memory, &offset(&end, i), &zero());
            }
            let numbers = [&powers, &groups, &inner, &(&fold + &inner), &sample];
            write_five(row, memory, &oracle.numbers(), numbers);

            // The first query has the challenge's square as its weight, behind the sample; at last there is no sample.
            let one = super::fold_weights::one();
            let behind =
                row.word_products(&[(&Word::from(&is_last), &(&one - &challenge))], &challenge);
            let scale = row.word_products(&[(&challenge, &behind)], &zero());
            row.write(memory, &oracle.scale(), &scale);
            row.write(memory, &next.sample_scale(), &challenge);
            let sum = row.word_products(&[(&challenge, &value), (&scale, &answers)], &sum);
            let numbers = [
                remaining.plus(-1),
                round.next().address,
                next.address,
                &challenges + &fold,
            ];
            let places = [offset(&end, 3), next_sample, live];
            (numbers, places, (capacity, sum))
        });
        Self { oracles }
    }

    /// Verifies all oracles. Challenges go to `challenges` and behind it. Returns the first address that is free then, that of the last
    /// polynomial, the capacity, and the claim about it.
    #[track_caller]
    pub(super) fn run(
        &self,
        row: &mut Row,
        places: &Places,
        header: &Header,
        (challenges, free): (&Base, &Base),
        (capacity, sum): (&Digest, &Word),
    ) -> ([Base; 2], Digest, Word) {
        let start = (
            [
                header.rounds.clone(),
                places.rounds().address,
                places.oracles().address,
                challenges.clone(),
            ],
            [
                free.clone(),
                header.sample.clone(),
                header.live_numbers.clone(),
            ],
            (capacity.clone(), sum.clone()),
        );
        let rounds = &header.rounds;
        let end = [
            Base::zero(),
            places.rounds().after(rounds).address,
            places.oracles().after(rounds).address,
            &(challenges + &header.variables) - &header.last_variables,
        ];
        // What would be the next sample is the last polynomial.
        row.run_to(
            &self.oracles,
            &start,
            |([free, last], capacity, sum): &([Base; 2], Digest, Word)| {
                let numbers = [free.clone(), last.clone(), header.live_numbers.clone()];
                (end.clone(), numbers, (capacity.clone(), sum.clone()))
            },
        )
    }
}

/// The function that makes the weights that fold an oracle's rows. It returns the address of the first one, and the first address that is free then.
fn weights(builder: &mut Builder, memory: &Words, draws: &Draws) -> Function<Folded, [Base; 2]> {
    let fold_weights = FoldWeights::new(builder, memory);
    let weights = builder.function::<Folded, [Base; 2]>("fold weights");
    let is_words = |arguments: &[F]| arguments[0] == F::ZERO || arguments[0] == F::ONE;
    builder.branch(
        &weights,
        "of words",
        is_words,
        |row, ([class, challenges, fold, size, free], _)| {
            row.permute_idly();
            row.assert_zero(
                &[(&class, &class.plus(-1))],
                &Base::zero(),
                "rows are of base elements",
            );
            let table = (&fold, &size);
            let leaves = fold_weights.table(row, memory, &challenges, table, &free);
            let free = &leaves + &size;
            [leaves, free]
        },
    );
    builder.branch(
        &weights,
        "of base elements",
        move |arguments| !is_words(arguments),
        |row, ([class, challenges, fold, size, free], [blocks, last, live])| {
            row.permute_idly();
            row.assert_zero(
                &[(&class.plus(-2), &class.plus(-3))],
                &Base::zero(),
                "rows are of words",
            );
            let table = (&fold, &size);
            let leaves = fold_weights.table(row, memory, &challenges, table, &free);
            let weights = &leaves + &size;
            let count = &blocks.times(F::from_usize(RATE)) + &last;
            fold_weights.live(row, (&count, &live), &leaves, &weights);
            // A last block has room for more weights, and its mask behind them.
            draws.zeros(row, &(&weights + &count));
            let mask = offset(&(&weights + &blocks.times(F::from_usize(RATE))), MASK);
            fold_weights.mask(row, memory, &last, &mask);
            [weights, offset(&mask, BLOCK_WORDS)]
        },
    );
    weights
}

/// The function that receives what an oracle is folded to: the next oracle with its sample, or the last polynomial.
fn reply(
    builder: &mut Builder,
    memory: &Words,
    constants: Constants,
    draws: &Draws,
) -> Function<Asked, Reply> {
    let take = builder.looping::<[Base; 2]>("take words", |state| state[0] == F::ZERO);
    builder.step(&take, |row, [remaining, to]| {
        let word: Word = row.advice();
        row.write(memory, &to, &word);
        [remaining.plus(-1), offset(&to, 1)]
    });
    let reply = builder.function::<Asked, Reply>("reply");
    let is_last = |arguments: &[F]| arguments[0] == F::ONE;
    builder.branch(
        &reply,
        "an oracle",
        move |arguments| !is_last(arguments),
        |row, ([remaining, _, blocks], [oracle, free], capacity)| {
            row.permute_idly();
            row.inverse(&remaining.plus(-1));
            let (root, drawn) = receive_root(row, &capacity);
            write_digest(row, memory, &Oracle::at(&oracle).root(), &root);
            let capacity = draws.point(row, memory, &blocks, &free, &drawn);
            let value: Word = row.advice();
            let address = &free + &blocks.times(F::from_usize(BLOCK_WORDS));
            row.write(memory, &address, &value);
            row.write(memory, &offset(&address, 1), &zero());
            row.write(memory, &offset(&address, 2), &zero());
            let count = Base::number(EXTENSION_DEGREE as u32);
            let messages = with_message(&Base::zero(), OUT_OF_DOMAIN, &count);
            let free = offset(&address, BLOCK_WORDS);
            let pending = [messages, count, address, free];
            (pending, Base::zero(), (capacity, value))
        },
    );
    builder.branch(
        &reply,
        "the last polynomial",
        is_last,
        |row, ([remaining, variables, _], [_, free], capacity)| {
            row.permute_idly();
            row.assert_equal(&remaining, &Base::number(1), "more oracles follow");
            let (size, _) = constants.powers(row, memory, &variables);
            let end = &free + &size;
            row.run_to(&take, &[size.clone(), free.clone()], |(): &()| {
                [Base::zero(), end.clone()]
            });
            row.write(memory, &end, &zero());
            row.write(memory, &offset(&end, 1), &zero());
            let elements = size.times(F::from_usize(EXTENSION_DEGREE));
            let messages = with_message(&Base::zero(), FINAL, &elements);
            let Pending {
                capacity,
                messages,
                count,
                address,
            } = draws.absorb_words(row, &size, &free, &capacity, &messages);
            let pending = [messages, count, address, offset(&end, 2)];
            (pending, Base::number(1), (capacity, zero()))
        },
    );
    reply
}
