//! What rows are often written for: choices, bits, hashes.

use std::array;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};

use super::row::Row;
use super::value::{Base, Packed, Word};
use crate::{E, F, coefficients};

impl Row {
    /// `one` where the boolean `bit` is 1, else `zero`.
    #[track_caller]
    pub fn select(&mut self, bit: &Base, one: &Base, zero: &Base) -> Base {
        self.products(&[(bit, &(one - zero))], zero)
    }

    /// The inverse of an element, which thereby is not zero.
    #[track_caller]
    pub fn inverse(&mut self, x: &Base) -> Base {
        let inverse: Base = self.hint(&[x], |x| match x[0].try_inverse() {
            Some(inverse) => Ok(vec![inverse]),
            None => Err("zero has no inverse".into()),
        });
        self.assert_zero(
            &[(x, &inverse)],
            &Base::constant(-F::ONE),
            "this is the inverse",
        );
        inverse
    }

    /// The inverse of an element of the extension, which thereby is not zero.
    #[track_caller]
    pub fn word_inverse(&mut self, x: &Word) -> Word {
        let parts = x.coefficients();
        let inverse: Word = self.hint(&parts.each_ref(), |x| {
            match E::new(array::from_fn(|i| x[i])).try_inverse() {
                Some(inverse) => Ok(coefficients(inverse).to_vec()),
                None => Err("zero has no inverse".into()),
            }
        });
        self.assert_zero_words(
            &[(x, &inverse)],
            &Word::constant(-E::ONE),
            "this is the inverse",
        );
        inverse
    }

    /// Asserts that `number` is below `2^bits` by as many booleans, which it returns, the lowest first.
    ///
    /// `bits` is at most 30, so that no two readings exist.
    #[track_caller]
    pub fn bits(&mut self, number: &Base, bits: usize) -> Vec<Base> {
        if bits > 30 {
            self.fail("more than 30 bits have two readings");
        }
        let all: Vec<Base> = (0..bits)
            .map(|i| self.boolean(&[number], move |x| x[0].as_canonical_u32() >> i & 1 == 1))
            .collect();
        self.assert_equal(&weighted(&all), number, "the number has more bits");
        all
    }

    /// The 31 bits of the integer from 0 to `p - 1` that an element is, the lowest first.
    ///
    /// Elements below `2^24 - 1` have a second reading in 31 bits, `x + p`. Since `p - 1 = 127 2^24`, it is one whose upper seven bits
    /// are ones and whose lower bits are not all zero: `low = missing w` refuses it, where `missing` is the number of zeros among the upper bits.
    #[track_caller]
    pub fn canonical_bits(&mut self, number: &Base) -> Vec<Base> {
        let all: Vec<Base> = (0..31)
            .map(|i| self.boolean(&[number], move |x| x[0].as_canonical_u32() >> i & 1 == 1))
            .collect();
        let (lower, upper) = all.split_at(24);
        let low = weighted(lower);
        let value = &low + &weighted(upper).times(F::from_u32(1 << 24));
        self.assert_equal(&value, number, "the bits are those of the number");
        let missing = &Base::number(7) - &Base::sum(upper);
        let quotient: Base = self.hint(&[&low, &missing], |x| {
            Ok(vec![
                x[1].try_inverse().map_or(F::ZERO, |inverse| x[0] * inverse),
            ])
        });
        self.assert_zero(
            &[(&missing, &quotient)],
            &-&low,
            "the bits are those of a number below p",
        );
        all
    }

    /// Nine of the outputs of a node of a Merkle tree: `[left 9 | right 9 | 0^5 | tag]`.
    #[track_caller]
    pub fn compress(&mut self, left: &Packed<9>, right: &Packed<9>, tag: F) -> Packed<9> {
        let inputs: [Base; 24] = array::from_fn(|i| match i {
            0..9 => left.0[i].clone(),
            9..18 => right.0[i - 9].clone(),
            23 => Base::constant(tag),
            _ => Base::zero(),
        });
        let outputs = self.permute24(&inputs);
        Packed(array::from_fn(|i| outputs[i].clone()))
    }

    /// The capacity of the overwrite sponge (`sheaf_poseidon::sponge`) after one more block, of at most 15 elements.
    #[track_caller]
    pub fn absorb(&mut self, capacity: &Packed<9>, block: &[Base]) -> Packed<9> {
        if block.len() > 15 {
            self.fail("a block has 15 elements");
        }
        let inputs: [Base; 24] = array::from_fn(|i| match i {
            0..9 => capacity.0[i].clone(),
            _ => block.get(i - 9).cloned().unwrap_or_else(Base::zero),
        });
        let outputs = self.permute24(&inputs);
        Packed(array::from_fn(|i| outputs[i].clone()))
    }
}

/// The number with these bits, the lowest first; at most 31.
fn weighted(bits: &[Base]) -> Base {
    let powers: Vec<Base> = (bits.iter().enumerate())
        .map(|(i, bit)| bit.times(F::from_u32(1 << i)))
        .collect();
    Base::sum(&powers)
}
