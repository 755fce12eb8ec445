//! Merkle trees, from the root down, and the powers of a generator whose exponents are positions.
//!
//! That a node is in a tree, with its digest and its power, is a *fact*: it is found once, from that of its parent, however many queries
//! pass it. An index is an integer below `2^level` thereby, since the root's is zero and a child's is twice its parent's or one more; nobody has to look at bits
//! of positions. Either side is a kind, so that the side needs no cell, and the digest stands where it is permuted.
//!
//! The power of a node is that of its parent if it is on the left, and times the generator of order `2^level` on the right: at the leaves
//! of a tree of `2^depth` of them, it is the generator of order `2^depth` to the position.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Row};
use sheaf_transcript::Domain;

use super::constants::Constants;
use super::numbers::{Words, half};
use super::places::Oracle;
use crate::memory::read_digest;

/// What is known of nodes: from level, oracle and index to digest and power.
pub(super) type Nodes = Function<[Base; 3], (Digest, Base)>;

/// Adds the facts about the trees of all oracles.
pub(super) fn nodes(builder: &mut Builder, memory: &Words, constants: Constants) -> Nodes {
    let nodes = builder.memoised::<[Base; 3], (Digest, Base)>("node");
    let is_root = |arguments: &[F]| arguments[0] == F::ZERO;
    let is_right = |arguments: &[F]| arguments[2].as_canonical_u32() % 2 == 1;
    builder.branch(&nodes, "root", is_root, |row, [level, oracle, index]| {
        row.assert_equal(&level, &Base::zero(), "this is another level");
        row.assert_equal(&index, &Base::zero(), "there is no such node");
        let root = read_digest(row, memory, &Oracle::at(&oracle).root());
        (root, Base::number(1))
    });
    builder.branch(
        &nodes,
        "left",
        move |arguments| !is_root(arguments) && !is_right(arguments),
        |row, [level, oracle, index]| {
            let [node, sibling]: [Digest; 2] = row.advice();
            let above = [level.plus(-1), oracle, half(&index)];
            let power = parent(row, &nodes, &above, [&node, &sibling]);
            (node, power)
        },
    );
    builder.branch(
        &nodes,
        "right",
        move |arguments| !is_root(arguments) && is_right(arguments),
        |row, [level, oracle, index]| {
            let [node, sibling]: [Digest; 2] = row.advice();
            let above = [level.plus(-1), oracle, half(&index.plus(-1))];
            let power = parent(row, &nodes, &above, [&sibling, &node]);
            let root = constants.root(row, memory, &level);
            let power = row.product(&power, &root);
            (node, power)
        },
    );
    nodes
}

/// The power of the node above two others.
#[track_caller]
fn parent(row: &mut Row, nodes: &Nodes, above: &[Base; 3], [left, right]: [&Digest; 2]) -> Base {
    let digest = row.compress(left, right, Domain::Node.tag());
    row.call_to(nodes, above, |power: &Base| (digest.clone(), power.clone()))
}
