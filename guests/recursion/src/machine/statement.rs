//! The statement of a proof about a run: which program, how many rows of each kind, which slices are live.
//!
//! **Claim.** The identity that is given is that of the header from the tape; the transcript has absorbed it, that header, and sizes that are in bounds:
//!
//! - the number `m` of instances is at most 16 and the block of zone A the least that holds them; there are no blocks if `m = 0`;
//! - every kind of zone B, of which there are as many as the header says, has fewer than `2^24` rows, and all rows are fewer than `2^22`;
//! - `h` and `hp` are the bits of the number of rows and of the row behind the last permuted one, at least 7.
//!
//! Rows of zone B are added up as two sums, of lower and higher halves of counts: each is of at most `2^12` numbers of twelve bits, so that neither wraps.
//! All boundaries are then in order, and below the last one.
//!
//! **Left to the caller.** Live slices are ranged with the parameters, whose number of blocks they need.
//!
//! A program with kinds of width 16, or without a permutation, is refused.
//!
//! In memory, from one address on, stands what is absorbed behind the first block:
//!
//! ```text
//!     0          the last number of the header
//!     1          log of the inverse rate
//!     2, 3       c, m
//!     4 ..       rows of each kind of zone B
//!     + 12       live slices
//!     + 5 n      the public tuple, element by element
//! ```

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_machine::formulas::labels;
use sheaf_machine::{PROTOCOL_VERSION, STAIRS};
use sheaf_poseidon::sponge::initial_capacity;
use sheaf_program::builder::{Base, Builder, Digest, Function, Loop, Memory, Packed, Row, Word};
use sheaf_program::identity::TAG_PROGRAM;
use sheaf_program::rows::{LOG_ROWS_MAX, LOG_ROWS_MIN};
use sheaf_program::{DEGREE, F};
use sheaf_transcript::{Domain, RATE};

use crate::leaf::lanes::{is_nonzero, lowest_bit};
use crate::opening::Opening;
use crate::opening::numbers::{divide_up, write_number};
use crate::transcript::{permute, with_message};

/// The place of the first count.
pub(super) const COUNTS: i32 = 4;
/// Half of the bits of a count.
const HALF: usize = 12;
/// Bits of the number of full blocks that a statement takes.
const BLOCK_BITS: usize = 9;

/// What a statement says, as numbers.
#[derive(Clone)]
pub(super) struct Sizes {
    /// `h`.
    pub(super) log_rows: Base,
    /// `hp`.
    pub(super) log_permuted: Base,
    /// Where zone A's blocks with a permutation end, where zone B begins, and where its rows with a permutation end.
    pub(super) permuted: [Base; 3],
    /// `c`.
    pub(super) log_block: Base,
    /// `m`, and whether it is not zero.
    pub(super) instances: [Base; 2],
    /// Kinds of both zones.
    pub(super) kinds: [Base; 2],
    /// Log of the inverse rate.
    pub(super) log_inv_rate: Base,
}

/// As many as there are.
type Numbers = [Base; 11];

impl Sizes {
    fn to_numbers(&self) -> Numbers {
        let [blocks, start, end] = &self.permuted;
        let [instances, has] = &self.instances;
        let [kinds_a, kinds_b] = &self.kinds;
        [
            &self.log_rows,
            &self.log_permuted,
            blocks,
            start,
            end,
            &self.log_block,
            instances,
            has,
            kinds_a,
            kinds_b,
            &self.log_inv_rate,
        ]
        .map(Base::clone)
    }

    fn from_numbers(numbers: Numbers) -> Self {
        let [
            log_rows,
            log_permuted,
            blocks,
            start,
            end,
            log_block,
            instances,
            has,
            kinds_a,
            kinds_b,
            log_inv_rate,
        ] = numbers;
        Self {
            log_rows,
            log_permuted,
            permuted: [blocks, start, end],
            log_block,
            instances: [instances, has],
            kinds: [kinds_a, kinds_b],
            log_inv_rate,
        }
    }
}

/// A transcript whose last block, which has not been permuted, is in memory.
pub(super) struct Absorbed {
    pub(super) capacity: Digest,
    pub(super) messages: Base,
    /// Elements of the block, and their address.
    pub(super) block: [Base; 2],
}

/// From the first address, that of the public tuple, and the identity.
type Given = ([Base; 2], Digest);
/// Numbers; capacity; running hash, elements of the last block and their address, the first free address.
type Read = (Numbers, Digest, [Base; 4]);
/// Kinds that remain, where the next count goes; sums of lower and higher halves.
type Counts = ([Base; 2], [Base; 2]);

/// What reads statements.
pub(super) struct Statements {
    read: Function<Given, Read>,
}

impl Statements {
    /// Of statements with so many positions of the public tuple.
    pub(super) fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        opening: &Opening,
        positions: usize,
    ) -> Self {
        let parts = Parts {
            memory,
            opening,
            positions,
            counts: counts(builder, memory),
            log_rows: log_rows(builder),
            block: block(builder),
        };
        let read = builder.function::<Given, Read>("statement of a run");
        builder.body(&read, |row, given| parts.read(row, given));
        Self { read }
    }

    /// Reads a statement from the tape: the header, the digest of coefficients, rate, `c`, `m`, counts, live slices. Memory is written from `first` on.
    ///
    /// Returns the transcript, and the first address that is free.
    #[track_caller]
    pub(super) fn read(
        &self,
        row: &mut Row,
        first: &Base,
        public: &Base,
        id: &Digest,
    ) -> (Sizes, Absorbed, Base) {
        let given = ([first.clone(), public.clone()], id.clone());
        let (numbers, capacity, [messages, count, address, free]) = row.call(&self.read, &given);
        let absorbed = Absorbed {
            capacity,
            messages,
            block: [count, address],
        };
        (Sizes::from_numbers(numbers), absorbed, free)
    }
}

struct Parts<'a> {
    memory: &'a Memory<Word>,
    opening: &'a Opening,
    positions: usize,
    counts: Loop<Counts>,
    log_rows: Function<Base, Base>,
    /// `c`, `m`, the rows of a block, or zero if there is none, and whether there is one.
    block: Function<(), [Base; 4]>,
}

impl Parts<'_> {
    #[track_caller]
    fn read(&self, row: &mut Row, ([first, public], id): Given) -> Read {
        let memory = self.memory;
        let header: [Base; 6] = row.advice();
        let (capacity, messages) = opened(row, &header, &id);
        let [a24, a16, a0, b24, b16, b0] = header;
        for narrow in [&a16, &b16] {
            row.assert_equal(narrow, &Base::zero(), "the program has width 16");
        }
        row.inverse(&(&a24 + &b24));
        let kinds_a = &a24 + &a0;
        let kinds_b = &b24 + &b0;

        let log_inv_rate: Base = row.advice();
        let [log_block, instances, block, has] = row.call(&self.block, &());
        for (i, number) in (0..).zip([&b0, &log_inv_rate, &log_block, &instances]) {
            write_number(row, memory, &first.plus(i), number);
        }
        let [blocks, start] = [&a24, &kinds_a].map(|kinds| row.product(kinds, &block));
        let at = first.plus(COUNTS);
        let zeros = [Base::zero(), Base::zero()];
        let permuted = self.kinds(row, [&b24, &at], &zeros);
        let middle = &at + &b24;
        let all = self.kinds(row, [&b0, &middle], &permuted);
        row.bits(&all[1], LOG_ROWS_MAX + 1 - HALF);
        let boundary =
            |[low, high]: &[Base; 2]| &(&start + low) + &high.times(F::from_u32(1 << HALF));
        let ends = [boundary(&permuted), boundary(&all)];
        let [log_permuted, log_rows] = ends.each_ref().map(|end| row.call(&self.log_rows, end));

        let stairs = &middle + &b0;
        for i in 0..STAIRS {
            let live: Base = row.advice();
            write_number(row, memory, &stairs.plus(i as i32), &live);
        }
        let tuple = stairs.plus(STAIRS as i32);
        for i in 0..self.positions {
            let position: Word = row.read(memory, &public.plus(i as i32));
            for (j, element) in position.coefficients().iter().enumerate() {
                write_number(row, memory, &tuple.plus((DEGREE * i + j) as i32), element);
            }
        }
        let elements = DEGREE * self.positions;
        let end = tuple.plus(elements as i32);

        // The message of the public tuple begins in the block after as many full ones as the sizes fill.
        let draws = &self.opening.draws;
        let rate = F::from_usize(RATE);
        let (before, _) = divide_up(row, &kinds_b.plus(1), RATE as u32, BLOCK_BITS);
        let length = kinds_b.plus((COUNTS - 1) + STAIRS as i32);
        let messages = with_message(&messages, labels::SIZES, &length);
        let (capacity, messages) = draws.absorb_numbers(row, &before, &first, &capacity, &messages);
        let messages = with_message(&messages, labels::PUBLIC, &Base::number(elements as u32));
        let (filled, missing) = divide_up(row, &(&end - &first), RATE as u32, BLOCK_BITS);
        let full = &filled.plus(-1) - &before;
        let at = &first + &before.times(rate);
        let (capacity, messages) = draws.absorb_numbers(row, &full, &at, &capacity, &messages);
        let at = &at + &full.times(rate);
        let count = &Base::number(RATE as u32) - &missing;

        let [permuted_end, _] = ends;
        let sizes = Sizes {
            log_rows,
            log_permuted,
            permuted: [blocks, start, permuted_end],
            log_block,
            instances: [instances, has],
            kinds: [kinds_a, kinds_b],
            log_inv_rate,
        };
        (sizes.to_numbers(), capacity, [messages, count, at, end])
    }

    /// Takes the counts of so many kinds. Returns the sums.
    #[track_caller]
    fn kinds(&self, row: &mut Row, [count, at]: [&Base; 2], sums: &[Base; 2]) -> [Base; 2] {
        let start = ([count.clone(), at.clone()], sums.clone());
        row.run_to(&self.counts, &start, |sums: &[Base; 2]| {
            ([Base::zero(), at + count], sums.clone())
        })
    }
}

/// Opens an identity to a header and a digest from the tape, and begins the transcript with it. Returns the capacity after the first block, and the
/// running hash of messages.
#[track_caller]
fn opened(row: &mut Row, header: &[Base; 6], id: &Digest) -> (Digest, Base) {
    let digest: Digest = row.advice();
    let tag = initial_capacity::<F>(F::from_u32(TAG_PROGRAM)).map(Base::constant);
    let block = [&header[..], &digest.0].concat();
    let opened = row.absorb(&Packed(tag), &block);
    for (a, b) in opened.0.iter().zip(&id.0) {
        row.assert_equal(a, b, "the identity is that of another header");
    }
    let tag = initial_capacity::<F>(Domain::Transcript.tag()).map(Base::constant);
    let version = [Base::number(PROTOCOL_VERSION)];
    let mut program = [&version[..], &id.0, header].concat();
    let length = Base::number(program.len() as u32);
    // The last number is left for the next block.
    program.truncate(RATE);
    let messages = with_message(&Base::zero(), labels::PROGRAM, &length);
    let count = Base::number(RATE as u32);
    let (capacity, _) = permute(row, &Packed(tag), &count, &messages, &program);
    (capacity, Base::zero())
}

/// Takes counts.
fn counts(builder: &mut Builder, memory: &Memory<Word>) -> Loop<Counts> {
    let half = builder.memoised::<Base, ()>("twelve bits");
    builder.body(&half, |row, number| {
        row.bits(&number, HALF);
    });
    let counts = builder.looping::<Counts>("rows of a kind", |state| state[0] == F::ZERO);
    builder.step(&counts, |row, ([remaining, at], [low, high])| {
        let count: Base = row.advice();
        let upper: Base = row.hint(&[&count], |x| {
            Ok(vec![F::from_u32(x[0].as_canonical_u32() >> HALF)])
        });
        let lower = &count - &upper.times(F::from_u32(1 << HALF));
        row.call(&half, &lower);
        row.call(&half, &upper);
        write_number(row, memory, &at, &count);
        (
            [remaining.plus(-1), at.plus(1)],
            [&low + &lower, &high + &upper],
        )
    });
    counts
}

/// The bits of a number of rows, at least seven; there are at most [`LOG_ROWS_MAX`].
fn log_rows(builder: &mut Builder) -> Function<Base, Base> {
    let count = builder.looping::<[Base; 2]>("row variables", |state| state[1] == F::ZERO);
    builder.step(&count, |row, [count, number]| {
        // There is something left.
        row.inverse(&number);
        let (_, half) = lowest_bit(row, &number);
        [count.plus(1), half]
    });
    let function = builder.function::<Base, Base>("bits of a number of rows");
    builder.body(&function, |row, number| {
        let mut rest = number;
        for _ in 0..LOG_ROWS_MIN {
            (_, rest) = lowest_bit(row, &rest);
        }
        let start = [Base::number(LOG_ROWS_MIN as u32), rest];
        let log = row.run_to(&count, &start, |log: &Base| [log.clone(), Base::zero()]);
        row.bits(&(&Base::number(LOG_ROWS_MAX as u32) - &log), 4);
        log
    });
    function
}

/// Takes the block of zone A and the number of instances.
fn block(builder: &mut Builder) -> Function<(), [Base; 4]> {
    let function = builder.function::<(), [Base; 4]>("block of zone A");
    builder.body(&function, |row, ()| {
        let [log_block, instances]: [Base; 2] = row.advice();
        let is: Vec<Base> = (0..=4)
            .map(|i| row.boolean(&[&log_block], move |x| x[0] == F::from_u32(i)))
            .collect();
        row.assert_equal(&Base::sum(&is), &Base::number(1), "a block has one size");
        let weighed = |weight: fn(u32) -> u32| {
            let terms: Vec<Base> = (0..)
                .zip(&is)
                .map(|(i, is)| is.times(F::from_u32(weight(i))))
                .collect();
            Base::sum(&terms)
        };
        let message = "a block has at most 2^4 rows";
        row.assert_equal(&weighed(|i| i), &log_block, message);
        let size = weighed(|i| 1 << i);
        row.bits(&(&size - &instances), 4);
        let has = is_nonzero(row, &instances);
        // 2 m - 2^c - 1 is not negative, if there is an instance; else c is zero.
        let twice = &instances.times(F::TWO) - &size;
        let more = row.product(&has, &twice.plus(-1));
        row.bits(&more, 4);
        let none = &Base::number(1) - &has;
        row.assert_zero(
            &[(&none, &log_block)],
            &Base::zero(),
            "without an instance there is no block",
        );
        let rows = row.product(&has, &size);
        [log_block, instances, rows, has]
    });
    function
}
