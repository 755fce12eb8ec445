//! The decoder of trees of statements, and what is done with whatever it accepts.
//!
//! Inputs are trees that were merged, with some bytes changed, and trees that are grown at random, whose numbers are mostly
//! within their limits.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rand::RngExt;
use sheaf::{PROD, PublicKey};
use sheaf_aggregation::{Group, Statement};
use sheaf_recursion::shape::{DecodeError, LimitError, Merged};
use sheaf_recursion::{Child, Digest, Shape};

use crate::decoders::mutated;
use crate::measure::under_test;
use crate::{Rng, Run, Target, block_rng, bytes, elements};

/// Encoded shapes.
pub struct Shapes {
    trees: Vec<Merged>,
    samples: Vec<Vec<u8>>,
}

impl Shapes {
    /// Merges a few trees.
    ///
    /// # Panics
    /// If their leaves can't be merged.
    #[must_use]
    pub fn new() -> Self {
        let keys = elements::random(&mut block_rng(1, "shape", 0), 13 * 200);
        let keys: Vec<PublicKey> = keys
            .chunks_exact(52)
            .map(|key| PublicKey::from_bytes(&PROD, key).expect("elements are canonical"))
            .collect();
        // Every `step`-th key of each group.
        let leaf = |slots: std::ops::Range<u32>, first: usize, step: usize| {
            let groups = slots.map(|slot| Group {
                slot,
                message: [slot as u8; 32],
                keys: keys[first..].iter().step_by(step).copied().collect(),
            });
            Statement::new(PROD, groups.collect())
                .expect("groups and keys differ")
                .0
        };
        let shared = leaf(0..1, 0, 1);
        let low = merged(
            &[leaf(0..1, 0, 2), leaf(0..1, 1, 2), leaf(1..4, 190, 1)],
            &[],
        );
        let mid = merged(&[leaf(0..2, 150, 3), shared.clone()], &[&low]);
        let high = merged(&[shared, leaf(3..5, 180, 1)], &[&mid, &low]);
        let trees = vec![low, mid, high];
        let samples = trees.iter().map(|tree| tree.shape.encode()).collect();
        Self { trees, samples }
    }
}

fn merged(leaves: &[Statement], nodes: &[&Merged]) -> Merged {
    let leaves = leaves.iter().map(|claims| Child {
        claims,
        shape: None,
    });
    let nodes = nodes.iter().map(|merged| Child {
        claims: &merged.claims,
        shape: Some(&merged.shape),
    });
    let children: Vec<Child> = leaves.chain(nodes).collect();
    Shape::merge(&children).expect("trees are within the limits")
}

impl Default for Shapes {
    fn default() -> Self {
        Self::new()
    }
}

impl Target for Shapes {
    fn name(&self) -> &'static str {
        "shape"
    }

    fn block(&self) -> u64 {
        512
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        if rng.random() {
            return mutated(rng, &self.samples, usize::MAX);
        }
        let sizes: Vec<u8> = (0..rng.random_range(1..4))
            .map(|_| bytes::pick(rng, &[1, 2, 9, 64, 127]))
            .collect();
        let mut input = vec![sizes.len() as u8];
        input.extend(&sizes);
        let height = bytes::pick(rng, &[1, 2, 3, 4, 32]);
        grow_node(rng, &mut input, &sizes, height);
        input
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let decoded = under_test(input.len(), || Shape::decode(input))?;
        let peak = decoded.peak;
        let shape = match decoded.value {
            Ok(shape) => shape,
            Err(error) => {
                return Ok(Run {
                    refused: Some(Cow::Borrowed(name(&error))),
                    peak,
                });
            }
        };
        if shape.encode() != input {
            return Err("the decoder accepts another encoding than its own".to_owned());
        }
        under_test(input.len(), || shape.root())?;
        for tree in &self.trees {
            let checked = under_test(input.len(), || shape.check(&tree.claims))?;
            let known: BTreeSet<Digest> = tree.shape.leaves().iter().map(|l| l.digest()).collect();
            if checked.value.is_ok() && !shape.leaves().iter().all(|l| known.contains(&l.digest()))
            {
                return Err("a leaf is about claims without having their digest".to_owned());
            }
            let all = under_test(input.len(), || shape.restrict(&tree.claims, &tree.claims))?;
            if all.value.is_ok_and(|all| all.root() != shape.root()) {
                return Err("a restricted tree has another root".to_owned());
            }
        }
        Ok(Run {
            refused: None,
            peak,
        })
    }
}

/// A node, with children that are mostly as they have to be.
fn grow_node(rng: &mut Rng, input: &mut Vec<u8>, sizes: &[u8], height: u8) {
    let count = bytes::pick(rng, &[1, 1, 2, 2, 3, 16]);
    input.extend([height, count]);
    for child in 0..count {
        // The first one makes the height right.
        let deep = child == 0 && height > 1 || rng.random_range(0..16) == 0;
        if deep && input.len() < 10_000 {
            input.push(2);
            let below = if rng.random_range(0..64) == 0 {
                height
            } else {
                height.saturating_sub(1)
            };
            grow_node(rng, input, sizes, below);
            continue;
        }
        let hidden = child > 0 && rng.random();
        input.push(u8::from(!hidden));
        let digest: [u8; 36] =
            core::array::from_fn(|i| if i % 4 == 3 { 0x7e } else { rng.random() });
        input.extend(digest);
        if hidden {
            continue;
        }
        input.push(1);
        let group = rng.random_range(0..sizes.len());
        input.push(group as u8);
        // A few keys, a run, most of them, or a bitmap.
        match rng.random_range(0..8) {
            0 => input.push(1),
            1 => input.extend([3, sizes[group] / 2]),
            2 => input.extend([2, sizes[group] / 2]),
            3 => {
                input.push(0);
                input.extend((0..sizes[group].div_ceil(8)).map(|_| rng.random::<u8>()));
            }
            4 => input.extend([5, sizes[group] / 3, 1]),
            _ => input.extend([4, sizes[group] / 3, 1]),
        }
    }
}

fn name(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::Truncated { .. } => "truncated",
        DecodeError::Trailing { .. } => "trailing",
        DecodeError::Number { .. } => "number",
        DecodeError::Element { .. } => "element",
        DecodeError::Groups { .. } => "groups",
        DecodeError::Size { .. } => "size",
        DecodeError::Tag { .. } => "tag",
        DecodeError::Height { .. } => "height",
        DecodeError::Hidden { .. } => "hidden",
        DecodeError::Cover { .. } => "cover",
        DecodeError::Keys { .. } => "keys",
        DecodeError::DuplicateLeaf { .. } => "duplicate",
        DecodeError::Limit(LimitError::Children { .. }) => "children",
        DecodeError::Limit(LimitError::Overlap { .. }) => "overlap",
        DecodeError::Limit(_) => "limit",
        _ => "other",
    }
}
