//! A program's identity: nine elements that bind its header and its coefficients.
//!
//! ```text
//!     digest = sponge of tag 9 over  [kinds, coefficients]  and each coefficient's elements, 15 to a block
//!     id     = sponge of tag 8 over the one block  [header 6 | digest 9]
//! ```
//!
//! A coefficient's elements are a *place* and as many coefficients of its value as there are up to the last that is
//! not zero, `n`: `place = (((n - 1) 2^12 + kind) 2^9 + form) 2^7 + column`. A reader knows from the place how many
//! elements follow, so that a list of elements has one reading. Zeros fill the last block: the number of coefficients
//! stands in front.
//!
//! The header is a block of its own so that a proof about proofs can open an identity to it.

use std::sync::OnceLock;

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::{CAPACITY, RATE, Sponge};

use crate::layout::{COLUMN_BITS, FORM_BITS, KIND_BITS};
use crate::{Coefficient, DEGREE, F, Header, Program, coefficients};

/// The tag of the sponge over a header and a digest of coefficients; see [`sheaf_poseidon::sponge`].
///
/// Protocols over the same permutation keep away from this tag and the next.
pub const TAG_PROGRAM: u32 = 8;
/// The tag of the sponge over coefficients.
pub const TAG_COEFFICIENTS: u32 = 9;
/// Elements of an identity.
pub const ID: usize = CAPACITY;

/// The identity of a program.
pub type Id = [F; ID];

/// The identity of a program and the digest of its coefficients, once it has been asked for. They follow from the rest, and have no part in what
/// programs are equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity(OnceLock<(Id, Id)>);

impl PartialEq for Identity {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Identity {}

impl Program {
    /// Its identity. Names are no part of it. It is hashed when it is first asked for.
    pub fn id(&self) -> Id {
        self.identity().0
    }

    /// The digest of its coefficients, with which the header makes the identity. It is hashed when it is first asked for.
    pub fn coefficient_digest(&self) -> [F; CAPACITY] {
        self.identity().1
    }

    fn identity(&self) -> (Id, Id) {
        *self.identity.0.get_or_init(|| {
            let digest = self.hash_coefficients();
            let mut sponge = Sponge::<F>::new(F::new(TAG_PROGRAM));
            let mut block = [F::ZERO; RATE];
            let (header, rest) = block.split_at_mut(6);
            header.copy_from_slice(&header_elements(self.header()));
            rest.copy_from_slice(&digest);
            sponge.absorb_single(&block);
            (sponge.capacity(), digest)
        })
    }

    fn hash_coefficients(&self) -> [F; CAPACITY] {
        let mut elements = vec![F::ZERO; 2];
        let mut count = 0;
        for coefficient in self.coefficients() {
            let (place, value) = place_and_value(&coefficient);
            elements.push(F::new(place));
            elements.extend(value);
            count += 1;
        }
        elements[0] = F::from_usize(self.kinds().len());
        elements[1] = F::from_usize(count);
        let mut sponge = Sponge::<F>::new(F::new(TAG_COEFFICIENTS));
        for block in elements.chunks(RATE) {
            sponge.absorb_single(block);
        }
        sponge.capacity()
    }
}

/// The six numbers of a header.
pub fn header_elements(header: &Header) -> [F; 6] {
    let [a24, a16, a0] = header.zone_a;
    let [b24, b16, b0] = header.zone_b;
    [a24, a16, a0, b24, b16, b0].map(F::from_u32)
}

/// The place of a coefficient, below `5 2^28` and so below `p`, and its value without zeros at the end.
pub(crate) fn place_and_value(c: &Coefficient) -> (u32, impl Iterator<Item = F>) {
    let value = coefficients(c.value);
    let length = (1..=DEGREE)
        .rev()
        .find(|&n| value[n - 1] != F::ZERO)
        .unwrap_or(1);
    let place =
        ((((length - 1) << KIND_BITS | c.kind) << FORM_BITS) | c.form) << COLUMN_BITS | c.column;
    (place as u32, value.into_iter().take(length))
}
