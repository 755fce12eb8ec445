//! The Merkle tree: leaves made of chain ends, and the nodes above them.
//!
//! A leaf hashes `parameter ‖ tree_tweak(0, slot) ‖ chain ends` with a sponge over the wide permutation. The state is
//! `[capacity 9 | rate 15]`; a block *replaces* the rate, the last block is padded with zeros, the permutation is applied
//! after each block and the digest is the first 8 elements of the rate. The capacity starts from a value that binds the
//! lengths of the input, so that the zero padding is unambiguous.
//!
//! A node at level `l >= 1` is `compress_24(parameter ‖ tree_tweak(l, position) ‖ left ‖ right)[..8]`.

use p3_koala_bear::KoalaBear;

use crate::params::{CAPACITY, DIGEST, MESSAGE_BYTES, PARAMETER, RATE, Scheme, TWEAK, WIDTH_WIDE};
use crate::poseidon::{Lanes, compress_wide, concat};
use crate::tweak::base_p_bytes;

/// The initial capacity of the leaf sponge:
/// `compress_24(base_p(PARAMETER << 96 | TWEAK << 64 | v << 32 | DIGEST, 24))[..9]`.
pub fn leaf_capacity(scheme: &Scheme) -> [KoalaBear; CAPACITY] {
    let mut lengths = [0; MESSAGE_BYTES];
    for (bytes, length) in
        lengths
            .chunks_exact_mut(4)
            .zip([DIGEST, scheme.chains, TWEAK, PARAMETER])
    {
        bytes.copy_from_slice(&(length as u32).to_le_bytes());
    }
    compress_wide(&base_p_bytes::<WIDTH_WIDE>(&lengths))
}

/// The blocks that the leaf sponge absorbs, in order; there are `scheme.sponge_permutations()` of them.
pub fn leaf_blocks<'a, P: Lanes>(
    parameter: &'a [P; PARAMETER],
    tweak: &'a [P; TWEAK],
    chain_ends: &'a [[P; DIGEST]],
) -> impl Iterator<Item = [P; RATE]> + 'a {
    let count = (PARAMETER + TWEAK + chain_ends.len() * DIGEST).div_ceil(RATE);
    let mut elements = parameter
        .iter()
        .chain(tweak)
        .chain(chain_ends.as_flattened());
    (0..count).map(move |_| std::array::from_fn(|_| elements.next().copied().unwrap_or(P::ZERO)))
}

/// The input of one permutation of the leaf sponge: the capacity left by the previous one, and a block.
#[inline]
pub fn leaf_permutation_input<P: Lanes>(
    capacity: &[P; CAPACITY],
    block: &[P; RATE],
) -> [P; WIDTH_WIDE] {
    concat([capacity, block])
}

/// The leaf with these chain ends; `capacity` is [`leaf_capacity`] of the scheme.
pub fn leaf<P: Lanes>(
    capacity: &[KoalaBear; CAPACITY],
    parameter: &[P; PARAMETER],
    tweak: &[P; TWEAK],
    chain_ends: &[[P; DIGEST]],
) -> [P; DIGEST] {
    let mut state = leaf_permutation_input(&capacity.map(P::from), &[P::ZERO; RATE]);
    for block in leaf_blocks(parameter, tweak, chain_ends) {
        state[CAPACITY..].copy_from_slice(&block);
        P::permute_wide(&mut state);
    }
    std::array::from_fn(|i| state[CAPACITY + i])
}

/// The input of a node's hash: `parameter ‖ tweak ‖ left ‖ right ‖ 0`.
#[inline]
pub fn node_input<P: Lanes>(
    parameter: &[P; PARAMETER],
    tweak: &[P; TWEAK],
    left: &[P; DIGEST],
    right: &[P; DIGEST],
) -> [P; WIDTH_WIDE] {
    concat([parameter, tweak, left, right])
}

/// The node above two children; the tweak holds the node's own level and position.
#[inline]
pub fn node<P: Lanes>(
    parameter: &[P; PARAMETER],
    tweak: &[P; TWEAK],
    left: &[P; DIGEST],
    right: &[P; DIGEST],
) -> [P; DIGEST] {
    compress_wide(&node_input(parameter, tweak, left, right))
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;
    use crate::params::{PROD, TEST};

    #[test]
    fn blocks_cover_the_input_once() {
        for scheme in [PROD, TEST] {
            let ends: Vec<[KoalaBear; DIGEST]> = (0..scheme.chains)
                .map(|i| std::array::from_fn(|j| KoalaBear::from_usize(i * DIGEST + j + 7)))
                .collect();
            let parameter = std::array::from_fn(KoalaBear::from_usize);
            let tweak = std::array::from_fn(|i| KoalaBear::from_usize(5 + i));
            let blocks: Vec<_> = leaf_blocks(&parameter, &tweak, &ends).collect();
            assert_eq!(blocks.len(), scheme.sponge_permutations());
            for (i, &element) in blocks.as_flattened().iter().enumerate() {
                let expected = if i < 7 + scheme.chains * DIGEST { i } else { 0 };
                assert_eq!(element, KoalaBear::from_usize(expected));
            }
        }
    }
}
