//! Merging, checking, and splitting again.

mod common;

use common::{above, join, keys, leaf, node, statement};
use sheaf_aggregation::{Statement, Summary};
use sheaf_recursion::shape::{CheckError, LimitError, MergeError, RestrictError};
use sheaf_recursion::statement::node_digest;
use sheaf_recursion::{Child, Shape, UnionError, union};
use sheaf_xmss::{PROD, TEST};

fn accepted(shape: &Shape, claims: &Statement) {
    assert_eq!(shape.check(claims), Ok(()));
    assert_eq!(Shape::decode(&shape.encode()).as_ref(), Ok(shape));
}

fn digest(claims: &Statement) -> sheaf_recursion::Digest {
    Summary::new(claims).digest()
}

#[test]
fn a_node_is_about_the_union_of_its_children() {
    let leaves = [
        keys(0..40),
        keys(30..50),
        statement([(0, 2), (1, 7), (3, 1)]),
    ];
    let merged = above(&leaves);
    let all = (0..50).map(|i| (0, i)).chain([(1, 7), (3, 1)]);
    assert_eq!(merged.claims, statement(all));
    accepted(&merged.shape, &merged.claims);
    let root = node_digest(1, &leaves.each_ref().map(digest));
    assert_eq!(merged.shape.root(), root);
    assert_eq!(merged.shape.height(), 1);
    let counts: Vec<usize> = merged
        .shape
        .leaves()
        .iter()
        .map(|l| merged.shape.keys_of(l))
        .collect();
    assert_eq!((counts, merged.shape.claimed()), (vec![40, 20, 3], 52));
}

#[test]
fn leaves_and_nodes_are_merged_alike() {
    let (low, alone) = (above(&[keys(0..10), keys(5..20)]), keys(15..30));
    let merged = Shape::merge(&[leaf(&alone), node(&low)]).unwrap();
    accepted(&merged.shape, &keys(0..30));
    assert_eq!(merged.shape.height(), 2);
    let root = node_digest(2, &[digest(&alone), low.shape.root()]);
    assert_eq!(merged.shape.root(), root);
}

#[test]
fn a_leaf_that_several_children_have_is_visible_once() {
    let (a, b, c) = (keys(0..10), keys(10..20), keys(20..30));
    let left = above(&[a.clone(), b.clone()]);
    let right = above(&[c, b.clone()]);
    let merged = join(&[&left, &right]);
    accepted(&merged.shape, &keys(0..30));
    assert_eq!(merged.shape.leaves().len(), 3);
    assert_eq!(
        merged.shape.root(),
        node_digest(2, &[left.shape.root(), right.shape.root()])
    );
    // A child that adds nothing is a digest.
    let twice = Shape::merge(&[node(&left), node(&left), leaf(&a)]).unwrap();
    accepted(&twice.shape, &keys(0..20));
    assert_eq!(twice.shape.leaves().len(), 2);
    let root = node_digest(2, &[left.shape.root(), left.shape.root(), digest(&a)]);
    assert_eq!(twice.shape.root(), root);
    // What one child hides another may show.
    let hiding = right.shape.restrict(&right.claims, &keys(20..30)).unwrap();
    let kept = keys(20..30);
    let hiding = Child {
        claims: &kept,
        shape: Some(&hiding),
    };
    let merged = Shape::merge(&[hiding, node(&left)]).unwrap();
    accepted(&merged.shape, &keys(0..30));
}

#[test]
fn overlaps_beyond_the_limit_are_hidden() {
    // Every leaf has all keys but one: 16 leaves cover each key 15 times.
    let leaves: Vec<Statement> = (0..16).map(|i| keys((0..16).filter(|&k| k != i))).collect();
    let merged = above(&leaves);
    accepted(&merged.shape, &keys(0..16));
    assert_eq!(merged.shape.leaves().len(), 2, "two have all keys");
    let digests: Vec<_> = leaves.iter().map(digest).collect();
    assert_eq!(merged.shape.root(), node_digest(1, &digests));
    // The same four times over is within the limit.
    let merged = above(&leaves[..4]);
    assert_eq!(merged.shape.leaves().len(), 4);
}

#[test]
fn restricting_hides_what_is_not_kept() {
    let leaves = [
        keys(0..10),
        statement([(0, 3), (1, 0), (1, 1)]),
        statement([(1, 0), (2, 5)]),
        statement([(2, 5), (2, 6), (2, 9)]),
    ];
    let tree = join(&[&above(&leaves[..2]), &above(&leaves[2..])]);
    let root = tree.shape.root();
    let restrict = |kept: &Statement| {
        let shape = tree.shape.restrict(&tree.claims, kept)?;
        accepted(&shape, kept);
        assert_eq!((shape.root(), shape.height()), (root, 2));
        Ok::<_, RestrictError>(shape)
    };
    assert_eq!(restrict(&tree.claims), Ok(tree.shape.clone()));
    assert_eq!(restrict(&keys(0..10)).unwrap().leaves().len(), 1);
    assert_eq!(
        restrict(&statement([(1, 0), (2, 5)]))
            .unwrap()
            .leaves()
            .len(),
        1
    );
    let kept = statement([(1, 0), (2, 5), (2, 6), (2, 9)]);
    assert_eq!(restrict(&kept).unwrap().leaves().len(), 2);
    let missing = |group, key, count| Err(RestrictError::Missing { group, key, count });
    assert_eq!(restrict(&keys(0..9)), missing(0, 0, 9));
    assert_eq!(
        restrict(&statement([(1, 0), (2, 5), (2, 6)])),
        missing(1, 1, 1)
    );
    let more = (0..10).map(|i| (0, i)).chain([(1, 0)]);
    assert_eq!(restrict(&statement(more)), missing(1, 0, 1));
    for (absent, key) in [(keys(0..11), 10), (statement([(7, 0)]), 0)] {
        let error = RestrictError::NotClaimed { group: 0, key };
        assert_eq!(restrict(&absent), Err(error));
    }
    let wrong = tree.shape.restrict(&keys(0..3), &keys(0..1));
    assert!(matches!(
        wrong,
        Err(RestrictError::Claims(CheckError::Groups { .. }))
    ));
}

#[test]
fn what_is_restricted_is_merged_again() {
    let tree = join(&[
        &above(&[keys(0..10), keys(10..20)]),
        &above(&[keys(20..30), keys(15..25)]),
    ]);
    let parts = [keys(0..10), keys(10..20), keys(15..30)];
    let shapes = parts
        .each_ref()
        .map(|kept| tree.shape.restrict(&tree.claims, kept).unwrap());
    let children: Vec<Child> = parts
        .iter()
        .zip(&shapes)
        .map(|(claims, shape)| Child {
            claims,
            shape: Some(shape),
        })
        .collect();
    let merged = Shape::merge(&children).unwrap();
    accepted(&merged.shape, &tree.claims);
    assert_eq!(merged.shape.root(), node_digest(3, &[tree.shape.root(); 3]));
    assert_eq!(merged.shape.leaves().len(), 4);
}

#[test]
fn restriction_to_what_has_many_leaves_hides_some() {
    // Many keys that are covered once let few be covered often.
    let few: Vec<Statement> = (0..8).map(|i| keys((0..8).filter(|&k| k != i))).collect();
    let many = statement((0..100).map(|i| (1, i)));
    let tree = above(&[&few[..], &[many]].concat());
    assert_eq!(tree.shape.leaves().len(), 9);
    let kept = keys(0..8);
    let shape = tree.shape.restrict(&tree.claims, &kept).unwrap();
    accepted(&shape, &kept);
    assert_eq!(shape.leaves().len(), 2);
    assert_eq!(shape.root(), tree.shape.root());
}

#[test]
fn a_tree_has_sixteen_children_and_height_32() {
    let leaves: Vec<Statement> = (0..17).map(|i| keys(3 * i..3 * i + 4)).collect();
    let mut tree = above(&leaves[..16]);
    accepted(&tree.shape, &keys(0..49));
    let children: Vec<Child> = leaves.iter().map(leaf).collect();
    let too_many = MergeError::Limit(LimitError::Children { found: 17 });
    assert_eq!(Shape::merge(&children), Err(too_many));
    let none = MergeError::Limit(LimitError::Children { found: 0 });
    assert_eq!(Shape::merge(&[]), Err(none));
    let mut more = Vec::new();
    for height in 2..=32 {
        more.push(keys([100 + height]));
        tree = Shape::merge(&[node(&tree), leaf(&more[height - 2])]).unwrap();
        assert_eq!(tree.shape.height(), height);
    }
    accepted(&tree.shape, &tree.claims);
    assert_eq!(tree.claims.lanes(), 49 + 31);
    let too_high = MergeError::Limit(LimitError::Height { found: 33 });
    assert_eq!(Shape::merge(&[node(&tree)]), Err(too_high));
    // What is deepest, and what is highest.
    for kept in [keys(0..4), keys([132])] {
        let shape = tree.shape.restrict(&tree.claims, &kept).unwrap();
        accepted(&shape, &kept);
        assert_eq!(shape.root(), tree.shape.root());
    }
}

/// Every change of what is claimed is found, and named.
#[test]
fn no_other_claims_fit() {
    let leaves = [keys(0..10), statement([(0, 3), (1, 0), (1, 1)])];
    let tree = above(&leaves);
    let honest = || (0..10).map(|i| (0, i)).chain([(1, 0), (1, 1)]);
    let size = |group, shape, claims| CheckError::Size {
        group,
        shape,
        claims,
    };
    let wrong = |leaf, keys, groups| CheckError::Leaf {
        leaf,
        keys,
        groups,
        group: 0,
    };
    let check = |claims: &Statement| tree.shape.check(claims).unwrap_err();
    assert_eq!(check(&statement(honest().skip(1))), size(0, 10, 9));
    assert_eq!(check(&statement(honest().chain([(1, 2)]))), size(1, 2, 3));
    assert_eq!(
        check(&keys(0..10)),
        CheckError::Groups {
            shape: 2,
            claims: 1
        }
    );
    for (i, claim) in honest().enumerate() {
        // Another key, and another slot with its message.
        let other = honest().filter(|&c| c != claim).chain([(claim.0, 100)]);
        let (leaf, keys, groups) = if i < 10 { (0, 10, 1) } else { (1, 3, 2) };
        assert_eq!(
            check(&statement(other)),
            wrong(leaf, keys, groups),
            "{claim:?}"
        );
    }
    let later = honest().map(|(slot, key)| (slot + slot, key));
    assert_eq!(check(&statement(later)), wrong(1, 3, 2));
    let mut groups = tree.claims.groups().to_vec();
    groups[1].message[31] ^= 1;
    let (message, _) = Statement::new(PROD, groups).unwrap();
    assert_eq!(check(&message), wrong(1, 3, 2));
    // Of another scheme whose keys have the same sizes.
    let (scheme, _) = Statement::new(TEST, tree.claims.groups().to_vec()).unwrap();
    assert_eq!(check(&scheme), wrong(0, 10, 1));
}

#[test]
fn claims_that_have_no_union_are_refused() {
    assert_eq!(union([]), Err(UnionError::None));
    let prod = keys(0..3);
    let (test, _) = Statement::new(TEST, prod.groups().to_vec()).unwrap();
    let error = UnionError::Schemes {
        child: 1,
        found: "test",
        first: "prod",
    };
    assert_eq!(union([&prod, &test]), Err(error));
    let error = MergeError::Union(error);
    assert_eq!(Shape::merge(&[leaf(&prod), leaf(&test)]), Err(error));
    let tree = above(&[keys(0..3)]);
    let bad = Child {
        claims: &prod,
        shape: Some(&tree.shape),
    };
    assert!(Shape::merge(&[bad]).is_ok());
    let four = keys(0..4);
    let bad = Child {
        claims: &four,
        shape: Some(&tree.shape),
    };
    let error = CheckError::Size {
        group: 0,
        shape: 3,
        claims: 4,
    };
    let error = MergeError::Child { child: 1, error };
    assert_eq!(Shape::merge(&[leaf(&prod), bad]), Err(error));
}
