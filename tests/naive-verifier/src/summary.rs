//! The digest of a statement, and what it opens to.

use crate::Reject;
use crate::field::{F, f};
use crate::poseidon::{RATE, absorb_block, absorb_short_block, start};
use crate::statement::{Family, Group, Scheme, base_p, canonical, key_elements, message_digits};
use crate::transcript::Transcript;

/// Sponges that share the keys and the groups among them.
pub(crate) const STREAMS: usize = 16;

const VERSION: usize = 3;
/// The kind of a proof about signatures.
const KIND: usize = 1;

/// A statement without its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Slot, message and number of keys of each group, in canonical order.
    pub groups: Vec<(u32, [u8; 32], usize)>,
    /// The capacities of the streams after all keys.
    pub fin: Vec<Vec<F>>,
    /// Nine elements.
    pub digest: Vec<F>,
}

/// What the streams start from.
pub(crate) fn initial_capacity() -> Vec<F> {
    start(4)
}

/// The capacities of the streams after these items, of which item `i` belongs to stream `i mod 16`.
fn absorb_all(
    streams: &[Vec<F>],
    items: &[Vec<F>],
    absorb: impl Fn(&[F], &[F]) -> Vec<F>,
) -> Vec<Vec<F>> {
    let mut streams = streams.to_vec();
    for (i, item) in items.iter().enumerate() {
        let stream = &mut streams[i % STREAMS];
        *stream = absorb(stream, item);
    }
    streams
}

/// The capacity after a key: root, parameter and 1, in blocks that zeros fill up.
fn absorb_key(scheme: &Scheme, capacity: &[F], key: &[F]) -> Vec<F> {
    let blocks = key.chunks(scheme.key_rate());
    blocks.fold(capacity.to_vec(), |capacity, block| match scheme.family {
        Family::BothWidths => absorb_block(&capacity, block),
        Family::Compact => absorb_short_block(&capacity, block),
    })
}

impl Summary {
    /// Hashes all keys and groups.
    ///
    /// # Errors
    /// If the claims are not ones that could be proved.
    pub fn new(scheme: &Scheme, groups: &[Group]) -> Result<Self, Reject> {
        let groups = canonical(scheme, groups)?;
        // root | parameter | 1
        let keys: Vec<Vec<F>> = groups
            .iter()
            .flat_map(|group| &group.keys)
            .map(|key| [key_elements(key).unwrap_or_default(), vec![f(1)]].concat())
            .collect();
        let absorb_key = |capacity: &[F], key: &[F]| absorb_key(scheme, capacity, key);
        let fin = absorb_all(&vec![initial_capacity(); STREAMS], &keys, absorb_key);

        // slot 2 | number of keys | message 9 | 0 | 2 | 0
        let block = |group: &Group| {
            let slot = base_p(group.slot.into(), 2);
            let size = vec![f(group.keys.len())];
            let message = message_digits(&group.message);
            [slot, size, message, [0, 2, 0].map(f).to_vec()].concat()
        };
        let blocks: Vec<Vec<F>> = groups.iter().map(block).collect();
        let streams = absorb_all(&fin, &blocks, absorb_block).concat();

        let header = [VERSION, scheme.id.into(), groups.len()].map(f);
        let mut digest = absorb_block(&start(5), &header);
        for block in streams.chunks(RATE) {
            digest = absorb_block(&digest, block);
        }
        let summarise = |group: &Group| (group.slot, group.message, group.keys.len());
        Ok(Self {
            groups: groups.iter().map(summarise).collect(),
            fin,
            digest,
        })
    }

    /// Binds the transcript to the statement.
    pub(crate) fn absorb(&self, rate: usize, transcript: &mut Transcript) {
        transcript.absorb("statement/header", &[KIND, rate].map(f));
        transcript.absorb("statement/digest", &self.digest);
    }
}
