//! The join of claims about the program (`sheaf_machine::join`).
//!
//! A part stands in memory, from an address on:
//!
//! ```text
//!     0         the value of its functional
//!     1 .. 30   what it has deferred: the point, its value
//!     30        zero
//!     31        the address of what its functional is made of
//! ```
//!
//! Addresses of parts stand in a list, from the last part on: that of the first of `n` parts at `list + n`.

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::join::{
    DEGREE as ROUND_DEGREE, PARTS, PointClaim, ROUND, TAG_DEFERRED, TAG_PARTS, VALUE, VARIABLES,
};
use sheaf_poseidon::sponge::{CAPACITY, initial_capacity};
use sheaf_program::builder::{Base, Builder, Digest, Function, Loop, Memory, Packed, Row, Word};
use sheaf_program::{E, F};

use crate::rounds::{Claimed, Rounds};
use crate::transcript::Sponge;

/// The value of the functional.
pub const FUNCTIONAL: i32 = 0;
/// What has been deferred.
pub const DEFERRED: i32 = 1;
/// Words of what has been deferred, and of zeros behind it.
pub const DEFERRED_WORDS: i32 = VARIABLES as i32 + 2;
/// The address of what the functional is made of.
pub const PLACE: i32 = DEFERRED + DEFERRED_WORDS;
/// Words of a part.
pub const PART_WORDS: i32 = PLACE + 1;

/// Words of a block.
const BLOCK: i32 = 3;

/// What joins claims.
pub struct Join {
    /// Of what has been deferred, from its address.
    digest: Function<Base, Digest>,
    /// From the number of parts, the address of their list and the first free one, and the sponge over parts, to the digest of what is deferred.
    join: Function<([Base; 3], Digest), Digest>,
}

/// Parts that remain; the challenge, its next power, the sum.
type Sum = ([Base; 2], [Word; 3]);

impl Join {
    /// Adds it to a program. `weight` is the weight of a functional, of which an address is given, at a point, of which another one is.
    #[must_use]
    pub fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        weight: &Function<[Base; 2], Word>,
    ) -> Self {
        let digest = digest(builder, memory);
        let rounds = Rounds::new(builder, memory, ROUND, ROUND_DEGREE, Claimed::Sum);
        let values = values(builder, memory);
        let weights = weights(builder, memory, weight);
        let join = builder.function::<([Base; 3], Digest), Digest>("join");
        builder.branch(
            &join,
            "of nothing",
            |arguments| arguments[0] == F::ZERO,
            |row, ([parts, ..], _)| {
                row.assert_equal(&parts, &Base::zero(), "parts are joined");
                Packed(PointClaim::EMPTY.digest().map(Base::constant))
            },
        );
        builder.branch(
            &join,
            "of parts",
            |arguments| arguments[0] != F::ZERO,
            |row, ([parts, list, free], bound)| {
                let mut sponge = Sponge::new();
                sponge.absorb(row, PARTS, &bound.0);
                let rho = sponge.sample(row);
                let zero = Base::zero();
                let none = Word::constant(E::ZERO);
                let one = Word::constant(E::ONE);
                let start = (
                    [parts.clone(), list.clone()],
                    [rho.clone(), one.clone(), none.clone()],
                );
                let sum = row.run_to(&values, &start, |[power, sum]: &[Word; 2]| {
                    (
                        [zero.clone(), list.clone()],
                        [rho.clone(), power.clone(), sum.clone()],
                    )
                });
                let [_, claim] = sum;
                let point = free;
                let variables = Base::number(VARIABLES as u32);
                let running = (sponge.capacity(), claim);
                let (capacity, claim) = rounds.run(row, &running, &zero, &point, &variables);
                let mut sponge = Sponge::resume(&capacity);
                let value = sponge.receive(row, VALUE, 1).remove(0);
                row.write(memory, &point.plus(VARIABLES as i32), &value);
                row.write(memory, &point.plus(VARIABLES as i32 + 1), &none);
                let start = (
                    [parts, list.clone(), point.clone()],
                    [rho.clone(), one, none],
                );
                let [_, weight] = row.run_to(&weights, &start, |[power, sum]: &[Word; 2]| {
                    let numbers = [zero.clone(), list.clone(), point.clone()];
                    (numbers, [rho.clone(), power.clone(), sum.clone()])
                });
                row.assert_zero_words(
                    &[(&value, &weight)],
                    &claim.times(-E::ONE),
                    "the claims about the program do not have the claimed sum",
                );
                row.call(&digest, &point)
            },
        );
        Self { digest, join }
    }

    /// The digest of a deferred claim that stands in memory, with a zero behind it.
    #[track_caller]
    pub fn digest(&self, row: &mut Row, address: &Base) -> Digest {
        row.call(&self.digest, address)
    }

    /// Joins the claims of so many parts of a list, which have been [absorbed](absorb_part). Memory is written from `free` on.
    ///
    /// Returns the digest of the claim that is left.
    #[track_caller]
    pub fn verify(
        &self,
        row: &mut Row,
        parts: &Base,
        list: &Base,
        free: &Base,
        bound: &Digest,
    ) -> Digest {
        let numbers = [parts, list, free].map(Base::clone);
        row.call(&self.join, &(numbers, bound.clone()))
    }
}

/// The sponge over parts, before the first one.
#[track_caller]
pub fn begin(row: &mut Row, id: &Digest, parts: &Base) -> Digest {
    let tag = initial_capacity::<F>(F::from_u32(TAG_PARTS)).map(Base::constant);
    let header: Vec<Base> = id.0.iter().chain([parts]).cloned().collect();
    row.absorb(&Packed(tag), &header)
}

/// The sponge over parts, after one with this seal, value of its functional and digest of what it has deferred.
#[track_caller]
pub fn absorb_part(
    row: &mut Row,
    bound: &Digest,
    seal: &[Word; 2],
    value: &Word,
    deferred: &Digest,
) -> Digest {
    let elements: Vec<Base> = (seal.iter().chain([value]))
        .flat_map(Word::coefficients)
        .collect();
    let bound = row.absorb(bound, &elements);
    row.absorb(&bound, &deferred.0)
}

/// Hashes a deferred claim.
fn digest(builder: &mut Builder, memory: &Memory<Word>) -> Function<Base, Digest> {
    let blocks =
        builder.looping::<([Base; 2], Digest)>("block of a claim", |state| state[0] == F::ZERO);
    builder.step(&blocks, |row, ([remaining, address], capacity)| {
        let words: Vec<Word> = (0..BLOCK)
            .map(|i| row.read(memory, &address.plus(i)))
            .collect();
        let block: Vec<Base> = words.iter().flat_map(Word::coefficients).collect();
        let capacity = row.absorb(&capacity, &block);
        ([remaining.plus(-1), address.plus(BLOCK)], capacity)
    });
    let digest = builder.function("digest of a claim");
    builder.body(&digest, |row, address: Base| {
        let tag = initial_capacity::<F>(F::from_u32(TAG_DEFERRED));
        let start = (
            [
                Base::number((DEFERRED_WORDS / BLOCK) as u32),
                address.clone(),
            ],
            Packed::<CAPACITY>(tag.map(Base::constant)),
        );
        row.run_to(&blocks, &start, |capacity: &Digest| {
            (
                [Base::zero(), address.plus(DEFERRED_WORDS)],
                capacity.clone(),
            )
        })
    });
    digest
}

/// The address of a part.
#[track_caller]
fn part_at(row: &mut Row, memory: &Memory<Word>, list: &Base, index: &Base) -> Base {
    row.read_as(memory, &(list + index), |part: &Base| Word::from(part))
}

/// Sums what is claimed: values of functionals and of deferred claims, with powers of the challenge.
fn values(builder: &mut Builder, memory: &Memory<Word>) -> Loop<Sum> {
    let values = builder.looping::<Sum>("values of parts", |state| state[0] == F::ZERO);
    builder.step(&values, |row, ([remaining, list], [rho, power, sum])| {
        let part = part_at(row, memory, &list, &remaining);
        let functional = row.read(memory, &part.plus(FUNCTIONAL));
        let deferred = row.read(memory, &part.plus(DEFERRED + VARIABLES as i32));
        let none = Word::constant(E::ZERO);
        let odd = row.word_products(&[(&power, &rho)], &none);
        let sum = row.word_products(&[(&power, &functional), (&odd, &deferred)], &sum);
        let power = row.word_products(&[(&odd, &rho)], &none);
        ([remaining.plus(-1), list], [rho, power, sum])
    });
    values
}

/// Parts that remain, their list, the point; the challenge, its next power, the sum.
type Weights = ([Base; 3], [Word; 3]);

/// Sums weights at a point.
fn weights(
    builder: &mut Builder,
    memory: &Memory<Word>,
    weight: &Function<[Base; 2], Word>,
) -> Loop<Weights> {
    let eq = eq(builder, memory);
    let weights = builder.looping::<Weights>("weights of parts", |state| state[0] == F::ZERO);
    builder.step(
        &weights,
        |row, ([remaining, list, point], [rho, power, sum])| {
            let part = part_at(row, memory, &list, &remaining);
            let place: Base =
                row.read_as(memory, &part.plus(PLACE), |place: &Base| Word::from(place));
            let functional = row.call(weight, &[place, point.clone()]);
            let start = part.plus(DEFERRED);
            let ends = [start.plus(VARIABLES as i32), point.plus(VARIABLES as i32)];
            let first = (
                [Base::number(VARIABLES as u32), start, point.clone()],
                Word::constant(E::ONE),
            );
            let deferred = row.run_to(&eq, &first, |product: &Word| {
                let [own, at] = ends.clone();
                ([Base::zero(), own, at], product.clone())
            });
            let none = Word::constant(E::ZERO);
            let odd = row.word_products(&[(&power, &rho)], &none);
            let sum = row.word_products(&[(&power, &functional), (&odd, &deferred)], &sum);
            let power = row.word_products(&[(&odd, &rho)], &none);
            ([remaining.plus(-1), list, point], [rho, power, sum])
        },
    );
    weights
}

/// Multiplies `1 - a - b + 2 a b` of coordinates of two points.
fn eq(builder: &mut Builder, memory: &Memory<Word>) -> Loop<([Base; 3], Word)> {
    let eq = builder.looping::<([Base; 3], Word)>("eq of points", |state| state[0] == F::ZERO);
    builder.step(&eq, |row, ([remaining, one, other], product)| {
        let a: Word = row.read(memory, &one);
        let b: Word = row.read(memory, &other);
        let linear = &(&Word::constant(E::ONE) - &a) - &b;
        let factor = row.word_products(&[(&a.times(E::TWO), &b)], &linear);
        let product = row.word_products(&[(&product, &factor)], &Word::constant(E::ZERO));
        let numbers = [remaining.plus(-1), one.plus(1), other.plus(1)];
        (numbers, product)
    });
    eq
}
