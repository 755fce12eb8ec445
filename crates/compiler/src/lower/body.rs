//! A body that is being written: what its variables are, and what is known of its numbers.

use std::collections::HashMap;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::builder::open::OpenBody;
use sheaf_program::builder::{Base, Place};
use sheaf_program::{F, Form, coefficients};

use crate::LIMIT;
use crate::interpret::Value;
use crate::tree::{Tree, Type};

/// An element of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) base: Base,
    /// The largest integer that it may be.
    pub(super) most: u32,
}

/// The largest integer that an element of the field may be.
pub(super) const ANY: u32 = F::ORDER_U32 - 1;

impl Element {
    pub(super) const fn any(base: Base) -> Self {
        Self { base, most: ANY }
    }

    pub(super) fn number(number: u32) -> Self {
        Self::constant(F::from_u32(number))
    }

    pub(super) fn constant(value: F) -> Self {
        Self {
            base: Base::constant(value),
            most: value.as_canonical_u32(),
        }
    }

    /// The value, if it is the same in every row.
    pub(super) fn known(&self) -> Option<F> {
        known(&self.base)
    }
}

/// The value of a form, if it is the same in every row.
pub(super) fn known(base: &Base) -> Option<F> {
    base.form()
        .as_constant()
        .map(|value| coefficients(value)[0])
}

/// A value: its elements.
pub(super) type Held = Vec<Element>;

/// The forms of elements.
pub(super) fn bases(held: &[Element]) -> Vec<Base> {
    held.iter().map(|element| element.base.clone()).collect()
}

/// Elements that are constants.
pub(super) fn constants(value: &Value) -> Held {
    value
        .elements()
        .into_iter()
        .map(Element::constant)
        .collect()
}

/// The largest integers that the elements of a type may be.
pub(super) fn most(tree: &Tree, ty: &Type) -> Vec<u32> {
    match ty {
        Type::Bool => vec![1],
        Type::Number => vec![LIMIT - 1],
        Type::List(_) => vec![ANY, LIMIT - 1],
        Type::Tuple(_) | Type::Array(..) | Type::Struct(_) => tree
            .parts(ty)
            .iter()
            .flat_map(|ty| most(tree, ty))
            .collect(),
        ty => vec![ANY; tree.elements(ty)],
    }
}

/// A body, with what it knows.
pub(super) struct Writing {
    pub(super) open: OpenBody,
    /// The function whose variables these are.
    pub(super) function: usize,
    pub(super) locals: Vec<Option<Held>>,
    /// Forms whose values are numbers: they have been checked, or follow from a loop's bounds.
    pub(super) numbers: Vec<Base>,
    /// What is a number where a condition holds, and where it doesn't.
    pub(super) conditional: Vec<(Base, Base, Base)>,
    /// Products that have a cell.
    pub(super) products: HashMap<(Form, Form), Base>,
    /// Quotients and remainders by constants.
    pub(super) quotients: HashMap<(Form, u32), (Element, Element)>,
    pub(super) place: Place,
    /// Functions that are being inlined.
    pub(super) inlined: Vec<usize>,
}

impl Writing {
    pub(super) fn new(open: OpenBody, function: usize, locals: usize, place: Place) -> Self {
        Self {
            open,
            function,
            locals: vec![None; locals],
            numbers: Vec::new(),
            conditional: Vec::new(),
            products: HashMap::new(),
            quotients: HashMap::new(),
            place,
            inlined: Vec::new(),
        }
    }

    /// `a b`, in a cell unless one of them is constant.
    pub(super) fn product(&mut self, a: &Base, b: &Base) -> Base {
        if let Some(factor) = known(a) {
            return b.times(factor);
        }
        if let Some(factor) = known(b) {
            return a.times(factor);
        }
        let key = (a.form().clone(), b.form().clone());
        let swapped = (key.1.clone(), key.0.clone());
        if let Some(product) = self.products.get(&key).or(self.products.get(&swapped)) {
            return product.clone();
        }
        let product = self.open.row.product(a, b);
        self.products.insert(key, product.clone());
        product
    }

    /// `sum of products`, in a cell.
    pub(super) fn sum_of_products(&mut self, pairs: &[(Base, Base)], linear: &Base) -> Base {
        let mut sum = linear.clone();
        for chunk in pairs.chunks(4) {
            let chunk: Vec<(&Base, &Base)> = chunk.iter().map(|(a, b)| (a, b)).collect();
            sum = self.open.row.products(&chunk, &sum);
        }
        sum
    }

    /// `one` where the bool is 1, else `zero`; no cell if they differ by a constant.
    pub(super) fn select(&mut self, bit: &Base, one: &Element, zero: &Element) -> Element {
        let difference = &one.base - &zero.base;
        Element {
            base: &self.product(bit, &difference) + &zero.base,
            most: one.most.max(zero.most),
        }
    }
}
