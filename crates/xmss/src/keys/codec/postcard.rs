//! The postcard encoding of secret keys.
//!
//! `1 (version) ‖ seed 32 ‖ first slot ‖ last slot ‖ number of layers ‖ layers`, where a layer is its number of nodes and the
//! nodes. All numbers are varints, and elements are as in the [postcard form of a public key](crate::PublicKey::to_postcard). The layers are
//! those of the top tree, without its padding: the nodes above active slots, from the roots of the bottom trees to the root.
//! The slots fix all that follows but the nodes.

use zeroize::Zeroizing;

use crate::keys::secret::SECRET_BYTES;
use crate::keys::subtree::{Layer, SubTree, top_layout};
use crate::keys::{ActiveRange, Secret, SecretKey, Window};
use crate::params::{COMPACT, Scheme};
use crate::postcard::{put_elements, put_varint};
use crate::seed::Seed;
use crate::ssz::{DecodeError, Reader};

const VERSION: u8 = 1;
/// Most bytes of the varint of a number in a key that this crate writes.
const VARINT_BYTES: usize = 5;

/// The height of the tree of an encoded key, if the bytes begin as one does.
pub(super) fn height(bytes: &[u8]) -> Option<u64> {
    let mut reader = Reader::whole(bytes);
    let [version, ..] = reader.array::<{ 1 + SECRET_BYTES }>("").ok()?;
    let first = u64::from(reader.varint_u32("").ok()?);
    let last = u64::from(reader.varint_u32("").ok()?);
    let layers = reader.varint_length("").ok()?;
    // Where the tree is cut depends on the number of slots alone.
    let range = ActiveRange::exact(&COMPACT, first, (last + 1).checked_sub(first)?)?;
    (version == VERSION).then_some((range.cut() as u64 + layers).checked_sub(1)?)
}

pub(super) fn decode(scheme: &Scheme, bytes: &[u8]) -> Result<SecretKey, DecodeError> {
    let mut reader = Reader::whole(bytes);
    let [version] = reader.array("version of the secret key")?;
    expect(
        "version of the secret key",
        0,
        version.into(),
        VERSION.into(),
    )?;
    let mut seed = Zeroizing::new([0; SECRET_BYTES]);
    *seed = reader.array("seed")?;
    let seed = Seed::new(*seed);
    let at = reader.position();
    let first = u64::from(reader.varint_u32("first slot")?);
    let last = u64::from(reader.varint_u32("last slot")?);
    let range = (last + 1)
        .checked_sub(first)
        .and_then(|count| ActiveRange::exact(scheme, first, count))
        .ok_or(DecodeError::Value {
            what: "range of active slots",
            at,
            found: first,
        })?;
    let layout = top_layout(scheme, &range);
    let at = reader.position();
    let layers = reader.varint_length("number of layers")?;
    expect("number of layers", at, layers, layout.len() as u64)?;
    let layers = (range.cut()..)
        .zip(layout)
        .map(|(level, place)| {
            let (start, count) = stored(&range, level);
            let at = reader.position();
            let length = reader.varint_length("number of nodes")?;
            expect("number of nodes", at, length, count as u64)?;
            let nodes = reader.varint_arrays("nodes", count, scheme.sizes.digest)?;
            let mut layer = Layer { start, nodes };
            layer.pad(place, |index| seed.filler(scheme, level, index));
            Ok(layer)
        })
        .collect::<Result<_, _>>()?;
    reader.end("secret key")?;
    Ok(SecretKey {
        scheme: *scheme,
        parameter: seed.parameter(scheme),
        secret: Secret::Seed(seed),
        range,
        top: SubTree {
            lowest_layer: range.cut(),
            layers,
        },
        window: Window {
            first: range.bottom_trees().start,
            trees: Vec::new(),
        },
    })
}

pub(super) fn encode(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let sizes = key.scheme.sizes;
    let layers = &key.top.layers;
    let nodes: usize = layers.iter().map(|layer| layer.nodes.len()).sum();
    // Reserved as a whole: growth would leave copies of the secret behind.
    let numbers = 3 + layers.len() + nodes * sizes.digest;
    let mut out = Zeroizing::new(Vec::with_capacity(
        1 + SECRET_BYTES + VARINT_BYTES * numbers,
    ));
    out.push(VERSION);
    out.extend_from_slice(key.secret.as_bytes());
    let slots = key.range.slots();
    put_varint(&mut out, slots.start);
    put_varint(&mut out, slots.end - 1);
    put_varint(&mut out, layers.len() as u64);
    for (level, layer) in (key.range.cut()..).zip(layers) {
        let (start, count) = stored(&key.range, level);
        put_varint(&mut out, count as u64);
        let skipped = (start - layer.start) as usize;
        for node in &layer.nodes[skipped..skipped + count] {
            put_elements(&mut out, &node[..sizes.digest]);
        }
    }
    out
}

/// Index of the first node of a level that covers active slots, and the number of such nodes.
fn stored(range: &ActiveRange, level: usize) -> (u64, usize) {
    let slots = range.slots();
    let (first, last) = (slots.start >> level, (slots.end - 1) >> level);
    (first, (last + 1 - first) as usize)
}

/// Checks a number that can only have one value.
fn expect(what: &'static str, at: usize, found: u64, expected: u64) -> Result<(), DecodeError> {
    if found == expected {
        Ok(())
    } else {
        Err(DecodeError::Value { what, at, found })
    }
}
