//! The claims that the argument takes in and leaves open.

use sheaf_sumcheck::weights::Weights;
use sheaf_sumcheck::{eq, skip};
use sheaf_transcript::{EF, Extension};

use super::error::Error;
use super::shape::{Shape, TableShape};

/// A claim about outputs, from which the argument starts:
///
/// ```text
///     sum_lane eq(lane_point, lane) * (
///         sum_{k,j} narrow[k][j] out16[k][j](lane) + sum_{t,j} wide[t][j] out24[t][j](lane)
///     ) = value
/// ```
///
/// where the weights of either width are the sum of its blocks.
///
/// The claim is not absorbed: point, weights and value must be functions of what
/// the transcript has absorbed already, or a prover could choose them last.
#[must_use = "a claim that is not reduced is not proven"]
#[derive(Clone, Debug)]
pub struct OutputClaim<E = EF> {
    /// Coordinates for the lane bits, most significant first.
    pub lane_point: Vec<E>,
    /// Weights of the width-16 outputs; none if that table is absent.
    pub narrow: Vec<Block<E>>,
    /// Weights of the width-24 outputs; none if that table is absent.
    pub wide: Vec<Block<E>>,
    /// The claimed sum.
    pub value: E,
}

/// Weights that are products: that of element `first_element + j` of slot `first_slot + k` is `slots[k] * elements[j]`.
///
/// Their extension at a point of the slots is the product of two short sums. Blocks may overlap, in any of the `2^s`
/// slots; outputs that no block covers have the weight zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<E = EF> {
    /// The first slot.
    pub first_slot: usize,
    /// A factor for each slot.
    pub slots: Weights<E>,
    /// The first element of the outputs.
    pub first_element: usize,
    /// A factor for each element.
    pub elements: Vec<E>,
}

/// The claims about inputs that the argument leaves open, one [`TableClaim`] for each table.
#[must_use = "an input claim that is not checked leaves the outputs unproven"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputClaim<E = EF> {
    /// Coordinates for the lane bits, most significant first.
    pub lane_point: Vec<E>,
    /// The inputs of width 16, if there is such a table.
    pub narrow: Option<TableClaim<16, E>>,
    /// The inputs of width 24, if there is such a table.
    pub wide: Option<TableClaim<24, E>>,
}

/// The claims about the input columns of one table:
///
/// ```text
///     inputs[j] = sum_k slots[k] sum_lane eq(lane_point, lane) in[k][j](lane)
/// ```
///
/// over all slots and lane positions. Where a slot is unused or a lane not live, `in` is zero by definition: whoever
/// expresses the inputs by other columns leaves these out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableClaim<const W: usize, E = EF> {
    /// Weights of all `2^s` slots.
    pub slots: SlotWeights<E>,
    /// Claimed weighted sum of each input column.
    pub inputs: [E; W],
}

/// Weights of the slots of a table, which are products: of a weight of the low bits, and of `eq` of the high ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotWeights<E = EF> {
    /// The weights of the low bits.
    pub low: [E; skip::SIZE],
    /// Coordinates for the high bits, most significant first.
    pub high: Vec<E>,
}

impl<E: Extension> SlotWeights<E> {
    /// Those of a table of `2^log_slots` slots, where `high` are the coordinates for the high bits of the larger table.
    #[must_use]
    pub fn new(low: &[E; skip::SIZE], high: &[E], log_slots: usize) -> Self {
        let own = high.get((high.len() + skip::LOG_SIZE).saturating_sub(log_slots)..);
        Self {
            low: *low,
            high: own.unwrap_or_default().to_vec(),
        }
    }

    /// The weight of every slot.
    #[must_use]
    pub fn weights(&self) -> Weights<E> {
        Weights::of_digits(&self.high, &self.low)
    }
}

impl<E: Extension> OutputClaim<E> {
    /// Whether point and blocks are those of tables of this shape.
    ///
    /// # Errors
    /// [`Error::Claim`] if they are not.
    pub fn check(&self, shape: &Shape) -> Result<(), Error> {
        let fit = |blocks: &[Block<E>], table: Option<TableShape>, width: usize| {
            let fits =
                |block: &Block<E>| table.is_some_and(|t| block.fits(1 << t.log_slots, width));
            blocks.iter().all(fits)
        };
        let fits = self.lane_point.len() == shape.log_lanes
            && fit(&self.narrow, shape.narrow, 16)
            && fit(&self.wide, shape.wide, 24);
        if fits { Ok(()) } else { Err(Error::Claim) }
    }
}

impl<E: Extension> Block<E> {
    fn fits(&self, slots: usize, width: usize) -> bool {
        let within = |first: usize, weights: &[E], bound: usize| {
            let left = bound.checked_sub(first);
            left.is_some_and(|left| weights.len() <= left)
        };
        within(self.first_slot, self.slots.list(), slots)
            && within(self.first_element, &self.elements, width)
    }
}

/// The weights of the elements of one table at a point of the slots: of the variables that the table lacks, and of those that it has.
///
/// A table fills the half of the hypercube on which the missing variables are zero.
pub fn weights_at<const W: usize, E: Extension>(
    blocks: &[Block<E>],
    missing: &[E],
    own: &[E],
) -> [E; W] {
    let scale: E = missing.iter().map(|&r| E::ONE - r).product();
    // Up to the last slot in a block.
    let ends = (blocks.iter()).map(|b| b.first_slot + b.slots.list().len());
    let factors = eq::prefix_table(own, ends.max().unwrap_or(0), E::ONE);
    let mut folded = [E::ZERO; W];
    for block in blocks {
        let slots = scale * block.slots.at(block.first_slot, own, |slot| factors[slot]);
        let elements = &mut folded[block.first_element..];
        for (sum, &w) in elements.iter_mut().zip(&block.elements) {
            *sum += slots * w;
        }
    }
    folded
}

/// The weights of every slot and element.
#[cfg(feature = "prover")]
pub(super) fn dense<const W: usize>(blocks: &[Block], slots: usize) -> Vec<[EF; W]> {
    use p3_field::PrimeCharacteristicRing;

    let mut weights = vec![[EF::ZERO; W]; slots];
    for block in blocks {
        for (weights, &slot) in weights[block.first_slot..]
            .iter_mut()
            .zip(block.slots.list())
        {
            let elements = &mut weights[block.first_element..];
            for (weight, &element) in elements.iter_mut().zip(&block.elements) {
                *weight += slot * element;
            }
        }
    }
    weights
}
