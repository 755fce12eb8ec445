//! The sumcheck of one layer: the univariate round and those of the variables that are left. It is the same for all layers.
//!
//! The univariate round has seven blocks of three coefficients `c_i`, each a row. What is known of the challenge `rho`, drawn after the last block,
//! comes back from block to block, and with it
//!
//! ```text
//!     value:  sum_i c_i rho^i      by Horner's rule
//!     sum:    sum_i c_i M_i        M_i = sum_x Lambda_x x^i over the domain
//! ```
//!
//! where the `M_i` are combinations of the first seven, the *moments*: those of `X^i` modulo the polynomial that vanishes on the domain.

use std::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::label;
use sheaf_program::builder::{Base, Builder, Digest, Function, Memory, Row, Word};
use sheaf_program::{DEGREE, E};
use sheaf_sumcheck::skip::{CUBE_SIZE, SIZE, remainder};
use sheaf_transcript::RATE;

use crate::memory::{DIGEST_WORDS, read_digest, write_digest};
use crate::rounds::{Claimed, Rounds, Running, polynomial};
use crate::transcript::Sponge;

/// Coefficients in a block.
const BLOCK: usize = RATE / DEGREE;
/// Coefficients that are sent.
const SENT: usize = CUBE_SIZE - 1;

/// `sum_x Lambda_x x^i` for `0 < i < 8`.
pub(super) type Moments = [Word; SIZE - 1];

/// Where a layer is: the address of the point that it comes from, how many coordinates that has, and the first address that nobody
/// has written.
pub(super) type Place = (Base, Base, Base);

/// What a layer's sumcheck leaves: capacity and claim, and the challenge of the univariate round.
pub(super) type Left = (Running, Word);

/// From the capacity, announced, the moments and an address, to which the capacity behind goes, to `rho`, the value and the sum.
type Block = Function<(Digest, Moments, Base), (Word, Word, Word)>;

/// The sumcheck of a layer.
pub(super) struct Sumcheck {
    function: Function<(Running, Place, Moments), Left>,
}

impl Sumcheck {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let skip = skip(builder, memory);
        let rounds = Rounds::new(builder, memory, label::ROUND, 3, Claimed::Eq);
        let function = builder.function("sumcheck of a layer");
        builder.body(
            &function,
            |row, (running, place, moments): (Running, Place, Moments)| {
                row.permute_idly();
                let (capacity, claim) = running;
                let (from, count, free) = &place;
                let capacity = Sponge::announce_message(&capacity, label::SKIP, SENT * DEGREE);
                let (rho, value, sum) = row.call(&skip, &(capacity, moments, free.clone()));
                let claim = row.word_products(&[(&rho, &value)], &(&claim - &sum));
                let capacity = read_digest(row, memory, free);
                let to = point_after(&place);
                let left = rounds.run(row, &(capacity, claim), from, &to, count);
                (left, rho)
            },
        );
        Self { function }
    }

    /// Runs the sumcheck. The new point is written to [`point_after`] the place; what follows it, at [`free_after`], is free.
    #[track_caller]
    pub(super) fn run(
        &self,
        row: &mut Row,
        running: &Running,
        place: &Place,
        moments: Moments,
    ) -> Left {
        row.call(&self.function, &(running.clone(), place.clone(), moments))
    }
}

/// The address of the point that a layer leaves.
pub(super) fn point_after((_, _, free): &Place) -> Base {
    free.plus(DIGEST_WORDS)
}

/// The first address that is free after a layer's sumcheck.
pub(super) fn free_after(place: &Place) -> Base {
    &point_after(place) + &place.1
}

/// The moments of the Lagrange basis at a point.
#[track_caller]
pub(super) fn moments_at(row: &mut Row, rho: &Word) -> Moments {
    let mut powers = vec![rho.clone()];
    while powers.len() < SIZE - 1 {
        let next = row.word_products(
            &[(&powers[powers.len() - 1], rho)],
            &Word::constant(E::ZERO),
        );
        powers.push(next);
    }
    from_fn(|i| powers[i].clone())
}

/// The univariate round.
fn skip(builder: &mut Builder, memory: &Memory<Word>) -> Block {
    let blocks: Vec<Block> = (0..SENT / BLOCK)
        .map(|block| builder.function(&format!("univariate round, block {block}")))
        .collect();
    for (index, block) in blocks.iter().enumerate() {
        builder.body(block, |row, (capacity, moments, address)| {
            let mut sponge = Sponge::announced(&capacity, RATE);
            let mut coefficients = sponge.receive_more(row, RATE);
            let (rho, value, sum) = match blocks.get(index + 1) {
                Some(next) => {
                    let capacity = sponge.full_block(row, RATE);
                    row.call(next, &(capacity, moments.clone(), address))
                }
                None => {
                    let rho = sponge.sample(row);
                    write_digest(row, memory, &address, &sponge.capacity());
                    (rho, Word::constant(E::ZERO), Word::constant(E::ZERO))
                }
            };
            let weights: Vec<Word> = (1..=BLOCK)
                .map(|i| moment(&moments, BLOCK * index + i))
                .collect();
            let products: Vec<_> = coefficients.iter().zip(&weights).collect();
            let sum = row.word_products(&products, &sum);
            coefficients.push(value);
            let value = polynomial(row, &coefficients, &rho);
            (rho, value, sum)
        });
    }
    let mut blocks = blocks;
    blocks.swap_remove(0)
}

/// `sum_x Lambda_x x^i`, for any `i` of a coefficient.
fn moment(moments: &Moments, i: usize) -> Word {
    let power = from_fn(|k| if k == i { E::ONE } else { E::ZERO });
    let [constant, others @ ..] = remainder::<E>(power);
    let terms = moments.iter().zip(others).map(|(m, c)| m.times(c));
    terms.fold(Word::constant(constant), |sum, term| &sum + &term)
}
