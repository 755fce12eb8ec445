//! A statement without its keys: what a proof is about, as the argument takes it in.
//!
//! A statement has a *digest* of nine elements. It opens to a [`Summary`]: scheme, groups with their sizes, and the
//! capacities of sixteen sponges that have absorbed the keys (`streams.rs`). The argument shows that the keys under
//! which it has verified signatures lead to these capacities (`link.rs`), so it never meets a list of keys, and
//! whoever verifies hashes each key once.
//!
//! ```text
//!     streams    all keys, in the order of the lanes, then all groups
//!     digest     a sponge of Domain::Statement over
//!                version | scheme | number of groups
//!                the capacities of the sixteen streams, 9 elements each, in blocks of 15
//! ```
//!
//! **Binding.** Let two statements have one digest, and no two inputs of the permutation that occur have the same nine
//! outputs. Then they have the same number of groups and the same last capacities; stepping back, the same groups, group
//! by group, as their number says which streams have absorbed how many; with the sizes the same number of keys, and
//! stepping back further, the same keys in the same order.

use core::ops::Range;

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::{RATE, Sponge};
use sheaf_transcript::{Domain, F, Label, Transcript};
use sheaf_xmss::{PublicKey, Scheme, tweak};

use crate::statement::{Group, KIND_LEAF, PROTOCOL_VERSION, Statement};
use crate::streams::{Absorption, CAPACITY, Capacity, STREAMS, Streams, group_item};

/// A group of a statement: its keys are a number of lanes.
#[derive(Clone, Debug)]
pub(crate) struct GroupSummary {
    pub slot: u32,
    /// The digits of the message in base `p`.
    pub message: [F; 9],
    pub lanes: usize,
}

impl GroupSummary {
    fn new(group: &Group, lanes: usize) -> Self {
        Self {
            slot: group.slot,
            message: tweak::message_digits(&group.message),
            lanes,
        }
    }
}

/// What the digest of a statement opens to.
#[derive(Clone, Debug)]
pub struct Summary {
    pub(crate) scheme: Scheme,
    pub(crate) groups: Vec<GroupSummary>,
    /// What the streams hold after the keys, before the groups.
    pub(crate) capacities: [Capacity; STREAMS],
    digest: [F; CAPACITY],
}

/// Kind and rate of a proof.
pub const HEADER: Label = Label::new("statement/header");
/// The digest of the statement.
pub const DIGEST: Label = Label::new("statement/digest");

impl Summary {
    /// Hashes all keys and groups.
    #[must_use]
    pub fn new(statement: &Statement) -> Self {
        let groups = statement.groups();
        let summaries = groups.iter().map(|g| GroupSummary::new(g, g.keys.len()));
        Self::of(statement.scheme(), summaries.collect(), statement.keys())
    }

    /// As [`Self::new`], of a part of a statement: of some of its groups, ranges of their keys. No key is copied.
    ///
    /// A part is a statement in canonical form as well. `None` if it is none: if groups or ranges do not ascend, are empty or
    /// exceed what there is.
    #[must_use]
    pub fn of_part(statement: &Statement, part: &[(usize, Vec<Range<usize>>)]) -> Option<Self> {
        let mut groups = Vec::with_capacity(part.len());
        let mut keys: Vec<&[PublicKey]> = Vec::new();
        let mut next = 0;
        for (index, ranges) in part {
            let group = statement.groups().get(*index)?;
            if *index < next || ranges.is_empty() {
                return None;
            }
            let (mut lanes, mut end) = (0, 0);
            for range in ranges {
                if range.is_empty() || range.start < end {
                    return None;
                }
                keys.push(group.keys.get(range.clone())?);
                lanes += range.len();
                end = range.end;
            }
            groups.push(GroupSummary::new(group, lanes));
            next = index + 1;
        }
        let any = !groups.is_empty();
        any.then(|| Self::of(statement.scheme(), groups, keys.into_iter().flatten()))
    }

    /// Of groups in canonical order, and all their keys.
    fn of<'a>(
        scheme: &Scheme,
        groups: Vec<GroupSummary>,
        keys: impl Iterator<Item = &'a PublicKey>,
    ) -> Self {
        let mut streams = Streams::new();
        streams.absorb_keys(scheme, keys);
        let capacities = streams.capacities();
        let item = |g: &GroupSummary| group_item(tweak::base_p(g.slot.into()), g.lanes, &g.message);
        streams.absorb_groups(groups.iter().map(item));

        let mut sponge = Sponge::<F>::new(Domain::Statement.tag());
        sponge.absorb_single(&[
            F::from_u32(PROTOCOL_VERSION),
            F::from_u8(scheme.id),
            F::from_usize(groups.len()),
        ]);
        for block in streams.capacities().as_flattened().chunks(RATE) {
            sponge.absorb_single(block);
        }
        Self {
            scheme: *scheme,
            groups,
            capacities,
            digest: sponge.capacity(),
        }
    }

    /// The digest of the statement.
    pub const fn digest(&self) -> [F; CAPACITY] {
        self.digest
    }

    /// The capacities of the streams after all keys.
    pub const fn capacities(&self) -> [Capacity; STREAMS] {
        self.capacities
    }

    /// Permutations that it takes to arrive at the digest.
    pub(crate) fn permutations(&self) -> usize {
        let lanes: usize = self.groups.iter().map(|g| g.lanes).sum();
        let keys = lanes * Absorption::of_keys(&self.scheme).permutations();
        let messages = match self.scheme.hashes.message_domain {
            Some(_) => self.groups.len(),
            None => 0,
        };
        keys + self.groups.len() + messages + 1 + (STREAMS * CAPACITY).div_ceil(RATE)
    }

    /// Binds the statement to a transcript, before anything else, with the rate of the proof and its kind.
    pub fn absorb(&self, log_inv_rate: usize, transcript: &mut impl Transcript) {
        let header = [F::from_u8(KIND_LEAF), F::from_usize(log_inv_rate)];
        transcript.absorb(HEADER, &header);
        transcript.absorb(DIGEST, &self.digest);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sheaf_xmss::PROD;

    use super::*;

    /// Its root and parameter are zero for 0.
    fn key(i: usize) -> PublicKey {
        PublicKey::new(
            &PROD,
            core::array::from_fn(|j| F::from_usize(i * (j + 1))),
            core::array::from_fn(|j| F::from_usize(i * (j + 9))),
        )
    }

    fn group(slot: u32, message: u8, keys: core::ops::Range<usize>) -> Group {
        Group {
            slot,
            message: [message; 32],
            keys: keys.map(key).collect(),
        }
    }

    fn digest(groups: Vec<Group>) -> [F; CAPACITY] {
        let (statement, _) = Statement::new(PROD, groups).unwrap();
        Summary::new(&statement).digest()
    }

    /// Every way to split up to 39 keys into two groups, at neighbouring slots and messages, and at a slot of two digits.
    #[test]
    fn near_statements_have_digests_of_their_own() {
        let mut seen = BTreeMap::new();
        for n in 1..40 {
            let alone = [(0, 0), (1, 0), (sheaf_transcript::field::ORDER, 0), (0, 1)];
            let mut statements: Vec<Vec<Group>> = alone
                .iter()
                .map(|&(slot, message)| vec![group(slot, message, 0..n)])
                .collect();
            for split in 1..n {
                for [first, second] in [[(0, 0), (0, 1)], [(0, 0), (1, 0)], [(1, 0), (0, 0)]] {
                    let first = group(first.0, first.1, 0..split);
                    statements.push(vec![first, group(second.0, second.1, split..n)]);
                }
            }
            for groups in statements {
                let digest = digest(groups.clone());
                if let Some(other) = seen.insert(digest, groups.clone()) {
                    panic!("{other:?} and {groups:?}");
                }
            }
        }
        assert_eq!(seen.len(), 39 * 4 + 3 * (1..39).sum::<usize>());
    }

    #[test]
    fn the_order_in_which_claims_are_given_does_not_matter() {
        let mut backward = group(1, 1, 0..20);
        backward.keys.reverse();
        let one = digest(vec![group(1, 1, 0..20), group(2, 1, 20..23)]);
        assert_eq!(one, digest(vec![group(2, 1, 20..23), backward]));
    }

    #[test]
    fn a_part_is_a_statement_of_its_own() {
        let whole = [group(1, 1, 0..20), group(2, 1, 20..23), group(3, 1, 0..7)];
        let (whole, _) = Statement::new(PROD, whole.to_vec()).unwrap();
        let of = |part: &[(usize, &[[usize; 2]])]| {
            let owned: Vec<_> = part
                .iter()
                .map(|&(g, r)| (g, r.iter().map(|&[start, end]| start..end).collect()))
                .collect();
            Summary::of_part(&whole, &owned).map(|summary| summary.digest())
        };
        let all: [(usize, &[[usize; 2]]); 3] =
            [(0, &[[0, 20]]), (1, &[[0, 3]]), (2, &[[0, 1], [1, 7]])];
        assert_eq!(of(&all), Some(Summary::new(&whole).digest()));
        let mut some = vec![group(1, 1, 0..0), group(3, 1, 0..0)];
        some[0].keys = [
            &whole.groups()[0].keys[2..18],
            &whole.groups()[0].keys[19..],
        ]
        .concat();
        some[1].keys = whole.groups()[2].keys[..1].to_vec();
        assert_eq!(
            of(&[(0, &[[2, 18], [19, 20]]), (2, &[[0, 1]])]),
            Some(digest(some))
        );

        assert_eq!(of(&[]), None, "no group");
        assert_eq!(of(&[(0, &[])]), None, "no key");
        assert_eq!(of(&[(0, &[[3, 3]])]), None, "no key");
        assert_eq!(of(&[(3, &[[0, 1]])]), None, "no such group");
        assert_eq!(of(&[(1, &[[0, 4]])]), None, "no such key");
        assert_eq!(of(&[(1, &[[0, 1]]), (1, &[[1, 2]])]), None, "a group twice");
        assert_eq!(of(&[(1, &[[0, 1]]), (0, &[[1, 2]])]), None, "out of order");
        assert_eq!(of(&[(1, &[[0, 2], [1, 3]])]), None, "a key twice");
        assert_eq!(of(&[(1, &[[1, 2], [0, 1]])]), None, "out of order");
    }
}
