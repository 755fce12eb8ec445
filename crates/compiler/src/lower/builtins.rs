//! What the prelude gives.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Packed};

use super::Lowering;
use super::body::{Element, Held, Writing};
use super::expressions::word;
use crate::NODE_TAG;
use crate::tree::{Builtin, Expr, Type};

impl Lowering<'_> {
    pub(super) fn builtin(
        &mut self,
        writing: &mut Writing,
        builtin: Builtin,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Held {
        let held: Vec<Held> = arguments.iter().map(|a| self.expr(writing, a)).collect();
        self.stand(writing, expr.span);
        let Some(first) = held.first() else {
            return Vec::new();
        };
        let any = |bases: Vec<Base>| bases.into_iter().map(Element::any).collect();
        let base = |i: usize| {
            first
                .get(i)
                .map_or_else(Base::zero, |element| element.base.clone())
        };
        let row = &mut writing.open.row;
        match builtin {
            Builtin::Compress => {
                let left = Packed(array::from_fn(base));
                let right = held.get(1).map_or(&[][..], |right| right);
                let right = Packed(array::from_fn(|i| right[i].base.clone()));
                any(row.compress(&left, &right, NODE_TAG).0.to_vec())
            }
            Builtin::Absorb => {
                let block = held.get(1).map_or(&[][..], |block| block);
                let block: Vec<Base> = block.iter().map(|element| element.base.clone()).collect();
                let digest = Packed(array::from_fn(base));
                any(row.absorb(&digest, &block).0.to_vec())
            }
            Builtin::Poseidon24 => any(row.permute24(&array::from_fn(base)).to_vec()),
            Builtin::Poseidon16 => any(row.permute16(&array::from_fn(base)).to_vec()),
            Builtin::Bits => (row.canonical_bits(&base(0)).into_iter())
                .map(|base| Element { base, most: 1 })
                .collect(),
            Builtin::ToNumber => {
                let message = "the element is below 2^24";
                self.number(writing, &first[0].base, message);
                vec![Element {
                    base: first[0].base.clone(),
                    most: crate::LIMIT - 1,
                }]
            }
            Builtin::Inverse => match first.len() {
                1 => any(vec![row.inverse(&first[0].base)]),
                _ => any(row.word_inverse(&word(first)).coefficients().to_vec()),
            },
            Builtin::ToExtension => {
                let mut all = first.clone();
                all.resize(5, Element::constant(F::ZERO));
                all
            }
            // Elements are what they are.
            Builtin::ToField
            | Builtin::Extension
            | Builtin::Coefficients
            | Builtin::Digest
            | Builtin::DigestElements => first.clone(),
            Builtin::Length => match &arguments[0].ty {
                Type::Array(_, length) => vec![Element::number(*length as u32)],
                _ => vec![first[1].clone()],
            },
            Builtin::ToList => match &arguments[0].ty {
                Type::Array(_, length) => self.list(writing, first, *length),
                _ => first.clone(),
            },
        }
    }
}
