//! What the prelude computes.

use std::array;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_poseidon::sponge::Sponge;
use sheaf_poseidon::{permute16, permute24_single};
use sheaf_program::{E, F, coefficients};

use super::{Value, element, number};
use crate::tree::Builtin;
use crate::{LIMIT, NODE_TAG};

pub(super) fn evaluate(builtin: Builtin, arguments: &[Value]) -> Result<Value, String> {
    let nothing = Value::UNIT;
    let first = arguments.first().unwrap_or(&nothing);
    let elements = first.elements();
    Ok(match builtin {
        Builtin::Compress => {
            let mut state = [F::ZERO; 24];
            for (slot, x) in state
                .iter_mut()
                .zip(arguments.iter().flat_map(Value::elements))
            {
                *slot = x;
            }
            state[23] = NODE_TAG;
            permute24_single(&mut state);
            Value::Digest(array::from_fn(|i| state[i]))
        }
        Builtin::Absorb => {
            let mut sponge = Sponge::from_capacity(padded(&elements));
            let block = arguments.get(1).map(Value::elements);
            sponge.absorb(&block.unwrap_or_default());
            Value::Digest(sponge.capacity())
        }
        Builtin::Poseidon24 => {
            let mut state = padded(&elements);
            permute24_single(&mut state);
            fields(state)
        }
        Builtin::Poseidon16 => {
            let mut state: [F; 16] = padded(&elements);
            permute16(&mut state);
            fields(state)
        }
        Builtin::Bits => {
            let integer = field(first).as_canonical_u32();
            Value::Parts(
                (0..31)
                    .map(|i| Value::Bool(integer >> i & 1 == 1))
                    .collect(),
            )
        }
        Builtin::ToField => Value::Field(field(first)),
        Builtin::ToExtension => Value::Extension(extension(first)),
        Builtin::ToNumber => match field(first).as_canonical_u32() {
            integer if integer < LIMIT => Value::Number(integer),
            integer => return Err(format!("{integer} is not below 2^24")),
        },
        Builtin::Inverse => match first {
            Value::Extension(x) => x.try_inverse().map(Value::Extension),
            x => field(x).try_inverse().map(Value::Field),
        }
        .ok_or("zero has no inverse")?,
        Builtin::Extension => Value::Extension(E::new(padded(&elements))),
        Builtin::Coefficients => fields(coefficients(extension(first))),
        Builtin::Digest => Value::Digest(padded(&elements)),
        Builtin::DigestElements => fields(padded::<9>(&elements)),
        Builtin::Length => Value::Number(match first {
            Value::List(words) => words.len() as u32,
            Value::Parts(parts) => parts.len() as u32,
            _ => 0,
        }),
        Builtin::ToList => match first {
            Value::Parts(parts) => Value::List(parts.clone().into()),
            other => other.clone(),
        },
    })
}

fn padded<const N: usize>(elements: &[F]) -> [F; N] {
    array::from_fn(|i| elements.get(i).copied().unwrap_or(F::ZERO))
}

fn fields<const N: usize>(elements: [F; N]) -> Value {
    Value::Parts(elements.map(Value::Field).to_vec())
}

fn field(value: &Value) -> F {
    match value {
        Value::Field(x) => *x,
        Value::Bool(b) => F::from_bool(*b),
        value => element(number(value)),
    }
}

/// The element of the extension that an element of either field is.
pub(super) fn extension(value: &Value) -> E {
    match value {
        Value::Extension(x) => *x,
        value => E::from(field(value)),
    }
}
