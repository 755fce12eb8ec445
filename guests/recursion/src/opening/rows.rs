//! Rows of an oracle: their digest, and their sum with the weights that fold them.
//!
//! Blocks of the sponge are full up to the last one, from whose outputs the path begins. Rows of base elements have any length, of which
//! a run knows: what the last block lacks is asserted to be zero. Rows of words have `2^k` of them, so that their last block has one or two.
//!
//! Weights of base elements stand in memory, and rows take them as facts: eight or seven at once, which is one message.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Loop, Packed, Row, Word};
use sheaf_transcript::{CAPACITY, Domain, EXTENSION_DEGREE, RATE};

use super::draws::BLOCK_WORDS;
use super::fold_weights::zero;
use super::numbers::{Words, offset};
use crate::transcript::words;

/// Elements of the shorter one of two kinds of last blocks of base elements, and of the first half of a block.
pub const SHORT_BLOCK: usize = 8;
/// Where the mask of a last block is behind the first of its weights. Weights of a block and as many zeros are in front of it.
pub(super) const MASK: usize = 2 * RATE;
/// Elements of the second half.
const REST: usize = RATE - SHORT_BLOCK;

/// Blocks that remain, address of the next weight; capacity, sum so far.
type State = ([Base; 2], Digest, Word);

/// What the last block of a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// One word.
    Word,
    /// Two words.
    TwoWords,
    /// One to eight base elements.
    Short,
    /// More of them.
    Long,
}

impl Last {
    /// All that there are: numbers of them say which one is meant.
    pub(super) const ALL: [Self; 4] = [Self::Word, Self::TwoWords, Self::Short, Self::Long];

    /// What kinds and messages call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Word => "rows that end with a word",
            Self::TwoWords => "rows that end with two words",
            Self::Short => "rows with a short last block",
            Self::Long => "rows with a long last block",
        }
    }

    /// Weights of a full block of such a row.
    const fn weights(self) -> usize {
        match self {
            Self::Word | Self::TwoWords => BLOCK_WORDS,
            Self::Short | Self::Long => RATE,
        }
    }
}

/// Full blocks, and last ones.
pub(super) struct Rows {
    words: Loop<State>,
    elements: Loop<State>,
    weights: Weights,
}

/// Weights of base elements, by the address of the first.
struct Weights {
    eight: Function<Base, [Word; SHORT_BLOCK]>,
    seven: Function<Base, [Word; REST]>,
    /// The weights of a short last block, and ones for elements that it lacks.
    short: Function<Base, ([Word; SHORT_BLOCK], Packed<SHORT_BLOCK>)>,
    /// The same for the second half of a long one, of which the address is that of the whole block.
    long: Function<Base, ([Word; REST], Packed<REST>)>,
}

impl Rows {
    pub(super) fn new(builder: &mut Builder, memory: &Words) -> Self {
        let weights = Weights::new(builder, memory);
        let words = builder.looping::<State>("block of words", |state| state[0] == F::ZERO);
        builder.step(&words, |row, ([remaining, address], capacity, sum)| {
            let (capacity, sum) = absorb_words(row, memory, BLOCK_WORDS, &address, &capacity, &sum);
            let address = offset(&address, BLOCK_WORDS);
            ([remaining.plus(-1), address], capacity, sum)
        });
        let rest = builder.function::<(Base, Packed<REST>), Word>("rest of a block");
        builder.body(&rest, |row, (address, rest)| {
            row.permute_idly();
            let factors = row.call(&weights.seven, &address);
            fold(row, &rest.0, &factors, &zero())
        });
        let elements = builder.looping::<State>("block of elements", |state| state[0] == F::ZERO);
        builder.step(&elements, |row, ([remaining, address], capacity, sum)| {
            let block = take(row, RATE);
            let first = row.call(&weights.eight, &address);
            let sum = fold(row, &block[..SHORT_BLOCK], &first, &sum);
            let capacity = row.absorb(&capacity, &block);
            let second = Packed(array::from_fn(|i| block[SHORT_BLOCK + i].clone()));
            let rest = row.call(&rest, &(offset(&address, SHORT_BLOCK), second));
            let next = [remaining.plus(-1), offset(&address, RATE)];
            (next, capacity, &sum + &rest)
        });
        Self {
            words,
            elements,
            weights,
        }
    }

    /// Takes the full blocks of a row from the tape, whose weights stand in memory. Returns the address of what is left of them, the capacity, and
    /// the sum so far.
    #[track_caller]
    pub(super) fn full_blocks(
        &self,
        row: &mut Row,
        last: Last,
        blocks: &Base,
        weights: &Base,
    ) -> (Base, Digest, Word) {
        let mut initial = array::from_fn(|_| Base::zero());
        initial[CAPACITY - 1] = Base::constant(Domain::Leaf.tag());
        let end = weights + &blocks.times(F::from_usize(last.weights()));
        let start = [blocks.clone(), weights.clone()];
        let full = match last {
            Last::Word | Last::TwoWords => &self.words,
            Last::Short | Last::Long => &self.elements,
        };
        let (capacity, sum) = row.run_to(
            full,
            &(start, Packed(initial), zero()),
            |(capacity, sum): &(Digest, Word)| {
                let position = [Base::zero(), end.clone()];
                (position, capacity.clone(), sum.clone())
            },
        );
        (end, capacity, sum)
    }

    /// Takes the last block of a row. Returns the digest and the sum of the row.
    #[track_caller]
    pub(super) fn last_block(
        &self,
        row: &mut Row,
        memory: &Words,
        last: Last,
        weights: &Base,
        (capacity, sum): (&Digest, &Word),
    ) -> (Digest, Word) {
        match last {
            Last::Word => absorb_words(row, memory, 1, weights, capacity, sum),
            Last::TwoWords => absorb_words(row, memory, 2, weights, capacity, sum),
            Last::Short => {
                let block = take(row, SHORT_BLOCK);
                let (factors, lacks) = row.call(&self.weights.short, weights);
                assert_zeros(row, &block, &lacks.0);
                let sum = fold(row, &block, &factors, sum);
                (row.absorb(capacity, &block), sum)
            }
            Last::Long => {
                let block = take(row, RATE);
                let first = row.call(&self.weights.eight, weights);
                let sum = fold(row, &block[..SHORT_BLOCK], &first, sum);
                let digest = row.absorb(capacity, &block);
                let rest = &block[SHORT_BLOCK..];
                let (second, lacks) = row.call(&self.weights.long, weights);
                assert_zeros(row, rest, &lacks.0);
                let rest = fold(row, rest, &second, &zero());
                (digest, &sum + &rest)
            }
        }
    }
}

impl Weights {
    fn new(builder: &mut Builder, memory: &Words) -> Self {
        let eight = builder.memoised::<Base, [Word; SHORT_BLOCK]>("eight weights");
        builder.body(&eight, |row, address| read_many(row, memory, &address));
        let seven = builder.memoised::<Base, [Word; REST]>("seven weights");
        builder.body(&seven, |row, address| read_many(row, memory, &address));
        // The mask of a last block is behind its weights: what a short one may lack is in its first two words, and they say that it
        // has no more than eight.
        let short = builder.memoised("weights of a short block");
        builder.body(&short, |row, address: Base| {
            row.permute_idly();
            let factors = row.call(&eight, &address);
            let mask = offset(&address, MASK);
            let low: [Base; 5] = super::numbers::read_five(row, memory, &mask);
            let high = row.read_as(memory, &offset(&mask, 1), |x: &[Base; 3]| {
                let [a, b, c] = x.clone();
                let one = Base::number(1);
                Word::from_coefficients(&[a, b, c, one.clone(), one])
            });
            let mut lacks = low.into_iter().chain(high);
            let lacks = Packed(array::from_fn(|_| lacks.next().expect("eight elements")));
            (factors, lacks)
        });
        // A long one lacks none of the first eight.
        let long = builder.memoised("weights of a long block");
        builder.body(&long, |row, address: Base| {
            row.permute_idly();
            let factors = row.call(&seven, &offset(&address, SHORT_BLOCK));
            let mask = offset(&address, MASK);
            let low = row.read_as(memory, &offset(&mask, 1), |x: &[Base; 2]| {
                let [a, b] = x.clone();
                let zero = Base::zero();
                Word::from_coefficients(&[zero.clone(), zero.clone(), zero, a, b])
            });
            let high: [Base; 5] = super::numbers::read_five(row, memory, &offset(&mask, 2));
            let mut lacks = low.into_iter().chain(high);
            let lacks = Packed(array::from_fn(|_| lacks.next().expect("seven elements")));
            (factors, lacks)
        });
        Self {
            eight,
            seven,
            short,
            long,
        }
    }
}

#[track_caller]
fn read_many<const N: usize>(row: &mut Row, memory: &Words, address: &Base) -> [Word; N] {
    row.permute_idly();
    array::from_fn(|i| row.read(memory, &offset(address, i)))
}

#[track_caller]
fn take(row: &mut Row, count: usize) -> Vec<Base> {
    (0..count).map(|_| row.advice()).collect()
}

/// Asserts that the elements are zero that a row lacks.
#[track_caller]
fn assert_zeros(row: &mut Row, block: &[Base], lacks: &[Base]) {
    for (element, lacks) in block.iter().zip(lacks) {
        row.assert_zero(&[(element, lacks)], &Base::zero(), "a row ends with zeros");
    }
}

/// Takes so many words, whose weights stand at an address. Returns the capacity and the sum with what they add.
#[track_caller]
fn absorb_words(
    row: &mut Row,
    memory: &Words,
    count: usize,
    weights: &Base,
    capacity: &Digest,
    sum: &Word,
) -> (Digest, Word) {
    let elements = take(row, count * EXTENSION_DEGREE);
    let weights: Vec<Word> = (0..count)
        .map(|i| row.read(memory, &offset(weights, i)))
        .collect();
    let words = words(&elements);
    let products: Vec<_> = words.iter().zip(&weights).collect();
    let sum = row.word_products(&products, sum);
    (row.absorb(capacity, &elements), sum)
}

/// The sum with what base elements add.
#[track_caller]
fn fold(row: &mut Row, elements: &[Base], weights: &[Word], sum: &Word) -> Word {
    let elements: Vec<Word> = elements.iter().map(Word::from).collect();
    let mut sum = sum.clone();
    for (elements, weights) in elements.chunks(4).zip(weights.chunks(4)) {
        let products: Vec<_> = elements.iter().zip(weights).collect();
        sum = row.word_products(&products, &sum);
    }
    sum
}
