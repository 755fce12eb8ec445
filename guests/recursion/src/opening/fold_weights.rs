//! The weights that fold the rows of an oracle: an equality table of the challenges that bound its variables, and, where it commits to base
//! elements, the entries of it that belong to live slices.
//!
//! The table is a tree in memory: node 1 is one, and nodes `2 i` and `2 i + 1` are node `i` times `1 - c` and `c`. Its leaves are in order.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Loop, Packed, Row, Word};
use sheaf_transcript::RATE;

use super::numbers::{Words, offset, read_number};

/// Nodes that remain on a level, the next one's address, its children's; challenge.
type Nodes = ([Base; 3], Word);
/// Levels that remain, address of the next challenge; nodes of the level, the first one's address, its children's.
type Levels = ([Base; 2], [Base; 3]);

/// The loops that make weights.
pub(super) struct FoldWeights {
    levels: Loop<Levels>,
    /// Slices that remain; addresses of the next one's number, of the table's first leaf, and of its weight.
    live: Loop<[Base; 4]>,
    /// How many steps remain; a row that has ones from an element on, which moves by one in each.
    masks: Loop<(Base, Packed<RATE>)>,
}

impl FoldWeights {
    pub(super) fn new(builder: &mut Builder, memory: &Words) -> Self {
        let nodes = builder.looping::<Nodes>("weights of a level", |state| state[0] == F::ZERO);
        builder.step(&nodes, |row, ([remaining, node, children], challenge)| {
            let weight: Word = row.read(memory, &node);
            let one = row.word_products(&[(&weight, &challenge)], &zero());
            row.write(memory, &children, &(&weight - &one));
            row.write(memory, &offset(&children, 1), &one);
            let next = [remaining.plus(-1), offset(&node, 1), offset(&children, 2)];
            (next, challenge)
        });
        let levels = builder.looping::<Levels>("weights", |state| state[0] == F::ZERO);
        builder.step(
            &levels,
            |row, ([remaining, address], [count, node, children])| {
                row.permute_idly();
                let challenge: Word = row.read(memory, &address);
                let start = (
                    [count.clone(), node.clone(), children.clone()],
                    challenge.clone(),
                );
                let next_children = &children + &count.times(F::TWO);
                row.run_to(&nodes, &start, |(): &()| {
                    let end = [Base::zero(), children.clone(), next_children.clone()];
                    (end, challenge.clone())
                });
                let next = [count.times(F::TWO), children, next_children];
                ([remaining.plus(-1), offset(&address, 1)], next)
            },
        );
        let live = builder.looping::<[Base; 4]>("weights of slices", |state| state[0] == F::ZERO);
        builder.step(&live, |row, [remaining, number, leaves, to]| {
            let slice = read_number(row, memory, &number);
            let weight: Word = row.read(memory, &(&leaves + &slice));
            row.write(memory, &to, &weight);
            [
                remaining.plus(-1),
                offset(&number, 1),
                leaves,
                offset(&to, 1),
            ]
        });
        let masks = builder.looping("mask", |state| state[0] == F::ZERO);
        builder.step(&masks, |_, (remaining, mask): (Base, Packed<RATE>)| {
            let moved = array::from_fn(|i| match i.checked_sub(1) {
                Some(before) => mask.0[before].clone(),
                None => Base::zero(),
            });
            (remaining.plus(-1), Packed(moved))
        });
        Self {
            levels,
            live,
            masks,
        }
    }

    /// Writes the table of so many challenges to `to` and behind it: `2^(variables + 1) - 1` words. Returns the address of the first leaf.
    #[track_caller]
    pub(super) fn table(
        &self,
        row: &mut Row,
        memory: &Words,
        challenges: &Base,
        (variables, size): (&Base, &Base),
        to: &Base,
    ) -> Base {
        row.write(memory, to, &one());
        let start = [Base::number(1), to.clone(), offset(to, 1)];
        let leaves = &to.plus(-1) + size;
        row.run_to(
            &self.levels,
            &([variables.clone(), challenges.clone()], start),
            |(): &()| {
                let next = &leaves + size;
                let end = [size.clone(), leaves.clone(), next];
                ([Base::zero(), challenges + variables], end)
            },
        );
        leaves
    }

    /// Writes the weights of so many slices, whose numbers stand in memory, to `to` and behind it.
    #[track_caller]
    pub(super) fn live(
        &self,
        row: &mut Row,
        (count, numbers): (&Base, &Base),
        leaves: &Base,
        to: &Base,
    ) {
        let start = [count.clone(), numbers.clone(), leaves.clone(), to.clone()];
        row.run_to(&self.live, &start, |(): &()| {
            [Base::zero(), numbers + count, leaves.clone(), to + count]
        });
    }

    /// Writes three words to `to`: zeros for the first `used` elements of a block, at least one, and ones for those that a row does not have.
    #[track_caller]
    pub(super) fn mask(&self, row: &mut Row, memory: &Words, used: &Base, to: &Base) {
        let start = array::from_fn(|i| Base::number(u32::from(i > 0)));
        let mask = row.run_to(
            &self.masks,
            &(used.plus(-1), Packed(start)),
            |mask: &Packed<RATE>| (Base::zero(), mask.clone()),
        );
        for (i, word) in crate::transcript::words(&mask.0).iter().enumerate() {
            row.write(memory, &offset(to, i), word);
        }
    }
}

/// The zero of the extension.
pub(super) fn zero() -> Word {
    Word::from(&Base::zero())
}

/// The one of the extension.
pub(super) fn one() -> Word {
    Word::from(&Base::number(1))
}
