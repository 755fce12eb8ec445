//! The two permutations of the scheme and the compression function made from each.
//!
//! Poseidon1 over KoalaBear with the default constants of `p3-koala-bear`: 8 full rounds, 20 (width 16) or 23 (width 24)
//! partial rounds, S-box `x -> x^3`. The compression function of width `W` is `x -> (x + permute(x))[..k]`: the addition
//! (*feed-forward*) makes it one-way although the permutation can be inverted.
//!
//! All of it is generic over [`Lanes`]: one field element at a time, or one SIMD vector of independent elements.

use p3_field::PackedField;
use p3_koala_bear::KoalaBear;
use sheaf_poseidon::{permute16, permute24};

use crate::params::{WIDTH_NARROW, WIDTH_WIDE};

/// A field element, or a vector of independent field elements, on which both permutations act lane by lane.
///
/// Implemented by [`KoalaBear`] (one lane) and by its packed form (`<KoalaBear as Field>::Packing`).
pub trait Lanes: PackedField<Scalar = KoalaBear> {
    /// Applies the permutation of width 16.
    fn permute_narrow(state: &mut [Self; WIDTH_NARROW]);
    /// Applies the permutation of width 24.
    fn permute_wide(state: &mut [Self; WIDTH_WIDE]);
}

impl<P: PackedField<Scalar = KoalaBear>> Lanes for P {
    fn permute_narrow(state: &mut [Self; WIDTH_NARROW]) {
        permute16(state);
    }

    fn permute_wide(state: &mut [Self; WIDTH_WIDE]) {
        permute24(state);
    }
}

/// The first `K` elements of `input + permute(input)`, width 16.
#[inline]
pub fn compress_narrow<P: Lanes, const K: usize>(input: &[P; WIDTH_NARROW]) -> [P; K] {
    const { assert!(K <= WIDTH_NARROW) };
    let mut state = *input;
    P::permute_narrow(&mut state);
    std::array::from_fn(|i| state[i] + input[i])
}

/// The first `K` elements of `input + permute(input)`, width 24.
#[inline]
pub fn compress_wide<P: Lanes, const K: usize>(input: &[P; WIDTH_WIDE]) -> [P; K] {
    const { assert!(K <= WIDTH_WIDE) };
    let mut state = *input;
    P::permute_wide(&mut state);
    std::array::from_fn(|i| state[i] + input[i])
}

#[cfg(test)]
mod tests {
    use p3_field::{Field, PackedValue, PrimeCharacteristicRing};

    use super::*;

    type Packed = <KoalaBear as Field>::Packing;

    #[test]
    fn packed_lanes_agree_with_scalars() {
        let row = |lane: usize| -> [KoalaBear; WIDTH_WIDE] {
            std::array::from_fn(|i| KoalaBear::from_usize(lane * 1000 + i * i))
        };
        let packed: [Packed; WIDTH_WIDE] = Packed::pack_columns_fn(row);
        let wide: [Packed; 8] = compress_wide(&packed);
        let narrow: [Packed; 8] = compress_narrow(packed.first_chunk().unwrap());
        for lane in 0..Packed::WIDTH {
            let scalar = row(lane);
            assert_eq!(wide.map(|x| x.extract(lane)), compress_wide(&scalar));
            assert_eq!(
                narrow.map(|x| x.extract(lane)),
                compress_narrow(scalar.first_chunk().unwrap())
            );
        }
    }
}
