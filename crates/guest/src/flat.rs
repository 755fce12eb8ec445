//! Values as lists of elements: what tapes and public tuples hold.

use std::array;

use crate::{Digest, E, F};

/// A value that is a fixed number of elements.
pub trait Flat: Sized {
    /// Appends its elements.
    fn flatten(&self, elements: &mut Vec<F>);

    /// The value that the next elements are.
    ///
    /// # Panics
    /// If there are too few, or no value of this type is these.
    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self;

    /// Its elements.
    fn to_elements(&self) -> Vec<F> {
        let mut elements = Vec::new();
        self.flatten(&mut elements);
        elements
    }
}

impl Flat for F {
    fn flatten(&self, elements: &mut Vec<F>) {
        elements.push(*self);
    }

    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
        elements.next().expect("there are too few elements")
    }
}

impl Flat for usize {
    fn flatten(&self, elements: &mut Vec<F>) {
        elements.push(F::new(*self));
    }

    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
        F::unflatten(elements).to_usize()
    }
}

impl Flat for bool {
    fn flatten(&self, elements: &mut Vec<F>) {
        elements.push(F::from(*self));
    }

    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
        match F::unflatten(elements) {
            F::ZERO => false,
            F::ONE => true,
            other => panic!("{other} is no bool"),
        }
    }
}

impl Flat for E {
    fn flatten(&self, elements: &mut Vec<F>) {
        elements.extend(self.coefficients());
    }

    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
        Self::new(Flat::unflatten(elements))
    }
}

impl Flat for Digest {
    fn flatten(&self, elements: &mut Vec<F>) {
        elements.extend(self.elements());
    }

    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
        Self::new(Flat::unflatten(elements))
    }
}

impl<T: Flat, const N: usize> Flat for [T; N] {
    fn flatten(&self, elements: &mut Vec<F>) {
        self.iter().for_each(|x| x.flatten(elements));
    }

    fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
        array::from_fn(|_| T::unflatten(elements))
    }
}

impl Flat for () {
    fn flatten(&self, _: &mut Vec<F>) {}

    fn unflatten(_: &mut dyn Iterator<Item = F>) -> Self {}
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[expect(non_snake_case, reason = "a name for a type and its value")]
        impl<$($name: Flat),*> Flat for ($($name,)*) {
            fn flatten(&self, elements: &mut Vec<F>) {
                let ($($name,)*) = self;
                $($name.flatten(elements);)*
            }

            fn unflatten(elements: &mut dyn Iterator<Item = F>) -> Self {
                ($($name::unflatten(elements),)*)
            }
        }
    )*};
}

tuples! { A; A B; A B C; A B C D; A B C D G; A B C D G H; }
