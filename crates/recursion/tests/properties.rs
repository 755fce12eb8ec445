//! Random trees, and random changes of their bytes.

mod common;

use std::collections::BTreeSet;

use common::{Claim, leaf, node, statement};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use sheaf_aggregation::{Statement, Summary};
use sheaf_recursion::Shape;
use sheaf_recursion::shape::Merged;

fn claims() -> impl Strategy<Value = BTreeSet<Claim>> {
    let some = btree_set((0..4u32, 0..60usize), 1..20);
    let run = (0..4u32, 0..50usize, 1..40usize);
    let run =
        run.prop_map(|(slot, first, count)| (first..first + count).map(|k| (slot, k)).collect());
    prop_oneof![some, run]
}

/// Leaves, and for each whether it is merged with what there is, or starts a tree of its own that is merged at the end.
fn tree() -> impl Strategy<Value = (Vec<Statement>, Merged)> {
    vec((claims(), any::<bool>()), 1..9).prop_map(|leaves| {
        let statements: Vec<Statement> = leaves
            .iter()
            .map(|(claims, _)| statement(claims.clone()))
            .collect();
        let mut trees: Vec<Merged> = Vec::new();
        for (claims, (_, alone)) in statements.iter().zip(&leaves) {
            let last = trees.pop().filter(|_| !trees.is_empty() || !alone);
            let merged = match &last {
                Some(last) => Shape::merge(&[leaf(claims), node(last)]),
                None => Shape::merge(&[leaf(claims)]),
            };
            trees.push(merged.unwrap());
        }
        let children: Vec<_> = trees
            .iter()
            .map(node)
            .chain(statements.iter().map(leaf).take(2))
            .collect();
        let merged = Shape::merge(&children).unwrap();
        (statements, merged)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_tree_is_about_its_claims((_, tree) in tree()) {
        prop_assert_eq!(tree.shape.check(&tree.claims), Ok(()));
        let bytes = tree.shape.encode();
        prop_assert_eq!(Shape::decode(&bytes), Ok(tree.shape.clone()));
        for length in 0..bytes.len() {
            prop_assert!(Shape::decode(&bytes[..length]).is_err());
        }
    }

    #[test]
    fn what_is_accepted_is_written_again((_, tree) in tree(), changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..4usize), 1..4)) {
        let mut bytes = tree.shape.encode();
        for (at, value, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = value,
                1 => bytes[at] ^= 1 << (value % 8),
                2 => bytes.insert(at, value),
                _ => drop(bytes.remove(at)),
            }
        }
        if let Ok(shape) = Shape::decode(&bytes) {
            prop_assert_eq!(shape.encode(), bytes);
            // Another tree is about these claims only if no visible leaf is another.
            if shape.check(&tree.claims).is_ok() {
                let honest: BTreeSet<_> = tree.shape.leaves().iter().map(|l| l.digest()).collect();
                prop_assert!(shape.leaves().iter().all(|l| honest.contains(&l.digest())));
            }
        }
    }

    #[test]
    fn restricting_keeps_the_root((leaves, tree) in tree(), chosen in any::<u8>()) {
        let kept = leaves.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1);
        let Ok(kept) = sheaf_recursion::union(kept.map(|(_, claims)| claims)) else {
            return Ok(());
        };
        let shape = match tree.shape.restrict(&tree.claims, &kept) {
            Ok(shape) => shape,
            // A leaf may be hidden already, for what larger ones have.
            Err(_) => {
                let all: BTreeSet<_> = leaves.iter().map(|l| Summary::new(l).digest()).collect();
                prop_assert!(tree.shape.leaves().len() < all.len());
                return Ok(());
            }
        };
        prop_assert_eq!(shape.check(&kept), Ok(()));
        prop_assert_eq!(shape.root(), tree.shape.root());
        prop_assert_eq!(Shape::decode(&shape.encode()), Ok(shape.clone()));
        let part = Merged { claims: kept, shape };
        let again = Shape::merge(&[node(&part), node(&tree)]).unwrap();
        prop_assert_eq!(again.shape.check(&tree.claims), Ok(()));
        prop_assert_eq!(again.claims, tree.claims);
    }
}
