//! Step 5: from the share of outputs to the inputs of all permutations.
//!
//! A row's permutation stands in slot `row bits 4..6` of lane `(row >> 7) << 4 | row & 15` of the permutation argument; both widths have
//! tables of the same shape. On rows without a permutation of its width a table has the permutation of zero.
//!
//! **Claim.** `V = sum_j eq(y*, 96 + j) o(96 + j, r*)`, where `o` is zero on rows without a permutation.
//!
//! **Reduction.** `sum_j w_j t24_j(r*) + sum_(j<16) w_j t16_j(r*) = V + (1 - chi24(r*)) sum_j w_j Perm24_j(0) + (1 - chi16(r*)) sum_(j<16)
//! w_j Perm16_j(0)` with `w_j = eq(y*, 96 + j)` and `chi` the extension of the indicator of the rows of a width: what the rows without a permutation add to
//! the tables is public. Then [`sheaf_argument::permutation`].
//!
//! **Leaves open.** The *masked* sums `sum_(r in R) w'(r) zc(c, r)` of each width's inputs, which are committed cells.
//!
//! **Error.** That of the argument.

use core::ops::Range;
use std::sync::LazyLock;

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::{Block, OutputClaim, Shape, TableClaim, TableShape};
use sheaf_poseidon::{permute16, permute24};
use sheaf_program::layout::OUTPUTS;
use sheaf_program::{Header, Rows};
use sheaf_sumcheck::eq;
use sheaf_transcript::{Extension, F};

use crate::checks::{Check, weight};
use crate::digits::{Digits, bits};

/// Low bits of a row that are bits of its lane.
pub const LOW_LANE_BITS: usize = 4;
/// Bits of a row that are its slot.
pub const SLOT_BITS: usize = 3;
/// Bits of a row below the high bits of its lane.
const LOW_BITS: usize = LOW_LANE_BITS + SLOT_BITS;

// Constants, computed once.
static NARROW: LazyLock<[F; 16]> = LazyLock::new(|| {
    let mut state = [F::ZERO; 16];
    permute16(&mut state);
    state
});
pub(crate) static WIDE: LazyLock<[F; 24]> = LazyLock::new(|| {
    let mut state = [F::ZERO; 24];
    permute24(&mut state);
    state
});

/// The tables of a program's permutations; none if it has no kind with one.
///
/// Which widths there are is a matter of the header, whatever the counts.
pub(crate) fn shape(header: &Header, rows: &Rows) -> Option<Shape> {
    let kinds = |width: usize| header.zone_a[width] + header.zone_b[width];
    let table = |kinds: u32, ranges: &[Range<usize>; 2]| {
        let live = || ranges.iter().filter(|range| !range.is_empty());
        let first = live().map(|range| range.start).min().unwrap_or(0);
        let end = live().map(|range| range.end).max().unwrap_or(1);
        (kinds > 0).then(|| TableShape {
            first: first >> LOW_BITS << LOW_LANE_BITS,
            lanes: end.div_ceil(1 << LOW_BITS) << LOW_LANE_BITS,
            log_slots: SLOT_BITS,
            slots: 1 << SLOT_BITS,
        })
    };
    let shape = Shape {
        log_lanes: rows.log_permuted_rows() - SLOT_BITS,
        narrow: table(kinds(1), rows.width16()),
        wide: table(kinds(0), rows.width24()),
    };
    (shape.narrow.is_some() || shape.wide.is_some()).then_some(shape)
}

/// The coordinates of the high lane bits, of the slot bits, and of the low lane bits of a row.
fn split<E>(row_point: &[E]) -> (&[E], &[E], &[E]) {
    let (high, low) = row_point.split_at(row_point.len() - LOW_BITS);
    let (slot, low) = low.split_at(SLOT_BITS);
    (high, slot, low)
}

/// The low coordinates of a row point, which tell permuted rows, and the factor that the others have on them.
pub(crate) fn permuted<'a, E: Extension>(rows: &Rows, row_point: &'a [E]) -> (&'a [E], E) {
    let (top, low) = row_point.split_at(row_point.len() - rows.log_permuted_rows());
    (low, top.iter().map(|&x| E::ONE - x).product())
}

/// The sum of `eq(point, r)` over the rows of a width.
fn indicator<E: Extension>(point: &[E], ranges: &[Range<usize>; 2]) -> E {
    let before = |n| eq::prefix_sum(point, n);
    ranges
        .iter()
        .filter(|range| !range.is_empty())
        .map(|range| before(range.end) - before(range.start))
        .sum()
}

/// The claim that the outputs have this share at a permuted row point; `weights` are those of the outputs.
pub(crate) fn output_claim<E: Extension>(
    shape: &Shape,
    rows: &Rows,
    point: &[E],
    weights: &[E],
    share: E,
) -> OutputClaim<E> {
    let (high, slot, low) = split(point);
    let applying: Vec<E> = weights.iter().map(|&w| weight(Check::Outputs, w)).collect();
    let slots = eq::table(slot);
    let block = |width: usize| {
        vec![Block {
            first_slot: 0,
            slots: slots.clone().into(),
            first_element: 0,
            elements: applying[..width].to_vec(),
        }]
    };
    let idle = |ranges: &[Range<usize>; 2], outputs: &[F]| -> E {
        let sum: E = applying.iter().zip(outputs).map(|(&w, &x)| w * x).sum();
        (E::ONE - indicator(point, ranges)) * sum
    };
    let mut value = weight(Check::Outputs, share);
    if shape.wide.is_some() {
        value += idle(rows.width24(), &*WIDE);
    }
    if shape.narrow.is_some() {
        value += idle(rows.width16(), &*NARROW);
    }
    OutputClaim {
        lane_point: [high, low].concat(),
        narrow: shape.narrow.map_or_else(Vec::new, |_| block(16)),
        wide: shape.wide.map_or_else(Vec::new, |_| block(OUTPUTS)),
        value,
    }
}

/// The weights of rows in the sums of inputs, `w'`: a factor for each slot, and `eq` of the lane.
#[derive(Clone, Debug)]
pub(crate) struct InputWeights<E> {
    slots: Vec<E>,
    lane_point: Vec<E>,
}

impl<E: Extension> InputWeights<E> {
    pub(crate) fn new<const W: usize>(claim: &TableClaim<W, E>, lane_point: &[E]) -> Self {
        Self {
            slots: claim.slots.weights().list().to_vec(),
            lane_point: lane_point.to_vec(),
        }
    }

    /// `sum_(r in ranges) w'(r) eq(point, r)` for a permuted row point.
    pub(crate) fn mask(&self, point: &[E], ranges: &[Range<usize>; 2]) -> E {
        let (high, slot, low) = split(point);
        let (lane_high, lane_low) = self.lane_point.split_at(high.len());
        let slots = eq::table(slot);
        let octal = self.slots.iter().zip(slots).map(|(&a, b)| a * b).collect();
        let factors = bits(lane_high, high)
            .chain([octal])
            .chain(bits(lane_low, low));
        let digits = Digits::new(factors.collect());
        let live = ranges.iter().filter(|range| !range.is_empty());
        live.map(|range| digits.within(range)).sum()
    }

    /// `w'(r)` on the rows of `ranges`, zero on others, up to the last of these.
    #[cfg(feature = "prover")]
    pub(crate) fn table(&self, ranges: &[Range<usize>; 2]) -> Vec<E> {
        let live = || ranges.iter().filter(|range| !range.is_empty());
        let end = live().map(|range| range.end).max().unwrap_or(0);
        let mut table = vec![E::ZERO; end];
        let lanes = eq::table(&self.lane_point);
        for r in live().flat_map(Clone::clone) {
            let lane = r >> LOW_BITS << LOW_LANE_BITS | r & ((1 << LOW_LANE_BITS) - 1);
            table[r] = self.slots[r >> LOW_LANE_BITS & ((1 << SLOT_BITS) - 1)] * lanes[lane];
        }
        table
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use sheaf_program::Counts;
    use sheaf_transcript::EF;

    use super::*;

    fn point(n: usize, seed: usize) -> Vec<EF> {
        (0..n)
            .map(|i| EF::from_usize(seed + 17 * i).cube())
            .collect()
    }

    /// Rows with gaps, and with every boundary at its own place.
    fn rows() -> impl Iterator<Item = (Header, Rows)> {
        let header = Header {
            zone_a: [2, 3, 1],
            zone_b: [1, 1, 1],
        };
        [
            (3, 2, [5, 90, 7]),
            (1, 0, [100, 0, 500]),
            (16, 4, [0, 0, 0]),
            (5, 3, [129, 260, 1]),
            (9, 4, [0, 16, 1]),
            (0, 0, [90, 40, 1]),
        ]
        .into_iter()
        .map(move |(instances, log_block, zone_b)| {
            let counts = Counts {
                instances,
                log_block,
                zone_b: zone_b.to_vec(),
            };
            (header, Rows::new(&header, &counts).unwrap())
        })
    }

    #[test]
    fn indicators_are_those_of_the_rows_of_a_width() {
        for (_, rows) in rows() {
            let point = point(rows.log_permuted_rows(), 5);
            let table = eq::table(&point);
            for ranges in [rows.width24(), rows.width16()] {
                let inside = |r: &usize| ranges.iter().any(|range| range.contains(r));
                let expected: EF = (0..table.len()).filter(inside).map(|r| table[r]).sum();
                assert_eq!(indicator(&point, ranges), expected);
            }
        }
    }

    #[test]
    fn masks_are_sums_over_the_rows_of_a_width() {
        for (_, rows) in rows() {
            let hp = rows.log_permuted_rows();
            let weights = InputWeights {
                slots: point(8, 900),
                lane_point: point(hp - SLOT_BITS, 70),
            };
            let at = point(hp, 33);
            let basis = eq::table(&at);
            for ranges in [rows.width24(), rows.width16()] {
                let table = weights.table(ranges);
                let expected: EF = table.iter().zip(&basis).map(|(&w, &b)| w * b).sum();
                assert_eq!(weights.mask(&at, ranges), expected);
                let inside = |r: usize| ranges.iter().any(|range| range.contains(&r));
                assert!((0..table.len()).all(|r| inside(r) || table[r] == EF::ZERO));
            }
        }
    }

    #[test]
    fn the_claim_is_about_the_outputs_of_all_rows() {
        for (header, rows) in rows() {
            let hp = rows.log_permuted_rows();
            let shape = shape(&header, &rows).unwrap();
            let at = point(hp, 5);
            let w = point(OUTPUTS, 800);
            let table = eq::table(&at);
            let input = |r: usize| F::from_usize(1000 * r + 1);
            let inside =
                |r: usize, ranges: &[Range<usize>; 2]| ranges.iter().any(|x| x.contains(&r));
            let sum = |outputs: &[F]| -> EF { w.iter().zip(outputs).map(|(&w, &x)| w * x).sum() };
            let mut share = EF::ZERO;
            let mut all = EF::ZERO;
            for (r, &weight) in table.iter().enumerate() {
                let (wide, narrow) = (inside(r, rows.width24()), inside(r, rows.width16()));
                let mut state = [F::ZERO; 24];
                state[3] = if wide { input(r) } else { F::ZERO };
                permute24(&mut state);
                all += weight * sum(&state);
                if wide {
                    share += weight * sum(&state);
                }
                let mut state = [F::ZERO; 16];
                state[3] = if narrow { input(r) } else { F::ZERO };
                permute16(&mut state);
                all += weight * sum(&state);
                if narrow {
                    share += weight * sum(&state);
                }
            }
            let claim = output_claim(&shape, &rows, &at, &w, share);
            assert_eq!(claim.value, all);
            assert_eq!(claim.check(&shape), Ok(()));
        }
    }
}
