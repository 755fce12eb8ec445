//! The evaluations of a full layer whose weights stand in memory: of the output layer, and of the one that follows the partial layers. There are two
//! of them, so that loops over memory are better here than a function for each block.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::label;
use sheaf_program::builder::{Base, Builder, Digest, Loop, Memory, Row, Word};
use sheaf_program::{DEGREE, E, F};
use sheaf_transcript::RATE;

use super::tables::Tables;
use crate::memory::{read_words, write_words};
use crate::rounds::polynomial;
use crate::transcript::Sponge;

/// Evaluations in a block of the transcript.
const BLOCK: usize = RATE / DEGREE;
/// Evaluations in a step: tables have even widths.
const STEP: i32 = 2;

/// Blocks that remain, where the next one goes, and the capacity.
type Absorbing = (Base, Base, Digest);
/// Steps that remain, the addresses of evaluations and weights, from the last ones on; `gamma`, what is batched, what is weighed.
type Weighing = ((Base, Base, Base), (Word, Word, Word));

/// The evaluations.
pub(super) struct Weighed {
    absorb: Loop<Absorbing>,
    weigh: Loop<Weighing>,
}

/// What is known of them.
pub(super) struct Batched {
    pub(super) capacity: Digest,
    pub(super) gamma: Word,
    /// `sum_j e_j gamma^(1 + j)`.
    pub(super) value: Word,
    /// `sum_j v_j e_j^3`.
    pub(super) gate: Word,
    /// The first address that nobody has written.
    pub(super) free: Base,
}

impl Weighed {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let absorb_blocks = builder.looping::<Absorbing>("evaluations", |s| s[0] == F::ZERO);
        builder.step(&absorb_blocks, |row, (remaining, to, capacity)| {
            let mut sponge = Sponge::announced(&capacity, RATE);
            let evaluations = sponge.receive_more(row, RATE);
            write_words(row, memory, &to, &evaluations);
            let capacity = sponge.full_block(row, RATE);
            (remaining.plus(-1), to.plus(BLOCK as i32), capacity)
        });
        let weigh = builder.looping::<Weighing>("weighed cubes", |s| s[0] == F::ZERO);
        builder.step(
            &weigh,
            |row, ((remaining, at, weights), (gamma, value, gate))| {
                row.permute_idly();
                let mut coefficients = read_words(row, memory, &at, STEP as usize);
                let weights_here = read_words(row, memory, &weights, STEP as usize);
                let mut factors = Vec::new();
                for (e, v) in coefficients.iter().zip(&weights_here) {
                    let square = row.word_products(&[(e, e)], &zero());
                    factors.push((square, row.word_products(&[(v, e)], &zero())));
                }
                let products: Vec<_> = factors.iter().map(|(a, b)| (a, b)).collect();
                let gate = row.word_products(&products, &gate);
                coefficients.push(value);
                let value = polynomial(row, &coefficients, &gamma);
                let place = (remaining.plus(-1), at.plus(-STEP), weights.plus(-STEP));
                (place, (gamma, value, gate))
            },
        );
        Self {
            absorb: absorb_blocks,
            weigh,
        }
    }

    /// Receives the evaluations.
    #[track_caller]
    pub(super) fn receive(
        &self,
        row: &mut Row,
        memory: &Memory<Word>,
        tables: &Tables,
        (capacity, free, weights): (&Digest, &Base, &Base),
    ) -> Batched {
        let columns = tables.columns();
        let length = columns * DEGREE;
        let capacity = Sponge::announce_message(capacity, label::EVALUATIONS, length);
        // The last block, full or not, is absorbed here.
        let blocks = (columns - 1) / BLOCK;
        let count = Base::number(blocks as u32);
        let last = free.plus((blocks * BLOCK) as i32);
        let start = (count, free.clone(), capacity);
        let capacity = row.run_to(&self.absorb, &start, |capacity: &Digest| {
            (Base::zero(), last.clone(), capacity.clone())
        });
        let rest = length - blocks * RATE;
        let mut sponge = Sponge::announced_instead(&capacity, RATE, rest);
        let evaluations = sponge.receive_more(row, rest);
        write_words(row, memory, &last, &evaluations);
        let gamma = sponge.sample(row);

        let steps = columns as i32 / STEP;
        let from = |address: &Base| address.plus(columns as i32 - STEP);
        let place = (Base::number(steps as u32), from(free), from(weights));
        let start = (place, (gamma.clone(), zero(), zero()));
        let end = (Base::zero(), free.plus(-STEP), weights.plus(-STEP));
        let (value, gate) = row.run_to(&self.weigh, &start, |(value, gate): &(Word, Word)| {
            (end, (gamma.clone(), value.clone(), gate.clone()))
        });
        Batched {
            capacity: sponge.capacity(),
            value: row.word_products(&[(&gamma, &value)], &zero()),
            gamma,
            gate,
            free: free.plus(columns as i32),
        }
    }
}

fn zero() -> Word {
    Word::constant(E::ZERO)
}
