//! The keys lead to the capacities of the statement: permutations of neighbouring lanes, linked.
//!
//! Lane `o < n` holds a key, root and parameter, in committed columns, and the permutations, one or two, that absorb it into
//! stream `o mod 16` ([`crate::streams`]). The capacity that the first one starts from is committed too; the one that the last
//! one leaves is an output of its table. (What one passes to the next in between is wired within the lane.) With `out_j` that
//! output, `cap_j` the committed capacity, `fin` the capacities of the statement
//! after all keys and `IV` the one before any,
//!
//! ```text
//!     out_j(o) = cap_j(o + 16)       o < n - 16
//!     out_j(o) = fin[o mod 16]_j     max(0, n - 16) <= o < n
//!     cap_j(o) = IV_j                o < min(16, n)
//! ```
//!
//! **Why this suffices.** By induction from its first lane, stream `s` absorbs the keys of lanes `s, s + 16, ..` and
//! ends in `fin[s]`: the verifier, who hashed its own keys to `fin`, has the same keys or a collision. A stream without
//! a lane (`n < 16`) ends in `IV`, which the verifier's hashing shows. Without the last claim, a stream could start
//! anywhere, and what hashes to `fin` from a capacity of one's choice is no collision.
//!
//! **Claims**, at the lane point `r` of the constraint sumcheck. The first two lines are a target of wired outputs, of
//! which `linear` takes the extension; its weights `g_j` are the same for all three:
//!
//! ```text
//!     sum_j g_j sum_o eq(r, o) out_j(o) = sum_j g_j ( sum_{o < n-16} eq(r, o) cap_j(o + 16)
//!         + sum_{max(0, n-16) <= o < n} eq(r, o) fin[o mod 16]_j + (1 - live(r)) Perm_j(0) )
//!     sum_j g_j sum_{o < min(16, n)} eq(r, o) (cap_j(o) - IV_j) = 0
//! ```
//!
//! **Leaves open** one sum over lanes of the column `sum_j g_j cap_j`, with the weights [`lane_weights`]: claims about
//! columns at two lane points go into the same reduction ([`sheaf_argument::columns`]).
//!
//! **Error** of the second claim, over `|E|`: `9` for the `g_j`, consecutive powers of a challenge that is drawn
//! after the commitment, and `l` for `r`. That of the first is among the batched constraints.

use core::array::from_fn;

#[cfg(feature = "search")]
use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL};
use sheaf_sumcheck::eq;
use sheaf_transcript::Extension;

#[cfg(feature = "search")]
use crate::shape::Shape;
use crate::streams::{CAPACITY, Capacity, STREAMS, first_capacity};

/// Binary logarithm of the number of streams.
const LOG_STREAMS: usize = STREAMS.trailing_zeros() as usize;

/// The error of the claim about first capacities.
#[cfg(feature = "search")]
pub(crate) fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let roots = [CAPACITY + shape.log_lanes];
    vec![
        ErrorTerm::roots("first capacities", &roots, SCHWARTZ_ZIPPEL)
            .because("batching of 9 elements, one per lane variable"),
    ]
}

/// What the claims about capacities have in them beside cells, at the lane point `r`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links<E> {
    /// `sum_{max(0, n-16) <= o < n} eq(r, o) sum_j g_j fin[o mod 16]_j`.
    pub last: E,
    /// `sum_{o < min(16, n)} eq(r, o) sum_j g_j IV_j`.
    pub first: E,
}

impl<E: Extension> Links<E> {
    pub(crate) fn new(
        r: &[E],
        lanes: usize,
        capacities: &[Capacity; STREAMS],
        weights: &[E; CAPACITY],
    ) -> Self {
        Self {
            last: last_capacities(r, lanes, capacities, weights),
            first: eq::prefix_sum(r, lanes.min(STREAMS)) * weighed(&first_capacity(), weights),
        }
    }
}

/// `sum_j g_j cap_j`, of a capacity that is known.
fn weighed<E: Extension>(capacity: &Capacity, weights: &[E; CAPACITY]) -> E {
    capacity.iter().zip(weights).map(|(&x, &g)| g * x).sum()
}

fn last_capacities<E: Extension>(
    r: &[E],
    lanes: usize,
    capacities: &[Capacity; STREAMS],
    weights: &[E; CAPACITY],
) -> E {
    let (high, low) = r.split_at(r.len().saturating_sub(LOG_STREAMS));
    let low = eq::table(low);
    // The last lanes lie in at most two rows of sixteen.
    let last = (lanes - 1) / STREAMS;
    let of_row = |row: usize| eq::index(high, row);
    let rows = [last.checked_sub(1).map_or(E::ZERO, of_row), of_row(last)];
    let of_stream: [E; STREAMS] = from_fn(|s| {
        let lane_of_last_row = STREAMS * last + s < lanes;
        let row = rows[usize::from(lane_of_last_row)];
        low.get(s).copied().unwrap_or_default() * row * weighed(&capacities[s], weights)
    });
    of_stream.into_iter().sum()
}

/// The weights of the capacities of each lane: `next eq(r, i - 16)` where lane `i - 16` passes its capacity on, and
/// `first eq(r, i)` for the first lane of each stream. `lane_eq` holds `eq(r, i)`.
#[cfg(feature = "prover")]
pub(crate) fn lane_weights<E: Extension>(lanes: usize, lane_eq: &[E], next: E, first: E) -> Vec<E> {
    (0..lanes)
        .map(|i| match i.checked_sub(STREAMS) {
            Some(before) => next * lane_eq[before],
            None => first * lane_eq[i],
        })
        .collect()
}

/// The extension of [`lane_weights`] at `x`: the factors of `next` and of `first`.
pub(crate) fn lane_weights_at<E: Extension>(lanes: usize, r: &[E], x: &[E]) -> [E; 2] {
    [
        shifted(r, x, lanes.saturating_sub(STREAMS)),
        eq::prefix_product(r, x, lanes.min(STREAMS)),
    ]
}

/// `sum_{o < n} eq(r, o) eq(x, o + 16)`, for `n + 16` up to the number of lanes.
fn shifted<E: Extension>(r: &[E], x: &[E], n: usize) -> E {
    let split = r.len().saturating_sub(LOG_STREAMS);
    let ((r_high, r_low), (x_high, x_low)) = (r.split_at(split), x.split_at(split));
    // Lane 16 h + l goes to 16 (h + 1) + l: all of them for h below `rows`, some for h = `rows`.
    let (rows, rest) = (n / STREAMS, n % STREAMS);
    let whole = successors(r_high, x_high, rows) * eq::eval(r_low, x_low);
    if rest == 0 {
        return whole;
    }
    let last = eq::index(r_high, rows) * eq::index(x_high, rows + 1);
    whole + last * eq::prefix_product(r_low, x_low, rest)
}

/// `sum_{h < n} eq(r, h) eq(x, h + 1)`, for `n` below the number of `h`.
///
/// An `h` that ends in `p` ones after a zero is `(u, 0, 1..1)`, and `h + 1` is `(u, 1, 0..0)`.
fn successors<E: Extension>(r: &[E], x: &[E], n: usize) -> E {
    let mut sum = E::ZERO;
    // Of the ones in `h` and the zeros in `h + 1`.
    let mut trailing = E::ONE;
    for (p, i) in (0..r.len()).rev().enumerate() {
        let prefixes = (n + (1 << p)) >> (p + 1);
        if prefixes > 0 {
            let flipped = (E::ONE - r[i]) * x[i];
            sum += trailing * flipped * eq::prefix_product(&r[..i], &x[..i], prefixes);
        }
        trailing *= r[i] * (E::ONE - x[i]);
    }
    sum
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_transcript::{EF, F};

    use super::*;

    fn point(n: usize, seed: usize) -> Vec<EF> {
        (0..n)
            .map(|i| EF::from_usize(seed + 17 * i).cube())
            .collect()
    }

    #[test]
    fn the_weights_have_the_extension() {
        for log_lanes in 4..8 {
            let (r, x) = (point(log_lanes, 1000), point(log_lanes, 2000));
            let (lane_eq, basis) = (eq::table(&r), eq::table(&x));
            let [next, first] = [5, 6].map(|i| EF::from_usize(i).cube());
            for lanes in 1..=1 << log_lanes {
                let weights = lane_weights(lanes, &lane_eq, next, first);
                let expected: EF = weights.iter().zip(&basis).map(|(&w, &b)| w * b).sum();
                let [of_next, of_first] = lane_weights_at(lanes, &r, &x);
                assert_eq!(
                    next * of_next + first * of_first,
                    expected,
                    "{lanes} of 2^{log_lanes}"
                );
            }
        }
    }

    #[test]
    fn every_lane_has_one_successor_or_is_a_last_one() {
        let capacities: [Capacity; STREAMS] =
            from_fn(|s| from_fn(|j| F::from_usize(100 * s + j + 1)));
        let weights: [EF; CAPACITY] = from_fn(|j| EF::from_usize(j + 70).cube());
        let r = point(6, 3000);
        let table = eq::table(&r);
        for lanes in 1..=64usize {
            let weigh = |c: &Capacity| -> EF { c.iter().zip(&weights).map(|(&x, &g)| g * x).sum() };
            let expected: EF = (lanes.saturating_sub(STREAMS)..lanes)
                .map(|o| table[o] * weigh(&capacities[o % STREAMS]))
                .sum();
            let links = Links::new(&r, lanes, &capacities, &weights);
            assert_eq!(links.last, expected);
            let first: EF = (0..lanes.min(STREAMS))
                .map(|o| table[o] * weigh(&first_capacity()))
                .sum();
            assert_eq!(links.first, first);
        }
    }
}
