//! `main(root, index, leaf)`: the leaf stands at the index of a Merkle tree of depth 20.
//!
//! The two sides of a node are two kinds: the step for an even index has its sibling on the right.

use std::array;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_poseidon::permute24;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Executable};

use crate::{Case, NODE_TAG};

/// Levels of the tree.
pub const DEPTH: u32 = 20;

/// The program.
#[must_use]
pub fn program() -> Executable {
    let mut builder = Builder::new();
    // Levels above, index at this level, node.
    let path = builder.looping::<(Base, Base, Digest)>("path", |state| state[0] == F::ZERO);
    for (name, bit) in [("left", 0), ("right", 1)] {
        let side = move |state: &[F]| state[1].as_canonical_u32() % 2 == bit;
        builder.step_if(&path, name, side, |row, (above, index, node)| {
            row.name(&above, "above");
            row.name(&index, "index");
            let half: Base = row.hint(&[&index], |x| {
                Ok(vec![F::from_u32(x[0].as_canonical_u32() / 2)])
            });
            row.name(&half, "half");
            row.assert_equal(
                &half.times(F::TWO).plus(bit as i32),
                &index,
                "the side is the last bit",
            );
            let sibling: Digest = row.advice();
            let parent = match bit {
                0 => row.compress(&node, &sibling, NODE_TAG),
                _ => row.compress(&sibling, &node, NODE_TAG),
            };
            (above.plus(-1), half, parent)
        });
    }
    let main = builder.function::<(Digest, Base, Digest), ()>("membership");
    builder.body(&main, |row, (root, index, leaf)| {
        // All levels are gone, the path leads to the root, and nothing remains of the index, so that it was below 2^20:
        // its bits are the sides.
        let end = (Base::zero(), Base::zero(), root);
        row.run_to(&path, &(Base::number(DEPTH), index, leaf), |(): &()| end);
    });
    builder.finish(&main).expect("a program")
}

/// A node above two others.
pub fn node(left: &[F; 9], right: &[F; 9]) -> [F; 9] {
    let mut state = [F::ZERO; 24];
    state[..9].copy_from_slice(left);
    state[9..18].copy_from_slice(right);
    state[23] = NODE_TAG;
    permute24(&mut state);
    array::from_fn(|i| state[i])
}

/// A leaf at an index, under a root that some siblings lead to.
#[must_use]
pub fn case(index: u32) -> Case {
    let leaf: [F; 9] = array::from_fn(|i| F::from_usize(7 * i + 1));
    let mut above = leaf;
    let mut advice = Vec::new();
    for level in 0..DEPTH {
        let sibling: [F; 9] = array::from_fn(|i| F::from_u32(100 * level + i as u32));
        advice.extend(sibling);
        above = match index >> level & 1 {
            0 => node(&above, &sibling),
            _ => node(&sibling, &above),
        };
    }
    let mut arguments = above.to_vec();
    arguments.push(F::from_u32(index));
    arguments.extend(leaf);
    Case {
        arguments,
        advice,
        results: vec![],
    }
}
