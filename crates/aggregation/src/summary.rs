//! A statement without its keys: what a proof is about, as the argument takes it in.
//!
//! A statement has a *digest* of nine elements. It opens to a [`Summary`]: scheme, groups with their sizes, and the
//! capacities of sixteen sponges that have absorbed the keys ([`crate::streams`]). The argument shows that the keys under
//! which it has verified signatures lead to these capacities ([`crate::link`]), so it never meets a list of keys, and
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

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::{RATE, Sponge};
use sheaf_transcript::{Domain, F, Label, Transcript};
use sheaf_xmss::{Scheme, tweak};

use crate::statement::{KIND_LEAF, PROTOCOL_VERSION, Statement};
use crate::streams::{CAPACITY, Capacity, STREAMS, Streams, group_block, key_block};

/// A group of a statement: its keys are a number of lanes.
#[derive(Clone, Debug)]
pub(crate) struct GroupSummary {
    pub slot: u32,
    pub message: [F; 9],
    pub lanes: usize,
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

const HEADER: Label = Label::new("statement/header");
const DIGEST: Label = Label::new("statement/digest");

impl Summary {
    /// Hashes all keys and groups.
    #[must_use]
    pub fn new(statement: &Statement) -> Self {
        let mut streams = Streams::new();
        streams.absorb_all(statement.keys().map(key_block));
        let capacities = streams.capacities();
        let groups: Vec<GroupSummary> = statement
            .groups()
            .iter()
            .map(|g| GroupSummary {
                slot: g.slot,
                message: tweak::message_elements(&g.message),
                lanes: g.keys.len(),
            })
            .collect();
        let block =
            |g: &GroupSummary| group_block(tweak::base_p(g.slot.into()), g.lanes, &g.message);
        streams.absorb_all(groups.iter().map(block));

        let scheme = *statement.scheme();
        let mut sponge = Sponge::<F>::new(Domain::Statement.tag());
        sponge.absorb(&[
            F::from_u32(PROTOCOL_VERSION),
            F::from_u8(scheme.id),
            F::from_usize(groups.len()),
        ]);
        for block in streams.capacities().as_flattened().chunks(RATE) {
            sponge.absorb(block);
        }
        Self {
            scheme,
            groups,
            capacities,
            digest: sponge.capacity(),
        }
    }

    /// The digest of the statement.
    pub const fn digest(&self) -> [F; CAPACITY] {
        self.digest
    }

    /// Permutations that it takes to arrive at the digest.
    pub(crate) fn permutations(&self) -> usize {
        let lanes: usize = self.groups.iter().map(|g| g.lanes).sum();
        lanes + self.groups.len() + 1 + (STREAMS * CAPACITY).div_ceil(RATE)
    }

    /// Binds the statement to a transcript, before anything else, with the rate of the proof and its kind.
    pub fn absorb(&self, log_inv_rate: usize, transcript: &mut impl Transcript) {
        let header = [F::from_u8(KIND_LEAF), F::from_usize(log_inv_rate)];
        transcript.absorb(HEADER, &header);
        transcript.absorb(DIGEST, &self.digest);
    }
}
