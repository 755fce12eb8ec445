//! Values while a program is interpreted.

use std::sync::Arc;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::{E, F, coefficients};

use crate::LIMIT;
use crate::tree::{Tree, Type};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A bool.
    Bool(bool),
    /// A `usize`.
    Number(u32),
    /// An element of the base field.
    Field(F),
    /// An element of the extension.
    Extension(E),
    /// A digest.
    Digest([F; 9]),
    /// The parts of a tuple, an array or a struct.
    Parts(Vec<Value>),
    /// A list.
    List(Arc<Vec<Value>>),
}

impl Value {
    /// Nothing.
    pub const UNIT: Self = Self::Parts(Vec::new());

    /// Its elements; those of a list are its words'.
    #[must_use]
    pub fn elements(&self) -> Vec<F> {
        match self {
            Self::Bool(b) => vec![F::from_bool(*b)],
            Self::Number(n) => vec![F::from_u32(*n)],
            Self::Field(x) => vec![*x],
            Self::Extension(x) => coefficients(*x).to_vec(),
            Self::Digest(x) => x.to_vec(),
            Self::Parts(parts) => parts.iter().flat_map(Self::elements).collect(),
            Self::List(words) => words.iter().flat_map(Self::elements).collect(),
        }
    }

    /// The value of this type that the next elements are, if they are one.
    pub(crate) fn from_elements(
        tree: &Tree,
        ty: &Type,
        elements: &mut dyn Iterator<Item = F>,
    ) -> Option<Self> {
        match ty {
            Type::Bool => match elements.next()? {
                F::ZERO => Some(Self::Bool(false)),
                F::ONE => Some(Self::Bool(true)),
                _ => None,
            },
            Type::Number => {
                let number = elements.next()?.as_canonical_u32();
                (number < LIMIT).then_some(Self::Number(number))
            }
            Type::Field => elements.next().map(Self::Field),
            Type::Extension => {
                let all = take(elements)?;
                Some(Self::Extension(E::new(all)))
            }
            Type::Digest => take(elements).map(Self::Digest),
            Type::List(_) | Type::Unknown | Type::Never => None,
            Type::Tuple(_) | Type::Array(..) | Type::Struct(_) => (tree.parts(ty).iter())
                .map(|ty| Self::from_elements(tree, ty, elements))
                .collect::<Option<_>>()
                .map(Self::Parts),
        }
    }
}

fn take<const N: usize>(elements: &mut dyn Iterator<Item = F>) -> Option<[F; N]> {
    let all: Vec<F> = elements.take(N).collect();
    all.try_into().ok()
}
