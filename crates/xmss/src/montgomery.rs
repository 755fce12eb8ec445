//! Field elements as words in Montgomery form: the element `x` is the word `2^32 x mod p`.
//!
//! The postcard forms write elements so, and a key's [`Seed`](crate::seed::Seed) draws them so.

use p3_field::PrimeField32;
use p3_koala_bear::KoalaBear;

/// `2^-32`.
const INVERSE_OF_RADIX: KoalaBear = KoalaBear::new(1_057_030_144);

/// The element that a word stands for, if it is below `p`.
#[inline]
pub(crate) fn from_montgomery(word: u32) -> Option<KoalaBear> {
    (word < KoalaBear::ORDER_U32).then(|| KoalaBear::new(word) * INVERSE_OF_RADIX)
}

/// The word that stands for an element.
#[inline]
pub(crate) fn to_montgomery(element: KoalaBear) -> u32 {
    let wide = u64::from(element.as_canonical_u32()) << 32;
    (wide % u64::from(KoalaBear::ORDER_U32)) as u32
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_is_the_radix() {
        let radix = ((1u64 << 32) % u64::from(KoalaBear::ORDER_U32)) as u32;
        assert_eq!(to_montgomery(KoalaBear::ONE), radix);
        assert_eq!(from_montgomery(radix), Some(KoalaBear::ONE));
        assert_eq!(from_montgomery(KoalaBear::ORDER_U32), None);
        assert_eq!(from_montgomery(u32::MAX), None);
    }

    proptest! {
        #[test]
        fn words_and_elements_correspond(word in 0..KoalaBear::ORDER_U32) {
            prop_assert_eq!(from_montgomery(word).map(to_montgomery), Some(word));
        }
    }
}
