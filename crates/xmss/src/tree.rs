//! The Merkle tree: leaves made of chain ends, and the nodes above them.
//!
//! A leaf is hashed by a sponge ([`LeafSponge`]). Where its capacity starts from [`lengths`], these bind the lengths of the
//! input, so that the zero padding is unambiguous; where it does not, lengths are fixed by the scheme.
//!
//! [`LeafSponge`]: crate::params::LeafSponge

use p3_field::PrimeCharacteristicRing;
use p3_koala_bear::KoalaBear;

use crate::chain::digest;
use crate::layout::{self, Input, Part};
use crate::params::{
    MAX_CAPACITY, MAX_DIGEST, MAX_PARAMETER, MESSAGE_BYTES, Scheme, TWEAK, WIDTH_WIDE,
};
use crate::poseidon::{Lanes, compress_wide};
use crate::tweak::base_p_bytes;

/// What a leaf's [`Part::Lengths`] are: `compress_24(base_p(parameter << 96 | TWEAK << 64 | v << 32 | digest, 24))[..9]`.
///
/// Zeros if the scheme's leaf has no such part.
pub fn lengths(scheme: &Scheme) -> [KoalaBear; MAX_CAPACITY] {
    let is_lengths = |part: &Part| matches!(part, Part::Lengths(_));
    if !scheme.hashes.leaf.start.iter().any(is_lengths) {
        return [KoalaBear::ZERO; MAX_CAPACITY];
    }
    let mut bytes = [0; MESSAGE_BYTES];
    let sizes = scheme.sizes;
    let all = [sizes.digest, scheme.chains, TWEAK, sizes.parameter];
    for (bytes, length) in bytes.chunks_exact_mut(4).zip(all) {
        bytes.copy_from_slice(&(length as u32).to_le_bytes());
    }
    compress_wide(&base_p_bytes::<WIDTH_WIDE>(&bytes))
}

/// The leaf with these chain ends; `lengths` is [`lengths`] of the scheme.
///
/// `permute` applies the permutation to the input of the call with that index, or does so and writes it down.
#[inline]
pub fn leaf<P: Lanes>(
    scheme: &Scheme,
    lengths: &[KoalaBear; MAX_CAPACITY],
    parameter: &[P; MAX_PARAMETER],
    tweak: &[P; TWEAK],
    chain_ends: &[[P; MAX_DIGEST]],
    mut permute: impl FnMut(usize, &Input<P>) -> [P; WIDTH_WIDE],
) -> [P; MAX_DIGEST] {
    let (sizes, leaf) = (scheme.sizes, &scheme.hashes.leaf);
    let lengths = lengths.map(P::from);
    let of = |part| match part {
        Part::Parameter => &parameter[..],
        Part::Tweak => tweak,
        _ => &lengths,
    };
    let mut state = [P::ZERO; WIDTH_WIDE];
    layout::fill(sizes, leaf.start, &mut state, of);
    let mut prefix = [P::ZERO; WIDTH_WIDE];
    layout::fill(sizes, leaf.prefix, &mut prefix, of);
    let prefix = &prefix[..layout::length(sizes, leaf.prefix)];
    let ends = chain_ends.iter().flat_map(|end| &end[..sizes.digest]);
    let mut elements = prefix.iter().chain(ends);

    for call in 0..scheme.sponge_permutations() {
        for slot in &mut state[leaf.capacity..leaf.width.elements()] {
            *slot = elements.next().copied().unwrap_or(P::ZERO);
        }
        let input = Input {
            width: leaf.width,
            state,
        };
        state = permute(call, &input);
    }
    digest(scheme, &state, leaf.capacity)
}

/// The input of a node's hash; the tweak holds the node's own level and position.
#[inline]
pub fn node_input<P: Lanes>(
    scheme: &Scheme,
    parameter: &[P; MAX_PARAMETER],
    tweak: &[P; TWEAK],
    left: &[P; MAX_DIGEST],
    right: &[P; MAX_DIGEST],
) -> Input<P> {
    let node = &scheme.hashes.node;
    node.input(scheme.sizes, |part| match part {
        Part::Parameter => &parameter[..],
        Part::Tweak => tweak,
        Part::Left => left,
        _ => right,
    })
}

/// The node above two children.
#[inline]
pub fn node<P: Lanes>(
    scheme: &Scheme,
    parameter: &[P; MAX_PARAMETER],
    tweak: &[P; TWEAK],
    left: &[P; MAX_DIGEST],
    right: &[P; MAX_DIGEST],
) -> [P; MAX_DIGEST] {
    let input = node_input(scheme, parameter, tweak, left, right);
    digest(scheme, &input.compress(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_the_input_once() {
        for scheme in Scheme::ALL {
            let (sizes, sponge) = (scheme.sizes, &scheme.hashes.leaf);
            let element = KoalaBear::from_usize;
            let ends: Vec<[KoalaBear; MAX_DIGEST]> = (0..scheme.chains)
                .map(|i| std::array::from_fn(|j| element(1000 + i * sizes.digest + j)))
                .collect();
            let parameter = std::array::from_fn(|i| element(1 + i));
            let tweak = std::array::from_fn(|i| element(50 + i));
            let mut absorbed = Vec::new();
            let _ = leaf(
                &scheme,
                &lengths(&scheme),
                &parameter,
                &tweak,
                &ends,
                |t, input| {
                    assert_eq!(absorbed.len(), t * sponge.rate());
                    absorbed
                        .extend_from_slice(&input.state[sponge.capacity..input.width.elements()]);
                    input.permute()
                },
            );
            assert_eq!(absorbed.len(), scheme.sponge_permutations() * sponge.rate());
            let prefix = layout::length(sizes, sponge.prefix);
            for (i, &x) in absorbed[prefix..].iter().enumerate() {
                let is_end = i < scheme.chains * sizes.digest;
                assert_eq!(
                    x,
                    if is_end {
                        element(1000 + i)
                    } else {
                        KoalaBear::ZERO
                    }
                );
            }
        }
    }
}
