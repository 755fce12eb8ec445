//! Claims about keys that nobody owns, and trees of them.

#![allow(dead_code, reason = "every test uses a part of this")]

use std::collections::BTreeSet;

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::{Group, Statement};
use sheaf_recursion::shape::Merged;
use sheaf_recursion::{Child, Shape};
use sheaf_transcript::F;
use sheaf_xmss::{PROD, PublicKey};

/// A claim: a slot, which has one message, and a key.
pub(crate) type Claim = (u32, usize);

pub(crate) fn key(i: usize) -> PublicKey {
    PublicKey::new(
        &PROD,
        core::array::from_fn(|j| F::from_usize((i + 1) * (j + 2))),
        core::array::from_fn(|j| F::from_usize((i + 3) * (j + 11))),
    )
}

pub(crate) fn statement(claims: impl IntoIterator<Item = Claim>) -> Statement {
    let claims: BTreeSet<Claim> = claims.into_iter().collect();
    let slots: BTreeSet<u32> = claims.iter().map(|claim| claim.0).collect();
    let groups = slots.into_iter().map(|slot| Group {
        slot,
        message: [slot as u8; 32],
        keys: claims
            .range((slot, 0)..(slot + 1, 0))
            .map(|c| key(c.1))
            .collect(),
    });
    Statement::new(PROD, groups.collect()).unwrap().0
}

/// Keys at slot 0.
pub(crate) fn keys(keys: impl IntoIterator<Item = usize>) -> Statement {
    statement(keys.into_iter().map(|i| (0, i)))
}

pub(crate) fn leaf(claims: &Statement) -> Child<'_> {
    Child {
        claims,
        shape: None,
    }
}

pub(crate) fn node(merged: &Merged) -> Child<'_> {
    Child {
        claims: &merged.claims,
        shape: Some(&merged.shape),
    }
}

/// A node above leaves.
pub(crate) fn above(leaves: &[Statement]) -> Merged {
    let children: Vec<Child> = leaves.iter().map(leaf).collect();
    Shape::merge(&children).unwrap()
}

/// A node above nodes.
pub(crate) fn join(nodes: &[&Merged]) -> Merged {
    let children: Vec<Child> = nodes.iter().map(|merged| node(merged)).collect();
    Shape::merge(&children).unwrap()
}
