//! The SSZ encoding of secret keys.
//!
//! A key is the container
//! `prf_key 32 ‖ parameter 20 ‖ activation_slot u64 ‖ num_active_slots u64 ‖ offset(top) u32 ‖ left_index u64 ‖ offset(left) u32
//! ‖ offset(right) u32 ‖ top ‖ left ‖ right`, a tree is `depth u64 ‖ lowest_layer u64 ‖ offset(layers) u32 ‖ layers`, the
//! layers are a list of variable-size items, hence one offset per layer and then the layers, and a layer is
//! `start u64 ‖ offset(nodes) u32 ‖ nodes`. The active range and the window fix the shape of everything that follows them.

use std::iter;

use zeroize::Zeroizing;

use crate::keys::subtree::{Layer, SubTree, bottom_layout, top_layout};
use crate::keys::{ActiveRange, Secret, SecretKey, Window};
use crate::params::{ELEMENT_BYTES, PROD, Scheme};
use crate::prf::{PRF_KEY_BYTES, PrfKey};
use crate::ssz::{DecodeError, Reader, put_elements, put_u32};

const TOP_OFFSET_AT: u64 = (PRF_KEY_BYTES + PROD.sizes.parameter * ELEMENT_BYTES + 2 * 8) as u64;
const KEY_FIXED: u64 = TOP_OFFSET_AT + 4 + 8 + 2 * 4;
const TREE_FIXED: u64 = 8 + 8 + 4;
const LAYER_FIXED: u64 = 8 + 4;

type Layout = [(u64, u64)];

/// The height of the tree of an encoded key, if the first 96 bytes are those of one.
pub(super) fn height(bytes: &[u8]) -> Option<u64> {
    let top = bytes.get(KEY_FIXED as usize..)?.first_chunk()?;
    let offset = bytes.get(TOP_OFFSET_AT as usize..)?.first_chunk()?;
    let is_key = u64::from(u32::from_le_bytes(*offset)) == KEY_FIXED;
    is_key.then_some(u64::from_le_bytes(*top))
}

pub(super) fn decode(scheme: &Scheme, bytes: &[u8]) -> Result<SecretKey, DecodeError> {
    let Some(fixed) = bytes.get(..KEY_FIXED as usize) else {
        return Err(DecodeError::Length {
            what: "fixed part of the secret key",
            expected: KEY_FIXED,
            found: bytes.len() as u64,
        });
    };
    // The range and the window come first: they fix the length of the whole.
    let mut reader = Reader::new("fixed part of the secret key", fixed, KEY_FIXED)?;
    let mut prf_key = Zeroizing::new([0; PRF_KEY_BYTES]);
    *prf_key = reader.array("PRF key")?;
    let parameter = reader.elements("parameter", scheme.sizes.parameter)?;
    let at = reader.position();
    let start = reader.u64("activation slot")?;
    let count = reader.u64("number of active slots")?;
    let range = ActiveRange::exact(scheme, start, count).ok_or(DecodeError::Value {
        what: "range of active slots",
        at,
        found: start,
    })?;
    reader.offset("top tree", KEY_FIXED)?;
    let at = reader.position();
    let window = reader.u64("index of the left bottom tree")?;
    let trees = range.bottom_trees();
    if window < trees.start || window > trees.end - 2 {
        return Err(DecodeError::Value {
            what: "index of the left bottom tree",
            at,
            found: window,
        });
    }

    let top_layout = top_layout(scheme, &range);
    let left_layout = bottom_layout(&range, window);
    let right_layout = bottom_layout(&range, window + 1);
    let left_offset = KEY_FIXED + tree_bytes(&top_layout);
    let right_offset = left_offset + tree_bytes(&left_layout);
    reader.offset("left bottom tree", left_offset)?;
    reader.offset("right bottom tree", right_offset)?;

    let length = right_offset + tree_bytes(&right_layout);
    let mut reader = Reader::new("secret key", bytes, length)?;
    reader.skip(KEY_FIXED as usize);
    let depth = scheme.height();
    Ok(SecretKey {
        scheme: *scheme,
        secret: Secret::PrfKey(PrfKey::new(*prf_key)),
        parameter,
        range,
        top: read_tree(&mut reader, depth, depth / 2, &top_layout)?,
        window: Window {
            first: window,
            trees: vec![
                read_tree(&mut reader, depth, 0, &left_layout)?,
                read_tree(&mut reader, depth, 0, &right_layout)?,
            ],
        },
    })
}

pub(super) fn encode(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let trees = || iter::once(&key.top).chain(&key.window.trees);
    let mut end = KEY_FIXED;
    let offsets: Vec<u64> = trees()
        .map(|tree| {
            let offset = end;
            end += tree_bytes(&layout(tree));
            offset
        })
        .collect();
    // Reserved as a whole: growth would leave copies of the secret behind.
    let mut out = Zeroizing::new(Vec::with_capacity(end as usize));
    out.extend_from_slice(key.secret.as_bytes());
    put_elements(&mut out, &key.parameter[..key.scheme.sizes.parameter]);
    let slots = key.range.slots();
    out.extend_from_slice(&slots.start.to_le_bytes());
    out.extend_from_slice(&(slots.end - slots.start).to_le_bytes());
    put_u32(&mut out, KEY_FIXED as usize);
    out.extend_from_slice(&key.window.first.to_le_bytes());
    for &offset in &offsets[1..] {
        put_u32(&mut out, offset as usize);
    }
    for tree in trees() {
        put_tree(&mut out, key.scheme.height(), tree);
    }
    out
}

fn layout(tree: &SubTree) -> Vec<(u64, u64)> {
    tree.layers
        .iter()
        .map(|layer| (layer.start, layer.nodes.len() as u64))
        .collect()
}

fn layer_bytes(length: u64) -> u64 {
    LAYER_FIXED + length * PROD.sizes.digest_bytes() as u64
}

fn tree_bytes(layout: &Layout) -> u64 {
    TREE_FIXED
        + layout
            .iter()
            .map(|&(_, length)| 4 + layer_bytes(length))
            .sum::<u64>()
}

/// The offset of each layer inside the list of layers.
fn layer_offsets(layout: &Layout) -> impl Iterator<Item = u64> {
    layout
        .iter()
        .scan(4 * layout.len() as u64, |next, &(_, length)| {
            let offset = *next;
            *next += layer_bytes(length);
            Some(offset)
        })
}

fn read_tree(
    reader: &mut Reader<'_>,
    depth: usize,
    lowest_layer: usize,
    layout: &Layout,
) -> Result<SubTree, DecodeError> {
    expect(reader, "depth of a tree", depth as u64)?;
    expect(reader, "lowest layer of a tree", lowest_layer as u64)?;
    reader.offset("layers", TREE_FIXED)?;
    for offset in layer_offsets(layout) {
        reader.offset("layer", offset)?;
    }
    let layers = layout
        .iter()
        .map(|&(start, length)| {
            expect(reader, "start index of a layer", start)?;
            reader.offset("nodes", LAYER_FIXED)?;
            Ok(Layer {
                start,
                nodes: reader.element_arrays("nodes", length as usize, PROD.sizes.digest)?,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(SubTree {
        lowest_layer,
        layers,
    })
}

/// Reads a number that can only have one value.
fn expect(reader: &mut Reader<'_>, what: &'static str, expected: u64) -> Result<(), DecodeError> {
    let at = reader.position();
    let found = reader.u64(what)?;
    if found == expected {
        Ok(())
    } else {
        Err(DecodeError::Value { what, at, found })
    }
}

fn put_tree(out: &mut Vec<u8>, depth: usize, tree: &SubTree) {
    out.extend_from_slice(&(depth as u64).to_le_bytes());
    out.extend_from_slice(&(tree.lowest_layer as u64).to_le_bytes());
    put_u32(out, TREE_FIXED as usize);
    for offset in layer_offsets(&layout(tree)) {
        put_u32(out, offset as usize);
    }
    for layer in &tree.layers {
        out.extend_from_slice(&layer.start.to_le_bytes());
        put_u32(out, LAYER_FIXED as usize);
        put_elements(out, layer.nodes.as_flattened());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::TEST;

    #[test]
    fn the_first_bytes_of_a_key_tell_its_scheme() {
        let generator = crate::KeyGenerator::new(&TEST, 0, 32).unwrap();
        let mut bytes = generator.generate(&mut rand::rng()).1.to_bytes();
        assert_eq!(SecretKey::scheme_of(&bytes), Some(TEST));
        assert_eq!(SecretKey::scheme_of(&bytes[..96]), Some(TEST));
        assert_eq!(SecretKey::scheme_of(&bytes[..95]), None);
        bytes[88] = 32;
        assert_eq!(SecretKey::scheme_of(&bytes), Some(PROD));
        bytes[88] = 16;
        assert_eq!(SecretKey::scheme_of(&bytes), None);
        bytes[88] = 8;
        bytes[68] += 1;
        assert_eq!(SecretKey::scheme_of(&bytes), None);
    }
}
